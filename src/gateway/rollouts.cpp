#include "gateway/rollouts.h"

#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "ledger/place_counts.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

constexpr Duration kTick = 20ms;
constexpr Duration kRetryAfter = 1s;
constexpr Duration kOrderTimeout = 10s;
constexpr std::size_t kOrdersMax = 64;
constexpr std::size_t kObservationsAtOnce = 4'096;
constexpr std::uint64_t kLostAtOnce = 100'000;
constexpr int kSamplesEachSecond = 5;
constexpr int kTimingsEachSecond = 50;
constexpr Duration kMaskSettles = 1min;  // requests under way have the mask of their configuration

WallTime wall_time() { return WallTime(Duration(current_env().wall_nanoseconds())); }

bool same_policy(const RolloutPolicy& left, const RolloutPolicy& right) {
  return left.mismatch_bound == right.mismatch_bound && left.steps == right.steps && left.hold == right.hold &&
         left.compared == right.compared;
}

bool is_person(std::string_view by) { return by != "evidence" && by != "alarm" && by != "deployment"; }

std::string position_text(const Position& position) {
  return std::string(stage_name(position.stage)) + " " + std::to_string(position.hundredths / 100) + "." +
         std::to_string(position.hundredths % 100 / 10) + std::to_string(position.hundredths % 10) + "%";
}

}  // namespace

Rollouts::Rollouts(GatewayState& state, std::unique_ptr<Ledger> ledger) : state_(state), ledger_(std::move(ledger)) {}

Result<void> Rollouts::restore() {
  BANYAN_TRY(std::vector<RouteHistory> known, ledger_->load());
  for (RouteHistory& history : known) {
    // The policy comes with the configuration, if the route is still in it.
    TrackedRoute tracked{Rollout(RolloutPolicy{}, history.last, history.since, now())};
    tracked.since = wall_time();
    BANYAN_TRY(const std::string moved_by, ledger_->moved_by(history.route));
    tracked.by_hand = !moved_by.empty() && is_person(moved_by);
    BANYAN_TRY(const std::vector<PlaceCount> places, ledger_->places(history.route, history.last.epoch));
    tracked.noise = noise_of(places);
    tracked.builds = {BuildWindow(history.last.key.old_build, now()), BuildWindow(history.last.key.new_build, now())};
    tracked.last = std::move(history.last);
    routes_.emplace(history.route, std::move(tracked));
  }
  return {};
}

TrackedRoute* Rollouts::find(const std::string& route) {
  const auto found = routes_.find(route);
  return found == routes_.end() || found->second.migration == nullptr ? nullptr : &found->second;
}

void Rollouts::adopt() {
  if (revision_ == state_.revision()) return;
  const std::shared_ptr<const GatewaySnapshot> snapshot = state_.snapshot();
  revision_ = snapshot->revision;
  ledger_->keep_samples(snapshot->config.ledger->samples_keep);
  if (mask_ != snapshot->config.ledger->mask) {
    mask_ = snapshot->config.ledger->mask;
    masked_since_ = wall_time() + kMaskSettles;
  }
  for (auto& [id, tracked] : routes_) {
    const auto named = [&id](const GatewayRoute& route) {
      return route.migration != nullptr && route.config->id == id;
    };
    if (std::none_of(snapshot->routes.begin(), snapshot->routes.end(), named)) {
      tracked.migration = nullptr;
      tracked.snapshot = nullptr;
    }
  }
  for (std::size_t i = 0; i < snapshot->routes.size(); ++i) {
    if (snapshot->routes[i].migration != nullptr) adopt_route(snapshot, i);
  }
}

void Rollouts::adopt_route(const std::shared_ptr<const GatewaySnapshot>& snapshot, std::size_t index) {
  const std::shared_ptr<const Migration>& migration = snapshot->routes[index].migration;
  const auto [found, added] = routes_.try_emplace(snapshot->routes[index].config->id, Rollout(migration->policy));
  TrackedRoute& tracked = found->second;
  const bool same = tracked.migration != nullptr && same_policy(tracked.migration->policy, migration->policy);
  if (!same && tracked.last) {
    tracked.rollout = Rollout(migration->policy, *tracked.last, tracked.rollout.evidence(), now());
    tracked.since = wall_time();
  }
  tracked.migration = migration;
  tracked.snapshot = snapshot;
  tracked.index = index;
  EpochKey key = tracked.rollout.key();
  key.rules = migration->rules;
  in_force(tracked, tracked.rollout.use(key, now(), wall_time()));
  publish(tracked);
  look_for_noise(tracked);
}

