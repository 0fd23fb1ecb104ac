// JSON text, appended to a string the caller owns.
//
// For logs, the admin interface and native services: no document is built, values go straight to their bytes. Strings
// are copied in runs that need no escape (json/scan.h); numbers take the shortest form that reads back as the same
// double, laid out as ECMAScript's Number::toString does (so 100000, not 1e+05), which is what RFC 8785 asks for.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "json/value.h"

namespace banyan::json {

// Appends `text` quoted and escaped. Bytes that are not UTF-8 become U+FFFD each, so the result is always JSON.
void append_string(std::string& out, std::string_view text);
// Appends the shortest number that reads back as `number`; null for an infinity or NaN, which JSON cannot say.
void append_number(std::string& out, double number);

// Appends values one after the other and puts the commas. The caller balances begin and end and writes a key before
// each value of an object: the writer does not check it.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object() { return begin('{'); }
  Writer& end_object() { return end('}'); }
  Writer& begin_array() { return begin('['); }
  Writer& end_array() { return end(']'); }
  Writer& key(std::string_view name);
  Writer& string(std::string_view text);
  Writer& number(double value);
  Writer& integer(std::int64_t value);
  Writer& unsigned_integer(std::uint64_t value);
  Writer& boolean(bool value) { return raw(value ? "true" : "false"); }
  Writer& null() { return raw("null"); }
  // Text that is one JSON value already.
  Writer& raw(std::string_view json);

 private:
  Writer& begin(char bracket);
  Writer& end(char bracket);
  void separate() {
    if (comma_) out_ += ',';
    comma_ = true;
  }

  std::string& out_;
  bool comma_ = false;  // whether a value stands before what comes next
};

// Appends `value` compactly, in its order, its numbers as they were written. An absent value is written as null.
void append_value(std::string& out, Value value);
std::string write(Value value);

// Appends the canonical text: RFC 8785 (members sorted by UTF-16 code units, no space, numbers as ECMAScript), but for
// one difference: integers keep all their digits, because ids of back ends pass 2^53. Of duplicate keys the last
// counts. Two documents that say the same have the same canonical text, where neither writes an integer beyond 64 bits
// with an exponent; two that do not never have.
void append_canonical(std::string& out, Value value);
std::string canonical(Value value);

}  // namespace banyan::json
