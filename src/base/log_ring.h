// A bounded queue of log lines from one thread to the log's writer: one producer, one consumer, no lock.
//
// Lines lie one after the other in a ring of bytes, each behind a header and never wrapped, so that both sides handle
// them as plain views; where a line does not fit before the ring's end, padding fills the rest. Positions only grow;
// their low bits index the ring.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace banyan {

class LogRing {
 public:
  static constexpr std::uint64_t kBytes = 256 * 1024;  // a power of two; untouched pages cost nothing
  static constexpr std::uint64_t kLineBytesMax = kBytes / 4;

  // Producer: false, and nothing written, where there is no room. `line` is at most kLineBytesMax long.
  bool push(std::uint32_t sink, std::string_view line) {
    const std::uint64_t at = written_.load(std::memory_order_relaxed);
    const std::uint64_t need = sizeof(Header) + round_up(line.size());
    const std::uint64_t to_end = kBytes - (at & kMask);
    const std::uint64_t padding = to_end < need ? to_end : 0;
    if (kBytes - (at - read_seen_) < padding + need) {
      read_seen_ = read_.load(std::memory_order_acquire);
      if (kBytes - (at - read_seen_) < padding + need) return false;
    }
    if (padding > 0) put_header(at, {static_cast<std::uint32_t>(padding - sizeof(Header)), kPadding});
    const std::uint64_t start = at + padding;
    put_header(start, {static_cast<std::uint32_t>(line.size()), sink});
    std::memcpy(&bytes_[(start & kMask) + sizeof(Header)], line.data(), line.size());
    // Sequentially consistent because the producer looks next at whether the writer sleeps (log_sink.cpp).
    written_.store(start + need, std::memory_order_seq_cst);
    return true;
  }

  // Producer: whether more than half of the ring is waiting. Looks at the consumer's position only when the one last
  // seen says so.
  bool over_half() {
    const std::uint64_t at = written_.load(std::memory_order_relaxed);
    if (at - read_seen_ <= kBytes / 2) return false;
    read_seen_ = read_.load(std::memory_order_acquire);
    return at - read_seen_ > kBytes / 2;
  }

  // Consumer: hands each waiting line to take(sink, line) and then frees them all. True if there was one.
  template <class Take>
  bool drain(Take&& take) {
    const std::uint64_t start = read_.load(std::memory_order_relaxed);
    const std::uint64_t stop = written_.load(std::memory_order_acquire);
    for (std::uint64_t at = start; at != stop;) {
      Header header;
      std::memcpy(&header, &bytes_[at & kMask], sizeof header);
      if (header.sink != kPadding) {
        take(header.sink, std::string_view(&bytes_[(at & kMask) + sizeof(Header)], header.size));
      }
      at += sizeof(Header) + round_up(header.size);
    }
    read_.store(stop, std::memory_order_release);
    return start != stop;
  }

  bool empty() const { return read_.load(std::memory_order_relaxed) == written_.load(std::memory_order_seq_cst); }

  // The producing thread has ended: once empty, the ring can go.
  std::atomic<bool> abandoned = false;

 private:
  struct Header {
    std::uint32_t size;
    std::uint32_t sink;
  };
  static constexpr std::uint64_t kMask = kBytes - 1;
  static constexpr std::uint32_t kPadding = 0;  // no sink has this number

  static std::uint64_t round_up(std::uint64_t size) { return (size + 7) & ~std::uint64_t{7}; }
  void put_header(std::uint64_t at, Header header) { std::memcpy(&bytes_[at & kMask], &header, sizeof header); }

  alignas(64) std::atomic<std::uint64_t> written_ = 0;
  std::uint64_t read_seen_ = 0;  // the producer's copy of read_, refreshed when the ring looks full
  alignas(64) std::atomic<std::uint64_t> read_ = 0;
  std::unique_ptr<char[]> bytes_ = std::make_unique_for_overwrite<char[]>(kBytes);
};

}  // namespace banyan
