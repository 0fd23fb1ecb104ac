#include "answers/answer_comparer.h"

#include <algorithm>

#include "answers/content_coding.h"
#include "answers/html_text.h"
#include "base/ascii.h"
#include "json/parse.h"

namespace banyan {
namespace {

constexpr std::size_t kShownBytes = 200;

std::string shown(std::string_view text) {
  if (text.size() <= kShownBytes) return std::string(text);
  return std::string(text.substr(0, kShownBytes)) + "...";
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Of a Content-Type, without parameters and in small letters.
std::string media_type(std::string_view value) { return ascii_lower(trimmed(value.substr(0, value.find(';')))); }

// The next ';' outside of quotes, or the end.
std::size_t parameter_end(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && quoted) {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == ';' && !quoted) {
      return i;
    }
  }
  return text.size();
}

// NAME=VALUE with the name, and the name of a charset, in small letters and without quotes that nothing asks for.
std::string same_parameter(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string name = ascii_lower(text.substr(0, equals));
  std::string_view value = text.substr(std::min(equals + 1, text.size()));
  if (value.size() >= 2 && value.starts_with('"') && value.find_first_of("\\\"", 1) == value.size() - 1) {
    value = value.substr(1, value.size() - 2);
  }
  return name + "=" + (name == "charset" ? ascii_lower(value) : std::string(value));
}

// A Content-Type so that those which mean the same are equal (RFC 9110 section 8.3.1): spaces, quotes, the order of
// parameters and the case of all but their values do not count, of a charset that neither.
std::string same_type(std::string_view value) {
  std::string type = media_type(value);
  std::vector<std::string> parameters;
  for (std::size_t at = value.find(';'); at < value.size();) {
    const std::string_view rest = value.substr(at + 1);
    const std::size_t end = parameter_end(rest);
    if (const std::string_view one = trimmed(rest.substr(0, end)); !one.empty()) {
      parameters.push_back(same_parameter(one));
    }
    at += 1 + end;
  }
  std::ranges::sort(parameters);
  for (const std::string& one : parameters) type.append(";").append(one);
  return type;
}

bool same_value(std::string_view name, std::string_view left, std::string_view right) {
  return left == right || (ascii_equal_ignoring_case(name, "content-type") && same_type(left) == same_type(right));
}

void add(AnswerComparison& out, std::string place, std::string_view old_side, std::string_view new_side) {
  out.differences.push_back({std::move(place), shown(old_side), shown(new_side)});
}

// The value of a header, so that one without a value differs from none.
std::string shown_header(const ComparedAnswer& side, std::string_view name, std::string value) {
  return value.empty() && side.has(name) ? "(empty)" : std::move(value);
}

void compare_bytes(std::string_view old_body, std::string_view new_body, AnswerComparison& out) {
  if (old_body == new_body) return;
  const auto [left, right] = std::mismatch(old_body.begin(), old_body.end(), new_body.begin(), new_body.end());
  const auto at = static_cast<std::size_t>(left - old_body.begin());
  add(out, "byte " + std::to_string(at), old_body.substr(at), new_body.substr(at));
}

// The first piece that differs: after it pages hardly ever fit again.
void compare_html(std::string_view old_body, std::string_view new_body, AnswerComparison& out) {
  const std::vector<HtmlPiece> left = html_pieces(old_body);
  const std::vector<HtmlPiece> right = html_pieces(new_body);
  const auto [one, other] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  if (one == left.end() && other == right.end()) return;
  const std::size_t line = one != left.end() ? one->line : left.empty() ? 1 : left.back().line;
  add(out, "html line " + std::to_string(line), one != left.end() ? one->text : "",
      other != right.end() ? other->text : "");
}

}  // namespace

std::string ComparedAnswer::header(std::string_view name) const {
  std::string joined;
  for (const auto& [field, value] : headers) {
    if (!ascii_equal_ignoring_case(field, name)) continue;
    if (!joined.empty()) joined += ", ";
    joined += value;
  }
  return joined;
}

bool ComparedAnswer::has(std::string_view name) const {
  return std::ranges::any_of(headers, [&](const auto& field) { return ascii_equal_ignoring_case(field.first, name); });
}

Result<AnswerComparer> AnswerComparer::open(AnswerRules rules) {
  BANYAN_TRY(json::Comparer json, json::Comparer::open(rules.json));
  return AnswerComparer(std::move(rules), std::move(json));
}

AnswerComparison AnswerComparer::compare(const ComparedAnswer& old_side, const ComparedAnswer& new_side) const {
  AnswerComparison out;
  if (old_side.status != new_side.status) {
    add(out, "status", std::to_string(old_side.status), std::to_string(new_side.status));
  }
  for (const std::string& name : rules_.headers) {
    const std::string left = old_side.header(name);
    const std::string right = new_side.header(name);
    if (old_side.has(name) == new_side.has(name) && same_value(name, left, right)) continue;
    add(out, "header " + name, shown_header(old_side, name, left), shown_header(new_side, name, right));
  }
  compare_bodies(old_side, new_side, out);
  return out;
}

BodyRule AnswerComparer::body_rule(const ComparedAnswer& old_side) const {
  if (rules_.body != BodyRule::kByType) return rules_.body;
  const std::string type = media_type(old_side.header("content-type"));
  if (type == "application/json" || type == "text/json" || type.ends_with("+json")) return BodyRule::kJson;
  if (type == "text/html" || type == "application/xhtml+xml") return BodyRule::kHtml;
  return BodyRule::kBytes;
}

void AnswerComparer::compare_bodies(const ComparedAnswer& old_side, const ComparedAnswer& new_side,
                                    AnswerComparison& out) const {
  const BodyRule rule = body_rule(old_side);
  if (rule == BodyRule::kNone) return;
  Result<std::string> left = decode_body(old_side.header("content-encoding"), old_side.body, rules_.body_bytes_max);
  Result<std::string> right = decode_body(new_side.header("content-encoding"), new_side.body, rules_.body_bytes_max);
  for (const Result<std::string>* side : {&left, &right}) {
    if (side->ok() || side->error().code() != ErrorCode::kResourceExhausted) continue;
    out.complete = false;
    return;
  }
  // A coding that cannot be undone leaves the bytes; two sides that used it alike may still be equal.
  const std::string_view old_body = left.ok() ? *left : old_side.body;
  const std::string_view new_body = right.ok() ? *right : new_side.body;
  if (rule == BodyRule::kJson && compare_json(old_body, new_body, out)) return;
  if (rule == BodyRule::kHtml) return compare_html(old_body, new_body, out);
  compare_bytes(old_body, new_body, out);
}

// False where a side is not JSON.
bool AnswerComparer::compare_json(std::string_view old_body, std::string_view new_body, AnswerComparison& out) const {
  const Result<json::Document> left = json::parse(old_body);
  const Result<json::Document> right = json::parse(new_body);
  if (!left.ok() || !right.ok()) return false;
  json::Comparison found = json_.compare((*left).root(), (*right).root());
  out.complete = found.complete || !found.differences.empty();  // one difference found is enough to know
  out.all_places = found.complete;
  for (json::Difference& one : found.differences) {
    out.differences.push_back({std::move(one.path), std::move(one.left), std::move(one.right)});
  }
  return true;
}

}  // namespace banyan
