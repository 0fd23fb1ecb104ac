#include "gateway/gateway_worker.h"

#include <array>
#include <cstring>

#include "base/log.h"
#include "exchange/upload.h"
#include "gateway/client_certificate.h"
#include "gateway/colouring.h"
#include "gateway/copied_exchange.h"
#include "gateway/filtered_exchange.h"
#include "gateway/load_shedding.h"
#include "gateway/upstream_question.h"
#include "gateway/watched_body.h"
#include "gray/head_values.h"
#include "http/grpc.h"
#include "http/target.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "telemetry/access_log_line.h"

namespace banyan {
namespace {

int status_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kDeadlineExceeded:
      return 504;
    case ErrorCode::kResourceExhausted:
    case ErrorCode::kCancelled:  // at the end of draining
      return 503;
    default:
      return 502;
  }
}

// What nginx logs where the client left before it was answered; nobody is sent it.
constexpr int kClientClosedRequest = 499;

// Of a request's body that are kept so that it can be sent a second time.
constexpr std::size_t kReplayBytesMax = 256 * 1024;

// A call of gRPC ends, body and all, at the deadline its client has set.
void bound_call(const Fields& fields, TimePoint start, std::optional<ContextGuard>& guard) {
  if (!is_grpc(fields)) return;
  const std::optional<Duration> timeout = parse_grpc_timeout(fields.value("grpc-timeout"));
  if (timeout && *timeout < kNever - start) guard.emplace(current_context().with_deadline(start + *timeout));
}

int status_of_body(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kResourceExhausted:
      return 413;
    case ErrorCode::kDeadlineExceeded:
      return 408;
    default:
      return 400;
  }
}

}  // namespace

struct GatewayWorker::RequestState {
  bool client_left() const { return under_way != nullptr && under_way->client_left(); }
  // After this has moved: `colour` may be a view of `given_colour`.
  void follow_colour() {
    if (!given_colour.empty()) colour = given_colour;
  }

  RequestsUnderWay::Entry* under_way = nullptr;  // null where the server refused it
  std::shared_ptr<const GatewaySnapshot> snapshot;
  const GatewayRoute* route = nullptr;
  ClientIdentity client;
  TraceContext trace;
  std::string request_id;
  std::string target;                      // as it came
  std::optional<std::size_t> choice;       // which of the route's clusters
  std::string given_colour;                // that it came with, from whoever may set one
  std::string_view colour;                 // of it or of the snapshot
  ConcurrencySlot* slot = nullptr;         // where the cluster limits how many it takes at once
  std::shared_ptr<WorkerCluster> cluster;  // the one in use when the request came, whatever is loaded meanwhile
  SendReport report;                       // what was asked of it
  std::string_view fell_back;              // the cluster that stood in
  std::string last_good_key;               // "": answers are not kept
  Duration upstream{};
  std::uint64_t request_bytes = 0;
  std::string error;
  int failed_status = 0;  // what an error was that a client of gRPC was told of under status 200
  std::unique_ptr<MirrorJob> mirror;
  FilterContext* filter_context = nullptr;      // where there are filters
  const FilterInstance* filtered_by = nullptr;  // the filter that answered in place of the route
  std::string_view cache;                       // what the filter `cache` found
};

struct GatewayWorker::Request : RequestState {
  explicit Request(Exchange& its_exchange) : exchange(its_exchange) {}
  Request(Exchange& its_exchange, RequestState&& state) : RequestState(std::move(state)), exchange(its_exchange) {}
  // As it is counted and logged; 0 where there was no answer.
  int status() const {
    if (exchange.status() == 0) return client_left() ? kClientClosedRequest : 0;
    return failed_status != 0 ? failed_status : exchange.status();
  }

  Exchange& exchange;
};

GatewayWorker::GatewayWorker(GatewayState& state, unsigned index) : state_(state), index_(index) {
  current_env().fill_random(std::as_writable_bytes(std::span(random_state_)));
  adopt_snapshot();
}

GatewayWorker::~GatewayWorker() = default;

// xorshift128+ (Vigna, 2014): for ids and shares, not for secrets.
std::uint64_t GatewayWorker::random() {
  std::uint64_t x = random_state_[0];
  const std::uint64_t y = random_state_[1];
  random_state_[0] = y;
  x ^= x << 23;
  random_state_[1] = x ^ y ^ (x >> 17) ^ (y >> 26);
  return random_state_[1] + y;
}

