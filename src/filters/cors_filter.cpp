// `cors`: lets scripts of other origins read answers, as the Fetch standard's CORS protocol says
// (https://fetch.spec.whatwg.org/#http-cors-protocol).
//
// A preflight of an origin that is let in is answered here, of any other refused with 403. Other requests pass whatever
// their origin: the browser keeps the answer from a script whose origin is not named, and CORS is no access control for
// anybody else. What an upstream says itself about origins is replaced.
#include <algorithm>

#include "filters/builtin_filters.h"
#include "filters/filter_keys.h"
#include "filters/list_field.h"

namespace banyan {
namespace {

struct Options {
  std::vector<std::string> origins;
  std::vector<std::string> methods = {"GET", "HEAD", "POST"};
  std::vector<std::string> headers;
  std::vector<std::string> expose;
  bool credentials = false;
  Duration max_age = std::chrono::seconds(5);

  static bool leaves_request() { return true; }
};

const Schema& cors_schema() {
  static const Schema schema = {
      "cors",
      "Lets scripts of other origins read answers (Fetch standard). The route must take OPTIONS for preflights to come "
      "here.",
      &schema_detail::defaults<Options>(),
      {texts_key<&Options::origins>("origins", "`https://example.com`, `https://*.example.com`, or `\"*\"` for all")
           .as_required(),
       texts_key<&Options::methods>("methods", "methods a preflight allows; `\"*\"` for all"),
       texts_key<&Options::headers>("headers", "request fields a preflight allows; `\"*\"` for all"),
       texts_key<&Options::expose>("expose", "fields of the answer scripts may read; `\"*\"` for all"),
       flag_key<&Options::credentials>("credentials", "whether cookies and the like may be sent along"),
       duration_key<&Options::max_age>("max_age", Duration(0), 24 * schema_detail::kHour,
                                       "how long a browser may remember a preflight, in whole seconds")}};
  return schema;
}

bool matches(std::string_view pattern, std::string_view origin) {
  const std::size_t star = pattern.find("://*.");
  if (star == pattern.npos) return pattern == origin;
  const std::string_view scheme = pattern.substr(0, star + 3);
  const std::string_view domain = pattern.substr(star + 4);  // ".example.com"
  return origin.size() > scheme.size() + domain.size() && origin.starts_with(scheme) && origin.ends_with(domain) &&
         origin.find('/', scheme.size()) == origin.npos;
}

bool has_all(const std::vector<std::string>& list) { return std::find(list.begin(), list.end(), "*") != list.end(); }

class CorsFilter final : public Filter {
 public:
  explicit CorsFilter(const Options& options) : options_(options) {}

  Task<void> handle(FilterCall& call, FilterNext next) override {
    const Fields& asked = call.head().fields;
    const std::string origin(asked.value(FieldId::kOrigin));
    const std::string method(asked.value("access-control-request-method"));
    if (call.head().method == Method::kOptions && !origin.empty() && !method.empty()) {
      answer_preflight(call, origin, method);
      co_return;
    }
    co_await next();
    if (!call.answered()) co_return;
    Fields& fields = call.answer().fields();
    remove_ours(fields);
    allow_origin(fields, origin);
    if (!origin.empty() && allowed(origin)) set_list(fields, "access-control-expose-headers", options_.expose);
  }

 private:
  bool allowed(std::string_view origin) const {
    return has_all(options_.origins) || std::any_of(options_.origins.begin(), options_.origins.end(),
                                                    [&](const auto& pattern) { return matches(pattern, origin); });
  }

  static void remove_ours(Fields& fields) {
    fields.remove_if([](const Fields::Entry& entry) {
      constexpr std::string_view kPrefix = "access-control-";
      return equals_ignoring_case(entry.name.substr(0, kPrefix.size()), kPrefix);
    });
  }

  static void set_list(Fields& fields, std::string_view name, const std::vector<std::string>& list) {
    if (!list.empty()) (void)fields.set_copy(name, schema_detail::show_texts(list));
  }

  // The answer depends on the origin unless it is the same for all: caches are told so even where there was none.
  void allow_origin(Fields& fields, std::string_view origin) const {
    if (has_all(options_.origins) && !options_.credentials) {
      (void)fields.set_copy("access-control-allow-origin", "*");
      return;
    }
    add_to_list(fields, FieldId::kVary, "Origin");
    if (origin.empty() || !allowed(origin)) return;
    (void)fields.set_copy("access-control-allow-origin", origin);
    if (options_.credentials) (void)fields.set_copy("access-control-allow-credentials", "true");
  }

  void answer_preflight(FilterCall& call, const std::string& origin, const std::string& method) const {
    const std::string headers(call.head().fields.value("access-control-request-headers"));
    if (!allowed(origin)) {
      call.refuse(403, "This origin is not let in here");
      add_to_list(call.answer().fields(), FieldId::kVary, "Origin");
      return;
    }
    call.respond(204, "");
    Fields& fields = call.answer().fields();
    allow_origin(fields, origin);
    add_to_list(fields, FieldId::kVary, "Access-Control-Request-Method");
    add_to_list(fields, FieldId::kVary, "Access-Control-Request-Headers");
    // "*" is no wildcard beside credentials, and never covers Authorization: what was asked for is named instead.
    if (has_all(options_.methods)) {
      (void)fields.set_copy("access-control-allow-methods", method);
    } else {
      set_list(fields, "access-control-allow-methods", options_.methods);
    }
    if (!has_all(options_.headers)) {
      set_list(fields, "access-control-allow-headers", options_.headers);
    } else if (!headers.empty()) {
      (void)fields.set_copy("access-control-allow-headers", headers);
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options_.max_age).count();
    (void)fields.set_copy("access-control-max-age", std::to_string(seconds));
  }

  const Options options_;
};

void check(const Options& options, SourcePosition position, const GatewayConfig&, Diagnostics& diagnostics) {
  for (const std::string& origin : options.origins) {
    const std::size_t colon = origin.find("://");
    const bool whole = colon != origin.npos && colon + 3 < origin.size() && origin.find('/', colon + 3) == origin.npos;
    if (origin == "*" || origin == "null" || whole) continue;
    diagnostics.error(position, "cors: '" + origin + "' is not an origin",
                      "write scheme and host, and the port where it is not the scheme's: https://example.com");
  }
  if (options.credentials && (has_all(options.origins) || has_all(options.expose))) {
    diagnostics.error(position, "cors: '*' beside credentials",
                      "with it any site could read what its visitors may read here; name origins and fields");
  }
}

}  // namespace

const FilterFactory& cors_filter() {
  static const FilterKind<Options> kind("cors", LetsIn::kAll, &cors_schema, &make_filter<CorsFilter, Options>, &check);
  return kind;
}

}  // namespace banyan
