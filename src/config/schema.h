// Which keys a mapping of a configuration file may hold, as one table that both the loader and the reference manual are
// made from: name, type, bounds, whether required, what it means, and the member it fills. What the manual says is so
// because the loader reads the same row.
//
//   Schema limits{.name = "limits", .keys = {size<&LimitsConfig::head_bytes>("head_bytes", 1024, 1 << 20, "...")}};
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "config/gateway_config.h"
#include "config/yaml.h"

namespace banyan {

// One file being read: where mistakes go, and where relative paths start.
class Reading {
 public:
  Reading(Diagnostics& diagnostics, std::string folder, std::vector<FileReference>& files)
      : diagnostics(diagnostics), folder_(std::move(folder)), files_(files) {}

  // The scalar's text; nothing, with an error, where `node` is none. `expected` completes "must be ...".
  std::optional<std::string> text(std::string_view key, const YamlNode& node, std::string_view expected);
  // A scalar read by `parse`, whose error becomes the diagnostic. Quoted numbers are refused, being text;
  // quoted measures ("10s") are not.
  template <class T>
  std::optional<T> scalar(std::string_view key, const YamlNode& node, std::string_view expected,
                          Result<T> (*parse)(std::string_view)) {
    const std::optional<std::string> text = unquoted(key, node, expected);
    if (!text) return std::nullopt;
    Result<T> value = parse(*text);
    if (value.ok()) return std::move(*value);
    diagnostics.error(node.position, std::string(key) + ": " + value.error().text());
    return std::nullopt;
  }
  // The items of a list; where `single` is allowed a lone scalar counts as a list of one. An empty list is refused.
  std::vector<const YamlNode*> items(std::string_view key, const YamlNode& node, bool single);
  bool want_mapping(std::string_view key, const YamlNode& node);

  // `path` as seen from the working directory.
  std::string resolve(const std::string& path) const;
  void refer_to(FileReference::Kind kind, std::string path, std::string what, SourcePosition position);

  // What has been referred to so far.
  const std::vector<FileReference>& files() const { return files_; }

  void wrong_type(std::string_view key, const YamlNode& node, std::string_view expected);

  Diagnostics& diagnostics;

 private:
  std::optional<std::string> unquoted(std::string_view key, const YamlNode& node, std::string_view expected);

  std::string folder_;
  std::vector<FileReference>& files_;
};

struct Schema;

struct KeySpec {
  std::string_view name;
  std::string_view type;  // as the manual says it: "size", "list of addresses"
  std::string bounds;     // "1KiB to 1MiB", or empty
  std::string_view about;
  bool required = false;
  std::int64_t min = 0;  // of numbers, sizes, durations (in ns) and percentages
  std::int64_t max = 0;
  // Reads the value into the object the schema describes.
  void (*read)(const KeySpec& key, const YamlNode& value, void* object, Reading& reading) = nullptr;
  // The default, from a default-constructed object; null where there is none to show.
  std::string (*default_text)(const void* object) = nullptr;
  const Schema* nested = nullptr;  // what the mapping, or each item that is one, may hold