void GatewayWorker::adopt_snapshot() {
  snapshot_ = state_.snapshot();
  std::map<std::string, std::shared_ptr<WorkerCluster>> kept;
  clusters_.clear();
  for (const GatewayCluster& cluster : snapshot_->clusters) {
    auto found = by_identity_.find(cluster.identity);
    clusters_.push_back(found != by_identity_.end()
                            ? found->second
                            : std::make_shared<WorkerCluster>(cluster, index_, state_.memory, state_.resolver));
    kept[cluster.identity] = clusters_.back();
  }
  by_identity_ = std::move(kept);
  line_ = std::make_unique<AccessLogLine>(snapshot_->config.gateway.access_log.format);
}

// Gives a request the configuration of its whole life, and says whose it is.
void GatewayWorker::begin(Request& request) {
  if (state_.revision() != snapshot_->revision) adopt_snapshot();
  request.snapshot = snapshot_;
  const RequestHead& head = request.exchange.head();
  request.target = head.target;
  request.client = identify_client(request.exchange, head.fields, snapshot_->config.gateway.trusted_proxies);
  const auto bits = [this] { return random(); };
  request.trace = accept_trace(head.fields, false, bits);
}

void GatewayWorker::refused(Exchange& exchange, std::string_view why) {
  Request request(exchange);
  begin(request);
  request.error = why;
  account(request);
}

Task<void> GatewayWorker::handle(Exchange& exchange) {
  Request request(exchange);
  RequestsUnderWay::Entry under_way(under_way_, exchange);
  request.under_way = &under_way;
  begin(request);
  state_.in_flight[index_].add(1);
  co_await dispatch(request);
  account(request);
  if (request.mirror != nullptr) start_mirror(request);
  state_.in_flight[index_].add(-1);
}

void GatewayWorker::end_abandoned() {
  under_way_.end_abandoned(now(), snapshot_->config.gateway.limits.half_closed_timeout);
}

Task<void> GatewayWorker::dispatch(Request& request) {
  RequestHead& head = request.exchange.head();
  const std::uint64_t high = random();
  request.request_id = forward_request_id(head.fields, high, random());
  if (head.form == TargetForm::kAuthority) {
    co_await answer_error(request, 405, "CONNECT is not served here");
    co_return;
  }
  std::string normalised;
  const auto path = normalize_path(head.path, PathForm::kRouting, normalised);
  if (!path) {
    co_await answer_error(request, path.error().status, path.error().sentence);
    co_return;
  }
  if (request.snapshot->colours) {
    request.given_colour = accept_colour(*request.snapshot, request.exchange, request.client);
    request.colour = request.given_colour;
  }
  const RouteQuery query{head.method, head.method_name, head.host, *path, head.query, &head.fields};
  const Router::Match match = request.snapshot->router->match(query);
  if (!match) {
    co_await answer_error(request, 404, "No route of the gateway matches this request");
    co_return;
  }
  request.route = &request.snapshot->routes[match.rule];
  if (request.route->filters.empty()) {
    co_await answer_route(request, *path);
  } else {
    co_await run_filters(request);
  }
}

Task<void> GatewayWorker::answer_route(Request& request, std::string_view path) {
  if (request.route->config->files) {
    co_await files_.serve(request.exchange, request.route->config->files->root, {});
    co_return;
  }
  choose(request, path);
  if (request.filter_context != nullptr) request.filter_context->colour = request.colour;
  co_await admit(request);
}

// Lets a request through to its cluster where there is room for it.
Task<void> GatewayWorker::admit(Request& request) {
  const Priority priority = request.route->config->priority;
  if (no_memory_for(priority, state_.memory)) {
    state_.memory_shed[index_].add();
    co_await answer_error(request, 503, "The gateway has no memory left for this request");
    co_return;
  }
  const GatewayCluster& cluster = request.snapshot->clusters[request.route->clusters[*request.choice]];
  if (cluster.concurrency == nullptr) {
    co_await proxy(request);
    co_return;
  }
  ConcurrencySlot slot(*cluster.concurrency, priority);
  if (!slot.entered()) {
    co_await answer_error(request, 503, "The service behind the gateway has no room for this request");
    co_return;
  }
  request.slot = &slot;
  co_await proxy(request);
}

