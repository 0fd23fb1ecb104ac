// How a client proves that it knows the password without saying it, by each of the plugins of MariaDB and MySQL that
// are known here. Pure.
//
// mysql_native_password and caching_sha2_password hash twice, with the server's nonce in between. client_ed25519 signs
// the nonce as RFC 8032 does, but with the whole password in the place of the 32 bytes of a private key, which OpenSSL
// does not offer; the arithmetic of the curve is libsodium's, in constant time.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace banyan::maria {

inline constexpr std::string_view kNativePlugin = "mysql_native_password";
inline constexpr std::string_view kSha2Plugin = "caching_sha2_password";
inline constexpr std::string_view kEd25519Plugin = "client_ed25519";

inline bool is_known_plugin(std::string_view plugin) {
  return plugin == kNativePlugin || plugin == kSha2Plugin || plugin == kEd25519Plugin;
}

// What is sent first by the plugin, one of those above. `nonce`: of the server, with or without a zero byte behind it.
// kPermissionDenied: it is not as long as the plugin's is.
Result<std::string> proof_of(std::string_view plugin, std::string_view password, std::string_view nonce);

// The password for a server that does not remember it, when nothing else protects it: encrypted to the server's public
// key (PEM), together with the nonce (caching_sha2_password without TLS). kInvalidArgument: no such key.
Result<std::string> encrypted_password(std::string_view password, std::string_view nonce, std::string_view public_key);

}  // namespace banyan::maria
