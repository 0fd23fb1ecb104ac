#include "http1/body_reader.h"

#include <algorithm>
#include <string>

#include "net/splice_pipe.h"
#include "runtime/runtime.h"

namespace banyan {

void Http1Body::start(const BodyFraming& framing, std::uint64_t bytes_max, Duration wait_max) {
  framing_ = framing;
  left_ = framing.kind == BodyFraming::Kind::kLength ? framing.length : 0;
  received_ = 0;
  bytes_max_ = bytes_max;
  wait_max_ = wait_max;
  refusal_ = {};
  too_long_ = false;
  failed_ = false;
  ended_ = !framing.has_body();
  first_wait_ = nullptr;
  if (framing.kind == BodyFraming::Kind::kChunked) chunked_.reset();
}

std::optional<std::uint64_t> Http1Body::bytes_left() const {
  if (ended_) return 0;
  if (framing_.kind == BodyFraming::Kind::kLength) return left_;
  return std::nullopt;
}

bool Http1Body::end(BodyFrame* frame) {
  ended_ = true;
  *frame = BodyFrame{};
  if (framing_.kind == BodyFraming::Kind::kChunked && !chunked_.trailers().empty()) {
    frame->trailers = &chunked_.trailers();
  }
  return true;
}

bool Http1Body::take_raw(BodyFrame* frame, std::uint64_t limit) {
  const std::string_view unread = buffer_.unread();
  if (unread.empty()) return false;
  const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(unread.size(), limit));
  *frame = {BodyFrame::Kind::kData, unread.substr(0, n), nullptr};
  buffer_.consume(n);
  return true;
}

bool Http1Body::take_chunked(BodyFrame* frame) {
  const ChunkedDecoder::Step step = chunked_.next(buffer_.unread());
  buffer_.consume(step.consumed);
  switch (step.kind) {
    case ChunkedDecoder::Step::Kind::kNeedMore:
      return false;
    case ChunkedDecoder::Step::Kind::kDone:
      return end(frame);
    case ChunkedDecoder::Step::Kind::kError:
      refusal_ = step.refusal;
      return false;
    case ChunkedDecoder::Step::Kind::kData:
      break;
  }
  *frame = {BodyFrame::Kind::kData, step.data, nullptr};
  return true;
}

bool Http1Body::take(BodyFrame* frame) {
  if (ended_ || (framing_.kind == BodyFraming::Kind::kLength && left_ == 0)) return end(frame);
  if (refusal_ || too_long_) return false;
  bool taken = false;
  switch (framing_.kind) {
    case BodyFraming::Kind::kLength:
      taken = take_raw(frame, left_);
      break;
    case BodyFraming::Kind::kChunked:
      taken = take_chunked(frame);
      break;
    default:
      taken = take_raw(frame, UINT64_MAX);
      break;
  }
  if (!taken || frame->kind == BodyFrame::Kind::kEnd) return taken;
  received_ += frame->data.size();
  if (framing_.kind == BodyFraming::Kind::kLength) left_ -= frame->data.size();
  too_long_ = received_ > bytes_max_;
  return !too_long_;
}

bool Http1Body::try_next(BodyFrame* frame) { return take(frame); }

Error Http1Body::closed_early() const {
  return Error(ErrorCode::kUnavailable,
               "the connection was closed after " + std::to_string(received_) + " bytes of the body, before its end");
}

Task<Result<BodyFrame>> Http1Body::next() {
  Result<BodyFrame> frame = co_await read_frame();
  failed_ = !frame.ok();
  co_return frame;
}

Task<Result<std::size_t>> Http1Body::next_spliced(SplicePipe& pipe) {
  const bool may = spliceable_ && framing_.kind == BodyFraming::Kind::kLength && left_ >= kSpliceBytesMin &&
                   left_ <= bytes_max_ - received_ && buffer_.unread().empty() && first_wait_ == nullptr &&
                   stream_.tls_info() == nullptr;
  if (!may) co_return 0;
  Result<std::size_t> moved = co_await splice(pipe);
  failed_ = !moved.ok();
  co_return moved;
}

Task<Result<std::size_t>> Http1Body::splice(SplicePipe& pipe) {
  buffer_.release_room();
  for (;;) {
    co_await try_(co_await stream_.wait_readable(now() + wait_max_));
    if (!pipe.open(buffer_.memory())) co_return 0;
    std::optional<Result<std::size_t>> filled = pipe.fill(stream_, left_);
    if (!filled) {
      pipe.close();
      continue;
    }
    if (!filled->ok() && filled->error().code() == ErrorCode::kUnsupported) {
      spliceable_ = false;
      co_return 0;
    }
    const std::size_t n = co_await try_(*std::move(filled));
    if (n == 0) co_return closed_early();
    received_ += n;
    left_ -= n;
    co_return n;
  }
}

Task<Result<BodyFrame>> Http1Body::read_frame() {
  for (;;) {
    BodyFrame frame;
    if (take(&frame)) co_return frame;
    if (too_long_) {
      co_return Error(ErrorCode::kResourceExhausted,
                      "the body is longer than " + std::to_string(bytes_max_) + " bytes");
    }
    if (refusal_) co_return Error(ErrorCode::kInvalidArgument, std::string(refusal_.sentence));
    if (first_wait_ != nullptr) {
      const auto call = std::exchange(first_wait_, nullptr);
      co_await try_(call(first_wait_context_));
    }
    // A sender that is slower than we are costs no buffer meanwhile.
    buffer_.release_room();
    co_await try_(co_await stream_.wait_readable(now() + wait_max_));
    std::span<std::byte> room = co_await try_(buffer_.room());
    const std::size_t n = co_await try_(co_await stream_.read(room, now() + wait_max_));
    if (n == 0) {
      if (framing_.kind != BodyFraming::Kind::kUntilClose && framing_.kind != BodyFraming::Kind::kTunnel) {
        co_return closed_early();
      }
      end(&frame);
      co_return frame;
    }
    buffer_.added(n);
  }
}

}  // namespace banyan
