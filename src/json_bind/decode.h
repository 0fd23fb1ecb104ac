// What reading JSON into a struct says of the text; the functions to call are in bind.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json_bind/bound_type.h"

namespace banyan::json {

struct Field;

enum class MistakeKind : std::uint8_t {
  kSyntax,  // the text is not JSON; the only mistake then
  kLimit,   // it passes a limit of DecodeOptions; nothing after it was read
  kMissing,
  kUnknown,
  kDuplicate,
  kType,
  kRange,  // a rule of the field is broken
};

struct Mistake {
  MistakeKind kind = MistakeKind::kSyntax;
  std::string pointer;  // RFC 6901: "/addresses/0/city"; "" is the whole text
  std::string message;  // without the place: "must be at most 150"
};
using Mistakes = std::vector<Mistake>;

struct DecodeOptions {
  std::size_t bytes_max = std::size_t{1} << 20;  // of text
  std::size_t depth_max = 64;                    // containers inside each other; at most 512
  std::size_t elements_max = 100'000;            // of all lists and maps together
  std::size_t mistakes_max = 32;                 // those after it are not listed
  bool allow_unknown = false;                    // members no field is named after are passed over
};

Mistakes decode_value(std::string_view text, const BoundType& type, void* out, const DecodeOptions& options);

// Reads plain text (of a path, a query, a header) into the field of `object`, which must be a scalar, an optional or a
// list of scalars, to which it is added. False: `message` says what is wrong.
bool decode_text(std::string_view text, const Field& field, void* object, std::string* message);
// The rules that hold for a list as a whole, once all of it was read; as above.
bool check_whole(const Field& field, const void* object, std::string* message);

// "/age must be at most 150; /name is missing"
Error error_of(const Mistakes& mistakes);

}  // namespace banyan::json
