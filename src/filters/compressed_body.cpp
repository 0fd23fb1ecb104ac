#include "filters/compressed_body.h"

namespace banyan {
namespace {

constexpr std::size_t kPieceBytes = 32 * 1024;

}  // namespace

Task<Result<BodyFrame>> CompressedBody::next() {
  out_.clear();
  while (out_.size() < kPieceBytes && !ended_) {
    BodyFrame frame;
    if (left_.empty() && !source_.try_next(&frame)) {
      if (unflushed_) co_await try_(encoder_->write({}, Encoder::Then::kFlush, out_));
      unflushed_ = false;
      if (!out_.empty()) break;
      frame = co_await try_(source_.next());
    }
    if (left_.empty() && frame.kind == BodyFrame::Kind::kEnd) {
      ended_ = true;
      trailers_ = frame.trailers;
      co_await try_(encoder_->write({}, Encoder::Then::kEnd, out_));
      continue;
    }
    if (left_.empty()) left_ = frame.data;
    const std::string_view piece = left_.substr(0, kPieceBytes);
    left_.remove_prefix(piece.size());
    unflushed_ = true;
    co_await try_(encoder_->write(piece, Encoder::Then::kMore, out_));
  }
  if (out_.empty()) co_return BodyFrame{BodyFrame::Kind::kEnd, {}, trailers_};
  co_return BodyFrame{BodyFrame::Kind::kData, out_, nullptr};
}

}  // namespace banyan
