// Output buffers, and what is done about errors.
#include "php_runtime/builtin_program.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

// What a callback of ob_start() is told.
constexpr int kStart = 1, kClean = 2, kFlush = 4, kEnds = 8;

// What a buffer holds, through its callback; the buffer is empty then.
String through(OutputBuffer& buffer, int flags) {
  const String data = std::exchange(buffer.data, {});
  if (!buffer.callback) return data;
  if (!std::exchange(buffer.started, true)) flags |= kStart;
  const Callable callback = buffer.callback;
  const Value made = callback->call({data, flags});
  return made.is_false() ? data : to_string(made);
}

String pop(int flags) {
  OutputBuffer buffer = std::move(context().buffers.back());
  context().buffers.pop_back();
  return through(buffer, flags);
}

// Whether there is a buffer, with PHP's notice where there is none.
bool need_buffer(std::string_view function, std::string_view what) {
  if (!context().buffers.empty()) return true;
  notice(concat({function, "(): Failed to ", what}));
  return false;
}

}  // namespace

bool ob_start(const Callable& callback, Int, Int) {
  context().buffers.push_back({{}, callback, false});
  return true;
}

std::optional<String> ob_get_contents() {
  if (context().buffers.empty()) return std::nullopt;
  return String(context().buffers.back().data);
}

std::optional<String> ob_get_clean() {
  std::optional<String> data = ob_get_contents();
  if (data) pop(kClean | kEnds);
  return data;
}

std::optional<String> ob_get_flush() {
  if (!need_buffer("ob_get_flush", "delete and flush buffer. No buffer to delete or flush")) return std::nullopt;
  std::optional<String> data = ob_get_contents();
  echo(pop(kEnds));
  return data;
}

bool ob_end_clean() {
  if (!need_buffer("ob_end_clean", "delete buffer. No buffer to delete")) return false;
  pop(kClean | kEnds);
  return true;
}

bool ob_end_flush() {
  if (!need_buffer("ob_end_flush", "delete and flush buffer. No buffer to delete or flush")) return false;
  echo(pop(kEnds));
  return true;
}

bool ob_clean() {
  if (!need_buffer("ob_clean", "delete buffer. No buffer to delete")) return false;
  through(context().buffers.back(), kClean);
  return true;
}

bool ob_flush() {
  if (!need_buffer("ob_flush", "flush buffer. No buffer to flush")) return false;
  const String data = through(context().buffers.back(), kFlush);
  OutputBuffer inner = std::move(context().buffers.back());
  context().buffers.pop_back();
  echo(data);
  context().buffers.push_back(std::move(inner));
  return true;
}

Int ob_get_level() { return static_cast<Int>(context().buffers.size()); }

std::optional<Int> ob_get_length() {
  if (context().buffers.empty()) return std::nullopt;
  return static_cast<Int>(context().buffers.back().data.size());
}

void flush() { flush_output(); }

// Gives the handler there was, or null.
Value set_error_handler(const Callable& callback, Int levels) {
  auto& handlers = context().error_handlers;
  Value old;
  if (!handlers.empty() && handlers.back().callback) old = as_given(handlers.back().callback);
  handlers.push_back({callback, levels});
  return old;
}

bool restore_error_handler() {
  if (!context().error_handlers.empty()) context().error_handlers.pop_back();
  return true;
}

Value set_exception_handler(const Callable& callback) {
  auto& handlers = context().exception_handlers;
  Value old;
  if (!handlers.empty() && handlers.back()) old = as_given(handlers.back());
  handlers.push_back(callback);
  return old;
}

bool restore_exception_handler() {
  if (!context().exception_handlers.empty()) context().exception_handlers.pop_back();
  return true;
}

// Null only asks.
Int error_reporting(const Value& level) {
  const Int old = context().reporting;
  if (!level.is_null()) context().reporting = to_int(level);
  return old;
}

namespace {

bool trigger(std::string_view function, const String& message, Int level) {
  if (level != kEUserError && level != kEUserWarning && level != kEUserNotice && level != kEUserDeprecated) {
    throw_value_error(concat({function,
                              "(): Argument #2 ($error_level) must be one of E_USER_ERROR, E_USER_WARNING, "
                              "E_USER_NOTICE, or E_USER_DEPRECATED"}));
  }
  diagnose(level, message);
  return true;
}

}  // namespace

bool trigger_error(const String& message, Int level) { return trigger("trigger_error", message, level); }
bool user_error(const String& message, Int level) { return trigger("user_error", message, level); }

std::optional<Array> error_get_last() {
  const Value& last = context().last_error;
  if (!last.is_array()) return std::nullopt;
  return last.as_array();
}

void error_clear_last() { context().last_error = Value(); }

void register_shutdown_function(const Callable& callback, Arguments values) {
  context().shutdown.emplace_back(callback, std::vector<Value>(values.begin(), values.end()));
}

}  // namespace banyan::php_runtime
