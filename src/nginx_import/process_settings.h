// What holds for the whole gateway: workers, bounds on clients, proxies that are trusted, the access log. nginx gives
// most of these for each server or location, Banyan once: the widest value counts, and the others are noted.
#pragma once

#include <vector>

#include "nginx_import/ledger.h"
#include "nginx_import/scope.h"
#include "nginx_import/server_model.h"

namespace banyan::nginx {

struct Outcome {
  Ledger& ledger;
  Proposal& proposal;
};

void read_process_settings(const std::vector<Directive>& main, const Scope& http, const std::vector<Server>& servers,
                           Outcome outcome);

}  // namespace banyan::nginx
