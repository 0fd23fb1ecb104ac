// Any bytes: no crash, no endless work, and a tree whose positions lie within the text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/check.h"
#include "config/yaml.h"

namespace {

void check_tree(const banyan::YamlNode& node, int lines) {
  BANYAN_CHECK(node.position.line >= 1 && node.position.line <= lines);
  for (const banyan::YamlNode& item : node.items) check_tree(item, lines);
  for (const banyan::YamlEntry& entry : node.entries) check_tree(entry.value, lines);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  banyan::Diagnostics diagnostics("fuzz.yaml");
  const auto root = banyan::parse_yaml(text, diagnostics);
  int lines = 2;  // the end of the text counts as a line
  for (const char c : text) lines += c == '\n' ? 1 : 0;
  if (root) check_tree(*root, lines);
  if (!root) BANYAN_CHECK(diagnostics.has_errors());
  return 0;
}
