// A request's body that can be sent a second time.
//
// Passes the body through and keeps what has passed, up to a bound. rewind() begins anew: what was kept comes first,
// then the rest of the source, so that a body of which only the beginning was sent need not have arrived whole. A body
// that is longer than the bound, or comes in more than kPiecesMax pieces, passes all the same, but cannot be rewound
// any more; memory stays bounded.
#pragma once

#include <deque>
#include <string>

#include "exchange/body.h"

namespace banyan {

class ReplayBody final : public BodySource {
 public:
  static constexpr std::size_t kPiecesMax = 4096;

  // `source` outlives this.
  ReplayBody(BodySource& source, std::size_t bytes_max) : source_(source), bytes_max_(bytes_max) {}

  Task<Result<BodyFrame>> next() override;
  bool try_next(BodyFrame* frame) override;
  Task<Result<std::size_t>> next_spliced(SplicePipe& pipe) override {
    return overflowed_ ? source_.next_spliced(pipe) : BodySource::next_spliced(pipe);
  }
  std::optional<std::uint64_t> bytes_left() const override;

  // Whether rewind() is possible: nothing that has passed was given up, and the source has not failed.
  bool whole() const { return !overflowed_ && !failed_; }
  // Only where whole(). Frames given before are not valid any more.
  void rewind() {
    given_ = 0;
    left_ = kept_bytes_;
  }

 private:
  void keep(const BodyFrame& frame);

  BodySource& source_;
  const std::size_t bytes_max_;
  std::deque<std::string> kept_;  // pieces that do not move, for several frames may be in use at once
  std::size_t kept_bytes_ = 0;
  std::size_t given_ = 0;  // pieces since the last rewind
  std::size_t left_ = 0;   // bytes of the pieces not yet given again
  bool ended_ = false;     // the source has
  bool overflowed_ = false;
  bool failed_ = false;
};

}  // namespace banyan
