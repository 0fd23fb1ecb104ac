// The upstream against a peer that does what php-fpm does only when it is broken: garbage, cut answers, records of
// another request, connections that close at the wrong moment.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fastcgi/record.h"
#include "fpm/ask.h"
#include "fpm/fpm_upstream.h"
#include "net/listener.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;
using fastcgi::RecordType;

std::string output(std::string_view text, std::uint16_t id = 1) {
  std::string bytes;
  fastcgi::append_stream(bytes, RecordType::kStdout, id, text);
  return bytes;
}

std::string end(fastcgi::ProtocolStatus status = fastcgi::ProtocolStatus::kRequestComplete) {
  std::string bytes;
  fastcgi::append_end_request(bytes, 1, {0, status});
  return bytes;
}

std::string whole_answer() { return output("Content-Type: text/plain\r\n\r\nfine") + end(); }

// What the peer does with each connection, in turn; the last again for all further ones.
struct Step {
  std::string answer;
  bool closes = true;
  Duration pause{};  // before the answer's second half, if any
  bool reads = true;
  Duration linger{};                   // before it closes
  std::size_t answers_max = SIZE_MAX;  // closes at the request after them, without an answer
  std::string unasked;                 // what it says once the client has done with the answer
};

struct Peer {
  explicit Peer(std::vector<Step> its_steps) : steps(std::move(its_steps)) {}
  std::vector<Step> steps;
  std::unique_ptr<Listener> listener;
  std::size_t accepted = 0;
  std::size_t requests = 0;
  std::size_t under_way = 0;
  Event stopped;
  Event* held = nullptr;  // no answer before it is set
  Event kept;             // the client has done with its first answer
  Event said_more;        // than it was asked
  MemoryBudget memory;
  std::shared_ptr<FpmConnections> connections = std::make_shared<FpmConnections>(4);
  FpmOptions options;

  std::unique_ptr<FpmUpstream> upstream() {
    return std::make_unique<FpmUpstream>(listener->address(), connections, memory, options);
  }
};

// Reads a request to the empty record that ends its body. False: the connection ended first.
Task<bool> read_request(Stream& stream, fastcgi::RecordReader& reader, std::string& unread) {
  for (;;) {
    while (!unread.empty()) {
      const auto step = reader.next(unread);
      unread.erase(0, step.consumed);
      if (step.kind == fastcgi::RecordReader::Step::Kind::kNeedMore) break;
      const bool ended = step.kind == fastcgi::RecordReader::Step::Kind::kRecordEnd &&
                         reader.header().type == RecordType::kStdin && reader.header().content_length == 0;
      if (ended) co_return true;
    }
    std::byte buffer[4096];
    Result<std::size_t> n = co_await stream.read(buffer, now() + 1min);
    if (!n.ok() || *n == 0) co_return false;
    unread.append(reinterpret_cast<const char*>(buffer), *n);
  }
}

Task<void> serve_one(Peer* peer, Stream stream, Step step) {
  fastcgi::RecordReader reader;
  std::string unread;
  std::size_t answers = 0;
  do {
    if (step.reads && !co_await read_request(stream, reader, unread)) break;
    if (answers++ == step.answers_max) break;
    ++peer->requests;
    if (peer->held != nullptr) (void)co_await peer->held->wait();
    const std::size_t half = step.pause > Duration{} ? step.answer.size() / 2 : step.answer.size();
    (void)co_await stream.write(std::string_view(step.answer).substr(0, half), now() + 1min);
    if (step.pause > Duration{}) (void)co_await sleep_for(step.pause);
    (void)co_await stream.write(std::string_view(step.answer).substr(half), now() + 1min);
    if (step.unasked.empty()) continue;
    (void)co_await peer->kept.wait();
    (void)co_await stream.write(step.unasked, now() + 1min);
    peer->said_more.set();
  } while (!step.closes);
  if (step.linger > Duration{}) (void)co_await sleep_for(step.linger);
  --peer->under_way;
}

Task<void> accept_all(Peer* peer) {
  for (;;) {
    Result<Stream> stream = co_await peer->listener->accept();
    if (!stream.ok()) break;
    const Step step = peer->steps[std::min(peer->accepted++, peer->steps.size() - 1)];
    ++peer->under_way;
    go_pinned("fake peer", serve_one(peer, *std::move(stream), step));
  }
  peer->stopped.set();
}

Task<int> run_beside(Peer* peer, Task<void> (*body)(Peer&)) {
  Result<Listener> listener = Listener::open(*SocketAddress::parse("127.0.0.1:0"));
  peer->listener = std::make_unique<Listener>(*std::move(listener));
  peer->options.root = "/srv";
  peer->options.connect_timeout = peer->options.idle_timeout = 1min;  // longer than any pause of a busy machine
  go_pinned("accept", accept_all(peer));
  co_await body(*peer);
  peer->listener->close();
  (void)co_await peer->stopped.wait();
  for (int i = 0; i < 2000 && peer->under_way > 0; ++i) (void)co_await sleep_for(1ms);
  EXPECT_EQ(peer->under_way, 0U);
  EXPECT_EQ(peer->memory.used(), 0U);
  EXPECT_EQ(peer->connections->open(), 0U);
  co_return 0;
}

