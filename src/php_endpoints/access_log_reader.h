// Lines of an access log to requests.
//
// Two forms, told apart line by line: the gateway's JSON (telemetry/access_log_line.h), and the "combined" form of
// nginx and Apache, which many extend by a last field with the time taken: a decimal number is read as seconds
// (nginx's $request_time), a whole number as microseconds (Apache's %D). Source: nginx's ngx_http_log_module, Apache's
// mod_log_config. Bytes come in pieces of any size; memory is bounded by the longest line read.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace banyan::php {

struct LoggedRequest {
  std::string method;
  std::string target;  // with the query
  int status = 0;      // 0: none was sent
  std::optional<Duration> duration;
};

// Nothing where the line is of neither form.
std::optional<LoggedRequest> parse_log_line(std::string_view line);

class AccessLogReader {
 public:
  static constexpr std::size_t kLineBytesMax = 64 * 1024;  // longer ones are counted as unreadable

  explicit AccessLogReader(std::function<void(const LoggedRequest&)> take) : take_(std::move(take)) {}

  void feed(std::string_view bytes);
  // Takes what stands after the last newline.
  void finish();

  std::uint64_t line_count() const { return lines_; }
  std::uint64_t unreadable_count() const { return unreadable_; }

 private:
  void take_line(std::string_view line);

  std::function<void(const LoggedRequest&)> take_;
  std::string partial_;
  bool too_long_ = false;
  std::uint64_t lines_ = 0;
  std::uint64_t unreadable_ = 0;
};

}  // namespace banyan::php
