// Request targets: percent-encoding, paths made comparable, query parameters (RFC 3986 sections 2.1, 5.2.4, 6.2.2).
//
// One path may be written in many ways; a rule written for "/admin" must see them all. Two normal forms:
//
//   routing     everything is decoded except "%2F" and "%25", which stay (in upper case): an encoded slash never
//   becomes
//               a separator, and the form decodes to exactly one value (percent_decode a capture to get it).
//   filesystem  everything is decoded, and an encoded slash is refused: no file name holds one.
//
// In both: "//" is merged to "/" (as nginx does, and as file systems do); "." and ".." segments, however encoded, are
// resolved; a final slash is kept; bytes from 0x80 are taken as they are. Refused with 400: climbing above the root, a
// dot segment beside an encoded slash ("..%2F": a server behind might decode it and climb) or with a parameter ("..;x":
// servers of Java take that off), NUL and other control characters, a backslash, a malformed "%".
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "http/status.h"

namespace banyan {

enum class PathForm : unsigned char { kRouting, kFilesystem };

// `path` begins with '/'. Gives `path` itself where it is normal already (the usual case: no copy), else a view of
// `out`, which is overwritten.
std::expected<std::string_view, Refusal> normalize_path(std::string_view path, PathForm form, std::string& out);

// Appends the decoded text; false where a '%' is not followed by two hex digits (what came before it is appended).
bool percent_decode(std::string_view text, std::string& out);
// Appends `text` with everything but unreserved characters (letters, digits, "-._~") encoded; '/' too.
void percent_encode(std::string_view text, std::string& out);

// One parameter of a query or of a body of type application/x-www-form-urlencoded, still encoded.
struct QueryParameter {
  std::string_view name;
  std::string_view value;  // "" where there was no '='
};

// Walks "a=1&b=2" from left to right, without allocating. Empty pieces ("&&") are passed over.
class QueryReader {
 public:
  explicit QueryReader(std::string_view query) : rest_(query) {}
  bool next(QueryParameter& parameter);

 private:
  std::string_view rest_;
};

// Form decoding: '+' is a space, "%41" is 'A', a malformed '%' stands for itself (as PHP and browsers take it).
void form_decode(std::string_view text, std::string& out);
void form_encode(std::string_view text, std::string& out);
// Whether `encoded` decodes to `plain`, without allocating.
bool form_equals(std::string_view encoded, std::string_view plain);
// Appends the decoded value of the first parameter of that (plain) name; false where there is none.
bool query_value(std::string_view query, std::string_view name, std::string& out);

}  // namespace banyan
