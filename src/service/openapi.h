// The description of a service in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), from what its handlers take and
// give. Pure.
#pragma once

#include <deque>
#include <string>
#include <string_view>

namespace banyan::service {

struct Route;

// A JSON document; routes that are not listed are left out.
std::string describe_openapi(std::string_view title, std::string_view version, const std::deque<Route>& routes);

}  // namespace banyan::service
