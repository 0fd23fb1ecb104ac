#include "php_endpoints/access_log_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "json/parse.h"

namespace banyan::php {

namespace {

// A duration longer than this is no duration but some other number.
constexpr double kSecondsMax = 86'400;

std::optional<Duration> duration_of_seconds(double seconds) {
  if (!(seconds >= 0) || seconds > kSecondsMax) return std::nullopt;
  return Duration(static_cast<std::int64_t>(std::llround(seconds * 1e9)));
}

std::optional<LoggedRequest> parse_json_line(std::string_view line) {
  const auto document =
      json::parse(line, {.bytes_max = AccessLogReader::kLineBytesMax, .nodes_max = 4096, .depth_max = 16});
  if (!document.ok()) return std::nullopt;
  const json::Value root = document->root();
  const auto method = root["method"].to_string();
  const auto target = root["target"].to_string();
  if (!method || !target) return std::nullopt;
  LoggedRequest request{.method = std::string(*method), .target = std::string(*target)};
  request.status = static_cast<int>(std::clamp<std::int64_t>(root["status"].to_int64().value_or(0), 0, 999));
  if (const auto milliseconds = root["duration_ms"].to_double())
    request.duration = duration_of_seconds(*milliseconds / 1000);
  return request;
}

// The text in double quotes at the front, escapes of both servers undone; `line` continues behind it.
std::optional<std::string> take_quoted(std::string_view& line) {
  if (!line.starts_with('"')) return std::nullopt;
  std::string out;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '"') {
      line.remove_prefix(i + 1);
      return out;
    }
    if (line[i] != '\\' || i + 1 >= line.size()) {
      out += line[i];
      continue;
    }
    ++i;
    unsigned byte = 0;
    const char* const hex = line.data() + i + 1;
    if (line[i] == 'x' && i + 2 < line.size() && std::from_chars(hex, hex + 2, byte, 16).ptr == hex + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += line[i];
    }
  }
  return std::nullopt;
}

std::string_view take_word(std::string_view& line) {
  while (line.starts_with(' ')) line.remove_prefix(1);
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

// The time taken, from the last field behind the quoted ones: 0.123, 123456, rt=0.123.
std::optional<Duration> time_taken(std::string_view line) {
  while (line.ends_with(' ')) line.remove_suffix(1);
  std::string_view word = line.substr(line.rfind(' ') + 1);
  if (word.ends_with('"')) return std::nullopt;
  word.remove_prefix(word.rfind('=') + 1);
  double number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (word.empty() || error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return duration_of_seconds(word.find('.') == word.npos ? number / 1e6 : number);
}

// 127.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "GET /a HTTP/1.1" 200 2326 "http://x/" "agent" 0.123
std::optional<LoggedRequest> parse_combined_line(std::string_view line) {
  const std::size_t bracket = line.find("] \"");
  if (bracket == line.npos) return std::nullopt;
  line.remove_prefix(bracket + 2);
  const auto head = take_quoted(line);
  if (!head) return std::nullopt;
  std::string_view rest = *head;
  LoggedRequest request;
  request.method = take_word(rest);
  request.target = take_word(rest);
  if (request.method.empty() || request.target.empty()) return std::nullopt;
  const std::string_view status = take_word(line);
  const auto [end, error] = std::from_chars(status.data(), status.data() + status.size(), request.status);
  if (error != std::errc() || end != status.data() + status.size() || request.status > 999) return std::nullopt;
  take_word(line);  // bytes sent
  const std::size_t agent = line.rfind("\" ");
  if (agent != line.npos) request.duration = time_taken(line.substr(agent + 2));
  return request;
}

}  // namespace

std::optional<LoggedRequest> parse_log_line(std::string_view line) {
  return line.starts_with('{') ? parse_json_line(line) : parse_combined_line(line);
}

void AccessLogReader::take_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return;
  ++lines_;
  const auto request = parse_log_line(line);
  if (request) {
    take_(*request);
  } else {
    ++unreadable_;
  }
}

void AccessLogReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, newline);
    if (!too_long_ && partial_.size() + piece.size() > kLineBytesMax) {
      too_long_ = true;
      partial_.clear();
    }
    if (newline == bytes.npos) {
      if (!too_long_) partial_ += piece;
      return;
    }
    if (too_long_) {
      ++lines_;
      ++unreadable_;
    } else if (partial_.empty()) {
      take_line(piece);
    } else {
      partial_ += piece;
      take_line(partial_);
    }
    too_long_ = false;
    partial_.clear();
    bytes.remove_prefix(newline + 1);
  }
}

void AccessLogReader::finish() {
  if (too_long_ || !partial_.empty()) feed("\n");
}

}  // namespace banyan::php
