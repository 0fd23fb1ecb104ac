// One reply of a Redis server, whichever version of the protocol carried it (RESP2, RESP3:
// https://redis.io/docs/latest/develop/reference/protocol-spec/).
//
// What RESP2 has no type for comes as something else: nulls as kNull, but doubles and booleans as strings or integers,
// maps and sets as arrays. The functions below read either, so that code above need not know the version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace banyan {

enum class RespType : std::uint8_t {
  kNull,
  kSimpleString,  // a line, such as OK
  kError,         // "WRONGTYPE Operation against ...": the code word, then a sentence
  kInteger,
  kDouble,
  kBoolean,    // in `integer`
  kBigNumber,  // its decimal digits, in `text`
  kString,     // any bytes
  kVerbatim,   // `text` without its format
  kArray,
  kMap,  // keys and values in turn, in `items`
  kSet,
  kPush,  // told without being asked for
};
std::string_view resp_type_name(RespType type);

struct RespValue {
  RespType type = RespType::kNull;
  std::string text;  // also the original text of a kDouble
  std::int64_t integer = 0;
  double real = 0;
  std::vector<RespValue> items;

  bool is_null() const { return type == RespType::kNull; }
  bool is_error() const { return type == RespType::kError; }
  // kSimpleString, kString, kVerbatim.
  bool is_text() const;
  // kArray, kMap, kSet, kPush.
  bool is_aggregate() const { return type >= RespType::kArray; }
  // A kInteger, or text that is an integer.
  std::optional<std::int64_t> as_integer() const;
  // A kDouble, kInteger, or text that is a number.
  std::optional<double> as_double() const;
  // For people and tests: one line, as `["a", 1, null]`. Of any size: never for logs.
  std::string describe() const;

  bool operator==(const RespValue&) const = default;
};

}  // namespace banyan
