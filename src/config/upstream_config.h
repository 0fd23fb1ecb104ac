// How the gateway treats the servers of a cluster, and a request that one of them did not answer well: balancing,
// checks of health, ejection, the breaker, retries and what stands in for an answer. Parts of GatewayConfig.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"

namespace banyan {

enum class Balance : unsigned char { kRoundRobin, kLeastRequest, kEwma, kMaglev };

struct HealthConfig {
  enum class Type : unsigned char { kHttp, kTcp, kFpm, kGrpc };
  Type type = Type::kHttp;
  std::string path;     // "": "/" over HTTP, "/ping" of php-fpm
  std::string host;     // over HTTP and gRPC; "": the endpoint's
  std::string service;  // over gRPC; "": the server as a whole
  Duration interval = std::chrono::seconds(5);
  Duration timeout = std::chrono::seconds(1);
  std::int64_t healthy_after = 2;
  std::int64_t unhealthy_after = 3;
  std::int64_t expect_min = 200;
  std::int64_t expect_max = 399;
  std::string build;  // the member of a JSON answer that says which build it is; "": none
};

struct OutlierConfig {
  std::int64_t consecutive_failures = 5;
  Duration base_ejection = std::chrono::seconds(30);
  Duration ejection_max = std::chrono::minutes(5);
  std::int64_t ejected_percent_max = 10;
};

struct BreakerConfig {
  bool operator==(const BreakerConfig&) const = default;
  std::int64_t consecutive_failures = 6;
  std::int64_t failure_rate = 0;  // hundredths of a percent; 0: not looked at
  std::int64_t slow_rate = 0;
  Duration slow_after = std::chrono::seconds(60);
  std::int64_t requests_min = 100;
  Duration interval{};
  Duration bucket{};
  Duration open_for = std::chrono::seconds(60);
  std::int64_t half_open_requests = 1;
};

struct RetryBudgetConfig {
  std::int64_t percent = 2'000;  // hundredths of a percent, of the requests under way
  std::int64_t at_least = 100;
};

struct RetriesConfig {
  SourcePosition position;
  std::int64_t attempts = 2;  // the first included
  bool on_connect = true;
  bool on_reset = true;
  bool on_timeout = false;
  std::vector<std::int64_t> on_status;  // 500 alone, or 5 for all of 5xx
  Duration try_timeout{};               // zero: none but the route's
  Duration backoff = std::chrono::milliseconds(25);
};

// Exactly one of the three.
struct FallbackConfig {
  SourcePosition position;
  std::string cluster;
  std::int64_t status = 0;
  std::string body;
  std::string content_type = "application/json";
  Duration last_good{};
};

struct HedgeConfig {
  Duration after = std::chrono::milliseconds(50);
};

}  // namespace banyan
