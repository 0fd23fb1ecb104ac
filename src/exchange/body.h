// The one model of message bodies: a stream of frames that the reader pulls.
//
// Nothing in Banyan holds a whole body: whoever writes asks for the next frame when it has room, so that a slow reader
// slows the writer down to the socket at the far end. HTTP/1.1, FastCGI and later HTTP/2 give their bodies in this
// form, and so do files, strings and generated answers. After an upgrade (a tunnel) the same two streams carry raw
// bytes; the end of one is a half-close.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/fields.h"
#include "runtime/task.h"

namespace banyan {

class SplicePipe;

struct BodyFrame {
  enum class Kind : std::uint8_t {
    kData,  // `data`, not empty
    kEnd,   // the body is whole; `trailers` may hold fields that came after it. Only kEnd follows
  };
  Kind kind = Kind::kEnd;
  std::string_view data;             // valid until next() is called or the source destroyed; try_next() leaves it
  const Fields* trailers = nullptr;  // null: none; as long as the source
};

class BodySource {
 public:
  BodySource() = default;
  BodySource(const BodySource&) = delete;
  BodySource& operator=(const BodySource&) = delete;
  virtual ~BodySource() = default;

  // The next frame; suspends until there is one. An error means that the body broke off: kUnavailable (the peer went
  // away), kInvalidArgument (its framing is wrong), kResourceExhausted (over a limit), kDeadlineExceeded, kCancelled.
  virtual Task<Result<BodyFrame>> next() = 0;
  // A frame that is here already. False: call next(). Never suspends; saves a coroutine where the body has arrived
  // with its head.
  virtual bool try_next(BodyFrame* frame) {
    (void)frame;
    return false;
  }
  // As next(), for a reader that only hands the bytes on to a plain stream and has used all frames it was given: puts
  // some of what lies in a socket into `pipe` (net/splice_pipe.h), and gives their number. 0: call next().
  virtual Task<Result<std::size_t>> next_spliced(SplicePipe& pipe);
  // How many bytes are still to come, where that is known.
  virtual std::optional<std::uint64_t> bytes_left() const { return std::nullopt; }
  // Begins once more, where that can be. False: what was read is gone.
  virtual bool restart() { return false; }
};

// No body at all.
class EmptyBody final : public BodySource {
 public:
  Task<Result<BodyFrame>> next() override;
  bool try_next(BodyFrame* frame) override;
  std::optional<std::uint64_t> bytes_left() const override { return 0; }
};

// A body from memory: `text` must outlive it, unless given as an owned string.
class StringBody final : public BodySource {
 public:
  explicit StringBody(std::string_view text) : whole_(text), text_(text) {}
  static std::unique_ptr<StringBody> owned(std::string text);
  Task<Result<BodyFrame>> next() override;
  bool try_next(BodyFrame* frame) override;
  std::optional<std::uint64_t> bytes_left() const override { return text_.size(); }
  bool restart() override {
    text_ = whole_;
    return true;
  }

 private:
  std::string storage_;
  std::string_view whole_;
  std::string_view text_;  // what is left of it
};

// Passes a body through and keeps a copy of up to `bytes_max` bytes of it: for mirroring and comparison. A body that is
// longer is passed on all the same; the copy is then given up, so that memory stays bounded.
class TeeBody final : public BodySource {
 public:
  TeeBody(BodySource& source, std::size_t bytes_max) : source_(source), bytes_max_(bytes_max) {}
  Task<Result<BodyFrame>> next() override;
  bool try_next(BodyFrame* frame) override;
  Task<Result<std::size_t>> next_spliced(SplicePipe& pipe) override {
    return overflowed_ ? source_.next_spliced(pipe) : BodySource::next_spliced(pipe);
  }
  std::optional<std::uint64_t> bytes_left() const override { return source_.bytes_left(); }

  // True when the body has ended well and all of it was kept. A body of known length has ended with its last byte,
  // whether or not the reader has asked for the end.
  bool complete() const { return !overflowed_ && (ended_ || source_.bytes_left() == 0); }
  bool overflowed() const { return overflowed_; }
  std::string take_copy() { return std::move(copy_); }

 private:
  void keep(const BodyFrame& frame);
  BodySource& source_;
  std::size_t bytes_max_;
  std::string copy_;
  bool ended_ = false;
  bool overflowed_ = false;
};

// Reads a body to its end into a string of at most `bytes_max` bytes; kResourceExhausted if it is longer.
Task<Result<std::string>> read_all(BodySource& body, std::size_t bytes_max);

}  // namespace banyan
