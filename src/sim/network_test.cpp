// Echo servers and clients over the simulated network with every fault: what arrives is right and in order, every
// operation ends by its deadline, no descriptor is left; and one seed gives one run.
#include "sim/network.h"

#include <unistd.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/readiness.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "sim/seed_sweep.h"
#include "sim/simulation.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// A descriptor with its readiness, as module net keeps them.
class Wire {
 public:
  explicit Wire(int fd) : fd_(fd), readiness_(Readiness::acquire()) {
    EXPECT_EQ(current_poller().add(fd_, readiness_), 0);
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire() {
    current_poller().remove(fd_);
    current_env().sockets().close(fd_);
    readiness_->release();
  }
  int fd() const { return fd_; }
  Readiness& readiness() { return *readiness_; }

 private:
  int fd_;
  Readiness* readiness_;
};

Error failed(std::ptrdiff_t negated, const char* doing) { return Error::from_errno(static_cast<int>(-negated), doing); }

Task<Result<std::size_t>> read_some(Wire* wire, std::span<std::byte> into) {
  for (;;) {
    const std::ptrdiff_t n = current_env().sockets().receive(wire->fd(), into);
    if (n >= 0) co_return static_cast<std::size_t>(n);
    if (n != -EAGAIN) co_return failed(n, "receive");
    co_await try_(co_await readable(wire->readiness()));
  }
}

Task<Result<void>> write_all(Wire* wire, std::string text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const iovec parts[2] = {{text.data() + at, (text.size() - at + 1) / 2},
                            {text.data() + at + (text.size() - at + 1) / 2, (text.size() - at) / 2}};
    const std::ptrdiff_t n = current_env().sockets().send(wire->fd(), parts);
    if (n > 0) at += static_cast<std::size_t>(n);
    if (n >= 0) continue;
    if (n != -EAGAIN) co_return failed(n, "send");
    co_await try_(co_await writable(wire->readiness()));
  }
  co_return {};
}

Task<Result<int>> open_connection(SocketAddress address) {
  int fd = -1;
  const int begun = current_env().sockets().connect(address, &fd);
  if (begun == 0) co_return fd;
  if (begun != -EINPROGRESS) co_return failed(begun, "connect");
  Readiness* readiness = Readiness::acquire();
  current_poller().add(fd, readiness);
  Result<void> waited = co_await writable(*readiness);
  current_poller().remove(fd);
  readiness->release();
  const int result = waited.ok() ? current_env().sockets().connect_result(fd) : 0;
  if (waited.ok() && result == 0) co_return fd;
  current_env().sockets().close(fd);
  if (!waited.ok()) co_return std::move(waited).error();
  co_return failed(result, "connect");
}

std::string pattern(int client, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i)
    text[i] = static_cast<char>((i * 31 + static_cast<std::size_t>(client)) % 251);
  return text;
}

struct World {
  std::vector<SocketAddress> addresses;
  int clients = 0;
  std::size_t bytes = 0;
  int complete = 0;
  int wrong = 0;
  bool late = false;
};

Task<Result<void>> echo_until_end(int fd) {
  Wire wire(fd);
  std::byte buffer[700];
  for (;;) {
    const std::size_t n = co_await try_(read_some(&wire, buffer));
    if (n == 0) break;
    co_await try_(write_all(&wire, std::string(reinterpret_cast<char*>(buffer), n)));
  }
  current_env().sockets().shutdown_write(wire.fd());
  co_return {};
}

// Trouble of one connection is that connection's alone.
Task<Result<void>> serve_one(int fd) {
  (void)co_await with_timeout(2s, echo_until_end(fd));
  co_return {};
}

Task<Result<void>> accept_loop(Scope* scope, Wire* listener) {
  for (;;) {
    const int fd = current_env().sockets().accept(listener->fd(), nullptr);
    if (fd >= 0) {
      scope->spawn("echo", serve_one(fd));
    } else if (fd == -EAGAIN) {
      co_await try_(co_await readable(listener->readiness()));
    } else {
      EXPECT_EQ(fd, -EMFILE);
      co_await try_(co_await sleep_for(1ms));
    }
  }
}

struct Listening {
  SocketAddress address;
};

Task<Result<void>> serve(SocketAddress address) {
  co_return co_await with_scope(Listening{address}, [](Scope& scope, Listening& state) -> Task<Result<void>> {
    const int fd = current_env().sockets().listen(state.address, {.backlog = 4});
    EXPECT_GE(fd, 0);
    Wire listener(fd);
    co_return co_await accept_loop(&scope, &listener);
  });
}

Task<Result<void>> send_pattern(Wire* wire, std::string text) {
  co_await try_(write_all(wire, std::move(text)));
  current_env().sockets().shutdown_write(wire->fd());
  co_return {};
}

Task<Result<void>> receive_pattern(Wire* wire, std::string expected, World* world) {
  std::byte buffer[1000];
  std::size_t at = 0;
  for (;;) {
    const std::size_t n = co_await try_(read_some(wire, buffer));
    if (n == 0) break;
    if (at + n > expected.size() || std::memcmp(buffer, expected.data() + at, n) != 0) ++world->wrong;
    at += n;
  }
  if (at == expected.size()) ++world->complete;
  co_return {};
}

