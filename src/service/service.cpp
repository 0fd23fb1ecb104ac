#include "service/service.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "base/log.h"
#include "http/target.h"
#include "runtime/longest_run.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "service/openapi.h"
#include "service/random_bits.h"
#include "telemetry/access_log_line.h"
#include "telemetry/metrics_text.h"

namespace banyan::service {
namespace {

// Smaller answers are what the room between a budget's hard limit and the process's is for.
constexpr std::size_t kAnswerBytesUncounted = 16 * 1024;

// What an answer tells adaptive concurrency. How soon a request was refused for its own mistakes tells nothing.
ConcurrencyLimit::Outcome what_it_says(int status) {
  if (status == 503 || status == 504) return ConcurrencyLimit::Outcome::kOverload;
  return status >= 400 ? ConcurrencyLimit::Outcome::kNeutral : ConcurrencyLimit::Outcome::kAnswered;
}

Task<Result<Content>> healthy(Context&) { co_return Content{"application/json", R"({"status":"ok"})"}; }

}  // namespace

struct Service::Worker {
  AccessLogLine line;
};

Task<Result<void>> Next::operator()() const {
  const std::vector<Middleware>& middleware = route_->rules.middleware;
  if (index_ == middleware.size()) return route_->endpoint.call(*context_);
  return middleware[index_](*context_, Next(*route_, index_ + 1, *context_));
}

Route& Group::route(std::string_view method, std::string_view path, TypedEndpoint endpoint) {
  Route& made = service_.routes_.emplace_back();
  made.method = method;
  made.path = prefix_ + std::string(path);
  made.endpoint = std::move(endpoint);
  made.rules = rules_;
  return made;
}

Service::Service(ServiceOptions options)
    : Group(*this, "", {}), options_(std::move(options)), spans_{SpanLine(options_.name, options_.version)} {}
Service::~Service() = default;

void Service::ready_when(std::string name, Check check) { checks_.emplace_back(std::move(name), std::move(check)); }

void Service::observe(SqlDatabase& database) {
  SqlPlace place = database.place();
  for (const auto& known : databases_) {
    if (known->dialect() == database.dialect() && known->place() == place) return database.set_observer(known.get());
  }
  databases_.push_back(
      std::make_unique<DatabaseStatements>(database.dialect(), std::move(place), worker_count(), spans_));
  database.set_observer(databases_.back().get());
}

void Service::add_own_routes() {
  const auto add = [this](std::string_view path, TypedEndpoint endpoint) {
    if (std::ranges::any_of(routes_, [path](const Route& route) { return route.path == path; })) return;
    Route& route = routes_.emplace_back();
    route.method = "GET";
    route.path = path;
    route.endpoint = std::move(endpoint);
    route.listed = false;
    route.sheds = false;
  };
  add("/healthz", typed_endpoint(&healthy));
  add("/readyz", typed_endpoint([this](Context& context) { return ready(context); }));
  add("/metrics", typed_endpoint([this](Context& context) { return metrics_answer(context); }));
  add("/openapi.json", typed_endpoint([this](Context& context) { return openapi_answer(context); }));
}

Task<Result<Content>> Service::metrics_answer(Context&) {
  co_return Content{std::string(kMetricsContentType), metrics()};
}

Task<Result<Content>> Service::openapi_answer(Context&) { co_return Content{"application/json", openapi_}; }

Task<Result<Content>> Service::ready(Context& context) {
  if (draining_.load(std::memory_order_relaxed)) co_return context.problem(503, "draining");
  for (const auto& [name, check] : checks_) {
    const Result<void> outcome = co_await check();
    if (outcome.ok()) continue;
    log_warn("not_ready", {{"check", name}, {"error", outcome.error().text()}});
    co_return context.problem(503, name + " is not ready");
  }
  co_return Content{"application/json", R"({"status":"ready"})"};
}

Result<void> Service::start(std::size_t workers) {
  add_own_routes();
  BANYAN_TRY(table_, RouteTable::compile(routes_));
  openapi_ = describe_openapi(options_.name, options_.version, routes_);
  const TimePoint time = now();
  admission_.emplace(options_.admission, memory_, time);
  const std::vector<std::string_view> clusters{options_.name};
  for (Route& route : routes_) {
    const std::string id = route.method + " " + route.path;
    route.stats = std::make_shared<RouteStats>(
        RouteStatsSpec{.id = id, .clusters = clusters, .mirror = {}, .labels = {}}, workers, time);
  }
  no_route_stats_ = std::make_shared<RouteStats>(
      RouteStatsSpec{.id = "", .clusters = clusters, .mirror = {}, .labels = {}}, workers, time);
  for (std::size_t i = 0; i < workers; ++i) workers_.push_back(std::make_unique<Worker>());
  return {};
}

TimePoint Service::deadline_of(const Fields& fields) const {
  Duration allowed = options_.deadline;
  const std::string_view asked = options_.deadline_field.empty() ? "" : fields.value(options_.deadline_field);
  std::int64_t milliseconds = 0;
  const auto [end, error] = std::from_chars(asked.data(), asked.data() + asked.size(), milliseconds);
  if (!asked.empty() && error == std::errc() && end == asked.data() + asked.size() && milliseconds > 0 &&
      milliseconds < 3'600'000) {
    allowed = std::min<Duration>(allowed, std::chrono::milliseconds(milliseconds));
  }
  return now() + allowed;
}

Task<void> Service::handle(Exchange& exchange) {
  const unsigned worker = current_worker_index();  // connections are pinned
  const TimePoint begun = exchange.started();
  Context context(exchange, accept_trace(exchange.head().fields, spans_.sink != nullptr, random_bits), memory_);
  Result<void> outcome = find_route(context);
  const bool found = outcome.ok() && context.route_ != nullptr;
  const bool counted = found && context.route_->sheds;
  const std::string_view lacking = counted ? admission_->enter(context.route_->rank) : "";
  if (!lacking.empty()) {
    outcome = context.problem(503, "overloaded: try again later");
  } else if (found) {
    // Within it every wait ends at the deadline; the answer is sent outside, or a late one could not be given.
    ContextGuard guard(with_ambient(current_context().with_deadline(deadline_of(exchange.head().fields)), context));
    outcome = co_await run_route(context);
  }
  const Duration took = now() - begun;
  const int status = co_await answer(context, std::move(outcome));
  if (counted && lacking.empty()) admission_->leave(what_it_says(status), took, now());
  record(context, worker, now() - begun);
}

// OPTIONS is answered here, with no route.
Result<void> Service::find_route(Context& context) {
  const RequestHead& head = context.head();
  const auto path = normalize_path(head.path, PathForm::kRouting, context.path_);
  if (!path) return context.problem(400, std::string(path.error().sentence));
  // Captures are views of the path, which lives as long as the context.
  const RouteTable::Found found = table_->find(head.method, head.method_name, *path);
  if (found.route == nullptr) return context.problem(404, "not found");
  context.match_ = found.match;
  if (!found.match) context.answer().fields.add_copy(FieldId::kAllow, found.allow);
  if (!found.match && head.method_name == "OPTIONS") {
    context.answer().status = 204;
    return {};
  }
  context.route_ = found.route;
  if (found.match) return {};
  // In the way clients of the path know.
  return context.problem(405, "method not allowed");
}

Task<Result<void>> Service::run_route(Context& context) {
  co_await try_(Next(*context.route_, 0, context)());
  const std::size_t bytes = context.answer().body.size();
  co_return bytes < kAnswerBytesUncounted ? Result<void>() : context.hold(bytes);
}

Task<int> Service::answer(Context& context, Result<void> outcome) {
  Answer& answer = context.answer();
  if (!outcome.ok()) {
    const Error& error = outcome.error();
    const Problem problem = context.problem_for(error);
    // What the client is not told. One that has gone makes no line.
    if (problem.status >= 500 && error.code() != ErrorCode::kCancelled) {
      log(problem.status == 500 ? LogLevel::kError : LogLevel::kWarn, "request_failed",
          {{"path", context.head().path}, {"status", problem.status}, {"error", error.text()}});
    }
    const ProblemStyle style = context.route_ == nullptr ? problem_style() : context.route_->rules.style;
    ProblemText text = style(problem);
    if (problem.status == 503) answer.fields.set_copy(FieldId::kRetryAfter, "1");
    answer.status = problem.status;
    answer.content_type = std::move(text.content_type);
    answer.body = std::move(text.body);
    answer.stream.reset();
  }
  if (answer.status == 0) answer.status = context.route_->status;
  if (!answer.content_type.empty()) answer.fields.set_copy(FieldId::kContentType, answer.content_type);
  if (!build_.empty()) (void)answer.fields.add_copy("X-Build", build_);
  const Result<void> sent =
      answer.stream != nullptr ? co_await context.exchange_.respond_stream(answer.status, answer.fields, *answer.stream)
                               : co_await context.exchange_.respond(answer.status, answer.fields, answer.body);
  if (!sent.ok()) log_debug("answer_not_sent", {{"error", sent.error().text()}});
  co_return answer.status;
}

void Service::record(Context& context, unsigned worker, Duration duration) {
  Exchange& exchange = context.exchange();
  const Route* const route = context.route_;
  (route == nullptr ? no_route_stats_ : route->stats)->record(worker, 0, exchange.status(), duration);
  if (spans_.sink != nullptr && context.trace().self.sampled()) write_span(context, duration);
  if (access_log_ == nullptr) return;
  const RequestHead& head = exchange.head();
  const std::string client = exchange.peer().family == SocketAddress::Family::kUnix ? "" : exchange.peer().host();
  const std::string name = route == nullptr ? "" : route->method + " " + route->path;
  const std::string colour = context.colour();
  const TraceParent& self = context.trace().self;
  access_log_->write_line(workers_[worker]->line.write({.time = wall_now(),
                                                        .client = client,
                                                        .protocol = exchange.protocol(),
                                                        .method = head.method_name,
                                                        .host = head.host,
                                                        .target = head.target,
                                                        .status = exchange.status(),
                                                        .request_bytes = exchange.framing().body.length,
                                                        .response_bytes = exchange.body_bytes_sent(),
                                                        .duration = duration,
                                                        .route = name,
                                                        .colour = colour,
                                                        .request_id = head.fields.value(FieldId::kXRequestId),
                                                        .trace_high = self.trace_high,
                                                        .trace_low = self.trace_low,
                                                        .span = self.span}));
}

void Service::write_span(Context& context, Duration duration) const {
  const RequestHead& head = context.head();
  const std::string_view path = context.route_ == nullptr ? "" : std::string_view(context.route_->path);
  const std::string status = std::to_string(context.exchange().status());
  std::string name(head.method_name);
  if (!path.empty()) name.append(" ").append(path);
  std::vector<SpanAttribute> attributes = {{"http.request.method", head.method_name},
                                           {"url.path", head.path},
                                           {"http.response.status_code", std::int64_t{context.exchange().status()}}};
  if (!path.empty()) attributes.push_back({"http.route", path});
  const bool failed = context.exchange().status() < 100 || context.exchange().status() >= 500;
  if (failed) attributes.push_back({"error.type", status});
  (void)spans_.sink->write_line(spans_.lines.write({.self = context.trace().self,
                                                    .parent = context.trace().parent_span,
                                                    .name = name,
                                                    .kind = SpanKind::kServer,
                                                    .end = wall_now(),
                                                    .took = duration,
                                                    .attributes = attributes,
                                                    .failed = failed,
                                                    .error = {}}));
}

std::string Service::metrics() const {
  std::string out;
  MetricsText text(out);
  std::vector<std::shared_ptr<RouteStats>> stats{no_route_stats_};
  for (const Route& route : routes_) stats.push_back(route.stats);
  write_route_metrics(text, stats);
  admission_->write_metrics(text);
  write_statement_metrics(text, databases_);
  text.family(MetricKind::kGauge, "banyan_runtime_longest_run_seconds",
              "The longest a task was seen to run without suspending.");
  text.sample({}, std::chrono::duration<double>(longest_run()).count());
  text.family(MetricKind::kCounter, "banyan_runtime_stalls_total", "Runs of a task that took longer than 10 ms.");
  text.sample({}, runtime_statistics().stalls);
  return out;
}

}  // namespace banyan::service
