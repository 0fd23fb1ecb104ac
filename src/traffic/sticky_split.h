// Which of several services a user gets, so that the same user gets the same one.
//
// The problem: `hash % 100` has no step under one percent, makes the same users the guinea pigs of every rule, and a
// random choice shows one user two versions. So a key and the rule's own salt are hashed (xxHash, XXH3 of 64 bits) to
// one of 10,000 buckets, and each target owns as many buckets as its share has hundredths of a percent.
//
// Which ones it owns depends on nothing but names and shares: each target but the first takes, in the order given,
// the free buckets that come first in an order of its own, and the first target has the rest. So no state is kept, a
// restart moves nobody, a target whose share grows keeps everybody it has (they come from the first target), and a
// third target loses members only to one that grows before it, in the proportion of its growth.
//
// Limits: 255 targets. A table takes 10,000 bytes with three targets or more, nothing with fewer. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace banyan {

inline constexpr std::uint32_t kSplitBuckets = 10'000;

// The bucket of a key under a salt, below kSplitBuckets. Stable for ever: teams compare it across versions.
std::uint32_t split_bucket(std::string_view salt, std::string_view key);

struct SplitShare {
  std::string_view name;
  std::uint32_t hundredths = 0;  // of a percent
};

class SplitTable {
 public:
  // The shares add up to kSplitBuckets and names differ.
  explicit SplitTable(const std::vector<SplitShare>& shares);

  // The index of the share that owns this bucket.
  std::size_t target(std::uint32_t bucket) const {
    if (!owners_.empty()) return owners_[bucket];
    return bucket < second_ ? 1 : 0;
  }

 private:
  std::uint32_t second_ = 0;  // with one or two targets: the second has the buckets below this
  std::vector<std::uint8_t> owners_;
};

// Ways in which teams that have a gray release already tell a user's percent, 0 to 99; a user whose number is below the
// share gets the new version. PHP's and Go's usual idioms, held against both:
//   kNumeric  the key, a decimal number of any length, % 100; nothing where it is none
//   kCrc32    crc32(key) % 100, PHP's crc32, Go's crc32.ChecksumIEEE
//   kMd5      hexdec(substr(md5(key), 0, 8)) % 100: the first four bytes of MD5, big-endian
//   kFnv1a    Go's fnv.New32a over the key, % 100
enum class Mod100 : unsigned char { kNumeric, kCrc32, kMd5, kFnv1a };
std::optional<std::uint32_t> mod100(Mod100 how, std::string_view key);

}  // namespace banyan
