#include "filters/client_network.h"

#include <algorithm>

namespace banyan {

bool in_networks(std::string_view address, const std::vector<IpNetwork>& networks) {
  const std::optional<IpAddress> client = parse_ip(address);
  if (!client) return false;
  return std::any_of(networks.begin(), networks.end(),
                     [&](const IpNetwork& network) { return network.contains(*client); });
}

}  // namespace banyan
