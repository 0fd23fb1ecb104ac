#include "base/log.h"

#include <unistd.h>

#include <string>

#include "base/clock.h"

namespace banyan {
namespace {

std::atomic<Logger*> process_logger = nullptr;
std::atomic<LogContext> log_context = nullptr;

// Not inlined: a coroutine may go on in another thread, so the cache must be looked up anew at every call.
[[gnu::noinline]] std::string_view now_text() {
  thread_local Rfc3339Cache cache;
  return cache.format(wall_now());
}

void add_fields(LogLine& line, std::initializer_list<LogField> fields) {
  for (const LogField& field : fields) line.add(field);
  if (const LogContext context = log_context.load(std::memory_order_acquire)) context(line);
}

void log_directly(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  LogLine line(LogFormat::kText, now_text(), level, event);
  add_fields(line, fields);
  const std::string text = std::string(line.finish()) + "\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

void Logger::log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!enabled(level)) return;
  LogLine line(sink_.format(), now_text(), level, event);
  add_fields(line, fields);
  sink_.write_line(line.finish());
}

void set_process_logger(Logger* logger) { process_logger.store(logger, std::memory_order_release); }
void set_log_context(LogContext context) { log_context.store(context, std::memory_order_release); }

bool log_enabled(LogLevel level) {
  const Logger* logger = process_logger.load(std::memory_order_acquire);
  return logger != nullptr ? logger->enabled(level) : level >= LogLevel::kWarn;
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (Logger* logger = process_logger.load(std::memory_order_acquire)) return logger->log(level, event, fields);
  if (level >= LogLevel::kWarn) log_directly(level, event, fields);
}

}  // namespace banyan
