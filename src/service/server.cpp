#include "service/server.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <deque>

#include "base/log.h"
#include "net/descriptor_limit.h"
#include "net/listener.h"
#include "runtime/blocking.h"
#include "runtime/channel.h"
#include "runtime/runtime.h"
#include "runtime/sync.h"
#include "service/connections.h"
#include "service/memory_limit.h"
#include "service/memory_watch.h"

namespace banyan::service {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMegabyte = 1024 * 1024;

struct Limits {
  Duration drain_max = 10s;
  MemoryLimit memory;
  std::uint64_t body_bytes_max = 64 * kMegabyte;
};

// What one worker serves with. Made and used on that worker alone.
struct Worker {
  Worker(Service& service, const Limits& limits)
      : connections(service, service.memory(), {.body_bytes_max = limits.body_bytes_max}) {}
  Connections connections;
  std::deque<Listener> listeners;
  WaitGroup accepting;
};

// Outlives the runtime, and with it every connection.
struct Server {
  Server(ServiceOptions options, std::vector<SocketAddress> its_addresses, Limits its_limits)
      : service(std::move(options)), addresses(std::move(its_addresses)), limits(std::move(its_limits)) {}
  Service service;
  const std::vector<SocketAddress> addresses;  // the first is that of --listen
  const Limits limits;
  TlsServerOptions tls_options;
  std::unique_ptr<TlsServerSlot> tls;  // of the first address; null: it is plain
  std::vector<std::unique_ptr<Worker>> workers;
  Event stopping;
  WaitGroup running;
};

// The first worker opens the sockets, the others share them.
Result<void> open_worker(Server& server) {
  auto worker = std::make_unique<Worker>(server.service, server.limits);
  for (std::size_t i = 0; i < server.addresses.size(); ++i) {
    BANYAN_TRY(Listener listener, server.workers.empty() ? Listener::open(server.addresses[i])
                                                         : server.workers.front()->listeners[i].share());
    worker->listeners.push_back(std::move(listener));
  }
  server.workers.push_back(std::move(worker));
  return {};
}

Task<void> accept_from(Listener* listener, Worker* worker, const TlsServerSlot* tls) {
  co_await worker->connections.accept_from(*listener, tls);
  worker->accepting.done();
}

Task<void> drain(Worker& worker, Duration drain_max) {
  (void)co_await sleep_for(2ms);  // a turn for the accepting tasks: what the kernel has queued is served, not reset
  for (Listener& listener : worker.listeners) listener.close();
  (void)co_await worker.accepting.wait();
  worker.connections.drain();
  const TimePoint give_up = now() + drain_max;
  while (worker.connections.open() > 0 && now() < give_up) (void)co_await sleep_for(2ms);
}

// The life of one worker. Tells `started` how its beginning went.
Task<void> run_worker(Server* server, Channel<Result<void>>* started) {
  Result<void> opened = open_worker(*server);
  const bool serves = opened.ok();
  Worker* const worker = serves ? server->workers.back().get() : nullptr;
  (void)started->try_send(std::move(opened));
  if (serves) {
    const TlsServerSlot* tls = server->tls.get();
    for (Listener& listener : worker->listeners) {
      worker->accepting.add();
      go_pinned("accept", accept_from(&listener, worker, std::exchange(tls, nullptr)));
    }
    (void)co_await server->stopping.wait();
    co_await drain(*worker, server->limits.drain_max);
  }
  server->running.done();
}

Task<Result<void>> start_workers(Server& server) {
  Channel<Result<void>> started(1);
  for (unsigned i = 0; i < worker_count(); ++i) {
    server.running.add();
    go_pinned_to(i, "worker", run_worker(&server, &started));
    std::optional<Result<void>> outcome = co_await try_(co_await started.receive());
    co_await try_(*std::move(outcome));
  }
  co_return Result<void>();
}

// SIGHUP means something only where there are certificates.
sigset_t watched_signals(bool tls) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  if (tls) sigaddset(&set, SIGHUP);
  return set;
}

// Those that are faulty leave the old ones in use.
void read_certificates_again(Server& server) {
  Result<std::shared_ptr<const TlsServerContext>> context = TlsServerContext::load(server.tls_options);
  if (!context.ok()) return log_error("certificates_kept", {{"error", context.error().text()}});
  server.tls->store(*std::move(context));
  log_info("certificates_loaded", {{"file", server.tls_options.certificates[0].certificate}});
}