void Rollouts::publish(TrackedRoute& tracked) {
  RolloutRoute& route = *tracked.migration->route;
  const Position& position = tracked.rollout.position();
  route.share.store(tracked.goes_back ? 0 : position.hundredths);
  route.watched.store(position.stage != Stage::kRetired);
  route.learning.store(tracked.learns());
  route.set_noise(tracked.noise_places);
}

// What a transition changes besides the rollout itself.
void Rollouts::note(TrackedRoute& tracked, const std::string& id, const Transition& made) {
  if (!tracked.last || tracked.last->epoch != made.epoch) {
    tracked.noise = {};
    tracked.noise_places = std::make_shared<const PlaceSet>();
    tracked.waiting = {};
    tracked.since = made.at;
  }
  if (made.to != made.from) {
    tracked.since = made.at;
    tracked.by_hand = is_person(made.by);
  }
  tracked.last = made;
  tracked.noted = 0;
  log_info("route_moved", {{"route", id},
                           {"from", position_text(made.from)},
                           {"to", position_text(made.to)},
                           {"by", made.by},
                           {"why", made.why}});
}

void Rollouts::in_force(TrackedRoute& tracked, const std::optional<Transition>& made) {
  if (!made) return;
  publish(tracked);
  const std::string& id = tracked.migration->route->id;
  if (tracked.writing) {
    tracked.unwritten.push_back(*made);
  } else {
    ledger_->append_later(id, *made);
  }
  note(tracked, id, *made);
  publish(tracked);  // what belongs to the epoch
}

Task<void> Rollouts::run() {
  (void)co_await with_scope(this, [](Scope& scope, Rollouts*& self) -> Task<Result<void>> {
    scope.spawn_pinned("rollout steps", self->go_forward());
    co_await self->watch();
    co_return {};
  });
}

// Waits for nothing but the next tick.
Task<void> Rollouts::watch() {
  while ((co_await sleep_for(kTick)).ok()) {
    adopt();
    take_observations();
    look_at_breakers();
    if (now() - second_ >= 1s) each_second();
    carry_out_at_once();
  }
}

Task<Result<void>> Rollouts::go_forward() {
  while ((co_await sleep_for(kTick)).ok()) {
    co_await carry_out_steps();
    co_await promote_what_is_due();
  }
  co_return {};
}

// ---- what workers saw ----

void Rollouts::take_observations() {
  for (std::size_t i = 0; i < kObservationsAtOnce; ++i) {
    std::optional<std::unique_ptr<Observation>> seen = state_.observations.queue.try_receive();
    if (!seen) break;
    take_observation(**seen);
  }
  for (auto& [id, tracked] : routes_) {
    if (tracked.migration == nullptr) continue;
    const std::uint64_t too_long = tracked.migration->route->too_long.exchange(0, std::memory_order_relaxed);
    for (std::uint64_t i = 0; i < std::min(too_long, kLostAtOnce); ++i) count_too_long(tracked);
    const std::uint64_t lost = too_long + tracked.migration->route->lost.exchange(0, std::memory_order_relaxed);
    if (tracked.learns()) continue;
    tracked.outcomes[static_cast<std::size_t>(Comparison::kDropped)] += lost;
    for (std::uint64_t i = 0; i < std::min(lost, kLostAtOnce); ++i) {
      in_force(tracked, tracked.rollout.observe(Comparison::kDropped, now(), wall_time()));
    }
  }
}

