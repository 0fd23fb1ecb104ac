#include "http2/server_exchange.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "http/date.h"
#include "http2/connection.h"
#include "http2/field_list.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

// Base64 (RFC 4648 section 4) of 16 bytes.
std::string websocket_key(std::span<const std::byte, 16> random) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string key;
  for (std::size_t at = 0; at < 16; at += 3) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 3; ++i)
      word = word << 8 | (at + i < 16 ? std::to_integer<std::uint32_t>(random[at + i]) : 0);
    for (int shift = 18; shift >= 0; shift -= 6) key += kDigits[word >> shift & 63];
  }
  key.replace(22, 2, "==");
  return key;
}

}  // namespace

Http2Exchange::Http2Exchange(Http2Connection& connection, std::int32_t stream)
    : Http2Bodies(connection),
      connection_(connection),
      stream_(stream),
      started_(now()),
      text_(connection.options().head) {
  incoming.set_stream(stream);
  outgoing.set_stream(stream);
  outgoing.set_wait_max(connection.options().body_timeout);
}

Refusal Http2Exchange::accept(bool no_body) {
  if (const Refusal refusal = text_.finish(head_)) return refusal;
  const auto framed = frame_request(head_);
  if (!framed) return framed.error();
  framing_ = *framed;
  if (text_.is_websocket()) return accept_websocket(no_body);
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
  incoming.start(length, bytes_max, connection_.options().body_timeout);
  if (framing_.expect_continue && !no_body) incoming.on_first_wait(&send_continue, this);
  return {};
}

// What the key proves in HTTP/1.1, the frames of HTTP/2 do; the next server wants one all the same.
Refusal Http2Exchange::accept_websocket(bool no_body) {
  if (framing_.upgrade.empty() || framing_.body.kind != BodyFraming::Kind::kNone) {
    return {400, "what asks for a WebSocket has no length"};
  }
  if (!head_.fields.has(FieldId::kSecWebsocketKey)) {
    std::array<std::byte, 16> random{};
    current_env().fill_random(random);
    head_.fields.add_copy(FieldId::kSecWebsocketKey, websocket_key(random));
  }
  incoming.start(std::nullopt, UINT64_MAX, std::chrono::hours(24));
  if (no_body) incoming.ended();
  open_ended_ = true;
  return {};
}

void Http2Exchange::body_is_open_ended() {
  open_ended_ = true;
  incoming.lift_limits();
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
const TlsInfo* Http2Exchange::tls_info() const { return connection_.stream().tls_info(); }

Error Http2Exchange::gone() const { return Error(ErrorCode::kUnavailable, "the client has ended the stream"); }

void Http2Exchange::closed(std::uint32_t error_code) {
  closed_ = true;
  if (error_code != NGHTTP2_NO_ERROR || !incoming.is_whole()) incoming.broke(gone());
  outgoing.closed();
}

ClientState Http2Exchange::client() const {
  return closed_ || connection_.stream().broken() ? ClientState::kGone : ClientState::kThere;
}

bool Http2Exchange::begin_answer(int status, Fields& fields, std::optional<std::uint64_t> length, bool has_body) {
  if (closed_) return false;
  // To an extended CONNECT success means that the tunnel is there (RFC 8441 section 5); a mere answer opens none.
  if (text_.is_websocket() && !upgraded_ && status / 100 == 2) status = 501;
  status_ = status;
  remove_hop_by_hop(fields);
  fields.remove(FieldId::kContentLength);
  FieldList list(fields);
  const std::string status_text = std::to_string(std::clamp(status, 100, 999));
  list.add(":status", status_text);
  list.add_all(fields);
  if (!fields.has(FieldId::kDate)) list.add("date", http_date(current_env().wall_nanoseconds() / 1'000'000'000));
  std::string length_text;
  // An answer of gRPC without a body is its trailers alone, and has no length.
  const bool only_trailers = length == 0 && fields.find("grpc-status") != nullptr;
  if (length && !only_trailers && !status_forbids_body(status)) {
    length_text = std::to_string(*length);
    list.add("content-length", length_text);
  }
  const nghttp2_data_provider provider = http2_data_provider();
  const int code =
      nghttp2_submit_response(connection_.session(), stream_, list.data(), list.size(), has_body ? &provider : nullptr);
  connection_.wake_writer();
  return code == 0;
}

// The client gets a reset where the answer is not whole.
Result<void> Http2Exchange::note(Result<void> sent) {
  body_bytes_sent_ = outgoing.bytes_sent();
  if (!sent.ok()) abort();
  return sent;
}

Task<Result<void>> Http2Exchange::respond(int status, Fields& fields, std::string_view body) {
  const bool sends = !is_head_request() && !status_forbids_body(status);
  std::uint64_t length = body.size();
  if (is_head_request()) (void)parse_content_length(fields.value(FieldId::kContentLength), length);
  const bool has_body = sends && !body.empty();
  if (!begin_answer(status, fields, length, has_body)) co_return gone();
  if (!has_body) co_return {};
  co_return note(co_await outgoing.send(body, true));
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
  co_return note(co_await outgoing.send_all(body, length));
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
    co_await try_(note(co_await outgoing.send(data, left == 0)));
  }
  co_return {};
}

Task<Result<void>> Http2Exchange::interim(int status, const Fields& fields) {
  if (closed_) co_return gone();
  submit_interim(status, fields);
  co_return {};
}

Task<Result<Tunnel*>> Http2Exchange::upgrade(Fields& fields) {
  if (!text_.is_websocket()) co_return Error(ErrorCode::kUnsupported, "HTTP/2 has no upgrade");
  fields.remove(FieldId::kSecWebsocketAccept);  // RFC 8441 section 5
  upgraded_ = true;
  if (!begin_answer(200, fields, std::nullopt, true)) co_return gone();
  co_return static_cast<Tunnel*>(&connected_);
}

Task<Result<void>> Http2Exchange::Connected::write(std::string_view data) {
  co_return exchange_.note(co_await exchange_.outgoing.send(data, false));
}

Task<Result<void>> Http2Exchange::Connected::close_write() {
  co_return exchange_.note(co_await exchange_.outgoing.send({}, true));
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
  while (!open_ended_ && !closed_ && !incoming.is_whole() && skipped <= kSkipMax &&
         incoming.bytes_left().value_or(0) <= kSkipMax) {
    const Result<BodyFrame> frame = co_await incoming.next();
    if (!frame.ok()) break;
    skipped += frame->data.size();
  }
  if (!closed_ && !incoming.is_whole()) {
    nghttp2_submit_rst_stream(connection_.session(), NGHTTP2_FLAG_NONE, stream_, NGHTTP2_NO_ERROR);
    connection_.wake_writer();
  }
}

}  // namespace banyan
