// A compiled pattern of the preg functions: PCRE2 behind PHP's delimiters and modifiers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

// What preg_last_error() tells.
enum RegexError { kRegexNone, kRegexInternal, kRegexBacktrack, kRegexRecursion, kRegexUtf8, kRegexOffset, kRegexStack };
struct RegexState {
  RegexError last = kRegexNone;
};

inline constexpr std::size_t kUnmatched = static_cast<std::size_t>(-1);

// Where the groups of a match begin and end; kUnmatched twice for one that took no part. Up to the last that did.
struct RegexMatch {
  std::vector<std::size_t> ends;
  std::size_t count() const { return ends.size() / 2; }
  std::size_t from(std::size_t group) const { return ends[2 * group]; }
  std::size_t to(std::size_t group) const { return ends[2 * group + 1]; }
  bool has(std::size_t group) const { return group < count() && from(group) != kUnmatched; }
};

class Regex {
 public:
  // A pattern with delimiters and modifiers; null with PHP's warning in the name of the function. The pattern stays in
  // a store of the thread's.
  static std::shared_ptr<const Regex> of(std::string_view function, std::string_view pattern);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  // Finds the matches of a subject one after the other, as preg_match_all does. next() is false at the end and after an
  // error, which last error tells then.
  class Walk {
   public:
    Walk(const Regex& regex, std::string_view subject, std::size_t offset);
    ~Walk();
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;
    bool next();
    bool failed() const { return failed_; }
    const RegexMatch& match() const { return match_; }

   private:
    enum Result { kFound, kNone, kFailed };
    Result search(std::uint32_t options);
    void take(int count);
    const Regex& regex_;
    std::string_view subject_;
    std::size_t at_;
    bool checked_ = false;  // the subject is known to be UTF-8
    bool retry_ = false;    // the match before was empty
    bool failed_ = false;
    void* data_;
    RegexMatch match_;
  };

  // Groups with the whole match as the first; names by group, empty for those without.
  std::size_t groups() const { return names_.size(); }
  const std::string& name(std::size_t group) const { return names_[group]; }

 private:
  Regex() = default;
  bool compile(std::string_view function, std::string_view body, std::uint32_t options, bool strict_escapes);
  void read_names();

  void* code_ = nullptr;
  bool utf8_ = false;
  std::vector<std::string> names_;
};

}  // namespace banyan::php_runtime
