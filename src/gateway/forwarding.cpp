#include "gateway/forwarding.h"

#include <algorithm>

#include "base/ids.h"
#include "http/message_framing.h"

namespace banyan {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// An address as X-Forwarded-For has it: bare, in brackets, or with a port.
bool parse_hop(std::string_view hop, SocketAddress& out) {
  std::string text(hop);
  const bool bare_ipv6 = std::count(hop.begin(), hop.end(), ':') > 1 && hop.front() != '[';
  if (bare_ipv6) text = "[" + text + "]";
  for (const std::string& candidate : {text, text + ":0"}) {
    Result<SocketAddress> parsed = SocketAddress::parse(candidate);
    if (parsed.ok()) {
      out = *std::move(parsed);
      return true;
    }
  }
  return false;
}

std::string joined(const Fields& fields, FieldId id) {
  std::string all;
  for (const Fields::Entry& entry : fields) {
    if (entry.id != id) continue;
    if (!all.empty()) all += ", ";
    all += entry.value;
  }
  return all;
}

}  // namespace

bool is_trusted(const SocketAddress& address, const std::vector<IpNetwork>& trusted) {
  if (address.family == SocketAddress::Family::kUnix) return true;  // whoever may open the socket is let in by its mode
  const bool ipv6 = address.family == SocketAddress::Family::kIpv6;
  return std::any_of(trusted.begin(), trusted.end(),
                     [&](const IpNetwork& network) { return network.contains(address.ip, ipv6); });
}

ClientIdentity identify_client(const Exchange& exchange, const Fields& fields, const std::vector<IpNetwork>& trusted) {
  ClientIdentity client;
  client.address = exchange.peer().host();
  client.trusted_peer = is_trusted(exchange.peer(), trusted);
  if (!client.trusted_peer || !fields.has(FieldId::kXForwardedFor)) return client;
  std::string chain = joined(fields, FieldId::kXForwardedFor);
  for (std::string_view rest = chain; !rest.empty();) {
    const std::size_t comma = rest.rfind(',');
    const std::string_view hop = trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
    SocketAddress address;
    if (hop.empty() || !parse_hop(hop, address))
      return client;  // what cannot be read is not believed, nor what is left of it
    client.address = address.host();
    if (!is_trusted(address, trusted)) return client;
  }
  return client;
}

void forward_client(Exchange& exchange, Fields& fields, const ClientIdentity& client) {
  std::string chain;
  if (client.trusted_peer) chain = joined(fields, FieldId::kXForwardedFor);
  if (chain.empty()) {
    fields.set_copy(FieldId::kXForwardedFor, client.address);  // nothing was believed: the peer itself
  } else {
    fields.set_copy(FieldId::kXForwardedFor, chain + ", " + exchange.peer().host());
  }
  if (!client.trusted_peer || !fields.has(FieldId::kXForwardedProto)) {
    fields.set_copy(FieldId::kXForwardedProto, exchange.secure() ? "https" : "http");
  }
  if (!client.trusted_peer || !fields.has(FieldId::kXForwardedHost)) {
    fields.set_copy(FieldId::kXForwardedHost, exchange.head().authority);
  }
  if (!client.trusted_peer) fields.remove(FieldId::kForwarded);
}

void remove_named_by_connection(Fields& fields) {
  if (!fields.has(FieldId::kConnection)) return;
  fields.remove_if([&fields](const Fields::Entry& entry) {
    return entry.id == FieldId::kOther && list_contains(fields, FieldId::kConnection, entry.name);
  });
  fields.remove(FieldId::kConnection);
}

std::string origin_form(const RequestHead& head) {
  std::string target(head.path);
  if (head.has_query) target.append("?").append(head.query);
  return target;
}

std::string_view forward_request_id(Fields& fields, std::uint64_t random_high, std::uint64_t random_low) {
  const std::string_view given = fields.value(FieldId::kXRequestId);
  const bool usable = !fields.repeated(FieldId::kXRequestId) && !given.empty() && given.size() <= 128 &&
                      std::all_of(given.begin(), given.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!usable) {
    char text[RequestId::kTextBytes];
    RequestId{random_high, random_low}.write(text);
    fields.set_copy(FieldId::kXRequestId, {text, sizeof text});
  }
  return fields.value(FieldId::kXRequestId);
}

}  // namespace banyan
