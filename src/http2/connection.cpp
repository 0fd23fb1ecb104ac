#include "http2/connection.h"

#include <algorithm>

#include "http2/session_memory.h"
#include "net/buffer_pool.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

void add(std::atomic<std::uint64_t>& counter, std::uint64_t amount) {
  counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

Http2Exchange* exchange_of(nghttp2_session* session, std::int32_t stream) {
  return static_cast<Http2Exchange*>(static_cast<Http2Bodies*>(nghttp2_session_get_stream_user_data(session, stream)));
}

}  // namespace

// What nghttp2 calls while it takes input. Nothing here suspends.
struct Http2Connection::Callbacks {
  static Http2Connection& self(void* user) { return *static_cast<Http2Connection*>(user); }

  static int begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    Http2Connection& connection = self(user);
    const std::int32_t id = frame->hd.stream_id;
    // Streams that the client has reset still have their handlers: they count too, or resets would be free.
    if (connection.exchanges_.size() >= std::size_t{Http2Server::kStreamsMax} * 2) {
      connection.end_with(NGHTTP2_ENHANCE_YOUR_CALM);
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    auto exchange = std::make_unique<Http2Exchange>(connection, id);
    nghttp2_session_set_stream_user_data(session, id, static_cast<Http2Bodies*>(exchange.get()));
    connection.exchanges_[id] = std::move(exchange);
    if (connection.heads_begun_++ == 0) connection.head_deadline_ = now() + connection.options_.header_timeout;
    return 0;
  }

  // fixed signature
  static int header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
                    void* user) {
    Http2Exchange* exchange = exchange_of(session, frame->hd.stream_id);
    if (exchange == nullptr) return 0;
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
      exchange->incoming.arrived_trailer(http2_text(name, name_size), http2_text(value, value_size));
      return 0;
    }
    exchange->text().add(http2_text(name, name_size), http2_text(value, value_size));
    // A head far beyond the limit is no mistake.
    const bool abuse = exchange->text().received() > 16 * self(user).options_.head.head_bytes_max;
    return abuse ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
  }

  // fixed signature
  static int invalid_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t*, std::size_t,
                            const std::uint8_t*, std::size_t, std::uint8_t, void*) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // the stream is reset; by default the field would be passed over
  }

  // fixed signature
  static int data(nghttp2_session* session, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
                  std::size_t size, void*) {
    Http2Exchange* exchange = exchange_of(session, stream);
    if (exchange != nullptr && exchange->incoming.arrived(http2_text(bytes, size))) return 0;
    nghttp2_session_consume(session, stream, size);
    if (exchange != nullptr) exchange->abort();
    return 0;
  }

  static bool is_cheap(const nghttp2_frame& frame) {
    switch (frame.hd.type) {
      case NGHTTP2_PING:
      case NGHTTP2_SETTINGS:
        return (frame.hd.flags & NGHTTP2_FLAG_ACK) == 0;
      case NGHTTP2_PRIORITY:
      case NGHTTP2_RST_STREAM:
        return true;
      case NGHTTP2_DATA:
        return frame.hd.length == 0 && (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0;
      default:
        return false;
    }
  }

  static int frame(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    Http2Connection& connection = self(user);
    if (is_cheap(*frame) && !connection.spend_cheap_frame()) {
      connection.end_with(NGHTTP2_ENHANCE_YOUR_CALM);
      return 0;
    }
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
    const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    Http2Exchange* exchange = exchange_of(session, frame->hd.stream_id);
    if (exchange == nullptr) return 0;
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      connection.head_is_whole(*exchange, ends);
    } else if (ends) {
      exchange->incoming.ended();
    }
    return 0;
  }

  static int stream_closed(nghttp2_session* session, std::int32_t stream, std::uint32_t error_code, void* user) {
    if (Http2Exchange* exchange = exchange_of(session, stream)) {
      exchange->closed(error_code);
      if (!exchange->is_running()) {  // its head never became whole
        Http2Connection& connection = self(user);
        if (--connection.heads_begun_ == 0) connection.head_deadline_ = kNever;
        connection.forget(exchange);
      }
    }
    return 0;
  }
};

Http2Connection::Http2Connection(Http2Server& server, Stream stream, bool secure)
    : Http2Session(std::move(stream), server.memory_),
      server_(server),
      options_(server.options_),
      secure_(secure),
      index_(server.connections_.size()),
      idle_since_(now()),
      cheap_since_(idle_since_) {
  server_.connections_.push_back(this);
  add(server_.counters_.open, 1);
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* option = nullptr;
  BANYAN_CHECK(nghttp2_session_callbacks_new(&callbacks) == 0 && nghttp2_option_new(&option) == 0);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, &Callbacks::begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, &Callbacks::header);
  nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, &Callbacks::invalid_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Callbacks::data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Callbacks::frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Callbacks::stream_closed);
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_closed_streams(option, 1);
  BANYAN_CHECK(nghttp2_session_server_new3(&session_, callbacks, this, option, http2_session_memory()) == 0);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, Http2Server::kStreamsMax},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, Http2Server::kStreamWindow},
      {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(options_.head.head_bytes_max)}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                        static_cast<std::int32_t>(Http2Server::kConnectionWindow));
}

Http2Connection::~Http2Connection() {
  exchanges_.clear();
  server_.connections_[index_] = server_.connections_.back();
  server_.connections_[index_]->index_ = index_;
  server_.connections_.pop_back();
  add(server_.counters_.open, ~std::uint64_t{0});
}

