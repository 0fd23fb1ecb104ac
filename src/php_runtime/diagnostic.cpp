#include "php_runtime/diagnostic.h"

#include <cctype>

#include "php_runtime/builtin_encoding.h"
#include "php_runtime/builtin_settings.h"
#include "php_runtime/convert.h"
#include "php_runtime/function.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

constexpr Int kUnsilenceable = 1 | 16 | 64 | 256 | 4096 | 4;

std::string_view level_name(Int level) {
  switch (level) {
    case kEWarning:
    case kEUserWarning:
      return "Warning";
    case kENotice:
    case kEUserNotice:
      return "Notice";
    case kEDeprecated:
    case kEUserDeprecated:
      return "Deprecated";
    default:
      return "Fatal error";
  }
}

// A message as PHP prints it: the name of a class without a name ends before its NUL.
std::string without_paths(std::string_view message) {
  std::string out(message);
  for (;;) {
    constexpr std::string_view kMark = "@anonymous";
    const std::size_t at = out.find(std::string(kMark) + '\0');
    if (at == std::string::npos) return out;
    const std::size_t begin = at + kMark.size();
    std::size_t end = out.find('$', begin);
    if (end == std::string::npos) return out;
    ++end;
    while (end < out.size() && ((out[end] >= '0' && out[end] <= '9') || (out[end] >= 'a' && out[end] <= 'f'))) ++end;
    out.erase(begin, end - begin);
  }
}

// Whether one of PHP's own functions says it, as in "fopen(path): ...".
bool is_of_a_function(std::string_view message) {
  std::size_t i = 0;
  while (i < message.size() && (std::isalnum(static_cast<unsigned char>(message[i])) || message[i] == '_' ||
                                message[i] == ':' || message[i] == '\\')) {
    ++i;
  }
  return i > 0 && i < message.size() && message[i] == '(' && message.find("): ", i) != std::string_view::npos;
}

// html_errors, which servers have on: what PHP's functions complain of is HTML, wherever it goes.
std::string as_html(std::string_view message) {
  constexpr Int kCompatible = 2;
  constexpr Int kSubstitute = 8;
  return htmlspecialchars(String(message), kCompatible | kSubstitute, Value()).str();
}

// Shows what is wrong, or puts it into the log.
void report(std::string_view kind, std::string_view message, Int line) {
  const Context& c = context();
  const std::string text = std::string(kind) + (c.host == nullptr ? ": " : ":  ") + std::string(message) + " in " +
                           std::string(c.file()) + " on line " + std::to_string(line);
  if (c.host != nullptr) return c.host->log("PHP " + text);
  if (shows_errors()) echo("\n" + text + "\n");
}

bool handled(Int level, std::string_view message) {
  Context& c = context();
  if (c.error_handlers.empty() || c.in_handler) return false;
  const ErrorHandler handler = c.error_handlers.back();
  if (!handler.callback || (handler.levels & level) == 0) return false;
  struct Within {
    Context& c;
    Int line;
    ~Within() {
      c.in_handler = false;
      c.line = line;
    }
  };
  c.in_handler = true;
  const Within within{c, c.line};
  const Value answer = handler.callback->call({level, message, c.file(), c.line});
  return !answer.is_false();
}

}  // namespace

void diagnose(Int level, std::string_view given) {
  Context& c = context();
  std::string message = without_paths(given);
  constexpr Int kOfPrograms = kEUserError | kEUserWarning | kEUserNotice | kEUserDeprecated;
  if (c.host != nullptr && (level & kOfPrograms) == 0 && is_of_a_function(message)) message = as_html(message);
  if (handled(level, message)) return;
  c.last_error = Array::map({"type", level, "message", message, "file", c.file(), "line", c.line});
  if ((c.reporting & level) == 0) return;
  report(level_name(level), message, c.line);
  if (level != kEUserError) return;
  if (c.host != nullptr) c.host->failed();
  throw ExitRequest{255};
}

void warning(std::string_view message) { diagnose(kEWarning, message); }
void notice(std::string_view message) { diagnose(kENotice, message); }
void deprecated(std::string_view message) { diagnose(kEDeprecated, message); }

void compile_deprecated(Int line, std::string_view message) {
  const Context& c = context();
  if ((c.reporting & kEDeprecated) == 0) return;
  report("Deprecated", message, line);
}

Silenced::Silenced() : before_(context().reporting) { context().reporting &= kUnsilenceable; }
Silenced::~Silenced() {
  if (context().reporting == (before_ & kUnsilenceable)) context().reporting = before_;
}

}  // namespace banyan::php_runtime
