// Streams over real TCP and unix sockets, on one and two workers.
#include "net/stream.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/descriptor_limit.h"
#include "net/loopback.h"
#include "runtime/scope.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

std::string pattern(std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

class Streams : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Workers, Streams, testing::Values(1U, 2U));

Task<Result<void>> send_and_finish(Stream* stream, const std::string* text) {
  co_await try_(co_await stream->write(*text));
  co_return co_await stream->shutdown_write();
}

Task<Result<void>> echo_at(SocketAddress address) {
  StreamPair pair = co_await try_(connected_pair(std::move(address)));
  const std::string sent = pattern(3'000'001);
  struct State {
    StreamPair* pair;
    const std::string* sent;
  };
  co_await try_(with_scope(State{&pair, &sent}, [](Scope& scope, State& state) -> Task<Result<void>> {
    scope.spawn("echo", echo(&state.pair->server));
    scope.spawn("sender", send_and_finish(&state.pair->client, state.sent));
    const std::string got = co_await try_(read_text(&state.pair->client, state.sent->size() + 1, now() + 5min));
    EXPECT_EQ(got.size(), state.sent->size());
    EXPECT_TRUE(got == *state.sent);
    co_return co_await scope.join();
  }));
  EXPECT_TRUE(pair.client.hung_up());
  co_return {};
}

TEST_P(Streams, WhatIsSentComesBackOverTcp) { EXPECT_EQ(run_test(GetParam(), echo_at(loopback_address())), ""); }
TEST_P(Streams, WhatIsSentComesBackOverUnixSockets) {
  EXPECT_EQ(run_test(GetParam(), echo_at(fresh_unix_address())), "");
}

TEST_P(Streams, AnOperationThatNeedNotWaitIsReadyAtOnce) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(connected_pair());
                       {
                         auto write = pair.client.write("hello");
                         EXPECT_TRUE(write.await_ready());
                         EXPECT_TRUE(write.await_resume().ok());
                       }
                       co_await try_(co_await pair.server.wait_readable());
                       std::array<std::byte, 3> part;
                       {
                         auto read = pair.server.read(part);
                         EXPECT_TRUE(read.await_ready());
                         EXPECT_EQ(*read.await_resume(), 3U);
                       }
                       // It was filled, so there may be more: neither the wait nor the read suspends.
                       EXPECT_TRUE(pair.server.wait_readable().await_ready());
                       EXPECT_EQ(**pair.server.try_read(part), 2U);
                       EXPECT_FALSE(pair.server.try_read(part).has_value());
                       EXPECT_FALSE(pair.server.wait_readable().await_ready());
                       co_return {};
                     }()),
            "");
}

TEST_P(Streams, OneSideMayEndWhileTheOtherGoesOn) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(connected_pair());
                       co_await try_(co_await pair.client.write("question"));
                       co_await try_(co_await pair.client.shutdown_write());
                       EXPECT_EQ(co_await try_(read_text(&pair.server, 100)), "question");
                       EXPECT_TRUE(pair.server.hung_up());
                       co_await try_(co_await pair.server.write("answer"));
                       pair.server.close();
                       EXPECT_FALSE(pair.server.is_open());
                       EXPECT_EQ(co_await try_(read_text(&pair.client, 100)), "answer");
                       co_return {};
                     }()),
            "");
}

TEST_P(Streams, AResetIsAnErrorThatSaysWho) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(connected_pair());
                       const std::string who = pair.server.peer().text();
                       EXPECT_EQ(who, pair.client.local().text());
                       pair.client.abort();
                       std::array<std::byte, 16> buffer;
                       Result<std::size_t> read = co_await pair.server.read(buffer, now() + 1min);
                       EXPECT_EQ(read.error().code(), ErrorCode::kUnavailable);
                       EXPECT_EQ(read.error().message(), "reading from " + who + ": Connection reset by peer");
                       Result<void> written = co_await pair.server.write("x");
                       EXPECT_EQ(written.error().code(), ErrorCode::kUnavailable);
                       co_return {};
                     }()),
            "");
}

