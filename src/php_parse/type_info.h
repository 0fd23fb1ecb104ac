// A type as the checks see it: a set of simple types as bits, and the classes beside them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace banyan::php {

enum TypeBit : std::uint32_t {
  kTypeNull = 1,
  kTypeFalse = 2,
  kTypeTrue = 4,
  kTypeInt = 8,
  kTypeFloat = 16,
  kTypeString = 32,
  kTypeArray = 64,
  kTypeObject = 128,
  kTypeResource = 256,  // only inside of mixed
  kTypeCallable = 512,
  kTypeVoid = 1024,
  kTypeNever = 2048,
  kTypeStatic = 4096,
  kTypeBool = kTypeFalse | kTypeTrue,
  kTypeMixed = kTypeNull | kTypeBool | kTypeInt | kTypeFloat | kTypeString | kTypeArray | kTypeObject | kTypeResource,
};

struct TypeInfo {
  bool set = false;  // a type was written
  std::uint32_t bits = 0;
  // Alternatives of a union that are classes; one with several names is an intersection. Full names in lower case.
  std::vector<std::vector<std::string>> classes;
  bool has_iterable = false;  // "iterable" was written: Traversable among the classes comes from there

  bool is_complex() const { return !classes.empty(); }
};

// What PHP's compiler makes of an expression of constants.
struct Folded {
  std::uint32_t type = 0;                // a TypeBit, or kTypeBool where it is not known which; 0 where nothing is made
  std::optional<std::int64_t> integer;   // where the value is one and known
  std::optional<std::string_view> text;  // likewise; it lives as long as the source
};

}  // namespace banyan::php
