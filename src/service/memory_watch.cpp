#include "service/memory_watch.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <string_view>

#include "base/log.h"

namespace banyan::service {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookEvery = 50ms;
constexpr auto kLookEveryNearLimit = 10ms;  // above half of it
constexpr auto kTrimEvery = 1s;

}  // namespace

std::uint64_t resident_bytes() {
  const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[128];
  const ssize_t bytes = read(file, text, sizeof text);
  close(file);
  const std::string_view line(text, bytes < 0 ? 0 : static_cast<std::size_t>(bytes));
  std::uint64_t pages = 0;  // the second number
  const std::size_t second = line.find(' ');
  if (second == std::string_view::npos) return 0;
  std::from_chars(line.data() + second + 1, line.data() + line.size(), pages);
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

MemoryWatch::MemoryWatch(MemoryBudget& budget, std::uint64_t limit_bytes) : budget_(budget), limit_bytes_(limit_bytes) {
  look();
  thread_ = std::thread([this] { run(); });
}

MemoryWatch::~MemoryWatch() {
  {
    const std::lock_guard guard(mutex_);
    ending_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void MemoryWatch::look() {
  budget_.measured(resident_bytes());
  const bool over = budget_.above_soft_limit();
  if (over == over_) return;
  over_ = over;
  log_warn(over ? "memory_soft_limit_passed" : "memory_below_soft_limit",
           {{"used_bytes", budget_.used()}, {"limit_bytes", limit_bytes_}});
}

void MemoryWatch::run() {
  auto trimmed = std::chrono::steady_clock::time_point();
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const bool near = budget_.used() > limit_bytes_ / 2;
    if (ended_.wait_for(lock, near ? kLookEveryNearLimit : kLookEvery, [this] { return ending_; })) return;
    look();
    const auto time = std::chrono::steady_clock::now();
    if (!over_ || time - trimmed < kTrimEvery) continue;
    trimmed = time;
    malloc_trim(0);
  }
}

}  // namespace banyan::service
