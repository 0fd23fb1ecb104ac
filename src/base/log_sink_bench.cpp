// What write_line() costs its caller, in bursts short enough that the writer keeps up, as a server's access log has
// them. Prints the median and the 99th percentile of the bursts' means.
#include "base/log_sink.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

int main() {
  using namespace banyan;
  constexpr int kBursts = 2000;
  constexpr int kLines = 200;
  Result<std::unique_ptr<LogSink>> sink = LogSink::open("/dev/null", {});
  if (!sink.ok()) return 1;
  const std::string line(300, 'x');
  std::vector<double> costs;
  for (int burst = 0; burst < kBursts; ++burst) {
    const TimePoint start = steady_now();
    for (int i = 0; i < kLines; ++i) (*sink)->write_line(line);
    costs.push_back(static_cast<double>((steady_now() - start).count()) / kLines);
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  std::sort(costs.begin(), costs.end());
  std::printf("write_line, 300 bytes: median %.1f ns, p99 %.1f ns, lost %llu of %d\n", costs[kBursts / 2],
              costs[kBursts * 99 / 100], static_cast<unsigned long long>((*sink)->lines_lost()), kBursts * kLines);
  return 0;
}
