#include "gateway/gateway_worker.h"

#include "gateway/colouring.h"
#include "gateway/gateway_request.h"
#include "gateway/load_shedding.h"
#include "gray/head_values.h"
#include "http/target.h"
#include "net/tls_info.h"
#include "runtime/runtime.h"
#include "telemetry/access_log_line.h"

namespace banyan {
namespace {

// Whether a request is for the gateway itself: OPTIONS of "*" (RFC 9110 section 9.3.7), and what may go no further
// (section 7.6.2). What may is counted one hop down.
bool ends_here(RequestHead& head) {
  if (head.method != Method::kOptions && head.method != Method::kTrace) return false;
  if (head.path == "*") return true;
  std::uint64_t hops = 0;
  if (!parse_content_length(head.fields.value("max-forwards"), hops)) return false;
  if (hops == 0) return true;
  (void)head.fields.set_copy("max-forwards", std::to_string(hops - 1));
  return false;
}

std::string key_of_last_good(const RouteConfig& route, Exchange& exchange) {
  if (!route.fallback || route.fallback->last_good == Duration{}) return "";
  const TlsInfo* tls = exchange.tls_info();
  return tls != nullptr && tls->peer_verified ? "" : last_good_key(route.id, exchange.head());
}

}  // namespace

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
  state_.adopted[index_].set(static_cast<std::int64_t>(snapshot_->revision));
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
  if (exchange.status() == 503) state_.memory_shed[index_].add();  // no room for the head
  account(request);
}

Task<void> GatewayWorker::handle(Exchange& client) {
  const std::unique_ptr<RecordedExchange> recorded = state_.captures.record(client);
  Exchange& exchange = recorded != nullptr ? *recorded : client;
  Request request(exchange);
  RequestsUnderWay::Entry under_way(under_way_, exchange);
  request.under_way = &under_way;
  begin(request);
  state_.in_flight[index_].add(1);
  co_await dispatch(request);
  account(request);
  if (request.mirror != nullptr) start_mirror(request);
  if (recorded != nullptr && request.choice) state_.captures.offer(request.route->config->id, *recorded);
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
  if (ends_here(head)) {
    co_await answer_here(request);
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
  request.last_good_key = key_of_last_good(*request.route->config, request.exchange);
  if (request.route->filters.empty()) {
    co_await answer_route(request, *path);
  } else {
    remove_named_by_connection(head.fields);
    co_await run_filters(request);
  }
}

Task<void> GatewayWorker::answer_route(Request& request, std::string_view path) {
  if (request.route->config->files) {
    co_await files_.serve(request.exchange, request.route->config->files->root, {});
    co_return;
  }
  if (!request.choice) choose(request, path);
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
  if (route.migration != nullptr) {
    choose_migrated(request, path);
    return;
  }
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
  if (request.snapshot->access_log != nullptr || state_.tap.wanted()) log_access(request, duration);
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
  if (request.snapshot->access_log != nullptr) request.snapshot->access_log->write_line(line_->write(record));
  if (!state_.tap.wanted()) return;
  if (tap_line_ == nullptr) tap_line_ = std::make_unique<AccessLogLine>(LogFormat::kJson, QueryInLog::kDropped);
  state_.tap.offer(record, *tap_line_);
}

}  // namespace banyan
