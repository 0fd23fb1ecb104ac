// A value of PHP, as serialize() writes it (https://www.php.net/manual/en/function.serialize.php).
//
// Objects are kept without being understood: class name and properties, or the raw text of those that serialise
// themselves. Values that are shared (references, and one object in several places) are nodes of their own in a
// PhpSessionData, to which a kShared points: whichever of its places is removed, the others keep the value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace banyan {

struct PhpEntry;

struct PhpValue {
  enum class Kind : std::uint8_t {
    kNull,
    kBool,    // `integer`
    kInt,     // `integer`
    kFloat,   // `real`; `text`, where not empty, is how it was written
    kString,  // `text`, any bytes
    kArray,   // `entries`, in order
    kObject,  // `text` is the class, `entries` its properties; private and protected names hold zero bytes, as in PHP
    kCustom,  // `text` is the class, `raw` what its own serialize() has written
    kEnum,    // `text` is "Class:Case"
    kShared,  // `integer` is the index of the node; `reference` tells a PHP reference from the same object again
  };
  Kind kind = Kind::kNull;
  bool reference = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::string raw;
  std::vector<PhpEntry> entries;

  static PhpValue boolean(bool value);
  static PhpValue number(std::int64_t value);
  static PhpValue decimal(double value);
  static PhpValue string(std::string value);
  static PhpValue array();

  // Of a kArray or kObject: the value under the key, null where there is none. Valid until the value is changed.
  const PhpValue* find(std::string_view key) const;
  const PhpValue* find(std::int64_t key) const;
};

// A key is an integer or a string, never both: "5" as a key of an array is the integer 5, as in PHP.
struct PhpKey {
  bool is_integer = false;
  std::int64_t integer = 0;
  std::string text;

  static PhpKey of(std::int64_t number) { return {.is_integer = true, .integer = number}; }
  static PhpKey of(std::string_view text);
  bool operator==(const PhpKey&) const = default;
};

struct PhpEntry {
  PhpKey key;
  PhpValue value;
};

// How PHP writes a float with serialize_precision -1, its default and production setting: the shortest digits that read
// back as the same number.
std::string php_float_text(double value);

}  // namespace banyan
