// The console: the gateway's face for people, as files a browser runs (docs/console.md).
//
// It is part of the program: own ES modules and Preact's, compressed when the program is built. The files hold nothing
// secret and need no token; all they show they ask of the admin API, with a token in the field Authorization. There is
// no cookie, so another site's page cannot make a browser act here (no request forged across sites carries the token),
// and a Content-Security-Policy lets the page load, run and ask nothing but what comes from here.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "exchange/exchange.h"

namespace banyan {

struct ConsoleFile {
  std::string_view path;  // "/console/main.js"; "/console/" is the page
  std::string_view type;  // its media type
  std::string_view etag;  // weak: the same for both codings
  std::string_view gzip;  // its bytes, compressed
};

// All of them, in no order. Static.
std::span<const ConsoleFile> console_files();
// Null where there is none of that path.
const ConsoleFile* find_console_file(std::string_view path);
// The file's own bytes: for clients that take no gzip.
std::string inflate_console_file(const ConsoleFile& file);

// Whether serve_console() is to answer: "/console" and all beneath.
bool is_console_path(std::string_view path);
// Answers GET and HEAD of such a path; 405 to other methods, 404 where there is no file. Suspends.
Task<void> serve_console(Exchange& exchange);

}  // namespace banyan
