// Server and client of HTTP/1.1 against each other and against raw bytes, over real sockets.
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "http1/client.h"
#include "http1/server.h"
#include "net/connect.h"
#include "net/listener.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// Says back what it got; what the path asks for decides how.
class EchoHandler final : public Handler {
 public:
  Task<void> handle(Exchange& exchange) override {
    const std::string_view path = exchange.head().path;
    Fields fields;
    fields.add_copy(FieldId::kContentType, "text/plain");
    if (path == "/silent") co_return;
    if (path == "/slow") {
      told.set();
      (void)co_await go_on.wait();
    }
    if (path == "/watch") {
      watching.set();
      for (int i = 0; i < 3000 && exchange.client() == ClientState::kThere; ++i) (void)co_await sleep_for(1ms);
      seen = exchange.client();
      told.set();
    }
    if (path == "/file") {
      const int file = ::memfd_create("long", 0);
      (void)!::ftruncate(file, 64 << 20);
      const Result<void> sent = co_await exchange.respond_file(200, fields, {file, 0, 64 << 20});
      ::close(file);
      failed = sent.ok() ? ErrorCode::kInternal : sent.error().code();
      told.set();
      co_return;
    }
    if (path == "/stream") {
      (void)co_await exchange.respond_stream(200, fields, exchange.body());
      co_return;
    }
    if (path == "/unread" || path == "/full") {
      (void)co_await exchange.respond(path == "/full" ? 503 : 200, fields, "not read\n");
      co_return;
    }
    Result<std::string> body = co_await read_all(exchange.body(), 1 << 20);
    if (!body.ok()) {
      const int status = body.error().code() == ErrorCode::kResourceExhausted ? 413 : 400;
      (void)co_await exchange.respond(status, fields, body.error().message());
      co_return;
    }
    const std::string text = std::string(exchange.head().method_name) + " " + std::string(path) + " " + *body;
    (void)co_await exchange.respond(200, fields, text);
  }

  Event watching;
  Event go_on;
  // What was found out on the paths that find something out.
  Event told;
  ClientState seen = ClientState::kThere;
  ErrorCode failed = ErrorCode::kInternal;
};

struct World {
  MemoryBudget memory;
  EchoHandler handler;
  std::unique_ptr<Http1Server> server;
  std::unique_ptr<Listener> listener;
  Event stopped;
};

Task<void> accept_all(World* world) {
  co_await serve_connections(*world->listener, *world->server);
  world->stopped.set();
}

Task<int> serve_and(ServerLimits options, Task<void> (*body)(World& world)) {
  World world;
  world.server = std::make_unique<Http1Server>(world.handler, world.memory, options);
  Result<Listener> listener = Listener::open(*SocketAddress::parse("127.0.0.1:0"));
  world.listener = std::make_unique<Listener>(*std::move(listener));
  go_pinned("accept", accept_all(&world));
  co_await body(world);
  world.listener->close();
  (void)co_await world.stopped.wait();
  world.server->drain();
  for (int i = 0; i < 3000 && world.server->connections() > 0; ++i) (void)co_await sleep_for(1ms);
  EXPECT_EQ(world.server->connections(), 0U);
  EXPECT_EQ(world.server->counters().active.load(), 0U);
  co_return 0;
}

void with_server(Task<void> (*body)(World& world), ServerLimits options = {}) {
  RuntimeOptions runtime;
  runtime.workers = 1;
  run(runtime, serve_and(options, body));
}

// Sends raw bytes, in pieces of `piece` bytes, and reads until the server closes or the answer ends with `end`.
Task<std::string> converse(SocketAddress address, std::string bytes, std::size_t piece, std::string end = "") {
  Result<Stream> stream = co_await connect(address, now() + 1min);
  EXPECT_TRUE(stream.ok());
  for (std::size_t i = 0; i < bytes.size(); i += piece) {
    (void)co_await stream->write(std::string_view(bytes).substr(i, piece), now() + 1min);
    if (piece < bytes.size()) co_await yield();
  }
  std::string answer;
  std::byte buffer[4096];
  while (end.empty() || !answer.ends_with(end)) {
    Result<std::size_t> n = co_await stream->read(buffer, now() + 1min);
    if (!n.ok() || *n == 0) break;
    answer.append(reinterpret_cast<const char*>(buffer), *n);
  }
  co_return answer;
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t times = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++times;
  return times;
}

