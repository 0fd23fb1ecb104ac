#include "migrate/sql_script.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace banyan::migrate {
namespace {

constexpr std::string_view kWaiver = "lint: allow ";

bool is_word(char c) { return is_ascii_alnum(c) || c == '_'; }

// Behind what begins at `at` and ends with `end`; the text's end if it never does.
std::size_t behind(std::string_view text, std::size_t at, std::string_view end) {
  const std::size_t found = text.find(end, at);
  return found == std::string_view::npos ? text.size() : found + end.size();
}

// Behind the quoted text, comment or dollar quote that begins at `at`; `at` if none does.
std::size_t skip_opaque(std::string_view text, std::size_t at) {
  const char c = text[at];
  const std::string_view two = text.substr(at, 2);
  if (two == "--") return behind(text, at, "\n");
  if (two == "/*") return behind(text, at + 2, "*/");
  if (c == '\'' || c == '"' || c == '`') return behind(text, at + 1, text.substr(at, 1));
  if (c != '$') return at;
  std::size_t end = at + 1;
  while (end < text.size() && is_word(text[end])) ++end;
  if (end >= text.size() || text[end] != '$') return at;
  return behind(text, end + 1, text.substr(at, end + 1 - at));
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Splitter {
 public:
  explicit Splitter(std::string_view script) : script_(script) {}

  std::vector<SqlStatement> split() {
    for (std::size_t at = 0; at < script_.size();) {
      if (begin_ == kNone && skip_between(at)) continue;
      const std::size_t next = skip_opaque(script_, at);
      if (next != at) {
        at = next;
      } else if (script_[at] == ';' && !inside_trigger(at)) {
        end_statement(at++);
      } else {
        ++at;
      }
    }
    if (begin_ != kNone) end_statement(script_.size());
    return std::move(statements_);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  // Space and comments before a statement.
  bool skip_between(std::size_t& at) {
    if (is_space(script_[at]) || script_[at] == ';') {
      ++at;
      return true;
    }
    const std::string_view two = script_.substr(at, 2);
    if (two != "--" && two != "/*") {
      begin_ = at;
      return false;
    }
    const std::size_t end = skip_opaque(script_, at);
    const std::string_view comment = script_.substr(at, end - at);
    if (const std::size_t found = comment.find(kWaiver); found != std::string_view::npos) {
      waived_ += " " + std::string(comment.substr(found + kWaiver.size()));
    }
    at = end;
    return true;
  }
  bool inside_trigger(std::size_t at) const {
    const std::vector<std::string> words = sql_words(script_.substr(begin_, at - begin_));
    const bool trigger = words.size() > 1 && words[0] == "CREATE" &&
                         std::find(words.begin(), words.end(), "TRIGGER") != words.end() &&
                         std::find(words.begin(), words.end(), "BEGIN") != words.end();
    return trigger && words.back() != "END";
  }
  void end_statement(std::size_t end) {
    std::string_view text = script_.substr(begin_, end - begin_);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    const auto lines = std::count(script_.begin(), script_.begin() + static_cast<std::ptrdiff_t>(begin_), '\n');
    statements_.push_back({std::string(text), static_cast<int>(lines) + 1, std::exchange(waived_, {})});
    begin_ = kNone;
  }

  std::string_view script_;
  std::size_t begin_ = kNone;
  std::string waived_;
  std::vector<SqlStatement> statements_;
};

}  // namespace

std::vector<SqlStatement> split_sql(std::string_view script) { return Splitter(script).split(); }

std::vector<std::string> sql_words(std::string_view statement) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < statement.size();) {
    const char c = statement[at];
    const std::size_t next = skip_opaque(statement, at);
    if (next != at) {
      if (c == '"' || c == '`') words.emplace_back(statement.substr(at + 1, next - at - 2));
      at = next;
    } else if (is_word(c)) {
      std::string& word = words.emplace_back();
      for (; at < statement.size() && is_word(statement[at]); ++at) {
        const char letter = statement[at];
        word.push_back(ascii_upper(letter));
      }
    } else {
      if (c == '(' || c == ')' || c == ',') words.emplace_back(1, c);
      ++at;
    }
  }
  return words;
}

}  // namespace banyan::migrate
