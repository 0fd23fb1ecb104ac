#include "gateway/attempts.h"

#include <algorithm>

#include "exchange/upload.h"
#include "gray/lane.h"
#include "runtime/context.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

const RetryRules kDefaultRules;

// An answer that is counted at its endpoint until it has ended.
class CountedAnswer final : public UpstreamAnswer {
 public:
  CountedAnswer(std::unique_ptr<UpstreamAnswer> answer, std::shared_ptr<const LocalEndpoints> endpoints,
                std::size_t index)
      : answer_(std::move(answer)), endpoints_(std::move(endpoints)), index_(index) {}
  ~CountedAnswer() override { endpoints_->shared->set.load(index_).end(); }
  ResponseHead& head() override { return answer_->head(); }
  BodySource& body() override { return answer_->body(); }
  Tunnel* tunnel() override { return answer_->tunnel(); }

 private:
  std::unique_ptr<UpstreamAnswer> answer_;
  std::shared_ptr<const LocalEndpoints> endpoints_;
  std::size_t index_;
};

// Whether anything remembers how many requests an endpoint has.
bool counts_load(const EndpointSet& set) {
  const BalancePolicy policy = set.settings().policy;
  return policy == BalancePolicy::kLeastRequest || policy == BalancePolicy::kEwma;
}

// What is_in_lane() looks at.
struct LaneOf {
  const ClusterEndpoints* endpoints;
  const ClusterConfig* config;
  std::string_view lane;
};

bool is_in_lane(const void* context, std::size_t i) {
  const auto& of = *static_cast<const LaneOf*>(context);
  return of.config->endpoints[of.endpoints->list[i].config_index].colour == of.lane;
}

bool time_is_over() { return now() >= current_context().deadline(); }

AttemptEnd end_of(const UpstreamFailure& failure, bool tries_are_timed) {
  switch (failure.error.code()) {
    case ErrorCode::kNotFound:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kUnavailable:
      return failure.request_sent ? AttemptEnd::kBroken : AttemptEnd::kUnreachable;
    case ErrorCode::kDeadlineExceeded:
      if (time_is_over()) return AttemptEnd::kFinal;
      if (!failure.request_sent) return AttemptEnd::kUnreachable;
      return tries_are_timed ? AttemptEnd::kTimedOut : AttemptEnd::kBroken;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kDataLoss:
      return failure.request_sent ? AttemptEnd::kBroken : AttemptEnd::kFinal;
    default:
      return AttemptEnd::kFinal;
  }
}

// Whether the endpoint is to blame: not for an error of ours, nor of the client.
bool blames_endpoint(AttemptEnd end, const UpstreamFailure& failure) {
  return end != AttemptEnd::kFinal || failure.error.code() == ErrorCode::kDeadlineExceeded;
}

}  // namespace

Attempts::Attempts(WorkerCluster& cluster, UpstreamRequest& request, const SendOptions& options, SendReport& report)
    : cluster_(cluster),
      request_(request),
      options_(options),
      report_(report),
      rules_(options.rules == nullptr ? kDefaultRules : *options.rules),
      lane_(lane_of(cluster.config_.endpoints, request.colour)) {}

Attempts::Attempts(const Attempts& first, UpstreamRequest& request, SendReport& report)
    : Attempts(first.cluster_, request, first.options_, report) {
  tried_ = first.tried_;
  if (first.asking_) tried_.push_back(*first.asking_);
  local_ = first.local_;
}

Attempts::~Attempts() {
  if (in_budget_) cluster_.state_->retry_budget().end_retry();
}

// Safe to be executed twice, and with its body still there.
bool Attempts::repeatable() const {
  return request_.repeatable() &&
         (request_.body == nullptr || (options_.replay != nullptr && options_.replay->whole()));
}

// One of the request's lane, and where that has none left, one of the base.
std::optional<std::size_t> Attempts::choose() {
  PickQuery query{.now = local_->shared->set.timed() ? now() : TimePoint{}, .tried = tried_, .hash = options_.hash};
  const LaneOf lane{local_->shared.get(), &cluster_.config_, lane_};
  if (cluster_.state_->has_lanes()) {
    query.allowed = &is_in_lane;
    query.context = &lane;
  }
  const std::optional<std::size_t> chosen = cluster_.balancer_.pick(local_->shared->set, query);
  if (chosen || lane_.empty()) return chosen;
  lane_ = kBaseLane;
  return choose();
}

void Attempts::begin_attempt(std::size_t index) {
  asking_ = index;
  const ClusterEndpoint& endpoint = local_->shared->list[index];
  report_.endpoint = &endpoint.text;
  (*endpoint.attempts)[cluster_.worker_].add();
  ++report_.attempts;
  if (counts_load(local_->shared->set)) local_->shared->set.load(index).begin();
}

Task<Attempts::Sent> Attempts::attempt_in_time(Upstream& upstream, Duration limit) {
  ContextGuard guard(current_context().with_deadline(now() + limit));
  co_return co_await upstream.send(request_);
}

