#include "sql/sql_statement_text.h"

#include <algorithm>

namespace banyan {
namespace {

constexpr std::size_t kTableBytesMax = 128;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) { return begins_word(c) || is_digit(c) || c == '$'; }

bool same_word(std::string_view word, std::string_view upper) {
  return std::ranges::equal(word, upper, {},
                            [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
}

// Cut at a whole character.
void cut(std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0) == 0x80) --bytes_max;
  text.resize(bytes_max);
}

class Reader {
 public:
  Reader(std::string_view text, SqlDialect dialect)
      : rest_(text), mariadb_(dialect == SqlDialect::kMariadb), postgres_(dialect == SqlDialect::kPostgres) {}

  SqlStatementText read() {
    while (!rest_.empty() && out_.text.size() <= kSqlTextBytesMax) step();
    if (!out_.text.empty() && out_.text.back() == ' ') out_.text.pop_back();
    if (out_.text.size() > kSqlTextBytesMax) {
      cut(out_.text, kSqlTextBytesMax);
      out_.text.append("...");
    }
    cut(out_.table, kTableBytesMax);
    return std::move(out_);
  }

 private:
  void step() {
    const char c = rest_[0];
    if (is_space(c) || skip_comment()) {
      if (is_space(c)) rest_.remove_prefix(1);
      if (!out_.text.empty() && out_.text.back() != ' ') out_.text.push_back(' ');
    } else if (begins_word(c)) {
      read_word();
    } else if (is_digit(c) || (c == '.' && rest_.size() > 1 && is_digit(rest_[1]))) {
      number();
    } else if (c == '\'' || (c == '"' && mariadb_)) {
      skip_quoted(c, mariadb_);
      value();
    } else if (c == '"' || c == '`') {
      identifier(skip_quoted(c, false));
    } else if (c == '$') {
      dollar();
    } else {
      out_.text.push_back(c);
      rest_.remove_prefix(1);
      if (c != '.') expects_table_ = false;
    }
  }

  // PostgreSQL's comments nest; -- ends with the line, and so does MariaDB's #.
  bool skip_comment() {
    if (rest_.starts_with("--") || (mariadb_ && rest_[0] == '#')) {
      rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      return true;
    }
    if (!rest_.starts_with("/*")) return false;
    std::size_t depth = 0;
    do {
      const bool opens = rest_.starts_with("/*") && (depth == 0 || postgres_);
      const bool closes = rest_.starts_with("*/");
      depth += opens ? 1 : 0;
      depth -= closes ? 1 : 0;
      rest_.remove_prefix(opens || closes ? 2 : 1);
    } while (depth > 0 && !rest_.empty());
    return true;
  }

  void read_word() {
    const std::string_view word = take(std::ranges::find_if_not(rest_, is_word));
    // E'it\'s' is the one text of PostgreSQL that knows backslashes.
    const bool escapes = postgres_ && same_word(word, "E") && rest_.starts_with('\'');
    if (same_word(word, "FROM") || same_word(word, "INTO") || same_word(word, "UPDATE")) {
      out_.text.append(word);
      expects_table_ = out_.table.empty();
    } else if (escapes) {
      skip_quoted('\'', true);
      value();
    } else {
      identifier(word);
    }
  }

  // A word or a quoted name; with those before it and points between, a table's where one is expected.
  void identifier(std::string_view name) {
    if (expects_table_) {
      const std::string_view bare =
          begins_word(name[0]) ? name : name.substr(1, name.size() - std::min<std::size_t>(name.size(), 2));
      if (!out_.table.empty()) out_.table.push_back('.');
      out_.table.append(bare);
      expects_table_ = rest_.starts_with('.');
    }
    out_.text.append(name);
  }

  void number() {
    for (bool exponent = false; !rest_.empty(); rest_.remove_prefix(1)) {
      const char c = rest_[0];
      if (!is_word(c) && c != '.' && !(exponent && (c == '+' || c == '-'))) break;
      exponent = c == 'e' || c == 'E';
    }
    value();
  }

  // $1 is a placeholder; $$text$$ and $tag$text$tag$ are texts of PostgreSQL.
  void dollar() {
    const auto end = std::find_if_not(rest_.begin() + 1, rest_.end(), [](char c) { return is_word(c) && c != '$'; });
    const std::string_view tag = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()) + 1);
    const bool quotes = postgres_ && tag.ends_with('$') && tag.size() > 1 && (tag.size() == 2 || !is_digit(tag[1]));
    if (!quotes) {
      out_.text.append(take(end));
      return;
    }
    const std::size_t close = rest_.find(tag, tag.size());
    rest_.remove_prefix(close == std::string_view::npos ? rest_.size() : close + tag.size());
    value();
  }

  // From quote to quote, or to the end; a doubled quote stands for itself. Gives it with its quotes.
  std::string_view skip_quoted(char quote, bool escapes) {
    std::size_t at = 1;
    for (; at < rest_.size(); ++at) {
      if (escapes && rest_[at] == '\\') {
        ++at;
      } else if (rest_[at] == quote) {
        if (at + 1 >= rest_.size() || rest_[at + 1] != quote) break;
        ++at;
      }
    }
    return take(rest_.begin() + static_cast<std::ptrdiff_t>(std::min(at + 1, rest_.size())));
  }

  void value() {
    out_.text.push_back('?');
    expects_table_ = false;
  }

  std::string_view take(std::string_view::const_iterator end) {
    const std::string_view taken(rest_.begin(), end);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
  SqlStatementText out_;
  bool mariadb_;
  bool postgres_;
  bool expects_table_ = false;
};

}  // namespace

std::size_t sql_operation(std::string_view text) {
  const auto begin = std::ranges::find_if(text, begins_word);
  const std::string_view word(begin, std::find_if_not(begin, text.end(), is_word));
  const auto found = std::find_if(kSqlOperations.begin(), kSqlOperations.end() - 1,
                                  [word](std::string_view known) { return same_word(word, known); });
  return static_cast<std::size_t>(found - kSqlOperations.begin());
}

SqlStatementText describe_sql(std::string_view text, SqlDialect dialect) { return Reader(text, dialect).read(); }

}  // namespace banyan
