// `fault`: delays and fails requests on purpose, to see how clients bear it.
#include "filters/builtin_filters.h"
#include "filters/filter_keys.h"
#include "runtime/runtime.h"
#include "runtime/wait.h"

namespace banyan {
namespace {

struct Options {
  std::string header;
  Duration delay{};
  std::int64_t delay_hundredths = kAllHundredths;
  std::int64_t abort = 0;
  std::int64_t abort_hundredths = kAllHundredths;

  static bool leaves_request() { return true; }
};

const Schema& fault_schema() {
  static const Schema schema = {
      "fault",
      "Delays and fails requests on purpose.",
      &schema_detail::defaults<Options>(),
      {text_key<&Options::header>("header", "only requests that have this field"),
       duration_key<&Options::delay>("delay", Duration(0), std::chrono::minutes(1), "before the request goes on"),
       percent_key<&Options::delay_hundredths>("delay_percent", "of the requests are delayed"),
       integer_key<&Options::abort>("abort", 0, 599, "the status to answer with, from 400; 0: none"),
       percent_key<&Options::abort_hundredths>("abort_percent", "of the requests are answered so")}};
  return schema;
}

bool chosen(std::int64_t hundredths) {
  if (hundredths == kAllHundredths) return true;
  std::uint32_t random = 0;
  current_env().fill_random(std::as_writable_bytes(std::span(&random, 1)));
  return random % static_cast<std::uint32_t>(kAllHundredths) < static_cast<std::uint32_t>(hundredths);
}

class FaultFilter final : public Filter {
 public:
  explicit FaultFilter(const Options& options) : options_(options) {}

  Task<void> handle(FilterCall& call, FilterNext next) override {
    const bool concerned = options_.header.empty() || call.head().fields.find(options_.header) != nullptr;
    if (concerned && options_.delay > Duration(0) && chosen(options_.delay_hundredths)) {
      (void)co_await sleep_for(options_.delay);
    }
    if (concerned && options_.abort != 0 && chosen(options_.abort_hundredths)) {
      call.refuse(static_cast<int>(options_.abort), "A fault on purpose");
      co_return;
    }
    co_await next();
  }

 private:
  const Options options_;
};

void check(const Options& options, SourcePosition position, const GatewayConfig&, Diagnostics& diagnostics) {
  if (options.abort != 0 && options.abort < 400) {
    diagnostics.error(position, "fault: abort must be a status from 400 on", "write one like 503");
  }
  if (options.abort == 0 && options.delay == Duration(0)) {
    diagnostics.error(position, "fault: neither 'delay' nor 'abort'", "give one of them");
  }
}

}  // namespace

const FilterFactory& fault_filter() {
  static const FilterKind<Options> kind("fault", LetsIn::kAll, &fault_schema, &make_filter<FaultFilter, Options>,
                                        &check);
  return kind;
}

}  // namespace banyan
