#include "http1/server_exchange.h"

#include <charconv>

#include "http/date.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

// RFC 9110 section 6.6.1.
void append_date_line(std::string& out) {
  out.append("Date: ").append(http_date(current_env().wall_nanoseconds() / 1'000'000'000)).append("\r\n");
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

}  // namespace

Http1Exchange::Http1Exchange(Stream& stream, ReadBuffer& buffer, const ServerLimits& options, const bool& draining)
    : stream_(stream),
      buffer_(buffer),
      options_(options),
      draining_(draining),
      parser_(options.head),
      body_(stream, buffer),
      writer_(stream) {}

void Http1Exchange::begin() {
  parser_.reset();
  head_.reset();
  framing_ = {};
  body_.start({}, 0, Duration(0));
  status_ = 0;
  body_bytes_sent_ = 0;
  keep_alive_ = false;
  broken_ = false;
}

Refusal Http1Exchange::accept() {
  auto framing = frame_request(head_);
  if (!framing) return framing.error();
  framing_ = *framing;
  keep_alive_ = framing_.keep_alive;
  if (framing_.body.kind == BodyFraming::Kind::kLength && framing_.body.length > options_.body_bytes_max) {
    return {413, "The request's body is longer than this server accepts"};
  }
  body_.start(framing_.body, options_.body_bytes_max, options_.body_timeout);
  if (framing_.expect_continue) body_.on_first_wait(&send_continue, this);
  return {};
}

Task<Result<void>> Http1Exchange::send_continue(void* self) {
  auto* exchange = static_cast<Http1Exchange*>(self);
  if (exchange->answered()) co_return {};
  co_return co_await exchange->stream_.write("HTTP/1.1 100 Continue\r\n\r\n", exchange->write_deadline());
}

ClientState Http1Exchange::client() const {
  if (!stream_.is_open() || stream_.broken()) return ClientState::kGone;
  return stream_.hung_up() ? ClientState::kSilent : ClientState::kThere;
}

TimePoint Http1Exchange::write_deadline() const { return now() + options_.body_timeout; }

Task<void> Http1Exchange::refuse(Refusal refusal) {
  keep_alive_ = false;
  status_ = refusal.status;
  out_.clear();
  std::string text(refusal.sentence);
  text += ".\n";
  out_.append("HTTP/1.1 ").append(std::to_string(refusal.status)).append(" ");
  out_.append(reason_phrase(refusal.status)).append("\r\nContent-Type: text/plain\r\nConnection: close\r\n");
  append_date_line(out_);
  if (refusal.status == 503) out_ += "Retry-After: 1\r\n";
  out_.append("Content-Length: ");
  append_number(out_, text.size());
  out_.append("\r\n\r\n").append(text);
  (void)co_await stream_.write(out_, write_deadline());
}

void Http1Exchange::write_head(int status, Fields& fields, BodyCoding coding, std::uint64_t length) {
  status_ = status;
  if (framing_.body.has_body() && !body_.ended() && framing_.expect_continue && body_.received() == 0) {
    keep_alive_ = false;  // a client told no may send its body all the same, or not: nobody can tell what follows
  }
  if (coding == BodyCoding::kUntilClose || draining_ || body_.failed()) keep_alive_ = false;
  // Whoever is overloaded does not wait for the rest of what it has refused.
  if (status == 503 && !body_.has_come()) keep_alive_ = false;
  out_.clear();
  const Result<void> written = write_response_head({status, "", HttpVersion::k11}, fields, out_);
  if (!written.ok()) {
    // A handler chose a status outside of 100..999: its fault, answered as such.
    status_ = 500;
    out_ = "HTTP/1.1 500 Internal Server Error\r\n\r\n";
  }
  out_.resize(out_.size() - 2);
  if (!fields.has(FieldId::kDate)) append_date_line(out_);
  if (coding == BodyCoding::kLength && !status_forbids_body(status)) {
    out_.append("Content-Length: ");
    append_number(out_, length);
    out_.append("\r\n");
  } else if (coding == BodyCoding::kChunked) {
    out_.append("Transfer-Encoding: chunked\r\n");
  }
  if (!keep_alive_) {
    out_.append("Connection: close\r\n");
  } else if (head_.version == HttpVersion::k10) {
    out_.append("Connection: keep-alive\r\n");
  }
  out_.append("\r\n");
}

// The answer may have reached the client in part: nothing more can be said on this connection.
Result<void> Http1Exchange::note(Result<void> sent) {
  if (!sent.ok()) broken_ = true;
  return sent;
}

Task<Result<void>> Http1Exchange::respond(int status, Fields& fields, std::string_view body) {
  const bool sends = !is_head_request() && !status_forbids_body(status);
  std::uint64_t length = body.size();
  if (is_head_request() && fields.has(FieldId::kContentLength)) {
    (void)parse_content_length(fields.value(FieldId::kContentLength), length);
  }
  fields.remove(FieldId::kContentLength);
  write_head(status, fields, BodyCoding::kLength, length);
  Result<void> sent = note(co_await writer_.send_text(out_, sends ? body : std::string_view(), write_deadline()));
  if (sent.ok() && sends) body_bytes_sent_ = body.size();
  co_return sent;
}

Task<Result<void>> Http1Exchange::respond_stream(int status, Fields& fields, BodySource& body) {
  const std::optional<std::uint64_t> known = body.bytes_left();
  std::uint64_t length = known.value_or(0);
  BodyCoding coding = known                               ? BodyCoding::kLength
                      : head_.version == HttpVersion::k11 ? BodyCoding::kChunked
                                                          : BodyCoding::kUntilClose;
  const bool sends = !is_head_request() && !status_forbids_body(status);
  if (is_head_request()) {
    // The length that GET would have, where the answer's maker says so.
    coding = BodyCoding::kNone;
    if (parse_content_length(fields.value(FieldId::kContentLength), length)) coding = BodyCoding::kLength;
  } else if (!sends) {
    coding = BodyCoding::kNone;
  }
  fields.remove(FieldId::kContentLength);
  write_head(status, fields, coding, length);
  Result<void> sent =
      note(co_await writer_.send(out_, sends ? coding : BodyCoding::kNone, length, &body, options_.body_timeout));
  body_bytes_sent_ = writer_.body_bytes();
  if (!sent.ok() && writer_.body_failed()) abort();
  co_return sent;
}

Task<Result<void>> Http1Exchange::respond_file(int status, Fields& fields, FilePart part) {
  fields.remove(FieldId::kContentLength);
  write_head(status, fields, BodyCoding::kLength, part.bytes);
  Result<void> sent = co_await stream_.write(out_, write_deadline());
  if (sent.ok() && !is_head_request() && part.bytes > 0) {
    sent = co_await stream_.send_file(part.descriptor, part.offset, part.bytes, options_.body_timeout);
    if (sent.ok()) body_bytes_sent_ = part.bytes;
  }
  co_return note(std::move(sent));
}

Task<Result<void>> Http1Exchange::interim(int status, const Fields& fields) {
  if (head_.version == HttpVersion::k10) co_return {};  // RFC 9110 section 15.2: they do not know it
  out_.clear();
  co_await try_(write_response_head({status, "", HttpVersion::k11}, fields, out_));
  co_return note(co_await stream_.write(out_, write_deadline()));
}

Task<Result<Tunnel*>> Http1Exchange::upgrade(Fields& fields) {
  status_ = 101;
  keep_alive_ = false;
  fields.remove(FieldId::kContentLength);  // RFC 9110 section 8.6: what follows has none
  out_.clear();
  co_await try_(write_response_head({101, "", HttpVersion::k11}, fields, out_));
  out_.resize(out_.size() - 2);
  out_.append("Connection: Upgrade\r\n\r\n");
  co_await try_(note(co_await stream_.write(out_, write_deadline())));
  // A tunnel may be silent for as long as its two sides like.
  BodyFraming tunnel;
  tunnel.kind = BodyFraming::Kind::kUntilClose;
  body_.start(tunnel, UINT64_MAX, std::chrono::hours(24));
  co_return static_cast<Tunnel*>(this);
}

Task<Result<void>> Http1Exchange::write(std::string_view data) {
  Result<void> sent = co_await stream_.write(data, write_deadline());
  if (sent.ok()) body_bytes_sent_ += data.size();
  co_return note(std::move(sent));
}

Task<Result<void>> Http1Exchange::close_write() { co_return co_await stream_.shutdown_write(write_deadline()); }

void Http1Exchange::abort() {
  broken_ = true;
  stream_.abort();
}

Task<bool> Http1Exchange::finish() {
  if (broken_ || !stream_.is_open()) co_return false;
  if (!answered()) {
    Fields fields;
    fields.add_copy(FieldId::kContentType, "text/plain");
    if (!(co_await respond(500, fields, "The request was not answered.\n")).ok()) co_return false;
  }
  if (!keep_alive_) co_return false;
  buffer_.end_message();  // nobody reads the head any more: what comes late is waited for without a buffer
  // A little of the request's body that nobody wanted is read past; a lot is not worth keeping the connection for.
  constexpr std::uint64_t kSkipMax = 256 * 1024;
  std::uint64_t skipped = 0;
  while (!body_.ended()) {
    if (body_.bytes_left().value_or(0) > kSkipMax || skipped > kSkipMax) co_return false;
    BodyFrame frame;
    if (!body_.try_next(&frame)) {
      Result<BodyFrame> next = co_await body_.next();
      if (!next.ok()) co_return false;
      frame = *next;
    }
    skipped += frame.data.size();
  }
  co_return true;
}

}  // namespace banyan
