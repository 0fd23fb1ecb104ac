#include "gateway/copied_exchange.h"

#include "runtime/runtime.h"

namespace banyan {

CopiedExchange::CopiedExchange(Exchange& original)
    : peer_(original.peer()), local_(original.local()), secure_(original.secure()), started_(now()) {
  const RequestHead& from = original.head();
  texts_[0] = from.method_name;
  texts_[1] = from.path;
  if (from.has_query) texts_[1].append("?").append(from.query);
  texts_[2] = from.authority;
  head_.method = from.method;
  head_.version = from.version;
  head_.form = from.form;
  head_.has_query = from.has_query;
  head_.port = from.port;
  head_.method_name = texts_[0];
  head_.target = texts_[1];
  head_.path = std::string_view(texts_[1]).substr(0, from.path.size());
  if (from.has_query) head_.query = std::string_view(texts_[1]).substr(from.path.size() + 1);
  head_.authority = texts_[2];
  head_.host = std::string_view(texts_[2]).substr(0, from.host.size());
  head_.fields.copy_from(from.fields);
}

Task<Result<void>> CopiedExchange::respond(int status, Fields&, std::string_view) {
  status_ = status;
  co_return {};
}

Task<Result<void>> CopiedExchange::respond_stream(int status, Fields&, BodySource& body) {
  status_ = status;
  for (;;) {
    BodyFrame frame;
    if (!body.try_next(&frame)) frame = co_await try_(body.next());
    if (frame.kind == BodyFrame::Kind::kEnd) co_return {};
    body_bytes_sent_ += frame.data.size();
  }
}

Task<Result<void>> CopiedExchange::respond_file(int status, Fields&, FilePart) {
  status_ = status;
  co_return {};
}

Task<Result<void>> CopiedExchange::interim(int, const Fields&) { co_return {}; }

Task<Result<Tunnel*>> CopiedExchange::upgrade(Fields&) {
  co_return Error(ErrorCode::kUnsupported, "a request without a client has no connection to hand over");
}

}  // namespace banyan
