// The client of HTTP/2 against our own server, and against a server of raw frames that may misbehave.
#include <nghttp2/nghttp2.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "exchange/upload.h"
#include "http2/client.h"
#include "http2/server.h"
#include "net/listener.h"
#include "runtime/runtime.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// ---- our server ----

class Service final : public Handler {
 public:
  Task<void> handle(Exchange& exchange) override {
    const std::string path(exchange.head().path);
    Fields fields;
    fields.add_copy(FieldId::kContentType, "text/plain");
    if (path == "/echo") {
      (void)co_await exchange.respond_stream(200, fields, exchange.body());
    } else if (path == "/early") {
      (void)co_await exchange.respond(403, fields, "no");
    } else if (path == "/stuck") {
      ++stuck;
      while (exchange.client() == ClientState::kThere) {
        if (!(co_await sleep_for(1ms)).ok()) break;
      }
      gone.set();
    } else if (path == "/endless") {
      (void)co_await exchange.respond_stream(200, fields, endless_);
      gone.set();
    } else {
      const std::string te(exchange.head().fields.value(FieldId::kTe));
      const std::string text = std::string(exchange.head().method_name) + " " + std::string(exchange.head().target) +
                               " " + std::string(exchange.head().host) + " " + te;
      (void)co_await exchange.respond(200, fields, text);
    }
  }
  int stuck = 0;
  Event gone;

 private:
  class Endless final : public BodySource {
   public:
    Task<Result<BodyFrame>> next() override { co_return BodyFrame{BodyFrame::Kind::kData, text_, nullptr}; }

   private:
    const std::string text_ = std::string(10'000, 'e');
  };
  Endless endless_;
};

struct World {
  MemoryBudget memory;
  Service service;
  std::unique_ptr<Http2Server> server;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Http2Upstream> upstream;
  Event stopped;
};

Task<void> accept_all(World* world) {
  for (;;) {
    Result<Stream> stream = co_await world->listener->accept();
    if (!stream.ok()) break;
    go_pinned("connection", world->server->serve(*std::move(stream), false));
  }
  world->stopped.set();
}

// What one request gave.
struct Got {
  int status = 0;
  std::string body;
  std::string trailer;  // of the name "x-trailer"
  std::string error;
  bool request_sent = false;
};

struct Asked {
  std::string path = "/";
  Method method = Method::kGet;
  BodySource* body = nullptr;
  std::optional<bool> safe = std::nullopt;
};

Task<void> read_answer(BodySource& body, Got* got) {
  for (;;) {
    const Result<BodyFrame> frame = co_await body.next();
    if (!frame.ok()) {
      got->error = frame.error().text();
      co_return;
    }
    got->body += frame->data;
    if (frame->kind == BodyFrame::Kind::kData) continue;
    if (frame->trailers != nullptr) got->trailer = frame->trailers->value("x-trailer");
    co_return;
  }
}

Task<Got> ask(Upstream& upstream, Asked asked) {
  Fields fields;
  fields.add_copy(FieldId::kHost, "service.test");
  Upload upload;
  UpstreamRequest request;
  request.method = asked.method;
  request.method_name = asked.method == Method::kGet ? "GET" : "POST";
  request.target = asked.path;
  request.fields = &fields;
  request.body = asked.body;
  request.safe = asked.safe;
  request.upload = &upload;
  request.takes_trailers = true;
  Got got;
  {
    auto sent = co_await upstream.send(request);
    if (!sent.ok()) {
      got.error = sent.failure().error.text();
      got.request_sent = sent.failure().request_sent;
    } else {
      got.status = (*sent)->head().status;
      co_await read_answer((*sent)->body(), &got);
    }
  }
  co_await upload.end();
  co_return got;
}

Task<int> serve_and(Task<void> (*body)(World& world)) {
  World world;
  world.server = std::make_unique<Http2Server>(world.service, world.memory, ServerLimits{});
  world.listener = std::make_unique<Listener>(*Listener::open(*SocketAddress::parse("127.0.0.1:0")));
  world.upstream = std::make_unique<Http2Upstream>(world.listener->address(), world.memory);
  go_pinned("accept", accept_all(&world));
  co_await body(world);
  world.upstream.reset();
  world.listener->close();
  (void)co_await world.stopped.wait();
  world.server->drain();
  for (int i = 0; i < 5000 && world.server->connections() > 0; ++i) (void)co_await sleep_for(1ms);
  EXPECT_EQ(world.server->connections(), 0U);
  for (int i = 0; i < 5000 && world.memory.used() > 0; ++i) (void)co_await sleep_for(1ms);
  EXPECT_EQ(world.memory.used(), 0U);
  co_return 0;
}

void with_server(Task<void> (*body)(World& world)) {
  RuntimeOptions runtime;
  runtime.workers = 1;
  run(runtime, serve_and(body));
}

// A body of several frames that come one by one, with a trailer at its end.
class SlowBody final : public BodySource {
 public:
  explicit SlowBody(std::size_t frames, std::size_t bytes = 5) : left_(frames), text_(bytes, 'x') {
    (void)trailers_.add_copy("x-trailer", "end");
  }
  Task<Result<BodyFrame>> next() override {
    (void)co_await sleep_for(1ms);
    if (left_ == 0) co_return BodyFrame{BodyFrame::Kind::kEnd, {}, &trailers_};
    --left_;
    co_return BodyFrame{BodyFrame::Kind::kData, text_, nullptr};
  }

