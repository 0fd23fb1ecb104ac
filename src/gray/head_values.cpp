#include "gray/head_values.h"

#include "http/target.h"
#include "jwt/token.h"

namespace banyan {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Decoded into `scratch` only where it is encoded.
std::string_view parameter_value(std::string_view query, std::string_view name, std::string& scratch) {
  QueryReader reader(query);
  for (QueryParameter parameter; reader.next(parameter);) {
    if (!form_equals(parameter.name, name)) continue;
    if (parameter.value.find_first_of("%+") == parameter.value.npos) return parameter.value;
    scratch.clear();
    form_decode(parameter.value, scratch);
    return scratch;
  }
  return {};
}

std::string_view claim_value(std::string_view authorization, std::string_view claim, std::string& scratch) {
  const std::optional<std::string_view> text = jwt::bearer_token(authorization);
  if (!text) return {};
  const Result<jwt::Token> token = jwt::decode(*text);
  if (!token.ok()) return {};
  scratch = jwt::claim_text(*token, claim).value_or("");
  return scratch;
}

// Gives each value of the cookie to `visit`, until that gives false.
template <class Visit>
void each_cookie(const Fields& fields, std::string_view name, Visit visit) {
  if (!fields.has(FieldId::kCookie)) return;
  for (const Fields::Entry& entry : fields) {
    if (entry.id != FieldId::kCookie) continue;
    for (std::string_view rest = entry.value; !rest.empty();) {
      const std::size_t end = rest.find(';');
      const std::string_view pair = trim(rest.substr(0, end));
      rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
      const bool named = pair.starts_with(name) && pair.substr(name.size()).starts_with('=');
      if (named && !visit(pair.substr(name.size() + 1))) return;
    }
  }
}

}  // namespace

std::string_view cookie_value(const Fields& fields, std::string_view name) {
  std::string_view value;
  each_cookie(fields, name, [&value](std::string_view first) {
    const bool quoted = first.size() >= 2 && first.front() == '"' && first.back() == '"';
    value = quoted ? first.substr(1, first.size() - 2) : first;
    return false;
  });
  return value;
}

bool is_repeated_cookie(const Fields& fields, std::string_view name) {
  int count = 0;
  each_cookie(fields, name, [&count](std::string_view) { return ++count < 2; });
  return count > 1;
}

std::optional<std::string_view> HeadValues::find(const ValueName& name, std::string& scratch) const {
  std::string_view value;
  switch (name.kind) {
    case ValueKind::kHeader:
      value = head_.fields.value(name.name);
      break;
    case ValueKind::kCookie:
      value = cookie_value(head_.fields, name.name);
      break;
    case ValueKind::kQuery:
      value = parameter_value(head_.query, name.name, scratch);
      break;
    case ValueKind::kJwt:
      value = claim_value(head_.fields.value(FieldId::kAuthorization), name.name, scratch);
      break;
    case ValueKind::kIp:
      if (!client_.starts_with("unix:")) value = client_;
      break;
    case ValueKind::kMethod:
      value = head_.method_name;
      break;
    case ValueKind::kHost:
      value = head_.host;
      break;
    case ValueKind::kPath:
      value = path_;
      break;
  }
  if (value.empty()) return std::nullopt;
  return value;
}

}  // namespace banyan
