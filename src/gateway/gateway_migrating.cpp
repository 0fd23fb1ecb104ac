// What a worker does for a route that migrates: who answers, and what is sent to the other side.
#include <algorithm>

#include "fpm/fpm_connections.h"
#include "gateway/comparison.h"
#include "gateway/gateway_request.h"
#include "gray/head_values.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

constexpr std::uint64_t kTimedOneOf = 4;  // comparisons: both sides are asked again to be timed

// Where copies would wait for long. A saturated php-fpm gets as many as it can take, chosen before anything is known of
// them, and not as many as there are, most of them too late.
bool behind_with_copies(const GatewayCluster& cluster) {
  return cluster.fpm != nullptr && cluster.fpm->behind_with_copies();
}

// Which of the snapshot's clusters gets the side's copies.
std::size_t copies_to(const GatewayRoute& route, std::size_t side) {
  const bool apart = side == kNewSide && !route.migration->config->sandbox.cluster.empty();
  return apart ? route.mirror_cluster : route.clusters[side];
}

}  // namespace

// The share is looked at once. With a key, users who have moved stay moved while it grows. A colour chooses among sides
// that have one each: what is not proven or was taken back gets nobody but testers, and what is to go gets nobody.
void GatewayWorker::choose_migrated(Request& request, std::string_view path) {
  const GatewayRoute& route = *request.route;
  const std::uint32_t share = route.migration->route->share.load(std::memory_order_relaxed);
  if (route.config->migrate->is_tester(request.given_colour)) {
    request.choice = kNewSide;
    return;
  }
  if (route.gray == nullptr) {
    request.choice = random() % kSplitBuckets < share ? kNewSide : kOldSide;
    return;
  }
  const HeadValues values(request.exchange.head(), path, request.client.address);
  const bool both = share > 0 && share < kSplitBuckets;
  const std::string_view colour = both ? std::string_view(request.given_colour) : std::string_view();
  const GrayDecision decision = route.gray->decide(values, {.colour = colour, .random = random()});
  request.choice = decision.target;
  if (decision.by != DecidedBy::kColour) {
    const bool percents = decision.by == DecidedBy::kKey && route.config->gray.sticky->mod100.has_value();
    request.choice = decision.bucket * (percents ? 100 : 1) < share ? kNewSide : kOldSide;
  }
  if (request.colour.empty()) request.colour = route.config->split[*request.choice].colour_name();
}

