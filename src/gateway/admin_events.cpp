#include "gateway/admin_events.h"

#include <algorithm>
#include <charconv>

#include "http/target.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

constexpr Duration kStep = std::chrono::milliseconds(100);
constexpr Duration kSilenceMax = std::chrono::seconds(5);

BodyFrame data_frame(std::string_view text) { return {.kind = BodyFrame::Kind::kData, .data = text}; }

std::string event(std::string_view name, std::string_view data) {
  std::string text("event: ");
  return text.append(name).append("\ndata: ").append(data).append("\n\n");
}

}  // namespace

std::shared_ptr<const std::string> LiveFrames::at(TimePoint time) {
  const std::int64_t number = time.time_since_epoch() / kEvery;
  if (number != number_ || frame_ == nullptr) {
    std::string status = status_();
    while (status.ends_with('\n')) status.pop_back();
    frame_ = std::make_shared<const std::string>(event("status", status));
    number_ = number;
  }
  return frame_;
}

Task<Result<BodyFrame>> LiveEvents::next() {
  while (now() < due_) {
    if (over()) co_return BodyFrame{};
    co_await try_(co_await sleep_until(std::min(due_, now() + kStep)));
  }
  frame_ = frames_.at(now());
  // All listeners wake at the same moments, just after a second has begun, and so share its frame.
  due_ = TimePoint((now().time_since_epoch() / LiveFrames::kEvery + 1) * LiveFrames::kEvery);
  co_return data_frame(*frame_);
}

std::string RequestEvents::fresh() {
  std::string text;
  std::uint64_t skipped = 0;
  for (const std::string& line : take(&skipped)) text += event("request", line);
  if (skipped != skipped_) text += event("skipped", "{\"skipped\":" + std::to_string(skipped) + "}");
  skipped_ = skipped;
  return text;
}

Task<Result<BodyFrame>> RequestEvents::next() {
  for (;;) {
    if (over()) co_return BodyFrame{};
    frame_ = fresh();
    if (frame_.empty() && now() - silent_since_ >= kSilenceMax) frame_ = ": nothing yet\n\n";
    if (!frame_.empty()) {
      silent_since_ = now();
      co_return data_frame(frame_);
    }
    co_await try_(co_await sleep_for(kStep));
  }
}

Task<void> answer_events(Exchange& exchange, BodySource& stream) {
  Fields fields;
  fields.add_copy(FieldId::kContentType, "text/event-stream");
  fields.add_copy(FieldId::kCacheControl, "no-store");
  (void)co_await exchange.respond_stream(200, fields, stream);
}

Result<TapFilter> read_tap_filter(std::string_view query) {
  TapFilter filter;
  std::string status;
  (void)query_value(query, "route", filter.route);
  (void)query_value(query, "cluster", filter.cluster);
  (void)query_value(query, "method", filter.method);
  (void)query_value(query, "text", filter.text);
  if (!query_value(query, "status", status) || status.empty()) return filter;
  if (status.size() == 3 && status[0] >= '1' && status[0] <= '5' && status.ends_with("xx")) {
    filter.status_from = (status[0] - '0') * 100;
    filter.status_to = filter.status_from + 99;
    return filter;
  }
  const auto [end, error] = std::from_chars(status.data(), status.data() + status.size(), filter.status_from);
  filter.status_to = filter.status_from;
  if (error == std::errc() && end == status.data() + status.size() && filter.status_from >= 100 &&
      filter.status_from <= 599) {
    return filter;
  }
  return Error(ErrorCode::kInvalidArgument, "status is a code like 404, or a class like 5xx");
}

Result<CaptureRules> read_capture_rules(std::string_view query, const GatewayConfig& config) {
  CaptureRules rules;
  Credentials credentials = Credentials::kHidden;
  std::vector<std::string> masked = config.ledger ? config.ledger->mask : std::vector<std::string>();
  QueryReader reader(query);
  for (QueryParameter parameter; reader.next(parameter);) {
    std::string value;
    form_decode(parameter.value, value);
    if (parameter.name == "credentials" && value != "kept") {
      return Error(ErrorCode::kInvalidArgument, "credentials may be 'kept', or are left out");
    }
    if (parameter.name == "credentials") credentials = Credentials::kKept;
    if (parameter.name == "mask") masked.push_back(std::move(value));
    if (parameter.name == "route") rules.route = std::move(value);
  }
  const auto named = [&rules](const RouteConfig& route) { return route.id == rules.route; };
  if (!rules.route.empty() && std::ranges::none_of(config.routes, named)) {
    return Error(ErrorCode::kNotFound, "no route of the gateway is named '" + rules.route + "'");
  }
  BANYAN_TRY(rules.mask, Mask::parse(masked, credentials));
  return rules;
}

}  // namespace banyan
