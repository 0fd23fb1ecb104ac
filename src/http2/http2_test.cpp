// The server of HTTP/2 against curl and nghttp2's own client code, over real sockets.
#include <nghttp2/nghttp2.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "http2/server.h"
#include "net/connect.h"
#include "net/listener.h"
#include "runtime/blocking.h"
#include "runtime/runtime.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// Echoes what came; some paths do something else.
class EchoHandler final : public Handler {
 public:
  Task<void> handle(Exchange& exchange) override {
    const std::string path(exchange.head().path);
    Fields fields;
    fields.add_copy(FieldId::kContentType, "text/plain");
    if (path == "/silent") co_return;
    if (path == "/stream") {
      (void)co_await exchange.respond_stream(200, fields, exchange.body());
      co_return;
    }
    if (path == "/stuck") {
      stuck.set();
      while (exchange.client() == ClientState::kThere) {
        if (!(co_await sleep_for(1ms)).ok()) break;
      }
      gone.set();
      co_return;
    }
    if (path == "/pieces") {
      (void)co_await all_sent.wait(now() + 1min);
      for (BodyFrame frame; exchange.body().try_next(&frame) && frame.kind == BodyFrame::Kind::kData; ++pieces) {
        piece_bytes += frame.data.size();
      }
      (void)co_await exchange.respond(200, fields, "counted");
      co_return;
    }
    if (path == "/ignore") {
      (void)co_await exchange.respond(200, fields, "ignored");
      co_return;
    }
    if (path == "/big") {
      const std::string big(3'000'000, 'b');
      (void)co_await exchange.respond(200, fields, big);
      co_return;
    }
    Result<std::string> body = co_await read_all(exchange.body(), 1 << 20);
    if (!body.ok()) {
      (void)co_await exchange.respond(400, fields, body.error().text());
      co_return;
    }
    const std::string text = std::string(exchange.head().method_name) + " " + path + "?" +
                             std::string(exchange.head().query) + " " + std::string(exchange.head().host) + " " + *body;
    (void)co_await exchange.respond(200, fields, text);
  }

  Event stuck;
  Event gone;
  Event all_sent;
  std::size_t pieces = 0;
  std::size_t piece_bytes = 0;
};

struct World {
  MemoryBudget memory;
  EchoHandler handler;
  std::unique_ptr<Http2Server> server;
  std::unique_ptr<Listener> listener;
  Event stopped;
  std::string url() const { return "http://" + listener->address().text(); }
};

Task<void> accept_all(World* world) {
  for (;;) {
    Result<Stream> stream = co_await world->listener->accept();
    if (!stream.ok()) break;
    go_pinned("connection", world->server->serve(*std::move(stream), false));
  }
  world->stopped.set();
}

