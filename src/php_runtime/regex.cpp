#include "php_runtime/regex.h"

#include <pcre2.h>

#include <unordered_map>

#include "php_runtime/utf8.h"

namespace banyan::php_runtime {
namespace {

constexpr std::size_t kCacheMax = 4096;
constexpr std::uint32_t kBacktrackMax = 1000000,
                        kDepthMax = 100000;  // PHP's pcre.backtrack_limit, pcre.recursion_limit
constexpr std::size_t kJitStackMin = 32 * 1024, kJitStackMax = 192 * 1024;

pcre2_code* code_of(void* code) { return static_cast<pcre2_code*>(code); }

// The limits of matching and the stack of compiled patterns, for a thread.
struct Machine {
  pcre2_match_context* context = ::pcre2_match_context_create(nullptr);
  pcre2_jit_stack* stack = ::pcre2_jit_stack_create(kJitStackMin, kJitStackMax, nullptr);
  Machine() {
    ::pcre2_set_match_limit(context, kBacktrackMax);
    ::pcre2_set_depth_limit(context, kDepthMax);
    ::pcre2_jit_stack_assign(context, nullptr, stack);
  }
  ~Machine() {
    ::pcre2_match_context_free(context);
    ::pcre2_jit_stack_free(stack);
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
};

Machine& machine() {
  thread_local Machine one;
  return one;
}

// A pattern taken apart.
struct Parts {
  std::string_view body;
  std::string_view modifiers;
};

std::string quoted(char c) { return concat({"'", std::string_view(&c, 1), "'"}); }

// Nothing with PHP's warning where the delimiters are wrong.
std::optional<Parts> split_pattern(std::string_view function, std::string_view pattern) {
  auto complain = [&](std::string_view text) {
    warn_function(function, text);
    return std::nullopt;
  };
  while (!pattern.empty() && is_space(pattern[0])) pattern.remove_prefix(1);
  if (pattern.empty()) return complain("Empty regular expression");
  const char open = pattern[0];
  if (is_ascii_alnum(open) || open == '\\' || open == '\0') {
    return complain("Delimiter must not be alphanumeric, backslash, or NUL");
  }
  constexpr std::string_view opening = "([{<";
  const std::size_t bracket = opening.find(open);
  const char close = bracket == std::string_view::npos ? open : ")]}>"[bracket];
  std::size_t at = 1;
  for (int depth = 1; at < pattern.size(); ++at) {
    const char c = pattern[at];
    if (c == '\\' && at + 1 < pattern.size()) {
      ++at;
    } else if (c == close) {
      if (--depth <= 0) break;
    } else if (c == open) {
      ++depth;
    }
  }
  if (at >= pattern.size()) {
    return complain(
        concat({open == close ? "No ending delimiter " : "No ending matching delimiter ", quoted(close), " found"}));
  }
  return Parts{pattern.substr(1, at - 1), pattern.substr(at + 1)};
}

struct Options {
  std::uint32_t bits = 0;
  bool strict_escapes = false;
};

// Takes a modifier; false for one that there is not.
bool add_modifier(char c, Options& options) {
  struct Modifier {
    char c;
    std::uint32_t bits;
  };
  constexpr Modifier modifiers[] = {{'i', PCRE2_CASELESS},
                                    {'m', PCRE2_MULTILINE},
                                    {'s', PCRE2_DOTALL},
                                    {'x', PCRE2_EXTENDED},
                                    {'A', PCRE2_ANCHORED},
                                    {'D', PCRE2_DOLLAR_ENDONLY},
                                    {'U', PCRE2_UNGREEDY},
                                    {'J', PCRE2_DUPNAMES},
                                    {'u', PCRE2_UTF | PCRE2_UCP},
                                    {'S', 0},
                                    {'X', 0},
                                    {'n', PCRE2_NO_AUTO_CAPTURE},
                                    {' ', 0},
                                    {'\n', 0},
                                    {'\r', 0}};
  for (const Modifier& one : modifiers) {
    if (one.c != c) continue;
    options.bits |= one.bits;
    options.strict_escapes = options.strict_escapes || c == 'X';
    return true;
  }
  return false;
}

std::optional<Options> options_of(std::string_view function, std::string_view modifiers) {
  Options options;
  for (char c : modifiers) {
    if (c == 'e' || add_modifier(c, options)) continue;
    warn_function(function, c == '\0' ? "NUL is not a valid modifier" : concat({"Unknown modifier ", quoted(c)}));
    return std::nullopt;
  }
  if (has(modifiers, 'e')) {
    warn_function(function, "The /e modifier is no longer supported, use preg_replace_callback instead");
    return std::nullopt;
  }
  return options;
}

RegexError error_of(int code) {
  switch (code) {
    case PCRE2_ERROR_MATCHLIMIT:
      return kRegexBacktrack;
    case PCRE2_ERROR_DEPTHLIMIT:
      return kRegexRecursion;
    case PCRE2_ERROR_BADUTFOFFSET:
      return kRegexOffset;
    case PCRE2_ERROR_JIT_STACKLIMIT:
      return kRegexStack;
    default:
      return code <= PCRE2_ERROR_UTF8_ERR1 && code >= PCRE2_ERROR_UTF8_ERR21 ? kRegexUtf8 : kRegexInternal;
  }
}

}  // namespace

std::shared_ptr<const Regex> Regex::of(std::string_view function, std::string_view pattern) {
  thread_local std::unordered_map<std::string, std::shared_ptr<const Regex>> cache;
  std::string key(pattern);
  if (const auto found = cache.find(key); found != cache.end()) return found->second;
  const std::optional<Parts> parts = split_pattern(function, pattern);
  const std::optional<Options> options = parts ? options_of(function, parts->modifiers) : std::nullopt;
  std::shared_ptr<Regex> made(new Regex);
  if (!options || !made->compile(function, parts->body, options->bits, options->strict_escapes)) {
    request_state<RegexState>().last = kRegexInternal;
    return nullptr;
  }
  if (cache.size() >= kCacheMax) cache.clear();
  return cache[std::move(key)] = made;
}

bool Regex::compile(std::string_view function, std::string_view body, std::uint32_t options, bool strict_escapes) {
  pcre2_compile_context* context = ::pcre2_compile_context_create(nullptr);
  if (!strict_escapes) ::pcre2_set_compile_extra_options(context, PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL);
  int error = 0;
  PCRE2_SIZE at = 0;
  code_ = ::pcre2_compile(reinterpret_cast<PCRE2_SPTR>(body.data()), body.size(), options, &error, &at, context);
  ::pcre2_compile_context_free(context);
  if (code_ == nullptr) {
    PCRE2_UCHAR message[256] = {};
    ::pcre2_get_error_message(error, message, sizeof message);
    warn_function(function, concat({"Compilation failed: ", reinterpret_cast<const char*>(message), " at offset ",
                                    std::to_string(at)}));
    return false;
  }
  ::pcre2_jit_compile(code_of(code_), PCRE2_JIT_COMPLETE);  // what it cannot take is interpreted
  utf8_ = (options & PCRE2_UTF) != 0;
  read_names();
  return true;
}

void Regex::read_names() {
  std::uint32_t groups = 0, count = 0, size = 0;
  PCRE2_SPTR table = nullptr;
  ::pcre2_pattern_info(code_of(code_), PCRE2_INFO_CAPTURECOUNT, &groups);
  ::pcre2_pattern_info(code_of(code_), PCRE2_INFO_NAMECOUNT, &count);
  ::pcre2_pattern_info(code_of(code_), PCRE2_INFO_NAMEENTRYSIZE, &size);
  ::pcre2_pattern_info(code_of(code_), PCRE2_INFO_NAMETABLE, &table);
  names_.resize(groups + 1);
  for (; count > 0; --count, table += size) {
    names_[std::size_t{table[0]} * 256 + table[1]] = reinterpret_cast<const char*>(table + 2);
  }
}

Regex::~Regex() { ::pcre2_code_free(code_of(code_)); }

Regex::Walk::Walk(const Regex& regex, std::string_view subject, std::size_t offset)
    : regex_(regex),
      subject_(subject),
      at_(offset),
      data_(::pcre2_match_data_create_from_pattern(code_of(regex.code_), nullptr)) {
  request_state<RegexState>().last = kRegexNone;
}

Regex::Walk::~Walk() { ::pcre2_match_data_free(static_cast<pcre2_match_data*>(data_)); }

Regex::Walk::Result Regex::Walk::search(std::uint32_t options) {
  if (checked_) options |= PCRE2_NO_UTF_CHECK;
  auto* data = static_cast<pcre2_match_data*>(data_);
  const int count = ::pcre2_match(code_of(regex_.code_), reinterpret_cast<PCRE2_SPTR>(subject_.data()), subject_.size(),
                                  at_, options, data, machine().context);
  checked_ = true;
  if (count >= 0) {
    take(count);
    return kFound;
  }
  if (count == PCRE2_ERROR_NOMATCH) return kNone;
  request_state<RegexState>().last = error_of(count);
  failed_ = true;
  return kFailed;
}

void Regex::Walk::take(int count) {
  const PCRE2_SIZE* ends = ::pcre2_get_ovector_pointer(static_cast<pcre2_match_data*>(data_));
  match_.ends.assign(ends, ends + 2 * count);
}

// After an empty match one is tried for at the same place that is not, then from the next character.
bool Regex::Walk::next() {
  while (!failed_) {
    const Result result = search(retry_ ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0);
    if (result == kFound) {
      at_ = std::max(match_.to(0), at_);
      retry_ = match_.to(0) == match_.from(0);
      return match_.to(0) >= match_.from(0);
    }
    if (result == kFailed || !retry_ || at_ >= subject_.size()) return false;
    at_ += regex_.utf8_ ? character_size(subject_.substr(at_)) : 1;
    retry_ = false;
  }
  return false;
}

}  // namespace banyan::php_runtime
