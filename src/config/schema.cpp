#include "config/schema.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/edit_distance.h"
#include "config/units.h"

namespace banyan {
namespace {

std::string quoted(std::string_view text) { return std::string("'").append(text).append("'"); }

// Gives the key that was meant, as far as can be told.
std::string_view refuse_unknown(const Schema& schema, const YamlEntry& entry, Reading& reading) {
  std::vector<std::string_view> names;
  for (const KeySpec& key : schema.keys) names.push_back(key.name);
  const std::string_view nearest = nearest_name(entry.key, names);
  std::string hint = "did you mean " + quoted(nearest) + "?";
  if (nearest.empty()) {
    hint = "known here:";
    for (const std::string_view name : names) hint.append(" ").append(name);
  }
  reading.diagnostics.error(entry.key_position, "unknown key " + quoted(entry.key), hint);
  return nearest;
}

// A number within its bounds, or nothing with an error that names them.
template <class T>
std::optional<T> within(const KeySpec& key, const YamlNode& node, std::optional<T> value, std::int64_t number,
                        Reading& reading) {
  if (!value || (number >= key.min && number <= key.max)) return value;
  reading.diagnostics.error(node.position, std::string(key.name) + ": " + node.text + " is out of bounds",
                            "write " + key.bounds);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> Reading::text(std::string_view key, const YamlNode& node, std::string_view expected) {
  if (node.kind == YamlNode::Kind::kScalar && !node.text.empty()) return node.text;
  wrong_type(key, node, expected);
  return std::nullopt;
}

std::optional<std::string> Reading::unquoted(std::string_view key, const YamlNode& node, std::string_view expected) {
  // A measure with its unit reads the same in quotes, and JSON, which is YAML too, has no other way to write one.
  const bool measure = !node.text.empty() && is_ascii_digit(node.text.front()) && !is_ascii_digit(node.text.back());
  if (node.kind == YamlNode::Kind::kScalar && (node.plain || measure)) return node.text;
  wrong_type(key, node, expected);
  return std::nullopt;
}

void Reading::wrong_type(std::string_view key, const YamlNode& node, std::string_view expected) {
  if (node.kind == YamlNode::Kind::kRefused) return;
  const bool quotes_only = node.kind == YamlNode::Kind::kScalar && !node.plain && !node.text.empty();
  diagnostics.error(node.position,
                    std::string(key) + " must be " + std::string(expected) + ", not " + node.description(),
                    quotes_only ? "write it without quotes" : "");
}

std::vector<const YamlNode*> Reading::items(std::string_view key, const YamlNode& node, bool single) {
  std::vector<const YamlNode*> items;
  if (node.kind == YamlNode::Kind::kList) {
    for (const YamlNode& item : node.items) items.push_back(&item);
    if (items.empty()) diagnostics.error(node.position, std::string(key) + " is an empty list", "name at least one");
  } else if (single && (node.kind == YamlNode::Kind::kScalar || node.kind == YamlNode::Kind::kMapping)) {
    items.push_back(&node);
  } else if (node.kind != YamlNode::Kind::kRefused) {
    diagnostics.error(node.position, std::string(key) + " must be a list, not " + node.description(),
                      "write [a, b], or each item on a line of its own behind '- '");
  }
  return items;
}

bool Reading::want_mapping(std::string_view key, const YamlNode& node) {
  if (node.kind == YamlNode::Kind::kMapping) return true;
  wrong_type(key, node, "a mapping of 'key: value'");
  return false;
}

std::string Reading::resolve(const std::string& path) const {
  if (path.starts_with("/") || folder_.empty()) return path;
  return folder_ + (folder_.ends_with("/") ? "" : "/") + path;
}

void Reading::refer_to(FileReference::Kind kind, std::string path, std::string what, SourcePosition position) {
  files_.push_back({kind, std::move(path), std::move(what), position});
}

void read_mapping(const Schema& schema, const YamlNode& node, void* object, Reading& reading) {
  std::vector<std::string_view> meant;
  for (const YamlEntry& entry : node.entries) {
    const auto same = [&](const KeySpec& key) { return key.name == entry.key; };
    const auto key = std::find_if(schema.keys.begin(), schema.keys.end(), same);
    if (key == schema.keys.end()) {
      meant.push_back(refuse_unknown(schema, entry, reading));
    } else {
      key->read(*key, entry.value, object, reading);
    }
  }
  for (const KeySpec& key : schema.keys) {
    const bool mistyped = std::find(meant.begin(), meant.end(), key.name) != meant.end();
    if (!key.required || mistyped || node.find(key.name) != nullptr) continue;
    reading.diagnostics.error(node.position, "the key " + quoted(key.name) + " is missing",
                              "add it (" + std::string(key.about) + ")");
  }
}

namespace schema_detail {

std::optional<std::int64_t> read_size(const KeySpec& key, const YamlNode& node, Reading& reading) {
  const auto value = reading.scalar(key.name, node, "a size, like 64KiB", parse_size);
  return within(key, node, value, value.value_or(0), reading);
}

std::optional<std::int64_t> read_integer(const KeySpec& key, const YamlNode& node, Reading& reading) {
  const auto value = reading.scalar(key.name, node, "a whole number", parse_integer);
  return within(key, node, value, value.value_or(0), reading);
}

std::optional<std::int64_t> read_percent(const KeySpec& key, const YamlNode& node, Reading& reading) {
  return reading.scalar(key.name, node, "a percentage, like 5%", parse_percent);
}

std::optional<Duration> read_duration(const KeySpec& key, const YamlNode& node, Reading& reading) {
  const auto value = reading.scalar(key.name, node, "a duration, like 10s", parse_duration);
  return within(key, node, value, value.value_or(Duration()).count(), reading);
}

std::optional<std::string> read_text(const KeySpec& key, const YamlNode& node, Reading& reading) {
  return reading.text(key.name, node, "text");
}

std::optional<std::string> read_file(const KeySpec& key, const YamlNode& node, Reading& reading) {
  const auto path = reading.text(key.name, node, "the path of a file");
  if (!path) return std::nullopt;
  reading.refer_to(FileReference::Kind::kFile, reading.resolve(*path), std::string(key.name), node.position);
  return reading.resolve(*path);
}

std::optional<std::string> read_folder(const KeySpec& key, const YamlNode& node, Reading& reading) {
  const auto path = reading.text(key.name, node, "the path of a folder");
  if (!path) return std::nullopt;
  std::string resolved = reading.resolve(*path);
  while (resolved.size() > 1 && resolved.ends_with("/")) resolved.pop_back();
  reading.refer_to(FileReference::Kind::kFolder, resolved, std::string(key.name), node.position);
  return resolved;
}

std::string bounds_of_sizes(std::int64_t min, std::int64_t max) { return format_size(min) + " to " + format_size(max); }
std::string bounds_of_durations(Duration min, Duration max) {
  return format_duration(min) + " to " + format_duration(max);
}
std::string show_size(std::int64_t value) { return format_size(value); }
std::string show_integer(std::int64_t value) { return std::to_string(value); }
std::string show_percent(std::int64_t value) { return format_percent(value); }
std::string show_duration(Duration value) { return format_duration(value); }
std::string show_text(const std::string& value) { return value; }

}  // namespace schema_detail

}  // namespace banyan
