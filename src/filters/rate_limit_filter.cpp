// `rate_limit`: so many requests in a time for each key (traffic/rate_limiter.h). What it says of itself is as
// draft-ietf-httpapi-ratelimit-headers has it.
#include <algorithm>

#include "filters/builtin_filters.h"
#include "filters/filter_keys.h"
#include "filters/request_key.h"
#include "runtime/runtime.h"
#include "traffic/rate_limiter.h"

namespace banyan {
namespace {

struct Options {
  std::int64_t requests = 0;
  Duration period = std::chrono::seconds(1);
  std::int64_t burst = 0;
  std::string key = "ip";
  std::int64_t keys_max = 65536;

  static bool leaves_request() { return true; }
};

const Schema& rate_limit_schema() {
  static const Schema schema = {
      "rate_limit",
      "Answers 429 with Retry-After to requests beyond so many in a time. Of every answer the fields RateLimit and "
      "RateLimit-Policy say what is left. The count is this process's own.",
      &schema_detail::defaults<Options>(),
      {integer_key<&Options::requests>("requests", 1, 1'000'000, "that pass in each period").as_required(),
       duration_key<&Options::period>("period", schema_detail::kMillisecond, 24 * schema_detail::kHour,
                                      "the time in which they pass"),
       integer_key<&Options::burst>("burst", 0, 1'000'000, "that may come at once; 0: as many as `requests`"),
       text_key<&Options::key>("key",
                               "what each has its own count: `route`, `ip`, `header:NAME`, `cookie:NAME`, "
                               "`query:NAME`, `jwt:CLAIM` (behind the filter jwt), `host`, `path`, `method`; requests "
                               "that lack it are told apart by ip"),
       integer_key<&Options::keys_max>("keys_max", 4, 16'777'216, "keys that are remembered, 16 bytes each")}};
  return schema;
}

RateLimitSettings settings_of(const Options& options) {
  return {.requests = static_cast<std::uint32_t>(options.requests),
          .period = options.period,
          .burst = static_cast<std::uint32_t>(options.burst),
          .keys_max = static_cast<std::uint32_t>(options.keys_max)};
}

// Whole seconds, rounded up.
std::string seconds_text(Duration duration) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count());
}

class RateLimitFilter final : public Filter {
 public:
  RateLimitFilter(const Options& options, RequestKey key, const FilterSite& site)
      : key_(std::move(key)),
        limiter_(settings_of(options), site.seed),
        policy_("\"default\";q=" + std::to_string(options.requests) + ";w=" + seconds_text(options.period)) {}

  Task<void> handle(FilterCall& call, FilterNext next) override {
    const RateLimiter::Decision decision = limiter_.take(key_.of(call), now());
    if (decision.allowed) {
      co_await next();
    } else {
      call.refuse(429, "Too many requests; try again later");
      call.answer().fields().set_copy(FieldId::kRetryAfter,
                                      seconds_text(std::max<Duration>(decision.retry_after, Duration(1))));
    }
    if (!call.answered()) co_return;
    Fields& fields = call.answer().fields();
    std::string state = "\"default\";r=" + std::to_string(decision.left);
    if (!decision.allowed) state.append(";t=").append(seconds_text(decision.retry_after));
    (void)fields.set_copy("RateLimit-Policy", policy_);
    (void)fields.set_copy("RateLimit", state);
  }

 private:
  const RequestKey key_;
  RateLimiter limiter_;
  const std::string policy_;
};

Result<std::shared_ptr<Filter>> make(const Options& options, const FilterSite& site) {
  BANYAN_TRY(RequestKey key, RequestKey::parse(options.key));
  return std::shared_ptr<Filter>(std::make_shared<RateLimitFilter>(options, std::move(key), site));
}

void check(const Options& options, SourcePosition position, const GatewayConfig&, Diagnostics& diagnostics) {
  const Result<RequestKey> key = RequestKey::parse(options.key);
  if (!key.ok()) diagnostics.error(position, "rate_limit: " + key.error().text());
}

}  // namespace

const FilterFactory& rate_limit_filter() {
  static const FilterKind<Options> kind("rate_limit", LetsIn::kAll, &rate_limit_schema, &make, &check);
  return kind;
}

}  // namespace banyan
