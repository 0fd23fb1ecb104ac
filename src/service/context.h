// One request, as handlers and middleware see it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "exchange/exchange.h"
#include "http/router.h"
#include "net/buffer_pool.h"
#include "runtime/context.h"
#include "runtime/task.h"
#include "service/inputs.h"
#include "service/problem.h"
#include "telemetry/trace_context.h"

namespace banyan::service {

struct Route;

// The answer being made. Middleware may change it after the handler has ended.
struct Answer {
  int status = 0;  // 0: the route's
  Fields fields;   // besides Content-Type
  std::string content_type;
  std::string body;
  std::unique_ptr<BodySource> stream;  // in place of `body`, where it is set
};

// Answers other than JSON, for a handler to give.
struct Content {
  std::string content_type;
  std::string body;
};
// A body that is made while it is sent.
struct Stream {
  std::string content_type;
  std::unique_ptr<BodySource> body;
};

class Context {
 public:
  Context(Exchange& exchange, TraceContext trace, MemoryBudget& memory)
      : exchange_(exchange), trace_(std::move(trace)), held_(memory) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const RequestHead& head() { return exchange_.head(); }
  Exchange& exchange() { return exchange_; }
  // The request's body, for handlers that read it as a stream (multipart.h). Not where the input has a body.
  BodySource& body() { return exchange_.body(); }
  Answer& answer() { return answer_; }
  const Router::Match& match() const { return match_; }
  const Route* route() const { return route_; }

  // The span of this request, and the colour it came with ("" for none).
  const TraceContext& trace() const { return trace_; }
  std::string colour();
  // Ends the request with `status`:  co_return context.problem(401, "unauthorized");
  Error problem(int status, std::string detail);
  Error problem(Problem problem);
  // Counts `bytes` that the request is about to hold until it is answered, so that the process stays within its limit.
  // kResourceExhausted, which becomes 503: there is no room for them. Bodies that are bound and answers are counted
  // already; this is for what else a handler makes of a size that requests choose.
  Result<void> hold(std::size_t bytes) { return held_.take(bytes); }
  // Reads a request into what a handler takes. Errors: a problem, which lists every value that is wrong.
  Task<Result<void>> bind(const InputType& type, void* object);
  // What the client is to be told of `error`: the problem that was made here, or what the error's code says.
  Problem problem_for(const Error& error);

 private:
  friend class Service;
  Task<Result<std::string>> read_body();

  Exchange& exchange_;
  TraceContext trace_;
  MemoryCharge held_;
  std::string path_;  // normalised, where it was not
  Router::Match match_;
  const Route* route_ = nullptr;
  Answer answer_;
  Problem problem_{.status = 0, .detail = {}, .values = {}};
};

// Puts the trace (as a span of its own) and the colour of the request that the running task works for into the fields
// of a question to another service.
void put_ambient(Fields& fields);
// `parent` with that in it.
ContextRef with_ambient(const ContextRef& parent, Context& context);

}  // namespace banyan::service