TEST_P(Streams, AWriterWaitsForASlowReader) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(connected_pair());
                       const std::string much = pattern(32 << 20);
                       const TimePoint before = now();
                       Result<void> written = co_await pair.client.write(much, now() + 100ms);
                       EXPECT_EQ(written.error().code(), ErrorCode::kDeadlineExceeded);
                       EXPECT_GE(now() - before, 100ms);
                       // How much of it was sent is not known, so nothing may follow.
                       Result<void> again = co_await pair.client.write("x");
                       EXPECT_EQ(again.error().code(), ErrorCode::kFailedPrecondition);
                       pair.client.close();
                       const std::string got = co_await try_(read_text(&pair.server, much.size(), now() + 1min));
                       EXPECT_LT(got.size(), much.size());
                       EXPECT_TRUE(std::string_view(much).starts_with(got));
                       co_return {};
                     }()),
            "");
}

Task<Result<void>> write_parts(Stream* stream, const std::vector<std::string>* texts) {
  std::vector<iovec> parts;
  for (const std::string& text : *texts) parts.push_back({const_cast<char*>(text.data()), text.size()});
  co_await try_(co_await stream->write(parts));
  co_return co_await stream->shutdown_write();
}

TEST_P(Streams, ManyPartsSomeOfThemEmptyArriveInOrder) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       struct State {
                         StreamPair pair;
                         std::vector<std::string> texts;
                       };
                       State state{co_await try_(connected_pair()), {}};
                       std::string all;
                       for (std::size_t i = 0; i < 1500; ++i) {
                         state.texts.push_back(pattern(i % 5 == 0 ? 0 : i * 13 % 9000));
                         all += state.texts.back();
                       }
                       co_return co_await with_scope(
                           std::pair(&state, &all), [](Scope& scope, auto& s) -> Task<Result<void>> {
                             scope.spawn("writer", write_parts(&s.first->pair.client, &s.first->texts));
                             const std::string got =
                                 co_await try_(read_text(&s.first->pair.server, s.second->size() + 1));
                             EXPECT_TRUE(got == *s.second);
                             co_return co_await scope.join();
                           });
                     }()),
            "");
}

TEST_P(Streams, WritingNothingSucceeds) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(connected_pair());
                       co_await try_(co_await pair.client.write(""));
                       co_await try_(co_await pair.client.write(std::span<const iovec>()));
                       co_return {};
                     }()),
            "");
}

int temporary_file(const std::string& contents) {
  char path[] = "/tmp/banyan_net_test_XXXXXX";
  const int fd = mkstemp(path);
  unlink(path);
  EXPECT_EQ(::write(fd, contents.data(), contents.size()), static_cast<ssize_t>(contents.size()));
  return fd;
}

Task<Result<void>> send_file_and_finish(Stream* stream, int file, std::size_t offset, std::size_t bytes) {
  co_await try_(stream->send_file(file, static_cast<std::int64_t>(offset), bytes));
  co_return co_await stream->shutdown_write();
}

TEST_P(Streams, AFileIsSentFromAnOffset) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       struct State {
                         StreamPair pair;
                         std::string contents = pattern(5'000'000);
                         int file = -1;
                       };
                       State state{co_await try_(connected_pair())};
                       state.file = temporary_file(state.contents);
                       co_await try_(with_scope(&state, [](Scope& scope, State*& s) -> Task<Result<void>> {
                         scope.spawn("sender",
                                     send_file_and_finish(&s->pair.client, s->file, 1000, s->contents.size() - 1000));
                         const std::string got = co_await try_(read_text(&s->pair.server, s->contents.size()));
                         EXPECT_TRUE(got == s->contents.substr(1000));
                         co_return co_await scope.join();
                       }));
                       ::close(state.file);
                       co_return {};
                     }()),
            "");
}

