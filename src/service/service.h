// A native service: what it answers, and how.
//
//   Task<Result<Greeting>> greet(Greet in, service::Context&) { co_return Greeting{"hello " + in.name}; }
//
//   Task<Result<void>> build(service::Service& app, const Arguments&) {
//     app.get("/greetings/:name", greet).says("greets somebody by name");
//     co_return {};
//   }
//   int main(int argc, char** argv) {
//     return service::run_service({.name = "greeter", .summary = "greets", .build = build}, argc, argv);  // server.h
//   }
//
// Beside its routes it answers /healthz (it runs), /readyz (its checks pass and it is not draining), /metrics and
// /openapi.json, unless a route of its own has that path. A path that is known under another method gets 405 with
// Allow; HEAD is answered as GET is; OPTIONS says what is allowed. Each request has a deadline, which reaches whatever
// it waits for; a trace and a colour, which put_ambient() hands on; a line in the access log and its place in metrics.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "exchange/exchange.h"
#include "net/buffer_pool.h"
#include "service/admission.h"
#include "service/context.h"
#include "service/database_statements.h"
#include "service/endpoint.h"
#include "service/route_table.h"
#include "telemetry/route_stats.h"

namespace banyan {
class LogSink;
}

namespace banyan::service {

class Service;

// What is left of a request's way: the next middleware, or the endpoint.
class Next {
 public:
  Next(const Route& route, std::size_t index, Context& context) : route_(&route), index_(index), context_(&context) {}
  // Once at most.
  Task<Result<void>> operator()() const;

 private:
  const Route* route_;
  std::size_t index_;
  Context* context_;
};

// Runs around endpoints: `co_await next()` goes on, and returning without it ends the request there. It is a function,
// or a lambda that is no coroutine itself where it captures.
using Middleware = std::function<Task<Result<void>>(Context&, Next)>;

// What a group says for its routes.
struct GroupRules {
  std::vector<Middleware> middleware;
  ProblemStyle style = problem_json;
};

struct Route {
  std::string method;
  std::string path;
  TypedEndpoint endpoint;
  GroupRules rules;
  int status = 200;
  std::size_t body_bytes_max = std::size_t{1} << 20;
  std::string invalid;    // the detail where values are wrong; "" for the usual one
  bool json_only = true;  // a body of another type than JSON is refused with 415
  bool listed = true;     // in /openapi.json
  bool sheds = true;      // false: answered even where there is no room for requests, as health is
  Priority rank = Priority::kNormal;
  std::string summary;
  std::string body_type;  // of a body the handler reads itself
  std::shared_ptr<RouteStats> stats;

  // For whoever adds it: app.post("/users", create).answers(201).says("adds a user");
  Route& answers(int its_status) {
    status = its_status;
    return *this;
  }
  Route& says(std::string text) {
    summary = std::move(text);
    return *this;
  }
  Route& problems(ProblemStyle style) {
    rules.style = style;
    return *this;
  }
  // One sentence for all that can be wrong with the input, as old services have it.
  Route& invalid_says(std::string text) {
    invalid = std::move(text);
    return *this;
  }
  Route& body_up_to(std::size_t bytes) {
    body_bytes_max = bytes;
    return *this;
  }
  // The body is read as JSON whatever its Content-Type says.
  Route& any_content_type() {
    json_only = false;
    return *this;
  }
  // What the handler reads from Context::body(): "multipart/form-data".
  Route& reads(std::string content_type) {
    body_type = std::move(content_type);
    return *this;
  }
  Route& unlisted() {
    listed = false;
    return *this;
  }
  // Under pressure the less important are refused first (admission.h).
  Route& priority(Priority its_rank) {
    rank = its_rank;
    return *this;
  }
};

// Routes that share the beginning of their path, middleware and the look of problems. What is set holds for the routes
// and groups that are added after it.
class Group {
 public:
  Group(Service& service, std::string prefix, GroupRules rules)
      : service_(service), prefix_(std::move(prefix)), rules_(std::move(rules)) {}

  Group group(std::string_view prefix) const { return {service_, prefix_ + std::string(prefix), rules_}; }
  Group& use(Middleware middleware) {
    rules_.middleware.push_back(std::move(middleware));
    return *this;
  }
  Group& problems(ProblemStyle style) {
    rules_.style = style;
    return *this;
  }

