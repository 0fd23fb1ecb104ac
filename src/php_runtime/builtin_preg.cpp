#include "php_runtime/builtin_preg.h"

#include <functional>

#include "php_runtime/regex.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

constexpr Int kOrders = 0xff, kSetOrder = 2, kOffsetCapture = 256, kUnmatchedAsNull = 512;

std::string_view group_text(std::string_view subject, const RegexMatch& match, std::size_t group) {
  if (!match.has(group) || match.to(group) < match.from(group)) return {};
  return subject.substr(match.from(group), match.to(group) - match.from(group));
}

// What a match has for a group.
Value group_value(std::string_view subject, const RegexMatch& match, std::size_t group, Int flags) {
  Value v;
  if (match.has(group) || (flags & kUnmatchedAsNull) == 0) v = group_text(subject, match, group);
  if ((flags & kOffsetCapture) == 0) return v;
  return Array::list({v, match.has(group) ? static_cast<Int>(match.from(group)) : Int{-1}});
}

// The array of one match, without the groups at the end that did not match.
Array match_array(const Regex& regex, std::string_view subject, const RegexMatch& match, Int flags) {
  const std::size_t count = (flags & kUnmatchedAsNull) != 0 ? regex.groups() : match.count();
  Array out;
  for (std::size_t group = 0; group < count; ++group) {
    const Value v = group_value(subject, match, group, flags);
    if (const std::string& name = regex.name(group); !name.empty()) {
      const Key key{String(name)};
      if (match.has(group) || out.lookup(key) == nullptr) out.set_key(key, v);
    }
    out.set_key(Key(static_cast<Int>(group)), v);
  }
  return out;
}

// Where matching begins, counted from the end where it is negative; nothing behind the end, which is an error.
std::optional<std::size_t> start_of(std::string_view function, const String& subject, Int offset) {
  if (offset == INT64_MIN) bad_argument(function, 5, "offset", "must be greater than -9223372036854775808");
  if (offset < 0) offset = std::max<Int>(offset + length_of(subject), 0);
  if (offset <= length_of(subject)) return index(offset);
  request_state<RegexState>().last = kRegexInternal;
  return std::nullopt;
}

}  // namespace

std::optional<Int> preg_match(const String& pattern, const String& subject, Array* matches, Int flags, Int offset) {
  const auto regex = Regex::of("preg_match", pattern);
  if (regex == nullptr) return std::nullopt;
  const String text = subject;  // matches may be stored where the subject is
  const auto start = start_of("preg_match", text, offset);
  if (matches != nullptr) *matches = Array();
  if ((flags & kOrders) != 0) bad_argument("preg_match", 4, "flags", "must be a PREG_* constant");
  if (!start) return std::nullopt;
  Regex::Walk walk(*regex, text, *start);
  const bool found = walk.next();
  if (walk.failed()) return std::nullopt;
  if (found && matches != nullptr) *matches = match_array(*regex, text, walk.match(), flags);
  return found ? 1 : 0;
}

namespace {

Array by_group(const Regex& regex, std::string_view subject, const std::vector<RegexMatch>& all, Int flags) {
  Array out;
  for (std::size_t group = 0; group < regex.groups(); ++group) {
    Array column;
    for (const RegexMatch& match : all) column.append(group_value(subject, match, group, flags));
    if (const std::string& name = regex.name(group); !name.empty()) out.set_text(name, column);
    out.set_key(Key(static_cast<Int>(group)), column);
  }
  return out;
}

}  // namespace

std::optional<Int> preg_match_all(const String& pattern, const String& subject, Array* matches, Int flags, Int offset) {
  const auto regex = Regex::of("preg_match_all", pattern);
  if (regex == nullptr) return std::nullopt;
  const String text = subject;
  const auto start = start_of("preg_match_all", text, offset);
  if (matches != nullptr) *matches = Array();
  const Int order = flags & kOrders;
  if (order > kSetOrder) bad_argument("preg_match_all", 4, "flags", "must be a PREG_* constant");
  if (!start) return std::nullopt;
  std::vector<RegexMatch> all;
  Regex::Walk walk(*regex, text, *start);
  while (walk.next()) all.push_back(walk.match());
  if (matches != nullptr && order == kSetOrder) {
    for (const RegexMatch& match : all) matches->append(match_array(*regex, text, match, flags));
  } else if (matches != nullptr) {
    *matches = by_group(*regex, text, all, flags);
  }
  if (walk.failed()) return std::nullopt;
  return static_cast<Int>(all.size());
}

String preg_quote(const String& s, const Value& delimiter) {
  const String extra = delimiter.is_null() ? String() : to_string(delimiter);
  String out;
  for (char c : s) {
    if (c == '\0') {
      out += "\\000";
      continue;
    }
    if (has(".\\+*?[^]$(){}=!<>|:-#", c) || (!extra.empty() && c == extra[0])) out += '\\';
    out += c;
  }
  return out;
}

