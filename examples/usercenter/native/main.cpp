// The user centre as a native service: what it listens on, what each worker has, how it ends.
//
// The runtime has one worker (a thread) for each processor. Every worker accepts connections on the shared sockets and
// serves them with a handler, a database connection and a server of its own, so that requests share nothing but the one
// writer. SIGTERM or SIGINT ends it: no more connections, what has begun is answered, exit status 0.
#include <pthread.h>
#include <signal.h>

#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "cli/command.h"
#include "handlers.h"
#include "http1/server.h"
#include "net/descriptor_limit.h"
#include "net/listener.h"
#include "runtime/blocking.h"
#include "runtime/channel.h"
#include "runtime/runtime.h"
#include "runtime/sync.h"
#include "user_database.h"

namespace usercenter {
namespace {

using namespace banyan;
using namespace std::chrono_literals;

constexpr Duration kDrainMax = 10s;
constexpr std::uint64_t kMemorySoft = 48 * 1024 * 1024;
constexpr std::uint64_t kMemoryHard = 64 * 1024 * 1024;

// What one worker serves with. Made and used on that worker alone.
struct Worker {
  Worker(UserReader reader, UserWriter& writer, Build build, MemoryBudget& memory)
      : handler(std::move(reader), writer, build), server(handler, memory, {.body_bytes_max = kBodyBytesMax}) {}
  UserCentre handler;
  Http1Server server;
  std::deque<Listener> listeners;
  WaitGroup accepting;
};

// Outlives the runtime, and with it every connection.
struct Service {
  Service(std::vector<SocketAddress> its_addresses, std::string its_database, UserWriter its_writer, Build its_build)
      : addresses(std::move(its_addresses)),
        database(std::move(its_database)),
        writer(std::move(its_writer)),
        build(its_build) {}
  const std::vector<SocketAddress> addresses;
  const std::string database;
  UserWriter writer;
  const Build build;
  MemoryBudget memory{kMemorySoft, kMemoryHard};
  std::vector<std::unique_ptr<Worker>> workers;
  Event stopping;
  WaitGroup running;
};

// The first worker opens the sockets, the others share them.
Result<void> open_worker(Service& service) {
  BANYAN_TRY(UserReader reader, UserReader::open(service.database));
  auto worker = std::make_unique<Worker>(std::move(reader), service.writer, service.build, service.memory);
  for (std::size_t i = 0; i < service.addresses.size(); ++i) {
    BANYAN_TRY(Listener listener, service.workers.empty() ? Listener::open(service.addresses[i])
                                                          : service.workers.front()->listeners[i].share());
    worker->listeners.push_back(std::move(listener));
  }
  service.workers.push_back(std::move(worker));
  return {};
}

Task<void> accept_from(Listener* listener, Worker* worker) {
  co_await serve_connections(*listener, worker->server);
  worker->accepting.done();
}

Task<void> drain(Worker& worker) {
  (void)co_await sleep_for(2ms);  // a turn for the accepting tasks: what the kernel has queued is served, not reset
  for (Listener& listener : worker.listeners) listener.close();
  (void)co_await worker.accepting.wait();
  worker.server.drain();
  const TimePoint give_up = now() + kDrainMax;
  while (worker.server.connections() > 0 && now() < give_up) (void)co_await sleep_for(2ms);
}

// The life of one worker. Tells `started` how its beginning went.
Task<void> run_worker(Service* service, Channel<Result<void>>* started) {
  Result<void> opened = open_worker(*service);
  const bool serves = opened.ok();
  Worker* const worker = serves ? service->workers.back().get() : nullptr;
  (void)started->try_send(std::move(opened));
  if (serves) {
    for (Listener& listener : worker->listeners) {
      worker->accepting.add();
      go_pinned("accept", accept_from(&listener, worker));
    }
    (void)co_await service->stopping.wait();
    co_await drain(*worker);
  }
  service->running.done();
}

Task<Result<void>> start_workers(Service& service) {
  Channel<Result<void>> started(1);
  for (unsigned i = 0; i < worker_count(); ++i) {
    service.running.add();
    go_pinned_to(i, "worker", run_worker(&service, &started));
    std::optional<Result<void>> outcome = co_await try_(co_await started.receive());
    co_await try_(*std::move(outcome));
  }
  co_return {};
}

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

int wait_for_signal() {
  const sigset_t set = ending_signals();
  int number = 0;
  sigwait(&set, &number);
  return number;
}

Task<int> serve(Service* service) {
  const Result<void> started = co_await start_workers(*service);
  if (started.ok()) {
    for (const Listener& listener : service->workers.front()->listeners) {
      log_info("listening", {{"address", listener.address().text()}});
    }
    const int number = co_await blocking(wait_for_signal);
    log_info("draining", {{"signal", number}});
  } else {
    std::fprintf(stderr, "usercenter-native: %s\n", started.error().text().c_str());
  }
  service->stopping.set();
  (void)co_await service->running.wait();
  co_return started.ok() ? kExitDone : kExitBadUse;
}

Result<std::unique_ptr<Service>> make_service(const Arguments& arguments) {
  BANYAN_TRY(const SocketAddress tcp, SocketAddress::parse(*arguments.value("listen")));
  std::vector<SocketAddress> addresses{tcp};
  if (const std::optional<std::string> path = arguments.value("unix")) {
    BANYAN_TRY(SocketAddress unix_socket, SocketAddress::parse("unix:" + *path));
    addresses.push_back(std::move(unix_socket));
  }
  const std::string database = *arguments.value("database");
  BANYAN_TRY(UserWriter writer, UserWriter::open(database));
  const Build build = arguments.flag("first-build") ? Build::kFirst : Build::kSecond;
  return std::make_unique<Service>(std::move(addresses), database, std::move(writer), build);
}

int run_service(const Arguments& arguments) {
  Result<std::unique_ptr<Service>> service = make_service(arguments);
  if (!service.ok()) {
    std::fprintf(stderr, "usercenter-native: %s\n", service.error().text().c_str());
    return kExitBadUse;
  }
  // Blocked in this thread and so in all it starts: the signals come to wait_for_signal() alone.
  const sigset_t set = ending_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  banyan::raise_descriptor_limit();
  const std::unique_ptr<LogSink> sink = LogSink::standard_error({LogFormat::kJson, nullptr});
  Logger logger(*sink);
  set_process_logger(&logger);
  const int code = run({}, serve(service->get()));
  set_process_logger(nullptr);
  return code;
}

}  // namespace
}  // namespace usercenter

int main(int argc, char** argv) {
  const banyan::Command program = {
      .name = "usercenter-native",
      .summary = "the user centre as a native service",
      .description = "Serves HTTP/1.1 until SIGTERM, then answers what it has begun and exits 0.",
      .options =
          {{.name = "listen", .value = "HOST:PORT", .about = "the address to serve on", .required = true},
           {.name = "database", .value = "FILE", .about = "the SQLite database, made by seed.py", .required = true},
           {.name = "unix", .value = "PATH", .about = "serve on this unix socket too"},
           {.name = "first-build", .about = "be the first build: unknown ids of a batch are strings, not numbers"}},
      .examples = {{"usercenter-native --listen 127.0.0.1:9001 --database usercenter.db", "serve on the loopback"}},
      .run = &usercenter::run_service};
  return banyan::run_program(program, argc, argv);
}