TEST(Http1Server, AnswersPipelinedRequestsInOrderHoweverTheyArrive) {
  with_server([](World& world) -> Task<void> {
    const std::string requests =
        "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
        "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
        "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n"
        "HEAD /d HTTP/1.1\r\nHost: x\r\n\r\n"
        "GET /e HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for (std::size_t piece : {1U, 7U, 64U, 100000U}) {
      const std::string answer = co_await converse(world.listener->address(), requests, piece);
      EXPECT_EQ(count(answer, "HTTP/1.1 200 OK\r\n"), 5U) << answer;
      EXPECT_LT(answer.find("POST /b hello"), answer.find("POST /c abcde"));
      EXPECT_EQ(count(answer, "Connection: close"), 1U);
      EXPECT_TRUE(answer.ends_with("GET /e "));
    }
  });
}

TEST(Http1Server, RefusesWhatIsAmbiguousAndCloses) {
  with_server([](World& world) -> Task<void> {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"GET / HTTP/1.1\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
        {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", "505"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
        {"GET /" + std::string(20000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", "414"},
        {"GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(20000, 'a') + "\r\n\r\n", "431"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", "413"},
    };
    for (const auto& [request, status] : cases) {
      const std::string answer =
          co_await converse(world.listener->address(), request + "GET /next HTTP/1.1\r\nHost: x\r\n\r\n", 100000);
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status)) << request.substr(0, 60) << "\n" << answer.substr(0, 200);
      EXPECT_EQ(answer.find("/next"), std::string::npos);
    }
  });
}

TEST(Http1Server, ASlowHeadGets408AndASilentClientIsClosed) {
  ServerLimits slow_heads;
  slow_heads.header_timeout = 30ms;
  with_server(
      [](World& world) -> Task<void> {
        const std::string slow = co_await converse(world.listener->address(), "GET / HTT", 100);
        EXPECT_TRUE(slow.starts_with("HTTP/1.1 408")) << slow;
      },
      slow_heads);
  ServerLimits silence;
  silence.idle_timeout = 30ms;
  with_server(
      [](World& world) -> Task<void> {
        Result<Stream> silent = co_await connect(world.listener->address(), now() + 1min);
        std::byte byte[1];
        EXPECT_EQ(*co_await silent->read(byte, now() + 1min), 0U);
      },
      silence);
}

TEST(Http1Server, ContinuesOnlyWhenTheBodyIsWanted) {
  with_server([](World& world) -> Task<void> {
    const std::string head = " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    const std::string wanted = co_await converse(world.listener->address(), "POST /echo" + head, 100000, "\r\n\r\n");
    EXPECT_EQ(wanted, "HTTP/1.1 100 Continue\r\n\r\n");
    const std::string unwanted =
        co_await converse(world.listener->address(), "POST /unread" + head, 100000, "not read\n");
    EXPECT_TRUE(unwanted.starts_with("HTTP/1.1 200 OK"));
    EXPECT_NE(unwanted.find("Connection: close"), std::string::npos);
  });
}

TEST(Http1Server, AHandlerThatSaysNothingIs500) {
  with_server([](World& world) -> Task<void> {
    const std::string answer = co_await converse(
        world.listener->address(), "GET /silent HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 100000);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 500"));
  });
}

Task<Result<std::string>> fetch(Http1Upstream& upstream, Method method, std::string target, BodySource* body) {
  Fields fields;
  fields.add_copy(FieldId::kHost, "x");
  UpstreamRequest request;
  request.method = method;
  request.method_name = method_name(method);
  request.target = target;
  request.fields = &fields;
  request.body = body;
  auto answer = co_await upstream.send(request);
  if (!answer.ok()) co_return std::move(answer.failure().error);
  co_return co_await read_all((*answer)->body(), 1 << 22);
}

