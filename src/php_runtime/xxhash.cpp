#include "php_runtime/xxhash.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace banyan::php_runtime {
namespace {

using Word = std::uint64_t;
using Half = std::uint32_t;

struct Wide {
  Word low;
  Word high;
};
using Lanes = std::array<Word, 8>;

constexpr Half kHalf1 = 0x9E3779B1U;
constexpr Half kHalf2 = 0x85EBCA77U;
constexpr Half kHalf3 = 0xC2B2AE3DU;
constexpr Half kHalf4 = 0x27D4EB2FU;
constexpr Half kHalf5 = 0x165667B1U;
constexpr Word kWord1 = 0x9E3779B185EBCA87U;
constexpr Word kWord2 = 0xC2B2AE3D27D4EB4FU;
constexpr Word kWord3 = 0x165667B19E3779F9U;
constexpr Word kWord4 = 0x85EBCA77C2B2AE63U;
constexpr Word kWord5 = 0x27D4EB2F165667C5U;
constexpr Word kMix1 = 0x165667919E3779F9U;
constexpr Word kMix2 = 0x9FB21C651E98DF25U;
constexpr std::size_t kStripe = 64;  // bytes that are taken in at a time
constexpr std::size_t kBlock = 16 * kStripe;

// What XXH3 mixes in where nothing else is given.
constexpr std::string_view kSecret(
    "\xb8\xfe\x6c\x39\x23\xa4\x4b\xbe\x7c\x01\x81\x2c\xf7\x21\xad\x1c\xde\xd4\x6d\xe9\x83\x90\x97\xdb\x72\x40\xa4\xa4"
    "\xb7\xb3\x67\x1f\xcb\x79\xe6\x4e\xcc\xc0\xe5\x78\x82\x5a\xd0\x7d\xcc\xff\x72\x21\xb8\x08\x46\x74\xf7\x43\x24\x8e"
    "\xe0\x35\x90\xe6\x81\x3a\x26\x4c\x3c\x28\x52\xbb\x91\xc3\x00\xcb\x88\xd0\x65\x8b\x1b\x53\x2e\xa3\x71\x64\x48\x97"
    "\xa2\x0d\xf9\x4e\x38\x19\xef\x46\xa9\xde\xac\xd8\xa8\xfa\x76\x3f\xe3\x9c\x34\x3f\xf9\xdc\xbb\xc7\xc7\x0b\x4f\x1d"
    "\x8a\x51\xe0\x4b\xcd\xb4\x59\x31\xc8\x9f\x7e\xc9\xd9\x78\x73\x64\xea\xc5\xac\x83\x34\xd3\xeb\xc3\xc5\x81\xa0\xff"
    "\xfa\x13\x63\xeb\x17\x0d\xdd\x51\xb7\xf0\xda\x49\xd3\x16\x55\x26\x29\xd4\x68\x9e\x2b\x16\xbe\x58\x7d\x47\xa1\xfc"
    "\x8f\xf8\xb8\xd1\x7a\xd0\x31\xce\x45\xcb\x3a\x8f\x95\x16\x04\x28\xaf\xd7\xfb\xca\xbb\x4b\x40\x7e",
    192);

template <class T>
T read(std::string_view s, std::size_t at) {
  T out;
  std::memcpy(&out, s.data() + at, sizeof out);
  static_assert(std::endian::native == std::endian::little);
  return out;
}
Half half(std::string_view s, std::size_t at) { return read<Half>(s, at); }
Word word(std::string_view s, std::size_t at) { return read<Word>(s, at); }
Half byte(char c) { return static_cast<unsigned char>(c); }

Half xxh32(std::string_view in) {
  std::string_view rest = in;
  Half sum = kHalf5;
  if (in.size() >= 16) {
    std::array<Half, 4> lanes = {kHalf1 + kHalf2, kHalf2, 0, 0U - kHalf1};
    for (; rest.size() >= 16; rest.remove_prefix(16)) {
      for (std::size_t i = 0; i < 4; ++i) lanes[i] = std::rotl(lanes[i] + half(rest, 4 * i) * kHalf2, 13) * kHalf1;
    }
    sum = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) + std::rotl(lanes[3], 18);
  }
  sum += static_cast<Half>(in.size());
  for (; rest.size() >= 4; rest.remove_prefix(4)) sum = std::rotl(sum + half(rest, 0) * kHalf3, 17) * kHalf4;
  for (const char c : rest) sum = std::rotl(sum + byte(c) * kHalf5, 11) * kHalf1;
  sum = (sum ^ sum >> 15) * kHalf2;
  sum = (sum ^ sum >> 13) * kHalf3;
  return sum ^ sum >> 16;
}

