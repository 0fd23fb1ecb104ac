#include "php_rules/rule_file.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/edit_distance.h"
#include "config/schema.h"
#include "php_parse/type_info.h"
#include "php_rules/rule_checks.h"

namespace banyan::php {

namespace {

struct RuleFile {
  std::int64_t version = 0;
  std::vector<Rule> rules;
};

constexpr std::int64_t kIntegerMax = std::numeric_limits<std::int64_t>::max();

template <auto M, auto Read>
KeySpec custom_key(std::string_view name, std::string_view type, std::string_view about) {
  return {name, type, "", about, false, 0, 0, schema_detail::fill<M, Read>, nullptr, nullptr};
}

// Known words and what they mean, with the nearest one offered for an unknown one.
template <class T, std::size_t kCount>
std::optional<T> read_word(const KeySpec& key, const YamlNode& node, Reading& reading,
                           const std::array<std::pair<std::string_view, T>, kCount>& words) {
  const auto text = reading.text(key.name, node, "text");
  if (!text) return std::nullopt;
  std::vector<std::string_view> names;
  for (const auto& [name, value] : words) {
    if (name == *text) return value;
    names.push_back(name);
  }
  const std::string_view nearest = nearest_name(*text, names);
  std::string hint = nearest.empty() ? "write one of:" : "did you mean '" + std::string(nearest) + "'?";
  if (nearest.empty()) {
    for (const std::string_view name : names) hint.append(" ").append(name);
  }
  reading.diagnostics.error(node.position, std::string(key.name) + ": '" + *text + "' is unknown", hint);
  return std::nullopt;
}

std::optional<FindingSeverity> read_severity(const KeySpec& key, const YamlNode& node, Reading& reading) {
  static constexpr std::array<std::pair<std::string_view, FindingSeverity>, 3> kWords = {
      {{"error", FindingSeverity::kError}, {"warning", FindingSeverity::kWarning}, {"note", FindingSeverity::kNote}}};
  return read_word(key, node, reading, kWords);
}

std::optional<bool> read_bool(const KeySpec& key, const YamlNode& node, Reading& reading) {
  static constexpr std::array<std::pair<std::string_view, bool>, 2> kWords = {{{"true", true}, {"false", false}}};
  return read_word(key, node, reading, kWords);
}

std::optional<std::vector<std::string>> read_texts(const KeySpec& key, const YamlNode& node, Reading& reading) {
  std::vector<std::string> texts;
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    if (const auto text = reading.text(key.name, *item, "text")) texts.push_back(*text);
  }
  return texts;
}

std::optional<std::vector<PatternText>> read_patterns(const KeySpec& key, const YamlNode& node, Reading& reading) {
  std::vector<PatternText> patterns;
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto text = reading.text(key.name, *item, "a piece of PHP");
    if (!text) continue;
    patterns.push_back({*text, item->position, text->find('\n') == std::string::npos, !item->plain});
  }
  return patterns;
}

std::optional<std::int64_t> read_int(const KeySpec& key, const YamlNode& node, Reading& reading) {
  return schema_detail::read_integer(key, node, reading);
}

std::vector<std::string_view> node_kind_names() {
  std::vector<std::string_view> names;
  for (int i = 1; i <= static_cast<int>(NodeKind::kMatchArm); ++i) {
    names.push_back(node_kind_name(static_cast<NodeKind>(i)));
  }
  return names;
}

std::optional<std::vector<NodeKind>> read_kinds(const KeySpec& key, const YamlNode& node, Reading& reading) {
  std::vector<NodeKind> kinds;
  const std::vector<std::string_view> names = node_kind_names();
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto text = reading.text(key.name, *item, "the name of a kind of node");
    if (!text) continue;
    const auto found = std::find(names.begin(), names.end(), *text);
    if (found != names.end()) {
      kinds.push_back(static_cast<NodeKind>(found - names.begin() + 1));
      continue;
    }
    const std::string_view nearest = nearest_name(*text, names);
    reading.diagnostics.error(
        item->position, std::string(key.name) + ": '" + *text + "' is no kind of node",
        nearest.empty() ? "`banyan php parse FILE` shows the kinds" : "did you mean '" + std::string(nearest) + "'?");
  }
  return kinds;
}

// "bool" and "float" stand for what they hold.
std::optional<std::uint32_t> read_types(const KeySpec& key, const YamlNode& node, Reading& reading) {
  static constexpr std::array<std::pair<std::string_view, std::uint32_t>, 9> kWords = {{{"null", kTypeNull},
                                                                                        {"bool", kTypeBool},
                                                                                        {"int", kTypeInt},
                                                                                        {"float", kTypeFloat},
                                                                                        {"string", kTypeString},
                                                                                        {"array", kTypeArray},
                                                                                        {"object", kTypeObject},
                                                                                        {"resource", kTypeResource},
                                                                                        {"callable", kTypeCallable}}};
  std::uint32_t bits = 0;
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    bits |= read_word(key, *item, reading, kWords).value_or(0);
  }
  return bits;
}