TEST_P(Streams, AFileSentToAPeerThatWentAwayIsAnErrorAndNoSignal) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(connected_pair());
                       const int file = temporary_file(pattern(1'000'000));
                       pair.server.abort();
                       Result<void> sent;
                       for (int i = 0; i < 50 && sent.ok(); ++i)
                         sent = co_await pair.client.send_file(file, 0, 1'000'000);
                       EXPECT_EQ(sent.error().code(), ErrorCode::kUnavailable);
                       sent = co_await pair.client.send_file(file, 0, 1);
                       EXPECT_EQ(sent.error().code(), ErrorCode::kFailedPrecondition);
                       int raw = pair.client.socket().fd;
                       std::int64_t offset = 0;
                       EXPECT_EQ(current_env().sockets().send_file(raw, file, &offset, 10), -EPIPE);
                       ::close(file);
                       co_return {};
                     }()),
            "");
}

TEST_P(Streams, AFileThatIsTooShortIsAnError) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(connected_pair());
                       const int file = temporary_file("ten bytes.");
                       Result<void> sent = co_await pair.client.send_file(file, 0, 11);
                       EXPECT_EQ(sent.error().code(), ErrorCode::kDataLoss);
                       EXPECT_EQ(co_await try_(read_text(&pair.server, 10)), "ten bytes.");
                       ::close(file);
                       co_return {};
                     }()),
            "");
}

// ---- deadlines and cancellation ----

Task<Result<void>> read_forever(Stream* stream) {
  std::array<std::byte, 100> buffer;
  co_await try_(co_await stream->read(buffer));
  co_return {};
}
Task<Result<void>> wait_forever(Stream* stream) { co_return co_await stream->wait_readable(); }
Task<Result<void>> write_forever(Stream* stream) {
  const std::string much = pattern(32 << 20);
  co_return co_await stream->write(much);
}
Task<Result<void>> send_file_forever(Stream* stream) {
  const int file = temporary_file(pattern(16 << 20));
  Result<void> sent = co_await stream->send_file(file, 0, 16 << 20);
  ::close(file);
  co_return sent;
}

using Operation = Task<Result<void>> (*)(Stream*);

struct Outcome {
  Operation operation;
  Stream* stream;
  ErrorCode code = ErrorCode::kInternal;
};

Task<Result<void>> note_outcome(Outcome* outcome) {
  Result<void> result = co_await outcome->operation(outcome->stream);
  if (!result.ok()) outcome->code = result.error().code();
  co_return {};
}

Task<Result<void>> interrupt_everything() {
  for (const Operation operation : {&read_forever, &wait_forever, &write_forever, &send_file_forever}) {
    StreamPair pair = co_await try_(connected_pair());
    Outcome outcome{operation, &pair.client};
    co_await try_(with_scope(&outcome, [](Scope& scope, Outcome*& o) -> Task<Result<void>> {
      scope.spawn("operation", note_outcome(o));
      co_await try_(co_await sleep_for(20ms));
      scope.cancel();
      co_return co_await scope.join();
    }));
    EXPECT_EQ(outcome.code, ErrorCode::kCancelled);
    StreamPair other = co_await try_(connected_pair());
    outcome = {operation, &other.client};
    co_await try_(with_timeout(20ms, note_outcome(&outcome)));
    EXPECT_EQ(outcome.code, ErrorCode::kDeadlineExceeded);
  }
  co_return {};
}

TEST_P(Streams, EveryOperationObeysCancellationAndDeadline) {
  EXPECT_EQ(run_test(GetParam(), interrupt_everything()), "");
}

TEST_P(Streams, AReadGoesOnAfterItsDeadline) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(connected_pair());
                       std::array<std::byte, 16> buffer;
                       Result<std::size_t> early = co_await pair.server.read(buffer, now() + 5ms);
                       EXPECT_EQ(early.error().code(), ErrorCode::kDeadlineExceeded);
                       co_await try_(co_await pair.client.write("late"));
                       EXPECT_EQ(co_await try_(co_await pair.server.read(buffer, now() + 1min)), 4U);
                       co_return {};
                     }()),
            "");
}

