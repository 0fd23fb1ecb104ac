// A request whose body is still being sent while its answer comes, against servers that say exactly what a test wants.
#include <string>

#include <gtest/gtest.h>

#include "exchange/upload.h"
#include "http1/client.h"
#include "net/listener.h"
#include "runtime/channel.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// Pieces as the test hands them out; closing the channel ends the body, or breaks it off.
class PacedBody final : public BodySource {
 public:
  Task<Result<BodyFrame>> next() override {
    asked = true;
    Result<std::optional<std::string>> piece = co_await pieces.receive();
    if (!piece.ok()) co_return std::move(piece).error();
    if (!*piece && breaks_off) co_return Error(ErrorCode::kInvalidArgument, "a bad chunk");
    if (!*piece) co_return BodyFrame{};
    piece_ = **std::move(piece);
    co_return BodyFrame{BodyFrame::Kind::kData, piece_, nullptr};
  }

  Channel<std::string> pieces{8};
  bool breaks_off = false;
  bool asked = false;

 private:
  std::string piece_;
};

// A client with one request for a server that has one connection.
struct Talk {
  explicit Talk(bool asks_first) : upload(asks_first) { fields.add_copy(FieldId::kHost, "x"); }
  UpstreamRequest request() {
    return {.method = Method::kPost,
            .method_name = "POST",
            .target = "/",
            .fields = &fields,
            .body = &body,
            .upload = &upload};
  }

  Task<Result<void>> (*server)(Talk& talk, Stream& stream) = nullptr;
  Task<void> (*client)(Talk& talk, Http1Upstream& upstream) = nullptr;
  MemoryBudget memory;
  Fields fields;
  PacedBody body;
  Upload upload;
  std::string received;  // by the server, not yet looked at
  std::optional<Listener> listener;
  Event kept;     // the client has done with its first answer
  Event unasked;  // the server has said more than it was asked
  Event closed;   // the server has closed the connection
};

// Takes all up to and including `what` from what the server has received.
Task<Result<std::string>> read_to(Talk& talk, Stream& stream, std::string_view what) {
  std::byte buffer[4096];
  for (;;) {
    const std::size_t at = talk.received.find(what);
    if (at != std::string::npos) {
      std::string taken = talk.received.substr(0, at + what.size());
      talk.received.erase(0, taken.size());
      co_return taken;
    }
    const std::size_t n = co_await try_(co_await stream.read(buffer, now() + 1min));
    if (n == 0) co_return Error(ErrorCode::kUnavailable, "closed");
    talk.received.append(reinterpret_cast<const char*>(buffer), n);
  }
}

// The connection stays open until the client closes it.
Task<Result<void>> serve_one(Talk* talk) {
  Stream stream = co_await try_(co_await talk->listener->accept());
  co_await try_(co_await talk->server(*talk, stream));
  std::byte rest[64];
  while (co_await try_(co_await stream.read(rest, now() + 1min)) > 0) {
  }
  co_return {};
}

Task<void> ask(Talk* talk) {
  Http1Upstream upstream(talk->listener->address(), talk->memory);
  co_await talk->client(*talk, upstream);
  co_await talk->upload.end();
}

Task<int> converse(Talk* talk) {
  talk->listener.emplace(*Listener::open(*SocketAddress::parse("127.0.0.1:0")));
  (void)co_await with_scope(talk, [](Scope& scope, Talk*& one) -> Task<Result<void>> {
    scope.spawn_pinned("server", serve_one(one));
    co_await ask(one);
    const Result<void> served = co_await scope.join();
    EXPECT_TRUE(served.ok()) << served.error().text();
    co_return {};
  });
  talk->listener.reset();
  co_return 0;
}

void converse(Task<Result<void>> (*server)(Talk& talk, Stream& stream),
              Task<void> (*client)(Talk& talk, Http1Upstream& upstream), bool asks_first = false) {
  Talk talk(asks_first);
  talk.server = server;
  talk.client = client;
  RuntimeOptions options;
  options.workers = 1;
  run(options, converse(&talk));
}

TEST(Http1Conversation, AnAnswerIsThereBeforeTheBodyWasSent) {
  converse(
      [](Talk& talk, Stream& stream) -> Task<Result<void>> {
        (void)co_await try_(co_await read_to(talk, stream, "begin\r\n"));
        co_return co_await stream.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
      },
      [](Talk& talk, Http1Upstream& upstream) -> Task<void> {
        UpstreamRequest request = talk.request();
        (void)talk.body.pieces.try_send("begin");
        auto answer = co_await upstream.send(request);
        EXPECT_TRUE(answer.ok());
        if (!answer.ok()) co_return;
        EXPECT_EQ((*answer)->head().status, 413);
        EXPECT_EQ(*co_await read_all((*answer)->body(), 100), "big");
        *answer = nullptr;
        co_await talk.upload.end();
        EXPECT_EQ(upstream.idle(), 0U) << "half a request was sent on it";
      });
}

