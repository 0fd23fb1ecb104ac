#include "http2/client_connection.h"

#include <algorithm>
#include <vector>

#include "http2/client_pool.h"
#include "http2/client_stream.h"
#include "http2/session_memory.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {

// What nghttp2 calls while it takes input and makes output. Nothing here suspends.
struct Http2ClientConnection::Callbacks {
  static Http2ClientConnection& self(void* user) { return *static_cast<Http2ClientConnection*>(user); }

  static Http2ClientStream* find(void* user, std::int32_t id) {
    const auto& streams = self(user).streams_;
    const auto found = streams.find(id);
    return found == streams.end() ? nullptr : found->second;
  }

  // fixed signature
  static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                    const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
    Http2ClientStream* stream = find(user, frame->hd.stream_id);
    if (stream != nullptr) stream->field(http2_text(name, name_size), http2_text(value, value_size));
    return 0;
  }

  // fixed signature
  static int invalid_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t*, std::size_t,
                            const std::uint8_t*, std::size_t, std::uint8_t, void*) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // the stream is reset; by default the field would be passed over
  }

  // fixed signature
  static int data(nghttp2_session* session, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                  void* user) {
    Http2ClientStream* stream = find(user, id);
    if (stream != nullptr && stream->incoming.arrived(http2_text(bytes, size))) return 0;
    nghttp2_session_consume(session, id, size);
    if (stream != nullptr) nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    return 0;
  }

  static int frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Http2ClientConnection& connection = self(user);
    switch (frame->hd.type) {
      case NGHTTP2_HEADERS:
      case NGHTTP2_DATA:
        break;
      case NGHTTP2_SETTINGS:
        connection.tell_pool();
        return 0;
      case NGHTTP2_GOAWAY:
        connection.ending_ = true;
        connection.tell_pool();
        return 0;
      default:
        return 0;
    }
    Http2ClientStream* stream = find(user, frame->hd.stream_id);
    if (stream == nullptr) return 0;
    const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame->hd.type == NGHTTP2_HEADERS) {
      connection.has_answered_ = true;
      stream->fields_ended(ends);
    } else if (ends) {
      stream->incoming.ended();
    }
    return 0;
  }

  static int before_send(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type != NGHTTP2_HEADERS) return 0;
    if (Http2ClientStream* stream = find(user, frame->hd.stream_id)) stream->set_sent();
    return 0;
  }

  // A request that could not be begun, since a GOAWAY came first.
  static int not_sent(nghttp2_session*, const nghttp2_frame* frame, int, void* user) {
    if (frame->hd.type != NGHTTP2_HEADERS) return 0;
    if (Http2ClientStream* stream = find(user, frame->hd.stream_id)) stream->closed(NGHTTP2_REFUSED_STREAM);
    return 0;
  }

  static int stream_closed(nghttp2_session*, std::int32_t id, std::uint32_t error_code, void* user) {
    if (Http2ClientStream* stream = find(user, id)) stream->closed(error_code);
    return 0;
  }
};

Http2ClientConnection::Http2ClientConnection(Stream stream, MemoryBudget& memory, const Http2ClientOptions& options,
                                             std::weak_ptr<Http2Pool> pool)
    : Http2Session(std::move(stream), memory),
      options_(options),
      address_(stream_.peer()),
      pool_(std::move(pool)),
      idle_since_(now()) {
  set_ping_times(options_.ping_interval, options_.ping_timeout);
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* option = nullptr;
  BANYAN_CHECK(nghttp2_session_callbacks_new(&callbacks) == 0 && nghttp2_option_new(&option) == 0);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, &Callbacks::header);
  nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, &Callbacks::invalid_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Callbacks::data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Callbacks::frame);
  nghttp2_session_callbacks_set_before_frame_send_callback(callbacks, &Callbacks::before_send);
  nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, &Callbacks::not_sent);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Callbacks::stream_closed);
  nghttp2_option_set_no_auto_window_update(option, 1);
  BANYAN_CHECK(nghttp2_session_client_new3(&session_, callbacks, this, option, http2_session_memory()) == 0);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, Http2ClientOptions::kStreamWindow},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(options_.head.head_bytes_max)}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                        static_cast<std::int32_t>(Http2ClientOptions::kConnectionWindow));
}

bool Http2ClientConnection::has_room() const {
  if (is_ending() || nghttp2_session_check_request_allowed(session_) == 0) return false;
  const std::uint32_t allowed = nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  return streams_.size() < std::min(allowed, Http2ClientOptions::kStreamsMax);
}

void Http2ClientConnection::tell_pool() {
  if (const auto pool = pool_.lock()) pool->changed();
}

void Http2ClientConnection::remove(std::int32_t id) {
  if (streams_.erase(id) == 0) return;
  if (streams_.empty()) {
    idle_since_ = now();
    wake_reader();
  }
  tell_pool();
}

void Http2ClientConnection::retire() {
  ending_ = true;
  if (streams_.empty()) wake_reader();
  tell_pool();
}

void Http2ClientConnection::timed_out(TimePoint sent) {
  if (last_input() <= sent) retire();
}

TimePoint Http2ClientConnection::read_deadline() const {
  return streams_.empty() ? idle_since_ + options_.idle_timeout : silence_deadline();
}

Task<Result<void>> Http2ClientConnection::read_all() {
  while (!finished()) {
    const Result<void> readable = co_await stream_.wait_readable(read_deadline());
    if (!readable.ok()) {
      if (readable.error().code() != ErrorCode::kDeadlineExceeded) co_return readable;
      if (now() < read_deadline()) continue;
      if (streams_.empty()) co_return {};
      if (ask_for_life()) continue;
      co_return Error(ErrorCode::kUnavailable, address_.text() + " gives no sign of life");
    }
    BufferLease lease = co_await try_(BufferLease::take(memory()));
    const std::optional<Result<std::size_t>> read = stream_.try_read(lease.bytes());
    if (!read) continue;
    if (!read->ok()) co_return read->error();
    if (**read == 0) co_return Error(ErrorCode::kUnavailable, address_.text() + " closed the connection");
    if (!take_input(lease.bytes().first(**read))) {
      co_return Error(ErrorCode::kInvalidArgument, "what " + address_.text() + " sends is not HTTP/2");
    }
  }
  co_return {};
}

void Http2ClientConnection::fail_streams(const Error& error) {
  std::vector<Http2ClientStream*> all;
  for (const auto& [id, stream] : streams_) all.push_back(stream);
  for (Http2ClientStream* stream : all) stream->failed(error);
}

Task<Result<void>> Http2ClientConnection::serve() {
  Result<void> read = co_await read_all();
  ending_ = true;
  const bool in_order = read.ok() && !failed_;
  fail_streams(read.ok() ? Error(ErrorCode::kUnavailable, address_.text() + " ended the connection") : read.error());
  if (in_order) nghttp2_session_terminate_session(session_, NGHTTP2_NO_ERROR);
  end_writing();
  tell_pool();
  co_return in_order ? Result<void>() : Result<void>(Error(ErrorCode::kUnavailable, "the connection has failed"));
}

Task<void> Http2ClientConnection::run(std::shared_ptr<Http2ClientConnection> self) {
  (void)co_await with_scope(self.get(), [](Scope& scope, Http2ClientConnection*& c) -> Task<Result<void>> {
    scope.spawn_pinned("h2 client writer", c->write_all(c->options_.io_timeout));
    co_await try_(c->serve());
    // What is left to say, GOAWAY above all.
    co_return co_await scope.join();
  });
  self->stream_.close();
}

}  // namespace banyan
