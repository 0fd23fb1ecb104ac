// What a request's telemetry costs: each line is the best of several rounds, in nanoseconds for one operation.
#include <algorithm>
#include <cstdio>

#include "telemetry/access_log_line.h"
#include "telemetry/metrics.h"
#include "telemetry/route_stats.h"
#include "telemetry/trace_context.h"

namespace {

using namespace banyan;

template <class Operation>
void measure(const char* name, Operation operation) {
  constexpr int kRounds = 1000;
  constexpr int kOperations = 1000;  // short enough to lie between two interruptions
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const TimePoint start = steady_now();
    for (int i = 0; i < kOperations; ++i) {
      operation(i);
      asm volatile("" ::: "memory");  // keeps the operations apart
    }
    best = std::min(best, static_cast<double>((steady_now() - start).count()) / kOperations);
  }
  std::printf("%-24s %7.2f ns\n", name, best);
}

AccessRecord usual_record() {
  AccessRecord record;
  record.time = wall_now();
  record.client = "203.0.113.17";
  record.method = "GET";
  record.host = "www.example.com";
  record.target = "/user/profile?id=12345678&fields=name,email";
  record.status = 200;
  record.response_bytes = 1024;
  record.duration = std::chrono::microseconds(523);
  record.route = "user-profile";
  record.cluster = "native";
  record.endpoint = "127.0.0.1:9001";
  record.upstream = std::chrono::microseconds(301);
  record.request_id = "0af7651916cd43dd8448eb211c80319c";
  record.trace_high = 0x0af7651916cd43dd;
  record.trace_low = 0x8448eb211c80319c;
  record.span = 0xb7ad6b7169203331;
  return record;
}

}  // namespace

int main() {
  PerWorker<Counter> counters(2);
  measure("counter", [&](int) { counters[0].add(); });
  Histogram histogram;
  measure("histogram", [&](int i) { histogram.record(Duration(20'000 + i * 37)); });
  RouteStats stats({.id = "r", .clusters = {"a", "b"}}, 2, steady_now());
  measure("route", [&](int i) { stats.record(1, i % 2, 200, Duration(20'000 + i * 37)); });

  AccessLogLine line;
  AccessRecord record = usual_record();
  std::size_t bytes = 0;
  measure("access log line", [&](int) { bytes = line.write(record).size(); });
  std::printf("  of %zu bytes\n", bytes);

  Fields fields;
  fields.add_view(FieldId::kTraceparent, "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  std::uint64_t seed = 1;
  const auto random = [&seed] { return seed += 0x9e3779b97f4a7c15; };
  Fields out;
  measure("trace accepted and put", [&](int) {
    out.reset();
    put_trace(accept_trace(fields, false, random), out);
  });
  return 0;
}
