#include "gateway/filtered_exchange.h"

#include <gtest/gtest.h>

#include "gateway/fake_client.h"
#include "gateway/upstream_question.h"
#include "runtime/runtime.h"
#include "runtime/wait.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// What happened, in order.
using Trace = std::vector<std::string>;

class NoHost final : public FilterHost {
 public:
  Task<Result<UpstreamReply>> ask(UpstreamQuestion&) override {
    co_return Error(ErrorCode::kUnavailable, "nobody is there");
  }
  bool again(const FilterNext&, Task<void> (*)(FilterCall&, FilterNext, std::shared_ptr<void>),
             std::shared_ptr<void>) override {
    return false;
  }
  std::string_view split_target() override { return {}; }
  std::string_view split_target_name(std::size_t) const override { return {}; }
};

// Notes when it begins and when the answer has come; answers by itself where `answers` is set.
class Noting final : public Filter {
 public:
  Noting(Trace& trace, std::string name, int answers = 0) : trace_(trace), name_(std::move(name)), answers_(answers) {}
  Task<void> handle(FilterCall& call, FilterNext next) override {
    trace_.push_back(name_ + ">");
    (void)co_await sleep_for(1ms);
    if (answers_ != 0) {
      call.respond(answers_, name_);
      co_return;
    }
    co_await next();
    trace_.push_back("<" + name_ + (call.answered() ? std::to_string(call.answer().status()) : "-"));
    (void)co_await sleep_for(1ms);
    if (call.answered()) (void)call.answer().fields().add_copy("x-by", name_);
  }

 private:
  Trace& trace_;
  const std::string name_;
  const int answers_;
};

// Puts an answer of its own in the place of what came.
class Replacing final : public Filter {
 public:
  Task<void> handle(FilterCall& call, FilterNext next) override {
    co_await next();
    call.respond(418, "replaced");
  }
};

struct Site {
  Trace trace;
  FilterChain chain;
  FakeClient client{"/a", "question"};
  FilteredExchange* exchange = nullptr;
  std::string outcome;  // of the route's respond
  void add(std::shared_ptr<Filter> filter) {
    chain.push_back({"f" + std::to_string(chain.size()), std::move(filter), nullptr});
  }
};

Task<void> answering_route(void* argument) {
  Site& site = *static_cast<Site*>(argument);
  site.trace.push_back("route");
  (void)co_await sleep_for(1ms);
  const Result<std::string> asked = co_await read_all(site.exchange->body(), 100);
  const std::string text = asked.ok() ? "answer to " + *asked : "";  // lives in this frame alone
  Fields fields;
  fields.set_copy(FieldId::kServer, "route");
  const Result<void> sent = co_await site.exchange->respond(200, fields, text);
  site.trace.push_back("sent");
  (void)co_await sleep_for(1ms);
  site.outcome = sent.ok() ? "ok" : sent.error().text();
  site.trace.push_back("route ended");
}

Task<void> file_route(void* argument) {
  Fields fields;
  (void)co_await static_cast<Site*>(argument)->exchange->respond_file(200, fields, {-1, 0, 7});
}

Task<void> aborting_route(void* argument) {
  Site& site = *static_cast<Site*>(argument);
  (void)co_await sleep_for(1ms);
  site.exchange->abort();
}

Task<int> pass(Site* site, Task<void> (*route)(void*)) {
  NoHost host;
  const FilterContext context{.route = "r", .request_id = "id-1"};
  FilterCall call(site->client, site->chain, context, host);
  FilteredExchange exchange(call, route, site);
  site->exchange = &exchange;
  co_await exchange.run();
  co_return 0;
}

void run_through(Site& site, Task<void> (*route)(void*) = &answering_route) {
  RuntimeOptions runtime;
  runtime.workers = 1;
  run(runtime, pass(&site, route));
}

TEST(FilteredExchange, GoesThereAndBack) {
  Site site;
  site.add(std::make_shared<Noting>(site.trace, "a"));
  site.add(std::make_shared<Noting>(site.trace, "b"));
  run_through(site);
  EXPECT_EQ(site.trace, (Trace{"a>", "b>", "route", "<b200", "<a200", "sent", "route ended"}));
  EXPECT_EQ(site.client.answer(), "answer to question");
  EXPECT_EQ(site.client.answer_fields().value(FieldId::kServer), "route");
  EXPECT_EQ(site.client.answer_fields().value(FieldId::kXRequestId), "id-1");
  EXPECT_EQ(site.client.answer_fields().value("x-by"), "b");  // the first of two
  EXPECT_EQ(site.outcome, "ok");
}

TEST(FilteredExchange, AFilterThatAnswersKeepsTheRouteFromBeginning) {
  Site site;
  site.add(std::make_shared<Noting>(site.trace, "a"));
  site.add(std::make_shared<Noting>(site.trace, "b", 403));
  site.add(std::make_shared<Noting>(site.trace, "c"));
  run_through(site);
  EXPECT_EQ(site.trace, (Trace{"a>", "b>", "<a403"}));
  EXPECT_EQ(site.client.status(), 403);
  EXPECT_EQ(site.client.answer(), "b");
}

TEST(FilteredExchange, AnAnswerMayBeReplacedUnread) {
  Site site;
  site.add(std::make_shared<Replacing>());
  run_through(site);
  EXPECT_EQ(site.client.status(), 418);
  EXPECT_EQ(site.client.answer(), "replaced");
  EXPECT_FALSE(site.client.answer_fields().has(FieldId::kServer));
  EXPECT_EQ(site.trace, (Trace{"route", "sent", "route ended"}));
}

TEST(FilteredExchange, ARouteThatNeverAnswers) {
  Site site;
  site.add(std::make_shared<Noting>(site.trace, "a"));
  run_through(site, &aborting_route);
  EXPECT_EQ(site.trace, (Trace{"a>", "<a-"}));
  EXPECT_TRUE(site.client.aborted());
  EXPECT_EQ(site.client.status(), 0);
}

TEST(FilteredExchange, FilesNobodyChangesAreSentByTheKernel) {
  Site site;
  site.add(std::make_shared<Noting>(site.trace, "a"));
  run_through(site, &file_route);
  EXPECT_EQ(site.client.answer(), "file of 7");
}

TEST(FilterCall, ATargetOfItsOwn) {
  FakeClient client("/a");
  const FilterChain chain;
  const FilterContext context;
  NoHost host;
  FilterCall call(client, chain, context, host);
  call.set_target("/b/c?d=e");
  EXPECT_EQ(client.head().path, "/b/c");
  EXPECT_EQ(client.head().query, "d=e");
  EXPECT_TRUE(client.head().has_query);
  call.set_target("/f");
  EXPECT_EQ(client.head().target, "/f");
  EXPECT_FALSE(client.head().has_query);
}

}  // namespace
}  // namespace banyan
