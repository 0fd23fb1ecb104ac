#include "gray/colour_fields.h"

#include "telemetry/baggage.h"

namespace banyan {

bool is_colour(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == text.npos;
}

bool ColourFields::present(const Fields& fields) const {
  if (fields.has(FieldId::kBaggage)) return true;
  return id_ != FieldId::kOther ? fields.has(id_) : fields.find(name_) != nullptr;
}

std::string ColourFields::read(const Fields& fields) const {
  const std::string_view field = fields.value(name_);
  if (is_colour(field)) return std::string(field);
  const std::optional<std::string> member = baggage_member(fields, name_);
  return member && is_colour(*member) ? *member : std::string();
}

void ColourFields::put_in_request(std::string_view colour, Fields& fields) const {
  put_in_answer(colour, fields);
  put_baggage_member(name_, colour, fields);
}

void ColourFields::put_in_answer(std::string_view colour, Fields& fields) const {
  if (colour.empty()) {
    fields.remove(name_);
  } else {
    (void)fields.set_copy(name_, colour);  // the name is a token: the configuration was checked
  }
}

}  // namespace banyan
