// `api_key`: lets in whoever sends a key the gateway knows the hash of.
#include <algorithm>

#include "filters/builtin_filters.h"
#include "filters/file_text.h"
#include "filters/filter_keys.h"
#include "filters/key_file.h"
#include "http/lookalike.h"
#include "jwt/token.h"

namespace banyan {
namespace {

constexpr std::size_t kKeyFileBytesMax = 256 * 1024;
constexpr std::size_t kKeyBytesMax = 1024;

struct Options {
  std::string keys_file;
  std::string header = "x-api-key";
  std::string pass;
  bool keep = false;

  bool leaves_request() const { return keep && pass.empty(); }
};

bool is_field(const std::string& text) { return text.empty() || is_token(text); }

const Schema& api_key_schema() {
  static const Schema schema = {
      "api_key",
      "Answers 401 to requests without a key of `keys_file`.",
      &schema_detail::defaults<Options>(),
      {file_key<&Options::keys_file>("keys_file", "a line for each key: its owner's name and its SHA-256 in hex")
           .as_required(),
       text_key<&Options::header>("header", "the field with the key; of `authorization`, what follows `Bearer`"),
       text_key<&Options::pass>("pass",
                                "the field in which the owner's name is passed on; what the client sends in it "
                                "is removed"),
       flag_key<&Options::keep>("keep", "whether the key itself is passed on")}};
  return schema;
}

class ApiKeyFilter final : public Filter {
 public:
  ApiKeyFilter(const Options& options, KeyFile keys) : options_(options), keys_(std::move(keys)) {}

  Task<void> handle(FilterCall& call, FilterNext next) override {
    Fields& fields = call.head().fields;
    // The service behind might read another one than was checked.
    if (std::ranges::count_if(fields, [this](const auto& field) { return is_key(field); }) > 1) {
      refuse(call, "There is more than one API key");
      co_return;
    }
    const std::string_view key = key_of(fields);
    const auto owner = key.empty() || key.size() > kKeyBytesMax ? std::nullopt : keys_.owner(key);
    if (!owner) {
      refuse(call, key.empty() ? "This needs an API key" : "This API key is not known");
      co_return;
    }
    call.note_authorized();
    if (!options_.keep) {
      fields.remove(options_.header);
      remove_lookalikes_of(fields, options_.header);
    }
    if (!options_.pass.empty()) (void)fields.set_copy(options_.pass, *owner);
    co_await next();
  }

 private:
  static void refuse(FilterCall& call, std::string_view why) {
    call.refuse(401, why);
    call.answer().fields().set_copy(FieldId::kWwwAuthenticate, "ApiKey");
  }

  bool is_key(const Fields::Entry& field) const { return equals_ignoring_case(field.name, options_.header); }

  std::string_view key_of(const Fields& fields) const {
    const std::string_view value = fields.value(options_.header);
    if (field_id(options_.header) != FieldId::kAuthorization) return value;
    return jwt::bearer_token(value).value_or("");
  }

  const Options options_;
  const KeyFile keys_;
};

Result<std::shared_ptr<Filter>> make(const Options& options, const FilterSite&) {
  BANYAN_TRY(const std::string text, read_file_text(options.keys_file, kKeyFileBytesMax));
  BANYAN_TRY(KeyFile keys, KeyFile::parse(text));
  return std::shared_ptr<Filter>(std::make_shared<ApiKeyFilter>(options, std::move(keys)));
}

void check(const Options& options, SourcePosition position, const GatewayConfig&, Diagnostics& diagnostics) {
  if (options.header.empty() || !is_field(options.header) || !is_field(options.pass)) {
    diagnostics.error(position, "api_key: 'header' or 'pass' is not the name of a header field",
                      "write one like x-api-key");
  }
}

}  // namespace

const FilterFactory& api_key_filter() {
  static const FilterKind<Options> kind("api_key", LetsIn::kSome, &api_key_schema, &make, &check);
  return kind;
}

}  // namespace banyan
