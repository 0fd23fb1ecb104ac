#include "http2/response_text.h"

#include "http/field_id.h"

namespace banyan {

void Http2ResponseText::reset() {
  status_.clear();
  lines_.clear();
  too_large_ = malformed_ = false;
}

void Http2ResponseText::add(std::string_view name, std::string_view value) {
  if (lines_.size() + name.size() + value.size() + 4 > limits_.head_bytes_max) too_large_ = true;
  if (too_large_) return;
  malformed_ |= !is_field_value(value);  // checked before, and once more: a line break here would be a second field
  if (name == ":status") {
    status_ = value;
  } else if (name.starts_with(':')) {
    malformed_ = true;
  } else {
    lines_.append(name).append(": ").append(value).append("\r\n");
  }
}

Refusal Http2ResponseText::finish(ResponseHead& head) {
  if (too_large_) return {502, "the answer's head is larger than is accepted"};
  if (malformed_) return {502, "a field of the answer is malformed"};
  text_.assign("HTTP/1.1 ").append(status_).append(" \r\n").append(lines_).append("\r\n");
  lines_.clear();
  HeadLimits limits = limits_;
  limits.head_bytes_max += 32;
  ResponseHeadParser parser(limits);
  const HeadOutcome outcome = parser.parse(text_, head);
  if (outcome.failed()) return outcome.refusal;
  if (!outcome.done() || outcome.consumed != text_.size()) return {502, "the answer's fields are malformed"};
  return {};
}

}  // namespace banyan
