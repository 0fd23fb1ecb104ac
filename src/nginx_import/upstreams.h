// The servers behind nginx: what `proxy_pass`, `fastcgi_pass` and `upstream` name, as clusters of a proposal.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nginx_import/ledger.h"
#include "nginx_import/scope.h"

namespace banyan::nginx {

class Upstreams {
 public:
  // All of them must outlive this.
  Upstreams(const Scope& http, Ledger& ledger, Proposal& proposal)
      : http_(http), ledger_(ledger), proposal_(proposal) {}

  // The endpoints `server` names: an upstream, HOST, HOST:PORT or unix:PATH. Nothing, with a note on `directive`, where
  // Banyan cannot reach it.
  std::optional<std::vector<ProposedEndpoint>> endpoints(std::string_view server, int default_port,
                                                         const Directive& directive);
  // How an upstream of that name shares its requests out, as the configuration says it; "" in turn.
  std::string balance(std::string_view server);
  // The name of the cluster that is as `cluster` says, whose own name is only wanted; it is added where there is none.
  std::string add(ProposedCluster cluster);

 private:
  std::optional<std::vector<ProposedEndpoint>> of_upstream(const Directive& upstream, int default_port);
  std::optional<ProposedEndpoint> read_server(const Directive& server, int default_port);

  const Scope& http_;
  Ledger& ledger_;
  Proposal& proposal_;
};

// `wanted` with every character a name may not have made '-', at most 48 bytes, never empty.
std::string name_from(std::string_view wanted);

}  // namespace banyan::nginx
