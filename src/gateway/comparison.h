// One request sent to both sides of a route that migrates, and what came of it.
//
// The side that did not answer the client gets a copy when the client has its answer, so that nothing delays it. The
// answers are compared on threads of their own. A difference is asked again, of the old side, the new one and the old
// one: what then agrees, or has changed on the old side meanwhile, was a race. Of a part the old side is asked once
// more, and what differs then is learned as noise (answers/field_noise.h).
//
// The side that answered the client was asked at another moment than the one that got the copy, beside other work, and
// without waiting behind clients; so their times are no measure of each other. A part of the requests is asked again of
// both, one after the other in an order left to chance: then both are copies, and both have seen the request before.
//
// Of a request that changes something the copies go into the sandbox. Where that is a cluster alone the old side gets
// none: there is no second look, and what the new side answered is sent to the sandbox only to keep it in step.
//
// Bounded: kMirrorsUnderWayMax of a worker at once (gateway/mirror.h); for all of them kComparedBytesMax of answers and
// kComparisonsWaitingMax comparisons that wait. What does not fit is dropped, and counted as that.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/migration.h"
#include "gateway/mirror.h"
#include "ledger/records.h"
#include "runtime/channel.h"

namespace banyan {

inline constexpr std::size_t kComparedBytesMax = std::size_t{64} << 20;

struct ObservedSide {
  bool failed = false;  // status 500 and above, timeout, broken connection
  Duration took{};      // from when a connection took the request to the answer's head; zero: not known
  std::string build;    // "" where it is not known

  static constexpr std::size_t kBuildBytesMax = 128;
};
ObservedSide observed_side(const ComparedAnswer& answer, bool answered, Duration took, const std::string& build_header);
// Where the answer does not say its build: the one that the checks of health saw last.
void tell_build(ObservedSide& side, WorkerCluster& cluster);
// Whether nothing differs but noise. False where nothing differs.
bool is_all_noise(const std::vector<DifferentPlace>& places, bool all_places, const PlaceSet& noise);

// What the workers tell the task of the rollouts.
struct Observation {
  std::shared_ptr<RolloutRoute> route;
  std::optional<Comparison> comparison;              // nothing: the old side failed, and there is no measure
  bool too_long = false;                             // why it was dropped: a body is longer than is compared
  std::array<std::optional<ObservedSide>, 2> sides;  // both; none where it was dropped; one alone has no copy
  std::optional<TimedPair> timed;
  std::vector<DifferentPlace> differences;           // at the first look, noise too
  bool all_places = true;                            // and there are no others
  std::optional<std::vector<DifferentPlace>> again;  // where the old side, asked twice, differs from itself
  std::optional<Sample> sample;
};

// Between the workers and the task of the rollouts.
struct ObservationDesk {
  // Hands it over, or counts it as lost. Never waits.
  void tell(std::unique_ptr<Observation> observation);

  Channel<std::unique_ptr<Observation>> queue{1024};
  std::atomic<std::size_t> answer_bytes{0};  // that wait to be compared
};

struct ComparisonJob {
  std::unique_ptr<MirrorJob> copy;  // `answered` is what the client got
  std::shared_ptr<const Migration> migration;
  std::size_t client_side = kOldSide;
  std::array<std::shared_ptr<WorkerCluster>, 2> clusters;  // that get the sides' copies
  std::shared_ptr<WorkerCluster> answered_by;              // that the client has its answer from
  std::array<fastcgi::ScriptChoice, 2> scripts;            // of those that are php-fpm
  std::optional<std::size_t> timed_first;                  // both sides are timed, this one first
  std::string request_line;
  std::string request_id;
  bool twice = false;               // the old side is asked once more, to learn what is noise
  ObservationDesk* desk = nullptr;  // outlives it
};

// Gives the copy what tells both sides that it is one. The client's parameter or header of the same name is taken away:
// whichever of two a service believes, it is ours.
void enter_sandbox(MirrorJob& copy, const SandboxConfig& sandbox);

// Runs as a pinned task; `under_way` is one less when it has ended.
Task<void> run_comparison(std::unique_ptr<ComparisonJob> job, std::shared_ptr<unsigned> under_way);

}  // namespace banyan
