#include "gateway/gateway.h"

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <variant>

#include "base/log.h"
#include "config/gateway_config.h"
#include "gateway/admin.h"
#include "gateway/gateway_state.h"
#include "gateway/health_checker.h"
#include "gateway/listeners.h"
#include "gateway/process_events.h"
#include "gateway/rollouts.h"
#include "gateway/socket_address.h"
#include "net/descriptor_limit.h"
#include "runtime/blocking.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// How often a worker looks after its connections: so long may a client that left go unnoticed.
constexpr Duration kLookEvery = 200ms;

std::string diagnostics_text(const LoadedConfig& loaded) {
  std::string text;
  for (const Diagnostic& diagnostic : loaded.diagnostics) text += diagnostic.text() + "\n";
  return text;
}

// What a worker is told to do; it answers through `done`.
struct WorkerOrder {
  std::vector<ListenAt> listen;
  LimitsConfig limits;
  bool stop = false;
  Channel<Result<void>> done{1};
};
using OrderChannel = Channel<std::shared_ptr<WorkerOrder>>;

// At drain.
Task<void> wait_until_closed(GatewayState* state, unsigned index, WorkerListeners* listeners, TimePoint limit) {
  while (listeners->connections() > 0 && now() < limit && !cancelled()) {
    (void)co_await sleep_for(2ms);
    listeners->end_abandoned();
    state->connections[index].set(static_cast<std::int64_t>(listeners->connections()));
  }
}

Task<void> run_worker(GatewayState* state, unsigned index, OrderChannel* orders) {
  WorkerListeners listeners(*state, index);
  for (;;) {
    Result<std::optional<std::shared_ptr<WorkerOrder>>> order = co_await orders->receive(now() + kLookEvery);
    listeners.end_abandoned();
    state->connections[index].set(static_cast<std::int64_t>(listeners.connections()));
    if (!order.ok()) {
      if (order.error().code() == ErrorCode::kDeadlineExceeded) continue;
      break;
    }
    if (!*order) break;
    WorkerOrder& what = ***order;
    if (what.stop) {
      co_await listeners.stop();
      (void)what.done.try_send({});
      break;
    }
    listeners.set_limits(what.limits);
    (void)what.done.try_send(co_await listeners.apply(what.listen));
  }
  const std::shared_ptr<const GatewaySnapshot> snapshot = state->snapshot();
  co_await wait_until_closed(state, index, &listeners, now() + snapshot->config.gateway.drain_timeout);
  if (listeners.connections() > 0) {
    log_warn("drain_cut", {{"connections", static_cast<std::int64_t>(listeners.connections())},
                           {"hint", "gateway.drain_timeout is over; what was under way is cut off"}});
    listeners.end_all();
    co_await wait_until_closed(state, index, &listeners, now() + 1s);
  }
  if (listeners.connections() > 0) {
    if (snapshot->access_log != nullptr) snapshot->access_log->flush(1s);
    std::_Exit(0);
  }
  state->workers_running.fetch_sub(1);
}

// The one task that changes anything: starts, reloads and ends the gateway.
class Control {
 public:
  Control(GatewayState& state, const GatewayOptions& options) : state_(state), options_(options) {}

  Task<int> run(GatewayConfig first);

 private:
  enum class Event : std::uint8_t { kReload, kEnd, kReopenLogs, kDumpTasks };

  Task<int> serve(GatewayConfig first);
  Task<Result<void>> take_configuration(GatewayConfig config);
  Result<std::vector<ListenAt>> plan_listeners(const GatewayConfig& config);
  Task<Result<void>> order_all(const std::vector<ListenAt>& listen, const LimitsConfig& limits, bool stop);
  Result<void> open_ledger();
  Task<Result<void>> start_admin();
  Task<std::string> reload();
  void watch_files();
  void watch_clusters(const GatewaySnapshot* previous);
  void reopen_logs();
  Task<void> drain();
  static Task<Result<void>> follow_signals(Control* control);
  static Task<Result<void>> follow_files(Control* control);
  static Task<Result<void>> follow_admin(Control* control);
  static Task<Result<void>> tick(Control* control);
  static Task<Result<void>> move_routes(Control* control);
  static Task<Result<void>> accept_admin(Control* control);

