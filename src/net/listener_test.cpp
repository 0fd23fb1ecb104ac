// Accepting: addresses, sharing, closing, and running out of descriptors.
#include "net/listener.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/loopback.h"
#include "runtime/scope.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

TEST(Listening, AnAddressInUseIsRefusedByName) {
  EXPECT_EQ(run_test(1,
                     []() -> Task<Result<void>> {
                       Listener first = co_await try_(Listener::open(loopback_address()));
                       EXPECT_NE(first.address().port, 0);
                       Result<Listener> second = Listener::open(first.address());
                       EXPECT_EQ(second.error().code(), ErrorCode::kAlreadyExists);
                       EXPECT_EQ(second.error().message(),
                                 "listening at " + first.address().text() + ": Address already in use");
                       co_return {};
                     }()),
            "");
}

TEST(Listening, WorkersMayEachListenAtOneAddress) {
  EXPECT_EQ(run_test(2,
                     []() -> Task<Result<void>> {
                       Listener first = co_await try_(Listener::open(loopback_address(), {.reuse_port = true}));
                       Listener second = co_await try_(Listener::open(first.address(), {.reuse_port = true}));
                       EXPECT_EQ(first.address(), second.address());
                       co_return {};
                     }()),
            "");
}

Task<void> share_here(Listener* first, Result<Listener>* shared, Event* done) {
  *shared = first->share();
  done->set();
  co_return;
}

Task<void> run_main_on_first_worker(Result<void>* result, Event* done) {
  *result = co_await []() -> Task<Result<void>> {
    const SocketAddress address = fresh_unix_address();
    Listener first = co_await try_(Listener::open(address));
    Result<Listener> shared = Error(ErrorCode::kInternal, "");
    Event is_shared;
    go_pinned_to(1, "share", share_here(&first, &shared, &is_shared));
    co_await try_(co_await is_shared.wait());
    Listener second = co_await try_(std::move(shared));
    first.close();
    EXPECT_EQ(access(address.path.c_str(), F_OK), 0);
    Stream client = co_await try_(connect(address));
    Stream server = co_await try_(second.accept(now() + 1min));
    EXPECT_EQ(server.local().path, address.path);
    second.close();
    EXPECT_NE(access(address.path.c_str(), F_OK), 0);
    Result<Stream> refused = co_await connect(address);
    EXPECT_EQ(refused.error().code(), ErrorCode::kUnavailable);
    EXPECT_FALSE(second.share().ok());
    co_return {};
  }();
  done->set();
}

TEST(Listening, AUnixSocketIsSharedAndItsFileGoesWithTheLast) {
  EXPECT_EQ(run_test(2,
                     []() -> Task<Result<void>> {
                       Result<void> result;
                       Event done;
                       go_pinned_to(0, "main on worker 0", run_main_on_first_worker(&result, &done));
                       co_await try_(co_await done.wait());
                       co_return result;
                     }()),
            "");
}

TEST(Listening, AStaleUnixSocketFileIsReplaced) {
  EXPECT_EQ(run_test(1,
                     []() -> Task<Result<void>> {
                       const SocketAddress address = fresh_unix_address();
                       // A server that died: its file is there, nobody listens.
                       const int fd = current_env().sockets().listen(address, {});
                       current_env().sockets().close(fd);
                       EXPECT_EQ(access(address.path.c_str(), F_OK), 0);
                       Listener listener = co_await try_(Listener::open(address));
                       EXPECT_EQ(Listener::open(address).error().code(), ErrorCode::kAlreadyExists);
                       co_return {};
                     }()),
            "");
}

Task<Result<void>> close_later(Listener* listener) {
  co_await try_(co_await sleep_for(20ms));
  listener->close();
  co_return {};
}

Task<Result<void>> close_while_accepting() {
  Listener listener = co_await try_(Listener::open(loopback_address()));
  Result<Stream> timeout = co_await listener.accept(now() + 5ms);
  EXPECT_EQ(timeout.error().code(), ErrorCode::kDeadlineExceeded);
  co_await try_(with_scope(&listener, [](Scope& scope, Listener*& l) -> Task<Result<void>> {
    scope.spawn("closer", close_later(l));
    Result<Stream> stream = co_await l->accept(now() + 1min);
    EXPECT_EQ(stream.error().code(), ErrorCode::kFailedPrecondition);
    co_return co_await scope.join();
  }));
  Result<Stream> after = co_await listener.accept();
  EXPECT_EQ(after.error().code(), ErrorCode::kFailedPrecondition);
  Result<Stream> refused = co_await connect(listener.address());
  EXPECT_EQ(refused.error().code(), ErrorCode::kUnavailable);
  co_return {};
}

