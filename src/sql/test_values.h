// For tests of drivers that compare values with another client: random values of each kind, and a form to compare them
// in.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>

#include "sql/test_rows.h"

namespace banyan {

using Random = std::mt19937_64;

inline std::string real_text(double number) {
  char text[64];
  std::snprintf(text, sizeof text, "%.17g", number);
  return std::isnan(number) ? "nan" : text;
}

inline std::string canonical(const SqlValue& value) {
  const SqlValueView view = view_of(value);
  switch (view.type) {
    case SqlType::kBool:
      return view.integer != 0 ? "true" : "false";
    case SqlType::kReal:
      return real_text(view.real);
    case SqlType::kBytes: {
      std::string hex;
      for (const char c : view.text) {
        hex.push_back("0123456789abcdef"[static_cast<unsigned char>(c) >> 4]);
        hex.push_back("0123456789abcdef"[static_cast<unsigned char>(c) & 15]);
      }
      return hex;
    }
    default:
      return show(view);
  }
}

template <class Integer>
inline SqlValue random_integer(Random& random) {
  // Small ones as often as large ones.
  const auto shift = static_cast<int>(random() % (8 * sizeof(Integer)));
  return static_cast<std::int64_t>(static_cast<Integer>(random()) >> shift);
}

inline std::string random_text(Random& random) {
  static const char* const kPieces[] = {"a", "B", "é", "漢", "😀", "'",  "\\", "\"",
                                        "{", ",", "}", "\n", "%",  "$1", " "};
  std::string text;
  for (std::uint64_t i = random() % 20; i > 0; --i) text.append(kPieces[random() % std::size(kPieces)]);
  return text;
}

inline SqlValue random_bytes(Random& random) {
  SqlBytes bytes;
  for (std::uint64_t i = random() % 40; i > 0; --i) bytes.bytes.push_back(static_cast<char>(random()));
  return bytes;
}

inline SqlValue random_real(Random& random) {
  const double number = std::bit_cast<double>(random());
  return std::isnan(number) ? 0.5 : number;
}
inline SqlValue random_float(Random& random) {
  const float number = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
  return std::isnan(number) ? 0.5 : static_cast<double>(number);
}

inline std::string hex_digits(Random& random, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text.push_back("0123456789abcdef"[random() % 16]);
  return text;
}
inline SqlValue random_uuid(Random& random) {
  return hex_digits(random, 8) + "-" + hex_digits(random, 4) + "-" + hex_digits(random, 4) + "-" +
         hex_digits(random, 4) + "-" + hex_digits(random, 12);
}
inline SqlValue random_json(Random& random) {
  return "{\"a\": [" + std::to_string(random() % 1000) + ", null, true], \"b\": \"é\\n" + hex_digits(random, 5) + "\"}";
}
inline SqlValue random_date(Random& random) {
  char text[32];
  std::snprintf(text, sizeof text, "%04u-%02u-%02u", static_cast<unsigned>(1 + random() % 9999),
                static_cast<unsigned>(1 + random() % 12), static_cast<unsigned>(1 + random() % 28));
  return std::string(text);
}

}  // namespace banyan
