// Any bytes, as any version: a whole tree that prints the bytes again.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "php_parse/parse.h"
#include "php_parse/syntax_dump.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan::php;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const std::size_t version = size % kPhpVersions.size();
  const SyntaxTree tree =
      lint(source, {.features = Features(kPhpVersions[version]), .short_tags = size % 2 == 1, .depth_max = 100});
  const auto printed = print_tree(tree, source);
  BANYAN_CHECK(printed.has_value() && *printed == source);
  return 0;
}
