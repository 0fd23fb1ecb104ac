#include "filters/request_key.h"

#include "base/ascii.h"
#include "filters/variable_text.h"
#include "gray/head_values.h"

namespace banyan {

Result<RequestKey> RequestKey::parse(std::string_view text) {
  RequestKey key;
  if (text == "route") return key;
  BANYAN_TRY(key.value_, parse_value_name(text));
  return key;
}

std::string RequestKey::of(FilterCall& call) const {
  const FilterContext& context = call.context();
  if (!value_) return "v" + std::string(context.route);
  // However it is written, it is one path and one host.
  if (value_->kind == ValueKind::kPath) return "v" + normal_path(call.head());
  const HeadValues values(call.head(), {}, context.client);
  std::string scratch;
  const std::optional<std::string_view> value = values.find(*value_, scratch);
  if (value && value_->kind == ValueKind::kHost) return "v" + ascii_lower(*value);
  return value ? "v" + std::string(*value) : "i" + std::string(context.client);
}

}  // namespace banyan
