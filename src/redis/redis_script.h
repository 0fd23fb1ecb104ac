// A Lua script of the server's (EVAL). It is sent by its digest, and whole only to a server that does not know it yet.
#pragma once

#include <string>

namespace banyan {

class RedisScript {
 public:
  explicit RedisScript(std::string source);

  const std::string& source() const { return source_; }
  // SHA-1 of the source in lower-case hexadecimal, as EVALSHA wants it.
  const std::string& digest() const { return digest_; }

 private:
  std::string source_;
  std::string digest_;
};

}  // namespace banyan
