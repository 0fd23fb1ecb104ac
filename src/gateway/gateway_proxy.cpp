#include "exchange/upload.h"
#include "gateway/client_certificate.h"
#include "gateway/gateway_request.h"
#include "gateway/watched_body.h"
#include "gray/head_values.h"
#include "http/grpc.h"
#include "http/lookalike.h"
#include "http/target.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

// Of a request's body that are kept so that it can be sent a second time.
constexpr std::size_t kReplayBytesMax = 256 * 1024;

// A call of gRPC ends, body and all, at the deadline its client has set.
void bound_call(const Fields& fields, TimePoint start, std::optional<ContextGuard>& guard) {
  if (!is_grpc(fields)) return;
  const std::optional<Duration> timeout = parse_grpc_timeout(fields.value("grpc-timeout"));
  if (timeout && *timeout < kNever - start) guard.emplace(current_context().with_deadline(start + *timeout));
}

// What stands for the host that a client of HTTP/1.0 may leave out: the address it came to.
std::string own_host(const SocketAddress& local) {
  switch (local.family) {
    case SocketAddress::Family::kIpv4:
      return local.host();
    case SocketAddress::Family::kIpv6:
      return "[" + local.host() + "]";
    default:
      return "localhost";
  }
}

// An answer that somebody else keeps.
class LentAnswer final : public UpstreamAnswer {
 public:
  explicit LentAnswer(UpstreamAnswer& answer) : answer_(answer) {}
  ResponseHead& head() override { return answer_.head(); }
  BodySource& body() override { return answer_.body(); }
  Tunnel* tunnel() override { return answer_.tunnel(); }

 private:
  UpstreamAnswer& answer_;
};

// A server that has answered before it had the whole body may still do something with the rest, and its connection is
// good for another request after that: `answer`, in whose place a stand-in is left. Null where nobody wants the rest:
// not one that refuses the request, and HTTP/2 says so by itself.
std::unique_ptr<UpstreamAnswer> keep_for_rest(const Upload& upload, const ClusterConfig& cluster,
                                              std::unique_ptr<UpstreamAnswer>& answer) {
  if (!upload.begun() || cluster.protocol != ClusterProtocol::kHttp1 || answer->head().status / 100 != 2)
    return nullptr;
  std::unique_ptr<UpstreamAnswer> kept = std::move(answer);
  answer = std::make_unique<LentAnswer>(*kept);
  return kept;
}

}  // namespace

void GatewayWorker::prepare_fields(Request& request) {
  Fields& fields = request.exchange.head().fields;
  remove_hop_by_hop(fields);
  fields.remove(FieldId::kContentLength);
  fields.remove(FieldId::kExpect);
  fields.remove(FieldId::kProxy);  // would become HTTP_PROXY in CGI programs
  forward_client(request.exchange, fields, request.client);
  forward_client_certificate(request.exchange, fields, request.client.trusted_peer);
  if (!fields.has(FieldId::kHost)) fields.add_copy(FieldId::kHost, own_host(request.exchange.local()));
  put_trace(request.trace, fields);
  if (!request.colour.empty()) request.snapshot->colours->put_in_request(request.colour, fields);
  if (!is_grpc(fields)) remove_lookalikes(fields);  // services of gRPC tell the two apart
}

// A PHP application's folder holds scripts and files: which of them a path means is decided here (fastcgi/script.h).
// True: `script` is to be run. False: the client has been answered.
Task<bool> GatewayWorker::choose_php(Request& request, const GatewayCluster& cluster, fastcgi::ScriptChoice& script) {
  Exchange& exchange = request.exchange;
  Result<DiskTree*> tree = files_.tree(cluster.config->root);
  if (!tree.ok()) {
    request.error = tree.error().text();
    co_await answer_error(request, 503, "The application's folder cannot be read");
    co_return false;
  }
  script = fastcgi::choose_script(cluster.scripts, exchange.head().path, **tree);
  switch (script.kind) {
    case fastcgi::ScriptChoice::Kind::kScript:
      co_return true;
    case fastcgi::ScriptChoice::Kind::kFile:
      co_await files_.serve_file(exchange, **tree, script.name);
      break;
    case fastcgi::ScriptChoice::Kind::kRedirect: {
      Fields fields;
      fields.add_copy(FieldId::kLocation, static_files::folder_location(script.name, exchange.head().query));
      (void)co_await exchange.respond(301, fields, "");
      break;
    }
    case fastcgi::ScriptChoice::Kind::kRefused:
      co_await answer_error(request, script.refusal.status, script.refusal.sentence);
      break;
  }
  co_return false;
}