  // `path` as http/router.h has it: "/users/:id". The reference is valid as long as the service.
  template <class Handler>
  Route& get(std::string_view path, Handler handler) {
    return route("GET", path, typed_endpoint(std::move(handler)));
  }
  template <class Handler>
  Route& post(std::string_view path, Handler handler) {
    return route("POST", path, typed_endpoint(std::move(handler)));
  }
  template <class Handler>
  Route& put(std::string_view path, Handler handler) {
    return route("PUT", path, typed_endpoint(std::move(handler)));
  }
  template <class Handler>
  Route& patch(std::string_view path, Handler handler) {
    return route("PATCH", path, typed_endpoint(std::move(handler)));
  }
  template <class Handler>
  Route& del(std::string_view path, Handler handler) {
    return route("DELETE", path, typed_endpoint(std::move(handler)));
  }
  ProblemStyle problem_style() const { return rules_.style; }
  // Any other method.
  Route& route(std::string_view method, std::string_view path, TypedEndpoint endpoint);

 private:
  Service& service_;
  std::string prefix_;
  GroupRules rules_;
};

struct ServiceOptions {
  std::string name = "service";
  std::string version = "0.1.0";
  Duration deadline = std::chrono::seconds(30);  // of a request
  // Requests may ask for less, in milliseconds, by this field. "" for none.
  std::string deadline_field = "X-Request-Timeout-Ms";
  AdmissionSettings admission;  // beyond it 503
};

class Service final : public Handler, public Group {
 public:
  explicit Service(ServiceOptions options);
  ~Service() override;

  // Keeps what handlers need (a database, a client) as long as requests are answered; it ends before the runtime does,
  // the last kept first.
  template <class T>
  T& keep(std::unique_ptr<T> object) {
    T& kept = *object;
    kept_.push_back(std::move(object));
    return kept;
  }
  // By the program around it, after the last request.
  void let_go() {
    while (!kept_.empty()) kept_.pop_back();
  }

  // Counts the statements of `database` in /metrics, and gives a span of each that works for a sampled request. In
  // build(), before the database is used.
  void observe(SqlDatabase& database);

  // Every answer names the build that gave it in the field X-Build: what a gateway that moves routes on evidence tells
  // builds apart by.
  void names_build(std::string build) { build_ = std::move(build); }

  // Asked by /readyz, by name; it may suspend.
  using Check = std::function<Task<Result<void>>()>;
  void ready_when(std::string name, Check check);

  // After the last route was added, and before the first request. Errors name the route that cannot be.
  Result<void> start(std::size_t workers);
  // From now on /readyz says 503, so that whoever sends requests looks elsewhere.
  void drain() { draining_.store(true, std::memory_order_relaxed); }
  // What connections and requests take their memory from. Above its soft limit requests are answered with 503, unless
  // their route has high priority; at its hard limit the request fails that needs more. Unlimited at first.
  MemoryBudget& memory() { return memory_; }
  // Where access log lines go; it must outlive the service. Null: nowhere.
  void log_access_to(LogSink* sink) { access_log_ = sink; }
  // Where spans go, of requests and of their statements, if the trace is sampled; it must outlive the service. Traces
  // that begin here are, then. Null: nowhere.
  void log_spans_to(LogSink* sink) { spans_.sink = sink; }

  Task<void> handle(Exchange& exchange) override;

  const ServiceOptions& options() const { return options_; }
  const std::deque<Route>& routes() const { return routes_; }
  // The description in OpenAPI 3.1. After start().
  const std::string& openapi() const { return openapi_; }
  std::string metrics() const;

 private:
  friend class Group;
  struct Worker;

  void add_own_routes();
  Result<void> find_route(Context& context);
  Task<Result<void>> run_route(Context& context);
  Task<int> answer(Context& context, Result<void> outcome);  // its status
  TimePoint deadline_of(const Fields& fields) const;
  Task<Result<Content>> ready(Context& context);
  Task<Result<Content>> metrics_answer(Context& context);
  Task<Result<Content>> openapi_answer(Context& context);
  void record(Context& context, unsigned worker, Duration duration);
  void write_span(Context& context, Duration duration) const;

  ServiceOptions options_;
  MemoryBudget memory_;
  std::optional<Admission> admission_;  // once started
  std::deque<Route> routes_;
  std::optional<RouteTable> table_;  // once started
  std::vector<std::pair<std::string, Check>> checks_;
  std::string openapi_;
  std::vector<std::shared_ptr<void>> kept_;
  std::string build_;
  std::shared_ptr<RouteStats> no_route_stats_;
  std::vector<std::unique_ptr<Worker>> workers_;
  LogSink* access_log_ = nullptr;
  SpanLog spans_;
  std::vector<std::unique_ptr<DatabaseStatements>> databases_;
  std::atomic<bool> draining_{false};
};

}  // namespace banyan::service
