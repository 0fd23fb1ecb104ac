// `jwt`: lets in whoever brings a JSON Web Token that somebody trusted has signed (RFC 6750, RFC 7519, RFC 8725).
#include <algorithm>

#include "filters/builtin_filters.h"
#include "filters/file_text.h"
#include "filters/filter_keys.h"
#include "gray/head_values.h"
#include "http/lookalike.h"
#include "jwt/verify.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

struct Options {
  std::vector<std::string> algorithms;
  std::string jwks_file;
  std::string key_file;
  std::string secret_file;
  std::vector<std::string> issuers;
  std::vector<std::string> audiences;
  Duration leeway = std::chrono::seconds(60);
  bool require_expiry = true;
  bool required = true;
  std::string cookie;
  std::vector<std::pair<std::string, std::string>> pass;

  bool leaves_request() const { return pass.empty(); }
};

const Schema& jwt_schema() {
  static const Schema schema = {
      "jwt",
      "Answers 401 to requests without a JSON Web Token that one of the keys has signed. Exactly one of `jwks_file`, "
      "`key_file` and `secret_file` says where the keys are; a change of the file takes effect by itself.",
      &schema_detail::defaults<Options>(),
      {texts_key<&Options::algorithms>("algorithms",
                                       "accepted: HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, "
                                       "PS512, ES256, ES384, EdDSA")
           .as_required(),
       file_key<&Options::jwks_file>("jwks_file", "a JWK Set, up to 64 keys"),
       file_key<&Options::key_file>("key_file", "a public key or certificate in PEM"),
       file_key<&Options::secret_file>("secret_file",
                                       "the secret of HS256 and its like: the first line, 32 bytes at least"),
       texts_key<&Options::issuers>("issuers", "`iss` must be one of these"),
       texts_key<&Options::audiences>("audiences", "`aud` must hold one of these"),
       duration_key<&Options::leeway>("leeway", Duration(0), std::chrono::minutes(10), "by which clocks may differ"),
       flag_key<&Options::require_expiry>("require_expiry", "whether a token without `exp` is refused"),
       flag_key<&Options::required>("required", "whether requests without a token are refused; bad tokens always are"),
       text_key<&Options::cookie>("cookie", "the cookie that holds the token; without it: Authorization: Bearer"),
       name_fields_key<&Options::pass>("pass",
                                       "claims that are passed on, each in this field of the request; what the "
                                       "client sends in such a field is removed")}};
  return schema;
}

Result<jwt::KeySet> read_keys(const Options& options) {
  const std::string& path = !options.jwks_file.empty()  ? options.jwks_file
                            : !options.key_file.empty() ? options.key_file
                                                        : options.secret_file;
  BANYAN_TRY(const std::string text, read_file_text(path, jwt::kKeySetBytesMax));
  if (!options.jwks_file.empty()) return jwt::KeySet::from_jwks(text);
  BANYAN_TRY(jwt::Key key, !options.key_file.empty()
                               ? jwt::Key::from_pem(text)
                               : jwt::Key::from_secret(text.substr(0, text.find_first_of("\r\n"))));
  return jwt::KeySet({std::move(key)});
}

Result<jwt::Rules> rules_of(const Options& options) {
  jwt::Rules rules{.issuers = options.issuers,
                   .audiences = options.audiences,
                   .leeway = options.leeway,
                   .expiry_required = options.require_expiry};
  for (const std::string& name : options.algorithms) {
    const std::optional<jwt::Algorithm> algorithm = jwt::algorithm_named(name);
    if (!algorithm) return Error(ErrorCode::kInvalidArgument, "unknown algorithm '" + name + "'");
    rules.algorithms.push_back(*algorithm);
  }
  return rules;
}

class JwtFilter final : public Filter {
 public:
  JwtFilter(const Options& options, jwt::Rules rules, jwt::KeySet keys)
      : options_(options), rules_(std::move(rules)), keys_(std::move(keys)) {}

