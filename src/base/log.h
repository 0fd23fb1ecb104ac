// The program's own log: what happened, as one structured line each, written without anybody waiting (log_sink.h).
//
//   log_info("listening", {{"address", "127.0.0.1:8080"}, {"workers", 2}});
//
// The event is a short snake_case name that never changes, so that it can be searched for and counted; what varies goes
// into fields. A Secret prints as "***". A line costs well under a microsecond; below the level, a comparison.
#pragma once

#include <atomic>
#include <initializer_list>
#include <string_view>

#include "base/log_line.h"
#include "base/log_sink.h"

namespace banyan {

// Adds to every line what the code that logs does not know, such as the task and the trace it runs in.
using LogContext = void (*)(LogLine& line);

class Logger {
 public:
  // `sink` must outlive the Logger. Its format is the Logger's.
  explicit Logger(LogSink& sink, LogLevel level = LogLevel::kInfo) : sink_(sink), level_(level) {}

  void set_level(LogLevel level) { level_.store(level, std::memory_order_relaxed); }
  bool enabled(LogLevel level) const { return level >= level_.load(std::memory_order_relaxed); }
  void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);
  LogSink& sink() { return sink_; }

 private:
  LogSink& sink_;
  std::atomic<LogLevel> level_;
};

// The logger of the whole process, set once by its main function and set back to null before it goes away. While there
// is none, lines from kWarn up are written to standard error directly, as text: enough for tests and tools.
void set_process_logger(Logger* logger);
void set_log_context(LogContext context);
bool log_enabled(LogLevel level);

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});
inline void log_debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
  if (log_enabled(LogLevel::kDebug)) log(LogLevel::kDebug, event, fields);
}
inline void log_info(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kInfo, event, fields);
}
inline void log_warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kWarn, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kError, event, fields);
}

}  // namespace banyan