  GatewayState& state_;
  const GatewayOptions& options_;
  Scope helpers_;  // the tasks that watch for events
  Channel<Event> events_{16};
  Channel<std::shared_ptr<ReloadRequest>> reloads_;
  Channel<std::shared_ptr<ReloadRequest>> admin_reloads_{16};
  std::vector<std::unique_ptr<OrderChannel>> orders_;
  std::map<std::string, std::shared_ptr<TlsServerSlot>> tls_;
  std::vector<ListenAt> listening_;
  std::unique_ptr<FileEvents> files_;
  std::unique_ptr<Rollouts> rollouts_;  // where there is a ledger
  std::unique_ptr<AdminHandler> admin_;
  std::unique_ptr<Http1Server> admin_server_;
  std::unique_ptr<Listener> admin_listener_;
  MemoryBudget admin_memory_;
};

Result<std::vector<ListenAt>> Control::plan_listeners(const GatewayConfig& config) {
  std::vector<ListenAt> plan;
  std::map<std::string, std::shared_ptr<const TlsServerContext>> contexts;
  for (const ListenerConfig& listener : config.gateway.listen) {
    ListenAt at;
    at.address = socket_address(listener.address);
    at.key = listener.address.text();
    at.proxy_protocol = listener.proxy_protocol;
    if (at.proxy_protocol) at.key += " proxy";
    if (!listener.certificates.empty()) {
      TlsServerOptions tls;
      for (const CertificateConfig& pair : listener.certificates)
        tls.certificates.push_back({pair.certificate, pair.key});
      tls.alpn = {"h2", "http/1.1"};
      if (!listener.client_ca.empty()) {
        using ClientCertificate = TlsServerOptions::ClientCertificate;
        tls.client_authorities = listener.client_ca;
        tls.client_certificate =
            listener.client_auth == ClientAuth::kRequire ? ClientCertificate::kRequired : ClientCertificate::kOptional;
      }
      Result<std::shared_ptr<const TlsServerContext>> context = TlsServerContext::load(tls);
      if (!context.ok()) {
        const SourcePosition& position = listener.certificates.front().position;
        return std::move(context).error().add_context(state_.config_path + ":" + std::to_string(position.line) + ":" +
                                                      std::to_string(position.column));
      }
      at.key += " tls";
      contexts[at.key] = *std::move(context);
    }
    plan.push_back(std::move(at));
  }
  // Nothing is changed before everything has been loaded.
  for (ListenAt& at : plan) {
    const auto context = contexts.find(at.key);
    if (context == contexts.end()) continue;
    std::shared_ptr<TlsServerSlot>& slot = tls_[at.key];
    if (slot == nullptr) {
      slot = std::make_shared<TlsServerSlot>(context->second);
    } else {
      slot->store(context->second);
    }
    at.tls = slot;
  }
  return plan;
}

Task<Result<void>> Control::order_all(const std::vector<ListenAt>& listen, const LimitsConfig& limits, bool stop) {
  Result<void> outcome;
  for (auto& channel : orders_) {
    auto order = std::make_shared<WorkerOrder>();
    order->listen = listen;
    order->limits = limits;
    order->stop = stop;
    co_await try_(co_await channel->send(order));
    std::optional<Result<void>> done = co_await try_(co_await order->done.receive());
    if (done && !done->ok() && outcome.ok()) outcome = *std::move(done);
  }
  co_return outcome;
}

Task<Result<void>> Control::take_configuration(GatewayConfig config) {
  const std::optional<LedgerConfig>& ledger = state_.snapshot()->config.ledger;
  if (ledger.has_value() != config.ledger.has_value() || (ledger && ledger->file != config.ledger->file)) {
    co_return Error(ErrorCode::kFailedPrecondition, "`ledger.file` changes at a restart alone; nothing was taken");
  }
  const std::shared_ptr<const GatewaySnapshot> previous = state_.snapshot();
  auto compile = [&] { return make_snapshot(std::move(config), previous.get(), worker_count(), steady_now()); };
  std::shared_ptr<const GatewaySnapshot> next = co_await try_(compile());
  std::vector<ListenAt> plan = co_await try_(plan_listeners(next->config));
  Result<void> opened = co_await order_all(plan, next->config.gateway.limits, false);
  if (!opened.ok()) {
    // Back to what was: sockets that could be opened on some workers are closed again.
    (void)co_await order_all(listening_, next->config.gateway.limits, false);
    co_return opened;
  }
  listening_ = std::move(plan);
  state_.publish(std::move(next));
  watch_clusters(previous.get());
  watch_files();
  co_return {};
}