// Until one that ends the program.
int wait_for_signal(Server* server) {
  const sigset_t set = watched_signals(server->tls != nullptr);
  for (;;) {
    int number = 0;
    sigwait(&set, &number);
    if (number != SIGHUP) return number;
    read_certificates_again(*server);
  }
}

// The room between the hard limit and the process's own is for what is not counted as it is taken, and seen only when
// the process is measured: tasks, small answers, what handlers make without saying so.
Result<void> limit_memory(Server& server) {
  const MemoryLimit& limit = server.limits.memory;
  const std::uint64_t soft = limit.bytes / 100 * 85;
  malloc_trim(0);  // what the start has freed is not what the service holds
  const std::uint64_t resident = resident_bytes();
  if (resident > soft) {
    return Error(ErrorCode::kInvalidArgument,
                 "the memory limit is " + std::to_string(limit.bytes / kMegabyte) + " MB (" + limit.source +
                     "), and without a request the service holds " + std::to_string(resident / kMegabyte) +
                     " MB already: it needs more, set by --memory-mb or BANYAN_MEMORY_MB");
  }
  server.service.memory().set_limits(soft, limit.bytes / 100 * 95);
  log_info("memory_limit", {{"bytes", limit.bytes}, {"source", limit.source}});
  return {};
}

struct Build {
  const Program& program;
  const Arguments& arguments;
};

Task<int> serve(Server* server, Build build) {
  std::optional<MemoryWatch> watch;
  Result<void> started = co_await build.program.build(server->service, build.arguments);
  if (started.ok()) started = server->service.start(worker_count());
  if (started.ok()) started = limit_memory(*server);
  if (started.ok()) {
    watch.emplace(server->service.memory(), server->limits.memory.bytes);  // before a request takes any
    started = co_await start_workers(*server);
  }
  if (started.ok()) {
    for (const Listener& listener : server->workers.front()->listeners) {
      log_info("listening", {{"address", listener.address().text()}});
    }
    const int number = co_await blocking([server] { return wait_for_signal(server); });
    log_info("draining", {{"signal", number}});
    server->service.drain();
  } else {
    std::fprintf(stderr, "%s: %s\n", std::string(build.program.name).c_str(), started.error().text().c_str());
  }
  server->stopping.set();
  (void)co_await server->running.wait();
  server->service.let_go();
  co_return started.ok() ? kExitDone : kExitBadUse;
}

Result<void> set_up_tls(Server& server, const Arguments& arguments) {
  const TlsFiles files{arguments.value_or("tls-certificate", ""), arguments.value_or("tls-key", "")};
  if (files.certificate.empty() && files.key.empty()) return {};
  if (files.certificate.empty() || files.key.empty()) {
    return Error(ErrorCode::kInvalidArgument, "--tls-certificate and --tls-key belong together: give both, or neither");
  }
  server.tls_options = {.certificates = {files},
                        .alpn = {"h2", "http/1.1"},
                        .client_authorities = {},
                        .ticket_keys = make_tls_ticket_keys()};
  BANYAN_TRY(std::shared_ptr<const TlsServerContext> context, TlsServerContext::load(server.tls_options));
  server.tls = std::make_unique<TlsServerSlot>(std::move(context));
  return {};
}

