// The text of one scalar, whether it stood in JSON, a path, a query or a header, into a member.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json_bind/field.h"

namespace banyan::json {

enum class ScalarOutcome : std::uint8_t {
  kFine,
  kWrongType,    // the text is no such value
  kBreaksRules,  // it is, but not one that is allowed
};

// `type` is a boolean ("true", "false"), a number, text, a time or an enum. Where it is not fine, `message` says what
// the value must be.
ScalarOutcome read_scalar(const BoundType& type, std::string_view text, const Rules& rules, void* out,
                          std::string* message);

}  // namespace banyan::json
