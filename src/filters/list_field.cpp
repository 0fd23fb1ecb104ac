#include "filters/list_field.h"

#include <string>

#include "http/message_framing.h"

namespace banyan {

void add_to_list(Fields& fields, FieldId id, std::string_view token) {
  if (list_contains(fields, id, token) || (id == FieldId::kVary && list_contains(fields, id, "*"))) return;
  std::string joined;
  for (const Fields::Entry& entry : fields) {
    if (entry.id != id || entry.value.empty()) continue;
    joined.append(joined.empty() ? "" : ", ").append(entry.value);
  }
  joined.append(joined.empty() ? "" : ", ").append(token);
  fields.set_copy(id, joined);
}

std::string_view take_element(std::string_view& rest) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != ','); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (rest[end] == '\\' && quoted && end + 1 < rest.size()) ++end;
  }
  std::string_view element = rest.substr(0, end);
  rest.remove_prefix(end < rest.size() ? end + 1 : rest.size());
  while (!element.empty() && (element.front() == ' ' || element.front() == '\t')) element.remove_prefix(1);
  while (!element.empty() && (element.back() == ' ' || element.back() == '\t')) element.remove_suffix(1);
  return element;
}

}  // namespace banyan
