// A value of PHP as an input: what can be written on the line of a call, made smaller, and shown to a person.
//
// The encoding is that of harness/harness.php, where it is described. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace banyan::php {

enum class ValueKind : std::uint8_t {
  kNull,
  kBool,     // integer: 0 or 1
  kInt,      // integer
  kFloat,    // number
  kString,   // text: the bytes
  kArray,    // items: key and value in turn; keys are ints and strings as PHP normalises them, each once
  kNew,      // text: a class; items: the arguments of its constructor
  kCase,     // text: "Suit::Hearts", a case of an enum
  kClosure,  // integer: the number of one of the harness's closures
};

struct InputValue {
  ValueKind kind = ValueKind::kNull;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;
  std::vector<InputValue> items;

  static InputValue null() { return {}; }
  static InputValue boolean(bool value);
  static InputValue of_int(std::int64_t value);
  static InputValue of_float(double value);
  static InputValue of_string(std::string_view value);
  static InputValue list(std::vector<InputValue> values);

  friend bool operator==(const InputValue& a, const InputValue& b);
};

// The key a string has in an array: an int where it is written as one ("12", not "012"), else the string.
InputValue array_key(std::string_view text);
// Appends what the harness reads.
void encode(const InputValue& value, std::string& out);
std::string encoded(const InputValue& value);
// How much there is to look at: parts, bytes and digits. Whatever is simpler has less.
std::size_t weight(const InputValue& value);

// "f('a', [1, 2])", "-0.0", "new A(1)": what the harness read or answered, as PHP would write it; what ends early is
// shown as far as it goes. Texts are cut at `bytes_max`.
std::string readable(std::string_view encoded, std::size_t bytes_max = 400);
// An answer, which has several such values with tabs between: "array(...); printed 'x'". See harness.php.
std::string readable_answer(std::string_view answer);

}  // namespace banyan::php