// Begins to look after the clusters that are new, and lets those go that are gone.
void Control::watch_clusters(const GatewaySnapshot* previous) {
  const auto has = [](const GatewaySnapshot& snapshot, const ClusterState* state) {
    return std::any_of(snapshot.clusters.begin(), snapshot.clusters.end(),
                       [state](const GatewayCluster& cluster) { return cluster.state.get() == state; });
  };
  const std::shared_ptr<const GatewaySnapshot> snapshot = state_.snapshot();
  for (const GatewayCluster& cluster : snapshot->clusters) {
    if (previous != nullptr && has(*previous, cluster.state.get())) continue;
    if (cluster.state->has_names()) {
      helpers_.spawn_pinned("names", follow_names(cluster.state, &state_.resolver));
    }
    if (!cluster.config->health) continue;
    helpers_.spawn_pinned("health", check_health(cluster.state, {&state_.memory, cluster.fpm, cluster.tls}));
  }
  if (previous == nullptr) return;
  for (const GatewayCluster& cluster : previous->clusters) {
    if (!has(*snapshot, cluster.state.get())) cluster.state->retire();
  }
}

void Control::watch_files() {
  if (files_ == nullptr) return;
  std::vector<std::string> paths{state_.config_path};
  for (const ListenerConfig& listener : state_.snapshot()->config.gateway.listen) {
    for (const CertificateConfig& pair : listener.certificates) {
      paths.push_back(pair.certificate);
      paths.push_back(pair.key);
    }
    if (!listener.client_ca.empty()) paths.push_back(listener.client_ca);
  }
  for (const ClusterConfig& cluster : state_.snapshot()->config.clusters) {
    if (!cluster.tls) continue;
    for (const std::string* file : {&cluster.tls->ca, &cluster.tls->certificate, &cluster.tls->key}) {
      if (!file->empty()) paths.push_back(*file);
    }
  }
  const GatewayConfig& config = state_.snapshot()->config;
  const auto add_filters = [&paths](const std::vector<FilterConfig>& filters) {
    for (const FilterConfig& filter : filters) paths.insert(paths.end(), filter.files.begin(), filter.files.end());
  };
  add_filters(config.filters);
  for (const RouteConfig& route : config.routes) add_filters(route.filters);
  files_->watch(paths);
}

Task<std::string> Control::reload() {
  const std::string path = state_.config_path;
  LoadedConfig loaded = co_await blocking([&path] { return load_gateway_config(path); });
  std::string problem;
  if (!loaded.ok()) {
    problem = diagnostics_text(loaded);
  } else {
    if (loaded.config.gateway.workers != state_.snapshot()->config.gateway.workers) {
      log_warn("workers_unchanged", {{"hint", "the number of workers changes at a restart"}});
    }
    Result<void> taken = co_await take_configuration(std::move(loaded.config));
    if (!taken.ok()) problem = taken.error().text();
  }
  state_.set_config_error(problem);
  if (problem.empty()) {
    log_info("configuration_taken", {{"file", path}, {"revision", static_cast<std::int64_t>(state_.revision())}});
  } else {
    log_error("configuration_refused", {{"file", path}, {"problem", problem}});
  }
  co_return problem;
}

Task<Result<void>> Control::follow_signals(Control* control) {
  SignalEvents signals;
  for (int ends = 0;;) {
    const Result<int> number = co_await signals.next();
    if (!number.ok()) co_return {};
    switch (*number) {
      case SIGHUP:
        (void)control->events_.try_send(Event::kReload);
        break;
      case SIGUSR1:
        (void)control->events_.try_send(Event::kReopenLogs);
        break;
      case SIGQUIT:
        (void)control->events_.try_send(Event::kDumpTasks);
        break;
      default:
        if (++ends > 1) std::_Exit(0);
        control->state_.draining.store(true);
        (void)control->events_.try_send(Event::kEnd);
        break;
    }
  }
}