TEST(Listening, ClosingEndsAWaitingAccept) {
  EXPECT_EQ(run_test(1, close_while_accepting()), "");
  EXPECT_EQ(run_test(2, close_while_accepting()), "");
}

TEST(Listening, AFullBacklogOfAUnixSocketIsWaitedFor) {
  EXPECT_EQ(run_test(1,
                     []() -> Task<Result<void>> {
                       Listener listener = co_await try_(Listener::open(fresh_unix_address(), {.backlog = 1}));
                       std::vector<Stream> clients;
                       for (;;) {
                         Result<Stream> client = co_await connect(listener.address(), now() + 30ms);
                         if (!client.ok()) {
                           EXPECT_EQ(client.error().code(), ErrorCode::kDeadlineExceeded);
                           break;
                         }
                         clients.push_back(*std::move(client));
                         if (clients.size() > 100) co_return Error(ErrorCode::kInternal, "the backlog has no end");
                       }
                       co_return co_await with_scope(&listener, [](Scope& scope, Listener*& l) -> Task<Result<void>> {
                         scope.spawn("connect", [](SocketAddress a) -> Task<Result<void>> {
                           Stream client = co_await try_(connect(std::move(a), now() + 1min));
                           co_return {};
                         }(l->address()));
                         co_await try_(co_await sleep_for(20ms));
                         Stream server = co_await try_(l->accept(now() + 1min));
                         co_return co_await scope.join();
                       });
                     }()),
            "");
}

// ---- no descriptors ----

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

Task<Result<void>> run_out_of_descriptors() {
  Listener listener = co_await try_(Listener::open(loopback_address()));
  {
    // The undefined-behaviour sanitizer opens a pipe to look at an object's type for the first time, and takes it for
    // a fault when it cannot: so everything is done once before, and the stall detector's thread may start.
    Stream client = co_await try_(connect(listener.address()));
    Stream server = co_await try_(listener.accept(now() + 1min));
    (void)co_await listener.accept(now() + 50ms);
  }
  std::vector<Stream> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(co_await try_(connect(listener.address())));
  std::vector<int> taken;
  for (int fd = dup(0); fd >= 0; fd = dup(0)) taken.push_back(fd);
  const double before = cpu_seconds();
  Result<Stream> none = co_await listener.accept(now() + 1s);
  EXPECT_EQ(none.error().code(), ErrorCode::kDeadlineExceeded);
  EXPECT_LT(cpu_seconds() - before, 0.5);
  EXPECT_EQ(listener.shed(), 5U);
  std::array<std::byte, 1> byte;
  for (Stream& client : clients) EXPECT_EQ(co_await try_(co_await client.read(byte, now() + 1min)), 0U);
  for (const int fd : taken) close(fd);
  Stream client = co_await try_(connect(listener.address()));
  Stream server = co_await try_(listener.accept(now() + 1min));
  EXPECT_EQ(listener.shed(), 5U);
  co_return {};
}

[[noreturn]] void exhaust_in_child() {
  const rlimit limit{64, 64};
  setrlimit(RLIMIT_NOFILE, &limit);
  const std::string error = run_test(1, run_out_of_descriptors());
  std::fprintf(stderr, "%s\n", error.c_str());
  _exit(error.empty() && !testing::Test::HasFailure() ? 0 : 1);
}

TEST(Listening, WithoutDescriptorsConnectionsAreShedAndNothingSpins) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(exhaust_in_child(), testing::ExitedWithCode(0), "connections_shed");
}

TEST(Connecting, ARefusalNamesTheAddress) {
  EXPECT_EQ(run_test(1,
                     []() -> Task<Result<void>> {
                       SocketAddress address;
                       {
                         Listener listener = co_await try_(Listener::open(loopback_address()));
                         address = listener.address();
                       }
                       Result<Stream> refused = co_await connect(address, now() + 1min);
                       EXPECT_EQ(refused.error().code(), ErrorCode::kUnavailable);
                       EXPECT_EQ(refused.error().message(), "connecting to " + address.text() + ": Connection refused");
                       Result<Stream> absent = co_await connect(fresh_unix_address());
                       EXPECT_EQ(absent.error().code(), ErrorCode::kUnavailable);
                       co_return {};
                     }()),
            "");
}

}  // namespace
}  // namespace banyan
