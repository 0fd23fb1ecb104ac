#include "filters/cache_bodies.h"

namespace banyan {

Task<Result<BodyFrame>> KeptBody::next() {
  BodyFrame frame = co_await try_(source_.next());
  keep(frame);
  co_return frame;
}

bool KeptBody::try_next(BodyFrame* frame) {
  if (!source_.try_next(frame)) return false;
  keep(*frame);
  return true;
}

// A body of known length is whole with its last byte: who writes it need not ask for the end.
void KeptBody::keep(const BodyFrame& frame) {
  if (ended_) return;
  if (frame.data.size() > bytes_max_ - copy_.size()) {
    copy_ = std::string();
    end();
    return;
  }
  copy_.append(frame.data);
  if (frame.kind == BodyFrame::Kind::kEnd || source_.bytes_left() == 0) {
    if (frame.trailers == nullptr) whole_(std::move(copy_));
    end();
  }
}

void KeptBody::end() {
  if (!ended_) gone_();
  ended_ = true;
}

}  // namespace banyan
