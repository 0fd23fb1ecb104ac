#include "jwt/verify.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace banyan::jwt {
namespace {

Error refused(std::string why) { return {ErrorCode::kPermissionDenied, std::move(why)}; }

std::optional<Algorithm> allowed_algorithm(const Token& token, const Rules& rules) {
  const std::optional<Algorithm> algorithm = algorithm_named(token.algorithm());
  if (!algorithm) return std::nullopt;
  const bool allowed =
      std::find(rules.algorithms.begin(), rules.algorithms.end(), *algorithm) != rules.algorithms.end();
  return allowed ? algorithm : std::nullopt;
}

bool signed_by_one(const Token& token, const KeySet& keys, Algorithm algorithm) {
  const std::string_view id = token.key_id();
  const bool named = !id.empty() && std::any_of(keys.keys().begin(), keys.keys().end(),
                                                [id](const Key& key) { return key.id() == id; });
  return std::any_of(keys.keys().begin(), keys.keys().end(), [&](const Key& key) {
    return (!named || key.id() == id) && key.verifies(algorithm, token.signed_text, token.signature);
  });
}

// A NumericDate in seconds. `wrong` where it is there and none.
std::optional<double> date_of(json::Value claims, std::string_view name, bool* wrong) {
  const json::Value claim = claims[name];
  if (claim.absent()) return std::nullopt;
  const std::optional<double> seconds = claim.to_double();
  if (seconds && std::isfinite(*seconds)) return seconds;
  *wrong = true;
  return std::nullopt;
}

Result<void> verify_times(json::Value claims, const Rules& rules, WallTime now) {
  bool wrong = false;
  const std::optional<double> expiry = date_of(claims, "exp", &wrong);
  const std::optional<double> not_before = date_of(claims, "nbf", &wrong);
  const std::optional<double> issued = date_of(claims, "iat", &wrong);
  if (wrong) return refused("a date of the token is not a number");
  const double seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
  const double leeway = std::chrono::duration<double>(rules.leeway).count();
  if (!expiry && rules.expiry_required) return refused("the token has no expiry");
  if (expiry && seconds >= *expiry + leeway) return refused("the token has expired");
  if (not_before && seconds < *not_before - leeway) return refused("the token is not valid yet");
  if (issued && seconds < *issued - leeway) return refused("the token was issued in the future");
  return {};
}

bool is_one_of(json::Value value, const std::vector<std::string>& texts) {
  const std::optional<std::string_view> text = value.to_string();
  return text && std::find(texts.begin(), texts.end(), *text) != texts.end();
}

bool holds_audience(json::Value audience, const std::vector<std::string>& wanted) {
  if (!audience.is_array()) return is_one_of(audience, wanted);
  for (const json::Value one : audience.elements()) {
    if (is_one_of(one, wanted)) return true;
  }
  return false;
}

}  // namespace

Result<void> verify_claims(json::Value claims, const Rules& rules, WallTime now) {
  BANYAN_TRY_VOID(verify_times(claims, rules, now));
  if (!rules.issuers.empty() && !is_one_of(claims["iss"], rules.issuers)) {
    return refused("the token is from another issuer");
  }
  if (!rules.audiences.empty() && !holds_audience(claims["aud"], rules.audiences)) {
    return refused("the token is for another audience");
  }
  return {};
}

Result<void> verify(const Token& token, const KeySet& keys, const Rules& rules, WallTime now) {
  const std::optional<Algorithm> algorithm = allowed_algorithm(token, rules);
  if (!algorithm) return refused("the token's algorithm is not accepted");
  if (!signed_by_one(token, keys, *algorithm)) return refused("the token's signature is wrong");
  return verify_claims(token.claims.root(), rules, now);
}

}  // namespace banyan::jwt
