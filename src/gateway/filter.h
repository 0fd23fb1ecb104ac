// A filter: C++ code that requests pass through between being routed and being sent on, and their answers on the way
// back.
//
// A filter is one coroutine. What it does before `co_await next()` happens to the request, what it does after it to the
// answer, whose head has come and whose body has not been read yet. A filter that does not call `next` answers by
// itself. Variables of the coroutine are its state for one request, members of the object its state for all of them.
//
//   Task<void> Hello::handle(FilterCall& call, FilterNext next) {
//     if (call.head().path == "/hello") {
//       call.respond(200, "hello\n");
//       co_return;
//     }
//     co_await next();
//     if (call.answered()) call.answer().fields().set_copy(FieldId::kServer, "hello");
//   }
//
// Bodies are streams: to change one, wrap it in a BodySource that reads from the one before (exchange/body.h). All of a
// request's filters run in its one task, on one worker. A route without filters pays nothing; each filter costs one
// coroutine frame. docs/filters.md has the whole example, and how to register and configure a filter.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/exchange.h"
#include "runtime/task.h"
#include "telemetry/metrics.h"
#include "telemetry/trace_context.h"

namespace banyan {

class Filter;
class FilterCall;
struct UpstreamQuestion;
struct UpstreamReply;

// The filters of a route as they are run, and who each is in logs and metrics.
struct FilterInstance {
  std::string name;
  std::shared_ptr<Filter> filter;
  std::shared_ptr<PerWorker<Counter>> answered;  // requests it answered in place of the route
};
using FilterChain = std::vector<FilterInstance>;

// The rest of the way: the filters after this one, then the route itself.
class FilterNext {
 public:
  FilterNext(FilterCall& call, std::size_t position) : call_(&call), position_(position) {}
  // To be awaited at most once, and in place: `co_await next()`. Goes on when the answer's head is there, or when it is
  // certain that there will be none (call.answered() is false): the client has left, or a tunnel has ended.
  Task<void> operator()() const;
  std::size_t position() const { return position_; }

 private:
  FilterCall* call_;
  std::size_t position_;  // of the filter that has this
};

// One object serves the requests of all workers at once, for as long as the configuration says so: what it keeps in
// members must be safe to share, or be kept for each worker (telemetry/metrics.h).
class Filter {
 public:
  Filter() = default;
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  virtual ~Filter() = default;
  virtual Task<void> handle(FilterCall& call, FilterNext next) = 0;
  // Counts for the metrics: one call of `count` for each event there is, 0 included. Called from any thread.
  virtual void report(void (*count)(void* to, std::string_view event, std::uint64_t value), void* to) const {
    (void)count;
    (void)to;
  }
};

// The answer as the filters see it on its way back. May be changed by each.
class FilterAnswer {
 public:
  int status() const { return status_; }
  void set_status(int status) { status_ = status; }
  // Without Content-Length, Transfer-Encoding, Connection (exchange/exchange.h), but that of an upstream's answer to
  // HEAD has the Content-Length it came with.
  Fields& fields() { return *fields_; }
  // Not read yet. Empty for what has none.
  BodySource& body();
  // Puts `body` in its place. The former one stays alive until the request has ended, so that `body` may read from it.
  void set_body(std::unique_ptr<BodySource> body);
  // Forgets what there was: an answer with no fields and no body.
  void reset(int status);

 private:
  friend class FilteredExchange;
  friend class FilterCall;
  int status_ = 0;  // 0: there is none
  Fields own_fields_;
  Fields* fields_ = &own_fields_;
  BodySource* body_ = nullptr;
  std::optional<FilePart> file_;  // what body_ would read, unless somebody asks for that
  std::vector<std::unique_ptr<BodySource>> bodies_;
};

// Who asks, and where. Views live as long as the call.
struct FilterContext {
  std::string_view client;  // its address as trusted proxies tell it, "" for a unix socket
  std::string_view route;   // id
  std::string_view request_id;
  std::string_view given_colour;  // that the request came with, from whoever may set one; "" for none
  std::string_view colour;        // it, or that of the target, once that is chosen; "" where the route has none
  TraceContext trace;
  unsigned worker = 0;      // which this runs on
  bool authorized = false;  // it came with Authorization, which a filter before may have taken away
};

// What only the gateway can do for a filter.
class FilterHost {
 public:
  virtual ~FilterHost() = default;
  virtual Task<Result<UpstreamReply>> ask(UpstreamQuestion& question) = 0;
  virtual std::string_view split_target() = 0;
  virtual std::string_view split_target_name(std::size_t index) const = 0;
  virtual bool again(const FilterNext& next, Task<void> (*work)(FilterCall&, FilterNext, std::shared_ptr<void>),
                     std::shared_ptr<void> state) = 0;
};

// One request on its way through the filters. Lives until its answer has been sent.
class FilterCall {
 public:
  FilterCall(Exchange& exchange, const FilterChain& chain, const FilterContext& context, FilterHost& host)
      : exchange_(exchange), chain_(chain), context_(context), host_(host) {}
  FilterCall(const FilterCall&) = delete;
  FilterCall& operator=(const FilterCall&) = delete;