  KeySpec as_required() && {
    required = true;
    default_text = nullptr;
    return std::move(*this);
  }
};

struct Schema {
  std::string_view name;   // "gateway.limits": the heading in the manual
  std::string_view about;  // a sentence or two for the manual
  const void* defaults;    // a default-constructed object, for the defaults shown
  std::vector<KeySpec> keys;
};

// Reads the mapping `node` into `object`: unknown and missing keys are errors, every known key is read.
void read_mapping(const Schema& schema, const YamlNode& node, void* object, Reading& reading);

// Tables in Markdown for every schema reachable from `root`, in the order met.
std::string schema_reference(const Schema& root);

// --- One row of the table for each kind of member -----------------------------------------------------------------

namespace schema_detail {

template <class>
struct Member;
template <class C, class V>
struct Member<V C::*> {
  using Object = C;
  using Value = V;
};
template <auto M>
auto& at(void* object) {
  return static_cast<typename Member<decltype(M)>::Object*>(object)->*M;
}
template <auto M>
const auto& at(const void* object) {
  return static_cast<const typename Member<decltype(M)>::Object*>(object)->*M;
}

std::optional<std::int64_t> read_size(const KeySpec& key, const YamlNode& node, Reading& reading);
std::optional<std::int64_t> read_integer(const KeySpec& key, const YamlNode& node, Reading& reading);
std::optional<std::int64_t> read_percent(const KeySpec& key, const YamlNode& node, Reading& reading);
std::optional<Duration> read_duration(const KeySpec& key, const YamlNode& node, Reading& reading);
std::optional<std::string> read_text(const KeySpec& key, const YamlNode& node, Reading& reading);
std::optional<std::string> read_file(const KeySpec& key, const YamlNode& node, Reading& reading);
std::optional<std::string> read_folder(const KeySpec& key, const YamlNode& node, Reading& reading);

std::string bounds_of_sizes(std::int64_t min, std::int64_t max);
std::string bounds_of_durations(Duration min, Duration max);
std::string show_size(std::int64_t value);
std::string show_integer(std::int64_t value);
std::string show_percent(std::int64_t value);
std::string show_duration(Duration value);
std::string show_text(const std::string& value);

template <auto M, auto Read>
void fill(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (auto value = Read(key, node, reading)) at<M>(object) = std::move(*value);
}
template <auto M, auto Show>
std::string show(const void* object) {
  return Show(at<M>(object));
}

}  // namespace schema_detail

template <auto M>
KeySpec size_key(std::string_view name, std::int64_t min, std::int64_t max, std::string_view about) {
  namespace d = schema_detail;
  return {name,
          "size",
          d::bounds_of_sizes(min, max),
          about,
          false,
          min,
          max,
          d::fill<M, d::read_size>,
          d::show<M, d::show_size>};
}
template <auto M>
KeySpec duration_key(std::string_view name, Duration min, Duration max, std::string_view about) {
  namespace d = schema_detail;
  return {name,
          "duration",
          d::bounds_of_durations(min, max),
          about,
          false,
          min.count(),
          max.count(),
          d::fill<M, d::read_duration>,
          d::show<M, d::show_duration>};
}
template <auto M>
KeySpec integer_key(std::string_view name, std::int64_t min, std::int64_t max, std::string_view about) {
  namespace d = schema_detail;
  return {name,
          "integer",
          std::to_string(min) + " to " + std::to_string(max),
          about,
          false,
          min,
          max,
          d::fill<M, d::read_integer>,
          d::show<M, d::show_integer>};
}
template <auto M>
KeySpec percent_key(std::string_view name, std::string_view about) {
  namespace d = schema_detail;
  return {name,
          "percentage",
          "0% to 100%, steps of 0.01%",
          about,
          false,
          0,
          kAllHundredths,
          d::fill<M, d::read_percent>,
          d::show<M, d::show_percent>};
}
template <auto M>
KeySpec text_key(std::string_view name, std::string_view about) {
  namespace d = schema_detail;
  return {name, "text", "", about, false, 0, 0, d::fill<M, d::read_text>, d::show<M, d::show_text>};
}
// A file that must exist.
template <auto M>
KeySpec file_key(std::string_view name, std::string_view about) {
  namespace d = schema_detail;
  return {name, "path of a file", "", about, false, 0, 0, d::fill<M, d::read_file>};
}
template <auto M>
KeySpec folder_key(std::string_view name, std::string_view about) {
  namespace d = schema_detail;
  return {name, "path of a folder", "", about, false, 0, 0, d::fill<M, d::read_folder>};
}
// Another mapping, read into the member; an optional member is made first.
template <auto M>
KeySpec mapping_key(std::string_view name, const Schema& nested, std::string_view about) {
  constexpr auto read = [](const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
    if (!reading.want_mapping(key.name, node)) return;
    auto& member = schema_detail::at<M>(object);
    if constexpr (requires { member.emplace(); }) {
      read_mapping(*key.nested, node, &member.emplace(), reading);
    } else {
      read_mapping(*key.nested, node, &member, reading);
    }
  };
  std::string (*default_text)(const void*) = nullptr;
  if constexpr (!requires(void* object) { schema_detail::at<M>(object).emplace(); }) {
    default_text = [](const void*) { return std::string("{}"); };  // the defaults of its keys
  }
  return {name, "mapping", "", about, false, 0, 0, read, default_text, &nested};
}
// A list of mappings, each read into a new item with its position.
template <auto M>
KeySpec mappings_key(std::string_view name, const Schema& nested, std::string_view about) {
  constexpr auto read = [](const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
    for (const YamlNode* item : reading.items(key.name, node, false)) {
      if (!reading.want_mapping(std::string("an item of ").append(key.name), *item)) continue;
      auto& value = schema_detail::at<M>(object).emplace_back();
      value.position = item->position;
      read_mapping(*key.nested, *item, &value, reading);
    }
  };
  return {name, "list of mappings", "", about, false, 0, 0, read, nullptr, &nested};
}

}  // namespace banyan
