// What both ends of an HTTP/2 connection share: nghttp2's session over one socket, and the task that writes.
//
// nghttp2 is asked for frames only when the socket has taken what it gave before, so that what waits to be written is
// bounded and streams take turns. All of it belongs to one worker.
#pragma once

#include <nghttp2/nghttp2.h>

#include <string_view>

#include "net/buffer_pool.h"
#include "net/stream.h"
#include "runtime/sync.h"
#include "runtime/task.h"

namespace banyan {

class Http2Session {
 public:
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  nghttp2_session* session() const { return session_; }
  Stream& stream() { return stream_; }
  MemoryBudget& memory() const { return memory_; }
  // There may be something to write.
  void wake_writer() { output_.set(); }

 protected:
  Http2Session(Stream stream, MemoryBudget& memory);
  ~Http2Session();

  // Writes frames as they come until end_writing() was called and all is written, or a write fails or takes longer than
  // `wait_max`; either ends the reader's wait too.
  Task<Result<void>> write_all(Duration wait_max);
  void end_writing() {
    ending_ = true;
    wake_writer();
  }
  // Ends the reader's wait, so that it sees what has changed.
  void wake_reader();
  // False: the session is over; what is left to say about it is with the writer.
  bool take_input(std::span<const std::byte> bytes);
  // A peer on which others wait must show that it is there: when silence_deadline() has passed it is asked for a sign
  // of life (PING). False: it was, and gave none.
  bool ask_for_life();
  TimePoint silence_deadline() const { return ping_sent_ ? ping_deadline_ : last_input_ + ping_interval_; }
  void set_ping_times(Duration interval, Duration timeout) {
    ping_interval_ = interval;
    ping_timeout_ = timeout;
  }
  TimePoint last_input() const { return last_input_; }
  // Nothing more can be written, or neither side has anything more to say.
  bool is_over() const;

  nghttp2_session* session_ = nullptr;  // set by the end's constructor
  Stream stream_;
  bool failed_ = false;  // the connection cannot be written to any more

 private:
  MemoryBudget& memory_;
  bool ending_ = false;  // nothing more is read; the writer stops when all is written
  TimePoint last_input_;
  Duration ping_interval_ = std::chrono::seconds(60);
  Duration ping_timeout_ = std::chrono::seconds(20);
  bool ping_sent_ = false;
  TimePoint ping_deadline_ = kNever;
  Event output_;
};

// Bytes as nghttp2 has them, as text.
inline std::string_view http2_text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace banyan
