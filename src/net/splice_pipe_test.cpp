// Bytes moved from stream to stream by the kernel, over real sockets.
#include "net/splice_pipe.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/loopback.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

std::string pattern(std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

// From what `from` sends to what `to` receives: the two ends in the middle are `in` and `out`.
struct Relay {
  StreamPair in;
  StreamPair out;
  MemoryBudget memory{};
  std::string text = pattern(3'000'001);
};

Task<Result<void>> send_text(Relay* relay) {
  co_await try_(co_await relay->in.client.write(relay->text));
  co_return co_await relay->in.client.shutdown_write();
}

Task<Result<void>> splice_all(Relay* relay) {
  for (;;) {
    co_await try_(co_await relay->in.server.wait_readable(now() + 1min));
    SplicePipe pipe;
    EXPECT_TRUE(pipe.open(relay->memory));
    EXPECT_EQ(relay->memory.used(), SplicePipe::kBytesMax);
    std::optional<Result<std::size_t>> filled = pipe.fill(relay->in.server, SIZE_MAX);
    if (!filled) continue;
    const std::size_t n = co_await try_(*std::move(filled));
    EXPECT_LE(n, SplicePipe::kBytesMax);
    if (n == 0) break;
    co_await try_(pipe.drain(relay->out.client, 1min));
    EXPECT_EQ(relay->memory.used(), 0U);
  }
  co_return co_await relay->out.client.shutdown_write();
}

Task<Result<void>> relay_text(SocketAddress (*address)()) {
  Relay relay;
  relay.in = co_await try_(connected_pair(address()));
  relay.out = co_await try_(connected_pair(address()));
  co_await try_(with_scope(&relay, [](Scope& scope, Relay*& r) -> Task<Result<void>> {
    scope.spawn("sender", send_text(r));
    scope.spawn("relay", splice_all(r));
    (void)co_await sleep_for(20ms);  // so that buffers fill up, and the writer has to wait
    const std::string got = co_await try_(read_text(&r->out.server, r->text.size() + 1, now() + 5min));
    EXPECT_TRUE(got == r->text) << got.size();
    co_return co_await scope.join();
  }));
  EXPECT_EQ(relay.memory.used(), 0U);
  co_return {};
}

TEST(SplicePipe, MovesAllBytesInOrderOverTcp) { EXPECT_EQ(run_test(1, relay_text(&loopback_address)), ""); }
TEST(SplicePipe, MovesAllBytesInOrderOverUnixSockets) { EXPECT_EQ(run_test(1, relay_text(&fresh_unix_address)), ""); }
TEST(SplicePipe, MovesAllBytesInOrderOnTwoWorkers) { EXPECT_EQ(run_test(2, relay_text(&loopback_address)), ""); }

TEST(SplicePipe, WhatIsLeftInOneIsNotFoundInTheNext) {
  EXPECT_EQ(run_test(1,
                     []() -> Task<Result<void>> {
                       StreamPair in = co_await try_(connected_pair());
                       StreamPair out = co_await try_(connected_pair());
                       MemoryBudget memory;
                       for (const char* text : {"dropped", "kept"}) {
                         co_await try_(co_await in.client.write(text));
                         co_await try_(co_await in.server.wait_readable(now() + 1min));
                         SplicePipe pipe;
                         EXPECT_TRUE(pipe.open(memory));
                         EXPECT_EQ(**pipe.fill(in.server, SIZE_MAX), std::string_view(text).size());
                         if (text[0] == 'k') co_await try_(pipe.drain(out.client, 1min));
                       }
                       EXPECT_EQ(co_await try_(read_text(&out.server, 4, now() + 1min)), "kept");
                       co_return {};
                     }()),
            "");
}

TEST(SplicePipe, SaysWhatBecameOfTheTwoStreams) {
  EXPECT_EQ(run_test(1,
                     []() -> Task<Result<void>> {
                       StreamPair in = co_await try_(connected_pair());
                       StreamPair out = co_await try_(connected_pair());
                       MemoryBudget memory;
                       {
                         SplicePipe pipe;
                         EXPECT_TRUE(pipe.open(memory));
                         EXPECT_FALSE(pipe.fill(in.server, 10).has_value());  // nothing is there
                         co_await try_(co_await in.client.write("text"));
                         co_await try_(co_await in.server.wait_readable(now() + 1min));
                         EXPECT_EQ(**pipe.fill(in.server, 10), 4U);
                         out.server.abort();
                         (void)co_await out.client.wait_readable(now() + 1min);
                         const Result<void> drained = co_await pipe.drain(out.client, 1min);
                         EXPECT_EQ(drained.error().code(), ErrorCode::kUnavailable);
                       }
                       EXPECT_EQ((co_await out.client.write("x")).error().code(), ErrorCode::kFailedPrecondition);
                       in.client.close();
                       co_await try_(co_await in.server.wait_readable(now() + 1min));
                       SplicePipe pipe;
                       EXPECT_TRUE(pipe.open(memory));
                       EXPECT_EQ(**pipe.fill(in.server, 10), 0U);
                       co_return {};
                     }()),
            "");
}

// What the kernel refuses to splice stands for the socket for a moment.
TEST(SplicePipe, AStreamThatCannotIsNoReasonNotToServeOthers) {
  EXPECT_EQ(run_test(1,
                     []() -> Task<Result<void>> {
                       StreamPair in = co_await try_(connected_pair());
                       MemoryBudget memory;
                       const int fd = in.server.socket().fd;
                       const int kept = ::dup(fd);
                       const int other = ::epoll_create1(0);
                       EXPECT_EQ(::dup2(other, fd), fd);
                       {
                         SplicePipe pipe;
                         EXPECT_TRUE(pipe.open(memory));
                         EXPECT_EQ(pipe.fill(in.server, 10)->error().code(), ErrorCode::kUnsupported);
                       }
                       EXPECT_EQ(::dup2(kept, fd), fd);
                       ::close(kept);
                       ::close(other);
                       co_await try_(co_await in.client.write("text"));
                       co_await try_(co_await in.server.wait_readable(now() + 1min));
                       SplicePipe pipe;
                       EXPECT_TRUE(pipe.open(memory));
                       EXPECT_EQ(**pipe.fill(in.server, 10), 4U);
                       co_return {};
                     }()),
            "");
}

TEST(SplicePipe, AReaderThatDoesNotReadEndsTheWait) {
  EXPECT_EQ(run_test(1,
                     []() -> Task<Result<void>> {
                       StreamPair in = co_await try_(connected_pair());
                       StreamPair out = co_await try_(connected_pair());
                       MemoryBudget memory;
                       const std::string text = pattern(64 * 1024);
                       Result<void> drained;
                       for (int i = 0; i < 1000 && drained.ok(); ++i) {
                         co_await try_(co_await in.client.write(text, now() + 1min));
                         co_await try_(co_await in.server.wait_readable(now() + 1min));
                         SplicePipe pipe;
                         EXPECT_TRUE(pipe.open(memory));
                         if (pipe.fill(in.server, SIZE_MAX)) drained = co_await pipe.drain(out.client, 50ms);
                       }
                       EXPECT_EQ(drained.error().code(), ErrorCode::kDeadlineExceeded);
                       EXPECT_EQ(memory.used(), 0U);
                       co_return {};
                     }()),
            "");
}

TEST(SplicePipe, NoneIsGivenWithoutMemoryOrBeyondTheirNumber) {
  EXPECT_EQ(run_test(1,
                     []() -> Task<Result<void>> {
                       MemoryBudget small(0, SplicePipe::kBytesMax - 1);
                       SplicePipe none;
                       EXPECT_FALSE(none.open(small));
                       EXPECT_EQ(small.used(), 0U);
                       MemoryBudget memory;
                       std::vector<std::unique_ptr<SplicePipe>> all;
                       for (int i = 0; i < SplicePipe::kPipesMax; ++i) {
                         if (!all.emplace_back(std::make_unique<SplicePipe>())->open(memory)) break;
                       }
                       EXPECT_FALSE(none.open(memory));
                       all.clear();
                       EXPECT_EQ(memory.used(), 0U);
                       EXPECT_TRUE(none.open(memory));
                       co_return {};
                     }()),
            "");
}

}  // namespace
}  // namespace banyan