void Rollouts::take_observation(Observation& seen) {
  TrackedRoute* tracked = find(seen.route->id);
  if (tracked == nullptr || tracked->migration->route != seen.route) return;  // under rules that are no more
  if (!tracked->migration->policy.compared) return take_answers(*tracked, seen);
  bool fits = true;
  bool lesson = tracked->learns();
  if (seen.sides[kOldSide] && seen.sides[kNewSide]) {
    fits = fits_builds(*tracked, seen);
    lesson = tracked->learns();
    learn_noise(*tracked, seen);
    observe_pair(*tracked, *seen.sides[kOldSide], *seen.sides[kNewSide]);
    if (seen.timed) in_force(*tracked, tracked->rollout.observe(*seen.timed, now(), wall_time()));
    tracked->waiting[kOldSide] = seen.sides[kOldSide];
  } else if (seen.sides[kNewSide]) {
    take_answers(*tracked, seen);
  }
  if (seen.too_long) count_too_long(*tracked);
  if (!seen.comparison || lesson) return;
  excuse_noise(*tracked, seen);
  if (!fits && seen.comparison != Comparison::kDifferent) seen.comparison = Comparison::kDropped;
  ++tracked->outcomes[static_cast<std::size_t>(*seen.comparison)];
  count_differences(*tracked, seen);
  in_force(*tracked, tracked->rollout.observe(*seen.comparison, now(), wall_time()));
}

bool Rollouts::fits_builds(TrackedRoute& tracked, const Observation& seen) {
  const ObservedSide& old_side = *seen.sides[kOldSide];
  const ObservedSide& new_side = *seen.sides[kNewSide];
  if (old_side.failed || new_side.failed) return true;  // a failure need not say whose it is
  if (old_side.build.empty() || new_side.build.empty()) {
    const EpochKey& key = tracked.rollout.key();
    return old_side.build == key.old_build && new_side.build == key.new_build;
  }
  see_builds(tracked, seen);
  return true;
}

void Rollouts::see_builds(TrackedRoute& tracked, const Observation& seen) {
  for (const std::size_t side : {kOldSide, kNewSide}) {
    if (seen.sides[side] && !seen.sides[side]->build.empty()) tracked.builds[side].see(seen.sides[side]->build, now());
  }
  const EpochKey next{tracked.builds[kOldSide].label(), tracked.builds[kNewSide].label(), tracked.rollout.key().rules};
  in_force(tracked, tracked.rollout.use(next, now(), wall_time()));
}

// One answer of one side: it makes a pair with the latest of the other side. Both were asked for clients, and chance
// said of which side, so that their times are a measure of each other.
void Rollouts::take_answers(TrackedRoute& tracked, const Observation& seen) {
  see_builds(tracked, seen);
  for (const std::size_t side : {kOldSide, kNewSide}) {
    if (seen.sides[side]) tracked.waiting[side] = seen.sides[side];
  }
  if (!tracked.waiting[kOldSide] || !tracked.waiting[kNewSide]) return;
  const auto [old_side, new_side] = std::exchange(tracked.waiting, {});
  observe_pair(tracked, *old_side, *new_side);
  if (old_side->failed || new_side->failed || old_side->took == Duration{} || new_side->took == Duration{}) return;
  const TimedPair timed{.old_took = old_side->took, .new_took = new_side->took};
  in_force(tracked, tracked.rollout.observe(timed, now(), wall_time()));
}

void Rollouts::observe_pair(TrackedRoute& tracked, const ObservedSide& old_side, const ObservedSide& new_side) {
  tracked.sides[kOldSide].add(old_side.took, old_side.failed);
  tracked.sides[kNewSide].add(new_side.took, new_side.failed);
  const AnswerPair pair{.old_failed = old_side.failed, .new_failed = new_side.failed};
  in_force(tracked, tracked.rollout.observe(pair, now(), wall_time()));
}

void Rollouts::learn_noise(TrackedRoute& tracked, const Observation& seen) {
  const bool learned = !tracked.learns();
  if (seen.again) {
    // A side that failed says nothing of its places.
    tracked.noise.replayed(*seen.again, seen.sides[kNewSide]->failed ? *seen.again : seen.differences);
    tracked.places_changed = true;
  }
  if (!learned && !tracked.learns()) look_for_noise(tracked);
}

