#include "nginx_import/location_pattern.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace banyan::nginx {
namespace {

constexpr std::string_view kSpecial = "\\^$.|?*+()[]{}";

bool take(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

// One literal character off the front; an escaped letter or digit is a class, and no literal.
std::optional<char> take_literal(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const char first = text.front();
  if (first != '\\') {
    if (kSpecial.find(first) != kSpecial.npos) return std::nullopt;
    text.remove_prefix(1);
    return first;
  }
  if (text.size() < 2) return std::nullopt;
  const char c = text[1];
  const bool class_or_reference = is_ascii_alnum(c);
  if (class_or_reference) return std::nullopt;
  text.remove_prefix(2);
  return c;
}

// "quantified" text that follows would change what a literal before it means.
bool quantified(std::string_view text) {
  return !text.empty() && std::string_view("?*+{").find(text.front()) != std::string_view::npos;
}

// "(a|b|c)" or "(?:a|b)" off the front, each a literal that is not empty.
std::optional<std::vector<std::string>> take_choices(std::string_view& text) {
  std::string_view rest = text;
  if (!take(rest, "(?:") && !take(rest, "(")) return std::nullopt;
  std::vector<std::string> choices(1);
  for (;;) {
    if (take(rest, ")")) break;
    if (take(rest, "|")) {
      choices.emplace_back();
    } else if (const auto c = take_literal(rest); c && !quantified(rest)) {
      choices.back() += *c;
    } else {
      return std::nullopt;
    }
  }
  if (quantified(rest) || std::any_of(choices.begin(), choices.end(), [](const auto& one) { return one.empty(); })) {
    return std::nullopt;
  }
  text = rest;
  return choices;
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// What the rest of an expression means behind a path: one path becomes none (not understood), one or two rules.
std::vector<PathRule> rules_of_tail(const std::string& path, std::string_view tail) {
  const bool folder = path.ends_with('/');
  if (one_of(tail, {"", ".*", ".*$", "(.*)", "(.*)$", "(?:.*)"})) return {{false, path}};
  if (tail == "$") return {{true, path}};
  if (!folder && one_of(tail, {"(/|$)", "(?:/|$)", "(/.*)?$", "(?:/.*)?$", "($|/)", "(?:$|/)"})) {
    return {{true, path}, {false, path + "/"}};
  }
  if (!folder && one_of(tail, {"/?$", "(/)?$"})) return {{true, path}, {true, path + "/"}};
  if (!folder && one_of(tail, {"/?(.*)$", "/?(.*)", "/?.*", "/?"})) return {{false, path}};
  return {};
}

bool is_path(std::string_view path) {
  // ':' at the beginning of a segment would be a name in a route.
  return path.starts_with('/') && path.find("/:") == path.npos && path.find_first_of("?#* ") == path.npos;
}

// An expression anchored at the beginning: literals, choices and whole segments "[^/]+", and a known tail.
std::vector<PathRule> read_paths(std::string_view text) {
  std::vector<std::string> paths(1);
  bool named = false;
  int names = 0;
  for (;;) {
    std::string_view before = text;
    if (take(text, "([^/]+)") || take(text, "[^/]+")) {
      named = true;
      const bool whole = !before.empty() && paths[0].ends_with('/') && (text.starts_with('/') || text == "$");
      if (!whole || names == 9) return {};
      ++names;
      for (std::string& path : paths) path += ":p" + std::to_string(names);
      continue;
    }
    if (const auto c = take_literal(text)) {
      if (quantified(text)) {
        // "/x/?$": the optional slash belongs to the tail.
        text = before;
        break;
      }
      for (std::string& path : paths) path += *c;
      continue;
    }
    const auto choices = take_choices(text);
    if (!choices) break;
    if (paths.size() * choices->size() > kRulesMax / 2) return {};
    std::vector<std::string> all;
    for (const std::string& path : paths) {
      for (const std::string& choice : *choices) all.push_back(path + choice);
    }
    paths = std::move(all);
  }
  std::vector<PathRule> rules;
  for (const std::string& path : paths) {
    if (!named && !is_path(path)) return {};
    std::vector<PathRule> found = rules_of_tail(path, text);
    if (found.empty() || (named && !(found.size() == 1 && found[0].exact))) return {};
    rules.insert(rules.end(), found.begin(), found.end());
  }
  return rules;
}

bool names_hidden_files(std::string_view text) {
  (void)take(text, "(?:");
  for (std::string_view start : {"(^|/)\\.", "(?:^|/)\\.", "^/\\.", "^(.*/)?\\.", "/\\.", "\\/\\.", "^(.*)/\\."}) {
    if (text.starts_with(start)) return true;
  }
  return false;
}

// \.(css|js|png)$ and the like: which extensions does not matter, as long as there is no path before them.
bool names_extensions(std::string_view text) {
  (void)(take(text, "^.+") || take(text, "^.*") || take(text, ".+") || take(text, ".*"));
  if (!take(text, "\\.")) return false;
  if (!text.starts_with("(")) {
    while (take_literal(text)) {
    }
    return text == "$" || text == "?$";
  }
  const std::size_t close = text.rfind(')');
  if (close == text.npos) return false;
  const std::string_view inside = text.substr(0, close);
  const std::string_view tail = text.substr(close + 1);
  return (tail == "$" || tail.empty()) && inside.find("/") == inside.npos;
}

}  // namespace

LocationPattern read_location_pattern(std::string_view expression) {
  using Kind = LocationPattern::Kind;
  LocationPattern pattern;
  if (names_hidden_files(expression)) {
    pattern.kind = Kind::kHidden;
    return pattern;
  }
  for (std::string_view php :
       {"\\.php$", "[^/]\\.php$", "^.+\\.php$", ".+\\.php$", "^(.+\\.php)$", ".*\\.php$", "^/.+\\.php$"}) {
    if (expression == php) pattern.kind = Kind::kPhp;
  }
  for (std::string_view php :
       {"[^/]\\.php(/|$)", "\\.php(/|$)", "\\.php(?:$|/)", "\\.php(?:/|$)", "\\.php($|/)", "^(.+\\.php)(.*)$",
        "^(.+?\\.php)(/.*)?$", "^.+\\.php(/|$)", "^(.+\\.php)(/.+)$", ".+\\.php(/|$)", "\\.php/?", "\\.php"}) {
    if (expression == php) pattern.kind = Kind::kPhp, pattern.path_info = true;
  }
  if (pattern.kind == Kind::kPhp) return pattern;
  std::string_view rest = expression;
  if (take(rest, "^")) {
    pattern.rules = read_paths(rest);
    if (!pattern.rules.empty()) pattern.kind = Kind::kPaths;
    for (const PathRule& rule : pattern.rules) {
      if (rule.exact && rule.path.ends_with(".php")) pattern.scripts.push_back(rule.path);
    }
    return pattern;
  }
  if (names_extensions(expression)) pattern.kind = Kind::kExtensions;
  return pattern;
}

}  // namespace banyan::nginx
