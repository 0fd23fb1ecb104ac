// How long clients of a gateway wait while a mirror is slow, hung or dead: the gateway itself, in the simulator.
//
//   waiting SEEDS    one line a case: its name, requests, how many of them took longer than without a mirror, how many
//                    took another time, copies that were sent
//
// Each seed is a small world: a client with pauses, answers of various lengths, a network with one delay, and both
// services. It is run without a mirror and then with each kind of one; every request must take the same time to the
// nanosecond. There is one client, whose next requests meet the copies of the earlier ones: timers move in steps of a
// millisecond, so several clients would meet in one and take turns by chance, mirror or not. `again` shows that nothing
// else is left to chance: no mirror, another order of tasks. `control` sends the client to the slow service itself, and
// shows that a delay would be seen. What a request costs the processor is no part of it: virtual time passes only while
// everybody waits.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "config/gateway_config.h"
#include "gateway/gateway_worker.h"
#include "http1/client.h"
#include "http1/server.h"
#include "net/listener.h"
#include "runtime/runtime.h"
#include "runtime/sync.h"
#include "sim/simulation.h"

namespace {

using namespace std::chrono_literals;
using namespace banyan;

constexpr std::size_t kRequests = 16;
constexpr std::string_view kOld = "10.0.0.1:80";
constexpr std::string_view kNew = "10.0.0.2:80";
constexpr std::string_view kGateway = "10.0.0.9:80";

enum class NewSide { kWell, kSlow, kHung, kDead };

struct Case {
  std::string_view name;
  std::string_view route;  // in YAML
  NewSide new_side;
};

constexpr std::string_view kPlain = "to: legacy";
constexpr std::string_view kMigrate = "migrate: {from: legacy, to: native, mirror: {timeout: 5s}}";
constexpr std::string_view kMirror = "to: legacy, mirror: {cluster: native, timeout: 5s}";
constexpr Case kWithout{"none", kPlain, NewSide::kWell};
constexpr Case kCases[] = {
    {"again", kPlain, NewSide::kWell},          {"control", "to: native", NewSide::kSlow},
    {"migrate-well", kMigrate, NewSide::kWell}, {"migrate-slow", kMigrate, NewSide::kSlow},
    {"migrate-hung", kMigrate, NewSide::kHung}, {"migrate-dead", kMigrate, NewSide::kDead},
    {"mirror-slow", kMirror, NewSide::kSlow},   {"mirror-hung", kMirror, NewSide::kHung},
    {"mirror-dead", kMirror, NewSide::kDead},
};

// Of one request, whoever asks: the same in every run of a seed.
std::uint64_t drawn(std::uint64_t seed, std::uint64_t what, std::uint64_t below) {
  return SeededRandom(seed * 1'000'003 + what).below(below);
}

class Service final : public Handler {
 public:
  Service(std::uint64_t seed, NewSide behaviour) : seed_(seed), behaviour_(behaviour) {}

