// One line of the access log: what was asked, what was answered, who answered it and how long it took.
//
//   {"time":"2026-11-22T23:46:38.123Z","client":"127.0.0.1","protocol":"HTTP/1.1","method":"GET","host":"example.com",
//    "target":"/a?b=1","status":200,"request_bytes":0,"response_bytes":5,"duration_ms":0.523,"route":"all",
//    "cluster":"native","endpoint":"127.0.0.1:9001","upstream_ms":0.301,"request_id":"...","trace_id":"...",
//    "span_id":"..."}
//   2026-11-22T23:46:38.123Z client=127.0.0.1 protocol=HTTP/1.1 method=GET host=example.com target=/a?b=1 status=200
//   ...
//
// What is empty or unknown is left out. Text from outside is always escaped: what is not UTF-8 becomes U+FFFD and no
// byte of it can end a line. Each value has a bound, so that every line fits the buffer; one that was cut is followed
// by "truncated":true at the line's end. The query is part of the target, as it is in the logs of nginx and Envoy,
// because a request cannot be understood without it; where queries carry tokens, QueryInLog::kDropped leaves it out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/log_line.h"

namespace banyan {

enum class QueryInLog : unsigned char { kKept, kDropped };

// Views must live until write() returns.
struct AccessRecord {
  WallTime time;              // the end of the request
  std::string_view client;    // IP address, "" for a unix socket
  std::string_view protocol;  // "HTTP/2"
  std::string_view method;    // "" where the head could not be read, as with host and target
  std::string_view host;
  std::string_view target;           // as it came, with the query
  int status = 0;                    // 0: no answer was sent
  std::uint64_t request_bytes = 0;   // of the body
  std::uint64_t response_bytes = 0;  // of the body
  Duration duration{};
  std::string_view route;
  std::string_view cluster;          // who answered; "" if the gateway did
  std::string_view endpoint;         // the address
  std::optional<Duration> upstream;  // from sending the request on to the last byte of the answer
  std::string_view colour;
  std::string_view filter;  // who answered in place of the route; "" if none did
  std::string_view cache;   // what the response cache found
  bool mirrored = false;  // a copy went to the route's mirror
  std::string_view request_id;
  std::uint64_t trace_high = 0;  // all zero: no trace
  std::uint64_t trace_low = 0;
  std::uint64_t span = 0;
  std::string_view error;  // why there was no proper answer
};

// Writes lines into a buffer of its own. One for each worker: not safe to share between threads.
class AccessLogLine {
 public:
  static constexpr std::size_t kBytesMax = 16384;

  explicit AccessLogLine(LogFormat format = LogFormat::kJson, QueryInLog query = QueryInLog::kKept)
      : format_(format), query_(query) {}

  // Without a newline. The view lives until the next call. About 230 ns for 440 bytes.
  std::string_view write(const AccessRecord& record);

 private:
  void append(std::string_view text);
  void begin(std::string_view key);
  void text(std::string_view key, std::string_view value, std::size_t bytes_max);
  void number(std::string_view key, std::uint64_t value);
  void milliseconds(std::string_view key, Duration value);
  void flag(std::string_view key);
  void id(std::string_view key, std::initializer_list<std::uint64_t> words);
  void ids(const AccessRecord& record);

  LogFormat format_;
  QueryInLog query_;
  bool truncated_ = false;
  char* out_ = buffer_;
  Rfc3339Cache time_;
  char buffer_[kBytesMax];
};

}  // namespace banyan
