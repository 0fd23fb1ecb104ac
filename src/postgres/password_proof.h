// How a client proves that it knows the password without saying it: SCRAM-SHA-256 (RFC 5802, RFC 7677) as PostgreSQL
// uses it, and its old md5. Pure: randomness comes from outside.
//
// No channel binding (SCRAM-SHA-256-PLUS): against somebody in between stands sslmode=verify-full. A password is taken
// as the bytes it is; SASLprep (RFC 4013), which changes only some that are not ASCII, is not applied.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace banyan::pg {

inline constexpr std::string_view kScramMechanism = "SCRAM-SHA-256";

class ScramClient {
 public:
  // `nonce`: printable ASCII without commas, at least 18 random bytes' worth.
  explicit ScramClient(std::string nonce) : nonce_(std::move(nonce)) {}

  std::string first_message() const;
  // The answer to the server's first message. Costs as much as the server has decided, at most kIterationsMax rounds of
  // SHA-256. kPermissionDenied: what the server sent is not right.
  Result<std::string> final_message(std::string_view server_first, std::string_view password);
  // Whether the server, too, knows what belongs to the password. kPermissionDenied: it does not.
  Result<void> verify(std::string_view server_final) const;

  static constexpr unsigned kIterationsMax = 1'000'000;

 private:
  std::string bare_first() const;
  std::string nonce_;
  std::string server_signature_;
};

// "md5" and 32 hex digits. `salt`: four bytes.
Result<std::string> md5_proof(std::string_view user, std::string_view password, std::string_view salt);

}  // namespace banyan::pg