// Whether the other side gets a copy; where it should and there is no room for it, that is counted.
bool GatewayWorker::wants_comparison(const Request& request) {
  const Migration& migration = *request.route->migration;
  RolloutRoute& route = *migration.route;
  if (!migration.policy.compared || !route.watched.load(std::memory_order_relaxed)) return false;
  if (!request.exchange.framing().upgrade.empty()) return false;
  const auto part = static_cast<std::uint64_t>(migration.config->mirror.hundredths);
  if (part < kSplitBuckets && random() % kSplitBuckets >= part) return false;
  const std::size_t side = migration.config->sandbox.new_side_alone() ? kNewSide : 1 - *request.choice;
  if (behind_with_copies(request.snapshot->clusters[copies_to(*request.route, side)])) {
    route.passed_over.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  if (*mirrors_under_way_ < kMirrorsUnderWayMax && !state_.memory.above_soft_limit()) return true;
  route.lost.fetch_add(1, std::memory_order_relaxed);
  return false;
}

// Whether a side has had the request for as long as an answer may take at most, without giving one: that the client
// would not wait for longer is no excuse. `took` is zero where it is not known.
bool GatewayWorker::hangs(const Request& request, Duration took) {
  return request.handed_over != TimePoint{} && took >= request.route->migration->config->mirror.timeout;
}

// Where nothing is compared, failures and times of both sides are all that is known.
void GatewayWorker::tell_answer(Request& request, WorkerCluster::Sent& sent, Duration took) {
  const Migration& migration = *request.route->migration;
  if (*request.choice == kOldSide && migration.route->share.load(std::memory_order_relaxed) == 0) return;
  if (!sent.ok()) {
    const bool cancelled = sent.failure().error.code() == ErrorCode::kCancelled;
    if (request.client_left() ? !hangs(request, took) : cancelled) return;
  }
  ComparedAnswer answer;
  if (sent.ok()) {
    answer.status = (*sent)->head().status;
    for (const Fields::Entry& entry : (*sent)->head().fields) answer.headers.emplace_back(entry.name, entry.value);
  }
  auto seen = std::make_unique<Observation>();
  seen->route = migration.route;
  seen->sides[*request.choice] = observed_side(answer, sent.ok(), took, migration.config->build_header);
  tell_build(*seen->sides[*request.choice], *clusters_[request.route->clusters[*request.choice]]);
  state_.observations.tell(std::move(seen));
}

// What came of the request at the side that was asked; only where a copy will be compared with it. `start` is kNever
// where a body came after the head: that took the client's time, which is nobody's.
void GatewayWorker::note_answer(Request& request, WorkerCluster::Sent& sent, TimePoint start) {
  if (request.route->migration == nullptr) return;
  const Duration took = start == kNever ? Duration{} : now() - std::max(start, request.handed_over);
  if (!request.route->migration->policy.compared) return tell_answer(request, sent, took);
  if (request.mirror == nullptr) return;
  MirrorAnswer& answered = request.mirror->answered;
  answered.took = took;
  if (!sent.ok()) {
    answered.failure = sent.failure().error.text();
    return;
  }
  const ResponseHead& head = (*sent)->head();
  answered.status = head.status;
  for (const Fields::Entry& entry : head.fields) answered.headers.emplace_back(entry.name, entry.value);
}

// An answer that did not pass whole: the side that gave it has failed where it broke off, by `error`, or where its
// status says so. False: it has not, or nobody knows of it.
bool GatewayWorker::note_unfinished(Request& request, int status, const std::optional<Error>& error) {
  const bool broke = error && error->code() != ErrorCode::kResourceExhausted;
  if (request.route->migration == nullptr || request.client_left() || !request.fell_back.empty()) return false;
  if (request.mirror != nullptr && (broke || status >= 500)) {
    request.mirror->answered.failure = broke ? error->text() : "status " + std::to_string(status);
    return true;
  }
  if (!broke || request.route->migration->policy.compared) return false;
  // Its head has been told of already: this is one answer more, and none.
  WorkerCluster::Sent broken(UpstreamFailure{*error, true, false});
  tell_answer(request, broken, Duration{});
  return true;
}

// A client that left before it was answered. False: nobody can be blamed, and nothing is compared.
bool GatewayWorker::note_abandoned(Request& request) {
  if (request.mirror == nullptr || request.route->migration == nullptr) return false;
  if (!hangs(request, request.mirror->answered.took)) return false;
  request.mirror->answered.failure = "no answer before the client left";
  return true;
}

// What the client gets now is no answer of the side that was asked.
void GatewayWorker::note_fallback(Request& request) {
  if (request.mirror != nullptr && request.route->migration != nullptr) {
    request.mirror->answered.failure = "another answer stood in";
  } else {
    drop_mirror(request);
  }
}

bool GatewayWorker::choose_script_of(const GatewayCluster& cluster, std::string_view path,
                                     fastcgi::ScriptChoice& script) {
  if (cluster.fpm == nullptr) return true;
  Result<DiskTree*> tree = files_.tree(cluster.config->root);
  if (tree.ok()) script = fastcgi::choose_script(cluster.scripts, path, **tree);
  return script.kind == fastcgi::ScriptChoice::Kind::kScript;
}

void GatewayWorker::start_comparison(Request& request) {
  const GatewayRoute& route = *request.route;
  auto job = std::make_unique<ComparisonJob>();
  job->migration = route.migration;
  job->client_side = *request.choice;
  bool behind = false;  // then nothing is asked beside what is compared
  for (std::size_t side : {kOldSide, kNewSide}) {
    const std::size_t index = copies_to(route, side);
    const GatewayCluster& cluster = request.snapshot->clusters[index];
    job->clusters[side] = WorkerCluster::for_copies(clusters_[index]);
    behind |= behind_with_copies(cluster);
    if (!choose_script_of(cluster, request.mirror->head.path, job->scripts[side])) {
      drop_mirror(request);
      return;
    }
  }
  job->answered_by = clusters_[route.clusters[*request.choice]];
  const SandboxConfig& sandbox = route.migration->config->sandbox;
  if (!behind && !sandbox.new_side_alone() && random() % kTimedOneOf == 0 &&
      route.migration->route->timings_left.fetch_sub(1, std::memory_order_relaxed) > 0) {
    job->timed_first = random() % 2;
  }
  const auto asked_twice = static_cast<std::uint64_t>(route.migration->config->noise_hundredths);
  job->twice =
      asked_twice > 0 && !behind &&
      (route.migration->route->learning.load(std::memory_order_relaxed) || random() % kSplitBuckets < asked_twice);
  job->request_line = request.mirror->method_name + " " + request.snapshot->sample_mask.target(request.mirror->target);
  job->request_id = request.request_id;
  // Copies alone: of an unsafe request only what the client asked for may be done.
  enter_sandbox(*request.mirror, sandbox);
  job->desk = &state_.observations;
  job->copy = std::move(request.mirror);
  ++*mirrors_under_way_;
  go_pinned("comparison", run_comparison(std::move(job), mirrors_under_way_));
}

}  // namespace banyan
