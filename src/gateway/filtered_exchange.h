// The exchange a route answers through when its requests have filters.
//
// The problem: the route's code answers by a call, respond(), in the middle of what it does; a filter wants the answer
// as a value, after `co_await next()`, and its body unread. To give it that, the route would have to return first, and
// all that the body reads from would have to outlive its frame.
//
// The idea: two strands of coroutines in one task, of which one runs at a time. `next()` of the last filter starts the
// route's strand and waits. When the route calls respond(), its strand stops there, with everything alive, and the
// filter goes on with the answer. When all filters have returned, send() writes the answer to the client, hands the
// outcome to the route's strand and waits until that has ended.
//
// Limits: a route may answer once; what a filter puts in the place of an answer leaves that one unread.
#pragma once

#include <coroutine>

#include "exchange/forwarded_exchange.h"
#include "gateway/filter.h"

namespace banyan {

class FilteredExchange final : public ForwardedExchange {
 public:
  // `route` answers through this exchange; `argument` is handed to it. `call` and both must outlive this.
  FilteredExchange(FilterCall& call, Task<void> (*route)(void*), void* argument);

  // The whole way: filters, route, the answer to the client.
  Task<void> run();
  // The last of the three alone: after whoever has run something else in place of the filters.
  Task<void> send();

  const RequestFraming& framing() const override { return framing_; }
  BodySource& body() override { return call_.body(); }
  Task<Result<void>> respond(int status, Fields& fields, std::string_view body) override;
  Task<Result<void>> respond_stream(int status, Fields& fields, BodySource& body) override;
  Task<Result<void>> respond_file(int status, Fields& fields, FilePart part) override;
  Task<Result<Tunnel*>> upgrade(Fields& fields) override;

 private:
  // The strand stops and `resumed` goes on in its place.
  struct SwitchTo {
    std::coroutine_handle<>& stopped;
    std::coroutine_handle<> resumed;
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> self) noexcept {
      stopped = self;
      return resumed;
    }
    void await_resume() const noexcept {}
  };

  static Task<void> run_route(void* self);
  static std::coroutine_handle<> route_ended(void* self);
  Task<Result<void>> offer(int status, Fields& fields);
  Task<Result<void>> write_answer();

  FilterCall& call_;
  Task<void> (*route_)(void*);
  void* argument_;
  RequestFraming framing_;
  std::coroutine_handle<> filters_strand_;  // stopped in next() or send()
  std::coroutine_handle<> route_strand_;    // stopped in respond(); null before and after
  std::unique_ptr<BodySource> text_;        // of respond()
  Result<void> sent_;
  bool offered_ = false;
};

}  // namespace banyan