TEST(Http1Client, KeepsConnectionsAndStreamsBothWays) {
  with_server([](World& world) -> Task<void> {
    Http1Upstream upstream(world.listener->address(), world.memory);
    for (int i = 0; i < 50; ++i) {
      EXPECT_EQ(*co_await fetch(upstream, Method::kGet, "/x", nullptr), "GET /x ");
    }
    EXPECT_EQ(world.server->counters().accepted.load(), 1U);
    const std::string large(3'000'000, 'z');
    auto body = StringBody::owned(large);
    Result<std::string> echoed = co_await fetch(upstream, Method::kPost, "/stream", body.get());
    EXPECT_TRUE(echoed.ok());
    EXPECT_TRUE(echoed.ok() && *echoed == large);
    EXPECT_EQ(upstream.idle(), 1U);
  });
}

// Of this process.
int open_pipes() {
  int pipes = 0;
  char target[64];
  for (int fd = 0; fd < 1024; ++fd) {
    const ssize_t n = ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), target, sizeof target);
    pipes += n > 5 && std::string_view(target, 5) == "pipe:";
  }
  return pipes;
}

std::string pattern(std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

TEST(Http1Server, PassesALargeBodyOnThroughAPipe) {
  with_server([](World& world) -> Task<void> {
    Http1Upstream upstream(world.listener->address(), world.memory);
    const int before = open_pipes();
    for (const std::size_t bytes : {100'000U, 65'536U, 3'000'001U, 200'000U}) {
      const std::string large = pattern(bytes);
      auto body = StringBody::owned(large);
      const Result<std::string> echoed = co_await fetch(upstream, Method::kPost, "/stream", body.get());
      EXPECT_TRUE(echoed.ok() && *echoed == large) << bytes;
    }
    EXPECT_GT(open_pipes(), before);
    EXPECT_EQ(world.server->counters().accepted.load(), 1U);
  });
}

TEST(Http1Server, ALargeBodyThatBreaksOffIsNotTakenForWhole) {
  with_server([](World& world) -> Task<void> {
    Result<Stream> stream = co_await connect(world.listener->address(), now() + 1min);
    EXPECT_TRUE((co_await stream->write("POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")).ok());
    EXPECT_TRUE((co_await stream->write(pattern(300'000), now() + 1min)).ok());
    EXPECT_TRUE((co_await stream->shutdown_write()).ok());
    std::size_t got = 0;
    std::byte buffer[4096];
    for (;;) {
      const Result<std::size_t> n = co_await stream->read(buffer, now() + 1min);
      EXPECT_TRUE(n.ok() || n.error().code() == ErrorCode::kUnavailable);
      if (!n.ok() || *n == 0) break;
      got += *n;
    }
    EXPECT_LT(got, 301'000U);
  });
}

TEST(Http1Client, ARefusedConnectionIsAFailureBeforeAnyByte) {
  with_server([](World& world) -> Task<void> {
    Http1Upstream upstream(*SocketAddress::parse("127.0.0.1:1"), world.memory);
    Result<std::string> result = co_await fetch(upstream, Method::kGet, "/x", nullptr);
    EXPECT_EQ(result.error().code(), ErrorCode::kUnavailable);
  });
}

TEST(Http1Server, TellsAClientThatIsGoneFromOneThatMayStillRead) {
  with_server([](World& world) -> Task<void> {
    for (const bool resets : {false, true}) {
      world.handler.watching.reset();
      world.handler.told.reset();
      Result<Stream> stream = co_await connect(world.listener->address(), now() + 1min);
      EXPECT_TRUE((co_await stream->write("GET /watch HTTP/1.1\r\nHost: x\r\n\r\n")).ok());
      EXPECT_TRUE((co_await world.handler.watching.wait(now() + 1min)).ok());
      if (resets) {
        stream->abort();
      } else {
        (void)co_await stream->shutdown_write();
      }
      EXPECT_TRUE((co_await world.handler.told.wait(now() + 1min)).ok());
      EXPECT_EQ(world.handler.seen, resets ? ClientState::kGone : ClientState::kSilent);
    }
  });
}

TEST(Http1Server, AClientThatTakesNothingOfAFileIsGivenUp) {
  ServerLimits options;
  options.body_timeout = 50ms;
  with_server(
      [](World& world) -> Task<void> {
        Result<Stream> stream = co_await connect(world.listener->address(), now() + 1min);
        EXPECT_TRUE((co_await stream->write("GET /file HTTP/1.1\r\nHost: x\r\n\r\n")).ok());
        EXPECT_TRUE((co_await world.handler.told.wait(now() + 1min)).ok());
        EXPECT_EQ(world.handler.failed, ErrorCode::kDeadlineExceeded);
      },
      options);
}

// Reads until `end` has come, or the stream ends.
Task<std::string> read_until(Stream& stream, std::string_view end) {
  std::string answer;
  std::byte buffer[4096];
  while (!answer.ends_with(end)) {
    const Result<std::size_t> n = co_await stream.read(buffer, now() + 1min);
    if (!n.ok() || *n == 0) break;
    answer.append(reinterpret_cast<const char*>(buffer), *n);
  }
  co_return answer;
}

Task<void> wait_for_no_buffer(World& world) {
  for (int i = 0; i < 10'000 && world.memory.used() > 0; ++i) (void)co_await sleep_for(1ms);
  EXPECT_EQ(world.memory.used(), 0U);
}

TEST(Http1Server, HoldsNothingForAClientThatWasToldOfNoRoomAndStalls) {
  with_server([](World& world) -> Task<void> {
    for (const std::string_view framing : {"Content-Length: 5", "Transfer-Encoding: chunked"}) {
      Result<Stream> stream = co_await connect(world.listener->address(), now() + 1min);
      const std::string head = "POST /full HTTP/1.1\r\nHost: x\r\n" + std::string(framing) + "\r\n\r\n";
      EXPECT_TRUE((co_await stream->write(head + "4\r\n", now() + 1min)).ok());
      const std::string answer = co_await read_until(*stream, "not read\n");
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 503")) << answer;
      EXPECT_EQ(count(answer, "Connection: close"), 1U) << answer;
      std::byte more[1];
      EXPECT_EQ(*co_await stream->read(more, now() + 1min), 0U);  // told that no more comes
      EXPECT_EQ(world.memory.used(), 0U);
    }
  });
}

TEST(Http1Server, KeepsAConnectionWhoseBodyHasComeOrComesLate) {
  with_server([](World& world) -> Task<void> {
    for (const std::string_view path : {"/full", "/unread"}) {
      const std::string_view late = path == "/full" ? "" : "o";
      const std::string head = "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
      Result<Stream> stream = co_await connect(world.listener->address(), now() + 1min);
      EXPECT_TRUE((co_await stream->write(head + (late.empty() ? "hello" : "hell"), now() + 1min)).ok());
      const std::string answer = co_await read_until(*stream, "not read\n");
      EXPECT_EQ(count(answer, "Connection: close"), 0U) << answer;
      co_await wait_for_no_buffer(world);
      EXPECT_TRUE(
          (co_await stream->write(std::string(late) + "GET /x HTTP/1.1\r\nHost: x\r\n\r\n", now() + 1min)).ok());
      const std::string next = co_await read_until(*stream, "GET /x ");
      EXPECT_TRUE(next.starts_with("HTTP/1.1 200")) << next;
    }
  });
}

TEST(Http1Server, DrainLetsARequestUnderWayFinish) {
  with_server([](World& world) -> Task<void> {
    struct State {
      World* world;
      std::string answer;
    } state{&world, {}};
    (void)co_await with_scope(&state, [](Scope& scope, State*& s) -> Task<Result<void>> {
      auto client = [](State* to) -> Task<Result<void>> {
        to->answer = co_await converse(to->world->listener->address(), "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", 1000);
        co_return {};
      };
      scope.spawn_pinned("client", client(s));
      (void)co_await s->world->handler.told.wait();
      s->world->server->drain();
      (void)co_await sleep_for(1ms);
      s->world->handler.go_on.set();
      co_return co_await scope.join();
    });
    EXPECT_TRUE(state.answer.starts_with("HTTP/1.1 200 OK")) << state.answer;
    EXPECT_TRUE(state.answer.ends_with("GET /slow "));
  });
}

}  // namespace
}  // namespace banyan
