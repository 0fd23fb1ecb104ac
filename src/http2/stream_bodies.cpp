#include "http2/stream_bodies.h"

#include <algorithm>
#include <cstring>

#include "http/chunked_body.h"
#include "http2/field_list.h"
#include "runtime/runtime.h"

namespace banyan {

// ---- the body that comes ----

void Http2Body::start(std::optional<std::uint64_t> length, std::uint64_t bytes_max, Duration wait_max) {
  whole_ = length == 0;
  length_ = length;
  bytes_max_ = bytes_max;
  wait_max_ = wait_max;
}

void Http2Body::on_first_wait(void (*call)(void* context), void* context) {
  first_wait_ = call;
  first_wait_context_ = context;
}

Http2Body::~Http2Body() { session_.memory().give_back(waiting_bytes_ + given_bytes_); }

void Http2Body::give_up() {
  const std::size_t bytes = waiting_bytes_ + given_bytes_;
  if (bytes > 0) nghttp2_session_consume(session_.session(), stream_, bytes);
  session_.memory().give_back(bytes);
  waiting_.clear();
  given_.clear();
  waiting_bytes_ = given_bytes_ = 0;
}

// A body that dribbles in by a few bytes is put together: as a piece, each byte would take many times its size, of
// which the memory budget knows nothing.
bool Http2Body::arrived(std::string_view data) {
  constexpr std::size_t kPieceBytes = 4096;
  if (data.empty()) return true;
  if (!session_.memory().try_take(data.size())) {
    broke(Error(ErrorCode::kResourceExhausted, "the gateway is short of memory for the body"));
    return false;
  }
  waiting_bytes_ += data.size();
  if (!waiting_.empty() && waiting_.back().size() + data.size() <= kPieceBytes) {
    waiting_.back().append(data);
  } else {
    waiting_.emplace_back(data);
  }
  news_.set();
  return true;
}

void Http2Body::arrived_trailer(std::string_view name, std::string_view value) {
  constexpr std::size_t kTrailersMax = 100;
  if (!is_trailer(field_id(name))) return;
  if (trailers_.size() < kTrailersMax && value.size() <= 8192) (void)trailers_.add_copy(name, value);
}

void Http2Body::ended() {
  whole_ = true;
  news_.set();
}

void Http2Body::broke(Error error) {
  if (!whole_ && !error_) error_ = std::move(error);
  news_.set();
}

std::optional<std::uint64_t> Http2Body::bytes_left() const {
  // Where trailers follow the length is not told, or they would be taken for not there.
  if (whole_ && waiting_.empty() && trailers_.empty()) return 0;
  if (length_) return *length_ - std::min(*length_, received_);
  return std::nullopt;
}

bool Http2Body::try_next(BodyFrame* frame) {
  if (received_ > bytes_max_) return false;
  if (waiting_.empty()) {
    if (!whole_ || error_) return false;
    *frame = {BodyFrame::Kind::kEnd, {}, trailers_.empty() ? nullptr : &trailers_};
    return true;
  }
  given_.splice(given_.end(), waiting_, waiting_.begin());
  const std::size_t bytes = given_.back().size();
  waiting_bytes_ -= bytes;
  given_bytes_ += bytes;
  received_ += bytes;
  if (received_ > bytes_max_) return false;
  *frame = {BodyFrame::Kind::kData, given_.back(), nullptr};
  return true;
}

// The reader has done with what it got: the peer may send as much again.
void Http2Body::give_back() {
  if (given_.empty()) return;
  nghttp2_session_consume(session_.session(), stream_, given_bytes_);
  session_.memory().give_back(given_bytes_);
  given_.clear();
  given_bytes_ = 0;
  session_.wake_writer();
}

Task<Result<BodyFrame>> Http2Body::next() {
  give_back();
  for (;;) {
    BodyFrame frame;
    if (try_next(&frame)) co_return frame;
    if (received_ > bytes_max_) {
      co_return Error(ErrorCode::kResourceExhausted,
                      "the body is longer than " + std::to_string(bytes_max_) + " bytes");
    }
    if (error_) co_return *error_;
    if (first_wait_ != nullptr) std::exchange(first_wait_, nullptr)(first_wait_context_);
    news_.reset();
    co_await try_(co_await news_.wait(now() + wait_max_));
  }
}

// ---- the body that goes ----

namespace {

Result<void> stream_ended() { return Error(ErrorCode::kUnavailable, "the peer has ended the stream"); }

}  // namespace

void Http2Sender::closed() {
  closed_ = true;
  taken_.set();
}

void Http2Sender::offer(std::string_view data, bool last, const Fields* trailers) {
  out_ = data;
  out_last_ = last;
  if (trailers != nullptr && !trailers->empty()) trailers_ = trailers;
  nghttp2_session_resume_data(session_.session(), stream_);
  session_.wake_writer();
}

void Http2Sender::send_last(std::string_view data) {
  if (!closed_) offer(data, true, nullptr);
}

Task<Result<void>> Http2Sender::send(std::string_view data, bool last, const Fields* trailers) {
  if (closed_) co_return stream_ended();
  offer(data, last, trailers);
  for (;;) {
    // A stream may be closed by its own last frame.
    if (last ? out_ended_ : out_.empty()) co_return {};
    taken_.reset();
    const Result<void> taken = closed_ ? stream_ended() : co_await taken_.wait(now() + wait_max_);
    if (taken.ok()) continue;
    out_ = {};
    out_last_ = false;  // what was given up is not whole
    co_return taken;
  }
}

Task<Result<void>> Http2Sender::send_all(BodySource& body, std::optional<std::uint64_t> length,
                                         std::string_view begun) {
  std::uint64_t given = begun.size();
  if (!begun.empty()) co_await try_(send(begun, false));
  for (bool last = false; !last;) {
    BodyFrame frame;
    if (!body.try_next(&frame)) {
      Result<BodyFrame> next = co_await body.next();
      if (!next.ok()) {
        body_failed_ = true;
        co_return std::move(next).error();
      }
      frame = *next;
    }
    last = frame.kind == BodyFrame::Kind::kEnd;
    // Where the end is here already it goes with the last bytes.
    BodyFrame end;
    if (!last && body.bytes_left() == 0 && body.try_next(&end)) {
      last = true;
      frame.trailers = end.trailers;
    }
    given += frame.data.size();
    if (length && (given > *length || (last && given < *length))) {
      body_failed_ = true;
      co_return Error(ErrorCode::kDataLoss, "the body has another length than was announced");
    }
    co_await try_(send(frame.data, last, frame.trailers));
  }
  co_return {};
}

std::optional<std::size_t> Http2Sender::produce(std::uint8_t* out, std::size_t size, bool* end) {
  if (out_.empty() && !out_last_) return std::nullopt;
  const std::size_t n = std::min(size, out_.size());
  if (n > 0) std::memcpy(out, out_.data(), n);
  out_.remove_prefix(n);
  bytes_sent_ += n;
  *end = out_last_ && out_.empty();
  if (*end) out_ended_ = true;
  taken_.set();
  return n;
}

std::uint32_t Http2Sender::end_flags() {
  if (trailers_ == nullptr) return NGHTTP2_DATA_FLAG_EOF;
  FieldList list(*trailers_);
  list.add_all(*trailers_);
  nghttp2_submit_trailer(session_.session(), stream_, list.data(), list.size());
  return NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
}

nghttp2_data_provider http2_data_provider() {
  nghttp2_data_provider provider{};
  // fixed signature
  provider.read_callback = [](nghttp2_session* session, std::int32_t stream, std::uint8_t* out, std::size_t size,
                              std::uint32_t* flags, nghttp2_data_source*, void*) -> ssize_t {
    auto* bodies = static_cast<Http2Bodies*>(nghttp2_session_get_stream_user_data(session, stream));
    if (bodies == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    bool end = false;
    const std::optional<std::size_t> made = bodies->outgoing.produce(out, size, &end);
    if (!made) return NGHTTP2_ERR_DEFERRED;
    if (end) *flags |= bodies->outgoing.end_flags();
    return static_cast<ssize_t>(*made);
  };
  return provider;
}

}  // namespace banyan
