#include "config/filter_config.h"

#include <algorithm>

#include "base/check.h"
#include "base/edit_distance.h"
#include "config/gateway_config.h"
#include "config/schema.h"

namespace banyan {
namespace {

constexpr std::size_t kFiltersMax = 32;

std::vector<const FilterType*>& registry() {
  static std::vector<const FilterType*> types;
  return types;
}

const FilterType* find_type(const std::string& name, SourcePosition position, Reading& reading) {
  std::vector<std::string_view> names;
  for (const FilterType* type : registry()) {
    if (type->name() == name) return type;
    names.push_back(type->name());
  }
  const std::string_view nearest = nearest_name(name, names);
  std::string hint = nearest.empty() ? "known:" : "did you mean '" + std::string(nearest) + "'?";
  if (nearest.empty()) {
    for (const std::string_view known : names) hint.append(" ").append(known);
  }
  reading.diagnostics.error(position, "unknown filter '" + name + "'", hint);
  return nullptr;
}

// The node as text in which nothing is left out, so that equal texts mean equal options.
void append_text(const YamlNode& node, std::string& out) {
  out.append(std::to_string(static_cast<int>(node.kind))).append(std::to_string(node.text.size()));
  out.append(node.plain ? "p" : "q").append(node.text);
  for (const YamlNode& item : node.items) append_text(item, out);
  for (const YamlEntry& entry : node.entries) {
    out.append("k").append(std::to_string(entry.key.size())).append(entry.key);
    append_text(entry.value, out);
  }
  out.append(";");
}

void read_filter(const std::string& name, const YamlNode& options, SourcePosition position, Reading& reading,
                 std::vector<FilterConfig>& filters) {
  FilterConfig filter{.position = position, .type = find_type(name, position, reading)};
  if (filter.type == nullptr) return;
  YamlNode empty{.kind = YamlNode::Kind::kMapping, .position = position};
  const YamlNode& mapping = options.kind == YamlNode::Kind::kNull ? empty : options;
  if (!reading.want_mapping(name, mapping)) return;
  const std::size_t files_before = reading.files().size();
  std::shared_ptr<void> object = filter.type->new_options();
  read_mapping(filter.type->schema(), mapping, object.get(), reading);
  filter.options = std::move(object);
  for (std::size_t i = files_before; i < reading.files().size(); ++i) filter.files.push_back(reading.files()[i].path);
  filter.text = name;
  append_text(mapping, filter.text);
  filters.push_back(std::move(filter));
}

}  // namespace

void register_filter_type(const FilterType& type) {
  for (const FilterType* other : registry()) BANYAN_CHECK(other->name() != type.name());
  registry().push_back(&type);
}

const std::vector<const FilterType*>& filter_types() { return registry(); }

std::vector<FilterConfig> read_filters(const KeySpec& key, const YamlNode& node, Reading& reading) {
  std::vector<FilterConfig> filters;
  for (const YamlNode* item : reading.items(key.name, node, false)) {
    if (item->kind == YamlNode::Kind::kScalar) {
      read_filter(item->text, YamlNode{}, item->position, reading, filters);
    } else if (item->kind == YamlNode::Kind::kMapping && item->entries.size() == 1) {
      const YamlEntry& entry = item->entries.front();
      read_filter(entry.key, entry.value, entry.key_position, reading, filters);
    } else if (item->kind != YamlNode::Kind::kRefused) {
      reading.diagnostics.error(item->position,
                                "a filter must be one name with its options, not " + item->description(),
                                "write each as an item of its own, like {ip: {deny: [10.0.0.0/8]}}");
    }
  }
  if (filters.size() > kFiltersMax) {
    reading.diagnostics.error(node.position, "more than 32 filters", "use fewer");
  }
  return filters;
}

}  // namespace banyan
