// One line of a structured log, put together in a fixed buffer: no allocation, no lock, bounded length.
//
//   {"time":"2026-11-22T23:46:38.123Z","level":"info","event":"listening","address":"127.0.0.1:8080","workers":2}
//   2026-11-22T23:46:38.123Z INFO  listening address=127.0.0.1:8080 workers=2
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace banyan {

enum class LogLevel : unsigned char { kDebug, kInfo, kWarn, kError };
enum class LogFormat : unsigned char { kJson, kText };

// "debug", "info", "warn", "error".
std::string_view log_level_name(LogLevel level);

// A key and a value. Views must live until the call they are passed to returns. Keys are snake_case literals; "time",
// "level" and "event" are taken.
class LogField {
 public:
  LogField(std::string_view key, std::string_view value) : key(key), kind(Kind::kString), string(value) {}
  LogField(std::string_view key, const char* value) : LogField(key, std::string_view(value)) {}
  LogField(std::string_view key, const std::string& value) : LogField(key, std::string_view(value)) {}
  LogField(std::string_view key, const Secret&) : LogField(key, std::string_view("***")) {}
  LogField(std::string_view key, bool value) : key(key), kind(Kind::kBool), boolean(value) {}
  LogField(std::string_view key, double value) : key(key), kind(Kind::kDouble), real(value) {}
  template <std::signed_integral T>
  LogField(std::string_view key, T value) : key(key), kind(Kind::kSigned), integer(value) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view key, T value) : key(key), kind(Kind::kUnsigned), natural(value) {}

  enum class Kind : unsigned char { kString, kSigned, kUnsigned, kDouble, kBool };

  std::string_view key;
  Kind kind;
  union {
    std::string_view string;
    std::int64_t integer;
    std::uint64_t natural;
    double real;
    bool boolean;
  };
};

class LogLine {
 public:
  static constexpr std::size_t kBytesMax = 8192;

  // `time` is the text of base/clock.h.
  LogLine(LogFormat format, std::string_view time, LogLevel level, std::string_view event);

  // What does not fit is cut or left out, and the line then says "truncated":true.
  void add(const LogField& field);

  // Ends the line, without a newline. Call once; the view lives as long as the LogLine.
  std::string_view finish();

 private:
  void append(std::string_view text);
  void append_text_value(std::string_view value);
  void append_string(std::string_view value);
  void append_value(const LogField& field);

  LogFormat format_;
  bool truncated_ = false;
  char* out_;
  char* end_;  // leaves room for what finish() adds
  char buffer_[kBytesMax];
};

}  // namespace banyan
