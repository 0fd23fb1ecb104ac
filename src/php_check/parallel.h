// The same work on many things by several threads, which share nothing but the number of the next one.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace banyan::php {

// Runs work(0) ... work(count - 1), each once, in any order; the calling thread is one of the workers. Returns when all
// is done.
template <class Work>
void in_parallel(std::size_t count, std::size_t threads, const Work& work) {
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    for (std::size_t index; (index = next.fetch_add(1, std::memory_order_relaxed)) < count;) work(index);
  };
  std::vector<std::thread> workers;
  for (std::size_t i = 1; i < std::min(threads, count); ++i) workers.emplace_back(run);
  run();
  for (std::thread& worker : workers) worker.join();
}

}  // namespace banyan::php
