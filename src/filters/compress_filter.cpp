// `compress`: answers in a content coding the client accepts (RFC 9110 sections 8.4, 12.5.3).
#include <algorithm>

#include "filters/builtin_filters.h"
#include "filters/compressed_body.h"
#include "filters/filter_keys.h"
#include "filters/list_field.h"
#include "http/message_framing.h"
#include "http/status.h"

namespace banyan {
namespace {

struct Options {
  std::vector<std::string> codings = {"zstd", "br", "gzip"};
  std::vector<std::string> types = {"text/html",
                                    "text/plain",
                                    "text/css",
                                    "text/javascript",
                                    "text/xml",
                                    "text/csv",
                                    "application/json",
                                    "application/javascript",
                                    "application/xml",
                                    "application/wasm",
                                    "application/manifest+json",
                                    "application/problem+json",
                                    "image/svg+xml"};
  std::int64_t min_bytes = 1024;
  std::int64_t level = 4;

  static bool leaves_request() { return true; }
};

const Schema& compress_schema() {
  static const Schema schema = {
      "compress",
      "Compresses answers. Left as they are: what is encoded already, parts (206), what says `no-transform` or was "
      "asked for with it, and bodies under `min_bytes`.",
      &schema_detail::defaults<Options>(),
      {texts_key<&Options::codings>("codings", "offered; where the client likes several as much, the first is taken"),
       texts_key<&Options::types>("types", "media types that are compressed, without parameters"),
       size_key<&Options::min_bytes>("min_bytes", 0, 16 * schema_detail::kMiB, "bodies known to be shorter are left"),
       integer_key<&Options::level>("level", 1, 9, "from fast to small")}};
  return schema;
}

bool same_type(std::string_view content_type, std::string_view wanted) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ')) content_type.remove_suffix(1);
  return equals_ignoring_case(content_type, wanted);
}

// The tags of If-None-Match as one list.
std::string known_tags(const Fields& request) {
  std::string tags;
  for (const Fields::Entry& entry : request) {
    if (entry.id == FieldId::kIfNoneMatch) tags.append(entry.value).append(",");
  }
  return tags;
}

bool holds_tag(std::string_view tags, std::string_view tag) {
  while (!tags.empty()) {
    if (take_element(tags) == tag) return true;
  }
  return false;
}

class CompressFilter final : public Filter {
 public:
  CompressFilter(const Options& options, std::vector<Coding> offered)
      : options_(options), offered_(std::move(offered)) {}

  Task<void> handle(FilterCall& call, FilterNext next) override {
    // A client may forbid it too (RFC 9111 section 5.2.1.6).
    const bool forbidden = list_contains(call.head().fields, FieldId::kCacheControl, "no-transform");
    const std::optional<Coding> coding = forbidden ? std::nullopt : choose_coding(call.head().fields, offered_);
    const bool head = call.head().method == Method::kHead;
    const std::string known = known_tags(call.head().fields);
    co_await next();
    if (!call.answered()) co_return;
    FilterAnswer& answer = call.answer();
    if (answer.status() == 304) name_unchanged(answer.fields(), known, coding.has_value());
    if (!may_be_compressed(answer)) co_return;
    add_to_list(answer.fields(), FieldId::kVary, "Accept-Encoding");
    if (coding && !is_short(answer, head)) encode(answer, *coding);
  }

 private:
  // A 304 has the tag and the Vary of the 200 it stands for (RFC 9110 section 15.4.5). Whether that was compressed
  // shows in the name the client has for it. Where it has none, a name too weak does no harm; one too strong would be
  // that of other bytes.
  static void name_unchanged(Fields& fields, std::string_view known, bool encodes) {
    const std::string tag(fields.value(FieldId::kEtag));
    const std::string weak = "W/" + tag;
    const bool encoded = tag.starts_with('"') && !holds_tag(known, tag) && (encodes || holds_tag(known, weak));
    if (encoded) fields.set_copy(FieldId::kEtag, weak);
    if (encoded || fields.has(FieldId::kVary)) add_to_list(fields, FieldId::kVary, "Accept-Encoding");
  }

  bool may_be_compressed(FilterAnswer& answer) const {
    const Fields& fields = answer.fields();
    if (status_forbids_body(answer.status()) || answer.status() == 206 || fields.has(FieldId::kContentRange)) {
      return false;
    }
    if (fields.has(FieldId::kContentEncoding) || list_contains(fields, FieldId::kCacheControl, "no-transform")) {
      return false;
    }
    const std::string_view type = fields.value(FieldId::kContentType);
    return std::any_of(options_.types.begin(), options_.types.end(),
                       [type](const std::string& wanted) { return same_type(type, wanted); });
  }

  bool is_short(FilterAnswer& answer, bool head) const {
    std::uint64_t length = 0;
    if (head)
      return !parse_content_length(answer.fields().value(FieldId::kContentLength), length) ||
             length < static_cast<std::uint64_t>(options_.min_bytes);
    const std::optional<std::uint64_t> left = answer.body().bytes_left();
    return left && *left < static_cast<std::uint64_t>(options_.min_bytes);
  }

  // A HEAD is told the fields that GET would have, with a body that is not sent.
  void encode(FilterAnswer& answer, Coding coding) const {
    Result<std::unique_ptr<Encoder>> encoder = Encoder::open(coding, static_cast<int>(options_.level));
    if (!encoder.ok()) return;  // as it is, then
    Fields& fields = answer.fields();
    fields.set_copy(FieldId::kContentEncoding, coding_name(coding));
    fields.remove(FieldId::kContentLength);
    fields.remove(FieldId::kAcceptRanges);
    const std::string tag(fields.value(FieldId::kEtag));
    if (tag.starts_with('"')) fields.set_copy(FieldId::kEtag, "W/" + tag);  // other bytes: no strong validator
    answer.set_body(std::make_unique<CompressedBody>(answer.body(), *std::move(encoder)));
  }

  const Options options_;
  const std::vector<Coding> offered_;
};

Result<std::vector<Coding>> codings_of(const Options& options) {
  std::vector<Coding> codings;
  for (const std::string& name : options.codings) {
    const std::optional<Coding> coding = coding_named(name);
    if (!coding) return Error(ErrorCode::kInvalidArgument, "unknown coding '" + name + "'");
    codings.push_back(*coding);
  }
  return codings;
}

Result<std::shared_ptr<Filter>> make(const Options& options, const FilterSite&) {
  BANYAN_TRY(std::vector<Coding> codings, codings_of(options));
  return std::shared_ptr<Filter>(std::make_shared<CompressFilter>(options, std::move(codings)));
}

void check(const Options& options, SourcePosition position, const GatewayConfig&, Diagnostics& diagnostics) {
  const Result<std::vector<Coding>> codings = codings_of(options);
  if (!codings.ok()) diagnostics.error(position, "compress: " + codings.error().text(), "write gzip, br or zstd");
}

}  // namespace

const FilterFactory& compress_filter() {
  static const FilterKind<Options> kind("compress", LetsIn::kAll, &compress_schema, &make, &check);
  return kind;
}

}  // namespace banyan
