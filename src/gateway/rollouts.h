// Moves the routes that migrate: two tasks that say how far each has come, and write it to the ledger.
//
// Workers tell what came of each comparison (gateway/comparison.h); a few times in a tenth of a second one task takes
// it up, holds it against the rules (rollout/rollout.h), and swaps the share that workers look at. A step back takes
// effect at once and is written down after that. A step forward is written down first, by the other task, so that a
// disk that hangs keeps nobody from going back: a step that was overtaken like that does not take effect when it has
// been written at last, and what overtook it is written behind it. When the ledger cannot be written nothing goes
// forward, and traffic is not touched.
//
// Which builds answer is told by the answers. Those of another build begin a new epoch; several that answer side by
// side are one name together (rollout/build_window.h). Where an answer does not say its build, an equal outcome and
// a race count as not compared and a different one as different.
//
// The first comparisons of an epoch only teach what differs by itself (answers/field_noise.h) and are no evidence.
//
// Everything here belongs to one worker: the tasks, the admin API that asks, and the control task that restores.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/answer_times.h"
#include "gateway/gateway_state.h"
#include "ledger/ledger.h"
#include "rollout/build_window.h"
#include "rollout/rollout.h"
#include "telemetry/metrics_text.h"

namespace banyan {

// One route, as the tasks know it.
struct TrackedRoute {
  explicit TrackedRoute(Rollout its_rollout) : rollout(std::move(its_rollout)) {}

  // Nothing has been shown then, so that the first share is given by hand as well.
  bool verified_by_hand() const { return by_hand && rollout.position().stage == Stage::kVerified; }
  // Whether comparisons teach what is noise, and are no evidence yet.
  bool learns() const { return migration->config->noise_hundredths > 0 && !noise.learned(); }

  // What is counted beside the places that differ: a body, of the request or an answer, that is longer than is
  // compared.
  static DifferentPlace too_long() { return {"body", "too long"}; }
  std::uint64_t too_long_count() const {
    const auto found = noise.fields().find(too_long());
    return found == noise.fields().end() ? 0 : found->second.different;
  }

  Rollout rollout;
  std::optional<Transition> last;
  std::shared_ptr<const Migration> migration;          // null: no route of the configuration has this name
  std::shared_ptr<const GatewaySnapshot> snapshot;     // that `migration` refers into
  std::size_t index = 0;                               // of the route in it
  std::array<AnswerTimes, 2> sides;                    // old, new
  std::array<BuildWindow, 2> builds;                   // old, new
  std::array<std::optional<ObservedSide>, 2> waiting;  // for one of the other side, where an answer has no copy
  FieldNoise noise;                                    // of this epoch; counts what differed too
  std::shared_ptr<const PlaceSet> noise_places = std::make_shared<const PlaceSet>();
  std::array<std::uint64_t, 4> outcomes{};  // by Comparison, since the gateway was started
  WallTime since{};                         // at this position, watched
  TimePoint retry_at{};                     // after a step could not be written
  std::uint64_t noted = 0;                  // eligible comparisons and pairs when evidence was last noted
  bool by_hand = false;                     // it is where it is because somebody said so
  bool places_changed = false;              // since they were last noted
  bool goes_back = false;                   // a rollback waits for the task; the share is 0 already
  bool writing = false;                     // a step forward is on its way to the disk
  std::deque<Transition> unwritten;         // in force since then
};

enum class RolloutAction : std::uint8_t { kPromote, kHold, kRelease, kRollBack, kRetire };

class Rollouts {
 public:
  Rollouts(GatewayState& state, std::unique_ptr<Ledger> ledger);

  // What the ledger knows of the routes. Blocks; before workers start. Errors: those of Ledger::load().
  Result<void> restore();
  // Takes up the routes of the snapshot in use.
  void adopt();
  // Until it is cancelled.
  Task<void> run();

  // What a person asks for; suspends until it is done. Errors: kNotFound, kFailedPrecondition with what stands against
  // it, kUnavailable where the ledger cannot be written.
  Task<Result<void>> act(std::string route, RolloutAction action, std::string by, std::string reason);

  // For the admin API: the answers to /ledger and /ledger/ROUTE. Errors: kNotFound, and those of the ledger.
  std::string overview_json() const;
  Task<Result<std::string>> route_json(std::string route) const;
  // For GET /metrics.
  void write_metrics(MetricsText& text) const;

 private:
  struct Order {
    std::string route;
    RolloutAction action = RolloutAction::kHold;
    std::string by;
    std::string reason;
    Channel<Result<void>> done{1};
  };

  TrackedRoute* find(const std::string& route);
  void adopt_route(const std::shared_ptr<const GatewaySnapshot>& snapshot, std::size_t index);
  void publish(TrackedRoute& tracked);
  static void note(TrackedRoute& tracked, const std::string& id, const Transition& made);
  void in_force(TrackedRoute& tracked, const std::optional<Transition>& made);
  void take_observations();
  void take_observation(Observation& seen);
  bool fits_builds(TrackedRoute& tracked, const Observation& seen);
  void see_builds(TrackedRoute& tracked, const Observation& seen);
  void take_answers(TrackedRoute& tracked, const Observation& seen);
  void observe_pair(TrackedRoute& tracked, const ObservedSide& old_side, const ObservedSide& new_side);
  void learn_noise(TrackedRoute& tracked, const Observation& seen);
  void look_for_noise(TrackedRoute& tracked);
  static void excuse_noise(const TrackedRoute& tracked, Observation& seen);
  void count_differences(TrackedRoute& tracked, Observation& seen);
  static void count_too_long(TrackedRoute& tracked);
  void look_at_breakers();
  void each_second();
  void note_places(TrackedRoute& tracked);
  Task<void> watch();
  Task<Result<void>> go_forward();
  Task<void> promote_what_is_due();
  Task<void> carry_out_steps();
  void carry_out_at_once();
  Result<void> carry_out(TrackedRoute& tracked, const Order& order);
  Task<Result<void>> step(TrackedRoute& tracked, Transition proposed);
  void write_what_overtook(TrackedRoute& tracked, const std::string& id, bool number_is_taken);

  GatewayState& state_;
  std::unique_ptr<Ledger> ledger_;
  std::map<std::string, TrackedRoute> routes_;
  std::deque<std::shared_ptr<Order>> orders_;
  std::uint64_t revision_ = 0;
  std::vector<std::string> mask_;  // places of the configuration in use
  WallTime masked_since_{};        // what was kept before may have been masked by other ones
  TimePoint second_{};
};

}  // namespace banyan
