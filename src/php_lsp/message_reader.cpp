#include "php_lsp/message_reader.h"

#include <charconv>

#include "php_lex/keywords.h"

namespace banyan::php {

Result<std::optional<std::string>> MessageReader::next() {
  const std::size_t end = buffer_.find("\r\n\r\n");
  if (end == std::string::npos || end > kHeadBytesMax) {
    if (buffer_.size() > kHeadBytesMax)
      return Error(ErrorCode::kResourceExhausted, "the header of a message is too long");
    return std::optional<std::string>();
  }
  BANYAN_TRY(const std::size_t length, read_head(std::string_view(buffer_).substr(0, end)));
  const std::size_t begin = end + 4;
  if (buffer_.size() - begin < length) return std::optional<std::string>();
  std::optional<std::string> message = buffer_.substr(begin, length);
  buffer_.erase(0, begin + length);
  return message;
}

Result<std::size_t> MessageReader::read_head(std::string_view head) const {
  std::optional<std::size_t> length;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const std::size_t colon = line.find(':');
    if (colon == line.npos) return Error(ErrorCode::kInvalidArgument, "a line of a message's header has no colon");
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (equals_ignoring_case(name, "Content-Type")) continue;
    if (!equals_ignoring_case(name, "Content-Length")) {
      return Error(ErrorCode::kInvalidArgument, "a message's header has a field that is not known");
    }
    std::size_t number = 0;
    const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (length || value.empty() || error == std::errc::invalid_argument || stop != value.data() + value.size()) {
      return Error(ErrorCode::kInvalidArgument, "Content-Length of a message is no number, or stands there twice");
    }
    if (error != std::errc() || number > kBodyBytesMax) {
      return Error(ErrorCode::kResourceExhausted, "a message is larger than 64 MiB");
    }
    length = number;
  }
  if (!length) return Error(ErrorCode::kInvalidArgument, "a message's header has no Content-Length");
  return *length;
}

std::string framed(std::string_view message) {
  return "Content-Length: " + std::to_string(message.size()) + "\r\n\r\n" + std::string(message);
}

}  // namespace banyan::php
