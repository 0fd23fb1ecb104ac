#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "json/parse.h"
#include "jwt/base64url.h"
#include "jwt/key.h"
#include "jwt/token.h"
#include "jwt/verify.h"

namespace banyan::jwt {
namespace {

std::string read_whole(const std::string& name) {
  std::ifstream file(std::string(BANYAN_TESTDATA) + "/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

WallTime at(std::int64_t seconds) { return WallTime(std::chrono::seconds(seconds)); }

constexpr std::int64_t kNow = 1'800'000'000;  // as make_tokens.py has it

// Tokens PyJWT has signed (testdata/make_tokens.py), and the public halves of its keys.
class PyJwt : public testing::Test {
 protected:
  void SetUp() override {
    Result<KeySet> keys = KeySet::from_jwks(read_whole("keys.json"));
    ASSERT_TRUE(keys.ok()) << keys.error().text();
    keys_ = *std::move(keys);
    const Result<json::Document> document = json::parse(read_whole("tokens.json"));
    ASSERT_TRUE(document.ok());
    for (const json::Member& one : document->root()["tokens"].members()) {
      tokens_[std::string(one.key)] = std::string(*one.value.to_string());
    }
    for (const json::Member& one : document->root()["pem"].members()) {
      pems_[std::string(one.key)] = std::string(*one.value.to_string());
    }
  }
  static std::string check(const std::string& text, const KeySet& keys, const Rules& rules, std::int64_t now = kNow) {
    const Result<Token> token = decode(text);
    if (!token.ok()) return token.error().text();
    const Result<void> verified = verify(*token, keys, rules, at(now));
    return verified.ok() ? "good" : verified.error().text();
  }
  std::string check_with(const Rules& rules, std::int64_t now = kNow) {
    return check(tokens_["HS256"], keys_, rules, now);
  }

  KeySet keys_;
  std::map<std::string, std::string> tokens_;
  std::map<std::string, std::string> pems_;
};

Rules only(Algorithm algorithm) { return {.algorithms = {algorithm}}; }

TEST_F(PyJwt, EveryAlgorithmAgainstItsOwnKeyAlone) {
  ASSERT_EQ(tokens_.size(), kAlgorithmCount);
  for (const auto& [name, text] : tokens_) {
    const Algorithm algorithm = *algorithm_named(name);
    EXPECT_EQ(check(text, keys_, only(algorithm)), "good") << name;
    for (std::size_t other = 0; other < kAlgorithmCount; ++other) {
      if (static_cast<Algorithm>(other) == algorithm) continue;
      EXPECT_EQ(check(text, keys_, only(static_cast<Algorithm>(other))), "the token's algorithm is not accepted");
    }
    for (const Key& key : keys_.keys()) {
      const bool own = key.kind() == key_kind_of(algorithm);
      EXPECT_EQ(check(text, KeySet({key}), only(algorithm)), own ? "good" : "the token's signature is wrong") << name;
    }
  }
}

TEST_F(PyJwt, PublicKeysFromPem) {
  ASSERT_EQ(pems_.size(), 4u);
  for (const auto& [name, pem] : pems_) {
    Result<Key> key = Key::from_pem(pem);
    ASSERT_TRUE(key.ok()) << key.error().text();
    EXPECT_EQ(check(tokens_[name], KeySet({*std::move(key)}), only(*algorithm_named(name))), "good") << name;
  }
}

// The classic forgery: the public key's text as the secret of an HMAC.
TEST_F(PyJwt, APublicKeyIsNeverASecret) {
  const Key key = *Key::from_pem(pems_["RS256"]);
  EXPECT_FALSE(key.fits(Algorithm::kHs256));
  Rules rules = only(Algorithm::kRs256);
  rules.algorithms.push_back(Algorithm::kHs256);
  EXPECT_EQ(check(tokens_["HS256"], KeySet({key}), rules), "the token's signature is wrong");
}

TEST_F(PyJwt, EveryBitOfTheSignatureCounts) {
  for (const char* name : {"HS256", "ES256", "EdDSA"}) {
    const Token token = *decode(tokens_[name]);
    const Algorithm algorithm = *algorithm_named(name);
    for (std::size_t bit = 0; bit < token.signature.size() * 8; bit += 7) {
      std::string changed = token.signature;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      for (const Key& key : keys_.keys()) EXPECT_FALSE(key.verifies(algorithm, token.signed_text, changed)) << name;
    }
    for (const Key& key : keys_.keys()) {
      EXPECT_FALSE(key.verifies(algorithm, token.signed_text, token.signature + '\0'));
      EXPECT_FALSE(key.verifies(algorithm, token.signed_text, ""));
    }
  }
}

TEST_F(PyJwt, TimesHaveALeeway) {
  Rules rules = only(Algorithm::kHs256);
  rules.leeway = std::chrono::seconds(30);
  EXPECT_EQ(check_with(rules, kNow + 629), "good");  // exp is 600 s ahead
  EXPECT_EQ(check_with(rules, kNow + 630), "the token has expired");
  EXPECT_EQ(check_with(rules, kNow - 40), "good");  // iat is 10 s ago
  EXPECT_EQ(check_with(rules, kNow - 41), "the token was issued in the future");
}

TEST_F(PyJwt, IssuerAndAudience) {
  Rules rules = only(Algorithm::kHs256);
  rules.issuers = {"x", "https://issuer.example"};
  rules.audiences = {"other"};
  EXPECT_EQ(check_with(rules), "good");
  rules.audiences = {"nobody"};
  EXPECT_EQ(check_with(rules), "the token is for another audience");
  rules.issuers = {"https://issuer.example/"};
  EXPECT_EQ(check_with(rules), "the token is from another issuer");
}

std::string verdict(const char* claims, const Rules& rules) {
  const Result<json::Document> document = json::parse(claims);
  const Result<void> verified = verify_claims(document->root(), rules, at(1000));
  return verified.ok() ? "good" : verified.error().text();
}

TEST(Claims, OfEveryForm) {
  Rules rules{.algorithms = {}, .leeway = {}};
  EXPECT_EQ(verdict(R"({"exp":1000.5})", rules), "good");
  EXPECT_EQ(verdict(R"({"exp":1000})", rules), "the token has expired");
  EXPECT_EQ(verdict(R"({"exp":"2000"})", rules), "a date of the token is not a number");
  EXPECT_EQ(verdict(R"({"exp":1e999})", rules), "a date of the token is not a number");
  EXPECT_EQ(verdict(R"({"exp":null})", rules), "a date of the token is not a number");
  EXPECT_EQ(verdict("{}", rules), "the token has no expiry");
  rules.expiry_required = false;
  EXPECT_EQ(verdict("{}", rules), "good");
  EXPECT_EQ(verdict(R"({"nbf":1000})", rules), "good");
  EXPECT_EQ(verdict(R"({"nbf":1001})", rules), "the token is not valid yet");
  rules.audiences = {"a"};
  EXPECT_EQ(verdict(R"({"aud":"a"})", rules), "good");
  EXPECT_EQ(verdict(R"({"aud":["b","a"]})", rules), "good");
  EXPECT_EQ(verdict(R"({"aud":[["a"]]})", rules), "the token is for another audience");
  EXPECT_EQ(verdict(R"({"aud":{"a":1}})", rules), "the token is for another audience");
}

// RFC 7515 appendix A.1 and RFC 8037 appendix A.4: signatures somebody else has published.
TEST(Rfc, PublishedSignatures) {
  const Result<KeySet> hmac = KeySet::from_jwks(
      R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})");
  const Result<Token> token = decode(
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  ASSERT_TRUE(token.ok());
  EXPECT_TRUE(verify(*token, *hmac, only(Algorithm::kHs256), at(1300819379)).ok());
  EXPECT_EQ(claim_text(*token, "iss"), "joe");

  const Result<KeySet> ed =
      KeySet::from_jwks(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  ASSERT_TRUE(ed.ok());
  EXPECT_TRUE(ed->keys()[0].verifies(
      Algorithm::kEdDsa, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
      *decode_base64url("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")));
}

TEST(Decode, RefusesWhatIsNotAToken) {
  const auto error = [](std::string_view text) { return decode(text).ok() ? "" : decode(text).error().text(); };
  const std::string before = "the token is malformed: ";
  EXPECT_EQ(error(""), before + "it has not three parts with dots between them");
  EXPECT_EQ(error("a.b"), before + "it has not three parts with dots between them");
  EXPECT_EQ(error("a.b.c.d.e"), before + "it has not three parts with dots between them");
  EXPECT_EQ(error("e30=.e30."), before + "its header is not base64url");
  EXPECT_EQ(error("e30.e30."), before + "its header names no algorithm");
  EXPECT_EQ(error("W10.e30."), before + "its header is not a JSON object");
  EXPECT_EQ(error("eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiYjY0Il19.e30."), before + "its header demands an extension");
  EXPECT_EQ(error("eyJhbGciOiJIUzI1NiIsImFsZyI6Im5vbmUifQ.e30."), before + "its header is not JSON");  // alg twice
  EXPECT_EQ(error("eyJhbGciOiJIUzI1NiJ9.e30.A"), before + "its signature is not base64url");
  EXPECT_EQ(error(std::string(kTokenBytesMax + 1, 'a')), "the token is longer than 16384 bytes");
}

TEST(Decode, NoneIsDecodedAndNeverAccepted) {
  const Result<Token> token = decode("eyJhbGciOiJub25lIn0.eyJzdWIiOiI0MiJ9.");
  ASSERT_TRUE(token.ok());
  const KeySet keys({*Key::from_secret(std::string(64, 's'))});
  Rules rules{.algorithms = {Algorithm::kHs256, Algorithm::kRs256, Algorithm::kEdDsa}, .expiry_required = false};
  EXPECT_EQ(verify(*token, keys, rules, at(0)).error().text(), "the token's algorithm is not accepted");
}

TEST(Decode, ClaimsAsKeys) {
  // {"sub":"42","id":7,"big":1.5,"empty":""}
  const Token token = *decode("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiIsImlkIjo3LCJiaWciOjEuNSwiZW1wdHkiOiIifQ.");
  EXPECT_EQ(claim_text(token, "sub"), "42");
  EXPECT_EQ(claim_text(token, "id"), "7");
  for (const char* name : {"big", "empty", "absent"}) EXPECT_FALSE(claim_text(token, name)) << name;
  EXPECT_EQ(bearer_token("Bearer a.b.c"), "a.b.c");
  EXPECT_EQ(bearer_token("bEARER  a"), "a");
  for (const char* other : {"", "Bearer", "Bearer ", "Basic abc", "Bearera"})
    EXPECT_FALSE(bearer_token(other)) << other;
}

TEST(Base64Url, IsTheInverseOfOneText) {
  EXPECT_EQ(decode_base64url(""), "");
  EXPECT_EQ(decode_base64url("AA"), std::string("\0", 1));
  EXPECT_EQ(decode_base64url("-_8"), "\xfb\xff");
  for (const char* wrong : {"A", "AB", "AA==", "A+", "A/", "AA\n", " AA", "AAAAA", "-_9"}) {
    EXPECT_FALSE(decode_base64url(wrong)) << wrong;
  }
}

TEST(Keys, RefusesWhatIsNotOne) {
  const auto error = [](const char* text) {
    const Result<KeySet> keys = KeySet::from_jwks(text);
    return keys.ok() ? std::string("taken") : keys.error().text();
  };
  EXPECT_EQ(error(R"({"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]})"),
            "key 1: the EC key is not a valid one");
  EXPECT_EQ(error(R"({"keys":[{"kty":"oct","k":"AAAA"}]})"), "key 1: the secret has 3 bytes, HMAC needs at least 32");
  EXPECT_EQ(error(R"({"keys":[{"kty":"RSA","e":"AQAB"}]})"), "key 1: 'n' is missing or not base64url");
  EXPECT_EQ(error(R"({"keys":[{"kty":"RSA","e":"AQAB","n":"AQAB"}]})"),
            "key 1: an RSA key must have 2048 to 8192 bits, this one has 17");
  EXPECT_EQ(error(R"({"keys":[{"kty":"future"},{"kty":"RSA","use":"enc"}]})"),
            "the key set has no key that signatures can be checked with");
  EXPECT_EQ(error(R"({"keys":7})"), "a key set is an object with a list 'keys'");
  // A point that is not on the curve.
  const std::string fives(43, 'F');
  EXPECT_EQ(
      error(
          (R"({"kty":"EC","crv":"P-256","x":")" + fives.substr(1) + "E\",\"y\":\"" + fives.substr(1) + "E\"}").c_str()),
      "the EC key is not a valid one");
  EXPECT_EQ(Key::from_pem("-----BEGIN PRIVATE KEY-----\n").error().text(),
            "this is a private key; give the public one (openssl pkey -in FILE -pubout)");
  EXPECT_EQ(Key::from_pem("no key").error().text(), "this is neither a public key nor a certificate in PEM");
}

TEST(Keys, ServeOnlyWhatTheySay) {
  const Result<KeySet> keys = KeySet::from_jwks(
      R"({"kty":"oct","alg":"HS256","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})");
  ASSERT_TRUE(keys.ok());
  EXPECT_TRUE(keys->keys()[0].fits(Algorithm::kHs256));
  EXPECT_FALSE(keys->keys()[0].fits(Algorithm::kHs512));
  const Key shorter = *Key::from_secret(std::string(40, 'x'));
  EXPECT_TRUE(shorter.fits(Algorithm::kHs256));
  EXPECT_FALSE(shorter.fits(Algorithm::kHs384));
}

}  // namespace
}  // namespace banyan::jwt
