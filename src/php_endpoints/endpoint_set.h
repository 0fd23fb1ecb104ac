// The endpoints of a whole code base, from what its files say on their own.
//
// What takes more than one file: the public folder (where index.php is), files that are asked for directly (they do
// something, refuse nothing, and no other file includes them), and whether this is WordPress, whose index.php answers
// whatever no other file does. Prefixes that a file of routes gives to what it imports.
#pragma once

#include <string>
#include <vector>

#include "php_endpoints/find_endpoints.h"

namespace banyan::php {

struct EndpointSet {
  std::vector<Endpoint> endpoints;          // by path, query, methods, file and line; each once
  std::vector<std::string> public_folders;  // relative to the code base; "" is its root
};

// `files` in any order; the result does not depend on it.
EndpointSet assemble_endpoints(std::vector<FileEndpoints> files);

}  // namespace banyan::php