void Rollouts::look_for_noise(TrackedRoute& tracked) {
  PlaceSet noise = tracked.noise.noise();
  if (noise != *tracked.noise_places) tracked.noise_places = std::make_shared<const PlaceSet>(std::move(noise));
  tracked.migration->route->learning.store(tracked.learns());
  tracked.migration->route->set_noise(tracked.noise_places);
}

// What whoever compared did not know to be noise is no difference all the same.
void Rollouts::excuse_noise(const TrackedRoute& tracked, Observation& seen) {
  if (seen.comparison == Comparison::kDropped) return;
  if (!is_all_noise(seen.differences, seen.all_places, *tracked.noise_places)) return;
  seen.comparison = Comparison::kEqual;
  seen.sample.reset();
}

void Rollouts::count_differences(TrackedRoute& tracked, Observation& seen) {
  if (!seen.differences.empty() && seen.comparison != Comparison::kRace) {
    tracked.noise.compared(seen.differences);
    tracked.places_changed = true;
  }
  if (!seen.sample) return;
  seen.sample->epoch = tracked.rollout.epoch();
  ledger_->note_sample(*std::move(seen.sample));
}

// Also while what is noise is being learned: where every body is too long, that never ends.
void Rollouts::count_too_long(TrackedRoute& tracked) {
  tracked.noise.compared({TrackedRoute::too_long()});
  tracked.places_changed = true;
}

void Rollouts::look_at_breakers() {
  for (auto& [id, tracked] : routes_) {
    if (tracked.migration == nullptr || tracked.rollout.position().hundredths == 0) continue;
    const GatewayRoute& route = tracked.snapshot->routes[tracked.index];
    CircuitBreaker* breaker = tracked.snapshot->clusters[route.clusters[kNewSide]].state->breaker();
    if (breaker == nullptr || breaker->state(now()) != CircuitBreaker::State::kOpen) continue;
    in_force(tracked, tracked.rollout.breaker_opened(now(), wall_time()));
  }
}

void Rollouts::each_second() {
  second_ = now();
  for (auto& [id, tracked] : routes_) {
    if (tracked.migration == nullptr) continue;
    tracked.migration->route->samples_left.store(kSamplesEachSecond, std::memory_order_relaxed);
    tracked.migration->route->timings_left.store(kTimingsEachSecond, std::memory_order_relaxed);
    note_places(tracked);
    const Evidence& evidence = tracked.rollout.evidence();
    if (evidence.eligible + evidence.pairs == tracked.noted) continue;
    if (!tracked.unwritten.empty()) continue;  // the number of its position is not known yet
    tracked.noted = evidence.eligible + evidence.pairs;
    ledger_->note_evidence({.route = id, .sequence = tracked.rollout.sequence(), .evidence = evidence});
  }
}

void Rollouts::note_places(TrackedRoute& tracked) {
  if (!std::exchange(tracked.places_changed, false)) return;
  look_for_noise(tracked);
  ledger_->note_places(
      {.route = tracked.migration->route->id, .epoch = tracked.rollout.epoch(), .places = place_counts(tracked.noise)});
}

// ---- steps ----

Task<void> Rollouts::promote_what_is_due() {
  for (auto& [id, tracked] : routes_) {
    if (tracked.migration == nullptr || now() < tracked.retry_at || !ledger_->health().writable) continue;
    if (tracked.verified_by_hand()) continue;
    std::optional<Transition> proposed = tracked.rollout.propose(wall_time(), now());
    if (proposed) (void)co_await step(tracked, *std::move(proposed));
  }
}

// Written first. What goes back meanwhile has overtaken it: it is in the ledger then, but not in force.
Task<Result<void>> Rollouts::step(TrackedRoute& tracked, Transition proposed) {
  const std::string id = tracked.migration->route->id;
  tracked.writing = true;
  Result<void> written = co_await ledger_->append(id, proposed);
  tracked.writing = false;
  const bool overtaken = !tracked.unwritten.empty();
  if (overtaken) write_what_overtook(tracked, id, written.ok());
  if (!written.ok()) {
    tracked.retry_at = now() + kRetryAfter;
    log_warn("ledger_not_written", {{"route", id}, {"problem", written.error().text()}});
    co_return written;
  }
  if (overtaken) co_return Error(ErrorCode::kFailedPrecondition, "it went back, or was held, before this was written");
  BANYAN_CHECK(tracked.rollout.commit(proposed, now()));
  if (tracked.migration != nullptr) publish(tracked);  // else a reload has taken the route away
  note(tracked, id, proposed);
  co_return {};
}

