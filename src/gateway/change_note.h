// What whoever changes something through the admin API says of it: why, and who they are (docs/admin-api.md).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace banyan {

struct ChangeNote {
  static constexpr std::size_t kReasonCharactersMax = 500;
  static constexpr std::size_t kWhoCharactersMax = 100;
  // Of a body that says so: escaped, a character may take twelve bytes.
  static constexpr std::size_t kBodyBytesMax = std::size_t{8} * 1024;

  std::string reason;  // "": none was given
  std::string who;     // "": nobody is named

  // With the name where there is one: "Ann (admin API)".
  std::string named(std::string_view source) const;
};

// Of {"reason": "text", "who": "name"} among other members; of a body that is no JSON nothing. Pure. Errors:
// kInvalidArgument for a text that is too long, or of another type; or a name that is empty or has control characters.
Result<ChangeNote> read_change_note(std::string_view body);

}  // namespace banyan
