#include "http2/server_exchange.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "http/date.h"
#include "http2/connection.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

// Fields as nghttp2 wants them: pairs of pointers, names in lower case. Lives until they have been submitted.
class FieldList {
 public:
  explicit FieldList(const Fields& fields) {
    std::size_t bytes = 0;
    for (const Fields::Entry& entry : fields) bytes += entry.name.size();
    names_.reserve(bytes);
    list_.reserve(fields.size() + 3);
  }
  void add(std::string_view name, std::string_view value) {
    list_.push_back({reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
                     reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
                     NGHTTP2_NV_FLAG_NONE});
  }
  void add_all(const Fields& fields) {
    for (const Fields::Entry& entry : fields) {
      const std::size_t begin = names_.size();
      for (const char c : entry.name) names_ += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
      add(std::string_view(names_).substr(begin), entry.value);
    }
  }
  const nghttp2_nv* data() const { return list_.data(); }
  std::size_t size() const { return list_.size(); }

 private:
  std::string names_;
  std::vector<nghttp2_nv> list_;
};

// fixed signature
ssize_t read_body(nghttp2_session* session, std::int32_t stream, std::uint8_t* out, std::size_t size,
                  std::uint32_t* flags, nghttp2_data_source*, void*) {
  auto* exchange = static_cast<Http2Exchange*>(nghttp2_session_get_stream_user_data(session, stream));
  if (exchange == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  bool end = false;
  const std::optional<std::size_t> made = exchange->produce(out, size, &end);
  if (!made) return NGHTTP2_ERR_DEFERRED;
  if (end) *flags |= exchange->end_flags();
  return static_cast<ssize_t>(*made);
}

}  // namespace

// ---- the request's body ----

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

Http2Body::~Http2Body() { connection_.memory().give_back(unreturned()); }

bool Http2Body::arrived(std::string_view data) {
  if (data.empty()) return true;
  if (!connection_.memory().try_take(data.size())) {
    broke(Error(ErrorCode::kResourceExhausted, "the server is short of memory for the body"));
    return false;
  }
  waiting_bytes_ += data.size();
  waiting_.emplace_back(data);
  news_.set();
  return true;
}

void Http2Body::arrived_trailer(std::string_view name, std::string_view value) {
  constexpr std::size_t kTrailersMax = 100;
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
  if (whole_ && waiting_.empty()) return 0;
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
  given_.push_back(std::move(waiting_.front()));
  waiting_.pop_front();
  const std::size_t bytes = given_.back().size();
  waiting_bytes_ -= bytes;
  given_bytes_ += bytes;
  received_ += bytes;
  if (received_ > bytes_max_) return false;
  *frame = {BodyFrame::Kind::kData, given_.back(), nullptr};
  return true;
}