void GatewayWorker::choose(Request& request, std::string_view path) {
  const GatewayRoute& route = *request.route;
  if (route.gray == nullptr) {
    request.choice = choose_by_chance(route);
    return;
  }
  const HeadValues values(request.exchange.head(), path, request.client.address);
  GrayInput input{.colour = request.given_colour, .random = random()};
  if (route.gray->looks_at_time()) input.unix_seconds = current_env().wall_nanoseconds() / 1'000'000'000;
  request.choice = route.gray->decide(values, input).target;
  if (request.colour.empty()) request.colour = route.config->split[*request.choice].colour_name();
}

std::size_t GatewayWorker::choose_by_chance(const GatewayRoute& route) {
  const auto& split = route.config->split;
  if (split.size() == 1) return 0;
  auto left = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(kAllHundredths));
  for (std::size_t i = 0; i < split.size(); ++i) {
    if (left < split[i].hundredths) return i;
    left -= split[i].hundredths;
  }
  return split.size() - 1;
}

void GatewayWorker::prepare_fields(Request& request) {
  Fields& fields = request.exchange.head().fields;
  remove_hop_by_hop(fields);
  fields.remove(FieldId::kContentLength);
  fields.remove(FieldId::kExpect);
  fields.remove(FieldId::kProxy);  // would become HTTP_PROXY in CGI programs
  forward_client(request.exchange, fields, request.client);
  forward_client_certificate(request.exchange, fields, request.client.trusted_peer);
  if (!fields.has(FieldId::kHost)) fields.add_copy(FieldId::kHost, request.exchange.local().host());
  put_trace(request.trace, fields);
  if (!request.colour.empty()) request.snapshot->colours->put_in_request(request.colour, fields);
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
  upstream.read_timeout = request.route->config->read_timeout;
  upstream.safe = request.route->config->safe;
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
  if (route.fallback && route.fallback->last_good > Duration{}) {
    request.last_good_key = last_good_key(route.id, exchange.head());
  }
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
  Upload upload;
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
  bool answered = false;
  fastcgi::ScriptChoice fallback_script;
  if (route.fallback && wants_fallback(request, *sent, upstream, body.failed())) {
    drop_mirror(request);
    answered = co_await fall_back(request, upstream, options, *sent, fallback_script);
  }
  if (answered) {
    request.error = "the fallback answered";
  } else if (sent->ok()) {
    co_await pass_on(request, std::move(**sent));
  } else if (request.client_left()) {
    abandon(request);
  } else {
    co_await answer_failure(request, sent->failure().error, body.failed());
  }
  if (upload.begun()) co_await upload.end();
  request.under_way->watch(false);
  request.upstream = now() - start;
  request.request_bytes = body.bytes();
  if (request.mirror != nullptr && has_body) {
    if (tee->complete()) {
      request.mirror->has_body = true;
      request.mirror->body = tee->take_copy();
    } else {
      drop_mirror(request);
    }
  }
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

void GatewayWorker::abandon(Request& request) {
  request.error = "the client left before it was answered";
  drop_mirror(request);
  request.exchange.abort();
}

Task<void> GatewayWorker::answer_failure(Request& request, const Error& error, const std::optional<Error>& body_error) {
  request.error = error.text();
  drop_mirror(request);
  if (request.slot != nullptr && !body_error) request.slot->failed(error.code());
  if (body_error) {
    request.error = "request body: " + body_error->text();
    co_await answer_error(request, status_of_body(*body_error), body_error->message());
    co_return;
  }
  const int status = request.report.refused ? 503 : status_of(error);
  co_await answer_error(request, status,
                        error.code() == ErrorCode::kCancelled ? "The gateway is ending"
                        : status == 504                       ? "The service behind the gateway took too long to answer"
                        : status == 503 ? "The service behind the gateway has no room for this request"
                                        : "The service behind the gateway could not answer");
}

Task<void> GatewayWorker::pass_on(Request& request, std::unique_ptr<UpstreamAnswer> answer) {
  ResponseHead& head = answer->head();
  if (request.slot != nullptr) request.slot->answered(head.status);
  if (!request.colour.empty()) request.snapshot->colours->put_in_answer(request.colour, head.fields);
  if (head.status == 101) {
    co_await run_tunnel(request, *answer);
    co_return;
  }
  head.fields.set_copy(FieldId::kXRequestId, request.request_id);
  const bool keep = !request.last_good_key.empty() && request.fell_back.empty() && may_be_kept(head) &&
                    state_.last_good.wants(request.last_good_key, now());
  if (keep || request.mirror != nullptr) {
    co_await pass_on_copied(request, *answer, keep);
    co_return;
  }
  const Result<void> sent = co_await request.exchange.respond_stream(head.status, head.fields, answer->body());
  if (!sent.ok()) request.error = request.client_left() ? "the client left" : sent.error().text();
}

// The same with a copy of the answer, for the mirror to be compared with or to stand in later.
Task<void> GatewayWorker::pass_on_copied(Request& request, UpstreamAnswer& answer, bool keep) {
  ResponseHead& head = answer.head();
  TeeBody tee(answer.body(), request.mirror != nullptr ? kMirrorAnswerBytesMax : LastGoodStore::kAnswerBytesMax);
  GoodAnswer good;
  if (keep) good = good_answer_of(head, now());
  if (request.mirror != nullptr) {
    request.mirror->answered.status = head.status;
    request.mirror->answered.content_type = head.fields.value(FieldId::kContentType);
  }
  const Result<void> sent = co_await request.exchange.respond_stream(head.status, head.fields, tee);
  if (!sent.ok()) request.error = request.client_left() ? "the client left" : sent.error().text();
  const bool whole = tee.complete();
  std::string copy = tee.take_copy();
  if (keep && whole && copy.size() <= LastGoodStore::kAnswerBytesMax) {
    good.body = copy;
    state_.last_good.put(request.last_good_key, std::move(good));
  }
  if (request.mirror == nullptr) co_return;
  if (whole || request.exchange.head().method == Method::kHead) {
    request.mirror->answered.body = std::move(copy);
  } else {
    drop_mirror(request);
  }
}

// The text of the configuration, or the last good answer. False: there is none.
Task<bool> GatewayWorker::answer_fallback(Request& request) {
  const FallbackConfig& fallback = *request.route->config->fallback;
  Fields fields;
  if (!request.colour.empty()) request.snapshot->colours->put_in_answer(request.colour, fields);
  if (fallback.status != 0) {
    fields.add_copy(FieldId::kContentType, fallback.content_type);
    if (!request.request_id.empty()) fields.add_copy(FieldId::kXRequestId, request.request_id);
    (void)co_await request.exchange.respond(static_cast<int>(fallback.status), fields, fallback.body);
    co_return true;
  }
  if (request.last_good_key.empty()) co_return false;
  const TimePoint time = now();
  const std::shared_ptr<const GoodAnswer> good = state_.last_good.find(request.last_good_key, fallback.last_good, time);
  if (good == nullptr) co_return false;
  for (const auto& [name, value] : good->fields) (void)fields.add_copy(name, value);
  fields.add_copy(FieldId::kAge, std::to_string((time - good->at) / std::chrono::seconds(1)));
  if (!request.request_id.empty()) fields.add_copy(FieldId::kXRequestId, request.request_id);
  (void)co_await request.exchange.respond(200, fields, good->body);
  co_return true;
}

namespace {

Task<Result<void>> pump(BodySource& from, Tunnel& to) {
  for (;;) {
    BodyFrame frame;
    if (!from.try_next(&frame)) frame = co_await try_(from.next());
    if (frame.kind == BodyFrame::Kind::kEnd) break;
    co_await try_(to.write(frame.data));
  }
  co_return co_await to.close_write();
}

struct TunnelPair {
  Tunnel* client;
  Tunnel* server;
};

}  // namespace

Task<void> GatewayWorker::run_tunnel(Request& request, UpstreamAnswer& answer) {
  request.under_way->watch(false);
  ResponseHead& head = answer.head();
  head.fields.set_copy(FieldId::kUpgrade, request.exchange.framing().upgrade);
  Result<Tunnel*> client = co_await request.exchange.upgrade(head.fields);
  if (!client.ok()) co_return;
  TunnelPair pair{*client, answer.tunnel()};
  (void)co_await with_scope(pair, [](Scope& scope, TunnelPair& both) -> Task<Result<void>> {
    scope.spawn_pinned("tunnel", pump(both.client->incoming(), *both.server));
    scope.spawn_pinned("tunnel", pump(both.server->incoming(), *both.client));
    co_return co_await scope.join();
  });
}

// Trailers alone, under 200: what clients of gRPC understand.
Task<void> GatewayWorker::answer_grpc_error(Request& request, int status, std::string_view why) {
  request.failed_status = status;
  Fields fields;
  fields.add_copy(FieldId::kContentType, "application/grpc");
  if (!request.request_id.empty()) fields.add_copy(FieldId::kXRequestId, request.request_id);
  (void)fields.add_copy("grpc-status", std::to_string(grpc_status_of(status)));
  (void)fields.add_copy("grpc-message", grpc_message(why));
  (void)co_await request.exchange.respond(200, fields, "");
}

Task<void> GatewayWorker::answer_error(Request& request, int status, std::string_view why) {
  if (request.error.empty()) request.error = why;
  if (is_grpc(request.exchange.head().fields)) {
    co_await answer_grpc_error(request, status, why);
    co_return;
  }
  Fields fields;
  fields.add_copy(FieldId::kContentType, "application/json");
  if (!request.request_id.empty()) fields.add_copy(FieldId::kXRequestId, request.request_id);
  if (!request.colour.empty()) request.snapshot->colours->put_in_answer(request.colour, fields);
  if (status == 405) fields.add_copy(FieldId::kAllow, "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS");
  if (status == 503) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(request.report.retry_after).count();
    fields.add_copy(FieldId::kRetryAfter, std::to_string(std::max<std::int64_t>(seconds, 1)));
  }
  std::string body = "{\"error\":\"";
  for (char c : why) body += c == '"' || c == '\\' ? '\'' : c;
  body += "\"}\n";
  (void)co_await request.exchange.respond(status, fields, body);
}

