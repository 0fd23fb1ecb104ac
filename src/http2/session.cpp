#include "http2/session.h"

#include <string>

#include "runtime/runtime.h"

namespace banyan {

Http2Session::Http2Session(Stream stream, MemoryBudget& memory)
    : stream_(std::move(stream)), memory_(memory), last_input_(now()) {}

Http2Session::~Http2Session() { nghttp2_session_del(session_); }

void Http2Session::wake_reader() {
  if (stream_.is_open()) stream_.socket().readiness->notify(true, false, false);
}

bool Http2Session::ask_for_life() {
  if (ping_sent_) return false;
  nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr);
  wake_writer();
  ping_sent_ = true;
  ping_deadline_ = now() + ping_timeout_;
  return true;
}

bool Http2Session::is_over() const {
  return failed_ || (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0);
}

bool Http2Session::take_input(std::span<const std::byte> bytes) {
  last_input_ = now();
  ping_sent_ = false;
  const auto* input = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const ssize_t taken = nghttp2_session_mem_recv(session_, input, bytes.size());
  wake_writer();
  if (taken >= 0) return true;
  const bool abuse = taken == NGHTTP2_ERR_CALLBACK_FAILURE || taken == NGHTTP2_ERR_FLOODED;
  nghttp2_session_terminate_session(session_, abuse ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR);
  return false;
}

Task<Result<void>> Http2Session::write_all(Duration wait_max) {
  constexpr std::size_t kTogether = 32 * 1024;
  std::string out;
  for (;;) {
    out.clear();
    while (out.size() < kTogether) {
      const std::uint8_t* bytes = nullptr;
      const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
      if (size <= 0) break;
      out.append(http2_text(bytes, static_cast<std::size_t>(size)));
    }
    if (!out.empty()) {
      if (!(co_await stream_.write(out, now() + wait_max)).ok()) break;
      continue;
    }
    if (ending_) break;
    if (out.capacity() > kTogether) out.shrink_to_fit();
    if (nghttp2_session_want_read(session_) == 0) wake_reader();
    co_await try_(co_await output_.wait());
    output_.reset();
  }
  failed_ = true;
  wake_reader();
  co_return {};
}

}  // namespace banyan
