// Addresses of a configuration as the system takes them.
#pragma once

#include "config/address.h"
#include "runtime/env.h"

namespace banyan {

// "127.0.0.1:80" and the like; not for names.
SocketAddress socket_address(const Address& address);

}  // namespace banyan