Result<std::unique_ptr<Server>> make_server(const Program& program, const Arguments& arguments) {
  BANYAN_TRY(const SocketAddress tcp, SocketAddress::parse(*arguments.value("listen")));
  std::vector<SocketAddress> addresses{tcp};
  if (const std::optional<std::string> path = arguments.value("unix")) {
    BANYAN_TRY(SocketAddress unix_socket, SocketAddress::parse("unix:" + *path));
    addresses.push_back(std::move(unix_socket));
  }
  BANYAN_TRY(const std::int64_t deadline_ms, arguments.integer("deadline-ms", 1, 3'600'000, 30'000));
  BANYAN_TRY(const std::int64_t drain_ms, arguments.integer("drain-ms", 0, 600'000, 10'000));
  BANYAN_TRY(const std::int64_t requests_max, arguments.integer("requests-max", 1, 10'000'000, 10'000));
  BANYAN_TRY(const std::int64_t concurrency_max, arguments.integer("concurrency-max", 0, 1'000'000, 0));
  BANYAN_TRY(const std::int64_t memory_mb, arguments.integer("memory-mb", 1, 1'000'000, 0));
  AdmissionSettings admission{.requests_max = static_cast<std::size_t>(requests_max), .concurrency_max = {}};
  if (concurrency_max > 0) admission.concurrency_max = static_cast<std::uint32_t>(concurrency_max);
  BANYAN_TRY(MemoryLimit memory, find_memory_limit(memory_mb > 0 ? std::optional(memory_mb) : std::nullopt,
                                                   std::getenv("BANYAN_MEMORY_MB")));
  auto server = std::make_unique<Server>(
      ServiceOptions{.name = std::string(program.name),
                     .version = std::string(program.version),
                     .deadline = std::chrono::milliseconds(deadline_ms),
                     .admission = admission},
      std::move(addresses), Limits{.drain_max = std::chrono::milliseconds(drain_ms), .memory = std::move(memory)});
  BANYAN_TRY_VOID(set_up_tls(*server, arguments));
  return server;
}

int complain(const Program& program, const Error& error) {
  std::fprintf(stderr, "%s: %s\n", std::string(program.name).c_str(), error.text().c_str());
  return kExitBadUse;
}

const Program* running_program = nullptr;  // a command's `run` takes nothing but arguments

int run_command(const Arguments& arguments) {
  const Program& program = *running_program;
  Result<std::unique_ptr<Server>> server = make_server(program, arguments);
  if (!server.ok()) return complain(program, server.error());
  // Blocked in this thread and so in all it starts: the signals come to wait_for_signal() alone.
  const sigset_t set = watched_signals((*server)->tls != nullptr);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  const std::unique_ptr<LogSink> sink = LogSink::standard_error({LogFormat::kJson, nullptr});
  Logger logger(*sink);
  set_process_logger(&logger);
  std::unique_ptr<LogSink> access_log;
  std::unique_ptr<LogSink> spans;
  for (const auto& [option, log] : {std::pair("access-log", &access_log), std::pair("spans", &spans)}) {
    const std::optional<std::string> path = arguments.value(option);
    if (!path) continue;
    Result<std::unique_ptr<LogSink>> opened = LogSink::open(*path, {LogFormat::kJson, sink.get()});
    if (!opened.ok()) {
      set_process_logger(nullptr);
      return complain(program, opened.error());
    }
    *log = *std::move(opened);
  }
  (*server)->service.log_access_to(access_log.get());
  (*server)->service.log_spans_to(spans.get());
  const int code = run({}, serve(server->get(), {program, arguments}));
  set_process_logger(nullptr);
  return code;
}

}  // namespace

int run_service(const Program& program, int argc, char** argv) {
  running_program = &program;
  Command command = {
      .name = program.name,
      .summary = program.summary,
      .description = "Serves HTTP/1.1 and HTTP/2 until SIGTERM, then answers what it has begun and exits 0.",
      .options = {{.name = "listen", .value = "HOST:PORT", .about = "the address to serve on", .required = true},
                  {.name = "unix", .value = "PATH", .about = "serve on this unix socket too, without TLS"},
                  {.name = "tls-certificate", .value = "FILE", .about = "PEM; SIGHUP reads it again"},
                  {.name = "tls-key", .value = "FILE", .about = "PEM, of that certificate"},
                  {.name = "access-log", .value = "FILE", .about = "a line for each request; - is standard output"},
                  {.name = "spans", .value = "FILE", .about = "a line of OTLP/JSON for each span of a sampled trace"},
                  {.name = "deadline-ms", .value = "N", .about = "the longest a request may take (30000)"},
                  {.name = "drain-ms", .value = "N", .about = "how long its end waits for requests (10000)"},
                  {.name = "requests-max", .value = "N", .about = "requests at once, beyond them 503 (10000)"},
                  {.name = "concurrency-max", .value = "N", .about = "requests at once as latency says, at most (off)"},
                  {.name = "memory-mb", .value = "N", .about = "what the process may hold (its group's limit)"}},
      .examples = program.examples,
      .commands = program.commands,
      .run = &run_command};
  command.options.insert(command.options.end(), program.options.begin(), program.options.end());
  return run_program(command, argc, argv);
}

}  // namespace banyan::service
