// Listener, connect and Stream over the simulated network with every fault: what arrives is right and in order, every
// operation ends by its deadline, and no descriptor is left.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "net/connect.h"
#include "net/listener.h"
#include "net/resolver.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "sim/seed_sweep.h"
#include "sim/simulation.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

struct World {
  SocketAddress address;
  int clients = 0;
  std::size_t bytes = 0;
  int complete = 0;
  int wrong = 0;
  int late = 0;
};

std::string pattern(int client, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i)
    text[i] = static_cast<char>((i * 31 + static_cast<std::size_t>(client)) % 251);
  return text;
}

// As a server does it: waits without a buffer, then takes what is there.
Task<Result<void>> echo_until_end(Stream* stream) {
  for (;;) {
    co_await try_(co_await stream->wait_readable());
    std::array<std::byte, 700> buffer;
    auto read = stream->try_read(buffer);
    if (!read) continue;
    const std::size_t n = co_await try_(std::move(*read));
    if (n == 0) break;
    const std::string_view got(reinterpret_cast<const char*>(buffer.data()), n);
    const std::array<iovec, 2> parts{iovec{buffer.data(), n / 2}, iovec{buffer.data() + n / 2, n - n / 2}};
    co_await try_(n % 2 == 0 ? co_await stream->write(parts) : co_await stream->write(got));
  }
  co_return co_await stream->shutdown_write();
}

Task<Result<void>> serve_one(Stream stream) {
  (void)co_await with_timeout(2s, echo_until_end(&stream));
  co_return {};
}

Task<Result<void>> serve(SocketAddress address) {
  co_return co_await with_scope(address, [](Scope& scope, SocketAddress& at) -> Task<Result<void>> {
    Listener listener = co_await try_(Listener::open(at, {.backlog = 4}));
    for (;;) scope.spawn("echo", serve_one(co_await try_(co_await listener.accept())));
  });
}

Task<Result<void>> send_pattern(Stream* stream, std::string text) {
  co_await try_(co_await stream->write(text));
  co_return co_await stream->shutdown_write();
}

struct Exchange {
  Stream stream;
  std::string text;
  World* world;
};

Task<Result<void>> receive_pattern(Exchange* e) {
  std::string got;
  std::array<std::byte, 1000> buffer;
  for (;;) {
    const std::size_t n = co_await try_(co_await e->stream.read(buffer));
    if (n == 0) break;
    got.append(reinterpret_cast<const char*>(buffer.data()), n);
    if (!e->text.starts_with(got)) ++e->world->wrong;
  }
  if (got == e->text) ++e->world->complete;
  co_return {};
}

Task<Result<void>> exchange(int number, World* world) {
  Stream stream = co_await try_(connect(world->address));
  Exchange e{std::move(stream), pattern(number, world->bytes), world};
  co_return co_await with_scope(&e, [](Scope& scope, Exchange*& state) -> Task<Result<void>> {
    scope.spawn("sender", send_pattern(&state->stream, state->text));
    scope.spawn("receiver", receive_pattern(state));
    co_return co_await scope.join();
  });
}

Task<Result<void>> client(int number, World* world) {
  const TimePoint before = now();
  (void)co_await with_timeout(1500ms, exchange(number, world));
  if (now() - before > 1500ms + 5ms) ++world->late;
  co_return {};
}

Task<int> echo_world(World* world) {
  (void)co_await with_scope(world, [](Scope& servers, World*& w) -> Task<Result<void>> {
    servers.spawn("server", serve(w->address));
    (void)co_await sleep_for(1ms);
    co_return co_await with_scope(w, [](Scope& clients, World*& inner) -> Task<Result<void>> {
      for (int i = 0; i < inner->clients; ++i) clients.spawn("client", client(i, inner));
      co_return co_await clients.join();
    });
  });
  co_return 0;
}

SimFaults make_faults(SeededRandom& random) {
  const auto some = [&random](double most) { return random.chance(0.5) ? most * 0.5 : 0.0; };
  SimFaults faults;
  faults.delay_max = Duration(random.below(5'000'000));
  faults.half_close_delay_max = Duration(random.below(20'000'000));
  faults.short_read = some(1.0);
  faults.short_write = some(1.0);
  faults.reset = some(0.1);
  faults.hang = some(0.1);
  faults.refuse = some(0.3);
  faults.blackhole = some(0.3);
  faults.buffer_bytes = 1 + random.below(4000);
  faults.task_time_max = Duration(random.below(2) * 20'000);
  return faults;
}

bool echoes_well(std::uint64_t seed, bool with_faults) {
  SeededRandom plan(seed * 7919);
  World world;
  world.address = *SocketAddress::parse(plan.chance(0.5) ? "127.0.0.1:80" : "unix:run/echo.sock");
  world.clients = 1 + static_cast<int>(plan.below(8));
  world.bytes = plan.below(6000);
  SimEnv env(seed, with_faults ? make_faults(plan) : SimFaults{.delay_max = 1ms});
  const Result<int> result = env.run(echo_world(&world));
  if (!result.ok()) std::fprintf(stderr, "%s\n", result.error().text().c_str());
  const bool complete = with_faults || world.complete == world.clients;
  return result.ok() && complete && world.wrong == 0 && world.late == 0 && env.network().open_sockets() == 0;
}

TEST(SimulatedStreams, AllEchoesCompleteOverAPerfectNetwork) {
  EXPECT_TRUE(sweep_seeds("perfect network", 100, [](std::uint64_t seed) { return echoes_well(seed, false); }));
}

TEST(SimulatedStreams, NothingIsWrongOrLateOrLeftOpenOverABadNetwork) {
  EXPECT_TRUE(sweep_seeds("bad network", 500, [](std::uint64_t seed) { return echoes_well(seed, true); }));
}

Task<int> accept_with_failures(int* accepted) {
  co_await [](int* count) -> Task<void> {
    Result<Listener> listener = Listener::open(*SocketAddress::parse("127.0.0.1:80"));
    for (int i = 0; i < 20; ++i) {
      Result<Stream> out = co_await connect(listener->address());
      Result<Stream> in = co_await listener->accept(now() + 1h);
      if (out.ok() && in.ok()) ++*count;
    }
  }(accepted);
  co_return 0;
}

TEST(SimulatedStreams, AcceptTriesAgainUntilThereAreDescriptors) {
  testing::internal::CaptureStderr();
  int accepted = 0;
  SimEnv env(7, {.delay_max = 1ms, .accept_fails = 0.5});
  EXPECT_TRUE(env.run(accept_with_failures(&accepted)).ok());
  EXPECT_NE(testing::internal::GetCapturedStderr().find("accept_failed"), std::string::npos);
  EXPECT_EQ(accepted, 20);
}

Task<int> look_up(const SimulatedNames* names, std::string* found) {
  Resolver resolver({.simulated = names});
  auto addresses = co_await resolver.resolve("DB.test", 5432);
  *found = addresses.ok() ? addresses->front().text() : addresses.error().text();
  EXPECT_EQ((co_await resolver.resolve("none.test", 1)).error().code(), ErrorCode::kNotFound);
  co_return 0;
}

TEST(SimulatedStreams, NamesComeFromATable) {
  const SimulatedNames names{{"db.test", {*SocketAddress::parse("10.0.0.1:0")}}};
  std::string found;
  SimEnv env(1);
  EXPECT_TRUE(env.run(look_up(&names, &found)).ok());
  EXPECT_EQ(found, "10.0.0.1:5432");
}

}  // namespace
}  // namespace banyan
