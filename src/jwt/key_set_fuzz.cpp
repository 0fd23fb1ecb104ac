// Whatever the bytes: no crash, and every key that is taken can be asked to check a signature.
#include <cstdint>

#include "base/check.h"
#include "jwt/key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<jwt::KeySet> set = jwt::KeySet::from_jwks(text);
  (void)jwt::Key::from_pem(text);
  if (!set.ok()) return 0;
  for (const jwt::Key& key : set->keys()) {
    for (std::size_t i = 0; i < jwt::kAlgorithmCount; ++i) {
      const auto algorithm = static_cast<jwt::Algorithm>(i);
      BANYAN_CHECK(!key.verifies(algorithm, "text", std::string(64, 'x')));
    }
  }
  return 0;
}
