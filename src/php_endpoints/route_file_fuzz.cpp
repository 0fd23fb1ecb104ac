// Any bytes as a file of routes, in both forms: read without fault, and put together with what they import.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "php_endpoints/endpoint_set.h"
#include "php_endpoints/route_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan::php;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const EndpointSet set =
      assemble_endpoints({read_route_file("config/routes.yaml", text), read_route_file("config/routing/a.xml", text),
                          read_route_file("config/routing/b.yml", text)});
  for (const Endpoint& endpoint : set.endpoints) BANYAN_CHECK(endpoint.path.text().starts_with('/'));
  return 0;
}