void GatewayWorker::account(Request& request) {
  Exchange& exchange = request.exchange;
  const Duration duration = now() - exchange.started();
  const int status = request.status();
  if (request.client_left()) state_.client_closed[index_].add();
  if (request.route != nullptr) {
    request.route->stats->record(index_, request.choice, status, duration);
  } else {
    state_.unrouted[index_].add(status);
  }
  if (request.snapshot->access_log != nullptr) log_access(request, duration);
}

void GatewayWorker::log_access(Request& request, Duration duration) {
  Exchange& exchange = request.exchange;
  AccessRecord record;
  record.time = WallTime(Duration(current_env().wall_nanoseconds()));
  record.client = request.client.address;
  record.protocol = exchange.protocol();
  record.method = exchange.head().method_name;
  record.host = exchange.head().authority;
  record.target = request.target;
  record.status = request.status();
  record.request_bytes = request.request_bytes;
  record.response_bytes = exchange.body_bytes_sent();
  record.duration = duration;
  if (request.route != nullptr) record.route = request.route->config->id;
  if (request.choice) record.cluster = request.route->config->split[*request.choice].cluster;
  if (!request.fell_back.empty()) record.cluster = request.fell_back;
  if (request.report.endpoint != nullptr) {
    record.endpoint = *request.report.endpoint;
    record.upstream = request.upstream;
  }
  record.colour = request.colour;
  if (request.filtered_by != nullptr) record.filter = request.filtered_by->name;
  record.cache = request.cache;
  record.mirrored = request.mirror != nullptr;
  record.request_id = request.request_id;
  record.trace_high = request.trace.self.trace_high;
  record.trace_low = request.trace.self.trace_low;
  record.span = request.trace.self.span;
  record.error = request.error;
  request.snapshot->access_log->write_line(line_->write(record));
}