// The reader has done with what it got: the client may send as much again.
void Http2Body::give_back() {
  if (given_.empty()) return;
  nghttp2_session_consume(connection_.session(), stream_, given_bytes_);
  connection_.memory().give_back(given_bytes_);
  given_.clear();
  given_bytes_ = 0;
  connection_.wake_writer();
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

// ---- the exchange ----

Http2Exchange::Http2Exchange(Http2Connection& connection, std::int32_t stream)
    : connection_(connection),
      stream_(stream),
      started_(now()),
      text_(connection.options().head),
      body_(connection, stream) {}

Refusal Http2Exchange::accept(bool no_body) {
  if (const Refusal refusal = text_.finish(head_)) return refusal;
  const auto framed = frame_request(head_);
  if (!framed) return framed.error();
  framing_ = *framed;
  framing_.upgrade = {};
  BodyFraming& body = framing_.body;
  if (body.kind == BodyFraming::Kind::kChunked) return {400, "HTTP/2 knows no transfer coding"};
  if (!no_body && body.kind == BodyFraming::Kind::kNone) body.kind = BodyFraming::Kind::kChunked;
  const bool known = body.kind == BodyFraming::Kind::kLength;
  const std::uint64_t bytes_max = connection_.options().body_bytes_max;
  if (known && body.length > bytes_max) return {413, "The request's body is longer than this server accepts"};
  std::optional<std::uint64_t> length;
  if (known) length = body.length;
  if (no_body) length = 0;
  body_.start(length, bytes_max, connection_.options().body_timeout);
  if (framing_.expect_continue && !no_body) body_.on_first_wait(&send_continue, this);
  return {};
}

void Http2Exchange::send_continue(void* self) {
  auto* exchange = static_cast<Http2Exchange*>(self);
  if (exchange->status_ == 0 && !exchange->closed_) exchange->submit_interim(100, {});
}

void Http2Exchange::submit_interim(int status, const Fields& fields) {
  FieldList list(fields);
  const std::string status_text = std::to_string(status);
  list.add(":status", status_text);
  list.add_all(fields);
  nghttp2_submit_headers(connection_.session(), NGHTTP2_FLAG_NONE, stream_, nullptr, list.data(), list.size(), nullptr);
  connection_.wake_writer();
}

const SocketAddress& Http2Exchange::peer() const { return connection_.stream().peer(); }
const SocketAddress& Http2Exchange::local() const { return connection_.local(); }
bool Http2Exchange::secure() const { return connection_.secure(); }

Error Http2Exchange::gone() const { return Error(ErrorCode::kUnavailable, "the client has ended the stream"); }

void Http2Exchange::closed(std::uint32_t error_code) {
  closed_ = true;
  if (error_code != NGHTTP2_NO_ERROR || !body_.is_whole()) body_.broke(gone());
  taken_.set();
}

ClientState Http2Exchange::client() const {
  return closed_ || connection_.stream().broken() ? ClientState::kGone : ClientState::kThere;
}

bool Http2Exchange::begin_answer(int status, Fields& fields, std::optional<std::uint64_t> length, bool has_body) {
  if (closed_) return false;
  status_ = status;
  remove_hop_by_hop(fields);
  fields.remove(FieldId::kContentLength);
  FieldList list(fields);
  const std::string status_text = std::to_string(std::clamp(status, 100, 999));
  list.add(":status", status_text);
  list.add_all(fields);
  if (!fields.has(FieldId::kDate)) list.add("date", http_date(current_env().wall_nanoseconds() / 1'000'000'000));
  std::string length_text;
  if (length && !status_forbids_body(status)) {
    length_text = std::to_string(*length);
    list.add("content-length", length_text);
  }
  nghttp2_data_provider provider{};
  provider.read_callback = &read_body;
  const int code =
      nghttp2_submit_response(connection_.session(), stream_, list.data(), list.size(), has_body ? &provider : nullptr);
  connection_.wake_writer();
  return code == 0;
}

std::optional<std::size_t> Http2Exchange::produce(std::uint8_t* out, std::size_t size, bool* end) {
  if (out_.empty() && !out_last_) return std::nullopt;
  const std::size_t n = std::min(size, out_.size());
  if (n > 0) std::memcpy(out, out_.data(), n);
  out_.remove_prefix(n);
  body_bytes_sent_ += n;
  *end = out_last_ && out_.empty();
  if (*end) out_ended_ = true;
  taken_.set();
  return n;
}

std::uint32_t Http2Exchange::end_flags() {
  if (trailers_ == nullptr) return NGHTTP2_DATA_FLAG_EOF;
  FieldList list(*trailers_);
  list.add_all(*trailers_);
  nghttp2_submit_trailer(connection_.session(), stream_, list.data(), list.size());
  return NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
}

// Comes back when all of it is in frames, so that `data` may go.
Task<Result<void>> Http2Exchange::send_data(std::string_view data, bool last) {
  if (closed_) co_return gone();
  out_ = data;
  out_last_ = last;
  nghttp2_session_resume_data(connection_.session(), stream_);
  connection_.wake_writer();
  for (;;) {
    if (closed_) co_return gone();
    if (out_.empty() && (!last || out_ended_)) co_return {};
    taken_.reset();
    Result<void> taken = co_await taken_.wait(now() + connection_.options().body_timeout);
    if (taken.ok()) continue;
    out_ = {};
    abort();
    co_return taken;
  }
}

Task<Result<void>> Http2Exchange::respond(int status, Fields& fields, std::string_view body) {
  const bool sends = !is_head_request() && !status_forbids_body(status);
  std::uint64_t length = body.size();
  if (is_head_request()) (void)parse_content_length(fields.value(FieldId::kContentLength), length);
  const bool has_body = sends && !body.empty();
  if (!begin_answer(status, fields, length, has_body)) co_return gone();
  if (!has_body) co_return {};
  co_return co_await send_data(body, true);
}

Task<Result<void>> Http2Exchange::respond_stream(int status, Fields& fields, BodySource& body) {
  std::optional<std::uint64_t> length = body.bytes_left();
  const bool sends = !is_head_request() && !status_forbids_body(status);
  if (!sends) {
    std::uint64_t stated = 0;
    length.reset();
    if (parse_content_length(fields.value(FieldId::kContentLength), stated)) length = stated;
  }
  const bool has_body = sends && length != 0;
  if (!begin_answer(status, fields, length, has_body)) co_return gone();
  if (!has_body) co_return {};
  for (bool last = false; !last;) {
    BodyFrame frame;
    if (!body.try_next(&frame)) {
      Result<BodyFrame> next = co_await body.next();
      if (!next.ok()) {
        abort();
        co_return std::move(next).error();
      }
      frame = *next;
    }
    last = frame.kind == BodyFrame::Kind::kEnd || (length && body.bytes_left() == 0);
    if (length && body_bytes_sent_ + frame.data.size() > *length) last = true;
    if (length && last && body_bytes_sent_ + frame.data.size() != *length) {
      abort();
      co_return Error(ErrorCode::kDataLoss, "the body has another length than was announced");
    }
    if (frame.trailers != nullptr && !frame.trailers->empty()) trailers_ = frame.trailers;
    co_await try_(co_await send_data(frame.data, last));
  }
  co_return {};
}

Task<Result<void>> Http2Exchange::respond_file(int status, Fields& fields, FilePart part) {
  const bool has_body = !is_head_request() && !status_forbids_body(status) && part.bytes > 0;
  if (!begin_answer(status, fields, part.bytes, has_body)) co_return gone();
  if (!has_body) co_return {};
  BufferLease lease = co_await try_(BufferLease::take(connection_.memory()));
  for (std::uint64_t left = part.bytes; left > 0;) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, lease.size()));
    const ssize_t n = pread(part.descriptor, lease.data(), wanted, part.offset);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      abort();
      co_return Error(ErrorCode::kDataLoss, "the file is shorter than was announced");
    }
    part.offset += n;
    left -= static_cast<std::uint64_t>(n);
    const std::string_view data(reinterpret_cast<const char*>(lease.data()), static_cast<std::size_t>(n));
    co_await try_(co_await send_data(data, left == 0));
  }
  co_return {};
}

