// What the admin API says of routes that migrate (docs/admin-api.md).
#include "gateway/rollouts.h"
#include "json/write.h"
#include "ledger/masked_sample.h"
#include "rollout/transition_json.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

constexpr std::size_t kTransitionsShown = 200;
constexpr std::size_t kSamplesShown = 50;

double milliseconds(Duration duration) { return static_cast<double>(duration.count() / 1'000) / 1'000.0; }

void write_side(json::Writer& out, std::string_view name, const AnswerTimes& side) {
  out.key(name).begin_object().key("p50_ms").number(milliseconds(side.quantile(0.5)));
  out.key("p99_ms").number(milliseconds(side.quantile(0.99)));
  out.key("errors").unsigned_integer(side.errors()).key("answers").unsigned_integer(side.answers()).end_object();
}

// The position after this one, also where it is held.
std::optional<Position> next_of(Rollout rollout) {
  if (rollout.held()) (void)rollout.release("", "", WallTime{});
  const Result<Transition> next = rollout.promote("", "", WallTime{});
  return next.ok() ? std::optional(next->to) : std::nullopt;
}

void write_evidence(json::Writer& out, const Rollout& rollout, const RolloutPolicy& policy) {
  const Evidence& evidence = rollout.evidence();
  const double bound = shown_mismatch_bound(evidence.answers);
  out.key("bound");
  if (bound < 1) {
    out.number(bound);
  } else {
    out.null();
  }
  out.key("mismatch_bound").number(policy.mismatch_bound);
  out.key("compared").unsigned_integer(evidence.answers.compared);
  out.key("different").unsigned_integer(evidence.answers.different);
  out.key("races").unsigned_integer(evidence.races).key("dropped").unsigned_integer(evidence.dropped);
  out.key("eligible").unsigned_integer(evidence.eligible);
  const std::uint64_t needed = policy.compared ? comparisons_left(evidence.answers, policy.mismatch_bound) : 0;
  out.key("comparisons_needed").unsigned_integer(needed);
}

void write_hold(json::Writer& out, const std::optional<Hold>& hold) {
  out.key("held").boolean(hold.has_value()).key("hold_reason").string(hold ? hold->reason : "");
  out.key("hold_by_alarm").boolean(hold && hold->by_alarm);
}

void write_next(json::Writer& out, const TrackedRoute& tracked) {
  out.key("steps").begin_array();
  for (const std::uint32_t step : tracked.migration->policy.steps) out.unsigned_integer(step);
  out.end_array().key("next");
  if (const std::optional<Position> next = next_of(tracked.rollout)) {
    out.begin_object().key("stage").string(stage_name(next->stage));
    out.key("share_hundredths").unsigned_integer(next->hundredths).end_object();
  } else {
    out.null();
  }
}

void write_match(json::Writer& out, const RouteConfig& route) {
  std::string methods;
  for (const std::string& name : route.match.methods) methods += (methods.empty() ? "" : ", ") + name;
  out.begin_object().key("id").string(route.id).key("method").string(methods);
  out.key("path").string(route.match.path.empty() ? route.match.prefix : route.match.path);
  out.key("from").string(route.migrate->from).key("to").string(route.migrate->to);
}

std::string waits_for(const TrackedRoute& tracked, const LedgerHealth& health) {
  if (!health.writable) return "the ledger cannot be written";
  if (tracked.writing) return "the next step is being written";
  if (tracked.verified_by_hand()) return "it was verified by hand, so it goes on by hand";
  const Rollout& rollout = tracked.rollout;
  const bool learning = tracked.migration->policy.compared && tracked.learns();
  const std::string too_long =
      tracked.too_long_count() == 0
          ? ""
          : "; too long to be compared since builds and rules are these: " + std::to_string(tracked.too_long_count());
  // What only people can change comes before what time brings.
  if (rollout.held() || !rollout.key().builds_known() || !learning) {
    return rollout.waiting_for(now()) + (learning || rollout.drops_too_many() ? too_long : "");
  }
  return "learning what differs by itself: " + std::to_string(FieldNoise::kReplaysMin - tracked.noise.replays()) +
         " requests more are asked of the old side twice" + too_long;
}

void write_route(json::Writer& out, const TrackedRoute& tracked, const LedgerHealth& health) {
  const Rollout& rollout = tracked.rollout;
  const RolloutPolicy& policy = tracked.migration->policy;
  const bool unverified = tracked.by_hand || !policy.compared;
  write_match(out, *tracked.snapshot->routes[tracked.index].config);
  out.key("stage").string(stage_name(rollout.position().stage));
  out.key("share_hundredths").unsigned_integer(tracked.migration->route->share.load());
  out.key("epoch").unsigned_integer(rollout.epoch()).key("old_build").string(rollout.key().old_build);
  out.key("new_build").string(rollout.key().new_build);
  write_hold(out, rollout.held());
  out.key("unverified").boolean(unverified);
  write_evidence(out, rollout, policy);
  out.key("too_long").unsigned_integer(tracked.too_long_count());
  out.key("passed_over").unsigned_integer(tracked.migration->route->passed_over.load(std::memory_order_relaxed));
  out.key("held_since").string(rfc3339(tracked.since));
  out.key("hold_s").number(static_cast<double>(policy.hold.count() / 1'000'000) / 1'000.0);
  write_next(out, tracked);
  out.key("blocked_by").string(waits_for(tracked, health));
  write_side(out, "old", tracked.sides[kOldSide]);
  write_side(out, "new", tracked.sides[kNewSide]);
  out.end_object();
}

void write_differences(json::Writer& out, const TrackedRoute& tracked) {
  out.key("differences").begin_array();
  for (const auto& [place, field] : tracked.noise.fields()) {
    if (field.different == 0) continue;
    out.begin_object().key("path").string(place.place).key("kind").string(place.kind);
    out.key("count").unsigned_integer(field.different);
    out.key("noise").boolean(tracked.noise_places->contains(place)).end_object();
  }
  out.end_array();
}

void write_sample(json::Writer& out, const Sample& sample) {
  out.begin_object().key("at").string(rfc3339(sample.at)).key("request").string(sample.request_line);
  out.key("request_id").string(sample.request_id).key("race").boolean(sample.race);
  out.key("old").raw(sample.old_answer).key("new").raw(sample.new_answer);
  out.key("differences").raw(sample.differences).end_object();
}

constexpr Stage kStages[] = {Stage::kLegacy,  Stage::kMirrored, Stage::kVerified,
                             Stage::kShifted, Stage::kNative,   Stage::kRetired};
// As Comparison.
constexpr std::string_view kOutcomes[] = {"equal", "different", "race", "dropped"};

// One sample for each route, of a family begun before.
template <class Value>
void write_gauge(MetricsText& text, const std::map<std::string, TrackedRoute>& routes, Value value) {
  for (const auto& [id, tracked] : routes) {
    if (tracked.migration != nullptr) text.sample({{"route", id}}, value(tracked));
  }
}

}  // namespace

void Rollouts::write_metrics(MetricsText& text) const {
  text.family(MetricKind::kGauge, "banyan_rollout_stage", "1 for the stage at which a route is that migrates.");
  for (const auto& [id, tracked] : routes_) {
    for (const Stage stage : kStages) {
      if (tracked.migration == nullptr) break;
      text.sample({{"route", id}, {"stage", stage_name(stage)}}, tracked.rollout.position().stage == stage ? 1 : 0);
    }
  }
  text.family(MetricKind::kGauge, "banyan_rollout_share_ratio", "Share of the requests that the new side answers.");
  write_gauge(text, routes_, [](const TrackedRoute& tracked) {
    return static_cast<double>(tracked.migration->route->share.load()) / RolloutPolicy::kAllOfRequests;
  });
  text.family(MetricKind::kGauge, "banyan_rollout_held", "1 where a route goes no further by itself.");
  write_gauge(text, routes_, [](const TrackedRoute& tracked) { return tracked.rollout.held() ? 1 : 0; });
  text.family(MetricKind::kGauge, "banyan_rollout_bound_ratio",
              "Share of different answers that is shown not to be reached at this position; 1 where nothing is shown.");
  write_gauge(text, routes_,
              [](const TrackedRoute& tracked) { return shown_mismatch_bound(tracked.rollout.evidence().answers); });
  text.family(MetricKind::kCounter, "banyan_rollout_comparisons_total", "Requests to be compared, by what came of it.");
  for (const auto& [id, tracked] : routes_) {
    for (std::size_t i = 0; tracked.migration != nullptr && i < tracked.outcomes.size(); ++i) {
      text.sample({{"route", id}, {"outcome", kOutcomes[i]}}, tracked.outcomes[i]);
    }
    if (tracked.migration == nullptr) continue;
    text.sample({{"route", id}, {"outcome", "passed_over"}},
                tracked.migration->route->passed_over.load(std::memory_order_relaxed));
  }
  text.family(MetricKind::kGauge, "banyan_ledger_writable", "0 while the ledger cannot be written.");
  text.sample({}, ledger_->health().writable ? 1 : 0);
}

std::string Rollouts::overview_json() const {
  const LedgerHealth health = ledger_->health();
  std::string text;
  json::Writer out(text);
  out.begin_object().key("writable").boolean(health.writable).key("error").string(health.last_error);
  out.key("routes").begin_array();
  for (const auto& [id, tracked] : routes_) {
    if (tracked.migration != nullptr) write_route(out, tracked, health);
  }
  out.end_array().end_object();
  return text + "\n";
}

Task<Result<std::string>> Rollouts::route_json(std::string route) const {
  const Error unknown(ErrorCode::kNotFound, "no route '" + route + "' has 'migrate'");
  if (!routes_.contains(route)) co_return unknown;
  const std::vector<Transition> transitions = co_await try_(co_await ledger_->transitions(route, kTransitionsShown));
  std::vector<Sample> samples = co_await try_(co_await ledger_->samples(route, kSamplesShown));
  const TrackedRoute& tracked = routes_.find(route)->second;  // a name once known stays
  if (tracked.migration == nullptr) co_return unknown;
  for (Sample& sample : samples) {
    if (sample.at < masked_since_) mask_again(sample, tracked.snapshot->sample_mask);
  }
  std::string text;
  json::Writer out(text);
  out.begin_object().key("route");
  write_route(out, tracked, ledger_->health());
  out.key("transitions").begin_array();
  for (const Transition& transition : transitions) {
    std::string line;
    append_transition(line, transition);
    out.raw(line);
  }
  out.end_array();
  write_differences(out, tracked);
  out.key("samples").begin_array();
  for (const Sample& sample : samples) write_sample(out, sample);
  out.end_array().end_object();
  co_return text + "\n";
}

}  // namespace banyan
