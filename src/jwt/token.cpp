#include "jwt/token.h"

#include <utility>

#include "base/ascii.h"
#include "json/parse.h"
#include "jwt/base64url.h"

namespace banyan::jwt {
namespace {

constexpr json::ParseOptions kJsonLimits = {
    .bytes_max = kTokenBytesMax, .nodes_max = 4096, .depth_max = 32, .refuse_duplicate_keys = true};

Error malformed(std::string what) { return {ErrorCode::kInvalidArgument, "the token is malformed: " + what}; }

Result<json::Document> decode_object(std::string_view part, const std::string& name) {
  const std::optional<std::string> text = decode_base64url(part);
  if (!text) return malformed("its " + name + " is not base64url");
  Result<json::Document> document = json::parse(*text, kJsonLimits);
  if (!document.ok()) return malformed("its " + name + " is not JSON");
  if (!document->root().is_object()) return malformed("its " + name + " is not a JSON object");
  return document;
}

Result<void> check_header(json::Value header) {
  if (!header["alg"].is_string()) return malformed("its header names no algorithm");
  if (!header["crit"].absent()) return malformed("its header demands an extension");
  const json::Value key_id = header["kid"];
  if (!key_id.absent() && !key_id.is_string()) return malformed("the kid of its header is no text");
  return {};
}

}  // namespace

Result<Token> decode(std::string_view text) {
  if (text.size() > kTokenBytesMax) {
    return Error(ErrorCode::kResourceExhausted,
                 "the token is longer than " + std::to_string(kTokenBytesMax) + " bytes");
  }
  const std::size_t first = text.find('.');
  const std::size_t second = first == text.npos ? text.npos : text.find('.', first + 1);
  if (second == text.npos || text.find('.', second + 1) != text.npos) {
    return malformed("it has not three parts with dots between them");
  }
  BANYAN_TRY(json::Document header, decode_object(text.substr(0, first), "header"));
  BANYAN_TRY_VOID(check_header(header.root()));
  BANYAN_TRY(json::Document claims, decode_object(text.substr(first + 1, second - first - 1), "claims"));
  std::optional<std::string> signature = decode_base64url(text.substr(second + 1));
  if (!signature) return malformed("its signature is not base64url");
  return Token{text.substr(0, second), *std::move(signature), std::move(header), std::move(claims)};
}

std::optional<std::string_view> claim_text(const Token& token, std::string_view name) {
  const json::Value claim = token.claims.root()[name];
  const std::string_view text = claim.is_integer() ? claim.number_text() : claim.to_string().value_or("");
  if (text.empty()) return std::nullopt;
  return text;
}

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return std::nullopt;
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = authorization[i];
    if (ascii_lower(c) != kScheme[i]) return std::nullopt;
  }
  const std::size_t start = authorization.find_first_not_of(' ', kScheme.size());
  if (start == authorization.npos) return std::nullopt;
  return authorization.substr(start);
}

}  // namespace banyan::jwt