Task<Result<void>> Control::follow_files(Control* control) {
  for (;;) {
    if (!(co_await control->files_->next()).ok()) co_return {};
    if (!(co_await sleep_for(50ms)).ok()) co_return {};  // whoever writes several files is given time to finish
    (void)control->events_.try_send(Event::kReload);
  }
}

Task<Result<void>> Control::follow_admin(Control* control) {
  for (;;) {
    Result<std::optional<std::shared_ptr<ReloadRequest>>> request = co_await control->reloads_.receive();
    if (!request.ok() || !*request) co_return {};
    if (!control->admin_reloads_.try_send(**request)) continue;
    (void)control->events_.try_send(Event::kReload);
  }
}

Task<Result<void>> Control::tick(Control* control) {
  while ((co_await sleep_for(1s)).ok()) {
    const auto snapshot = control->state_.snapshot();
    for (const GatewayRoute& route : snapshot->routes) route.stats->tick(now());
  }
  co_return {};
}

Task<Result<void>> Control::move_routes(Control* control) {
  co_await control->rollouts_->run();
  co_return {};
}

// Before workers start: what they give to whom is in it. Blocks.
Result<void> Control::open_ledger() {
  const std::optional<LedgerConfig>& config = state_.snapshot()->config.ledger;
  if (!config) return {};
  BANYAN_TRY(std::unique_ptr<Ledger> ledger,
             Ledger::open({.file = config->file, .samples_keep = config->samples_keep}));
  rollouts_ = std::make_unique<Rollouts>(state_, std::move(ledger));
  BANYAN_TRY_VOID(rollouts_->restore());
  rollouts_->adopt();
  return {};
}

Task<Result<void>> Control::accept_admin(Control* control) {
  co_await serve_connections(*control->admin_listener_, *control->admin_server_);
  co_return {};
}

Task<Result<void>> Control::start_admin() {
  const std::optional<AdminConfig>& config = state_.snapshot()->config.admin;
  if (!config) co_return {};
  std::string token = co_await try_(read_token(config->token_file));
  Listener listener = co_await try_(Listener::open(socket_address(config->listen)));
  admin_listener_ = std::make_unique<Listener>(std::move(listener));
  admin_ = std::make_unique<AdminHandler>(state_, std::move(token), options_.version, reloads_, rollouts_.get());
  admin_server_ = std::make_unique<Http1Server>(*admin_, admin_memory_, ServerLimits{});
  helpers_.spawn_pinned("admin accept", accept_admin(this));
  co_return {};
}

void Control::reopen_logs() {
  const std::shared_ptr<LogSink> log = state_.snapshot()->access_log;
  if (log == nullptr) return;
  const Result<void> reopened = log->reopen();
  if (!reopened.ok()) log_error("log_reopen_failed", {{"problem", reopened.error().text()}});
}

Task<void> Control::drain() {
  log_info("draining", {});
  (void)co_await order_all({}, state_.snapshot()->config.gateway.limits, true);
  while (state_.workers_running.load() > 0) (void)co_await sleep_for(2ms);
  if (admin_listener_ != nullptr) {
    admin_listener_->close();
    admin_server_->drain();
    const TimePoint give_up = now() + 1s;
    while (admin_server_->connections() > 0 && now() < give_up) (void)co_await sleep_for(2ms);
    if (admin_server_->connections() > 0) {
      if (const std::shared_ptr<LogSink> log = state_.snapshot()->access_log) log->flush(1s);
      std::_Exit(0);
    }
  }
}

Task<int> Control::run(GatewayConfig first) {
  const int code = co_await serve(std::move(first));
  helpers_.cancel();
  (void)co_await helpers_.join_all();
  co_return code;
}