// ---- filters ----

struct GatewayWorker::Again {
  explicit Again(Request& request) : exchange(request.exchange) {}
  CopiedExchange exchange;
  RequestState state;
  std::size_t position = 0;
  Task<void> (*work)(FilterCall&, FilterNext, std::shared_ptr<void>) = nullptr;
  std::shared_ptr<void> work_state;
};

// `request` answers the client; the route answers through `inner`, and what it notes there is noted in `request` too
// once it has ended.
class GatewayWorker::Filters final : public FilterHost {
 public:
  Filters(GatewayWorker& worker, Request& request)
      : worker_(worker),
        request_(request),
        call_(request.exchange, request.route->filters, context_, *this),
        filtered_(call_, &run_route, this),
        inner_(filtered_, std::move(request)) {
    inner_.follow_colour();
    inner_.filter_context = &context_;
    context_.client = inner_.client.address;
    context_.colour = inner_.colour;
    context_.route = inner_.route->config->id;
    context_.request_id = inner_.request_id;
    context_.trace = inner_.trace;
    context_.worker = worker.index_;
  }

  Task<void> run() {
    co_await filtered_.run();
    finish();
  }
  Task<void> run(Again& job) {
    co_await job.work(call_, FilterNext(call_, job.position), std::move(job.work_state));
    co_await filtered_.send();
    finish();
  }

