// The HTTP endpoints one file of PHP declares: start here.
//
// The problem: a team that moves a code base endpoint by endpoint first needs the list of them, and PHP has many ways
// to write it. The idea: read the tree only (nothing is run) and know the ways that are common: routes that Laravel,
// Lumen, Slim, Symfony and WordPress register; conditions on $_SERVER['REQUEST_URI'] and its like; switches over
// $_GET['action']; and files that are asked for directly. What a file says on its own comes from here; what takes the
// whole code base (which files are included, where the public folder is) from endpoint_set.h.
// Limits: routes computed at run time, and dispatch over more than one file, are not seen. Routes in YAML and XML are
// read by route_file.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "php_endpoints/endpoint.h"
#include "php_parse/parse.h"

namespace banyan::php {

// A file of routes takes in others, below a prefix.
struct RouteImport {
  std::string resource;   // a file, or a folder with what is below it; relative to the code base
  bool anywhere = false;  // relative to some folder of the code base
  PathPattern prefix;
};

struct FileEndpoints {
  std::string path;
  std::vector<Endpoint> endpoints;
  std::vector<RouteImport> imports;
  // Chosen by the query alone: their path is the one the file itself has, which is not known yet.
  std::vector<Endpoint> of_file;
  std::vector<std::string> includes;  // the ends of the paths it includes, "includes/auth.php"
  bool runs = false;                  // does something by itself, beyond declaring
  bool answers = false;               // and prints, reads the request or includes other files in doing so
  bool guarded = false;               // ends at once when it is asked for directly, or is for the command line
  std::uint32_t lines = 0;
};

inline constexpr std::size_t kEndpointsPerFileMax = 5000;

// Pure: may be called from several threads. `path` is relative to the code base, with slashes; `tree` is of `source`.
FileEndpoints find_endpoints(const std::string& path, std::string_view source, const SyntaxTree& tree);

}  // namespace banyan::php
