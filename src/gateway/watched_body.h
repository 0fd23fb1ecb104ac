// A request's body as the gateway watches it pass.
#pragma once

#include <cstdint>
#include <optional>

#include "exchange/body.h"

namespace banyan {

// Remembers how the body of a request broke off, to tell the client's fault from the upstream's, and counts its bytes.
class WatchedBody final : public BodySource {
 public:
  explicit WatchedBody(BodySource& source) : source_(source) {}
  Task<Result<BodyFrame>> next() override {
    Result<BodyFrame> frame = co_await source_.next();
    if (frame.ok()) {
      bytes_ += frame->data.size();
    } else {
      note(frame.error());
    }
    co_return frame;
  }
  Task<Result<std::size_t>> next_spliced(SplicePipe& pipe) override {
    Result<std::size_t> moved = co_await source_.next_spliced(pipe);
    if (moved.ok()) {
      bytes_ += *moved;
    } else {
      note(moved.error());
    }
    co_return moved;
  }
  bool try_next(BodyFrame* frame) override {
    if (!source_.try_next(frame)) return false;
    bytes_ += frame->data.size();
    return true;
  }
  std::optional<std::uint64_t> bytes_left() const override { return source_.bytes_left(); }
  const std::optional<Error>& failed() const { return failed_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  void note(const Error& error) {
    if (error.code() != ErrorCode::kCancelled) failed_ = error;  // else whoever read it was told to stop
  }
  BodySource& source_;
  std::uint64_t bytes_ = 0;
  std::optional<Error> failed_;
};

}  // namespace banyan
