#include "http2/client_stream.h"

#include <utility>

#include "exchange/upload.h"
#include "http/message_framing.h"
#include "http/status.h"
#include "http2/field_list.h"
#include "runtime/context.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

// What a reset says that the caller can do.
ErrorCode code_of_reset(std::uint32_t error_code) {
  switch (error_code) {
    case NGHTTP2_ENHANCE_YOUR_CALM:
      return ErrorCode::kResourceExhausted;
    case NGHTTP2_PROTOCOL_ERROR:
    case NGHTTP2_HTTP_1_1_REQUIRED:
      return ErrorCode::kInvalidArgument;
    default:
      return ErrorCode::kUnavailable;
  }
}

}  // namespace

Http2ClientStream::Http2ClientStream(std::shared_ptr<Http2ClientConnection> connection, const UpstreamRequest& request)
    : Http2ClientHold{std::move(connection)},
      Http2Bodies(*connection_),
      method_(request.method),
      read_timeout_(request.read_timeout > Duration{} ? request.read_timeout : connection_->options().io_timeout),
      interim_to_(request.interim_to),
      text_(connection_->options().head) {
  outgoing.set_wait_max(connection_->options().io_timeout);
}

Result<void> Http2ClientStream::submit(UpstreamRequest& request, bool has_body, std::optional<std::uint64_t> length) {
  const Fields& fields = *request.fields;
  FieldList list(fields);
  list.add(":method", request.method_name);
  list.add(":scheme", connection_->stream().tls_info() != nullptr ? "https" : "http");
  list.add(":authority", fields.value(FieldId::kHost));
  list.add(":path", request.target);
  for (const Fields::Entry& entry : fields) {
    if (entry.id != FieldId::kHost) list.add(entry);
  }
  const std::string length_text = length ? std::to_string(*length) : std::string();
  if (length) list.add("content-length", length_text);
  if (request.takes_trailers) list.add("te", "trailers");
  const nghttp2_data_provider provider = http2_data_provider();
  id_ = nghttp2_submit_request(connection_->session(), nullptr, list.data(), list.size(),
                               has_body ? &provider : nullptr, static_cast<Http2Bodies*>(this));
  if (id_ < 0) {
    connection_->retire();  // its stream numbers are used up
    refused_ = true;
    return Error(ErrorCode::kUnavailable,
                 "no further request fits on the connection to " + connection_->address().text());
  }
  incoming.set_stream(id_);
  outgoing.set_stream(id_);
  connection_->add(id_, this);
  connection_->wake_writer();
  sent_at_ = now();
  return {};
}

// A body that has arrived with its head goes out without a task of its own, and stays to be sent again.
Result<void> Http2ClientStream::begin(UpstreamRequest& request) {
  if (request.body == nullptr) return submit(request, false, std::nullopt);
  upload_length_ = request.body->bytes_left();
  if (upload_length_ == 0) return submit(request, false, 0);
  BodyFrame first;
  const bool here = request.body->try_next(&first);
  if (here && first.kind == BodyFrame::Kind::kEnd && first.trailers == nullptr) {
    return submit(request, false, std::nullopt);
  }
  if (here && first.kind == BodyFrame::Kind::kData && request.body->bytes_left() == 0) {
    if (request.kept_body == nullptr) {
      request.kept_body = std::make_unique<StringBody>(first.data);
      request.body = request.kept_body.get();
    } else {
      body_consumed_ = !request.body->restart();
    }
    BANYAN_TRY_VOID(submit(request, true, upload_length_));
    outgoing.send_last(first.data);
    return {};
  }
  begun_ = first.data;
  uploads_ = body_consumed_ = true;
  return submit(request, true, upload_length_);
}

Task<Result<void>> Http2ClientStream::upload(std::shared_ptr<Http2ClientStream> stream, BodySource* body) {
  Result<void> sent = co_await stream->outgoing.send_all(*body, stream->upload_length_, stream->begun_);
  if (!sent.ok() && !stream->closed_) {
    stream->reset(NGHTTP2_CANCEL);
    stream->note(sent.error());
  }
  co_return {};
}

Task<Result<void>> Http2ClientStream::ask(UpstreamRequest& request) {
  co_await try_(begin(request));
  if (uploads_ && request.upload == nullptr) {
    co_await try_(upload(shared_from_this(), request.body));
  } else if (uploads_) {
    if (request.upload->begun()) co_await request.upload->end();  // of an attempt that was answered, and is given up
    // The deadline in force is for the head of the answer; the request's body may take longer.
    ContextGuard guard(current_context().with_fresh_deadline(kNever));
    request.upload->start(upload(shared_from_this(), request.body));
  }
  co_return co_await wait_for_head();
}

