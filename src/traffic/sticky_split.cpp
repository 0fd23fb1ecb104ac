#include "traffic/sticky_split.h"

#include <openssl/evp.h>
#include <xxhash.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace banyan {
namespace {

// The order in which a target takes buckets: by a hash of its name and the bucket.
std::vector<std::uint32_t> preference_of(std::string_view name) {
  const std::uint64_t seed = XXH3_64bits(name.data(), name.size());
  std::array<std::uint64_t, kSplitBuckets> rank;
  for (std::uint64_t bucket = 0; bucket < kSplitBuckets; ++bucket) {
    rank[bucket] = XXH3_64bits_withSeed(&bucket, sizeof bucket, seed);
  }
  std::vector<std::uint32_t> order(kSplitBuckets);
  std::iota(order.begin(), order.end(), 0U);
  const auto before = [&](std::uint32_t a, std::uint32_t b) { return std::pair(rank[a], a) < std::pair(rank[b], b); };
  std::sort(order.begin(), order.end(), before);
  return order;
}

std::optional<std::uint32_t> decimal_mod100(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::uint32_t rest = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    rest = (rest * 10 + static_cast<std::uint32_t>(c - '0')) % 100;
  }
  return rest;
}

std::uint32_t md5_first_word(std::string_view key) {
  std::array<unsigned char, 16> digest{};
  unsigned size = 0;
  BANYAN_CHECK(EVP_Digest(key.data(), key.size(), digest.data(), &size, EVP_md5(), nullptr) == 1);
  return static_cast<std::uint32_t>(digest[0]) << 24 | static_cast<std::uint32_t>(digest[1]) << 16 |
         static_cast<std::uint32_t>(digest[2]) << 8 | digest[3];
}

std::uint32_t fnv1a(std::string_view key) {
  std::uint32_t hash = 2166136261U;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

}  // namespace

std::uint32_t split_bucket(std::string_view salt, std::string_view key) {
  // The salt's hash as the seed, so that "ab" + "c" is not "a" + "bc". The high bits choose: a multiplication in place
  // of a remainder, without its bias.
  const std::uint64_t seed = XXH3_64bits(salt.data(), salt.size());
  const std::uint64_t hash = XXH3_64bits_withSeed(key.data(), key.size(), seed);
  return static_cast<std::uint32_t>((hash >> 32) * kSplitBuckets >> 32);
}

SplitTable::SplitTable(const std::vector<SplitShare>& shares) {
  std::uint64_t sum = 0;
  for (const SplitShare& share : shares) sum += share.hundredths;
  BANYAN_CHECK(sum == kSplitBuckets && shares.size() <= std::numeric_limits<std::uint8_t>::max());
  if (shares.size() == 2) second_ = shares[1].hundredths;
  if (shares.size() <= 2) return;
  owners_.assign(kSplitBuckets, 0);
  for (std::size_t target = 1; target < shares.size(); ++target) {
    std::uint32_t left = shares[target].hundredths;
    for (const std::uint32_t bucket : preference_of(shares[target].name)) {
      if (left == 0) break;
      if (owners_[bucket] != 0) continue;
      owners_[bucket] = static_cast<std::uint8_t>(target);
      --left;
    }
  }
}

std::optional<std::uint32_t> mod100(Mod100 how, std::string_view key) {
  switch (how) {
    case Mod100::kNumeric:
      return decimal_mod100(key);
    case Mod100::kCrc32:
      return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const unsigned char*>(key.data()), key.size())) %
             100;
    case Mod100::kMd5:
      return md5_first_word(key) % 100;
    case Mod100::kFnv1a:
      break;
  }
  return fnv1a(key) % 100;
}

}  // namespace banyan
