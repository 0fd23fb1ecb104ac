#include "gateway/colouring.h"

#include <algorithm>

#include "http/lookalike.h"

namespace banyan {
namespace {

bool may_set_colours(const GraySection& gray, const SocketAddress& peer, const ClientIdentity& client) {
  if (peer.family == SocketAddress::Family::kUnix) {
    if (gray.trust_unix) return true;
  } else {
    const bool ipv6 = peer.family == SocketAddress::Family::kIpv6;
    const auto has_peer = [&](const IpNetwork& network) { return network.contains(peer.ip, ipv6); };
    if (std::any_of(gray.trust.begin(), gray.trust.end(), has_peer)) return true;
  }
  if (!client.trusted_peer) return false;
  const std::optional<IpAddress> address = parse_ip(client.address);
  const auto has_client = [&](const IpNetwork& network) { return network.contains(*address); };
  return address && std::any_of(gray.trust.begin(), gray.trust.end(), has_client);
}

}  // namespace

std::string accept_colour(const GatewaySnapshot& snapshot, Exchange& exchange, const ClientIdentity& client) {
  Fields& fields = exchange.head().fields;
  const ColourFields& colours = *snapshot.colours;
  remove_lookalikes_of(fields, colours.name());
  if (!colours.present(fields)) return {};
  const std::optional<GraySection>& gray = snapshot.config.gray;
  std::string colour;
  if (gray && may_set_colours(*gray, exchange.peer(), client)) colour = colours.read(fields);
  if (colour.empty()) colours.put_in_request({}, fields);
  return colour;
}

}  // namespace banyan
