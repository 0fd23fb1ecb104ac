#include "exchange/body.h"

#include <utility>

namespace banyan {

Task<Result<std::size_t>> BodySource::next_spliced(SplicePipe&) { co_return 0; }

bool EmptyBody::try_next(BodyFrame* frame) {
  *frame = BodyFrame{};
  return true;
}

Task<Result<BodyFrame>> EmptyBody::next() { co_return BodyFrame{}; }

std::unique_ptr<StringBody> StringBody::owned(std::string text) {
  auto body = std::make_unique<StringBody>(std::string_view());
  body->storage_ = std::move(text);
  body->text_ = body->whole_ = body->storage_;
  return body;
}

bool StringBody::try_next(BodyFrame* frame) {
  const std::string_view text = std::exchange(text_, std::string_view());
  *frame = text.empty() ? BodyFrame{} : BodyFrame{BodyFrame::Kind::kData, text, nullptr};
  return true;
}

Task<Result<BodyFrame>> StringBody::next() {
  BodyFrame frame;
  try_next(&frame);
  co_return frame;
}

void TeeBody::keep(const BodyFrame& frame) {
  if (frame.kind == BodyFrame::Kind::kEnd) {
    ended_ = true;
  } else if (!overflowed_) {
    overflowed_ = frame.data.size() > bytes_max_ - copy_.size();
    if (overflowed_) {
      copy_ = std::string();
    } else {
      copy_.append(frame.data);
    }
  }
}

bool TeeBody::try_next(BodyFrame* frame) {
  if (!source_.try_next(frame)) return false;
  keep(*frame);
  return true;
}

Task<Result<BodyFrame>> TeeBody::next() {
  BodyFrame frame = co_await try_(source_.next());
  keep(frame);
  co_return frame;
}

Task<Result<std::string>> read_all(BodySource& body, std::size_t bytes_max) {
  std::string text;
  for (;;) {
    BodyFrame frame;
    if (!body.try_next(&frame)) frame = co_await try_(body.next());
    if (frame.kind == BodyFrame::Kind::kEnd) co_return text;
    if (frame.data.size() > bytes_max - text.size()) {
      co_return Error(ErrorCode::kResourceExhausted, "body is longer than " + std::to_string(bytes_max) + " bytes");
    }
    text.append(frame.data);
  }
}

}  // namespace banyan
