// A strict subset of YAML 1.2, read into a tree in which every key and value knows its line and column.
//
// The problem: YAML as a whole surprises. Keys given twice silently win, `no` is a boolean here and text there, aliases
// grow without bound, a second document is dropped. A file that configures a server must mean what its reader sees.
// So: one document, whose root is a mapping; mappings with text keys, each given once; lists; scalars, whose meaning is
// left to whoever asks (config/schema.h). Refused, each with its place and a way out: duplicate keys, anchors, aliases,
// tags, directives, further documents, tabs in the indentation, control characters, what is not UTF-8.
//
// Limits: kYamlBytesMax of text, kYamlDepthMax levels, kYamlNodesMax nodes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace banyan {

inline constexpr std::size_t kYamlBytesMax = 1024 * 1024;
inline constexpr std::size_t kYamlDepthMax = 32;
inline constexpr std::size_t kYamlNodesMax = 100'000;

struct YamlEntry;

// Given out as const; nobody changes a tree once it is read.
struct YamlNode {
  enum class Kind : unsigned char {
    kNull,  // no value, or null
    kScalar,
    kList,
    kMapping,
    kRefused,  // stood here, was refused with a diagnostic; ask nothing more of it
  };
  Kind kind = Kind::kNull;
  bool plain = false;  // a scalar written without quotes
  SourcePosition position;
  std::string text;                // of a scalar
  std::vector<YamlNode> items;     // of a list
  std::vector<YamlEntry> entries;  // of a mapping, in the order written, keys unique

  // The value at `key` of a mapping, or null.
  const YamlNode* find(std::string_view key) const;
  // What stands here, for an error's sentence: "a list", "the text 'yes'", "nothing".
  std::string description() const;
};

struct YamlEntry {
  std::string key;
  SourcePosition key_position;
  YamlNode value;
};

// Nothing where the text cannot be understood as a whole; else the root, a mapping. Either way `diagnostics` says what
// was refused. Pure.
std::optional<YamlNode> parse_yaml(std::string_view text, Diagnostics& diagnostics);

}  // namespace banyan
