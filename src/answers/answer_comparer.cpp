#include "answers/answer_comparer.h"

#include <algorithm>
#include <map>

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

void add(AnswerComparison& out, std::string place, std::string_view old_side, std::string_view new_side) {
  out.differences.push_back({std::move(place), shown(old_side), shown(new_side)});
}

// The value of a header, so that one without a value differs from none.
std::string shown_header(const ComparedAnswer& side, std::string_view name, std::string value) {
  return value.empty() && side.has(name) ? "(empty)" : std::move(value);
}

OwnNames own_names(const ComparedAnswer& side) { return {.hosts = side.hosts, .addresses = side.addresses}; }

void compare_header(const ComparedAnswer& old_side, const ComparedAnswer& new_side, const std::string& name,
                    AnswerComparison& out) {
  const std::string left = old_side.header(name);
  const std::string right = new_side.header(name);
  const bool same = ascii_equal_ignoring_case(name, "location")
                        ? same_location(left, own_names(old_side), right, own_names(new_side))
                        : same_header(name, left, right);
  if (same && old_side.has(name) == new_side.has(name)) return;
  add(out, "header " + name, shown_header(old_side, name, left), shown_header(new_side, name, right));
}

using Cookies = std::map<std::string, std::string>;

std::string shown_cookie(const Cookies& cookies, const std::string& name) {
  const auto found = cookies.find(name);
  if (found == cookies.end()) return "";
  return found->second.empty() ? "(no attributes)" : found->second;
}

void compare_cookies(const ComparedAnswer& old_side, const ComparedAnswer& new_side,
                     const std::vector<std::string>& ignored, AnswerComparison& out) {
  const Cookies left = cookies_set(old_side.headers);
  const Cookies right = cookies_set(new_side.headers);
  Cookies names = left;
  names.insert(right.begin(), right.end());
  for (const auto& [name, attributes] : names) {
    const std::string one = shown_cookie(left, name);
    const std::string other = shown_cookie(right, name);
    if (one != other && std::ranges::find(ignored, name) == ignored.end()) add(out, "cookie " + name, one, other);
  }
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
    if (ascii_equal_ignoring_case(name, "set-cookie")) {
      compare_cookies(old_side, new_side, rules_.ignored_cookies, out);
    } else {
      compare_header(old_side, new_side, name, out);
    }
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
