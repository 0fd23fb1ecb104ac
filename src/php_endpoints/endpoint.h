// An HTTP endpoint of a code base, as it was read from the source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "php_endpoints/path_pattern.h"

namespace banyan::php {

enum class Framework : std::uint8_t { kPlain, kLaravel, kSymfony, kSlim, kWordPress };
// "plain", "laravel"...
std::string_view framework_name(Framework framework);

// kCertain: a route the framework registers. kLikely: read from a condition or a convention. kGuess: part of the path
// is known only at run time, or the code may not be a route at all.
enum class Confidence : std::uint8_t { kCertain, kLikely, kGuess };
std::string_view confidence_name(Confidence confidence);

enum class HandlerKind : std::uint8_t {
  kFunction,  // name is its full name, "App\action_profile"
  kMethod,    // "App\UserController::show"; "?::show" where the class is not known
  kFile,      // the file's path
  kCode,      // lines of a file: a closure, or what stands below the condition; name is empty
};

struct Handler {
  HandlerKind kind = HandlerKind::kCode;
  std::string name;
  std::string file;                // of kCode and kFile: where it stands
  std::uint32_t line = 0;          // of kCode: its first and last line; else 0
  std::uint32_t end_line = 0;      //
  std::vector<std::string> calls;  // of kCode: names of the functions and methods it calls, in order, each once
};

struct Endpoint {
  std::vector<std::string> methods;  // "GET"; in order of name; none of them: any
  PathPattern path;
  std::string query;  // "action=save" where that part of the query (or of the posted form) chooses too, else empty
  Handler handler;
  std::string file;  // where the route is written
  std::uint32_t line = 0;
  Framework framework = Framework::kPlain;
  Confidence confidence = Confidence::kLikely;
};

// "GET /user/:id", "/wp-admin/admin-ajax.php?action=save".
std::string endpoint_title(const Endpoint& endpoint);

}  // namespace banyan::php
