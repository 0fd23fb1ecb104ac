#include "base/log_line.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/json_text.h"

namespace banyan {
namespace {

constexpr std::string_view kTruncatedJson = ",\"truncated\":true}";
constexpr std::string_view kTruncatedText = " truncated=true";
constexpr std::size_t kTailBytes = 32;
static_assert(kTruncatedJson.size() < kTailBytes && kTruncatedText.size() < kTailBytes);

// In the text format a value stands bare where nobody could mistake where it ends.
bool needs_quotes(std::string_view value) {
  return value.empty() || std::any_of(value.begin(), value.end(), [](char c) {
           return static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) > '~' || c == '"' || c == '=';
         });
}

std::string_view padded_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return " DEBUG ";
    case LogLevel::kInfo:
      return " INFO  ";
    case LogLevel::kWarn:
      return " WARN  ";
    case LogLevel::kError:
      return " ERROR ";
  }
  return " ERROR ";
}

}  // namespace

std::string_view log_level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

LogLine::LogLine(LogFormat format, std::string_view time, LogLevel level, std::string_view event)
    : format_(format), out_(buffer_), end_(buffer_ + kBytesMax - kTailBytes) {
  if (format_ == LogFormat::kText) {
    append(time);
    append(padded_level(level));
    append_text_value(event);
    return;
  }
  append("{\"time\":\"");
  append(time);
  append("\",\"level\":\"");
  append(log_level_name(level));
  append("\",\"event\":");
  append_string(event);
}

void LogLine::add(const LogField& field) {
  // Room for the quotes, the colon and the longest number, so that only strings are ever cut.
  constexpr std::size_t kFieldBytesMin = 48;
  if (truncated_ || static_cast<std::size_t>(end_ - out_) < field.key.size() + kFieldBytesMin) {
    truncated_ = true;
    return;
  }
  if (format_ == LogFormat::kText) {
    append(" ");
    append_text_value(field.key);
    append("=");
  } else {
    append(",");
    append_string(field.key);
    append(":");
  }
  append_value(field);
}

std::string_view LogLine::finish() {
  std::string_view tail = format_ == LogFormat::kText ? "" : "}";
  if (truncated_) tail = format_ == LogFormat::kText ? kTruncatedText : kTruncatedJson;
  std::memcpy(out_, tail.data(), tail.size());
  out_ += tail.size();
  return {buffer_, static_cast<std::size_t>(out_ - buffer_)};
}

void LogLine::append(std::string_view text) {
  const std::size_t bytes = std::min(text.size(), static_cast<std::size_t>(end_ - out_));
  if (bytes < text.size()) truncated_ = true;
  std::memcpy(out_, text.data(), bytes);
  out_ += bytes;
}

void LogLine::append_text_value(std::string_view value) {
  if (needs_quotes(value)) return append_string(value);
  append(value);
}

void LogLine::append_string(std::string_view value) { out_ = write_json_string(out_, end_, value, truncated_); }

void LogLine::append_value(const LogField& field) {
  switch (field.kind) {
    case LogField::Kind::kString:
      if (format_ == LogFormat::kText) return append_text_value(field.string);
      return append_string(field.string);
    case LogField::Kind::kSigned:
      out_ = std::to_chars(out_, end_, field.integer).ptr;
      return;
    case LogField::Kind::kUnsigned:
      out_ = std::to_chars(out_, end_, field.natural).ptr;
      return;
    case LogField::Kind::kBool:
      return append(field.boolean ? "true" : "false");
    case LogField::Kind::kDouble:
      if (!std::isfinite(field.real)) return append("null");  // JSON has no other word for it
      out_ = std::to_chars(out_, end_, field.real).ptr;
      return;
  }
}

}  // namespace banyan
