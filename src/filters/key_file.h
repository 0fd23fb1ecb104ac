// The file of API keys: who has which key, of which only the hash is kept.
//
//   # name  SHA-256 of the key in hex (printf %s KEY | sha256sum)
//   shop    9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//
// Keys are random texts of 128 bits and more, so a plain hash is enough: there is nothing to guess. A key is looked for
// among all in a time that does not depend on which one it is, or how much of one it is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace banyan {

inline constexpr std::size_t kApiKeysMax = 1000;

class KeyFile {
 public:
  // Errors: kInvalidArgument with the line, for names and hashes that are none, a hash twice, no key at all or more
  // than kApiKeysMax.
  static Result<KeyFile> parse(std::string_view text);

  // Whose key it is, or nothing. Some 10 us for a thousand keys.
  std::optional<std::string_view> owner(std::string_view key) const;
  std::size_t size() const { return entries_.size(); }

 private:
  using Hash = std::array<std::uint8_t, 32>;
  struct Entry {
    std::string name;
    Hash hash;
  };
  std::vector<Entry> entries_;
};

}  // namespace banyan
