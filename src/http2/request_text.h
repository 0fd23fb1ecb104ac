// The fields of an HTTP/2 request -> the head every handler knows (RFC 9113 sections 8.1 to 8.3).
//
// The problem: two ways to say one thing (":authority" and "host", one cookie or many) are two ways to make programs
// disagree. So the fields are written down as the request of HTTP/1.1 they mean, and the one strict parser of
// request_head.h reads that: what HTTP/1.1 refuses is refused here, in the same words, and rules see the same head
// whatever came over the wire. Cookies given in pieces are joined, as section 8.2.3 asks.
//
// Limits: HeadLimits; a request that passes them is refused with 431 and the rest of its fields is not kept.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/request_head.h"

namespace banyan {

class Http2RequestText {
 public:
  explicit Http2RequestText(const HeadLimits& limits) : limits_(limits) {}

  // Each field in the order received, pseudo-fields too. The frame layer has checked names and values (section 8.2.1).
  void add(std::string_view name, std::string_view value);
  // All fields have come: fills `head`, whose views point into this object. `head.version` is HTTP/1.1's.
  Refusal finish(RequestHead& head);
  // It is an extended CONNECT for a WebSocket (RFC 8441 section 5), which the head shows as the GET with an Upgrade
  // that it would be in HTTP/1.1, but for Sec-WebSocket-Key.
  bool is_websocket() const { return protocol_ == "websocket"; }
  // What all fields took, refused ones too: for whoever ends connections that send headers without end.
  std::size_t received() const { return received_; }

 private:
  void begin();
  void add_line(std::string_view name, std::string_view value);

  HeadLimits limits_;
  std::size_t received_ = 0;
  bool too_large_ = false;
  bool malformed_ = false;
  bool repeated_host_ = false;
  bool begun_ = false;  // the pseudo-fields have all come, and text_ begins with what they say
  std::string method_;
  std::string protocol_;
  std::string path_;
  std::string authority_;
  std::string host_;
  std::string cookie_;
  std::string text_;
};

}  // namespace banyan
