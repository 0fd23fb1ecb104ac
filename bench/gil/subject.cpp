// bench/gil on Banyan's tasks: how much faster many tasks are than one.
//
// A task repeats: where there is a PORT, send a byte to delay.cpp and wait for the answer; then compute for about
// 0.4 ms, in chunks found out at the start, so that every language computes for as long. First one task does it alone,
// then TASKS of them, each for SECONDS. Printed: how often it was done, how long it took, and the processor's time.
//
// usage: bench_gil_subject PORT TASKS WORKERS SECONDS      PORT 0: nothing is waited for
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/check.h"
#include "net/connect.h"
#include "runtime/runtime.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

constexpr Duration kChunk = std::chrono::microseconds(400);

struct Settings {
  bool waits = false;
  SocketAddress address;  // where it does
  long tasks = 1;
  unsigned workers = 1;
  Duration length{};
};

std::atomic<std::uint64_t> sink{0};

// Goes on where the last one ended, or the compiler would do it once for all.
void burn(long rounds) {
  std::uint64_t x = sink.load(std::memory_order_relaxed) | 1;
  for (long i = 0; i < rounds; ++i) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
  }
  sink.store(x, std::memory_order_relaxed);
}

long rounds_of_a_chunk() {
  constexpr long kTried = 1'000'000;
  Duration best = Duration::max();
  for (int i = 0; i < 20; ++i) {
    const TimePoint start = now();
    burn(kTried);
    best = std::min(best, now() - start);
  }
  return kTried * kChunk.count() / best.count();
}

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Phase {
  Settings settings;
  long rounds = 0;
  TimePoint until{};
  std::atomic<long> done{0};
  WaitGroup running;
};

Task<Result<void>> work(Phase* phase) {
  Stream stream;
  if (phase->settings.waits) stream = co_await try_(connect(phase->settings.address));
  long done = 0;
  while (now() < phase->until) {
    if (stream.is_open()) {
      std::byte one[1];
      co_await try_(co_await stream.write("q"));
      (void)co_await try_(co_await stream.read(one));
    } else {
      co_await yield();
    }
    burn(phase->rounds);
    ++done;
  }
  phase->done.fetch_add(done);
  co_return Result<void>();
}

Task<void> run_one(Phase* phase) {
  const Result<void> worked = co_await work(phase);
  BANYAN_CHECK(worked.ok());
  phase->running.done();
}

Task<void> measure(const char* name, Settings settings, long tasks, long rounds) {
  Phase phase{.settings = settings, .rounds = rounds, .until = {}, .done = {}, .running = {}};
  phase.running.add(static_cast<std::size_t>(tasks));
  const TimePoint start = now();
  const double spent = cpu_s();
  phase.until = start + settings.length;
  for (long i = 0; i < tasks; ++i) go("work", run_one(&phase));
  (void)co_await phase.running.wait();
  std::printf("\"%s\":{\"done\":%ld,\"wall_s\":%f,\"cpu_s\":%f}", name, phase.done.load(),
              std::chrono::duration<double>(now() - start).count(), cpu_s() - spent);
}

Task<int> measure_both(Settings settings) {
  const long rounds = rounds_of_a_chunk();
  std::printf("{");
  co_await measure("alone", settings, 1, rounds);
  std::printf(",");
  co_await measure("together", settings, settings.tasks, rounds);
  std::printf("}\n");
  co_return 0;
}

}  // namespace
}  // namespace banyan

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: bench_gil_subject PORT TASKS WORKERS SECONDS\n");
    return 2;
  }
  const banyan::Result<banyan::SocketAddress> address =
      banyan::SocketAddress::parse(std::string("127.0.0.1:") + argv[1]);
  if (!address.ok()) {
    std::fprintf(stderr, "%s\n", address.error().text().c_str());
    return 2;
  }
  const std::chrono::duration<double> length(std::atof(argv[4]));
  const banyan::Settings settings{.waits = std::strcmp(argv[1], "0") != 0,
                                  .address = *address,
                                  .tasks = std::atol(argv[2]),
                                  .workers = static_cast<unsigned>(std::atoi(argv[3])),
                                  .length = std::chrono::duration_cast<banyan::Duration>(length)};
  banyan::RuntimeOptions options;
  options.workers = settings.workers;
  options.on_stall = [](const char*, std::uint64_t, banyan::Duration) {};
  return banyan::run(options, banyan::measure_both(settings));
}