void with_peer(std::vector<Step> steps, Task<void> (*body)(Peer&)) {
  Peer peer(std::move(steps));
  RuntimeOptions runtime;
  runtime.workers = 1;
  run(runtime, run_beside(&peer, body));
}

// One request of one answer; fails, and says why.
std::string failure_of(const std::string& answer) {
  static std::string text;
  text.clear();
  with_peer({{answer}}, [](Peer& peer) -> Task<void> {
    auto upstream = peer.upstream();
    const FpmReply reply = co_await ask(*upstream, {});
    if (reply.failure) text = error_code_name(reply.failure->code());
    if (reply.broke_off) text = "body " + std::string(error_code_name(reply.broke_off->code()));
    EXPECT_EQ(upstream->idle(), 0U);
  });
  return text;
}

TEST(FpmUpstream, FaultsOfThePeerAreFailuresBeforeTheHeadAndBrokenBodiesBehindIt) {
  const std::string head = "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n";
  EXPECT_EQ(failure_of("HTTP/1.1 400 Bad Request\r\n\r\n"), "invalid_argument");
  EXPECT_EQ(failure_of(""), "unavailable");
  EXPECT_EQ(failure_of(output("Content-Type: te")), "unavailable");
  EXPECT_EQ(failure_of(output(head, 2) + end()), "invalid_argument");
  EXPECT_EQ(failure_of(end()), "invalid_argument");
  EXPECT_EQ(failure_of(end(fastcgi::ProtocolStatus::kOverloaded)), "resource_exhausted");
  EXPECT_EQ(failure_of(end(fastcgi::ProtocolStatus::kCannotMultiplex)), "invalid_argument");
  EXPECT_EQ(failure_of(output("No colon here\r\n\r\n")), "invalid_argument");
  EXPECT_EQ(failure_of(output("A: " + std::string(40000, 'a') + "\r\n\r\n")), "invalid_argument");
  EXPECT_EQ(failure_of(output(head + "body")), "body unavailable");
  EXPECT_EQ(failure_of(output(head + "body").substr(0, 60)), "body unavailable");
  EXPECT_EQ(failure_of(output(head + "body") + output("x", 9)), "body invalid_argument");
  EXPECT_EQ(failure_of(output("Content-Length: 9\r\n\r\nbody") + end()), "body invalid_argument");
  EXPECT_EQ(failure_of(output("Content-Length: 2\r\n\r\nbody") + end()), "body invalid_argument");
  EXPECT_EQ(failure_of(output("Content-Length: 4\r\n\r\nbody")), "");  // closed behind all that was announced
  EXPECT_EQ(failure_of(whole_answer()), "");
}

TEST(FpmUpstream, AnswersInHalvesAndManyRequestsOnOneConnection) {
  with_peer({{whole_answer(), false, 5ms}}, [](Peer& peer) -> Task<void> {
    auto upstream = peer.upstream();
    for (int i = 0; i < 10; ++i) EXPECT_EQ((co_await ask(*upstream, {})).body, "fine");
    EXPECT_EQ(peer.accepted, 1U);
    FpmQuestion post{.method = "POST"};
    EXPECT_EQ((co_await ask(*upstream, post)).body, "fine");
    EXPECT_EQ(peer.accepted, 2U);  // not on a connection that may be dying
    EXPECT_EQ(peer.connections->open(), 1U);
    upstream.reset();
  });
}

// Closes without a byte of an answer: a kept connection may do so, and then the request is sent again; a fresh one that
// does is a failure.
TEST(FpmUpstream, OnlyAStaleConnectionIsTriedAgainAndOnlyOnce) {
  const Step dies_at_second{.answer = whole_answer(), .closes = false, .answers_max = 1};
  with_peer({dies_at_second, dies_at_second, {""}}, [](Peer& peer) -> Task<void> {
    auto upstream = peer.upstream();
    EXPECT_EQ((co_await ask(*upstream, {})).body, "fine");
    EXPECT_EQ((co_await ask(*upstream, {})).body, "fine");  // stale, then fresh
    EXPECT_EQ(peer.accepted, 2U);
    const FpmReply failed = co_await ask(*upstream, {});  // stale again, and the fresh one fails
    EXPECT_TRUE(failed.failure);
    EXPECT_TRUE(failed.request_sent);
    EXPECT_EQ(peer.accepted, 3U);
  });
}