void read_php(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  auto& rule = *static_cast<Rule*>(object);
  const auto text = reading.text(key.name, node, "a range of versions, like '>=8.0'");
  if (text && read_php_range(*text, rule.php_min, rule.php_max)) return;
  if (!text) return;
  reading.diagnostics.error(node.position, "php: '" + *text + "' is no range of versions",
                            "write '>=8.0', '<7.2', '>=7.2 <8.0' or '7.4'; known are 5.6 and 7.0 to 8.5");
}

const Schema& condition_schema();

void read_where(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  auto& rule = *static_cast<Rule*>(object);
  if (!reading.want_mapping(key.name, node)) return;
  for (const YamlEntry& entry : node.entries) {
    Condition condition;
    condition.position = entry.key_position;
    if (!entry.key.starts_with('$')) {
      reading.diagnostics.error(entry.key_position, "where: '" + entry.key + "' is no metavariable",
                                "write $NAME, as in the pattern");
      continue;
    }
    condition.variable = entry.key.substr(1);
    if (!reading.want_mapping(entry.key, entry.value)) continue;
    read_mapping(condition_schema(), entry.value, &condition, reading);
    rule.where.push_back(std::move(condition));
  }
}

template <auto M>
KeySpec texts_key(std::string_view name, std::string_view about) {
  return custom_key<M, read_texts>(name, "text or list", about);
}
template <auto M>
KeySpec patterns_key(std::string_view name, std::string_view about) {
  return custom_key<M, read_patterns>(name, "pattern or list", about);
}
template <auto M>
KeySpec kinds_key(std::string_view name, std::string_view about) {
  return custom_key<M, read_kinds>(name, "kind or list", about);
}
template <auto M>
KeySpec number_key(std::string_view name, std::int64_t min, std::int64_t max, std::string_view about) {
  KeySpec key = custom_key<M, read_int>(name, "integer", about);
  key.min = min;
  key.max = max;
  if (min >= 0) key.bounds = std::to_string(min) + " to " + std::to_string(max);
  return key;
}

const Schema& condition_schema() {
  static const Condition defaults;
  static const Schema schema{
      .name = "where",
      .about = "What must hold for a metavariable: everything that is given; of a list, one.",
      .defaults = &defaults,
      .keys = {
          kinds_key<&Condition::kinds>("kind", "the kind of node it is, as `banyan php parse` names it"),
          kinds_key<&Condition::not_kinds>("not_kind", "kinds it is not"),
          texts_key<&Condition::names>("name", "a function, class, member or variable, in any case, as resolved"),
          texts_key<&Condition::not_names>("not_name", "names it does not have"),
          texts_key<&Condition::texts>("text", "the code as written"),
          texts_key<&Condition::values>("value", "what a quoted string says"),
          texts_key<&Condition::starts>("starts", "how a quoted string starts, in any case"),
          texts_key<&Condition::ends>("ends", "how a quoted string ends, in any case"),
          texts_key<&Condition::contains>("contains", "what a quoted string contains, in any case"),
          kinds_key<&Condition::has_kinds>("has_kind", "a node inside of it is of one of these kinds"),
          patterns_key<&Condition::has>("has", "it, or something inside of it, is one of these"),
          patterns_key<&Condition::has_not>("has_not", "nothing inside of it is one of these"),
          custom_key<&Condition::literal, read_bool>("literal", "true or false",
                                                     "whether no part of it is computed at run time"),
          number_key<&Condition::min>("min", -kIntegerMax, kIntegerMax, "an integer literal of at least this"),
          number_key<&Condition::max>("max", -kIntegerMax, kIntegerMax, "an integer literal of at most this"),
          custom_key<&Condition::type_bits, read_types>(
              "type", "type or list",
              "its type is proved to be among these: null bool int float string array object resource callable"),
      }};
  return schema;
}

const Schema& fix_schema() {
  static const FixTemplate defaults;
  static const Schema schema{
      .name = "fix",
      .about = "How the finding is mended.",
      .defaults = &defaults,
      .keys = {
          custom_key<&FixTemplate::safe, read_bool>("safe", "true or false",
                                                    "whether behaviour stays the same whatever the values")
              .as_required(),
          text_key<&FixTemplate::title>("title", "what editors call it"),
          custom_key<&FixTemplate::replace, schema_detail::read_text>("replace", "metavariable",
                                                                      "what is replaced, rather than all that matched"),
          custom_key<&FixTemplate::with, read_replacement>("with", "code", "what comes in its place").as_required(),
      }};
  return schema;
}

