#include "gateway/filtered_exchange.h"

#include "base/check.h"

namespace banyan {

FilteredExchange::FilteredExchange(FilterCall& call, Task<void> (*route)(void*), void* argument)
    : ForwardedExchange(call.exchange_), call_(call), route_(route), argument_(argument) {
  call_.route_ = &run_route;
  call_.route_argument_ = this;
}

Task<void> FilteredExchange::run() {
  co_await call_.chain_.front().filter->handle(call_, FilterNext(call_, 0));
  co_await send();
}

// Runs in the filters' strand: the route's begins here, and this goes on when it has stopped or ended.
Task<void> FilteredExchange::run_route(void* self) {
  FilteredExchange& exchange = *static_cast<FilteredExchange*>(self);
  BANYAN_CHECK(!exchange.offered_ && !exchange.route_strand_);  // next() was called twice
  exchange.framing_ = exchange.client_.framing();
  if (exchange.call_.body_ != nullptr) {
    // Whether there is a body is the filter's word; its length is what the body itself says.
    exchange.framing_.body = {BodyFraming::Kind::kChunked, 0};
  }
  auto route = exchange.route_(exchange.argument_).release();
  route.promise().set_done(&route_ended, self);
  co_await SwitchTo{exchange.filters_strand_, route};
}

std::coroutine_handle<> FilteredExchange::route_ended(void* self) {
  FilteredExchange& exchange = *static_cast<FilteredExchange*>(self);
  exchange.route_strand_ = nullptr;
  return exchange.filters_strand_;
}

// Runs in the route's strand.
Task<Result<void>> FilteredExchange::offer(int status, Fields& fields) {
  offered_ = true;
  status_ = status;
  FilterAnswer& answer = call_.answer_;
  answer.status_ = status;
  answer.fields_ = &fields;
  co_await SwitchTo{route_strand_, filters_strand_};
  co_return std::move(sent_);
}

Task<Result<void>> FilteredExchange::respond(int status, Fields& fields, std::string_view body) {
  if (!body.empty()) text_ = std::make_unique<StringBody>(body);
  call_.answer_.body_ = text_.get();
  return offer(status, fields);
}

Task<Result<void>> FilteredExchange::respond_stream(int status, Fields& fields, BodySource& body) {
  call_.answer_.body_ = &body;
  return offer(status, fields);
}

Task<Result<void>> FilteredExchange::respond_file(int status, Fields& fields, FilePart part) {
  call_.answer_.file_ = part;
  return offer(status, fields);
}

Task<Result<Tunnel*>> FilteredExchange::upgrade(Fields& fields) {
  status_ = 101;
  return client_.upgrade(fields);
}

Task<Result<void>> FilteredExchange::write_answer() {
  FilterAnswer& answer = call_.answer_;
  const std::string_view id = call_.context_.request_id;
  if (!id.empty()) answer.fields().set_copy(FieldId::kXRequestId, id);
  if (answer.file_) return client_.respond_file(answer.status(), answer.fields(), *answer.file_);
  return client_.respond_stream(answer.status(), answer.fields(), answer.body());
}

Task<void> FilteredExchange::send() {
  if (call_.answered() && client_.status() == 0) {
    sent_ = co_await write_answer();
    body_bytes_sent_ = client_.body_bytes_sent();
  }
  if (route_strand_) co_await SwitchTo{filters_strand_, std::exchange(route_strand_, nullptr)};
}

}  // namespace banyan
