// Whether header fields of two answers mean the same to whoever gets them.
//
// What is compared unless the configuration names others is what a client acts upon: what the body is and whether it is
// shown or saved, where to go next, how to log in, what to keep and who may read it. A field that says who answered or
// when (Server, Date, ETag, Vary, X-Request-Id) differs between any two programs and is no fault of either.
//
// Fields are held against each other as what they mean, each by its own rules; any other one as text:
//   content-type, content-disposition   media types and parameters: spaces, quotes, order and most of the case are free
//   cache-control                       a set of directives (RFC 9111 section 5.2)
//   location                            a place (RFC 9110 section 10.2.2), see same_location()
//   set-cookie                          cookies by name, see cookies_set()
//
// Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace banyan {

// Compared where nothing else is said.
std::vector<std::string> usual_compared_headers();

// Of a Content-Type, without parameters and in small letters.
std::string media_type(std::string_view value);

// Two values of the field `name`, in any case. Not for location and set-cookie.
bool same_header(std::string_view name, std::string_view left, std::string_view right);

// What may stand in a Location without saying anything: how whoever asked called the service, and where it listens.
// "HOST" or "HOST:PORT".
struct OwnNames {
  std::span<const std::string> hosts{};
  std::span<const std::string> addresses{};
};

// Whether two Locations lead to the same place. A path alone and the same path at the host that was asked are one,
// where two that both give a scheme give the same one. An address of the service's own is the same as another one of
// its own, and as nothing else: who asked another host cannot be sent there.
bool same_location(std::string_view left, const OwnNames& left_names, std::string_view right,
                   const OwnNames& right_names);

using HeaderViews = std::vector<std::pair<std::string_view, std::string_view>>;

// The cookies that an answer sets, by name, each with its attributes in one order, as "httponly; path=/"; of a value
// nothing is said. With Max-Age the time of Expires does not count, without it only whether there is one; a cookie that
// is to be forgotten at once is "deleted".
std::map<std::string, std::string> cookies_set(const HeaderViews& headers);

}  // namespace banyan
