// The field names this program knows, by number.
//
// A name is recognised once, while its line is parsed, so that everything after compares one byte instead of a string
// whose case does not count. The table is a perfect hash over length, first four and last four bytes; field_id.cpp
// proves at compile time that no two names share a slot.
#pragma once

#include <cstdint>
#include <string_view>

namespace banyan {

// At most 64, so that a set of them is one word. The order is that of kFieldNames in field_id.cpp.
enum class FieldId : std::uint8_t {
  kOther,  // any name not below
  kHost,
  kContentLength,
  kTransferEncoding,
  kConnection,
  kUpgrade,
  kExpect,
  kTe,
  kTrailer,
  kKeepAlive,
  kProxyConnection,
  kContentType,
  kCookie,
  kAuthorization,
  kXForwardedFor,
  kXForwardedProto,
  kXForwardedHost,
  kForwarded,
  kXRequestId,
  kTraceparent,
  kTracestate,
  kBaggage,
  kXGrayTag,
  kUserAgent,
  kReferer,
  kAccept,
  kAcceptEncoding,
  kAcceptLanguage,
  kOrigin,
  kEtag,
  kLastModified,
  kIfNoneMatch,
  kIfModifiedSince,
  kIfMatch,
  kIfUnmodifiedSince,
  kRange,
  kIfRange,
  kContentRange,
  kAcceptRanges,
  kDate,
  kServer,
  kLocation,
  kSetCookie,
  kContentEncoding,
  kCacheControl,
  kVary,
  kExpires,
  kAge,
  kAllow,
  kRetryAfter,
  kWwwAuthenticate,
  kProxyAuthenticate,
  kProxyAuthorization,
  kVia,
  kXRealIp,
  kProxy,
  kStatus,
  kHttp2Settings,
  kSecWebsocketKey,
  kSecWebsocketAccept,
  kSecWebsocketVersion,
  kSecWebsocketProtocol,
  kContentDisposition,
  kPragma,
};
inline constexpr int kFieldIdCount = 64;
static_assert(static_cast<int>(FieldId::kPragma) == kFieldIdCount - 1);

// The id of a name in any case; kOther where it is not known. About 2 ns.
FieldId field_id(std::string_view name);

// The name as it is customarily written ("Content-Length", "ETag", "traceparent"); "" for kOther. Static text.
std::string_view field_name(FieldId id);
// The same in lower case, as HTTP/2 writes it.
std::string_view lower_field_name(FieldId id);

// Equal but for the case of ASCII letters.
bool equals_ignoring_case(std::string_view a, std::string_view b);

// A token of RFC 9110 section 5.6.2: the only form a field name or a method may have.
bool is_token(std::string_view text);

// True where the bytes may stand in a field value (RFC 9110 section 5.5): no control character but HTAB. Bytes from
// 0x80 are let through as they are.
bool is_field_value(std::string_view text);

}  // namespace banyan