Task<Result<void>> Http2ClientStream::wait_for_head() {
  const bool limited = current_context().deadline() != kNever;
  while (!head_whole_ || !interims_.empty()) {
    if (error_) co_return *error_;
    if (!interims_.empty()) {
      co_await pass_interims();
      continue;
    }
    news_.reset();
    Result<void> waited = co_await news_.wait(limited ? kNever : now() + connection_->options().io_timeout);
    if (waited.ok()) continue;
    if (waited.error().code() == ErrorCode::kDeadlineExceeded) connection_->timed_out(sent_at_);
    co_return std::move(waited).error().add_context("waiting for the answer of " + connection_->address().text());
  }
  co_return {};
}

void Http2ClientStream::field(std::string_view name, std::string_view value) {
  if (head_whole_) {
    incoming.arrived_trailer(name, value);
  } else {
    text_.add(name, value);
  }
}

// 100 concerns this hop, what else is interim is for the client (RFC 9110 section 15.2).
void Http2ClientStream::keep_interim() {
  ResponseHead head;
  const bool wanted = interim_to_ != nullptr && interims_.size() < kInterimsMax;
  if (wanted && !text_.finish(head) && head.status != 100) {
    remove_hop_by_hop(head.fields);
    head.fields.remove(FieldId::kContentLength);
    Interim& kept = interims_.emplace_back();
    kept.status = head.status;
    kept.fields.copy_from(head.fields);
    news_.set();
  }
  text_.reset();
}

Task<void> Http2ClientStream::pass_interims() {
  std::vector<Interim> passed = std::exchange(interims_, {});
  for (const Interim& one : passed) (void)co_await interim_to_->interim(one.status, one.fields);
}

Refusal Http2ClientStream::accept_head(bool stream_ends) {
  if (const Refusal refusal = text_.finish(head_)) return refusal;
  const auto framing = frame_response(head_, {method_, false});
  if (!framing) return framing.error();
  remove_hop_by_hop(head_.fields);
  std::optional<std::uint64_t> length;
  if (framing->body.kind == BodyFraming::Kind::kLength) length = framing->body.length;
  if (method_ == Method::kHead || status_forbids_body(head_.status)) length = 0;
  incoming.start(length, UINT64_MAX, answer_silence_max(head_, read_timeout_));
  head_whole_ = true;
  if (stream_ends) incoming.ended();
  return {};
}

void Http2ClientStream::fields_ended(bool stream_ends) {
  if (head_whole_) {
    if (stream_ends) incoming.ended();
    return;
  }
  if (text_.is_interim()) {
    keep_interim();
    return;
  }
  if (const Refusal refusal = accept_head(stream_ends)) {
    reset(NGHTTP2_PROTOCOL_ERROR);
    note(Error(ErrorCode::kInvalidArgument, "bad answer: " + std::string(refusal.sentence)));
  }
  news_.set();
}

// Whoever waits for the answer, or for the rest of it, gets the error.
void Http2ClientStream::note(const Error& error) {
  if (!head_whole_ && !error_) error_ = error;
  incoming.broke(error);
  news_.set();
}

void Http2ClientStream::end() {
  closed_ = true;
  outgoing.closed();
  connection_->remove(id_);
}

void Http2ClientStream::closed(std::uint32_t error_code) {
  if (closed_) return;
  refused_ = error_code == NGHTTP2_REFUSED_STREAM && !head_whole_;
  end();
  if (head_whole_ && incoming.is_whole()) return;
  note(Error(code_of_reset(error_code),
             connection_->address().text() + " ended the stream early (" + nghttp2_http2_strerror(error_code) + ")"));
}

void Http2ClientStream::failed(const Error& error) {
  if (closed_) return;
  nghttp2_session_set_stream_user_data(connection_->session(), id_, nullptr);
  end();
  note(error);
}

void Http2ClientStream::reset(std::uint32_t error_code) {
  if (closed_) return;
  nghttp2_session_set_stream_user_data(connection_->session(), id_, nullptr);
  nghttp2_submit_rst_stream(connection_->session(), NGHTTP2_FLAG_NONE, id_, error_code);
  connection_->wake_writer();
  end();
}

void Http2ClientStream::abandon() {
  if (id_ < 0) return;
  reset(NGHTTP2_CANCEL);
  incoming.give_up();
  connection_->wake_writer();
}

}  // namespace banyan
