// Whatever the bytes: no crash; what decodes has an algorithm, and is never believed, since nobody signs for the
// fuzzer.
#include "jwt/token.h"

#include <cstdint>

#include "base/check.h"
#include "jwt/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<jwt::Token> token = jwt::decode(text);
  if (!token.ok()) return 0;
  BANYAN_CHECK(!token->algorithm().empty() || token->header.root()["alg"].is_string());
  BANYAN_CHECK(text.starts_with(token->signed_text));
  (void)jwt::claim_text(*token, "sub");
  static const jwt::KeySet keys({*jwt::Key::from_secret("0123456789abcdef0123456789abcdef")});
  const jwt::Rules rules{.algorithms = {jwt::Algorithm::kHs256}, .issuers = {"a"}, .audiences = {"b"}};
  BANYAN_CHECK(!jwt::verify(*token, keys, rules, WallTime()).ok());
  (void)jwt::verify_claims(token->claims.root(), rules, WallTime());
  return 0;
}
