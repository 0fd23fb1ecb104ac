#include "gateway/recorded_exchange.h"

#include "gateway/forwarding.h"

namespace banyan {

RecordedExchange::RecordedExchange(Exchange& client, std::atomic<unsigned>& under_way)
    : ForwardedExchange(client),
      under_way_(under_way),
      method_(client.head().method_name),
      target_(origin_form(client.head())) {
  fields_.copy_from(client.head().fields);
}

BodySource& RecordedExchange::body() {
  if (!body_) body_.emplace(client_.body(), kBodyBytesMax);
  return *body_;
}

Result<void> RecordedExchange::answered(Result<void> outcome) {
  status_ = client_.status();
  body_bytes_sent_ = client_.body_bytes_sent();
  return outcome;
}

Task<Result<void>> RecordedExchange::respond(int status, Fields& fields, std::string_view body) {
  status_ = status;
  co_return answered(co_await client_.respond(status, fields, body));
}

Task<Result<void>> RecordedExchange::respond_stream(int status, Fields& fields, BodySource& body) {
  status_ = status;
  co_return answered(co_await client_.respond_stream(status, fields, body));
}

Task<Result<void>> RecordedExchange::respond_file(int status, Fields& fields, FilePart part) {
  status_ = status;
  co_return answered(co_await client_.respond_file(status, fields, part));
}

Task<Result<Tunnel*>> RecordedExchange::upgrade(Fields& fields) {
  Result<Tunnel*> tunnel = co_await client_.upgrade(fields);
  status_ = client_.status();
  co_return tunnel;
}

std::optional<std::string> RecordedExchange::take_body() {
  const BodyFraming& framing = client_.framing().body;
  if (!framing.has_body()) return std::string();
  if (!body_ || !body_->complete()) return std::nullopt;
  return body_->take_copy();
}

}  // namespace banyan