  Task<void> handle(FilterCall& call, FilterNext next) override {
    Fields& fields = call.head().fields;
    for (const auto& [claim, field] : options_.pass) {
      fields.remove(field);
      remove_lookalikes_of(fields, field);
    }
    // The service behind might read another one than was verified.
    const bool by_field = options_.cookie.empty();
    if (by_field ? fields.repeated(FieldId::kAuthorization) : is_repeated_cookie(fields, options_.cookie)) {
      refuse(call, "There is more than one token",
             by_field ? "more than one Authorization field" : "more than one cookie of that name");
      co_return;
    }
    const std::string_view text = token_of(fields);
    if (text.empty() && options_.required) {
      refuse(call, "This needs a token", "");
      co_return;
    }
    if (!text.empty()) {
      const Result<void> verified = verify(text, fields);
      if (!verified.ok()) {
        refuse(call, verified.error().message(), verified.error().message());
        co_return;
      }
      call.note_authorized();
    }
    co_await next();
  }

 private:
  std::string_view token_of(const Fields& fields) const {
    if (!options_.cookie.empty()) return cookie_value(fields, options_.cookie);
    return jwt::bearer_token(fields.value(FieldId::kAuthorization)).value_or("");
  }

  // Passes the claims on where the token is good.
  Result<void> verify(std::string_view text, Fields& fields) const {
    BANYAN_TRY(const jwt::Token token, jwt::decode(text));
    BANYAN_TRY_VOID(jwt::verify(token, keys_, rules_, WallTime(Duration(current_env().wall_nanoseconds()))));
    for (const auto& [claim, field] : options_.pass) {
      // Names of fields were checked as they were read.
      if (const auto value = jwt::claim_text(token, claim)) (void)fields.set_copy(field, *value);
    }
    return {};
  }

  // RFC 6750 section 3: no error code where there was no token at all.
  static void refuse(FilterCall& call, std::string_view why, std::string_view description) {
    std::string challenge = "Bearer";
    if (!description.empty()) {
      challenge.append(" error=\"invalid_token\", error_description=\"").append(description).append("\"");
    }
    call.refuse(401, why);
    call.answer().fields().set_copy(FieldId::kWwwAuthenticate, challenge);
  }

  const Options options_;
  const jwt::Rules rules_;
  const jwt::KeySet keys_;
};

Result<std::shared_ptr<Filter>> make(const Options& options, const FilterSite&) {
  BANYAN_TRY(jwt::Rules rules, rules_of(options));
  BANYAN_TRY(jwt::KeySet keys, read_keys(options));
  for (const jwt::Algorithm algorithm : rules.algorithms) {
    const bool any = std::any_of(keys.keys().begin(), keys.keys().end(),
                                 [algorithm](const jwt::Key& key) { return key.fits(algorithm); });
    if (any) continue;
    return Error(ErrorCode::kInvalidArgument, "no key can check " + std::string(jwt::algorithm_name(algorithm)) +
                                                  "; take it from the algorithms or add a key");
  }
  return std::shared_ptr<Filter>(std::make_shared<JwtFilter>(options, std::move(rules), std::move(keys)));
}

void check(const Options& options, SourcePosition position, const GatewayConfig&, Diagnostics& diagnostics) {
  const int sources =
      (options.jwks_file.empty() ? 0 : 1) + (options.key_file.empty() ? 0 : 1) + (options.secret_file.empty() ? 0 : 1);
  if (sources != 1) {
    diagnostics.error(position, sources == 0 ? "jwt: there are no keys" : "jwt: keys from several files",
                      "write exactly one of 'jwks_file', 'key_file' and 'secret_file'");
  }
  const Result<jwt::Rules> rules = rules_of(options);
  if (!rules.ok()) {
    diagnostics.error(position, "jwt: " + rules.error().text(), "write names like ES256; none is never accepted");
  }
}

}  // namespace

const FilterFactory& jwt_filter() {
  static const FilterKind<Options> kind("jwt", LetsIn::kSome, &jwt_schema, &make, &check);
  return kind;
}

}  // namespace banyan
