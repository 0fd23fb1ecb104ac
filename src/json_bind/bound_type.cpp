#include "json_bind/bound_type.h"

#include <cstring>

namespace banyan::json {
namespace {

template <class Integer>
Integer load(const void* value) {
  Integer number;
  std::memcpy(&number, value, sizeof number);
  return number;
}

template <class Narrow, class Wide>
bool store(Wide number, void* out) {
  const auto narrow = static_cast<Narrow>(number);
  std::memcpy(out, &narrow, sizeof narrow);
  return static_cast<Wide>(narrow) == number;
}

}  // namespace

std::int64_t load_signed(const BoundType& type, const void* value) {
  switch (type.bytes) {
    case 1:
      return load<std::int8_t>(value);
    case 2:
      return load<std::int16_t>(value);
    case 4:
      return load<std::int32_t>(value);
    default:
      return load<std::int64_t>(value);
  }
}

std::uint64_t load_unsigned(const BoundType& type, const void* value) {
  switch (type.bytes) {
    case 1:
      return load<std::uint8_t>(value);
    case 2:
      return load<std::uint16_t>(value);
    case 4:
      return load<std::uint32_t>(value);
    default:
      return load<std::uint64_t>(value);
  }
}

bool store_signed(const BoundType& type, std::int64_t number, void* out) {
  switch (type.bytes) {
    case 1:
      return store<std::int8_t>(number, out);
    case 2:
      return store<std::int16_t>(number, out);
    case 4:
      return store<std::int32_t>(number, out);
    default:
      return store<std::int64_t>(number, out);
  }
}

bool store_unsigned(const BoundType& type, std::uint64_t number, void* out) {
  switch (type.bytes) {
    case 1:
      return store<std::uint8_t>(number, out);
    case 2:
      return store<std::uint16_t>(number, out);
    case 4:
      return store<std::uint32_t>(number, out);
    default:
      return store<std::uint64_t>(number, out);
  }
}

}  // namespace banyan::json