TEST(FpmUpstream, WhatComesUnaskedIsNeverTheNextAnswer) {
  const Step says_more{
      .answer = whole_answer(), .closes = false, .unasked = output("Content-Type: text/plain\r\n\r\nevil") + end()};
  with_peer({says_more, {whole_answer(), false}}, [](Peer& peer) -> Task<void> {
    auto upstream = peer.upstream();
    EXPECT_EQ((co_await ask(*upstream, {})).body, "fine");
    EXPECT_EQ(upstream->idle(), 1U);
    peer.kept.set();
    EXPECT_TRUE((co_await peer.said_more.wait(now() + 1min)).ok());
    (void)co_await sleep_for(50ms);  // a turn for the poller
    EXPECT_EQ((co_await ask(*upstream, {})).body, "fine");
    EXPECT_EQ(peer.accepted, 2U);
  });
}

// A script may answer without having read the body. While it goes on to read nothing, the answer waits for the write to
// give up, but it is not lost.
TEST(FpmUpstream, AnAnswerBeforeTheBodyWasReadCounts) {
  with_peer({{.answer = whole_answer(), .reads = false, .linger = 500ms}}, [](Peer& peer) -> Task<void> {
    peer.options.io_timeout = 100ms;
    auto upstream = peer.upstream();
    FpmQuestion question{.method = "POST", .body = std::string(30000000, 'x')};
    const FpmReply reply = co_await ask(*upstream, question);
    EXPECT_EQ(reply.body, "fine") << reply.text();
    EXPECT_EQ(upstream->idle(), 0U);
  });
}

struct Handover {
  Peer& peer;
  FpmUpstream& upstream;
  WaitGroup running;
};

Task<void> ask_ten_times(Handover* handover) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ((co_await ask(handover->upstream, {})).body, "fine");
  handover->running.done();
}

// A body of known length whose second half comes when it is let go.
class HeldBackBody final : public BodySource {
 public:
  Task<Result<BodyFrame>> next() override {
    if (left_ == 1) (void)co_await let_go.wait();
    if (left_ == 0) co_return BodyFrame{};
    --left_;
    co_return BodyFrame{BodyFrame::Kind::kData, "x", nullptr};
  }
  std::optional<std::uint64_t> bytes_left() const override { return left_; }
  Event let_go;

 private:
  std::uint64_t left_ = 2;
};

struct Upload {
  FpmUpstream* upstream;
  HeldBackBody body;
  FpmRequestTexts texts{{.method = "POST"}};
  bool answered = false;
};

Task<Result<void>> send_upload(Upload* upload) {
  upload->texts.request().body = &upload->body;
  auto answer = co_await upload->upstream->send(upload->texts.request());
  upload->answered = answer.ok() && (*answer)->head().status == 200;
  co_return {};
}

TEST(FpmUpstream, ABodyOnItsWayTakesUpNoConnection) {
  with_peer({{whole_answer(), false}}, [](Peer& peer) -> Task<void> {
    auto upstream = peer.upstream();
    (void)co_await with_scope(std::pair(&peer, upstream.get()), [](Scope& scope, auto& both) -> Task<Result<void>> {
      Upload upload{both.second, {}};
      scope.spawn_pinned("upload", send_upload(&upload));
      (void)co_await sleep_for(20ms);
      EXPECT_EQ(both.first->connections->open(), 0U);
      EXPECT_EQ((co_await ask(*both.second, {})).body, "fine");
      upload.body.let_go.set();
      EXPECT_TRUE((co_await scope.join()).ok());
      EXPECT_TRUE(upload.answered);
      co_return {};
    });
    EXPECT_EQ(peer.requests, 2U);
  });
}

TEST(FpmUpstream, AKeptBodyIsThereForTheNextEndpoint) {
  with_peer({{whole_answer()}}, [](Peer& peer) -> Task<void> {
    FpmUpstream gone(*SocketAddress::parse("unix:/nonexistent/php.sock"), peer.connections, peer.memory, peer.options);
    auto upstream = peer.upstream();
    for (const bool known : {true, false}) {
      FpmRequestTexts texts(
          {.method = "POST", .body = std::string(100000, 'b'), .length_known = known, .at_once = false});
      auto failed = co_await gone.send(texts.request());
      EXPECT_FALSE(failed.ok());
      if (!failed.ok()) EXPECT_FALSE(failed.failure().request_sent);
      auto answer = co_await upstream->send(texts.request());
      EXPECT_TRUE(answer.ok());
    }
  });
}

TEST(FpmUpstream, WaitersOfOnePoolGetTheConnectionItself) {
  with_peer({{whole_answer(), false, 1ms}}, [](Peer& peer) -> Task<void> {
    peer.connections = std::make_shared<FpmConnections>(1);
    auto upstream = peer.upstream();
    Handover handover{peer, *upstream, {}};
    for (int i = 0; i < 5; ++i) {
      handover.running.add();
      go_pinned("asker", ask_ten_times(&handover));
    }
    EXPECT_TRUE((co_await handover.running.wait(now() + 5min)).ok());
    EXPECT_EQ(peer.requests, 50U);
    EXPECT_EQ(peer.accepted, 1U);
  });
}

