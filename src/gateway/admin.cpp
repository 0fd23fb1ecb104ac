#include "gateway/admin.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/log.h"
#include "console/console.h"
#include "gateway/admin_ledger.h"
#include "gateway/admin_profile.h"
#include "gateway/audited_exchange.h"
#include "gateway/change_note.h"
#include "gateway/cluster_report.h"
#include "gateway/load_shedding.h"
#include "gateway/topology_report.h"
#include "gray/colour_question.h"
#include "http/target.h"
#include "json/write.h"
#include "runtime/runtime.h"
#include "telemetry/metrics_text.h"

namespace banyan {
namespace {

constexpr std::string_view kProfiles = "/debug/pprof/";
constexpr std::size_t kWatchersMax = 16;
constexpr std::string_view kReadable[] = {"/status", "/tasks",  "/metrics", "/topology",
                                          "/colour", "/events", "/tap",     "/capture"};

// Compares in a time that does not tell how much agrees.
bool same_secret(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[b.empty() ? 0 : i % b.size()]);
  }
  return difference == 0;
}

Task<void> answer(Exchange& exchange, int status, std::string_view type, std::string body) {
  Fields fields;
  fields.add_copy(FieldId::kContentType, type);
  fields.add_copy(FieldId::kCacheControl, "no-store");
  if (status == 401) fields.add_copy(FieldId::kWwwAuthenticate, "Bearer");
  (void)co_await exchange.respond(status, fields, body);
}

Task<void> answer_error(Exchange& exchange, int status, std::string_view why) {
  std::string body;
  json::Writer(body).begin_object().key("error").string(why).end_object();
  return answer(exchange, status, "application/json", body + "\n");
}

Task<void> method_not_allowed(Exchange& exchange, std::string_view allowed) {
  Fields fields;
  fields.add_copy(FieldId::kAllow, allowed);
  fields.add_copy(FieldId::kContentType, "application/json");
  const std::string body = "{\"error\":\"use " + std::string(allowed) + "\"}\n";
  (void)co_await exchange.respond(405, fields, body);
}

std::string tasks_json() {
  constexpr std::size_t kTasksMax = 10000;
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("tasks").begin_array();
  for (const TaskInfo& task : dump_tasks(kTasksMax)) {
    writer.begin_object().key("id").unsigned_integer(task.id).key("name").string(task.name);
    writer.key("state").string(task.state).key("age_s").number(task.age_ms / 1000.0);
    writer.key("pinned").boolean(task.pinned).end_object();
  }
  writer.end_array().end_object();
  return out + "\n";
}

std::uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  unsigned long total = 0;
  unsigned long resident = 0;
  const int read = std::fscanf(file, "%lu %lu", &total, &resident);
  std::fclose(file);
  return read == 2 ? resident * 4096 : 0;
}

std::uint64_t unrouted_total(const GatewayState& state) {
  std::uint64_t total = 0;
  for (std::size_t worker = 0; worker < state.unrouted.size(); ++worker) total += state.unrouted[worker].total();
  return total;
}

// The NAME of /clusters/NAME/breaker; "" of any other path.
std::string_view breaker_of(std::string_view path) {
  constexpr std::string_view kBefore = "/clusters/";
  constexpr std::string_view kAfter = "/breaker";
  if (path.size() < kBefore.size() + kAfter.size() || !path.starts_with(kBefore) || !path.ends_with(kAfter)) return "";
  return path.substr(kBefore.size(), path.size() - kBefore.size() - kAfter.size());
}

}  // namespace

Result<std::string> read_token(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return Error::from_errno(errno, path);
  char line[1024] = {};
  const bool read = std::fgets(line, sizeof line, file) != nullptr;
  struct stat status{};
  const bool known = fstat(fileno(file), &status) == 0;
  std::fclose(file);
  std::string token(line, read ? std::strcspn(line, "\r\n") : 0);
  if (token.size() < 16) {
    return Error(ErrorCode::kInvalidArgument,
                 path +
                     ": the admin token needs at least 16 characters on the first line; make one with "
                     "`openssl rand -hex 32`");
  }
  if (known && (status.st_mode & 077) != 0 && (status.st_mode & 0007) != 0) {
    return Error(ErrorCode::kPermissionDenied, path + ": everybody may read the admin token; run `chmod 600` on it");
  }
  return token;
}

AdminHandler::AdminHandler(GatewayState& state, std::string token, std::string version,
                           Channel<std::shared_ptr<ReloadRequest>>& reloads, Rollouts* rollouts)
    : state_(state),
      token_(std::move(token)),
      version_(std::move(version)),
      started_(now()),
      reloads_(reloads),
      rollouts_(rollouts),
      frames_([this] { return status_json(); }) {}

