// Paths and versions as text.
#include <algorithm>
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

// Splits a version where digits and letters meet and at signs.
std::vector<std::string> canonical_version(std::string_view s) {
  std::vector<std::string> parts;
  bool open = false;
  for (char c : s) {
    if (!is_ascii_alnum(c)) {
      open = false;
      continue;
    }
    if (!open || is_ascii_digit(c) != is_ascii_digit(parts.back().back())) parts.emplace_back();
    parts.back() += c;
    open = true;
  }
  return parts;
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

int compare_versions(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.empty() || b.empty()) return compare_numbers(!a.empty() ? 1 : 0, !b.empty() ? 1 : 0);
  const std::size_t both = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (int c = compare_part(a[i], b[i]); c != 0) return c;
  }
  if (a.size() > both) return is_ascii_digit(a[both][0]) ? 1 : compare_part(a[both], "#");
  if (b.size() > both) return is_ascii_digit(b[both][0]) ? -1 : compare_part("#", b[both]);
  return 0;
}

}  // namespace

// -1, 0 or 1, or with an operator a bool.
Value version_compare(const String& a, const String& b, const Value& op) {
  const int c = compare_versions(canonical_version(a), canonical_version(b));
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
