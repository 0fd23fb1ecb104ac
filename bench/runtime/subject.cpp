// The runtime bench's cases on Banyan's tasks, in the shapes that runtime/go/main.go describes.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/check.h"
#include "runtime/channel.h"
#include "runtime/runtime.h"
#include "runtime/select.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

struct Arguments {
  const char* shape = "spawn";
  long count = 1000000;
  unsigned workers = 1;
};

Task<void> do_nothing(WaitGroup* group) {
  group->done();
  co_return;
}

Task<void> spawn(long n) {
  WaitGroup group;
  group.add(static_cast<std::size_t>(n));
  for (long i = 0; i < n; ++i) go("nothing", do_nothing(&group));
  (void)co_await group.wait();
}

long resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  long total = 0;
  long resident = 0;
  BANYAN_CHECK(file != nullptr && std::fscanf(file, "%ld %ld", &total, &resident) == 2);
  std::fclose(file);
  return resident * sysconf(_SC_PAGESIZE);
}

Task<void> wait_at(Channel<int>* gate, std::atomic<long>* arrived, WaitGroup* group) {
  arrived->fetch_add(1);
  (void)co_await gate->receive();
  group->done();
}

Task<double> park(long n) {
  std::atomic<long> arrived{0};
  Channel<int> gate;
  WaitGroup group;
  group.add(static_cast<std::size_t>(n));
  const long before = resident_bytes();
  for (long i = 0; i < n; ++i) go("parked", wait_at(&gate, &arrived, &group));
  while (arrived.load() < n) (void)co_await sleep_for(std::chrono::milliseconds(1));
  (void)co_await sleep_for(std::chrono::milliseconds(50));
  const long gained = resident_bytes() - before;
  gate.close();
  (void)co_await group.wait();
  co_return static_cast<double>(gained) / static_cast<double>(n);
}

Task<void> echo(Channel<int>* there, Channel<int>* back) {
  for (;;) {
    std::optional<int> value = *co_await there->receive();
    if (!value) break;
    (void)co_await back->send(*value);
  }
  back->close();
}

Task<void> round_trips(long n) {
  Channel<int> there;
  Channel<int> back;
  go("echo", echo(&there, &back));
  for (long i = 0; i < n; ++i) {
    (void)co_await there.send(static_cast<int>(i));
    (void)co_await back.receive();
  }
  there.close();
  (void)co_await back.receive();
}

Task<void> node(Channel<long>* parent, long first, long leaves) {
  if (leaves == 1) {
    (void)co_await parent->send(first);
    co_return;
  }
  Channel<long> sums;
  const long part = leaves / 10;
  for (int i = 0; i < 10; ++i) go("node", node(&sums, first + i * part, part));
  long total = 0;
  for (int i = 0; i < 10; ++i) {
    std::optional<long> sum = *co_await sums.receive();
    total += *sum;
  }
  (void)co_await parent->send(total);
}

Task<void> skynet(long n) {
  Channel<long> result;
  go("node", node(&result, 0, n));
  std::optional<long> sum = *co_await result.receive();
  BANYAN_CHECK(*sum == n * (n - 1) / 2);
}

Task<void> yield_often(long times, WaitGroup* group) {
  for (long i = 0; i < times; ++i) co_await yield();
  group->done();
}

Task<void> yields(long n) {
  WaitGroup group;
  group.add(10);
  for (int i = 0; i < 10; ++i) go("yielder", yield_often(n / 10, &group));
  (void)co_await group.wait();
}

Task<void> fill(Channel<int>* channels, long n) {
  for (long i = 0; i < n; ++i) (void)co_await channels[i % 8].send(1);
}

Task<void> select_among_8(long n) {
  Channel<int> c[8];
  go("filler", fill(c, n));
  std::optional<int> v[8];
  for (long i = 0; i < n; ++i) {
    (void)co_await select(receive_into(c[0], v[0]), receive_into(c[1], v[1]), receive_into(c[2], v[2]),
                          receive_into(c[3], v[3]), receive_into(c[4], v[4]), receive_into(c[5], v[5]),
                          receive_into(c[6], v[6]), receive_into(c[7], v[7]));
  }
}

Task<int> measure(Arguments arguments) {
  const long n = arguments.count;
  const std::string_view shape = arguments.shape;
  double bytes = 0;
  const TimePoint start = now();
  if (shape == "spawn") {
    co_await spawn(n);
  } else if (shape == "bytes") {
    bytes = co_await park(n);
  } else if (shape == "channel") {
    co_await round_trips(n);
  } else if (shape == "skynet") {
    co_await skynet(n);
  } else if (shape == "yield") {
    co_await yields(n);
  } else if (shape == "select") {
    co_await select_among_8(n);
  } else {
    std::fprintf(stderr, "--case %s: choose one of spawn, bytes, channel, skynet, yield, select\n", arguments.shape);
    co_return 2;
  }
  const double total = static_cast<double>((now() - start).count());
  std::printf("{\"case\":\"%s\",\"n\":%ld,\"workers\":%u,", arguments.shape, n, arguments.workers);
  if (shape == "bytes") {
    std::printf("\"bytes_per_task\":%.1f,", bytes);
  } else {
    std::printf("\"ns_per_op\":%.2f,", total / static_cast<double>(n));
  }
  std::printf("\"total_ns\":%.0f}\n", total);
  co_return 0;
}

}  // namespace
}  // namespace banyan

int main(int argc, char** argv) {
  banyan::Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--case") == 0) arguments.shape = argv[i + 1];
    if (std::strcmp(argv[i], "--n") == 0) arguments.count = std::atol(argv[i + 1]);
    if (std::strcmp(argv[i], "--workers") == 0) arguments.workers = static_cast<unsigned>(std::atoi(argv[i + 1]));
  }
  banyan::RuntimeOptions options;
  options.workers = arguments.workers;
  options.on_stall = [](const char*, std::uint64_t, banyan::Duration) {};
  return banyan::run(options, banyan::measure(arguments));
}