void GatewayWorker::fill_upstream(Request& request, UpstreamRequest& upstream, const fastcgi::ScriptChoice& script) {
  Exchange& exchange = request.exchange;
  RequestHead& head = exchange.head();
  upstream.method = head.method;
  upstream.method_name = head.method_name;
  upstream.fields = &head.fields;
  upstream.upgrade = exchange.framing().upgrade;
  upstream.colour = request.colour;
  upstream.script_name = script.name;
  upstream.path_info = script.path_info;
  upstream.head = &head;
  upstream.peer = &exchange.peer();
  upstream.local = &exchange.local();
  upstream.secure = exchange.secure();
  // Beside a body that is waited for with 100 (Continue), which its reader writes, nothing else may be written.
  if (!exchange.framing().expect_continue) upstream.interim_to = &exchange;
  upstream.read_timeout = request.route->config->read_timeout;
  upstream.safe = request.route->config->safe;
  if (request.route->migration != nullptr) upstream.handed_over = &request.handed_over;
}

SendOptions GatewayWorker::options_of(Request& request, const WorkerCluster& cluster) {
  SendOptions options;
  options.rules = &request.route->retries;
  if (request.route->config->hedge) options.hedge_after = request.route->config->hedge->after;
  if (const ValueName* key = cluster.hash_key()) {
    const RequestHead& head = request.exchange.head();
    std::string scratch;
    const auto value = HeadValues(head, head.path, request.client.address).find(*key, scratch);
    if (value) options.hash = MaglevTable::hash(*value);
  }
  return options;
}

Task<void> GatewayWorker::proxy(Request& request) {
  Exchange& exchange = request.exchange;
  const RouteConfig& route = *request.route->config;
  const std::size_t index = request.route->clusters[*request.choice];
  const GatewayCluster& cluster = request.snapshot->clusters[index];
  fastcgi::ScriptChoice script;
  if (cluster.fpm != nullptr && !co_await choose_php(request, cluster, script)) co_return;

  const RequestFraming& framing = exchange.framing();
  request.cluster = clusters_[index];
  if (!request.last_good_key.empty()) request.last_good_key.append("\n").append(request.colour);
  SendOptions options = options_of(request, *request.cluster);
  if (is_grpc(exchange.head().fields) && cluster.config->protocol == ClusterProtocol::kHttp2) {
    exchange.body_is_open_ended();
  }
  const bool takes_trailers = list_contains(exchange.head().fields, FieldId::kTe, "trailers");
  prepare_fields(request);
  const bool has_body = framing.body.has_body() || framing.body.kind == BodyFraming::Kind::kLength;
  WatchedBody body(exchange.body());
  std::optional<TeeBody> tee;
  if (wants_mirror(request)) {
    request.mirror = make_mirror(request);
    tee.emplace(body, kMirrorBodyBytesMax);
  }
  Upload upload(framing.expect_continue);
  UpstreamRequest upstream{.takes_trailers = takes_trailers, .upload = &upload};
  fill_upstream(request, upstream, script);
  const std::string target = origin_form(exchange.head());
  upstream.target = target;
  upstream.body = !has_body ? nullptr : tee ? static_cast<BodySource*>(&*tee) : &body;
  std::optional<ReplayBody> replay;
  if (has_body && upstream.repeatable())
    upstream.body = options.replay = &replay.emplace(*upstream.body, kReplayBytesMax);
  options.body_error = &body.failed();

  const TimePoint start = now();
  std::optional<ContextGuard> whole_call;
  bound_call(exchange.head().fields, start, whole_call);
  std::optional<WorkerCluster::Sent> sent;
  request.under_way->watch(true);
  {
    ContextGuard guard(current_context().with_deadline(start + route.timeout));
    sent.emplace(co_await request.cluster->send(upstream, options, &request.report));
  }
  if (sent->ok() || !body.failed()) note_answer(request, *sent, upload.begun() ? kNever : start);
  bool answered = false;
  fastcgi::ScriptChoice fallback_script;
  if (route.fallback && wants_fallback(request, *sent, upstream, body.failed())) {
    note_fallback(request);
    answered = co_await fall_back(request, upstream, options, *sent, fallback_script);
  }
  if (answered) {
    request.error = "the fallback answered";
  } else if (sent->ok()) {
    const std::unique_ptr<UpstreamAnswer> kept = keep_for_rest(upload, *cluster.config, **sent);
    co_await pass_on(request, std::move(**sent));
    if (kept != nullptr && request.error.empty()) co_await upload.finish();
  } else if (request.client_left()) {
    abandon(request);
  } else {
    co_await answer_failure(request, sent->failure().error, body.failed());
  }
  if (upload.begun()) co_await upload.end();
  request.under_way->watch(false);
  request.upstream = now() - start;
  request.request_bytes = body.bytes();
  if (request.mirror != nullptr && has_body) keep_mirrored_body(request, *tee);
}