Task<int> serve_and(ServerLimits options, Task<void> (*body)(World& world)) {
  World world;
  world.server = std::make_unique<Http2Server>(world.handler, world.memory, options);
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

std::string shell(const std::string& command) {
  std::string said;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  for (std::size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) said.append(buffer, n);
  pclose(pipe);
  return said;
}

Task<std::string> curl(std::string arguments) {
  co_return co_await blocking(
      [command = "curl -sS --http2-prior-knowledge --max-time 20 " + arguments] { return shell(command); });
}

TEST(Http2Server, AnswersCurl) {
  with_server([](World& world) -> Task<void> {
    EXPECT_EQ(co_await curl("-w ' %{http_version} %{http_code}' '" + world.url() + "/a?b=1'"),
              "GET /a?b=1 127.0.0.1  2 200");
    EXPECT_EQ(co_await curl("-d hello '" + world.url() + "/post'"), "POST /post? 127.0.0.1 hello");
    EXPECT_EQ(co_await curl("-T - -H 'Expect: 100-continue' '" + world.url() + "/put' < /dev/null"),
              "PUT /put? 127.0.0.1 ");
    const std::string head = co_await curl("-I '" + world.url() + "/ignore'");
    EXPECT_NE(head.find("content-length: 7"), std::string::npos) << head;
    EXPECT_NE(head.find("date: "), std::string::npos) << head;
    EXPECT_EQ(co_await curl("-o /dev/null -w '%{http_code}' '" + world.url() + "/silent'"), "500");
  });
}

TEST(Http2Server, ServesManyStreamsOfAConnectionAtOnce) {
  if (system("command -v h2load > /dev/null") != 0) GTEST_SKIP() << "h2load is not installed (nghttp2-client)";
  with_server([](World& world) -> Task<void> {
    const std::string said =
        co_await blocking([command = "h2load -n 3000 -c 5 -m 100 " + world.url() + "/x"] { return shell(command); });
    EXPECT_NE(said.find("3000 succeeded, 0 failed"), std::string::npos) << said;
  });
}

TEST(Http2Server, BodiesLargerThanAnyWindowPassBothWays) {
  with_server([](World& world) -> Task<void> {
    EXPECT_EQ(co_await curl("'" + world.url() + "/big' | md5sum"),
              shell("head -c 3000000 /dev/zero | tr '\\0' b | md5sum"));
    EXPECT_EQ(co_await curl("--data-binary @/usr/bin/php8.2 '" + world.url() + "/stream' | md5sum"),
              shell("md5sum < /usr/bin/php8.2"));
    // A handler that does not read what comes ends it, and the connection lives on.
    EXPECT_EQ(co_await curl("--data-binary @/etc/services " + world.url() + "/ignore"), "ignored");
  });
}

TEST(Http2Server, RefusesWhatIsTooLarge) {
  ServerLimits options;
  options.body_bytes_max = 1000;
  options.head.head_bytes_max = 2000;
  with_server(
      [](World& world) -> Task<void> {
        const std::string code = "-o /dev/null -w '%{http_code}' ";
        EXPECT_EQ(co_await curl(code + "-d @/etc/services " + world.url() + "/x"), "413");
        const std::string field = "-H 'X-A: " + std::string(3000, 'a') + "' ";
        EXPECT_EQ(co_await curl(code + field + world.url() + "/x"), "431");
        EXPECT_EQ(co_await curl(code + world.url() + "/x"), "200");
      },
      options);
}

// A client made of raw frames, so that it may misbehave.
class RawClient {
 public:
  explicit RawClient(Stream stream) : stream_(std::move(stream)) {}

  static std::string frame(int type, int flags, std::uint32_t stream, std::string_view payload) {
    std::string bytes;
    bytes += static_cast<char>(payload.size() >> 16);
    bytes += static_cast<char>(payload.size() >> 8);
    bytes += static_cast<char>(payload.size());
    bytes += static_cast<char>(type);
    bytes += static_cast<char>(flags);
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(stream >> shift);
    return bytes.append(payload);
  }
  static std::string preface() { return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, ""); }
  static std::string get(std::uint32_t stream, std::string_view path) { return head("\x82", 0x5, stream, path); }
  // The head alone.
  static std::string post(std::uint32_t stream, std::string_view path) { return head("\x83", 0x4, stream, path); }

  Task<void> send(std::string bytes) { (void)co_await stream_.write(bytes, now() + 1min); }
  // Until `text` has come.
  Task<void> read_until(std::string_view text) {
    while (received_.find(text) == std::string::npos && co_await read_more()) {
    }
  }
  // Reads to the end; the error code of the GOAWAY that came, or -1.
  Task<int> read_goaway() {
    while (co_await read_more()) {
    }
    int code = -1;
    for (std::size_t at = 0; at + 9 <= received_.size();) {
      const auto byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(received_[at + i])}; };
      const std::size_t size = byte(0) << 16 | byte(1) << 8 | byte(2);
      if (byte(3) == 7 && at + 17 <= received_.size()) code = static_cast<int>(byte(16));
      at += 9 + size;
    }
    co_return code;
  }
  Stream& stream() { return stream_; }

 private:
  // HPACK: the method, http, the path as a literal, the authority "x".
  static std::string head(std::string_view method, int flags, std::uint32_t stream, std::string_view path) {
    std::string block(method);
    block.append("\x86\x04");
    block += static_cast<char>(path.size());
    block.append(path).append("\x41\x01x");
    return frame(1, flags, stream, block);
  }
  Task<bool> read_more() {
    std::byte buffer[4096];
    const Result<std::size_t> n = co_await stream_.read(buffer, now() + 1min);
    if (!n.ok() || *n == 0) co_return false;
    received_.append(reinterpret_cast<const char*>(buffer), *n);
    co_return true;
  }

  Stream stream_;
  std::string received_;
};

Task<RawClient> connect_raw(World& world) {
  Result<Stream> stream = co_await connect(world.listener->address(), now() + 1min);
  RawClient client(*std::move(stream));
  co_await client.send(RawClient::preface());
  co_return client;
}

TEST(Http2Server, ManyResetsEndTheConnection) {
  with_server([](World& world) -> Task<void> {
    RawClient client = co_await connect_raw(world);
    std::string bytes;
    for (std::uint32_t id = 1; id < 6000; id += 2) {
      bytes += RawClient::get(id, "/stuck");
      bytes += RawClient::frame(3, 0, id, std::string_view("\0\0\0\x8", 4));
    }
    co_await client.send(bytes);
    EXPECT_EQ(co_await client.read_goaway(), NGHTTP2_ENHANCE_YOUR_CALM);
    EXPECT_LE(world.server->counters().requests.load(), 260U);
    EXPECT_GE(world.server->counters().abused.load(), 1U);
  });
}

TEST(Http2Server, CheapFramesAreCounted) {
  with_server([](World& world) -> Task<void> {
    for (const std::string& frame : {RawClient::frame(6, 0, 0, "12345678"), RawClient::frame(4, 0, 0, ""),
                                     RawClient::frame(2, 0, 1, std::string_view("\0\0\0\0\x10", 5))}) {
      RawClient client = co_await connect_raw(world);
      std::string bytes;
      for (int i = 0; i < 3000; ++i) bytes += frame;
      co_await client.send(bytes);
      EXPECT_EQ(co_await client.read_goaway(), NGHTTP2_ENHANCE_YOUR_CALM);
    }
  });
}