Task<int> Control::serve(GatewayConfig first) {
  Result<std::unique_ptr<FileEvents>> files = FileEvents::open();
  if (files.ok()) {
    files_ = *std::move(files);
  } else {
    log_warn("file_changes_unseen", {{"problem", files.error().text()}, {"hint", "reload by SIGHUP"}});
  }
  Result<std::shared_ptr<const GatewaySnapshot>> snapshot =
      make_snapshot(std::move(first), nullptr, worker_count(), now());
  if (!snapshot.ok()) {
    std::fprintf(stderr, "%s: %s\n", state_.config_path.c_str(), snapshot.error().text().c_str());
    co_return 2;
  }
  state_.publish(*snapshot);
  if (const Result<void> opened = open_ledger(); !opened.ok()) {
    std::fprintf(stderr, "%s: ledger: %s\n", state_.config_path.c_str(), opened.error().text().c_str());
    co_return 2;
  }
  watch_files();  // before anybody can see that the gateway runs: a change made from then on is not missed
  for (unsigned i = 0; i < worker_count(); ++i) {
    orders_.push_back(std::make_unique<OrderChannel>());
    state_.workers_running.fetch_add(1);
    go_pinned_to(i, "gateway worker", run_worker(&state_, i, orders_.back().get()));
  }
  Result<void> started;
  Result<std::vector<ListenAt>> plan = plan_listeners(state_.snapshot()->config);
  if (plan.ok()) {
    listening_ = *plan;
    started = co_await order_all(*plan, state_.snapshot()->config.gateway.limits, false);
  } else {
    started = std::move(plan).error();
  }
  if (started.ok()) started = co_await start_admin();
  if (!started.ok()) {
    std::fprintf(stderr, "%s\n", started.error().text().c_str());
    co_await drain();
    co_return 2;
  }
  for (const ListenAt& at : listening_) log_info("listening", {{"address", at.key}});
  watch_clusters(nullptr);
  helpers_.spawn_pinned("signals", follow_signals(this));
  if (files_ != nullptr) helpers_.spawn_pinned("file changes", follow_files(this));
  helpers_.spawn_pinned("admin reloads", follow_admin(this));
  helpers_.spawn_pinned("statistics", tick(this));
  if (rollouts_ != nullptr) helpers_.spawn_pinned("rollouts", move_routes(this));
  for (;;) {
    Result<std::optional<Event>> event = co_await events_.receive();
    if (!event.ok() || !*event || **event == Event::kEnd) break;
    if (**event == Event::kReopenLogs) reopen_logs();
    if (**event == Event::kDumpTasks) {
      for (const TaskInfo& task : dump_tasks(10000)) {
        std::fprintf(stderr, "task %llu %s: %s, %u ms old\n", static_cast<unsigned long long>(task.id),
                     task.name.c_str(), task.state.c_str(), task.age_ms);
      }
    }
    if (**event == Event::kReload) {
      const std::string problem = co_await reload();
      while (std::optional<std::shared_ptr<ReloadRequest>> waiting = admin_reloads_.try_receive()) {
        (void)(*waiting)->done.try_send(problem);
      }
    }
  }
  co_await drain();
  co_return 0;
}

struct ControlJob {
  GatewayState* state;
  const GatewayOptions* options;
  GatewayConfig config;
  int code = 0;
};

Task<Result<void>> control_gateway(ControlJob* job) {
  Control control(*job->state, *job->options);
  job->code = co_await control.run(std::move(job->config));
  co_return {};
}

// The control task is pinned: it shares the admin server with that server's connections without a lock.
Task<int> run_control(ControlJob* job) {
  Scope scope;
  scope.spawn_pinned("control", control_gateway(job));
  (void)co_await scope.join_all();
  co_return job->code;
}

}  // namespace

int run_gateway(const GatewayOptions& options) {
  LoadedConfig loaded = load_gateway_config(options.config_path);
  const std::string diagnostics = diagnostics_text(loaded);
  std::fputs(diagnostics.c_str(), stderr);
  if (!loaded.ok()) return 2;
  block_process_signals();
  raise_descriptor_limit();
  const std::unique_ptr<LogSink> sink = LogSink::standard_error({LogFormat::kJson, nullptr});
  Logger logger(*sink);
  set_process_logger(&logger);
  RuntimeOptions runtime;
  runtime.workers = static_cast<unsigned>(loaded.config.gateway.workers);
  runtime.on_stall = [](const char* name, std::uint64_t id, Duration so_far) {
    log_warn("task_stalled", {{"task", name}, {"id", static_cast<std::int64_t>(id)}, {"ms", so_far.count() / 1000000}});
  };
  GatewayState state(options.config_path, worker_count_for(runtime));
  ControlJob job{&state, &options, std::move(loaded.config)};
  const int code = run(runtime, run_control(&job));
  set_process_logger(nullptr);
  return code;
}

}  // namespace banyan
