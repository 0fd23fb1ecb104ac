// What one worker does with each request: route it, send it on or serve a file, count it, log it, copy it to a mirror.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exchange/exchange.h"
#include "file_server/file_server.h"
#include "gateway/forwarding.h"
#include "gateway/gateway_state.h"
#include "gateway/mirror.h"
#include "gateway/requests_under_way.h"
#include "gateway/snapshot.h"
#include "gateway/worker_cluster.h"
#include "telemetry/access_log_line.h"

namespace banyan {

class GatewayWorker final : public Handler {
 public:
  GatewayWorker(GatewayState& state, unsigned index);
  ~GatewayWorker() override;

  Task<void> handle(Exchange& client) override;
  void refused(Exchange& exchange, std::string_view why) override;
  // Ends requests whose client has left; to be called a few times a second.
  void end_abandoned();
  // Cuts off all requests that are under way.
  void end_all() { under_way_.end_all(); }
  // Requests that filters have sent once more, without a client.
  std::size_t under_way_again() const { return again_under_way_; }

 private:
  struct RequestState;  // what is known of one request while it is handled
  struct Request;       // that, and whom to answer
  class Filters;        // one request on its way through its route's filters
  struct Again;

  void adopt_snapshot();
  void begin(Request& request);
  std::uint64_t random();
  Task<void> dispatch(Request& request);
  Task<void> admit(Request& request);
  Task<void> answer_route(Request& request, std::string_view path);
  Task<void> run_filters(Request& request);
  Task<void> run_again(std::unique_ptr<Again> job);
  Task<void> proxy(Request& request);
  Task<bool> choose_php(Request& request, const GatewayCluster& cluster, fastcgi::ScriptChoice& script);
  void fill_upstream(Request& request, UpstreamRequest& upstream, const fastcgi::ScriptChoice& script);
  SendOptions options_of(Request& request, const WorkerCluster& cluster);
  bool wants_fallback(Request& request, WorkerCluster::Sent& sent, const UpstreamRequest& upstream,
                      const std::optional<Error>& body_error);
  Task<bool> answer_fallback(Request& request);
  Task<bool> fall_back(Request& request, UpstreamRequest& upstream, SendOptions& options, WorkerCluster::Sent& sent,
                       fastcgi::ScriptChoice& script);
  Task<void> pass_on(Request& request, std::unique_ptr<UpstreamAnswer> answer);
  Task<void> pass_on_copied(Request& request, UpstreamAnswer& answer, bool keep);
  Task<void> run_tunnel(Request& request, UpstreamAnswer& answer);
  Task<void> answer_error(Request& request, int status, std::string_view why);
  Task<void> answer_here(Request& request);
  Task<void> answer_grpc_error(Request& request, int status, std::string_view why);
  Task<void> answer_failure(Request& request, const Error& error, const std::optional<Error>& body_error);
  void abandon(Request& request);
  void prepare_fields(Request& request);
  std::size_t choose_by_chance(const GatewayRoute& route);
  void choose(Request& request, std::string_view path);
  void choose_migrated(Request& request, std::string_view path);
  bool wants_mirror(const Request& request);
  bool wants_comparison(const Request& request);
  void note_answer(Request& request, WorkerCluster::Sent& sent, TimePoint start);
  static bool hangs(const Request& request, Duration took);
  void tell_answer(Request& request, WorkerCluster::Sent& sent, Duration took);
  static bool note_abandoned(Request& request);
  bool note_unfinished(Request& request, int status, const std::optional<Error>& error);
  void note_fallback(Request& request);
  bool choose_script_of(const GatewayCluster& cluster, std::string_view path, fastcgi::ScriptChoice& script);
  void start_comparison(Request& request);
  std::unique_ptr<MirrorJob> make_mirror(Request& request);
  void keep_mirrored_body(Request& request, TeeBody& body);
  void drop_mirror(Request& request);
  void drop_too_long(Request& request);
  void start_mirror(Request& request);
  void account(Request& request);
  void log_access(Request& request, Duration duration);

  GatewayState& state_;
  const unsigned index_;
  std::shared_ptr<const GatewaySnapshot> snapshot_;
  std::vector<std::shared_ptr<WorkerCluster>> clusters_;  // as snapshot_->clusters
  std::map<std::string, std::shared_ptr<WorkerCluster>> by_identity_;
  FileServer files_;
  RequestsUnderWay under_way_;
  std::size_t again_under_way_ = 0;
  std::shared_ptr<unsigned> mirrors_under_way_ = std::make_shared<unsigned>(0);  // shared: mirrors may outlive this
  std::uint64_t random_state_[2];
  std::unique_ptr<AccessLogLine> line_;
  std::unique_ptr<AccessLogLine> tap_line_;  // from the first time somebody watches
};

}  // namespace banyan
