#include "http2/request_text.h"

#include "http/field_id.h"

namespace banyan {

namespace {
constexpr std::size_t kFieldsBytes = 512;  // what those of most requests take, and more
}  // namespace

void Http2RequestText::add(std::string_view name, std::string_view value) {
  received_ += name.size() + value.size() + 4;
  if (received_ > limits_.head_bytes_max) too_large_ = true;
  if (too_large_) return;
  malformed_ |= !is_field_value(value);  // checked before, and once more: a line break here would be a second field
  if (name.starts_with(':')) {
    malformed_ |= begun_;  // they come before all others (RFC 9113 section 8.3)
    if (name == ":method") {
      method_ = value;
    } else if (name == ":protocol") {
      protocol_ = value;
    } else if (name == ":path") {
      path_ = value;
    } else if (name == ":authority") {
      authority_ = value;
    }  // :scheme says what the connection says
    return;
  }
  if (!begun_) begin();
  if (name == "host") {
    repeated_host_ |= !host_.empty();
    host_ = value;
  } else if (name == "cookie") {
    if (!cookie_.empty()) cookie_ += "; ";
    cookie_ += value;
  } else {
    add_line(name, value);
  }
}

void Http2RequestText::begin() {
  begun_ = true;
  const std::string_view method = is_websocket() ? std::string_view("GET") : std::string_view(method_);
  const std::string_view target = method == "CONNECT" ? authority_ : path_;
  text_.reserve(kFieldsBytes + method.size() + target.size() + authority_.size());
  text_.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  if (!authority_.empty()) add_line("host", authority_);
}

void Http2RequestText::add_line(std::string_view name, std::string_view value) {
  text_.append(name).append(": ").append(value).append("\r\n");
}

Refusal Http2RequestText::finish(RequestHead& head) {
  if (too_large_) return {431, "the request's head is larger than this server accepts"};
  if (malformed_) return {400, "a field holds a control character or comes out of its order"};
  const bool disagree = !authority_.empty() && !host_.empty() && authority_ != host_;
  if (disagree || repeated_host_) return {400, "the request names more than one host"};
  if (!begun_) begin();
  if (authority_.empty()) add_line("host", host_);
  if (!cookie_.empty()) add_line("cookie", cookie_);
  if (!protocol_.empty() && !is_websocket()) return {501, "the only protocol to connect by is websocket"};
  if (is_websocket()) add_line("connection", "upgrade");
  if (is_websocket()) add_line("upgrade", protocol_);
  text_.append("\r\n");
  // The line of the request and the names of its first two fields are longer written down than they came.
  HeadLimits limits = limits_;
  limits.head_bytes_max += 64;
  RequestHeadParser parser(limits);
  const HeadOutcome outcome = parser.parse(text_, head);
  if (outcome.failed()) return outcome.refusal;
  if (!outcome.done() || outcome.consumed != text_.size()) return {400, "the request's fields are malformed"};
  return {};
}

}  // namespace banyan
