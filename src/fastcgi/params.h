// The CGI variables of a request, as name-value pairs for php-fpm.
//
// A PHP application sees its request as these variables and nothing else, so they are what nginx with its stock
// fastcgi.conf sends; an application must not notice that the server before it changed. Sources: RFC 3875 section 4.1,
// nginx's ngx_http_fastcgi_module.
//
// Where it differs from nginx on purpose:
//   - CONTENT_TYPE and CONTENT_LENGTH are not given a second time as HTTP_* (RFC 3875 section 4.1.18);
//   - Proxy is dropped, since libraries read HTTP_PROXY as a setting (httpoxy, CVE-2016-5385);
//   - Transfer-Encoding is dropped: what reaches the script has a length and no coding;
//   - a field given on several lines is one variable, joined with ", " (Cookie: "; ") as RFC 9110 section 5.3 says,
//     where older nginx sends the variable several times.
// As in nginx, fields whose names hold anything but letters, digits and '-' are dropped: "X_A" and "X-A" would both
// become HTTP_X_A, and one of them may be set by a proxy that is trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/fields.h"

namespace banyan::fastcgi {

// What the variables are made of. Views must live for the call alone.
struct ParamsSource {
  std::string_view method;           // REQUEST_METHOD
  std::string_view request_uri;      // the target as received, query included
  std::string_view query;            // QUERY_STRING, as received, without '?'
  std::string_view document_root;    // absolute, no slash at its end
  std::string_view script_name;      // "/index.php"; SCRIPT_FILENAME is root and name, DOCUMENT_URI the same
  std::string_view path_info;        // "/extra"; PATH_INFO and PATH_TRANSLATED are sent only where it is not empty
  std::string_view server_protocol;  // "HTTP/1.1"
  bool https = false;
  std::optional<std::uint64_t> content_length;  // of the body that will be sent, known or none
  std::string_view remote_address;              // without port
  std::uint16_t remote_port = 0;                // 0 (a unix socket): sent empty
  std::string_view server_address;
  std::uint16_t server_port = 0;
  std::string_view server_name;
  std::string_view server_software = "banyan";
  const Fields* fields = nullptr;  // the request's; null for none
};

// Appends the pairs to `out`: the content of a PARAMS stream, without record headers.
void append_params(std::string& out, const ParamsSource& source);

// Appends a whole PARAMS stream: the pairs and behind them `extra`, which are pairs too, in records, and the empty
// record that ends it. Records are cut between pairs, since php-fpm reads each for itself; only a pair that is longer
// than a record, and so than any head a server here accepts, is cut, and php-fpm then refuses the request.
void append_params_stream(std::string& out, std::uint16_t request_id, const ParamsSource& source,
                          std::string_view extra = {});

// Whether a request field of that name becomes a variable HTTP_*.
bool is_forwarded_field(const Fields::Entry& field);

}  // namespace banyan::fastcgi
