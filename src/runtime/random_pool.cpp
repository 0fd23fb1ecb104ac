#include "runtime/random_pool.h"

#include <pthread.h>
#include <sys/random.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace banyan {
namespace {

constexpr std::size_t kMostFromPool = 64;

// How many forks lie between the first process and this one: what was taken before the last is the parent's.
std::atomic<unsigned> forks{0};

void fill_from_kernel(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t n = ::getrandom(out.data(), out.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    BANYAN_CHECK(n > 0);
    out = out.subspan(static_cast<std::size_t>(n));
  }
}

class RandomPool {
 public:
  void fill(std::span<std::byte> out) {
    if (left_ < out.size() || forks_ != forks.load(std::memory_order_relaxed)) refill();
    left_ -= out.size();
    std::memcpy(out.data(), bytes_.data() + left_, out.size());
    ::explicit_bzero(bytes_.data() + left_, out.size());
  }

 private:
  void refill() {
    [[maybe_unused]] static const int watched =
        ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
    forks_ = forks.load(std::memory_order_relaxed);
    fill_from_kernel(bytes_);
    left_ = bytes_.size();
  }

  std::array<std::byte, 256> bytes_{};  // as many as getrandom(2) gives without being interrupted
  std::size_t left_ = 0;
  unsigned forks_ = 0;
};

thread_local constinit RandomPool pool;

}  // namespace

void fill_from_pool(std::span<std::byte> out) {
  if (out.size() > kMostFromPool) {
    fill_from_kernel(out);
  } else {
    pool.fill(out);
  }
}

}  // namespace banyan
