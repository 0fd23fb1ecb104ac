#include "redis/redis_script.h"

#include <openssl/evp.h>

#include <utility>

#include "base/check.h"

namespace banyan {

RedisScript::RedisScript(std::string source) : source_(std::move(source)) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int bytes = 0;
  BANYAN_CHECK(EVP_Digest(source_.data(), source_.size(), digest, &bytes, EVP_sha1(), nullptr) == 1);
  constexpr char kHex[] = "0123456789abcdef";
  for (unsigned int i = 0; i < bytes; ++i) digest_.append(1, kHex[digest[i] >> 4]).append(1, kHex[digest[i] & 15]);
}

}  // namespace banyan
