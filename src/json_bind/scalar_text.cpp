#include "json_bind/scalar_text.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/utf8.h"
#include "json_bind/bind.h"
#include "json_bind/rules.h"
#include "json_bind/time_text.h"

namespace banyan::json {
namespace {

ScalarOutcome outcome_of(bool keeps) { return keeps ? ScalarOutcome::kFine : ScalarOutcome::kBreaksRules; }

ScalarOutcome refuse(ScalarOutcome outcome, std::string_view text, std::string* message) {
  *message = text;
  return outcome;
}

template <class Number>
ScalarOutcome read_integer(const BoundType& type, std::string_view text, const Rules& rules, void* out,
                           std::string* message) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  // An unsigned field given a negative number: digits after a '-' make it a number that is too small, not another type.
  const bool negative =
      std::is_unsigned_v<Number> && text.size() > 1 && text[0] == '-' && text[1] >= '0' && text[1] <= '9';
  const bool too_large = error == std::errc::result_out_of_range && end == text.data() + text.size();
  if (negative) return refuse(ScalarOutcome::kBreaksRules, "must be at least 0", message);
  if (too_large) return refuse(ScalarOutcome::kBreaksRules, "is too large a number", message);
  if (error != std::errc() || end != text.data() + text.size())
    return refuse(ScalarOutcome::kWrongType, "must be a whole number", message);
  bool fits = false;
  if constexpr (std::is_signed_v<Number>) {
    fits = store_signed(type, number, out);
  } else {
    fits = store_unsigned(type, number, out);
  }
  if (!keeps_rules(rules, number, message)) return ScalarOutcome::kBreaksRules;
  return fits ? ScalarOutcome::kFine : refuse(ScalarOutcome::kBreaksRules, "is too large a number", message);
}

ScalarOutcome read_double(std::string_view text, const Rules& rules, void* out, std::string* message) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || (error != std::errc() && error != std::errc::result_out_of_range))
    return refuse(ScalarOutcome::kWrongType, "must be a number", message);
  // from_chars says "out of range" of what is too small as well; strtod tells which, and gives the nearest.
  if (error == std::errc::result_out_of_range) number = std::strtod(std::string(text).c_str(), nullptr);
  if (std::isinf(number) && error != std::errc())
    return refuse(ScalarOutcome::kBreaksRules, "is too large a number", message);
  if (!std::isfinite(number)) return refuse(ScalarOutcome::kWrongType, "must be a number", message);
  *static_cast<double*>(out) = number;
  return outcome_of(keeps_rules(rules, number, message));
}

ScalarOutcome read_enum(const BoundType& type, std::string_view text, void* out, std::string* message) {
  for (const auto& [name, number] : type.names().names) {
    if (name != text) continue;
    (void)store_signed(type, number, out);
    return ScalarOutcome::kFine;
  }
  return refuse(ScalarOutcome::kBreaksRules, must_be_one_of(type.names()), message);
}

ScalarOutcome read_time(std::string_view text, void* out, std::string* message) {
  const std::optional<WallTime> time = parse_time(text);
  if (!time) return refuse(ScalarOutcome::kBreaksRules, "must be a time such as 2026-11-22T23:46:38Z", message);
  *static_cast<WallTime*>(out) = *time;
  return ScalarOutcome::kFine;
}

}  // namespace

ScalarOutcome read_scalar(const BoundType& type, std::string_view text, const Rules& rules, void* out,
                          std::string* message) {
  switch (type.kind) {
    case TypeKind::kBoolean:
      if (text != "true" && text != "false") return refuse(ScalarOutcome::kWrongType, "must be true or false", message);
      *static_cast<bool*>(out) = text == "true";
      return ScalarOutcome::kFine;
    case TypeKind::kSigned:
      return read_integer<std::int64_t>(type, text, rules, out, message);
    case TypeKind::kUnsigned:
      return read_integer<std::uint64_t>(type, text, rules, out, message);
    case TypeKind::kDouble:
      return read_double(text, rules, out, message);
    case TypeKind::kString:
      static_cast<std::string*>(out)->assign(text);
      return outcome_of(keeps_rules(rules, text, message));
    case TypeKind::kTime:
      return read_time(text, out, message);
    case TypeKind::kEnum:
      return read_enum(type, text, out, message);
    default:
      return refuse(ScalarOutcome::kWrongType, "cannot be given as plain text", message);
  }
}

bool decode_text(std::string_view text, const Field& field, void* object, std::string* message) {
  const BoundType* type = &field.type();
  void* where = field.member(object);
  while (type->kind == TypeKind::kOptional || type->kind == TypeKind::kArray) {
    if (type->kind == TypeKind::kArray && type->ops->size(where) >= field.rules.items_max)
      return keeps_item_rules(field.rules, type->ops->size(where) + 1, message);
    where = type->ops->add(where, {});
    type = &type->element();
  }
  if (utf8_valid_prefix(text) != text.size()) {
    *message = "must be UTF-8";
    return false;
  }
  return read_scalar(*type, text, field.rules, where, message) == ScalarOutcome::kFine;
}

bool check_whole(const Field& field, const void* object, std::string* message) {
  const void* const where = field.member(const_cast<void*>(object));
  const BoundType& type = field.type();
  if (type.kind == TypeKind::kArray && !keeps_item_rules(field.rules, type.ops->size(where), message)) return false;
  if (field.rules.check == nullptr) return true;
  const char* const wrong = field.rules.check(where);
  if (wrong != nullptr) *message = wrong;
  return wrong == nullptr;
}

}  // namespace banyan::json