TEST(Http2Server, ABodyThatDribblesInTakesNoMoreMemoryThanItsBytes) {
  with_server([](World& world) -> Task<void> {
    RawClient client = co_await connect_raw(world);
    std::string bytes = RawClient::post(1, "/pieces");
    for (int i = 0; i < 8000; ++i) bytes += RawClient::frame(0, 0, 1, "x");
    bytes += RawClient::frame(0, 1, 1, "x") + RawClient::frame(6, 0, 0, "all here");
    co_await client.send(bytes);
    co_await client.read_until("all here");  // the answer to the PING behind the body
    world.handler.all_sent.set();
    co_await client.read_until("counted");
    EXPECT_EQ(world.handler.piece_bytes, 8001U);
    EXPECT_LE(world.handler.pieces, 2U);
  });
}

TEST(Http2Server, FramesOfStreamsThatTheirClientHasEndedEndTheConnection) {
  with_server([](World& world) -> Task<void> {
    const std::string reset = RawClient::frame(3, 0, 1, std::string_view("\0\0\0\x8", 4));
    const std::string data = RawClient::frame(0, 0, 1, "late");
    for (const std::string& late : {data, reset + data, RawClient::get(1, "/late")}) {
      RawClient client = co_await connect_raw(world);
      co_await client.send(RawClient::get(1, "/ignore"));
      co_await client.read_until("ignored");
      co_await client.send(late);
      EXPECT_EQ(co_await client.read_goaway(), NGHTTP2_STREAM_CLOSED);
    }
    RawClient client = co_await connect_raw(world);
    co_await client.send(RawClient::get(1, "/stuck") + reset + data);
    EXPECT_EQ(co_await client.read_goaway(), NGHTTP2_STREAM_CLOSED);
    RawClient other = co_await connect_raw(world);
    co_await other.send(RawClient::get(5, "/ignore") + RawClient::get(3, "/ignore"));
    EXPECT_EQ(co_await other.read_goaway(), NGHTTP2_PROTOCOL_ERROR);
  });
}

TEST(Http2Server, AClientThatLeavesEndsItsHandlers) {
  with_server([](World& world) -> Task<void> {
    {
      RawClient client = co_await connect_raw(world);
      co_await client.send(RawClient::get(1, "/stuck"));
      EXPECT_TRUE((co_await world.handler.stuck.wait(now() + 1min)).ok());
      co_await client.send(RawClient::frame(3, 0, 1, std::string_view("\0\0\0\x8", 4)));
      EXPECT_TRUE((co_await world.handler.gone.wait(now() + 1min)).ok());
      world.handler.stuck.reset();
      world.handler.gone.reset();
      co_await client.send(RawClient::get(3, "/stuck"));
      EXPECT_TRUE((co_await world.handler.stuck.wait(now() + 1min)).ok());
    }
    EXPECT_TRUE((co_await world.handler.gone.wait(now() + 1min)).ok());
  });
}

TEST(Http2Server, SlowHeadsAndIdleConnectionsEnd) {
  ServerLimits idle_limits;
  idle_limits.idle_timeout = 500ms;
  with_server(
      [](World& world) -> Task<void> {
        RawClient idle = co_await connect_raw(world);
        EXPECT_EQ(co_await idle.read_goaway(), NGHTTP2_NO_ERROR);
      },
      idle_limits);
  ServerLimits slow_limits;
  slow_limits.header_timeout = 100ms;
  with_server(
      [](World& world) -> Task<void> {
        RawClient slow = co_await connect_raw(world);
        co_await slow.send(RawClient::frame(1, 0, 1, "\x82\x86"));  // no END_HEADERS
        EXPECT_NE(co_await slow.read_goaway(), NGHTTP2_NO_ERROR);
        RawClient garbage = co_await connect_raw(world);
        co_await garbage.send(std::string(100, '\xff'));
        EXPECT_GT(co_await garbage.read_goaway(), 0);
      },
      slow_limits);
}

TEST(Http2Server, DrainFinishesWhatHasBegun) {
  with_server([](World& world) -> Task<void> {
    RawClient client = co_await connect_raw(world);
    co_await client.send(RawClient::get(1, "/stuck"));
    EXPECT_TRUE((co_await world.handler.stuck.wait(now() + 1min)).ok());
    world.server->drain();
    (void)co_await sleep_for(20ms);
    EXPECT_EQ(world.server->connections(), 1U);
    co_await client.send(RawClient::frame(3, 0, 1, std::string_view("\0\0\0\x8", 4)));
    EXPECT_EQ(co_await client.read_goaway(), NGHTTP2_NO_ERROR);
  });
}

}  // namespace
}  // namespace banyan
