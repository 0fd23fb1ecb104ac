#include <sys/random.h>
#include <time.h>

#include <cstring>
#include <utility>

#include "php_runtime/builtin_math.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

constexpr unsigned kSize = 624, kMiddle = 397;

struct Twister {
  std::uint32_t state[kSize];
  unsigned at = 0;
  bool seeded = false;
  bool legacy = false;  // MT_RAND_PHP

  void seed(std::uint32_t s) {
    state[0] = s;
    for (std::uint32_t i = 1; i < kSize; ++i) state[i] = 1812433253U * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
    seeded = true;
    reload();
  }

  std::uint32_t next() {
    if (!seeded) seed(static_cast<std::uint32_t>(::time(nullptr)) ^ static_cast<std::uint32_t>(::clock()));
    if (at == kSize) reload();
    std::uint32_t y = state[at++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    return y ^ (y >> 18);
  }

 private:
  void reload() {
    for (unsigned i = 0; i < kSize; ++i) {
      const std::uint32_t u = state[i], v = state[(i + 1) % kSize];
      const std::uint32_t mixed = ((u & 0x80000000U) | (v & 0x7fffffffU)) >> 1;
      const std::uint32_t low = legacy ? u : v;
      state[i] = state[(i + kMiddle) % kSize] ^ mixed ^ ((low & 1) != 0 ? 0x9908b0dfU : 0);
    }
    at = 0;
  }
};

Twister& twister() { return request_state<Twister>(); }

// Draws from `draw` a number from 0 to span, evenly.
template <class T, class Draw>
T drawn(T span, Draw draw) {
  constexpr T most = static_cast<T>(~T{0});
  T result = draw();
  if (span == most) return result;
  const T count = span + 1;
  if ((count & span) == 0) return result & span;
  const T ceiling = most - most % count - 1;
  while (result > ceiling) result = draw();
  return result % count;
}

}  // namespace

Int random_range(Int low, Int high) {
  Twister& t = twister();
  const std::uint64_t from = static_cast<std::uint64_t>(low), span = static_cast<std::uint64_t>(high) - from;
  if (span <= 0xffffffffU) {
    return static_cast<Int>(from + drawn<std::uint32_t>(static_cast<std::uint32_t>(span), [&] { return t.next(); }));
  }
  return static_cast<Int>(from + drawn<std::uint64_t>(span, [&] {
                            const std::uint64_t low_half = t.next();
                            return low_half | std::uint64_t{t.next()} << 32;
                          }));
}

void mt_srand(const Value& seed, Int mode) {
  Twister& t = twister();
  t.legacy = mode == 1;
  std::uint32_t s = 0;
  if (!seed.is_undefined()) {
    s = static_cast<std::uint32_t>(to_int(seed));
  } else {
    (void)!::getrandom(&s, sizeof s, 0);
  }
  t.seed(s);
}

void srand(const Value& seed, Int mode) { mt_srand(seed, mode); }

namespace {

// rand() with bounds: in the old mode scaled, which is not quite even.
Int rand_range(Int min, Int max) {
  if (max < min) std::swap(min, max);
  if (!twister().legacy) return random_range(min, max);
  const double size = static_cast<double>(max) - static_cast<double>(min) + 1.0;
  return wrap_add(min, float_to_int(size * (static_cast<double>(twister().next() >> 1) / (2147483647 + 1.0))));
}

}  // namespace

// Without bounds 31 bits.
Int mt_rand(const Value& min, const Value& max) {
  if (min.is_undefined()) return Int{twister().next() >> 1};
  if (max.is_undefined()) throw_argument_count("mt_rand() expects exactly 2 arguments, 1 given");
  if (to_int(max) < to_int(min)) {
    bad_argument("mt_rand", 2, "max", "must be greater than or equal to argument #1 ($min)");
  }
  return rand_range(to_int(min), to_int(max));
}

// Bounds may be the wrong way round.
Int rand(const Value& min, const Value& max) {
  if (min.is_undefined()) return Int{twister().next() >> 1};
  if (max.is_undefined()) throw_argument_count("rand() expects exactly 2 arguments, 1 given");
  return rand_range(to_int(min), to_int(max));
}

Int mt_getrandmax() { return 2147483647; }
Int getrandmax() { return 2147483647; }

double lcg_value() {
  return static_cast<double>(random_int(0, (Int{1} << 53) - 1)) / static_cast<double>(Int{1} << 53);
}

namespace {

void fill_random(char* out, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::getrandom(out, size, 0);
    if (n < 0) throw_error("Could not gather sufficient random data");
    out += n;
    size -= static_cast<std::size_t>(n);
  }
}

}  // namespace

Int random_int(Int low, Int high) {
  if (low > high) bad_argument("random_int", 1, "min", "must be less than or equal to argument #2 ($max)");
  const std::uint64_t from = static_cast<std::uint64_t>(low);
  return static_cast<Int>(from + drawn<std::uint64_t>(static_cast<std::uint64_t>(high) - from, [] {
                            char bytes[8];
                            fill_random(bytes, sizeof bytes);
                            std::uint64_t n;
                            std::memcpy(&n, bytes, sizeof n);
                            return n;
                          }));
}

String random_bytes(Int length) {
  if (length < 1) throw_value_error("random_bytes(): Argument #1 ($length) must be greater than 0");
  if (length > kStringBytesMax) out_of_memory();
  String out = String::uninitialized(index(length));
  fill_random(out.writable(), out.size());
  return out;
}

bool shuffle(Array& array) {
  std::vector<ArrayEntry> elements;
  for (const auto& [key, value] : array) elements.push_back({key, value});
  for (std::size_t n = elements.size(); n > 1; --n) {
    std::swap(elements[n - 1], elements[index(random_range(0, static_cast<Int>(n) - 1))]);
  }
  array.replace(std::move(elements), true);
  return true;
}

String str_shuffle(const String& s) {
  std::string out = s.str();
  for (std::size_t n = out.size(); n > 1; --n) {
    std::swap(out[n - 1], out[index(random_range(0, static_cast<Int>(n) - 1))]);
  }
  return out;
}

Value array_rand(const Array& array, Int num) {
  const Int n = array.count();
  if (n == 0) bad_argument("array_rand", 1, "array", "cannot be empty");
  std::vector<Key> keys;
  for (const auto& [key, value] : array) keys.push_back(key);
  if (num == 1) return keys[index(random_range(0, n - 1))].value();
  if (num <= 0 || num > n) {
    bad_argument("array_rand", 2, "num", "must be between 1 and the number of elements in argument #1 ($array)");
  }
  std::vector<bool> chosen(index(n));
  const bool negative = num > n / 2;
  for (Int left = negative ? n - num : num; left > 0;) {
    const std::size_t i = index(random_range(0, n - 1));
    if (!chosen[i]) --left;
    chosen[i] = true;
  }
  Array out;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (chosen[i] != negative) out.append(keys[i].value());
  }
  return out;
}

}  // namespace banyan::php_runtime