namespace {

using Replacer = std::function<String(std::string_view subject, const RegexMatch& match)>;

// Replaces up to limit matches (-1 for all) and counts them; nothing after an error.
std::optional<String> replace_matches(const Regex& regex, const String& subject, Int limit, Int& count,
                                      const Replacer& with) {
  String out;
  std::size_t at = 0;
  Int n = 0;
  Regex::Walk walk(regex, subject, 0);
  while (n != limit && walk.next()) {
    const RegexMatch match = walk.match();
    out += subject.view().substr(at, std::max(match.from(0), at) - at);
    out += with(subject, match);
    at = match.to(0);
    ++n;
  }
  if (walk.failed()) return std::nullopt;
  count += n;
  if (n == 0) return subject;
  return out += subject.view().substr(at);
}

// Reads $1, ${12} or \1 at the beginning; how long it is, 0 where it is none.
std::size_t group_reference(std::string_view s, std::size_t& group) {
  std::size_t at = 1;
  const bool brace = s.starts_with("${");
  if (brace) ++at;
  const std::size_t start = at;
  group = 0;
  while (at < s.size() && at < start + 2 && is_ascii_digit(s[at]))
    group = group * 10 + static_cast<std::size_t>(s[at++] - '0');
  if (at == start) return 0;
  if (!brace) return at;
  return at < s.size() && s[at] == '}' ? at + 1 : 0;
}

// Puts the groups into a replacement.
String expand(std::string_view replacement, std::string_view subject, const RegexMatch& match) {
  if (replacement.find_first_of("$\\") == std::string_view::npos) return replacement;
  String out;
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    const std::string_view rest = replacement.substr(i);
    std::size_t group = 0;
    if (rest.starts_with("\\\\")) {
      out += '\\';
      ++i;
    } else if (const std::size_t n = has("$\\", rest[0]) ? group_reference(rest, group) : 0; n > 0) {
      out += group_text(subject, match, group);
      i += n - 1;
    } else {
      out += rest[0];
    }
  }
  return out;
}

// The patterns of a call and what replaces each.
struct Pair {
  Value pattern;
  Value replacement;
};

std::vector<Pair> pattern_list(const Value& pattern, const Value& replacement) {
  if (!pattern.is_array()) return {{pattern, replacement}};
  std::vector<Value> with;
  if (replacement.is_array()) with = values_of(replacement.as_array());
  std::vector<Pair> out;
  for (const Value& one : values_of(pattern.as_array())) {
    const std::size_t i = out.size();
    out.push_back({one, !replacement.is_array() ? replacement : i < with.size() ? with[i] : Value("")});
  }
  return out;
}

using Change = std::function<std::optional<String>(String)>;

// Applies f to one subject or to each of an array; it answers nothing for one to be left out.
Value over_subjects(const Value& subject, HeldThrow& held, const Change& f) {
  if (!subject.is_array()) return or_null(f(to_string(subject)));
  const Array subjects = subject.as_array();
  Array out;
  for (const auto& [key, value] : subjects) {
    if (const std::optional<String> made = f(held.text(value))) out.set_key(key, *made);
  }
  return out;
}

struct Replacing {
  std::string_view function;
  Int limit;
  bool only_changed;
};

Value replace(const Replacing& how, const Value& pattern, const Value& replacement, const Value& subject, Int* count) {
  if (replacement.is_array() && !pattern.is_array()) {
    throw_type_error(argument(how.function, 1, "pattern") +
                     " must be of type array when argument #2 ($replacement) is an array, string given");
  }
  const std::vector<Pair> pairs = pattern_list(pattern, replacement);
  Int total = 0;
  HeldThrow held;
  const Value result = over_subjects(subject, held, [&](String s) -> std::optional<String> {
    const Int before = total;
    for (const Pair& pair : pairs) {
      const auto regex = held.attempt(std::shared_ptr<const Regex>(),
                                      [&] { return Regex::of(how.function, to_string(pair.pattern)); });
      if (regex == nullptr) return std::nullopt;
      const String with = to_string(pair.replacement);
      auto made = replace_matches(*regex, s, how.limit, total, [&](std::string_view text, const RegexMatch& match) {
        return expand(with, text, match);
      });
      if (!made) return std::nullopt;
      s = *made;
    }
    if (how.only_changed && total == before) return std::nullopt;
    return s;
  });
  if (count != nullptr) *count = total;
  held.rethrow();
  return result;
}

}  // namespace

Value preg_replace(const Value& pattern, const Value& replacement, const Value& subject, Int limit, Int* count) {
  return replace({"preg_replace", limit, false}, pattern, replacement, subject, count);
}

// Only what was changed.
Value preg_filter(const Value& pattern, const Value& replacement, const Value& subject, Int limit, Int* count) {
  return replace({"preg_filter", limit, true}, pattern, replacement, subject, count);
}

namespace {

// Replaces by what a callback gives for the array of each match.
struct CallbackReplacing {
  std::string_view function;
  Int limit;
  Int flags;
  Int total = 0;
  HeldThrow held;

