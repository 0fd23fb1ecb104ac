// What the reader, the writer and the schema know of a C++ type, without being templates themselves.
//
// A BoundType is a constant for each type; one that holds others (a list, an optional) names the function that gives
// its element's, so that types may contain themselves. For users: bind.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace banyan::json {

struct BoundType;
class ObjectType;

enum class TypeKind : std::uint8_t {
  kBoolean,
  kSigned,    // of `bytes` bytes
  kUnsigned,  // of `bytes` bytes
  kDouble,
  kString,
  kTime,  // WallTime; RFC 3339 text
  kRaw,
  kEnum,  // of `bytes` bytes; text, one of `names`
  kOptional,
  kArray,
  kMap,  // with text for keys
  kObject,
};

struct EnumNames {
  std::vector<std::pair<std::string_view, std::int64_t>> names;
};

// How to reach what a container holds. Which are set depends on the kind.
struct ContainerOps {
  void (*clear)(void* container) = nullptr;
  // Optional and array: a new, default value, to be filled. Map: the same for `key`; null where it is there already.
  void* (*add)(void* container, std::string_view key) = nullptr;
  std::size_t (*size)(const void* container) = nullptr;
  // Calls `visit` for each value in order; `key` is "" but for maps.
  using Visit = void (*)(void* state, std::string_view key, const void* value);
  void (*each)(const void* container, void* state, Visit visit) = nullptr;
};

struct BoundType {
  TypeKind kind = TypeKind::kBoolean;
  std::uint8_t bytes = 0;
  std::string_view name;  // of an object: qualified, as the compiler writes it
  const BoundType& (*element)() = nullptr;
  const ContainerOps* ops = nullptr;
  const EnumNames& (*names)() = nullptr;
  const ObjectType& (*object)() = nullptr;
  // Calls `visit` with a default object: for what a field holds when it is left out.
  void (*with_default)(void* state, void (*visit)(void* state, const void* object)) = nullptr;
};

// What must be said of integers whatever their width.
std::int64_t load_signed(const BoundType& type, const void* value);
std::uint64_t load_unsigned(const BoundType& type, const void* value);
// False where `number` does not fit.
bool store_signed(const BoundType& type, std::int64_t number, void* out);
bool store_unsigned(const BoundType& type, std::uint64_t number, void* out);

}  // namespace banyan::json