// ---- fallback ----

// A failure for which something else may stand in. An unsafe request of which a byte was sent has perhaps been
// executed: whoever sent it is told the truth.
bool GatewayWorker::wants_fallback(Request& request, WorkerCluster::Sent& sent, const UpstreamRequest& upstream,
                                   const std::optional<Error>& body_error) {
  const std::size_t asked = request.route->clusters[*request.choice];
  if (request.client_left() || body_error || request.route->fallback_cluster == asked) return false;
  const bool failed = sent.ok() ? (*sent)->head().status >= 500 : sent.failure().error.code() != ErrorCode::kCancelled;
  return failed && (!request.report.sent || upstream.repeatable());
}

// Another cluster's answer comes in the place of `sent`. True: the client has been answered here.
Task<bool> GatewayWorker::fall_back(Request& request, UpstreamRequest& upstream, SendOptions& options,
                                    WorkerCluster::Sent& sent, fastcgi::ScriptChoice& script) {
  request.cluster->state().counts(index_).fallbacks.add();
  if (!request.route->fallback_cluster) co_return co_await answer_fallback(request);
  const std::size_t index = *request.route->fallback_cluster;
  const GatewayCluster& cluster = request.snapshot->clusters[index];
  if (upstream.body != nullptr && request.report.sent) {
    if (options.replay == nullptr || !options.replay->whole()) co_return false;
    // The answer that is replaced may have come while the body was still being sent.
    if (upstream.upload != nullptr && upstream.upload->begun()) co_await upstream.upload->end();
    options.replay->rewind();
    upstream.kept_body = nullptr;
    upstream.body = options.replay;
  }
  if (cluster.fpm != nullptr) {
    Result<DiskTree*> tree = files_.tree(cluster.config->root);
    if (tree.ok()) script = fastcgi::choose_script(cluster.scripts, upstream.head->path, **tree);
    if (script.kind != fastcgi::ScriptChoice::Kind::kScript) co_return false;
    upstream.script_name = script.name;
    upstream.path_info = script.path_info;
  }
  const std::shared_ptr<WorkerCluster> target = clusters_[index];
  SendReport report;
  ContextGuard guard(current_context().with_deadline(now() + request.route->config->timeout));
  WorkerCluster::Sent instead = co_await target->send(upstream, options, &report);
  if (!instead.ok()) co_return false;  // the first failure says more
  request.fell_back = cluster.config->name;
  request.cluster = target;
  request.report = std::move(report);
  sent = std::move(instead);
  co_return false;
}

}  // namespace banyan
