// Whether a client's address is in one of several networks.
#pragma once

#include <string_view>
#include <vector>

#include "base/ip_network.h"

namespace banyan {

// False where `address` is none, as that of a unix socket.
bool in_networks(std::string_view address, const std::vector<IpNetwork>& networks);

}  // namespace banyan