struct Exchange {
  int fd;
  int client;
  World* world;
};

Task<Result<void>> exchange(int client, World* world) {
  const SocketAddress address = world->addresses[static_cast<std::size_t>(client) % world->addresses.size()];
  const int fd = co_await try_(open_connection(address));
  co_return co_await with_scope(Exchange{fd, client, world}, [](Scope& scope, Exchange& e) -> Task<Result<void>> {
    // The wire must outlive the children, which are joined before the frame ends.
    Wire wire(e.fd);
    const std::string text = pattern(e.client, e.world->bytes);
    scope.spawn("sender", send_pattern(&wire, text));
    scope.spawn("receiver", receive_pattern(&wire, text, e.world));
    Result<void> joined = co_await scope.join();
    scope.cancel();
    (void)co_await scope.join_all();
    co_return joined;
  });
}

Task<Result<void>> client(int number, World* world) {
  const TimePoint before = now();
  (void)co_await with_timeout(1500ms, exchange(number, world));
  if (now() - before > 1500ms + 5ms) world->late = true;
  co_return {};
}

Task<int> echo_world(World* world) {
  (void)co_await with_scope(world, [](Scope& servers, World*& w) -> Task<Result<void>> {
    for (const SocketAddress& address : w->addresses) servers.spawn("server", serve(address));
    co_await yield();
    (void)co_await sleep_for(1ms);
    co_return co_await with_scope(w, [](Scope& clients, World*& inner) -> Task<Result<void>> {
      for (int i = 0; i < inner->clients; ++i) clients.spawn("client", client(i, inner));
      co_return co_await clients.join();
    });
  });
  co_return world->complete;
}

World make_world(SeededRandom& random) {
  World world;
  for (const char* text : {"127.0.0.1:80", "unix:run/echo.sock", "[::1]:8080"}) {
    world.addresses.push_back(*SocketAddress::parse(text));
  }
  world.clients = 1 + static_cast<int>(random.below(8));
  world.bytes = random.below(3000);
  return world;
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
  faults.accept_fails = some(0.6);
  faults.buffer_bytes = 1 + random.below(4000);
  faults.task_time_max = Duration(random.below(2) * 20'000);
  return faults;
}

struct Outcome {
  bool ended;
  World world;
  std::size_t descriptors;
  std::uint64_t trace;
};

Outcome run_echo(std::uint64_t seed, bool with_faults) {
  SeededRandom plan(seed * 7919);
  World world = make_world(plan);
  SimEnv env(seed, with_faults ? make_faults(plan) : SimFaults{.delay_max = 1ms});
  const Result<int> result = env.run(echo_world(&world));
  if (!result.ok()) std::fprintf(stderr, "%s\n", result.error().text().c_str());
  return {result.ok(), world, env.network().open_sockets(), env.trace_hash()};
}

TEST(SimNetwork, EchoOverAPerfectNetworkCompletes) {
  EXPECT_TRUE(sweep_seeds("perfect network", 50, [](std::uint64_t seed) {
    const Outcome outcome = run_echo(seed, false);
    return outcome.ended && outcome.world.complete == outcome.world.clients && outcome.world.wrong == 0 &&
           outcome.descriptors == 0;
  }));
}

TEST(SimNetwork, EchoUnderFaultsIsRightInTimeAndLeaksNothing) {
  static long complete = 0;
  static long clients = 0;
  EXPECT_TRUE(sweep_seeds("echo under faults", 1000, [](std::uint64_t seed) {
    const Outcome outcome = run_echo(seed, true);
    complete += outcome.world.complete;
    clients += outcome.world.clients;
    return outcome.ended && outcome.world.wrong == 0 && !outcome.world.late && outcome.descriptors == 0;
  }));
  // The faults hit, and do not hit everything: else the sweep would show nothing.
  EXPECT_GT(complete, clients / 20);
  EXPECT_LT(complete, clients * 19 / 20);
}

TEST(SimNetwork, OneSeedIsOneRunAndAnotherSeedAnother) {
  std::set<std::uint64_t> traces;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const std::uint64_t first = run_echo(seed, true).trace;
    EXPECT_EQ(first, run_echo(seed, true).trace) << "seed " << seed;
    traces.insert(first);
  }
  EXPECT_EQ(traces.size(), 50U);
}

TEST(SimNetwork, ADeadlockNamesItsTasksInPlaceOfHanging) {
  SimEnv env(1);
  const Result<int> result = env.run([]() -> Task<int> {
    Readiness* never = Readiness::acquire();
    (void)co_await readable(*never);
    co_return 0;
  }());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kInternal);
  EXPECT_NE(result.error().message().find("main"), std::string::npos);
  EXPECT_NE(result.error().message().find("socket read"), std::string::npos);
}

