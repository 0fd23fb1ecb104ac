// Paths and versions as text.
#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "php_runtime/builtin_strings.h"

namespace banyan::php_runtime {
namespace {

constexpr auto npos = std::string_view::npos;

std::string_view base_of(std::string_view path) {
  path = trim_right(path, "/");
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::string_view parent_of(std::string_view path) {
  if (path.empty()) return path;
  const std::string_view trimmed = trim_right(path, "/");
  if (trimmed.empty()) return "/";
  const std::size_t slash = trimmed.rfind('/');
  if (slash == npos) return ".";
  const std::string_view parent = trim_right(trimmed.substr(0, slash), "/");
  return parent.empty() ? "/" : parent;
}

}  // namespace

String basename(const String& path, const String& suffix) {
  std::string_view base = base_of(path);
  if (!suffix.empty() && base.size() > suffix.size() && base.ends_with(suffix)) base.remove_suffix(suffix.size());
  return base;
}

String dirname(const String& path, Int levels) {
  if (levels < 1) bad_argument("dirname", 2, "levels", "must be greater than or equal to 1");
  std::string_view at = path;
  for (; levels > 0; --levels) {
    const std::string_view parent = parent_of(at);
    if (parent == at) break;
    at = parent;
  }
  return at;
}

Value pathinfo(const String& path, Int flags) {
  const std::string_view base = base_of(path);
  const std::size_t dot = base.rfind('.');
  Array parts;
  if ((flags & 1) != 0 && !path.empty()) parts.set_text("dirname", String(parent_of(path)));
  if ((flags & 2) != 0) parts.set_text("basename", String(base));
  if ((flags & 4) != 0 && dot != npos) parts.set_text("extension", String(base.substr(dot + 1)));
  if ((flags & 8) != 0) parts.set_text("filename", String(base.substr(0, dot)));
  if (flags == 15) return parts;
  return parts.empty() ? Value("") : values_of(parts)[0];
}

namespace {

// Parts a version with dots where digits and others meet and at all that is neither letter nor digit; its first
// character stays as it is.
std::string canonical_version(std::string_view s) {
  if (s[0] == '#') return std::string(s);
  std::string out(1, s[0]);
  for (std::size_t i = 1; i < s.size(); ++i) {
    const char before = s[i - 1], c = s[i];
    const bool meets = before != '.' && c != '.' && is_ascii_digit(before) != is_ascii_digit(c);
    if ((meets || !is_ascii_alnum(c)) && out.back() != '.') out += '.';
    if (is_ascii_alnum(c) || (meets && c != '-' && c != '_' && c != '+')) out += c;
  }
  return out;
}

// The age of a form; numbers come between rc and pl.
int form_order(std::string_view s) {
  struct Form {
    std::string_view name;
    int order;
  };
  constexpr Form forms[] = {{"dev", 0}, {"alpha", 1}, {"a", 1}, {"beta", 2}, {"b", 2},
                            {"RC", 3},  {"rc", 3},    {"#", 4}, {"pl", 5},   {"p", 5}};
  for (const Form& form : forms) {
    if (s.starts_with(form.name)) return form.order;
  }
  return -1;
}

constexpr int kNumberOrder = 4;

int compare_part(std::string_view a, std::string_view b) {
  const bool digit_a = !a.empty() && is_ascii_digit(a[0]), digit_b = !b.empty() && is_ascii_digit(b[0]);
  if (digit_a && digit_b) return compare_numbers(string_to_int(a), string_to_int(b));
  return compare_numbers(digit_a ? kNumberOrder : form_order(a), digit_b ? kNumberOrder : form_order(b));
}

// The part before the first dot, and whether there is one; what follows it is left in `rest`.
std::pair<std::string_view, bool> next_part(std::string_view& rest) {
  const std::size_t dot = rest.find('.');
  const std::string_view part = rest.substr(0, dot);
  if (dot != std::string_view::npos) rest.remove_prefix(dot + 1);
  return {part, dot != std::string_view::npos};
}

int compare_versions(std::string_view given_a, std::string_view given_b) {
  constexpr std::string_view kAnyNumber = "#N#";
  if (given_a.empty() || given_b.empty()) return compare_numbers(!given_a.empty() ? 1 : 0, !given_b.empty() ? 1 : 0);
  const std::string whole_a = canonical_version(given_a), whole_b = canonical_version(given_b);
  std::string_view a = whole_a, b = whole_b;
  bool more_a = true, more_b = true;
  while (!a.empty() && !b.empty() && more_a && more_b) {
    std::string_view part_a, part_b;
    std::tie(part_a, more_a) = next_part(a);
    std::tie(part_b, more_b) = next_part(b);
    if (int c = compare_part(part_a, part_b); c != 0) return c;
  }
  const auto is_number = [](std::string_view s) { return !s.empty() && is_ascii_digit(s[0]); };
  if (more_a) return is_number(a) ? 1 : compare_versions(a, kAnyNumber);
  if (more_b) return is_number(b) ? -1 : compare_versions(kAnyNumber, b);
  return 0;
}

}  // namespace

// -1, 0 or 1, or with an operator a bool.
Value version_compare(const String& a, const String& b, const Value& op) {
  const int c = compare_versions(c_string(a), c_string(b));
  if (op.is_null()) return c;
  const String name = to_string(op);
  auto is = [&](std::string_view sign, std::string_view word) { return name == sign || name == word; };
  if (is("<", "lt")) return c < 0;
  if (is("<=", "le")) return c <= 0;
  if (is(">", "gt")) return c > 0;
  if (is(">=", "ge")) return c >= 0;
  if (is("==", "eq")) return c == 0;
  if (is("!=", "ne") || name == "<>") return c != 0;
  bad_argument("version_compare", 3, "operator", "must be a valid comparison operator");
}

}  // namespace banyan::php_runtime