 private:
  std::size_t left_;
  const std::string text_;
  Fields trailers_;
};

TEST(Http2Client, SendsRequestsAndReadsAnswers) {
  with_server([](World& world) -> Task<void> {
    const Got got = co_await ask(*world.upstream, {"/a?b=1"});
    EXPECT_EQ(got.status, 200) << got.error;
    EXPECT_EQ(got.body, "GET /a?b=1 service.test trailers");
    StringBody body("hello");
    EXPECT_EQ((co_await ask(*world.upstream, {"/echo", Method::kPost, &body})).body, "hello");
    StringBody none("");
    EXPECT_EQ((co_await ask(*world.upstream, {"/echo", Method::kPost, &none})).body, "");
    EXPECT_EQ(world.upstream->connections(), 1U);
  });
}

TEST(Http2Client, BodiesAndTrailersPassAtTheSameTime) {
  with_server([](World& world) -> Task<void> {
    SlowBody body(20);
    const Got got = co_await ask(*world.upstream, {"/echo", Method::kPost, &body});
    EXPECT_EQ(got.body, std::string(100, 'x')) << got.error;
    EXPECT_EQ(got.trailer, "end");
    // Many windows' worth, which only passes if answers are read while the request is sent.
    SlowBody large(60, 100'000);
    EXPECT_EQ((co_await ask(*world.upstream, {"/echo", Method::kPost, &large})).body.size(), 6'000'000U);
  });
}

TEST(Http2Client, AnAnswerBeforeTheEndOfTheRequestCounts) {
  with_server([](World& world) -> Task<void> {
    SlowBody body(100'000);
    const Got got = co_await ask(*world.upstream, {"/early", Method::kPost, &body});
    EXPECT_EQ(got.status, 403) << got.error;
    EXPECT_EQ(got.body, "no");
  });
}

Task<Result<void>> ask_to_end(Upstream* upstream, int* good) {
  if ((co_await ask(*upstream, {"/many"})).status == 200) ++*good;
  co_return {};
}

struct Many {
  World* world;
  int good = 0;
};

TEST(Http2Client, ManyRequestsShareFewConnections) {
  with_server([](World& world) -> Task<void> {
    Many many{&world};
    (void)co_await with_scope(&many, [](Scope& scope, Many*& m) -> Task<Result<void>> {
      for (int i = 0; i < 1000; ++i) scope.spawn_pinned("ask", ask_to_end(m->world->upstream.get(), &m->good));
      co_return co_await scope.join();
    });
    EXPECT_EQ(many.good, 1000);
    EXPECT_LE(world.upstream->connections(), 8U);  // 128 streams of each
  });
}

TEST(Http2Client, AnAbandonedAnswerResetsItsStream) {
  with_server([](World& world) -> Task<void> {
    Fields fields;
    fields.add_copy(FieldId::kHost, "x");
    UpstreamRequest request;
    request.method_name = "GET";
    request.target = "/endless";
    request.fields = &fields;
    {
      auto sent = co_await world.upstream->send(request);
      EXPECT_TRUE(sent.ok());
      if (sent.ok()) EXPECT_TRUE((co_await (*sent)->body().next()).ok());
    }
    EXPECT_TRUE((co_await world.service.gone.wait(now() + 1min)).ok());
    EXPECT_EQ((co_await ask(*world.upstream, {"/"})).status, 200);
    EXPECT_EQ(world.upstream->connections(), 1U);
  });
}

TEST(Http2Client, ADeadlineEndsTheStreamAndTheSilentConnection) {
  with_server([](World& world) -> Task<void> {
    EXPECT_EQ((co_await ask(*world.upstream, {"/"})).status, 200);
    (void)co_await sleep_for(5ms);
    Got got;
    // On a machine that stands still the time may be over before the request has come to its handler.
    for (Duration patience = 50ms; world.service.stuck == 0 && patience < 5min; patience *= 2) {
      ContextGuard guard(current_context().with_deadline(now() + patience));
      got = co_await ask(*world.upstream, {"/stuck"});
    }
    EXPECT_NE(got.error.find("waiting for the answer"), std::string::npos) << got.error;
    EXPECT_TRUE(got.request_sent);
    EXPECT_TRUE((co_await world.service.gone.wait(now() + 1min)).ok());
    EXPECT_EQ((co_await ask(*world.upstream, {"/"})).status, 200);
  });
}

TEST(Http2Client, NobodyThereIsAFailureBeforeSending) {
  with_server([](World& world) -> Task<void> {
    Http2Upstream nobody(*SocketAddress::parse("127.0.0.1:1"), world.memory);
    const Got got = co_await ask(nobody, {"/"});
    EXPECT_FALSE(got.request_sent);
    EXPECT_NE(got.error.find("127.0.0.1:1"), std::string::npos) << got.error;
  });
}

// ---- a server of raw frames ----

std::string frame(int type, int flags, std::uint32_t stream, std::string_view payload) {
  std::string bytes;
  for (int shift = 16; shift >= 0; shift -= 8) bytes += static_cast<char>(payload.size() >> shift);
  bytes += static_cast<char>(type);
  bytes += static_cast<char>(flags);
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(stream >> shift);
  return bytes.append(payload);
}

std::string number32(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

const std::string kSettings = frame(4, 0, 0, "");
std::string goaway(std::uint32_t last, std::uint32_t code) { return frame(7, 0, 0, number32(last) + number32(code)); }
std::string answer(std::uint32_t stream) { return frame(1, 0x5, stream, "\x88"); }  // :status 200 and the end

// What a scripted server says on each of its connections once a request's HEADERS have come.
struct Scripted {
  std::vector<std::string> says;  // one for each connection; the last for all further ones
  std::vector<std::string> heard;
  bool closes = false;        // after having said it
  bool closes_later = false;  // a connection, when its second request comes
  std::unique_ptr<Listener> listener;
  int tasks = 0;  // that still refer to this
};

int frames(std::string_view bytes, int type) {
  constexpr std::size_t kPreface = 24;
  int count = 0;
  for (std::size_t at = kPreface; at + 9 <= bytes.size();) {
    const auto byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(bytes[at + i])}; };
    count += static_cast<int>(byte(3)) == type ? 1 : 0;
    at += 9 + (byte(0) << 16 | byte(1) << 8 | byte(2));
  }
  return count;
}
bool has_frame(std::string_view bytes, int type) { return frames(bytes, type) > 0; }

Task<void> follow_script(Scripted* scripted, Stream stream, std::size_t index) {
  (void)co_await stream.write(kSettings, now() + 1min);
  std::byte buffer[4096];
  bool said = false;
  for (;;) {
    const Result<std::size_t> n = co_await stream.read(buffer, now() + 1min);
    if (!n.ok() || *n == 0) break;
    scripted->heard[index].append(reinterpret_cast<const char*>(buffer), *n);
    if (scripted->closes_later && frames(scripted->heard[index], 1) > 1) break;
    if (said || !has_frame(scripted->heard[index], 1)) continue;
    said = true;
    const std::string what = scripted->says[std::min(index, scripted->says.size() - 1)];
    (void)co_await stream.write(what, now() + 1min);
    if (scripted->closes) break;
  }
  --scripted->tasks;
}

Task<void> accept_scripted(Scripted* scripted) {
  for (;;) {
    Result<Stream> stream = co_await scripted->listener->accept();
    if (!stream.ok()) break;
    scripted->heard.emplace_back();
    ++scripted->tasks;
    go_pinned("scripted", follow_script(scripted, *std::move(stream), scripted->heard.size() - 1));
  }
  --scripted->tasks;
}

struct ScriptRun {
  std::vector<std::string> says;
  bool closes = false;
  Http2ClientOptions options;
  std::string body;  // of a POST; empty: GET
  Got got;
  std::size_t connections = 0;
  std::string heard;  // on the first connection
};

Task<int> run_script(ScriptRun* script) {
  Scripted scripted;
  scripted.says = script->says;
  scripted.closes = script->closes;
  scripted.heard.reserve(16);
  scripted.listener = std::make_unique<Listener>(*Listener::open(*SocketAddress::parse("127.0.0.1:0")));
  ++scripted.tasks;
  go_pinned("accept", accept_scripted(&scripted));
  static MemoryBudget memory;  // connections end a moment after their upstream
  {
    Http2Upstream upstream(scripted.listener->address(), memory, script->options);
    StringBody body(script->body);
    Asked asked{"/", script->body.empty() ? Method::kGet : Method::kPost, script->body.empty() ? nullptr : &body};
    script->got = co_await ask(upstream, asked);
  }
  scripted.listener->close();
  for (int i = 0; i < 20'000 && scripted.tasks > 0; ++i) (void)co_await sleep_for(1ms);
  EXPECT_EQ(scripted.tasks, 0);
  script->connections = scripted.heard.size();
  script->heard = scripted.heard.empty() ? "" : scripted.heard.front();
  co_return 0;
}

ScriptRun with_script(std::vector<std::string> says, std::string body = "", bool closes = false,
                      Http2ClientOptions options = {}) {
  ScriptRun script{std::move(says), closes, std::move(options), std::move(body), {}, 0, {}};
  RuntimeOptions runtime;
  runtime.workers = 1;
  run(runtime, run_script(&script));
  return script;
}

TEST(Http2Client, ARefusedStreamIsTriedOnceMore) {
  const std::string refused = frame(3, 0, 1, number32(NGHTTP2_REFUSED_STREAM));
  EXPECT_EQ(with_script({refused + goaway(0, 0), answer(1)}).got.status, 200);
  const ScriptRun post = with_script({refused + goaway(0, 0), answer(1)}, "body");
  EXPECT_EQ(post.got.status, 200) << post.got.error;
  EXPECT_EQ(post.connections, 2U);
}

TEST(Http2Client, WhatAGoawayLeavesOutCountsAsNotSent) {
  const ScriptRun once = with_script({goaway(0, 0), answer(1)}, "body");
  EXPECT_EQ(once.got.status, 200) << once.got.error;
  const ScriptRun twice = with_script({goaway(0, 0)}, "body");
  EXPECT_EQ(twice.connections, 2U);
  EXPECT_FALSE(twice.got.request_sent);
  EXPECT_FALSE(twice.got.error.empty());
}

TEST(Http2Client, AResetStreamMayHaveBeenActedOn) {
  const ScriptRun run = with_script({frame(3, 0, 1, number32(NGHTTP2_INTERNAL_ERROR)), answer(1)}, "body");
  EXPECT_TRUE(run.got.request_sent);
  EXPECT_EQ(run.connections, 1U);
  EXPECT_NE(run.got.error.find("INTERNAL_ERROR"), std::string::npos) << run.got.error;
}

TEST(Http2Client, AConnectionThatClosesFailsItsRequests) {
  const ScriptRun run = with_script({""}, "body", true);
  EXPECT_TRUE(run.got.request_sent);
  EXPECT_FALSE(run.got.error.empty());
}

struct KeptRun {
  std::optional<bool> safe;
  Got got;
  std::size_t connections = 0;
};

// Two requests, of which the second finds the kept connection closed.
Task<int> run_kept(KeptRun* kept) {
  Scripted scripted{.says = {answer(1)}, .closes_later = true};
  scripted.heard.reserve(16);
  scripted.listener = std::make_unique<Listener>(*Listener::open(*SocketAddress::parse("127.0.0.1:0")));
  ++scripted.tasks;
  go_pinned("accept", accept_scripted(&scripted));
  static MemoryBudget memory;
  {
    Http2Upstream upstream(scripted.listener->address(), memory);
    EXPECT_EQ((co_await ask(upstream, {})).status, 200);
    kept->got = co_await ask(upstream, {.safe = kept->safe});
  }
  scripted.listener->close();
  for (int i = 0; i < 20'000 && scripted.tasks > 0; ++i) (void)co_await sleep_for(1ms);
  kept->connections = scripted.heard.size();
  co_return 0;
}

TEST(Http2Client, OnlyWhatMayBeRepeatedIsSentAgainWhereAKeptConnectionCloses) {
  RuntimeOptions runtime;
  runtime.workers = 1;
  KeptRun may;
  run(runtime, run_kept(&may));
  EXPECT_EQ(may.got.status, 200) << may.got.error;
  EXPECT_EQ(may.connections, 2U);
  KeptRun may_not{.safe = false};
  run(runtime, run_kept(&may_not));
  EXPECT_EQ(may_not.got.status, 0);
  EXPECT_TRUE(may_not.got.request_sent);
  EXPECT_EQ(may_not.connections, 1U);
}

TEST(Http2Client, WhatIsNotHttp2IsABadAnswer) {
  const ScriptRun run = with_script({"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + std::string(64, ' ')});
  EXPECT_EQ(run.got.status, 0);
  EXPECT_FALSE(run.got.error.empty());
}

TEST(Http2Client, SilenceIsAskedForASignOfLife) {
  Http2ClientOptions options;
  options.ping_interval = 50ms;
  options.ping_timeout = 50ms;
  const ScriptRun run = with_script({""}, "", false, options);
  EXPECT_NE(run.got.error.find("sign of life"), std::string::npos) << run.got.error;
  EXPECT_TRUE(has_frame(run.heard, 6));
}

TEST(Http2Client, InterimAnswersAreReadPast) {
  const std::string interim = frame(1, 0x4, 1, std::string("\x08\x03") + "103");  // :status 103, as a literal
  EXPECT_EQ(with_script({interim + answer(1)}).got.status, 200);
}

TEST(Http2Client, ABodyOfAnotherLengthThanStatedIsRefused) {
  // :status 200, content-length: 5 (name 28 of the static table), then three bytes.
  const std::string head = frame(1, 0x4, 1, std::string("\x88\x0f\x0d\x01") + "5");
  const ScriptRun run = with_script({head + frame(0, 0x1, 1, "abc")});
  EXPECT_FALSE(run.got.error.empty());
}

}  // namespace
}  // namespace banyan