  Task<void> handle(Exchange& exchange) override {
    const std::uint64_t id = std::strtoull(std::string(exchange.head().path.substr(1)).c_str(), nullptr, 10);
    (void)co_await sleep_for(Duration(drawn(seed_, id * 2, 20'000'000)));
    if (behaviour_ == NewSide::kSlow) (void)co_await sleep_for(2s);
    if (behaviour_ == NewSide::kHung) (void)co_await sleep_for(1h);
    const std::string body(drawn(seed_, id * 2 + 1, 100'000), 'x');
    Fields fields;
    (void)co_await exchange.respond(200, fields, body);
  }

 private:
  const std::uint64_t seed_;
  const NewSide behaviour_;
};

// A handler behind an address.
class Site {
 public:
  Site(std::string_view address, Handler& handler, MemoryBudget& memory)
      : server_(handler, memory, ServerLimits{}), listener_(*Listener::open(*SocketAddress::parse(address))) {
    go_pinned("site", accept_all(this));
  }
  Task<void> stop() {
    listener_.close();
    (void)co_await stopped_.wait();
    server_.drain();
    while (server_.connections() > 0) (void)co_await sleep_for(1s);
  }

 private:
  static Task<void> accept_all(Site* site) {
    co_await serve_connections(site->listener_, site->server_);
    site->stopped_.set();
  }
  Http1Server server_;
  Listener listener_;
  Event stopped_;
};

struct Outcome {
  std::vector<Duration> took;  // of each request, by its number; zero where it failed
  std::uint64_t copies = 0;
};

class World {
 public:
  World(std::uint64_t seed, NewSide new_side, const GatewayConfig& config)
      : seed_(seed), new_side_(new_side), state_("", 1) {
    outcome.took.resize(kRequests);
    snapshot_ = *make_snapshot(config, nullptr, 1, TimePoint{});
    if (const auto& migration = snapshot_->routes[0].migration) migration->route->watched.store(true);
    state_.publish(snapshot_);
  }

  static Task<int> run(World* world) {
    co_await world->live();
    co_return 0;
  }

  Outcome outcome;

 private:
  Task<void> live() {
    Service old_service(seed_, NewSide::kWell);
    Service new_service(seed_, new_side_);
    GatewayWorker worker(state_, 0);
    MemoryBudget memory;
    Site old_site(kOld, old_service, memory);
    std::optional<Site> new_site;
    if (new_side_ != NewSide::kDead) new_site.emplace(kNew, new_service, memory);
    Site gateway(kGateway, worker, state_.memory);
    co_await be_client();
    (void)co_await sleep_for(2h);  // copies that hang end
    count_copies();
    co_await gateway.stop();
    co_await old_site.stop();
    if (new_site) co_await new_site->stop();
  }

  Task<void> be_client() {
    MemoryBudget memory;
    Http1Upstream gateway(*SocketAddress::parse(kGateway), memory);
    for (std::size_t id = 0; id < kRequests; ++id) {
      (void)co_await sleep_for(Duration(drawn(seed_, 1'000 + id, 30'000'000)));
      const TimePoint start = now();
      if (co_await ask(gateway, id)) outcome.took[id] = now() - start;
    }
  }

  static Task<bool> ask(Http1Upstream& gateway, std::size_t id) {
    const std::string target = "/" + std::to_string(id);
    Fields fields;
    fields.add_copy(FieldId::kHost, "sim");
    UpstreamRequest request;
    request.method = Method::kGet;
    request.method_name = "GET";
    request.target = target;
    request.fields = &fields;
    auto sent = co_await gateway.send(request);
    co_return sent.ok() && (*sent)->head().status == 200 && (co_await read_all((*sent)->body(), 200'000)).ok();
  }

  void count_copies() {
    if (snapshot_->routes[0].config->mirror) outcome.copies = snapshot_->routes[0].stats->mirror(0).sent.value();
    while (state_.observations.queue.try_receive()) ++outcome.copies;
  }

  const std::uint64_t seed_;
  const NewSide new_side_;
  GatewayState state_;
  std::shared_ptr<const GatewaySnapshot> snapshot_;
};

GatewayConfig config_of(const Case& one) {
  const std::string text =
      "version: 1\ngateway: {listen: [\"127.0.0.1:1\"], workers: 1, access_log: {file: \"off\"}}\n"
      "clusters:\n  legacy: {protocol: http1, endpoints: [\"" +
      std::string(kOld) + "\"]}\n  native: {protocol: http1, endpoints: [\"" + std::string(kNew) +
      "\"]}\nledger: {file: /nonexistent/banyan.db}\nroutes:\n"
      "  - {id: all, match: {method: GET, prefix: /}, " +
      std::string(one.route) + "}\n";
  Diagnostics diagnostics("bench.yaml");
  std::vector<FileReference> files;
  GatewayConfig config = parse_gateway_config(text, "bench.yaml", diagnostics, files);
  if (!diagnostics.has_errors()) return config;
  std::fputs(diagnostics_text(diagnostics.sorted()).c_str(), stderr);
  std::exit(2);
}

Outcome outcome_of(std::uint64_t seed, const Case& one, const GatewayConfig& config) {
  const Duration delay(drawn(seed, 999'999, 5'000'000));
  World world(seed, one.new_side, config);
  SimEnv env(one.name == "again" ? ~seed : seed, {.delay_min = delay, .delay_max = delay});
  const Result<int> ended = env.run(World::run(&world));
  if (ended.ok()) return std::move(world.outcome);
  std::fprintf(stderr, "%s, seed %llu: %s\n", one.name.data(), static_cast<unsigned long long>(seed),
               ended.error().text().c_str());
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: waiting SEEDS\n", stderr);
    return 2;
  }
  const std::uint64_t seeds = std::strtoull(argv[1], nullptr, 10);
  const GatewayConfig without = config_of(kWithout);
  std::vector<std::vector<Duration>> wanted;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) wanted.push_back(outcome_of(seed, kWithout, without).took);
  for (const Case& one : kCases) {
    const GatewayConfig config = config_of(one);
    unsigned long long requests = 0;
    unsigned long long slower = 0;
    unsigned long long other = 0;
    unsigned long long copies = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const Outcome seen = outcome_of(seed, one, config);
      copies += seen.copies;
      for (std::size_t i = 0; i < seen.took.size(); ++i) {
        ++requests;
        const Duration before = wanted[seed - 1][i];
        slower += seen.took[i] > before || seen.took[i] == Duration{} ? 1 : 0;
        other += seen.took[i] != before ? 1 : 0;
      }
    }
    std::printf("%s %llu %llu %llu %llu\n", one.name.data(), requests, slower, other, copies);
  }
  return 0;
}
