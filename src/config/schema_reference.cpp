// The manual's tables, made from the rows the loader reads.
#include <algorithm>

#include "config/schema.h"

namespace banyan {
namespace {

void collect(const Schema& schema, std::vector<const Schema*>& met) {
  if (std::find(met.begin(), met.end(), &schema) != met.end()) return;
  met.push_back(&schema);
  for (const KeySpec& key : schema.keys) {
    if (key.nested != nullptr) collect(*key.nested, met);
  }
}

std::string default_of(const Schema& schema, const KeySpec& key) {
  if (key.required) return "required";
  const std::string text = key.default_text != nullptr ? key.default_text(schema.defaults) : "";
  return text.empty() ? "none" : "`" + text + "`";
}

void append_row(std::string& out, const Schema& schema, const KeySpec& key) {
  out.append("| `").append(key.name).append("` | ").append(key.type);
  if (key.nested != nullptr) out.append(" (`").append(key.nested->name).append("`)");
  out.append(" | ").append(default_of(schema, key)).append(" | ").append(key.bounds.empty() ? "" : key.bounds);
  out.append(" | ").append(key.about).append(" |\n");
}

}  // namespace

std::string schema_reference(const Schema& root) {
  std::vector<const Schema*> schemas;
  collect(root, schemas);
  std::string out;
  for (const Schema* schema : schemas) {
    out.append("\n### ").append(schema->name).append("\n\n").append(schema->about).append("\n\n");
    out.append("| key | type | default | bounds | meaning |\n| --- | --- | --- | --- | --- |\n");
    for (const KeySpec& key : schema->keys) append_row(out, *schema, key);
  }
  return out;
}

}  // namespace banyan