Task<Result<void>> Http2Exchange::interim(int status, const Fields& fields) {
  if (closed_) co_return gone();
  submit_interim(status, fields);
  co_return {};
}

Task<Result<Tunnel*>> Http2Exchange::upgrade(Fields&) {
  co_return Error(ErrorCode::kUnsupported, "HTTP/2 has no upgrade");
}

void Http2Exchange::abort() {
  if (closed_) return;
  nghttp2_submit_rst_stream(connection_.session(), NGHTTP2_FLAG_NONE, stream_, NGHTTP2_INTERNAL_ERROR);
  connection_.wake_writer();
}

Task<void> Http2Exchange::refuse(Refusal refusal) {
  Fields fields;
  fields.add_copy(FieldId::kContentType, "text/plain");
  std::string text(refusal.sentence);
  text += ".\n";
  (void)co_await respond(refusal.status, fields, text);
  co_await finish();
}

Task<void> Http2Exchange::finish() {
  if (!closed_ && status_ == 0) {
    Fields fields;
    fields.add_copy(FieldId::kContentType, "text/plain");
    (void)co_await respond(500, fields, "The request was not answered.\n");
  }
  // The answer is whole and what is left of the request is not wanted. A little is read past, since some clients take
  // being told so (RFC 9113 section 8.1) for a failure.
  constexpr std::uint64_t kSkipMax = 256 * 1024;
  std::uint64_t skipped = 0;
  while (!closed_ && !body_.is_whole() && skipped <= kSkipMax && body_.bytes_left().value_or(0) <= kSkipMax) {
    const Result<BodyFrame> frame = co_await body_.next();
    if (!frame.ok()) break;
    skipped += frame->data.size();
  }
  if (!closed_ && !body_.is_whole()) {
    nghttp2_submit_rst_stream(connection_.session(), NGHTTP2_FLAG_NONE, stream_, NGHTTP2_NO_ERROR);
    connection_.wake_writer();
  }
}

}  // namespace banyan