// Whatever is made from now on comes behind it.
void Rollouts::write_what_overtook(TrackedRoute& tracked, const std::string& id, bool number_is_taken) {
  if (number_is_taken) {
    tracked.rollout.skip_number();
    ++tracked.last->sequence;
  }
  for (Transition& made : std::exchange(tracked.unwritten, {})) {
    if (number_is_taken) ++made.sequence;
    ledger_->append_later(id, std::move(made));
  }
}

// ---- what people say ----

Task<Result<void>> Rollouts::act(std::string route, RolloutAction action, std::string by, std::string reason) {
  TrackedRoute* tracked = find(route);
  if (tracked == nullptr) co_return Error(ErrorCode::kNotFound, "no route '" + route + "' has 'migrate'");
  if (orders_.size() >= kOrdersMax) co_return Error(ErrorCode::kUnavailable, "too much is asked for at once");
  if (action == RolloutAction::kRollBack) {
    tracked->goes_back = true;
    tracked->migration->route->share.store(0);
  }
  auto order = std::make_shared<Order>();
  order->route = std::move(route);
  order->action = action;
  order->by = std::move(by);
  order->reason = std::move(reason);
  orders_.push_back(order);
  Result<std::optional<Result<void>>> done = co_await order->done.receive(now() + kOrderTimeout);
  if (!done.ok()) co_return std::move(done).error();
  if (!*done) co_return Error(ErrorCode::kUnavailable, "the gateway is ending");
  co_return **std::move(done);
}

// Steps forward, in the order they were asked for.
Task<void> Rollouts::carry_out_steps() {
  const auto is_step = [](const std::shared_ptr<Order>& order) {
    return order->action == RolloutAction::kPromote || order->action == RolloutAction::kRetire;
  };
  for (;;) {
    const auto next = std::find_if(orders_.begin(), orders_.end(), is_step);
    if (next == orders_.end()) co_return;
    const std::shared_ptr<Order> order = *next;
    orders_.erase(next);
    TrackedRoute* tracked = find(order->route);
    Result<Transition> proposed = Error(ErrorCode::kNotFound, "the route is no more");
    if (tracked != nullptr) {
      const Rollout& rollout = tracked->rollout;
      proposed = order->action == RolloutAction::kPromote ? rollout.promote(order->by, order->reason, wall_time())
                                                          : rollout.retire(order->by, order->reason, wall_time());
    }
    if (proposed.ok()) {
      (void)order->done.try_send(co_await step(*tracked, *std::move(proposed)));
    } else {
      (void)order->done.try_send(std::move(proposed).error());
    }
  }
}

// All others.
void Rollouts::carry_out_at_once() {
  for (std::size_t i = 0; i < orders_.size();) {
    const std::shared_ptr<Order> order = orders_[i];
    if (order->action == RolloutAction::kPromote || order->action == RolloutAction::kRetire) {
      ++i;
      continue;
    }
    orders_.erase(orders_.begin() + static_cast<std::ptrdiff_t>(i));
    TrackedRoute* tracked = find(order->route);
    if (tracked == nullptr) {
      (void)order->done.try_send(Error(ErrorCode::kNotFound, "the route is no more"));
    } else {
      (void)order->done.try_send(carry_out(*tracked, *order));
    }
  }
}

Result<void> Rollouts::carry_out(TrackedRoute& tracked, const Order& order) {
  Rollout& rollout = tracked.rollout;
  if (order.action == RolloutAction::kHold) {
    in_force(tracked, rollout.hold(order.by, order.reason, wall_time()));
  } else if (order.action == RolloutAction::kRelease) {
    BANYAN_TRY(Transition made, rollout.release(order.by, order.reason, wall_time()));
    in_force(tracked, std::move(made));
  } else {
    tracked.goes_back = false;
    in_force(tracked, rollout.roll_back(order.by, order.reason, now(), wall_time()));
  }
  return {};
}

}  // namespace banyan
