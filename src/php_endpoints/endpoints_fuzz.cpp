// Any bytes as a file: its endpoints are found, put together and matched without fault.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "php_endpoints/endpoint_set.h"
#include "php_endpoints/path_matcher.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan::php;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const SyntaxTree tree = parse(source, {.depth_max = 200});
  const EndpointSet set = assemble_endpoints({find_endpoints("index.php", source, tree)});
  const PathMatcher matcher(set.endpoints);
  for (const Endpoint& endpoint : set.endpoints) {
    BANYAN_CHECK(endpoint.path.text().starts_with('/'));
    matcher.match(endpoint.methods.empty() ? "GET" : endpoint.methods[0], endpoint.path.text());
  }
  return 0;
}
