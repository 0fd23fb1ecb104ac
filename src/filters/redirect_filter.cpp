// `redirect`: sends clients elsewhere.
#include <array>

#include "filters/builtin_filters.h"
#include "filters/filter_keys.h"
#include "filters/path_rewrite.h"

namespace banyan {
namespace {

struct Options {
  std::string from;
  std::string to;
  std::int64_t status = 308;
  bool https = false;

  static bool leaves_request() { return true; }
};

const Schema& redirect_schema() {
  static const Schema schema = {
      "redirect",
      "Sends clients elsewhere. With `from`, those whose path matches; with `https`, those that came without TLS.",
      &schema_detail::defaults<Options>(),
      {text_key<&Options::from>("from", "a pattern: `:name` is one segment, `*name` at the end all that is left"),
       text_key<&Options::to>("to", "where to: with `from` the names of its pattern, else variables like `${uri}`"),
       flag_key<&Options::https>("https", "to the same address with https; clients that came with TLS pass"),
       integer_key<&Options::status>("status", 301, 308, "301, 302, 303, 307 or 308; the last two keep the method")}};
  return schema;
}

class RedirectFilter final : public Filter {
 public:
  RedirectFilter(const Options& options, std::optional<PathRewrite> pattern, VariableText to)
      : options_(options), pattern_(std::move(pattern)), to_(std::move(to)) {}

  Task<void> handle(FilterCall& call, FilterNext next) override {
    const std::optional<std::string> location = location_of(call);
    if (!location) {
      co_await next();
      co_return;
    }
    call.respond(static_cast<int>(options_.status), "");
    call.answer().fields().set_copy(FieldId::kLocation, *location);
  }

 private:
  std::optional<std::string> location_of(FilterCall& call) const {
    if (options_.https && call.connection().secure()) return std::nullopt;
    if (!pattern_) return to_.expand(call);
    std::optional<std::string> location = pattern_->apply(normal_path(call.head()));
    if (location && call.head().has_query && location->find('?') == location->npos) {
      location->append("?").append(call.head().query);
    }
    return location;
  }

  const Options options_;
  const std::optional<PathRewrite> pattern_;
  const VariableText to_;
};

Result<std::shared_ptr<Filter>> make(const Options& options, const FilterSite&) {
  std::optional<PathRewrite> pattern;
  VariableText to;
  if (!options.from.empty()) {
    BANYAN_TRY(PathRewrite parsed, PathRewrite::parse(options.from, options.to));
    pattern = std::move(parsed);
  } else {
    BANYAN_TRY(to, VariableText::parse(options.https ? "https://${host}${uri}" : options.to));
  }
  return std::shared_ptr<Filter>(std::make_shared<RedirectFilter>(options, std::move(pattern), std::move(to)));
}

void check(const Options& options, SourcePosition position, const GatewayConfig&, Diagnostics& diagnostics) {
  const auto wrong = [&](std::string what, std::string hint) {
    diagnostics.error(position, "redirect: " + std::move(what), std::move(hint));
  };
  if (options.https == !options.to.empty()) {
    wrong(options.https ? "'https' and 'to' at once" : "'to' is missing", "give one of 'https' and 'to'");
  } else if (options.https && !options.from.empty()) {
    wrong("'https' and 'from' at once", "use two filters");
  }
  if (options.status > 303 && options.status < 307) wrong("no such redirection", "write 301, 302, 303, 307 or 308");
  if (options.to.empty()) return;
  if (!options.from.empty()) {
    const Result<PathRewrite> pattern = PathRewrite::parse(options.from, options.to);
    if (!pattern.ok()) wrong(pattern.error().text(), "");
  } else if (const Result<VariableText> to = VariableText::parse(options.to); !to.ok()) {
    wrong(to.error().text(), "");
  }
}

}  // namespace

const FilterFactory& redirect_filter() {
  static const FilterKind<Options> kind("redirect", LetsIn::kAll, &redirect_schema, &make, &check);
  return kind;
}

}  // namespace banyan
