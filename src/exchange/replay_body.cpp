#include "exchange/replay_body.h"

namespace banyan {

void ReplayBody::keep(const BodyFrame& frame) {
  if (frame.kind == BodyFrame::Kind::kEnd) {
    ended_ = true;
  } else if (!overflowed_) {
    overflowed_ = frame.data.size() > bytes_max_ - kept_bytes_ || kept_.size() == kPiecesMax;
    if (overflowed_) return;
    kept_.emplace_back(frame.data);
    kept_bytes_ += frame.data.size();
    given_ = kept_.size();
  }
}

bool ReplayBody::try_next(BodyFrame* frame) {
  if (given_ < kept_.size()) {
    *frame = {BodyFrame::Kind::kData, kept_[given_++], nullptr};
    left_ -= frame->data.size();
    return true;
  }
  if (ended_) {
    *frame = {};  // trailers, which few send, are not replayed
    return true;
  }
  if (!source_.try_next(frame)) return false;
  keep(*frame);
  return true;
}

Task<Result<BodyFrame>> ReplayBody::next() {
  BodyFrame frame;
  if (try_next(&frame)) co_return frame;
  Result<BodyFrame> next = co_await source_.next();
  failed_ = !next.ok() && next.error().code() != ErrorCode::kCancelled;  // a wait that was given up harms nothing
  if (next.ok()) keep(*next);
  co_return next;
}

std::optional<std::uint64_t> ReplayBody::bytes_left() const {
  const std::optional<std::uint64_t> rest = source_.bytes_left();
  if (!rest) return std::nullopt;
  return *rest + left_;
}

}  // namespace banyan
