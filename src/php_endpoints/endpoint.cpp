#include "php_endpoints/endpoint.h"

namespace banyan::php {

std::string_view framework_name(Framework framework) {
  constexpr std::string_view kNames[] = {"plain", "laravel", "symfony", "slim", "wordpress"};
  return kNames[static_cast<int>(framework)];
}

std::string_view confidence_name(Confidence confidence) {
  constexpr std::string_view kNames[] = {"certain", "likely", "guess"};
  return kNames[static_cast<int>(confidence)];
}

std::string endpoint_title(const Endpoint& endpoint) {
  std::string title;
  for (const std::string& method : endpoint.methods) title += (title.empty() ? "" : "|") + method;
  if (!title.empty()) title += ' ';
  title += endpoint.path.text();
  if (!endpoint.query.empty()) title += "?" + endpoint.query;
  return title;
}

}  // namespace banyan::php