  std::optional<String> run(const String& pattern, const Callable& callback, const String& subject) {
    const auto regex = held.attempt(std::shared_ptr<const Regex>(), [&] { return Regex::of(function, pattern); });
    if (regex == nullptr) return std::nullopt;
    return replace_matches(*regex, subject, limit, total, [&](std::string_view text, const RegexMatch& match) {
      return held.call(String(group_text(text, match, 0)),
                       [&] { return to_string(callback->call({Value(match_array(*regex, text, match, flags))})); });
    });
  }
};

}  // namespace

// PHP's, a fixed signature.
Value preg_replace_callback(const Value& pattern, const Callable& callback, const Value& subject, Int limit, Int* count,
                            Int flags) {
  CallbackReplacing replacing{"preg_replace_callback", limit, flags, 0, {}};
  const std::vector<Pair> pairs = pattern_list(pattern, Value(""));
  const Value result = over_subjects(subject, replacing.held, [&](String s) -> std::optional<String> {
    for (const Pair& pair : pairs) {
      auto made = replacing.run(to_string(pair.pattern), callback, s);
      if (!made) return std::nullopt;
      s = *made;
    }
    return s;
  });
  if (count != nullptr) *count = replacing.total;
  replacing.held.rethrow();
  return result;
}

Value preg_replace_callback_array(const Array& pattern, const Value& subject, Int limit, Int* count, Int flags) {
  constexpr std::string_view function = "preg_replace_callback_array";
  CallbackReplacing replacing{function, limit, flags, 0, {}};
  const Array patterns = pattern;
  Value result = subject;
  for (const auto& [key, value] : patterns) {
    const Callable callback = find_callable(value.deref(), nullptr, nullptr);
    const std::string place = argument(function, 1, "pattern");
    if (!callback) throw_type_error(place + " must contain only valid callbacks");
    if (!key.is_text()) throw_type_error(place + " must contain only string patterns as keys");
    if (result.is_null()) break;
    if (!result.is_array() && Regex::of(function, key.text()) == nullptr) return {};
    const String one = key.text();
    result = over_subjects(result, replacing.held, [&](String s) { return replacing.run(one, callback, s); });
    replacing.held.rethrow();
  }
  if (count != nullptr) *count = replacing.total;
  return result;
}

namespace {

constexpr Int kNoEmpty = 1, kDelimiters = 2, kOffsets = 4;

// Collects the parts of a subject.
struct Parts {
  std::string_view subject;
  Int flags;
  Array out;

  void add(std::size_t from, std::size_t to) {
    if ((flags & kNoEmpty) != 0 && from == to) return;
    const Value text = subject.substr(from, to - from);
    out.append((flags & kOffsets) != 0 ? Value(Array::list({text, static_cast<Int>(from)})) : text);
  }
};

}  // namespace

std::optional<Array> preg_split(const String& pattern, const String& subject, Int limit, Int flags) {
  const auto regex = Regex::of("preg_split", pattern);
  if (regex == nullptr) return std::nullopt;
  const bool no_empty = (flags & kNoEmpty) != 0;
  Parts parts{subject, flags, {}};
  if (limit == 0) limit = -1;
  std::size_t last = 0;
  Regex::Walk walk(*regex, subject, 0);
  while ((limit == -1 || limit > 1) && walk.next()) {
    const RegexMatch& match = walk.match();
    if (!no_empty || match.from(0) > last) {
      parts.add(last, std::max(match.from(0), last));
      if (limit != -1) --limit;
    }
    for (std::size_t group = 1; (flags & kDelimiters) != 0 && group < match.count(); ++group) {
      if (match.has(group)) parts.add(match.from(group), match.to(group));
    }
    last = match.to(0);
  }
  if (walk.failed()) return std::nullopt;
  if (!no_empty || last < subject.size()) parts.add(last, subject.size());
  return parts.out;
}

std::optional<Array> preg_grep(const String& pattern, const Array& array, Int flags) {
  const auto regex = Regex::of("preg_grep", pattern);
  if (regex == nullptr) return std::nullopt;
  request_state<RegexState>().last = kRegexNone;
  RegexError last = kRegexNone;
  const Array kept = array;
  Array out;
  for (const auto& [key, value] : kept) {
    const String text = to_string(value);
    Regex::Walk walk(*regex, text, 0);
    const bool found = walk.next();
    if (walk.failed()) last = request_state<RegexState>().last;
    if (!walk.failed() && found == ((flags & 1) == 0)) out.set_raw(key, own_copy(value));
  }
  request_state<RegexState>().last = last;
  return out;
}

Int preg_last_error() { return request_state<RegexState>().last; }

String preg_last_error_msg() {
  constexpr std::string_view messages[] = {"No error",
                                           "Internal error",
                                           "Backtrack limit exhausted",
                                           "Recursion limit exhausted",
                                           "Malformed UTF-8 characters, possibly incorrectly encoded",
                                           "The offset did not correspond to the beginning of a valid UTF-8 code point",
                                           "JIT stack limit reached"};
  return messages[request_state<RegexState>().last];
}

static const Array& unwritten() {
  thread_local const Array made = Array::list({"not written"});
  return made;
}
Array unwritten_array() { return unwritten(); }
Value or_null(const Array& v) { return Value(v).same_body(Value(unwritten())) ? Value() : Value(v); }

}  // namespace banyan::php_runtime
