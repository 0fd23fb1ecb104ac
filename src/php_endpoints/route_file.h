// Routes in Symfony's YAML and XML files: config/routes.yaml, config/routes/*.yaml, Resources/config/routing.xml.
//
// A file says routes, and imports others below a prefix: files, or folders of controllers with attributes. What is
// imported from where is told to endpoint_set.h, which knows all files. Sections for an environment count only if it is
// prod. Source: symfony.com/doc (Routing), and the routes-1.0 schema.
#pragma once

#include <string>
#include <string_view>

#include "php_endpoints/find_endpoints.h"

namespace banyan::php {

// Whether a file of this path may say routes: *.yaml, *.yml and *.xml with "route" or "routing" in their name or the
// folder's.
bool is_route_file(std::string_view path);

// Nothing in it where the text cannot be understood. `path` as in find_endpoints(). Pure.
FileEndpoints read_route_file(const std::string& path, std::string_view text);

}  // namespace banyan::php