Word xxh64_round(Word lane, Word input) { return std::rotl(lane + input * kWord2, 31) * kWord1; }

Word xxh64_avalanche(Word h) {
  h = (h ^ h >> 33) * kWord2;
  h = (h ^ h >> 29) * kWord3;
  return h ^ h >> 32;
}

Word xxh64(std::string_view in) {
  std::string_view rest = in;
  Word sum = kWord5;
  if (in.size() >= 32) {
    std::array<Word, 4> lanes = {kWord1 + kWord2, kWord2, 0, Word{0} - kWord1};
    for (; rest.size() >= 32; rest.remove_prefix(32)) {
      for (std::size_t i = 0; i < 4; ++i) lanes[i] = xxh64_round(lanes[i], word(rest, 8 * i));
    }
    sum = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) + std::rotl(lanes[3], 18);
    for (const Word lane : lanes) sum = (sum ^ xxh64_round(0, lane)) * kWord1 + kWord4;
  }
  sum += in.size();
  for (; rest.size() >= 8; rest.remove_prefix(8)) {
    sum = std::rotl(sum ^ xxh64_round(0, word(rest, 0)), 27) * kWord1 + kWord4;
  }
  if (rest.size() >= 4) {
    sum = std::rotl(sum ^ half(rest, 0) * kWord1, 23) * kWord2 + kWord3;
    rest.remove_prefix(4);
  }
  for (const char c : rest) sum = std::rotl(sum ^ byte(c) * kWord5, 11) * kWord1;
  return xxh64_avalanche(sum);
}

Word avalanche(Word h) {
  h = (h ^ h >> 37) * kMix1;
  return h ^ h >> 32;
}

Wide product(Word a, Word b) {
  const unsigned __int128 out = static_cast<unsigned __int128>(a) * b;
  return {static_cast<Word>(out), static_cast<Word>(out >> 64)};
}

// The product, its halves over each other.
Word folded(Word a, Word b) {
  const Wide out = product(a, b);
  return out.low ^ out.high;
}

// Two words of the secret over each other.
Word keyed(std::size_t at) { return word(kSecret, at) ^ word(kSecret, at + 8); }

// 16 bytes of the input with the secret at a place.
Word mixed16(std::string_view in, std::size_t at, std::size_t secret) {
  return folded(word(in, at) ^ word(kSecret, secret), word(in, at + 8) ^ word(kSecret, secret + 8));
}

// An input of 1 to 3 bytes as one word.
Half short_input(std::string_view in) {
  const std::size_t n = in.size();
  return byte(in[0]) << 16 | byte(in[n >> 1]) << 24 | byte(in[n - 1]) | static_cast<Half>(n) << 8;
}

// Takes a long input in, a stripe after the other.
Lanes lanes_of(std::string_view in) {
  Lanes lanes = {kHalf3, kWord1, kWord2, kWord3, kWord4, kHalf2, kWord5, kHalf1};
  const auto take = [&](std::size_t at, std::size_t secret) {
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      const Word given = word(in, at + 8 * i);
      const Word key = given ^ word(kSecret, secret + 8 * i);
      lanes[i ^ 1] += given;
      lanes[i] += (key & 0xffffffffU) * (key >> 32);
    }
  };
  for (std::size_t at = 0; at + kStripe < in.size(); at += kStripe) {
    take(at, at % kBlock / 8);
    if ((at + kStripe) % kBlock != 0) continue;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      lanes[i] = (lanes[i] ^ lanes[i] >> 47 ^ word(kSecret, kSecret.size() - kStripe + 8 * i)) * kHalf1;
    }
  }
  take(in.size() - kStripe, kSecret.size() - kStripe - 7);
  return lanes;
}

Word merged(const Lanes& lanes, std::size_t secret, Word sum) {
  for (std::size_t i = 0; i < lanes.size(); i += 2) {
    sum += folded(lanes[i] ^ word(kSecret, secret + 8 * i), lanes[i + 1] ^ word(kSecret, secret + 8 * i + 8));
  }
  return avalanche(sum);
}

