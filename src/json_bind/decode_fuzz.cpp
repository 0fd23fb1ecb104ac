// Any bytes: the reader of structs and the tree's parser agree on what is JSON and on what it says, and what was read
// survives writing and reading again unchanged.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "json/parse.h"
#include "json/write.h"
#include "json_bind/sample.h"

namespace {

using namespace banyan::json;

// What the tree says of the members that are plain scalars, held against the struct.
void check_against_tree(const sample::Person& person, Value root) {
  BANYAN_CHECK(root["id"].to_int64() == person.id);
  BANYAN_CHECK(root["name"].to_string() == person.name);
  if (!root["score"].absent()) BANYAN_CHECK(root["score"].to_double() == person.score);
  if (!root["tags"].absent()) BANYAN_CHECK(root["tags"].size() == person.tags.size());
  if (!root["limits/day"].absent()) BANYAN_CHECK(root["limits/day"].size() == person.limits.size());
  if (root["boss"].absent() || root["boss"].is_null()) BANYAN_CHECK(!person.boss);
  if (!root["extra"].absent()) BANYAN_CHECK(write(parse(person.extra.text)->root()) == write(root["extra"]));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto tree = parse(text, {.depth_max = 64});
  sample::Person person;
  const Mistakes mistakes = decode_into(text, person);
  const bool is_json =
      mistakes.empty() || (mistakes[0].kind != MistakeKind::kSyntax && mistakes[0].kind != MistakeKind::kLimit);
  BANYAN_CHECK(is_json == tree.ok() || (!mistakes.empty() && mistakes[0].kind == MistakeKind::kLimit));
  for (const Mistake& mistake : mistakes) BANYAN_CHECK(!mistake.message.empty());
  if (!mistakes.empty()) return 0;

  check_against_tree(person, tree->root());
  const std::string written = encode(person);
  sample::Person again;
  BANYAN_CHECK(decode_into(written, again).empty());
  BANYAN_CHECK(encode(again) == written);
  return 0;
}
