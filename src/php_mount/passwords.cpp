// password_hash() and its kin, after https://www.php.net/manual/en/ref.password.php: bcrypt, and what else the system's
// crypt() verifies. Argon2 is not there.
#include <crypt.h>

#include <cstring>
#include <memory>

#include "php_mount/web_host.h"
#include "php_runtime/builtin.h"
#include "php_runtime/builtin_math.h"
#include "php_runtime/throwable.h"

namespace banyan::php_mount {

using namespace php_runtime;

namespace {

constexpr Int kCostDefault = 10;

// "" where the setting is none.
std::string crypted(const String& password, const std::string& setting) {
  const auto data = std::make_unique<crypt_data>();  // 32 KiB
  const char* const made = crypt_r(password.data(), setting.c_str(), data.get());
  explicit_bzero(data->input, sizeof data->input);
  return made == nullptr || made[0] == '*' ? "" : made;
}

// 16 random bytes in bcrypt's own alphabet.
std::string new_salt() {
  constexpr std::string_view kAlphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const String random = random_bytes(16);
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : random) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) out += kAlphabet[bits >> (count - 6) & 63];
  }
  return out + kAlphabet[bits << (6 - count) & 63];
}

bool is_bcrypt(std::string_view hash) { return hash.starts_with("$2y$") && hash.size() == 60; }
Int cost_of(std::string_view hash) { return string_to_int(hash.substr(4, 2)); }

// By name, or by the number of old programs; only bcrypt is there.
void need_bcrypt(const Value& algorithm, std::string_view function) {
  const bool is_meant = algorithm.is_null() || (algorithm.is_string() && algorithm.as_string() == "2y") ||
                        (algorithm.is_int() && algorithm.as_int() == 1);
  if (is_meant) return;
  const bool is_argon = algorithm.is_string() && algorithm.as_string().view().starts_with("argon2");
  if (is_argon) stop("password", "argon2 is not supported");
  bad_argument(function, 2, "algo", "must be a valid password hashing algorithm");
}

Int wanted_cost(const Array& options) {
  const Value* const cost = options.lookup(Key(String("cost")));
  return cost == nullptr ? kCostDefault : to_int(*cost);
}

String password_hash(String password, Value algorithm, Array options) {
  need_bcrypt(algorithm, "password_hash");
  if (password.view().find('\0') != std::string_view::npos) {
    throw_value_error("Bcrypt password must not contain null character");
  }
  const Int cost = wanted_cost(options);
  if (cost < 4 || cost > 31) {
    throw_value_error("Invalid bcrypt cost parameter specified: " + std::to_string(cost));
  }
  const std::string digits = (cost < 10 ? "0" : "") + std::to_string(cost);
  const std::string made = crypted(password, "$2y$" + digits + "$" + new_salt());
  if (made.empty()) stop("password", "the system's crypt() does not know bcrypt");
  return made;
}

bool password_verify(String password, String hash) {
  if (hash.view().starts_with("$argon2")) stop("password", "argon2 is not supported");
  const std::string made = crypted(password, hash.str());
  if (made.size() != hash.size() || made.size() < 13) return false;
  unsigned different = 0;
  for (std::size_t i = 0; i < made.size(); ++i) different |= static_cast<unsigned char>(made[i] ^ hash[i]);
  return different == 0;
}

bool password_needs_rehash(String hash, Value algorithm, Array options) {
  need_bcrypt(algorithm, "password_needs_rehash");
  return !is_bcrypt(hash) || cost_of(hash) != wanted_cost(options);
}

Array password_get_info(String hash) {
  if (!is_bcrypt(hash)) {
    return Array::map({"algo", Value(), "algoName", "unknown", "options", Value(Array())});
  }
  return Array::map({"algo", "2y", "algoName", "bcrypt", "options", Value(Array::map({"cost", Value(cost_of(hash))}))});
}

}  // namespace

void register_password_functions() {
  register_function("password_hash", password_hash)
      .named({"password", "algo", "options"})
      .optional(2, {Value(Array())});
  register_function("password_verify", password_verify).named({"password", "hash"});
  register_function("password_needs_rehash", password_needs_rehash)
      .named({"hash", "algo", "options"})
      .optional(2, {Value(Array())});
  register_function("password_get_info", password_get_info).named({"hash"});
}

}  // namespace banyan::php_mount
