#include "php_cli/file_workers.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "cli/progress_bar.h"

namespace banyan {

namespace {

constexpr std::int64_t kThreadsMax = 256;

}  // namespace

Option threads_option() {
  return {.name = "threads", .value = "N", .about = "how many threads (default: one per processor)"};
}

Result<std::size_t> thread_count(const Arguments& arguments) {
  const std::int64_t processors = std::max(1U, std::thread::hardware_concurrency());
  BANYAN_TRY(const std::int64_t count, arguments.integer("threads", 1, kThreadsMax, std::min(processors, kThreadsMax)));
  return static_cast<std::size_t>(count);
}

void for_each_file(std::size_t count, std::size_t threads, std::string label,
                   const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  const auto take_one = [&] {
    const std::size_t index = next.fetch_add(1, std::memory_order_relaxed);
    if (index >= count) return false;
    work(index);
    return true;
  };
  std::vector<std::thread> workers;
  for (std::size_t i = 1; i < std::min(threads, count); ++i) {
    workers.emplace_back([&take_one] {
      while (take_one()) {
      }
    });
  }
  ProgressBar progress(std::move(label), count);
  while (take_one()) progress.update(std::min(next.load(std::memory_order_relaxed), count));
  for (std::thread& worker : workers) worker.join();
}

}  // namespace banyan
