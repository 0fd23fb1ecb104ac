#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <zlib.h>

#include "php_runtime/builtin_encoding.h"
#include "php_runtime/builtin_strings.h"
#include "php_runtime/throwable.h"
#include "php_runtime/xxhash.h"

namespace banyan::php_runtime {
namespace {

constexpr std::string_view kDigests[] = {"md5",    "sha1",   "sha256",     "sha224",
                                         "sha512", "sha384", "sha512/256", "sha512/224"};

// The algorithm of OpenSSL by PHP's name, null for what is none of a cryptographic kind.
const EVP_MD* digest_named(std::string_view name) {
  for (std::string_view one : kDigests) {
    if (one != name) continue;
    std::string theirs(name);
    if (const std::size_t slash = theirs.find('/'); slash != std::string::npos) theirs[slash] = '-';
    return ::EVP_get_digestbyname(theirs.c_str());
  }
  return nullptr;
}

String shown(std::string_view sum, bool binary) { return binary ? String(sum) : bin2hex(sum); }

std::string digest(const EVP_MD* algorithm, std::string_view s) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (::EVP_Digest(s.data(), s.size(), sum, &size, algorithm, nullptr) != 1) throw_error("Cannot work out the digest");
  return {reinterpret_cast<const char*>(sum), size};
}

std::string big_endian(std::uint64_t n, int bytes) {
  std::string out;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(n >> shift);
  return out;
}

// The check sum of a reflected polynomial.
std::uint32_t reflected_crc(std::string_view s, std::uint32_t polynomial) {
  std::uint32_t sum = ~0U;
  for (std::size_t i = 0; i < s.size(); ++i) {
    sum ^= byte_at(s, i);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? polynomial : 0);
  }
  return ~sum;
}

// PHP's "crc32": the polynomial unreflected, the bytes of the sum in the opposite order.
std::uint32_t bzip_crc(std::string_view s) {
  std::uint32_t sum = ~0U;
  for (std::size_t i = 0; i < s.size(); ++i) {
    sum ^= std::uint32_t{byte_at(s, i)} << 24;
    for (int bit = 0; bit < 8; ++bit) sum = (sum << 1) ^ ((sum & 0x80000000U) != 0 ? 0x04c11db7U : 0);
  }
  return __builtin_bswap32(~sum);
}

std::uint64_t fnv(std::string_view s, bool wide, bool alternate) {
  std::uint64_t sum = wide ? 0xcbf29ce484222325U : 0x811c9dc5U;
  const std::uint64_t prime = wide ? 0x100000001b3U : 0x01000193U;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (alternate) sum ^= byte_at(s, i);
    sum *= prime;
    if (!alternate) sum ^= byte_at(s, i);
    if (!wide) sum &= 0xffffffffU;
  }
  return sum;
}

const Bytef* bytes_of(std::string_view s) { return reinterpret_cast<const Bytef*>(s.data()); }

// The sum of an algorithm that is not cryptographic; nothing for a name that is none.
std::optional<std::string> checksum(std::string_view name, std::string_view s) {
  if (name == "crc32b") return big_endian(::crc32_z(0, bytes_of(s), s.size()), 4);
  if (name == "crc32c") return big_endian(reflected_crc(s, 0x82f63b78U), 4);
  if (name == "crc32") return big_endian(bzip_crc(s), 4);
  if (name == "adler32") return big_endian(::adler32_z(1, bytes_of(s), s.size()), 4);
  if (name == "fnv132" || name == "fnv1a32") return big_endian(fnv(s, false, name == "fnv1a32"), 4);
  if (name == "fnv164" || name == "fnv1a64") return big_endian(fnv(s, true, name == "fnv1a64"), 8);
  return std::nullopt;
}

// Stops where PHP has an algorithm that this runtime has not; further ones of haval have numbers behind it.
void stop_for_hash(std::string_view function, const std::string& name) {
  constexpr std::string_view of_php =
      " gost gost-crypto joaat md2 md4 murmur3a murmur3c murmur3f ripemd128 ripemd160 ripemd256 ripemd320 sha3-224 "
      "sha3-256 sha3-384 sha3-512 snefru snefru256 tiger128,3 tiger128,4 tiger160,3 tiger160,4 tiger192,3 tiger192,4 "
      "whirlpool ";
  const bool is_listed = !name.empty() && of_php.find(" " + name + " ") != std::string_view::npos;
  if (!is_listed && !name.starts_with("haval")) return;
  stop("builtin-missing", concat({function, "() by ", name, " is not part of this runtime"}));
}

}  // namespace

String md5(const String& s, bool binary) { return shown(digest(::EVP_md5(), s), binary); }
String sha1(const String& s, bool binary) { return shown(digest(::EVP_sha1(), s), binary); }
Int crc32(const String& s) { return static_cast<Int>(::crc32_z(0, bytes_of(s), s.size())); }

// For the algorithms that OpenSSL and zlib have, the CRCs, FNV and the XXH family without a seed.
String hash(const String& algo, const String& data, bool binary, const Array& options) {
  const std::string name = lower(algo);
  if (const std::optional<std::string> sum = xxh_sum(name, data)) {
    if (options.has(Value("seed"))) stop("builtin-missing", "hash() by " + name + " with a seed");
    return shown(*sum, binary);
  }
  if (const EVP_MD* algorithm = digest_named(name)) return shown(digest(algorithm, data), binary);
  const std::optional<std::string> sum = checksum(name, data);
  if (!sum) stop_for_hash("hash", name);
  if (!sum) bad_argument("hash", 1, "algo", "must be a valid hashing algorithm");
  return shown(*sum, binary);
}

String hash_hmac(const String& algo, const String& data, const String& key, bool binary) {
  const EVP_MD* algorithm = digest_named(lower(algo));
  if (algorithm == nullptr) stop_for_hash("hash_hmac", lower(algo));
  if (algorithm == nullptr) bad_argument("hash_hmac", 1, "algo", "must be a valid cryptographic hashing algorithm");
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (::HMAC(algorithm, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(data.data()),
             data.size(), sum, &size) == nullptr) {
    throw_error("Cannot work out the digest");
  }
  return shown({reinterpret_cast<const char*>(sum), size}, binary);
}

bool hash_equals(const Value& known, const Value& user) {
  auto need_string = [](const Value& v, int n, std::string_view name) {
    if (v.is_string()) return;
    throw_type_error(concat({argument("hash_equals", n, name), " must be of type string, ", type_name(v), " given"}));
  };
  need_string(known, 1, "known_string");
  need_string(user, 2, "user_string");
  const String &a = known.as_string(), &b = user.as_string();
  return a.size() == b.size() && ::CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace banyan::php_runtime
