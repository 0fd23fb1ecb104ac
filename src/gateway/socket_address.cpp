#include "gateway/socket_address.h"

#include "base/check.h"

namespace banyan {

SocketAddress socket_address(const Address& address) {
  Result<SocketAddress> parsed = SocketAddress::parse(address.text());
  BANYAN_CHECK(parsed.ok());  // the loader has checked it
  return *std::move(parsed);
}

}  // namespace banyan