  Task<Result<UpstreamReply>> ask(UpstreamQuestion& question) override {
    const auto& clusters = inner_.snapshot->clusters;
    std::size_t index = 0;
    while (index < clusters.size() && clusters[index].config->name != question.cluster) ++index;
    BANYAN_CHECK(index < clusters.size());  // the filter's check has seen to it
    return ask_cluster(worker_.clusters_[index], question, request_.exchange);
  }

  bool again(const FilterNext& next, Task<void> (*work)(FilterCall&, FilterNext, std::shared_ptr<void>),
             std::shared_ptr<void> state) override {
    if (worker_.again_under_way_ >= kAgainUnderWayMax) return false;
    auto job = std::make_unique<Again>(request_);
    job->state.snapshot = inner_.snapshot;
    job->state.route = inner_.route;
    job->state.client = inner_.client;
    job->state.given_colour = inner_.given_colour;
    job->state.trace = inner_.trace;
    job->state.request_id = inner_.request_id;
    job->state.target = inner_.target;
    job->position = next.position();
    job->work = work;
    job->work_state = std::move(state);
    ++worker_.again_under_way_;
    go_pinned("filter again", worker_.run_again(std::move(job)));
    return true;
  }

 private:
  static constexpr std::size_t kAgainUnderWayMax = 64;

  static Task<void> run_route(void* self) {
    Filters& filters = *static_cast<Filters*>(self);
    const RequestHead& head = filters.inner_.exchange.head();
    const auto path = normalize_path(head.path, PathForm::kRouting, filters.path_);
    return filters.worker_.answer_route(filters.inner_, path ? *path : head.path);
  }
  void finish() {
    static_cast<RequestState&>(request_) = std::move(inner_);
    request_.follow_colour();
    request_.filter_context = nullptr;
    request_.cache = call_.cache_note();
    request_.filtered_by = call_.answered_by();
    if (request_.filtered_by != nullptr) (*request_.filtered_by->answered)[worker_.index_].add();
  }

  GatewayWorker& worker_;
  Request& request_;
  FilterContext context_;
  std::string path_;  // normal, where it did not come so
  FilterCall call_;
  FilteredExchange filtered_;
  Request inner_;
};

Task<void> GatewayWorker::run_filters(Request& request) {
  Filters filters(*this, request);
  co_await filters.run();
}

Task<void> GatewayWorker::run_again(std::unique_ptr<Again> job) {
  {
    Request request(job->exchange, std::move(job->state));
    RequestsUnderWay::Entry under_way(under_way_, job->exchange);
    request.under_way = &under_way;
    Filters filters(*this, request);
    co_await filters.run(*job);
    drop_mirror(request);
  }
  --again_under_way_;
}

// ---- mirroring ----

bool GatewayWorker::wants_mirror(const Request& request) {
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

void GatewayWorker::drop_mirror(Request& request) {
  if (request.mirror == nullptr) return;
  request.route->stats->mirror(index_).dropped.add();
  request.mirror.reset();
}

// Copies the head of the request: the exchange will be gone when the copy is sent.
std::unique_ptr<MirrorJob> GatewayWorker::make_mirror(Request& request) {
  auto job = std::make_unique<MirrorJob>();
  const RequestHead& head = request.exchange.head();
  job->snapshot = request.snapshot;
  job->route = request.route;
  job->cluster = clusters_[request.route->mirror_cluster];
  job->worker = index_;
  job->colour = request.colour;
  job->method = head.method;
  job->method_name = head.method_name;
  job->target = origin_form(head);
  job->fields.copy_from(head.fields);
  job->head.fields.copy_from(head.fields);
  job->head.method = head.method;
  job->head.version = head.version;
  job->head.method_name = job->method_name;
  job->head.target = job->target;
  const std::size_t question = job->target.find('?');
  job->head.path = std::string_view(job->target).substr(0, question);
  if (question != std::string::npos) job->head.query = std::string_view(job->target).substr(question + 1);
  job->head_text = head.authority;
  job->head.authority = job->head_text;
  job->head.host = std::string_view(job->head_text).substr(0, head.host.size());
  job->peer = request.exchange.peer();
  job->local = request.exchange.local();
  job->secure = request.exchange.secure();
  return job;
}

void GatewayWorker::start_mirror(Request& request) {
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