  // The request's head. Its fields may be changed; its target by set_target().
  RequestHead& head() { return exchange_.head(); }
  const FilterContext& context() const { return context_; }
  // Of the client's connection: addresses, TLS. Never answer through it.
  const Exchange& connection() const { return exchange_; }
  // Changes where the request goes within the cluster: a path that begins with '/', percent-encoded, with its query
  // where `target` has one. The route has been chosen already and stays.
  void set_target(std::string target);
  // Whether the request has a body, and the body as the filters before this have left it.
  bool has_body() const;
  BodySource& body();
  // As FilterAnswer::set_body. Its length need not be known.
  void set_body(std::unique_ptr<BodySource> body);

  // Whether there is an answer: after `next`, or after a respond of one's own.
  bool answered() const { return answer_.status_ != 0; }
  FilterAnswer& answer() { return answer_; }
  // Answers, in place of what has come where that is something. The text is sent as `type`.
  void respond(int status, std::string body, std::string_view type = "text/plain; charset=utf-8");
  // Answers as the gateway tells errors: {"error":"..."}.
  void refuse(int status, std::string_view why);

  // Sends a question of the filter's own to a cluster. The ambient deadline bounds it (runtime/scope.h, with_timeout).
  Task<Result<UpstreamReply>> ask(UpstreamQuestion& question) { return host_.ask(question); }
  // The target of the route's split that the request goes to, by its colour's name; "" where the route has but one. It
  // is chosen when this is first asked, by the request as the filters before have left it, and stays.
  std::string_view split_target() { return host_.split_target(); }
  // The same of each of them; "" behind the last.
  std::string_view split_target_name(std::size_t index) const { return host_.split_target_name(index); }
  // Lets `work` run in a task of its own for a copy of this request without its body, whose client nobody is: what it
  // leaves as its answer is read to its end and dropped. For filters that refresh what they keep. `work` may call next
  // as handle() may. `state` is handed to it. False: too much of that is under way, and nothing was started.
  bool again(const FilterNext& next, Task<void> (*work)(FilterCall&, FilterNext, std::shared_ptr<void>),
             std::shared_ptr<void> state) {
    return host_.again(next, work, std::move(state));
  }

  // The client has shown who it is: what it is answered is for it alone, unless the answer says that it may be shared.
  void note_authorized() { authorized_ = true; }
  bool authorized() const { return authorized_ || context_.authorized; }

  // Shown in the access log, as "cache":"hit". A literal, for one kind of filter.
  void note_cache(std::string_view result) { cache_note_ = result; }
  std::string_view cache_note() const { return cache_note_; }
  // The filter that answered in place of the route, null if none did.
  const FilterInstance* answered_by() const { return answered_by_; }

 private:
  friend class FilterNext;
  friend class FilteredExchange;
  Exchange& exchange_;
  const FilterChain& chain_;
  const FilterContext& context_;
  FilterHost& host_;
  FilterAnswer answer_;
  std::size_t position_ = 0;  // of the last filter that has begun
  bool in_route_ = false;     // all have, and the route too
  Task<void> (*route_)(void*) = nullptr;
  void* route_argument_ = nullptr;
  BodySource* body_ = nullptr;  // null: the exchange's
  std::vector<std::unique_ptr<BodySource>> bodies_;
  std::vector<std::unique_ptr<std::string>> targets_;
  bool authorized_ = false;
  std::string_view cache_note_;
  const FilterInstance* answered_by_ = nullptr;
};

}  // namespace banyan
