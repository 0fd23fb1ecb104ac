#include "nginx_import/filter_text.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/ascii.h"

namespace banyan::nginx {
namespace {

constexpr std::pair<std::string_view, std::string_view> kVariables[] = {
    {"request_uri", "uri"},      {"uri", "path"},           {"document_uri", "path"},
    {"args", "query"},           {"query_string", "query"}, {"host", "host"},
    {"remote_addr", "client"},   {"scheme", "scheme"},      {"request_id", "request_id"},
    {"request_method", "method"}};

bool is_word(char c) { return is_ascii_alnum(c) || c == '_'; }

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// The name of the variable `text` begins with, taken from it; "" where there is none.
std::string_view take_variable(std::string_view& text) {
  const bool braces = text.starts_with("${");
  const std::size_t start = braces ? 2 : 1;
  std::size_t end = start;
  while (end < text.size() && is_word(text[end])) ++end;
  const std::string_view name = text.substr(start, end - start);
  if (braces && (end == text.size() || text[end] != '}')) return {};
  text.remove_prefix(end + (braces ? 1 : 0));
  return name;
}

std::string filter_variable(std::string_view name) {
  for (const auto& [nginx, own] : kVariables) {
    if (name == nginx) return std::string(own);
  }
  if (!take(name, "http_") || name.empty()) return "";
  std::string field(name);
  std::replace(field.begin(), field.end(), '_', '-');
  return "header:" + field;
}

// What an expression captures, as it stands in a pattern and in a target.
class Pattern {
 public:
  explicit Pattern(RewriteRule& rule) : rule_(rule) {}

  bool read(std::string_view expression) {
    if (!take(expression, "^")) return false;
    std::string& from = rule_.from;
    bool ended = false;
    while (!expression.empty() && !ended) {
      if (rest_) return expression == "$";
      ended = expression == "$";
      if (!ended && !read_part(expression)) return false;
    }
    if (from.empty()) return false;
    if (ended || rest_) return true;
    const bool folder = from.ends_with('/');
    rule_.exact = rule_.exact && folder;
    from += folder ? "*rest" : "/*rest";
    return true;
  }

  bool write(std::string_view replacement) {
    std::string& to = rule_.to;
    // A redirection to a path alone stays on the host it was asked on.
    for (std::string_view here : {"$scheme://$host", "$scheme://$http_host"}) {
      if (take(replacement, here)) break;
    }
    if (replacement.ends_with('?')) {
      replacement.remove_suffix(1);
      rule_.drops_query = true;
    }
    for (; !replacement.empty(); replacement.remove_prefix(1)) {
      const char c = replacement.front();
      if (c != '$') {
        if ((c == ':' || c == '*') && may_name()) return false;
        to += c;
        continue;
      }
      const std::size_t group =
          replacement.size() > 1 ? static_cast<std::size_t>(replacement[1] - '1') : captures_.size();
      if (group >= captures_.size()) return false;
      std::string_view capture = captures_[group];
      if (to.ends_with('/')) take(capture, "/");
      if (!capture.starts_with('/') && !may_name()) return false;
      to += capture;
      replacement.remove_prefix(1);
      if (replacement.size() > 1 && is_word(replacement[1])) return false;  // it would go on with the name
    }
    return to.starts_with('/') || to.starts_with("http://") || to.starts_with("https://");
  }

 private:
  // Whether a name could begin after what is written of the target.
  bool may_name() const { return rule_.to.ends_with('/') || rule_.to.ends_with('='); }

  bool read_part(std::string_view& expression) {
    std::string& from = rule_.from;
    const std::string name = "p" + std::to_string(captures_.size() + 1);
    if (take(expression, "(.*)") || take(expression, "(.+)")) {
      if (!from.empty() && !from.ends_with('/')) return false;
      captures_.push_back((from.empty() ? "/*" : "*") + name);
      from += captures_.back();
      rest_ = true;
      return true;
    }
    if (take(expression, "([^/]+)") || take(expression, "([^/]*)")) {
      if (!from.ends_with('/') || !(expression.empty() || expression.front() == '/' || expression == "$")) return false;
      captures_.push_back(":" + name);
      from += captures_.back();
      return true;
    }
    // "\." and "\-" stand for themselves, "\d" does not, and "." for any character, which hardly anybody means.
    const bool escaped = take(expression, "\\");
    if (expression.empty()) return false;
    const char c = expression.front();
    if (escaped ? is_word(c) : std::string_view("^$()[]{}*+?|").find(c) != std::string_view::npos) return false;
    if (!escaped && c == '.') rule_.exact = false;
    if (from.empty() ? c != '/' : (c == ':' && from.ends_with('/'))) return false;
    from += c;
    expression.remove_prefix(1);
    return true;
  }

  RewriteRule& rule_;
  std::vector<std::string> captures_;
  bool rest_ = false;  // the last one took all that is left
};

}  // namespace

std::optional<std::string> filter_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    // A path with the query it came with.
    if (take(text, "$uri$is_args$args") || take(text, "$uri$is_args$query_string") || take(text, "$uri?$args")) {
      out += "${uri}";
    } else if (text.front() != '$') {
      out += text.front();
      text.remove_prefix(1);
    } else {
      const std::string variable = filter_variable(take_variable(text));
      if (variable.empty()) return std::nullopt;
      out.append("${").append(variable).append("}");
    }
  }
  return out;
}

std::optional<RewriteRule> read_rewrite(std::string_view expression, std::string_view replacement) {
  RewriteRule rule;
  Pattern pattern(rule);
  if (!pattern.read(expression) || !pattern.write(replacement)) return std::nullopt;
  return rule;
}

bool fits_every_path(std::string_view expression) {
  for (std::string_view one :
       {"^", ".*", "^.*$", "^.*", "^(.*)$", "^(.*)", "(.*)", "^/", "^/.*", "^/.*$", "^/(.*)$", "^/(.*)"}) {
    if (expression == one) return true;
  }
  return false;
}

}  // namespace banyan::nginx