// A task whose reads never wait must let others run, and must notice that it was cancelled.
Task<Result<void>> read_without_end(Stream* stream, bool* cancelled) {
  std::array<std::byte, 64> buffer;
  for (;;) {
    Result<std::size_t> read = co_await stream->read(buffer);
    Result<void> done;
    if (read.ok()) {
      done = co_await stream->write("more");  // may be where it learns of it
    } else {
      done = std::move(read).error();
    }
    if (done.ok()) continue;
    *cancelled = done.error().code() == ErrorCode::kCancelled;
    co_return {};
  }
}

Task<Result<void>> feed(Stream* stream) { co_return co_await echo(stream); }

TEST_P(Streams, ABusyReaderIsCancelledToo) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(connected_pair());
                       for (int i = 0; i < 100; ++i) co_await try_(co_await pair.client.write("more"));
                       struct State {
                         StreamPair* pair;
                         bool cancelled = false;
                       };
                       State state{&pair};
                       co_await try_(with_scope(&state, [](Scope& scope, State*& s) -> Task<Result<void>> {
                         scope.spawn("feed", feed(&s->pair->client));
                         scope.spawn("reader", read_without_end(&s->pair->server, &s->cancelled));
                         co_await try_(co_await sleep_for(50ms));
                         scope.cancel();
                         co_return co_await scope.join();
                       }));
                       EXPECT_TRUE(state.cancelled);
                       co_return {};
                     }()),
            "");
}

// ---- many ----

Task<Result<void>> serve_echoes(Listener* listener, Scope* connections);

Task<Result<void>> serve_one(Stream stream) { co_return co_await echo(&stream); }

Task<Result<void>> serve_echoes(Listener* listener, Scope* connections) {
  for (;;) {
    Result<Stream> stream = co_await listener->accept();
    if (!stream.ok()) co_return {};
    connections->spawn("connection", serve_one(*std::move(stream)));
  }
}

Task<Result<void>> one_client(SocketAddress address, std::size_t number, std::atomic<int>* good) {
  Stream stream = co_await try_(connect(std::move(address), now() + 5min));
  for (std::size_t round = 0; round < 5; ++round) {
    const std::string sent = std::to_string(number) + pattern(number % 3000 + round);
    co_await try_(co_await stream.write(sent, now() + 5min));
    const std::string got = co_await try_(read_text(&stream, sent.size(), now() + 5min));
    if (got != sent) co_return Error(ErrorCode::kDataLoss, "not the echo");
    co_await yield();
  }
  good->fetch_add(1);
  co_return {};
}

Task<Result<void>> many_clients(std::size_t count) {
  struct State {
    Listener listener;
    std::size_t count;
    std::atomic<int>* good;
  };
  std::atomic<int> good{0};
  State state{co_await try_(Listener::open(loopback_address(), {.backlog = 4096})), count, &good};
  co_await try_(with_scope(&state, [](Scope& scope, State*& s) -> Task<Result<void>> {
    co_await try_(with_scope(std::pair(s, &scope), [](Scope& clients, auto& both) -> Task<Result<void>> {
      both.second->spawn("server", serve_echoes(&both.first->listener, both.second));
      for (std::size_t i = 0; i < both.first->count; ++i) {
        clients.spawn("client", one_client(both.first->listener.address(), i, both.first->good));
      }
      co_return co_await clients.join();
    }));
    s->listener.close();
    co_return co_await scope.join();
  }));
  EXPECT_EQ(good.load(), static_cast<int>(count));
  co_return {};
}

TEST_P(Streams, AThousandConnectionsAtOnce) {
  if (raise_descriptor_limit() < 2100) GTEST_SKIP() << "needs 2,100 descriptors: ulimit -Hn is lower";
  EXPECT_EQ(run_test(GetParam(), many_clients(1000)), "");
}

}  // namespace
}  // namespace banyan