const SocketAddress& Http2Connection::local() {
  if (local_.family == SocketAddress::Family::kNone) local_ = stream_.local();
  return local_;
}

// A bucket that fills up again in ten seconds.
bool Http2Connection::spend_cheap_frame() {
  const TimePoint time = now();
  const auto refill = (time - cheap_since_) * Http2Server::kCheapFrames / std::chrono::seconds(10);
  if (refill > 0) {
    cheap_since_ = time;
    cheap_frames_ = static_cast<int>(std::min<std::int64_t>(Http2Server::kCheapFrames, cheap_frames_ + refill));
  }
  return cheap_frames_-- > 0;
}

bool Http2Connection::take_frames(std::span<const std::byte> bytes) {
  const ClientFrames::Seen seen = frames_.look(bytes);
  if (!take_input(bytes.first(seen.good))) return false;
  if (seen.error_code != NGHTTP2_NO_ERROR) end_with(seen.error_code);
  return seen.error_code == NGHTTP2_NO_ERROR;
}

void Http2Connection::end_with(std::uint32_t error_code) {
  if (error_code == NGHTTP2_ENHANCE_YOUR_CALM) add(server_.counters_.abused, 1);
  nghttp2_session_terminate_session(session_, error_code);
}

void Http2Connection::head_is_whole(Http2Exchange& exchange, bool no_body) {
  if (--heads_begun_ == 0) head_deadline_ = kNever;
  const Refusal refusal = exchange.accept(no_body);
  exchange.set_running();
  scope_->spawn_pinned("h2 stream", run_stream(&exchange, refusal));
}

Task<Result<void>> Http2Connection::run_stream(Http2Exchange* exchange, Refusal refusal) {
  add(refusal ? server_.counters_.refused : server_.counters_.requests, 1);
  if (refusal) {
    co_await exchange->refuse(refusal);
    server_.handler_.refused(*exchange, refusal.sentence);
  } else {
    add(server_.counters_.active, 1);
    co_await server_.handler_.handle(*exchange);
    co_await exchange->finish();
    add(server_.counters_.active, ~std::uint64_t{0});
  }
  exchange->incoming.give_up();
  if (!exchange->is_closed()) nghttp2_session_set_stream_user_data(session_, exchange->stream(), nullptr);
  forget(exchange);
  wake_writer();
  co_return {};
}

void Http2Connection::forget(Http2Exchange* exchange) {
  exchanges_.erase(exchange->stream());
  if (exchanges_.empty()) {
    idle_since_ = now();
    wake_reader();
  }
}

bool Http2Connection::finished() const { return is_over() || (drained_ && exchanges_.empty()); }

TimePoint Http2Connection::read_deadline() const {
  if (heads_begun_ > 0) return head_deadline_;
  return exchanges_.empty() ? idle_since_ + options_.idle_timeout : silence_deadline();
}

Task<Result<void>> Http2Connection::read_all() {
  const std::string before = std::move(read_before_);
  if (!before.empty() && !take_frames(std::as_bytes(std::span(before)))) co_return {};
  while (!finished()) {
    const Result<void> readable = co_await stream_.wait_readable(read_deadline());
    if (!readable.ok()) {
      if (readable.error().code() != ErrorCode::kDeadlineExceeded) co_return readable;
      if (now() < read_deadline()) continue;
      if (heads_begun_ == 0 && !exchanges_.empty()) {
        if (ask_for_life()) continue;
        failed_ = true;
        co_return {};
      }
      end_with(heads_begun_ > 0 ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_NO_ERROR);
      co_return {};
    }
    BufferLease lease = co_await try_(BufferLease::take(memory()));
    const std::optional<Result<std::size_t>> read = stream_.try_read(lease.bytes());
    if (!read) continue;
    if (!read->ok() || **read == 0) {
      failed_ = true;
      co_return {};
    }
    if (!take_frames(lease.bytes().first(**read))) co_return {};
  }
  co_return {};
}

void Http2Connection::drain() {
  drained_ = true;
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_),
                        NGHTTP2_NO_ERROR, nullptr, 0);
  wake_writer();
  wake_reader();
}

Task<void> Http2Connection::run(std::string read) {
  read_before_ = std::move(read);
  if (server_.draining_) drain();
  (void)co_await with_scope(this, [](Scope& scope, Http2Connection*& self) -> Task<Result<void>> {
    self->scope_ = &scope;
    (void)co_await with_scope(self, [](Scope& writing, Http2Connection*& connection) -> Task<Result<void>> {
      writing.spawn_pinned("h2 writer", connection->write_all(connection->options_.body_timeout));
      (void)co_await connection->read_all();
      for (auto& [id, exchange] : connection->exchanges_) exchange->closed(NGHTTP2_CANCEL);
      connection->scope_->cancel();
      (void)co_await connection->scope_->join_all();
      // What is left to say, GOAWAY above all.
      connection->end_writing();
      co_return co_await writing.join();
    });
    co_return {};
  });
  if (stream_.is_open()) (void)co_await stream_.shutdown_write(now() + std::chrono::seconds(1));
}

Http2Server::Http2Server(Handler& handler, MemoryBudget& memory, ServerLimits options)
    : handler_(handler), memory_(memory), options_(options) {}

Http2Server::~Http2Server() { BANYAN_CHECK(connections_.empty()); }

Task<void> Http2Server::serve(Stream stream, bool secure, std::string read) {
  Http2Connection connection(*this, std::move(stream), secure);
  co_await connection.run(std::move(read));
}

void Http2Server::drain() {
  draining_ = true;
  for (Http2Connection* connection : connections_) connection->drain();
}

}  // namespace banyan