struct Order {
  Upstream& upstream;
  std::string answered;
  WaitGroup running;
};

Task<void> ask_in_order(Order* order, char name, bool yields) {
  FpmRequestTexts texts({});
  texts.request().yields = yields;
  auto answer = co_await order->upstream.send(texts.request());
  EXPECT_TRUE(answer.ok());
  order->answered += name;
  order->running.done();
}

// Copies stand behind clients' requests however long they wait, and among themselves and among clients in turn.
TEST(FpmUpstream, CopiesWaitBehindTheRequestsOfClients) {
  with_peer({{whole_answer(), false}}, [](Peer& peer) -> Task<void> {
    peer.connections = std::make_shared<FpmConnections>(1);
    auto upstream = peer.upstream();
    Order order{*upstream, {}, {}};
    Event all_wait;
    peer.held = &all_wait;
    std::size_t waiting = 0;
    for (const char name : std::string_view("AuvBCwD")) {
      order.running.add();
      go_pinned("asker", ask_in_order(&order, name, name >= 'a'));
      while (peer.connections->waiting() < waiting) (void)co_await sleep_for(Duration{});
      ++waiting;
    }
    all_wait.set();
    EXPECT_TRUE((co_await order.running.wait(now() + 5min)).ok());
    EXPECT_EQ(order.answered, "ABCDuvw");
    EXPECT_EQ(peer.accepted, 1U);
  });
}

// An old service that is always busy is still asked for what is compared.
TEST(FpmUpstream, ACopyIsOvertakenSixteenTimesAndNoMore) {
  with_peer({{whole_answer(), false}}, [](Peer& peer) -> Task<void> {
    peer.connections = std::make_shared<FpmConnections>(1);
    auto upstream = peer.upstream();
    Order order{*upstream, {}, {}};
    Event all_wait;
    peer.held = &all_wait;
    std::size_t waiting = 0;
    for (const char name : std::string_view("AuBBBBBBBBBBBBBBBBBBBBv")) {
      order.running.add();
      go_pinned("asker", ask_in_order(&order, name, name >= 'a'));
      while (peer.connections->waiting() < waiting) (void)co_await sleep_for(Duration{});
      ++waiting;
    }
    all_wait.set();
    EXPECT_TRUE((co_await order.running.wait(now() + 5min)).ok());
    EXPECT_EQ(order.answered, "ABBBBBBBBBBBBBBBBuBBBBv");
  });
}

// Whoever wants to make a copy learns before that whether it would wait for long.
TEST(FpmUpstream, IsBehindWithOneCopyWhereClientsWaitAndElseWithAsManyAsItHasConnections) {
  with_peer({{whole_answer(), false}}, [](Peer& peer) -> Task<void> {
    peer.connections = std::make_shared<FpmConnections>(2);
    auto upstream = peer.upstream();
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"ABCD", "0000"}, {"ABuC", "0001"}, {"ABuvC", "00011"}};
    for (const auto& [names, expected] : cases) {
      Order order{*upstream, {}, {}};
      Event all_asked;
      peer.held = &all_asked;
      std::string behind;
      for (std::size_t asked = 1; asked <= names.size(); ++asked) {
        const char name = names[asked - 1];
        order.running.add();
        go_pinned("asker", ask_in_order(&order, name, name >= 'a'));
        do {
          (void)co_await sleep_for(1ms);
        } while (peer.connections->waiting() + 2 < asked);
        behind += peer.connections->behind_with_copies() ? '1' : '0';
      }
      EXPECT_EQ(behind, expected);
      all_asked.set();
      EXPECT_TRUE((co_await order.running.wait(now() + 5min)).ok());
      EXPECT_FALSE(peer.connections->behind_with_copies());
    }
  });
}

// An idle connection of one upstream is given up for another that waits, at once and not when it expires.
TEST(FpmUpstream, AnIdleConnectionMakesWayForAnotherUpstream) {
  with_peer({{whole_answer(), false}}, [](Peer& peer) -> Task<void> {
    peer.connections = std::make_shared<FpmConnections>(1);
    peer.options.idle_timeout = 1h;
    auto first = peer.upstream();
    auto second = peer.upstream();
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ((co_await ask(*first, {})).body, "fine");
      EXPECT_EQ(first->idle(), 1U);
      EXPECT_EQ((co_await ask(*second, {})).body, "fine");
      EXPECT_EQ(first->idle(), 0U);
    }
    EXPECT_EQ(peer.accepted, 10U);
  });
}

}  // namespace
}  // namespace banyan