TEST(Http1Conversation, BothDirectionsFlowAtTheSameTime) {
  converse(
      [](Talk& talk, Stream& stream) -> Task<Result<void>> {
        (void)co_await try_(co_await read_to(talk, stream, "\r\n\r\n"));
        co_await try_(co_await stream.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
        for (int i = 0; i < 3; ++i) {
          (void)co_await try_(co_await read_to(talk, stream, "ping\r\n"));
          co_await try_(co_await stream.write("4\r\npong\r\n"));
        }
        (void)co_await try_(co_await read_to(talk, stream, "0\r\n\r\n"));
        co_return co_await stream.write("0\r\n\r\n");
      },
      [](Talk& talk, Http1Upstream& upstream) -> Task<void> {
        UpstreamRequest request = talk.request();
        auto answer = co_await upstream.send(request);
        EXPECT_TRUE(answer.ok());
        if (!answer.ok()) co_return;
        for (int i = 0; i < 3; ++i) {
          (void)talk.body.pieces.try_send("ping");
          EXPECT_EQ((co_await (*answer)->body().next())->data, "pong");
        }
        talk.body.pieces.close();
        EXPECT_EQ((co_await (*answer)->body().next())->kind, BodyFrame::Kind::kEnd);
        *answer = nullptr;
        EXPECT_EQ(upstream.idle(), 1U);
      });
}

TEST(Http1Conversation, ABodyThatBreaksOffEndsTheWaitForTheAnswer) {
  converse(
      [](Talk& talk, Stream& stream) -> Task<Result<void>> {
        (void)co_await try_(co_await read_to(talk, stream, "begin\r\n"));
        const Result<std::string> rest = co_await read_to(talk, stream, "never");
        EXPECT_EQ(rest.error().code(), ErrorCode::kUnavailable);
        co_return {};
      },
      [](Talk& talk, Http1Upstream& upstream) -> Task<void> {
        UpstreamRequest request = talk.request();
        talk.body.breaks_off = true;
        (void)talk.body.pieces.try_send("begin");
        talk.body.pieces.close();
        auto answer = co_await upstream.send(request);
        EXPECT_FALSE(answer.ok());
        if (!answer.ok()) EXPECT_EQ(answer.failure().error.code(), ErrorCode::kInvalidArgument);
      });
}

// ---- a kept connection ----

TEST(Http1Conversation, AKeptConnectionThatWasClosedIsReplaced) {
  converse(
      [](Talk& talk, Stream& stream) -> Task<Result<void>> {
        (void)co_await try_(co_await read_to(talk, stream, "\r\n\r\n"));
        co_await try_(co_await stream.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"));
        co_await try_(co_await talk.kept.wait(now() + 1min));
        stream.close();
        talk.closed.set();
        Stream second = co_await try_(co_await talk.listener->accept(now() + 1min));
        (void)co_await try_(co_await read_to(talk, second, "\r\n\r\n"));
        stream = std::move(second);
        co_return co_await stream.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond");
      },
      [](Talk& talk, Http1Upstream& upstream) -> Task<void> {
        UpstreamRequest get{.method_name = "GET", .target = "/", .fields = &talk.fields};
        auto first = co_await upstream.send(get);
        EXPECT_TRUE(first.ok());
        if (!first.ok()) co_return;
        EXPECT_EQ(*co_await read_all((*first)->body(), 100), "first");
        *first = nullptr;
        EXPECT_EQ(upstream.idle(), 1U);
        talk.kept.set();
        EXPECT_TRUE((co_await talk.closed.wait(now() + 1min)).ok());
        UpstreamRequest again{.method_name = "GET", .target = "/", .fields = &talk.fields};
        auto second = co_await upstream.send(again);
        EXPECT_TRUE(second.ok());
        if (second.ok()) EXPECT_EQ(*co_await read_all((*second)->body(), 100), "second");
      });
}

// ---- bytes nobody asked for ----

TEST(Http1Conversation, WhatComesUnaskedIsNeverTheNextAnswer) {
  converse(
      [](Talk& talk, Stream& stream) -> Task<Result<void>> {
        (void)co_await try_(co_await read_to(talk, stream, "\r\n\r\n"));
        co_await try_(co_await stream.write("HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n"));
        co_await try_(co_await talk.kept.wait(now() + 1min));
        co_await try_(co_await stream.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"));
        talk.unasked.set();
        Stream second = co_await try_(co_await talk.listener->accept(now() + 1min));
        (void)co_await try_(co_await read_to(talk, second, "\r\n\r\n"));
        stream = std::move(second);  // the first was closed with bytes in it
        co_return co_await stream.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
      },
      [](Talk& talk, Http1Upstream& upstream) -> Task<void> {
        UpstreamRequest head{.method = Method::kHead, .method_name = "HEAD", .target = "/", .fields = &talk.fields};
        auto first = co_await upstream.send(head);
        EXPECT_TRUE(first.ok());
        if (!first.ok()) co_return;
        *first = nullptr;
        EXPECT_EQ(upstream.idle(), 1U);
        talk.kept.set();
        EXPECT_TRUE((co_await talk.unasked.wait(now() + 1min)).ok());
        (void)co_await sleep_for(50ms);  // a turn for the poller
        UpstreamRequest get{.method_name = "GET", .target = "/", .fields = &talk.fields};
        auto second = co_await upstream.send(get);
        EXPECT_TRUE(second.ok());
        if (second.ok()) EXPECT_EQ(*co_await read_all((*second)->body(), 100), "good");
      });
}

TEST(Http1Conversation, AConnectionIsKeptNoLongerThanItsServerSays) {
  converse(
      [](Talk& talk, Stream& stream) -> Task<Result<void>> {
        for (const char* told : {"timeout=60, max=100", "max=99, Timeout=1"}) {
          (void)co_await try_(co_await read_to(talk, stream, "\r\n\r\n"));
          const std::string answer = std::string("HTTP/1.1 204 No Content\r\nKeep-Alive: ") + told + "\r\n\r\n";
          co_await try_(co_await stream.write(answer));
        }
        co_return {};
      },
      [](Talk& talk, Http1Upstream& upstream) -> Task<void> {
        for (const std::size_t idle : {1U, 0U}) {
          UpstreamRequest get{.method_name = "GET", .target = "/", .fields = &talk.fields};
          auto answer = co_await upstream.send(get);
          EXPECT_TRUE(answer.ok());
          if (!answer.ok()) co_return;
          *answer = nullptr;
          EXPECT_EQ(upstream.idle(), idle);
        }
      });
}

// ---- Expect: 100-continue ----

TEST(Http1Conversation, ARefusedBodyIsNeverAskedFor) {
  converse(
      [](Talk& talk, Stream& stream) -> Task<Result<void>> {
        const std::string head = co_await try_(co_await read_to(talk, stream, "\r\n\r\n"));
        EXPECT_NE(head.find("Expect: 100-continue\r\n"), std::string::npos) << head;
        co_return co_await stream.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
      },
      [](Talk& talk, Http1Upstream& upstream) -> Task<void> {
        UpstreamRequest request = talk.request();
        auto answer = co_await upstream.send(request);
        EXPECT_TRUE(answer.ok());
        if (!answer.ok()) co_return;
        EXPECT_EQ((*answer)->head().status, 401);
        *answer = nullptr;
        co_await talk.upload.end();
        EXPECT_FALSE(talk.body.asked);
        EXPECT_EQ(upstream.idle(), 0U);
      },
      true);
}

TEST(Http1Conversation, AServerThatContinuesOrSaysNothingGetsTheBody) {
  for (const bool says : {true, false}) {
    Task<Result<void>> (*server)(Talk&, Stream&) = says ? +[](Talk& talk, Stream& stream) -> Task<Result<void>> {
      (void)co_await try_(co_await read_to(talk, stream, "\r\n\r\n"));
      EXPECT_FALSE(talk.body.asked);
      co_await try_(co_await stream.write("HTTP/1.1 100 Continue\r\n\r\n"));
      (void)co_await try_(co_await read_to(talk, stream, "5\r\nhello\r\n0\r\n\r\n"));
      co_return co_await stream.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
    : +[](Talk& talk, Stream& stream) -> Task<Result<void>> {
        (void)co_await try_(co_await read_to(talk, stream, "5\r\nhello\r\n0\r\n\r\n"));
        co_return co_await stream.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      };
    converse(
        server,
        [](Talk& talk, Http1Upstream& upstream) -> Task<void> {
          UpstreamRequest request = talk.request();
          (void)talk.body.pieces.try_send("hello");
          talk.body.pieces.close();
          auto answer = co_await upstream.send(request);
          EXPECT_TRUE(answer.ok() && (*answer)->head().status == 200);
          if (answer.ok()) *answer = nullptr;
          EXPECT_EQ(upstream.idle(), 1U);
        },
        true);
  }
}

}  // namespace
}  // namespace banyan