void Attempts::tell(std::size_t index, bool success, TimePoint start) {
  if (!cluster_.state_->watches_attempts()) return;
  const TimePoint time = now();
  cluster_.state_->report(*local_->shared, index, success, time - start, time);
}

// What the attempt came to; tells the cluster how its endpoint did.
AttemptEnd Attempts::judge(Sent& sent, std::size_t index, TimePoint start) {
  const bool counted = counts_load(local_->shared->set);
  if (sent.ok()) {
    report_.sent = true;
    const int status = (*sent)->head().status;
    tell(index, status < 500, start);
    if (counted) *sent = std::make_unique<CountedAnswer>(std::move(*sent), report_.endpoints, index);
    return AttemptEnd::kAnswered;
  }
  if (counted) local_->shared->set.load(index).end();
  UpstreamFailure& failure = sent.failure();
  report_.sent = report_.sent || failure.request_sent;
  if (options_.body_error != nullptr && options_.body_error->has_value()) return AttemptEnd::kFinal;
  const AttemptEnd end = end_of(failure, rules_.try_timeout > Duration{});
  if (blames_endpoint(end, failure)) tell(index, false, start);
  return end;
}

bool Attempts::take_budget() {
  if (in_budget_) return true;
  ClusterState& state = *cluster_.state_;
  const std::int64_t under_way = state.counts().total(&ClusterCounts::under_way);
  in_budget_ = state.retry_budget().begin_retry(static_cast<std::uint64_t>(std::max<std::int64_t>(under_way, 0)));
  if (!in_budget_) state.counts(cluster_.worker_).retries_refused.add();
  return in_budget_;
}

bool Attempts::take_hedge() {
  if (local_ == nullptr || !choose() || !take_budget()) return false;
  cluster_.state_->counts(cluster_.worker_).hedges.add();
  return true;
}

// Not where the time is over: a timer may be a tick behind the deadline, and a wait begun after it costs one more.
bool Attempts::wants_another(AttemptEnd end, int status) {
  if (!rules_.wants(end, status, report_.sent, repeatable()) || time_is_over()) return false;
  return end == AttemptEnd::kUnreachable || (counted_ < rules_.attempts_max && take_budget());
}

// Puts the request's body back to its beginning. What an upstream kept of it has been used up.
void Attempts::prepare_again() {
  cluster_.state_->counts(cluster_.worker_).retries.add();
  if (request_.body == nullptr || !report_.sent) return;
  options_.replay->rewind();
  request_.kept_body = nullptr;
  request_.body = options_.replay;
}

// All were asked. False: they may not be asked once more, or there is no time.
Task<bool> Attempts::wait_again() {
  const bool again = rules_.same_endpoint_again && !tried_.empty() && again_ + 1 < rules_.attempts_max;
  if (!again) co_return false;
  tried_.clear();
  std::uint64_t random = 0;
  current_env().fill_random(std::as_writable_bytes(std::span(&random, 1)));
  const Result<void> waited = co_await sleep_for(rules_.wait_before(++again_, random));
  co_return waited.ok() && !time_is_over();
}

// Takes the endpoints as they are now; looks names up where they never were.
Task<Result<void>> Attempts::take_endpoints() {
  WorkerCluster& cluster = cluster_;
  if (cluster.local_->shared->list.empty() && cluster.state_->has_names()) {
    co_await try_(co_await cluster.state_->resolve(cluster.resolver_, current_context().deadline()));
  }
  cluster.adopt_endpoints();
  co_return {};
}

Task<Attempts::Sent> Attempts::run() {
  const bool current = cluster_.local_->shared->version == cluster_.state_->version();
  if (!current || cluster_.local_->shared->list.empty()) {
    Result<void> taken = co_await take_endpoints();
    if (!taken.ok()) co_return UpstreamFailure{std::move(taken).error(), false, false};
  }
  report_.endpoints = cluster_.local_;
  local_ = report_.endpoints.get();
  std::optional<Sent> best;
  for (;;) {
    const std::optional<std::size_t> index = choose();
    if (!index) {
      if (!co_await wait_again()) break;
      continue;
    }
    begin_attempt(*index);
    const TimePoint start = cluster_.state_->watches_attempts() ? now() : TimePoint{};
    Upstream& upstream = cluster_.upstream(*local_, *index);
    Sent sent = rules_.try_timeout == Duration{} ? co_await upstream.send(request_)
                                                 : co_await attempt_in_time(upstream, rules_.try_timeout);
    const AttemptEnd end = judge(sent, *index, start);
    counted_ += end != AttemptEnd::kUnreachable;
    const int status = sent.ok() ? (*sent)->head().status : 0;
    if (sent.ok() || !best || !best->ok()) best = std::move(sent);
    if (!wants_another(end, status)) break;
    tried_.push_back(*index);
    if (request_.upload != nullptr && request_.upload->begun()) co_await request_.upload->end();
    prepare_again();
  }
  if (!best) co_return UpstreamFailure{Error(ErrorCode::kUnavailable, "no endpoint may be used"), false, false};
  co_return *std::move(best);
}

}  // namespace banyan
