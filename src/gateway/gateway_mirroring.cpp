#include "gateway/gateway_request.h"
#include "runtime/runtime.h"

namespace banyan {
bool GatewayWorker::wants_mirror(const Request& request) {
  if (request.route->migration != nullptr) return wants_comparison(request);
  const std::optional<MirrorConfig>& mirror = request.route->config->mirror;
  if (!mirror || !request.exchange.framing().upgrade.empty()) return false;
  if (!request.route->config->safe.value_or(is_safe(request.exchange.head().method))) return false;
  // The mirror's own cluster has nothing to be compared with.
  if (request.route->clusters[*request.choice] == request.route->mirror_cluster) return false;
  if (mirror->hundredths < kAllHundredths &&
      random() % static_cast<std::uint64_t>(kAllHundredths) >= static_cast<std::uint64_t>(mirror->hundredths)) {
    return false;
  }
  if (*mirrors_under_way_ < kMirrorsUnderWayMax && !state_.memory.above_soft_limit()) return true;
  request.route->stats->mirror(index_).dropped.add();
  return false;
}

// The copy of the request's body, for the mirror; without a whole one there is nothing to send.
void GatewayWorker::keep_mirrored_body(Request& request, TeeBody& body) {
  if (!body.complete()) {
    body.overflowed() ? drop_too_long(request) : drop_mirror(request);
    return;
  }
  request.mirror->has_body = true;
  request.mirror->body = body.take_copy();
}

void GatewayWorker::drop_mirror(Request& request) {
  if (request.mirror == nullptr) return;
  if (request.route->migration == nullptr) {
    request.route->stats->mirror(index_).dropped.add();
  } else if (!request.client_left()) {
    request.route->migration->route->lost.fetch_add(1, std::memory_order_relaxed);
  }
  request.mirror.reset();
}

// The same where a body is longer than is compared. Other ones of the route may be too, so that is told apart.
void GatewayWorker::drop_too_long(Request& request) {
  if (request.mirror == nullptr || request.route->migration == nullptr) return drop_mirror(request);
  request.route->migration->route->too_long.fetch_add(1, std::memory_order_relaxed);
  request.mirror.reset();
}

// Copies the head of the request: the exchange will be gone when the copy is sent.
std::unique_ptr<MirrorJob> GatewayWorker::make_mirror(Request& request) {
  auto job = std::make_unique<MirrorJob>();
  const RequestHead& head = request.exchange.head();
  job->snapshot = request.snapshot;
  job->route = request.route;
  if (request.route->config->mirror) job->cluster = WorkerCluster::for_copies(clusters_[request.route->mirror_cluster]);
  job->worker = index_;
  job->colour = request.colour;
  job->method = head.method;
  job->method_name = head.method_name;
  job->set_target(origin_form(head));
  job->fields.copy_from(head.fields);
  job->head.fields.copy_from(head.fields);
  job->head.method = head.method;
  job->head.version = head.version;
  job->head.method_name = job->method_name;
  job->head_text = head.authority;
  job->head.authority = job->head_text;
  job->head.host = std::string_view(job->head_text).substr(0, head.host.size());
  job->peer = request.exchange.peer();
  job->local = request.exchange.local();
  job->secure = request.exchange.secure();
  return job;
}

void GatewayWorker::start_mirror(Request& request) {
  if (request.route->migration != nullptr) {
    start_comparison(request);
    return;
  }
  const GatewayCluster& cluster = request.snapshot->clusters[request.route->mirror_cluster];
  if (cluster.fpm != nullptr) {
    Result<DiskTree*> tree = files_.tree(cluster.config->root);
    fastcgi::ScriptChoice script;
    if (tree.ok()) script = fastcgi::choose_script(cluster.scripts, request.mirror->head.path, **tree);
    if (script.kind != fastcgi::ScriptChoice::Kind::kScript) {
      drop_mirror(request);
      return;
    }
    request.mirror->script_name = script.name;
    request.mirror->path_info = script.path_info;
  }
  ++*mirrors_under_way_;
  go_pinned("mirror", run_mirror(std::move(request.mirror), mirrors_under_way_));
}

}  // namespace banyan