bool AdminHandler::allowed(const Exchange& exchange) const {
  const std::string_view given = const_cast<Exchange&>(exchange).head().fields.value(FieldId::kAuthorization);
  constexpr std::string_view kScheme = "Bearer ";
  return given.size() > kScheme.size() && equals_ignoring_case(given.substr(0, kScheme.size()), kScheme) &&
         same_secret(given.substr(kScheme.size()), token_);
}

Task<void> AdminHandler::handle(Exchange& exchange) {
  if (is_console_path(exchange.head().path)) {
    co_await serve_console(exchange);
  } else if (!allowed(exchange)) {
    co_await answer_error(exchange, 401, "send the token of admin.token_file as Authorization: Bearer TOKEN");
  } else if (exchange.head().method == Method::kPost) {
    AuditedExchange audited(exchange);
    co_await answer_holder(audited);
    audited.write_audit_line();
  } else {
    co_await answer_holder(exchange);
  }
}

Task<void> AdminHandler::answer_holder(Exchange& exchange) {
  const RequestHead& head = exchange.head();
  const bool reads = head.method == Method::kGet || head.method == Method::kHead;
  if (head.path == "/reload") {
    if (head.method == Method::kPost) {
      co_await reload(exchange);
    } else {
      co_await method_not_allowed(exchange, "POST");
    }
  } else if (head.path.starts_with(kProfiles)) {
    if (!reads) {
      co_await method_not_allowed(exchange, "GET, HEAD");
      co_return;
    }
    const ProfileAnswer profile =
        co_await answer_profile(std::string(head.path.substr(kProfiles.size())), std::string(head.query));
    if (profile.status == 200) {
      co_await answer(exchange, 200, profile.type, profile.body);
    } else {
      co_await answer_error(exchange, profile.status, profile.body);
    }
  } else if (const std::string_view cluster = breaker_of(head.path); !cluster.empty()) {
    if (head.method == Method::kPost) {
      co_await force(exchange, std::string(cluster));
    } else {
      co_await method_not_allowed(exchange, "POST");
    }
  } else if (read_ledger_path(head.path)) {
    co_await answer_about_ledger(exchange);
  } else if (std::ranges::find(kReadable, head.path) != std::end(kReadable)) {
    if (reads) {
      co_await read(exchange);
    } else {
      co_await method_not_allowed(exchange, "GET, HEAD");
    }
  } else {
    co_await answer_error(exchange, 404,
                          "the admin API has /status, /tasks, /metrics, /topology, /colour, /events, /tap, /capture, "
                          "/ledger, /debug/pprof/profile, /debug/pprof/tasks, /reload, "
                          "/clusters/NAME/breaker and /console/");
  }
}

// What is in kReadable.
Task<void> AdminHandler::read(Exchange& exchange) {
  const std::string_view path = exchange.head().path;
  if (path == "/status") {
    co_await answer(exchange, 200, "application/json", status_json());
  } else if (path == "/tasks") {
    co_await answer(exchange, 200, "application/json", tasks_json());
  } else if (path == "/metrics") {
    co_await answer(exchange, 200, kMetricsContentType, metrics_text());
  } else if (path == "/topology") {
    co_await answer(exchange, 200, "application/json", topology_json(*state_.snapshot()));
  } else if (path == "/colour") {
    co_await answer_colour_question(exchange);
  } else if (path == "/capture") {
    co_await record(exchange);
  } else {
    co_await watch(exchange);
  }
}

Task<void> AdminHandler::answer_colour_question(Exchange& exchange) {
  ColourQuestion question;
  question.now_unix_s = current_env().wall_nanoseconds() / 1'000'000'000;
  QueryReader reader(exchange.head().query);
  for (QueryParameter parameter; reader.next(parameter);) {
    std::string value;
    form_decode(parameter.value, value);
    if (parameter.name == "route") question.route = std::move(value);
    if (parameter.name == "key") question.keys.push_back(std::move(value));
    if (parameter.name == "tag") question.tag = std::move(value);
    if (parameter.name == "at") question.at = std::move(value);
  }
  const std::shared_ptr<const GatewaySnapshot> snapshot = state_.snapshot();
  for (const GatewayRoute& route : snapshot->routes) {
    if (route.migration == nullptr || route.config->id != question.route) continue;
    question.moved = route.migration->route->share.load(std::memory_order_relaxed);
  }
  const Result<std::string> answered = answer_colour(snapshot->config, question, ColourAnswer::kJson);
  if (answered.ok()) {
    co_await answer(exchange, 200, "application/json", *answered);
  } else {
    co_await answer_error(exchange, 400, answered.error().message());
  }
}

