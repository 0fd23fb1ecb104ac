// Digests, URL coding, HTML entities and binary strings, after https://www.php.net/manual/en/book.hash.php,
// https://www.php.net/manual/en/ref.url.php and https://www.php.net/manual/en/function.pack.php.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

String md5(const String& s, bool binary = false);
String sha1(const String& s, bool binary = false);
Int crc32(const String& s);
String hash(const String& algo, const String& data, bool binary, const Array& options);
String hash_hmac(const String& algo, const String& data, const String& key, bool binary = false);
bool hash_equals(const Value& known, const Value& user);

String base64_encode(const String& s);
std::optional<String> base64_decode(const String& s, bool strict = false);
String urlencode(const String& s);
String rawurlencode(const String& s);
String urldecode(const String& s);
String rawurldecode(const String& s);
String http_build_query(const Value& data, const String& prefix, const Value& separator, Int kind);

// Text in UTF-8; other charsets that PHP knows are refused.
String htmlspecialchars(const String& s, Int flags, const Value& encoding, bool double_encode = true);
String htmlspecialchars_decode(const String& s, Int flags);
String htmlentities(const String& s, Int flags, const Value& encoding, bool double_encode = true);
String html_entity_decode(const String& s, Int flags, const Value& encoding);

String pack(const String& format, Arguments values);
std::optional<Array> unpack(const String& format, const String& s, Int offset = 0);

}  // namespace banyan::php_runtime