TEST(SimNetwork, AnHourPassesInNoTime) {
  SimEnv env(1);
  const TimePoint before = env.now();
  const auto wall = env.wall_nanoseconds();
  EXPECT_TRUE(env.run([]() -> Task<int> {
                   (void)co_await sleep_for(1h);
                   co_return 0;
                 }())
                  .ok());
  EXPECT_GE(env.now() - before, 1h);
  EXPECT_LT(env.now() - before, 1h + 3ms);
  EXPECT_EQ(env.wall_nanoseconds() - wall, (env.now() - before).count());
}

// A connected pair without tasks: the calls alone, with the poller driven by hand.
class SocketPair : public testing::Test {
 protected:
  void connect_them(const SimFaults& faults) {
    env_ = std::make_unique<SimEnv>(7, faults);
    poller_ = env_->make_poller();
    const SocketAddress address = *SocketAddress::parse("127.0.0.1:0");
    listener_ = sockets().listen(address, {});
    EXPECT_EQ(sockets().connect(sockets().local_address(listener_), &client_), -EINPROGRESS);
    poller_->wait(1s);
    poller_->wait(1s);
    EXPECT_EQ(sockets().connect_result(client_), 0);
    server_ = sockets().accept(listener_, nullptr);
    ASSERT_GE(server_, 0);
  }
  SocketSystem& sockets() { return env_->sockets(); }
  std::ptrdiff_t send(int fd, std::string text) {
    const iovec part{text.data(), text.size()};
    return sockets().send(fd, {&part, 1});
  }
  std::ptrdiff_t receive(int fd) { return sockets().receive(fd, buffer_); }
  void settle() { poller_->wait(1s); }

  std::unique_ptr<SimEnv> env_;
  std::unique_ptr<Poller> poller_;
  std::byte buffer_[64];
  int listener_ = -1;
  int client_ = -1;
  int server_ = -1;
};

TEST_F(SocketPair, AFullBufferHoldsTheSenderUntilTheOtherReads) {
  connect_them({.buffer_bytes = 10});
  EXPECT_EQ(send(client_, "0123456789abc"), 10);
  EXPECT_EQ(send(client_, "abc"), -EAGAIN);
  settle();
  EXPECT_EQ(send(client_, "abc"), -EAGAIN);
  EXPECT_EQ(receive(server_), 10);
  EXPECT_EQ(send(client_, "abc"), 3);
}

TEST_F(SocketPair, HalfCloseEndsOneDirectionOnly) {
  connect_them({});
  EXPECT_EQ(sockets().shutdown_write(client_), 0);
  EXPECT_EQ(send(client_, "x"), -EPIPE);
  settle();
  EXPECT_EQ(receive(server_), 0);
  EXPECT_EQ(send(server_, "answer"), 6);
  settle();
  EXPECT_EQ(receive(client_), 6);
}

TEST_F(SocketPair, ClosingWithUnreadDataResets) {
  connect_them({});
  EXPECT_EQ(send(client_, "never read"), 10);
  settle();
  sockets().close(server_);
  settle();
  EXPECT_EQ(receive(client_), -ECONNRESET);
  EXPECT_EQ(receive(client_), 0);
  EXPECT_EQ(send(client_, "x"), -EPIPE);
}

TEST_F(SocketPair, SendingToWhatWasClosedIsAnsweredByAReset) {
  connect_them({});
  sockets().close(server_);
  settle();
  EXPECT_EQ(receive(client_), 0);
  EXPECT_EQ(send(client_, "x"), 1);
  settle();
  EXPECT_EQ(send(client_, "y"), -ECONNRESET);
  EXPECT_EQ(send(client_, "z"), -EPIPE);
}

TEST_F(SocketPair, AFileIsSentFromItsOffset) {
  connect_them({.buffer_bytes = 4});
  char path[] = "/tmp/banyan-sim-XXXXXX";
  const int file = mkstemp(path);
  ASSERT_GE(file, 0);
  unlink(path);
  ASSERT_EQ(write(file, "0123456789", 10), 10);
  std::int64_t offset = 3;
  EXPECT_EQ(sockets().send_file(client_, file, &offset, 6), 4);
  EXPECT_EQ(offset, 7);
  EXPECT_EQ(sockets().send_file(client_, file, &offset, 2), -EAGAIN);
  settle();
  EXPECT_EQ(receive(server_), 4);
  EXPECT_EQ(std::memcmp(buffer_, "3456", 4), 0);
  EXPECT_EQ(sockets().send_file(client_, file, &offset, 2), 2);
  EXPECT_EQ(offset, 9);
  close(file);
}

TEST_F(SocketPair, TheSameAddressIsNotListenedAtTwice) {
  connect_them({});
  const SocketAddress address = sockets().local_address(listener_);
  EXPECT_EQ(sockets().listen(address, {}), -EADDRINUSE);
  EXPECT_GE(sockets().listen(address, {.reuse_port = true}), 0);
  int fd = -1;
  EXPECT_EQ(sockets().connect(*SocketAddress::parse("unix:nobody"), &fd), -ENOENT);
}

}  // namespace
}  // namespace banyan