Task<void> AdminHandler::watch(Exchange& exchange) {
  if (exchange.head().path == "/events") {
    if (watchers_ >= kWatchersMax) {
      co_await answer_error(exchange, 503, "as many as may listen to /events do already; close one");
      co_return;
    }
    ++watchers_;
    LiveEvents events(exchange, state_.draining, frames_);
    co_await answer_events(exchange, events);
    --watchers_;
    co_return;
  }
  Result<TapFilter> filter = read_tap_filter(exchange.head().query);
  if (!filter.ok()) {
    co_await answer_error(exchange, 400, filter.error().message());
    co_return;
  }
  std::unique_ptr<AccessTap::Listener> listener = state_.tap.listen(*std::move(filter));
  if (listener == nullptr) {
    co_await answer_error(exchange, 503, "as many as may listen to /tap do already; close one");
    co_return;
  }
  TapEvents events(exchange, state_.draining, std::move(listener));
  co_await answer_events(exchange, events);
}

Task<void> AdminHandler::record(Exchange& exchange) {
  Result<CaptureRules> rules = read_capture_rules(exchange.head().query, state_.snapshot()->config);
  if (!rules.ok()) {
    co_await answer_error(exchange, rules.error().code() == ErrorCode::kNotFound ? 404 : 400, rules.error().text());
    co_return;
  }
  std::unique_ptr<CaptureTap::Listener> listener = state_.captures.listen(*std::move(rules));
  if (listener == nullptr) {
    co_await answer_error(exchange, 409, "somebody records already");
    co_return;
  }
  log_info("capture_begun", {{"who", exchange.peer().text()}, {"asked", exchange.head().query}});
  CaptureEvents events(exchange, state_.draining, std::move(listener));
  co_await answer_events(exchange, events);
}

Task<void> AdminHandler::answer_about_ledger(Exchange& exchange) {
  LedgerRequest request = *read_ledger_path(exchange.head().path);
  request.posts = exchange.head().method == Method::kPost;
  if (request.posts) {
    Result<std::string> body = co_await read_all(exchange.body(), ChangeNote::kBodyBytesMax);
    if (!body.ok()) {
      co_await answer_error(exchange, 400, body.error().text());
      co_return;
    }
    request.body = *std::move(body);
  }
  const LedgerAnswer told = co_await answer_ledger(rollouts_, std::move(request));
  if (told.status == 200) {
    co_await answer(exchange, 200, "application/json", told.body);
  } else if (told.status == 405) {
    co_await method_not_allowed(exchange, told.allowed);
  } else {
    co_await answer_error(exchange, told.status, told.body);
  }
}

Task<void> AdminHandler::reload(Exchange& exchange) {
  auto request = std::make_shared<ReloadRequest>();
  if (!(co_await reloads_.send(request, now() + std::chrono::seconds(5))).ok()) {
    co_await answer_error(exchange, 503, "the gateway is ending");
    co_return;
  }
  Result<std::optional<std::string>> done = co_await request->done.receive(now() + std::chrono::seconds(30));
  if (!done.ok() || !*done) {
    co_await answer_error(exchange, 504, "the configuration took too long to load");
  } else if (!(*done)->empty()) {
    co_await answer_error(exchange, 400, **done);
  } else {
    co_await answer(exchange, 200, "application/json",
                    "{\"config_revision\":" + std::to_string(state_.revision()) + "}\n");
  }
}

Task<void> AdminHandler::force(Exchange& exchange, std::string cluster) {
  const Result<std::string> body = co_await read_all(exchange.body(), ChangeNote::kBodyBytesMax);
  if (!body.ok()) {
    co_await answer_error(exchange, 400, body.error().text());
    co_return;
  }
  const Result<void> forced = force_breaker(*state_.snapshot(), cluster, *body, now());
  if (forced.ok()) {
    co_await answer(exchange, 200, "application/json", "{}\n");
    co_return;
  }
  const ErrorCode code = forced.error().code();
  const int status = code == ErrorCode::kNotFound ? 404 : code == ErrorCode::kFailedPrecondition ? 409 : 400;
  co_await answer_error(exchange, status, forced.error().message());
}