const Schema& examples_schema() {
  static const RuleExamples defaults;
  static const Schema schema{
      .name = "examples",
      .about = "Code the rule is held against by `banyan php rules test`. \"<?php\" may be left out.",
      .defaults = &defaults,
      .keys = {
          patterns_key<&RuleExamples::bad>("bad", "code with findings of the rule").as_required(),
          patterns_key<&RuleExamples::good>("good", "code without").as_required(),
          patterns_key<&RuleExamples::fixed>("fixed", "what the fix makes of each bad one"),
      }};
  return schema;
}

std::vector<KeySpec> matching_keys() {
  return {
      patterns_key<&Rule::match>("match", "what to look for; of several, one"),
      kinds_key<&Rule::kinds>("kind", "kinds of nodes to look for, in place of a pattern"),
      custom_key<&Rule::in_class, read_bool>("in_class", "true or false", "the patterns are members of classes"),
      patterns_key<&Rule::unless>("unless", "what is found must be none of these"),
      patterns_key<&Rule::inside>("inside", "and must stand somewhere within one of these"),
      patterns_key<&Rule::not_inside>("not_inside", "and within none of these"),
      kinds_key<&Rule::inside_kinds>("inside_kind", "and within a node of one of these kinds"),
      kinds_key<&Rule::not_inside_kinds>("not_inside_kind", "and within none of these kinds"),
      number_key<&Rule::arguments_min>("arguments_min", 0, 1000, "at least so many arguments of a call"),
      number_key<&Rule::arguments_max>("arguments_max", 0, 1000, "at most so many"),
  };
}

const Schema& rule_schema() {
  static const Rule defaults;
  static const Schema schema = [] {
    Schema made{.name = "rules", .about = "One rule.", .defaults = &defaults, .keys = {}};
    made.keys = {
        text_key<&Rule::id>("id", "group.name, in small letters, digits and dashes").as_required(),
        custom_key<&Rule::severity, read_severity>("severity", "error, warning or note", "how grave it is (warning)"),
        integer_key<&Rule::level>("level", 0, kLevelMax, "shown by `--level` of this and above"),
        KeySpec{.name = "php", .type = "range", .bounds = "", .about = "versions it concerns", .read = read_php},
        text_key<&Rule::message>("message", "what is wrong, with metavariables; without it the rule only annotates"),
        text_key<&Rule::hint>("hint", "what to do about it"),
        text_key<&Rule::explanation>("explanation", "paragraphs for `banyan php explain`"),
        text_key<&Rule::conversion>("conversion", "what a conversion to another language makes of it"),
        texts_key<&Rule::annotations>("annotations", "marks for other tools, such as io.db"),
    };
    for (KeySpec& key : matching_keys()) made.keys.push_back(std::move(key));
    made.keys.push_back(KeySpec{.name = "where",
                                .type = "mapping of metavariables",
                                .bounds = "",
                                .about = "conditions",
                                .read = read_where,
                                .nested = &condition_schema()});
    made.keys.push_back(mapping_key<&Rule::fix>("fix", fix_schema(), "how it is mended"));
    made.keys.push_back(mapping_key<&Rule::examples>("examples", examples_schema(), "its tests").as_required());
    return made;
  }();
  return schema;
}

const Schema& file_schema() {
  static const RuleFile defaults;
  static const Schema schema{.name = "file",
                             .about = "A file of rules.",
                             .defaults = &defaults,
                             .keys = {
                                 integer_key<&RuleFile::version>("version", 1, 1, "of this format: 1").as_required(),
                                 mappings_key<&RuleFile::rules>("rules", rule_schema(), "the rules").as_required(),
                             }};
  return schema;
}

}  // namespace

std::vector<Rule> read_rules(std::string_view yaml, Diagnostics& diagnostics) {
  const std::optional<YamlNode> root = parse_yaml(yaml, diagnostics);
  if (!root) return {};
  std::vector<FileReference> files;
  Reading reading(diagnostics, "", files);
  RuleFile file;
  read_mapping(file_schema(), *root, &file, reading);
  if (file.rules.size() > kRulesMax) {
    diagnostics.error(file.rules[kRulesMax].position, "more than " + std::to_string(kRulesMax) + " rules",
                      "divide the file");
    return {};
  }
  if (diagnostics.has_errors()) return {};
  return std::move(file.rules);
}

std::vector<Rule> parse_rules(std::string_view yaml, Diagnostics& diagnostics) {
  std::vector<Rule> rules = read_rules(yaml, diagnostics);
  check_rules(rules, diagnostics);
  return rules;
}

std::string rules_reference() { return schema_reference(file_schema()); }

}  // namespace banyan::php
