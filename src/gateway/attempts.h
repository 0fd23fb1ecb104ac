// The attempts of one request at the endpoints of a cluster.
//
// One after the other, until an answer is good enough, the rules of the route allow no further one, or nobody is left
// to be asked: first the endpoints of the request's lane, then those of the base. An endpoint that cannot be connected
// to costs no attempt as long as there are others: each is tried once. An answer that the rules want repeated (5xx) is
// kept until a better one has come, as it is better than none.
#pragma once

#include <memory>
#include <vector>

#include "gateway/worker_cluster.h"

namespace banyan {

class Attempts {
 public:
  Attempts(WorkerCluster& cluster, UpstreamRequest& request, const SendOptions& options, SendReport& report);
  // A second one beside `first`, which goes on meanwhile (gateway/hedge.h).
  Attempts(const Attempts& first, UpstreamRequest& request, SendReport& report);
  Attempts(const Attempts&) = delete;
  Attempts& operator=(const Attempts&) = delete;
  ~Attempts();

  Task<WorkerCluster::Sent> run();
  // Whether there is an endpoint besides those tried, and budget to ask it for a slow request.
  bool take_hedge();

 private:
  using Sent = WorkerCluster::Sent;

  std::optional<std::size_t> choose();
  Task<Sent> attempt_in_time(Upstream& upstream, Duration limit);
  void begin_attempt(std::size_t index);
  AttemptEnd judge(Sent& sent, std::size_t index, TimePoint start);
  void tell(std::size_t index, bool success, TimePoint start);
  bool repeatable() const;
  bool take_budget();
  bool wants_another(AttemptEnd end, int status);
  void prepare_again();
  Task<bool> wait_again();
  Task<Result<void>> take_endpoints();

  WorkerCluster& cluster_;
  UpstreamRequest& request_;
  const SendOptions& options_;
  SendReport& report_;
  const RetryRules& rules_;
  std::string_view lane_;              // of the endpoints asked at present
  LocalEndpoints* local_ = nullptr;    // kept by the report
  std::vector<std::size_t> tried_;     // in vain
  std::optional<std::size_t> asking_;  // at present
  unsigned counted_ = 0;               // attempts, without those that found nobody
  unsigned again_ = 0;                 // rounds at endpoints asked before
  bool in_budget_ = false;
};

}  // namespace banyan