std::string AdminHandler::status_json() {
  const std::shared_ptr<const GatewaySnapshot> snapshot = state_.snapshot();
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("version").string(version_);
  writer.key("uptime_s").number(static_cast<double>((now() - started_).count() / 1000000) / 1000.0);
  writer.key("config_revision").unsigned_integer(snapshot->revision);
  writer.key("config_file").string(state_.config_path);
  const std::string error = state_.config_error();
  if (error.empty()) {
    writer.key("config_error").null();
  } else {
    writer.key("config_error").string(error);
  }
  writer.key("connections").integer(state_.connections.total());
  writer.key("requests_in_flight").integer(state_.in_flight.total());
  writer.key("memory_bytes").unsigned_integer(state_.memory.used());
  writer.key("resident_bytes").unsigned_integer(resident_bytes());
  writer.key("unrouted").unsigned_integer(unrouted_total(state_)).key("workers").begin_array();
  for (std::size_t i = 0; i < state_.adopted.size(); ++i) {
    writer.begin_object().key("config_revision").integer(state_.adopted[i].value());
    writer.key("connections").integer(state_.connections[i].value());
    writer.key("requests_in_flight").integer(state_.in_flight[i].value()).end_object();
  }
  writer.end_array().key("routes").begin_array();
  for (const GatewayRoute& route : snapshot->routes) write_route_status(writer, route.stats->snapshot(now()));
  writer.end_array().key("clusters");
  write_clusters(writer, *snapshot, now());
  writer.end_object();
  return out + "\n";
}

std::string AdminHandler::metrics_text() {
  const std::shared_ptr<const GatewaySnapshot> snapshot = state_.snapshot();
  std::string out;
  MetricsText text(out);
  text.family(MetricKind::kGauge, "banyan_build_info", "Version of the running program, always 1.");
  text.sample({{"version", version_}}, 1);
  text.family(MetricKind::kGauge, "banyan_config_revision", "Configurations that took effect since the start.");
  text.sample({}, snapshot->revision);
  text.family(MetricKind::kGauge, "banyan_config_last_reload_successful", "0 while the last file was refused.");
  text.sample({}, state_.config_error().empty() ? 1 : 0);
  text.family(MetricKind::kGauge, "banyan_connections", "Open client connections.");
  text.sample({}, state_.connections.total());
  text.family(MetricKind::kGauge, "banyan_requests_in_flight", "Requests being handled.");
  text.sample({}, state_.in_flight.total());
  text.family(MetricKind::kCounter, "banyan_client_closed_requests_total", "Requests ended because their client left.");
  text.sample({}, state_.client_closed.total());
  text.family(MetricKind::kGauge, "banyan_buffer_memory_bytes", "Bytes of leased buffers.");
  text.sample({}, state_.memory.used());
  text.family(MetricKind::kGauge, "banyan_resident_memory_bytes", "Resident set size of the process.");
  text.sample({}, resident_bytes());
  text.family(MetricKind::kCounter, "banyan_memory_refused_total", "Buffers refused at the memory limit.");
  text.sample({}, state_.memory.refused());
  text.family(MetricKind::kCounter, "banyan_memory_shed_requests_total", "Requests refused because memory was short.");
  text.sample({}, state_.memory_shed.total());
  write_concurrency_metrics(text, *snapshot);
  const RuntimeStatistics statistics = runtime_statistics();
  text.family(MetricKind::kCounter, "banyan_task_runs_total", "Times a task was resumed.");
  text.sample({}, statistics.runs);
  text.family(MetricKind::kCounter, "banyan_task_stalls_total", "Times a task ran too long without suspending.");
  text.sample({}, statistics.stalls);
  text.family(MetricKind::kCounter, "banyan_access_log_lines_lost_total", "Lines the access log had no room for.");
  text.sample({}, snapshot->access_log == nullptr ? 0 : snapshot->access_log->lines_lost());
  std::vector<std::shared_ptr<RouteStats>> routes;
  for (const GatewayRoute& route : snapshot->routes) routes.push_back(route.stats);
  write_route_metrics(text, routes);
  snapshot->filters.write_metrics(text);
  write_cluster_metrics(text, *snapshot, now());
  if (rollouts_ != nullptr) rollouts_->write_metrics(text);
  text.family(MetricKind::kCounter, "banyan_unrouted_requests_total", "Requests that matched no route, by status.");
  for (std::size_t kind = 0; kind < StatusCounts::kKinds && !StatusCounts::label(kind).empty(); ++kind) {
    std::uint64_t sum = 0;
    for (std::size_t worker = 0; worker < state_.unrouted.size(); ++worker)
      sum += state_.unrouted[worker].kind(kind).value();
    if (sum > 0) text.sample({{"status", StatusCounts::label(kind)}}, sum);
  }
  return out;
}

}  // namespace banyan