Word xxh3(std::string_view in) {
  const std::size_t n = in.size();
  if (n == 0) return xxh64_avalanche(keyed(56));
  if (n <= 3) return xxh64_avalanche(short_input(in) ^ Word{half(kSecret, 0) ^ half(kSecret, 4)});
  if (n <= 8) {
    Word h = half(in, n - 4) + (Word{half(in, 0)} << 32);
    h ^= keyed(8);
    h ^= std::rotl(h, 49) ^ std::rotl(h, 24);
    h *= kMix2;
    h = (h ^ ((h >> 35) + n)) * kMix2;
    return h ^ h >> 28;
  }
  if (n <= 16) {
    const Word low = word(in, 0) ^ keyed(24);
    const Word high = word(in, n - 8) ^ keyed(40);
    return avalanche(n + __builtin_bswap64(low) + high + folded(low, high));
  }
  if (n > 240) return merged(lanes_of(in), 11, n * kWord1);
  Word sum = n * kWord1;
  if (n <= 128) {
    for (std::size_t i = (n - 1) / 32 + 1; i-- > 0;) {
      sum += mixed16(in, 16 * i, 32 * i) + mixed16(in, n - 16 * (i + 1), 32 * i + 16);
    }
    return avalanche(sum);
  }
  for (std::size_t i = 0; i < 8; ++i) sum += mixed16(in, 16 * i, 16 * i);
  sum = avalanche(sum);
  for (std::size_t i = 8; i < n / 16; ++i) sum += mixed16(in, 16 * i, 16 * (i - 8) + 3);
  return avalanche(sum + mixed16(in, n - 16, 136 - 17));
}

// Of 4 to 16 bytes.
Wide xxh128_of_words(std::string_view in) {
  const std::size_t n = in.size();
  if (n <= 8) {
    const Word h = half(in, 0) + (Word{half(in, n - 4)} << 32);
    Wide out = product(h ^ keyed(16), kWord1 + (n << 2));
    out.high += out.low << 1;
    out.low ^= out.high >> 3;
    out.low = (out.low ^ out.low >> 35) * kMix2;
    return {out.low ^ out.low >> 28, avalanche(out.high)};
  }
  const Word last = word(in, n - 8);
  Wide out = product(word(in, 0) ^ last ^ keyed(32), kWord1);
  out.low += Word{n - 1} << 54;
  const Word mixed = last ^ keyed(48);
  out.high += mixed + (mixed & 0xffffffffU) * (kHalf2 - 1);
  out.low ^= __builtin_bswap64(out.high);
  const Wide twice = product(out.low, kWord2);
  return {avalanche(twice.low), avalanche(twice.high + out.high * kWord2)};
}

Wide xxh128(std::string_view in) {
  const std::size_t n = in.size();
  if (n == 0) return {xxh64_avalanche(keyed(64)), xxh64_avalanche(keyed(80))};
  if (n <= 3) {
    const Half one = short_input(in);
    const Half two = std::rotl(__builtin_bswap32(one), 13);
    return {xxh64_avalanche(one ^ Word{half(kSecret, 0) ^ half(kSecret, 4)}),
            xxh64_avalanche(two ^ Word{half(kSecret, 8) ^ half(kSecret, 12)})};
  }
  if (n <= 16) return xxh128_of_words(in);
  if (n > 240) {
    const Lanes lanes = lanes_of(in);
    return {merged(lanes, 11, n * kWord1), merged(lanes, kSecret.size() - kStripe - 11, ~(n * kWord2))};
  }
  Wide sum = {n * kWord1, 0};
  const auto mix = [&](std::size_t one, std::size_t two, std::size_t secret) {
    sum.low = (sum.low + mixed16(in, one, secret)) ^ (word(in, two) + word(in, two + 8));
    sum.high = (sum.high + mixed16(in, two, secret + 16)) ^ (word(in, one) + word(in, one + 8));
  };
  if (n <= 128) {
    for (std::size_t i = (n - 1) / 32 + 1; i-- > 0;) mix(16 * i, n - 16 * (i + 1), 32 * i);
  } else {
    for (std::size_t i = 32; i < 160; i += 32) mix(i - 32, i - 16, i - 32);
    sum = {avalanche(sum.low), avalanche(sum.high)};
    for (std::size_t i = 160; i <= n; i += 32) mix(i - 32, i - 16, 3 + i - 160);
    mix(n - 16, n - 32, 136 - 17 - 16);
  }
  return {avalanche(sum.low + sum.high), 0 - avalanche(sum.low * kWord1 + sum.high * kWord4 + n * kWord2)};
}

void append(std::string& out, Word sum, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(sum >> shift);
}

}  // namespace

std::optional<std::string> xxh_sum(std::string_view name, std::string_view data) {
  std::string out;
  if (name == "xxh32") {
    append(out, xxh32(data), 4);
  } else if (name == "xxh64") {
    append(out, xxh64(data), 8);
  } else if (name == "xxh3") {
    append(out, xxh3(data), 8);
  } else if (name == "xxh128") {
    const Wide sum = xxh128(data);
    append(out, sum.high, 8);
    append(out, sum.low, 8);
  } else {
    return std::nullopt;
  }
  return out;
}

}  // namespace banyan::php_runtime
