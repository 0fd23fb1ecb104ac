#include "nginx_import/upstreams.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "config/address.h"
#include "nginx_import/route_filters.h"

namespace banyan::nginx {
namespace {

constexpr int kWeightMax = 1000;

// "" where it is no address.
std::string address_of(std::string_view server, int default_port) {
  std::string text(server);
  if (text.starts_with("unix:")) {
    if (text.ends_with(':')) text.pop_back();  // as proxy_pass writes it
  } else {
    const std::size_t bracket = text.rfind(']');
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos || (bracket != text.npos && colon < bracket)) text += ":" + std::to_string(default_port);
  }
  const Result<Address> address = parse_address(text);
  return address.ok() ? address->text() : "";
}

bool same(const ProposedCluster& a, const ProposedCluster& b) {
  return a.fastcgi == b.fastcgi && a.endpoints == b.endpoints && a.connect_timeout == b.connect_timeout &&
         a.root == b.root && a.index == b.index && a.fallback == b.fallback && a.scripts == b.scripts &&
         a.params == b.params && a.http2 == b.http2 && a.tls == b.tls && a.balance == b.balance;
}

}  // namespace

std::string name_from(std::string_view wanted) {
  std::string name;
  for (char c : wanted) {
    const bool fine = is_ascii_alnum(c) || c == '.' || c == '_';
    if (fine) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
    if (name.size() == 48) break;
  }
  while (name.ends_with('-')) name.pop_back();
  return name.empty() ? "unnamed" : name;
}

std::optional<std::vector<ProposedEndpoint>> Upstreams::endpoints(std::string_view server, int default_port,
                                                                  const Directive& directive) {
  for (const Directive* upstream : http_.all_own("upstream")) {
    if (upstream->argument(0) == server) return of_upstream(*upstream, default_port);
  }
  std::string address = address_of(server, default_port);
  if (!address.empty()) return std::vector<ProposedEndpoint>{{std::move(address), 1}};
  ledger_.note(NoteKind::kMissing, directive,
               "'" + std::string(server) + "' is no address a cluster could have: add the cluster by hand");
  return std::nullopt;
}

std::string Upstreams::balance(std::string_view server) {
  for (const Directive* upstream : http_.all_own("upstream")) {
    if (upstream->argument(0) != server) continue;
    for (const Directive& directive : upstream->block) {
      const std::string key = directive.name == "ip_hash" ? "ip"
                              : directive.name == "hash"  ? client_key(directive.argument(0))
                                                          : "";
      if (directive.name == "least_conn") {
        ledger_.carry(directive);
        return "balance: least_request";
      }
      if (key.empty() || key == "host" || key == "path" || key == "method") continue;
      ledger_.note(NoteKind::kDiffers, directive, "who gets which server is drawn anew, once: the hash is another");
      return "balance: maglev\n    hash: \"" + key + "\"";
    }
  }
  return "";
}

std::optional<std::vector<ProposedEndpoint>> Upstreams::of_upstream(const Directive& upstream, int default_port) {
  ledger_.carry(upstream);
  std::vector<ProposedEndpoint> endpoints;
  bool serves = false;
  for (const Directive& directive : upstream.block) {
    if (directive.name != "server") continue;
    std::optional<ProposedEndpoint> endpoint = read_server(directive, default_port);
    if (!endpoint) continue;
    const auto known = std::find_if(endpoints.begin(), endpoints.end(),
                                    [&](const ProposedEndpoint& one) { return one.address == endpoint->address; });
    serves = serves || endpoint->weight > 0;
    if (known == endpoints.end()) {
      endpoints.push_back(*std::move(endpoint));
    } else {
      known->weight = std::min(known->weight + endpoint->weight, kWeightMax);
    }
  }
  if (serves) return endpoints;
  ledger_.note(NoteKind::kMissing, upstream, "none of its servers can be an endpoint: add the cluster by hand");
  return std::nullopt;
}

std::optional<ProposedEndpoint> Upstreams::read_server(const Directive& server, int default_port) {
  ProposedEndpoint endpoint{.address = address_of(server.argument(0), default_port)};
  ledger_.carry(server);
  if (endpoint.address.empty()) {
    ledger_.note(NoteKind::kMissing, server, "this is no address an endpoint could have");
    return std::nullopt;
  }
  for (std::size_t i = 1; i < server.arguments.size(); ++i) {
    const std::string_view word = server.arguments[i];
    const std::string_view value = word.substr(std::min(word.find('=') + 1, word.size()));
    if (word.starts_with("weight=")) {
      const std::int64_t weight = read_number(value).value_or(1);
      endpoint.weight = static_cast<int>(std::clamp<std::int64_t>(weight, 1, kWeightMax));
      if (weight > kWeightMax) ledger_.note(NoteKind::kDiffers, server, "weights end at 1000: scale all of them down");
    } else if (word == "down") {
      endpoint.weight = 0;
    } else if (word == "backup") {
      endpoint.weight = 0;
      ledger_.note(NoteKind::kMissing, server, "a backup gets nothing (weight 0): raise its weight when it is needed");
    } else if (word.starts_with("max_fails=") || word.starts_with("fail_timeout=")) {
      ledger_.note(NoteKind::kMissing, server, "write `outlier` on the cluster (docs/upstreams.md)");
    } else {
      ledger_.note(NoteKind::kMissing, server, "'" + std::string(word) + "' has no counterpart");
    }
  }
  return endpoint;
}

std::string Upstreams::add(ProposedCluster cluster) {
  for (const ProposedCluster& known : proposal_.clusters) {
    if (same(known, cluster)) return known.name;
  }
  const std::string wanted = name_from(cluster.name);
  const auto taken = [&](const std::string& name) {
    return std::any_of(proposal_.clusters.begin(), proposal_.clusters.end(),
                       [&](const ProposedCluster& known) { return known.name == name; });
  };
  cluster.name = wanted;
  for (int i = 2; taken(cluster.name); ++i) cluster.name = wanted + "-" + std::to_string(i);
  proposal_.clusters.push_back(std::move(cluster));
  return proposal_.clusters.back().name;
}

}  // namespace banyan::nginx
