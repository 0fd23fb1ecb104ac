// The fields of an HTTP/2 response -> the head every reader knows (RFC 9113 section 8.3.2), by the one strict parser of
// response_head.h, as http2/request_text.h does for requests.
#pragma once

#include <string>
#include <string_view>

#include "http/response_head.h"

namespace banyan {

class Http2ResponseText {
 public:
  explicit Http2ResponseText(const HeadLimits& limits) : limits_(limits) {}

  // Each field in the order received, pseudo-fields too. The frame layer has checked names and values.
  void add(std::string_view name, std::string_view value);
  // An interim answer: its fields are forgotten, the next head begins.
  bool is_interim() const { return status_.starts_with('1'); }
  void reset();
  // All fields have come: fills `head`, whose views point into this object. Refusals are 502.
  Refusal finish(ResponseHead& head);

 private:
  HeadLimits limits_;
  bool too_large_ = false;
  bool malformed_ = false;
  std::string status_;
  std::string lines_;
  std::string text_;
};

}  // namespace banyan
