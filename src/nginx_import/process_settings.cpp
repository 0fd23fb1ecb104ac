#include "nginx_import/process_settings.h"

#include <algorithm>

#include "base/ip_network.h"
#include "config/address.h"

namespace banyan::nginx {
namespace {

constexpr std::int64_t kMiB = 1024 * 1024;
constexpr std::int64_t kTiB = kMiB * kMiB;
constexpr std::int64_t kBodyBytesOfNginx = kMiB;
constexpr Duration kHour = std::chrono::hours(1);

// The widest value of `name` over all servers, 0 where none gives one; `read` gives 0 for what it cannot use.
template <class T, class Read>
T widest(std::string_view name, const std::vector<Server>& servers, Ledger& ledger, Read read) {
  T value{0};
  const Directive* from = nullptr;
  for (const Server& server : servers) {
    const Directive* const directive = server.scope->find(name);
    const T one = directive != nullptr ? read(*directive) : T{0};
    if (one <= value) continue;
    value = one;
    from = directive;
  }
  ledger.carry(from);
  return value;
}

Duration client_time(const Directive& directive, Duration max) {
  const auto time = read_time(directive.argument(0));
  return time && *time >= std::chrono::milliseconds(1) ? std::min(*time, max) : Duration{0};
}

void read_body_bytes(const std::vector<Server>& servers, Outcome outcome) {
  const auto bytes_of = [](const Directive* directive) {
    if (directive == nullptr) return kBodyBytesOfNginx;
    const auto bytes = read_size(directive->argument(0));
    return !bytes ? kBodyBytesOfNginx : *bytes == 0 ? kTiB : std::min(*bytes, kTiB);
  };
  std::int64_t most = 0;
  for (const Server& server : servers) {
    for (const Location& location : server.locations) {
      most = std::max(most, bytes_of(location.scope->find("client_max_body_size")));
    }
  }
  outcome.proposal.body_bytes = most;
  for (const Server& server : servers) {
    for (const Location& location : server.locations) {
      const Directive* const directive = location.scope->find("client_max_body_size");
      if (directive == nullptr) continue;
      if (bytes_of(directive) == most) {
        outcome.ledger.carry(directive);
      } else {
        outcome.ledger.note(NoteKind::kDiffers, *directive,
                            "gateway.limits.body_bytes is one for all: the largest counts");
      }
    }
  }
}

void read_trusted(const Scope& scope, Outcome outcome) {
  for (const Directive* directive : scope.all_own("set_real_ip_from")) {
    const Result<IpNetwork> network = parse_network(directive->argument(0));
    if (!network.ok()) {
      outcome.ledger.note(NoteKind::kMissing, *directive,
                          "gateway.trusted_proxies takes networks: " + network.error().text());
      continue;
    }
    outcome.ledger.carry(directive);
    auto& all = outcome.proposal.trusted_proxies;
    if (std::find(all.begin(), all.end(), network->text()) == all.end()) all.push_back(network->text());
  }
  const Directive* const header = scope.own("real_ip_header");
  if (header != nullptr && (header->argument(0) == "X-Forwarded-For" || header->argument(0) == "proxy_protocol")) {
    outcome.ledger.carry(header);
  }
  const Directive* const recursive = scope.own("real_ip_recursive");
  if (recursive != nullptr && recursive->argument(0) == "on") outcome.ledger.carry(recursive);
}

void read_workers(const std::vector<Directive>& main, Outcome outcome) {
  for (const Directive& directive : main) {
    if (directive.name != "worker_processes") continue;
    outcome.ledger.carry(directive);
    const auto workers = read_number(directive.argument(0));
    if (workers && *workers >= 1 && *workers <= 256) outcome.proposal.workers = *workers;
  }
}

void read_access_log(const Scope& http, const std::vector<Server>& servers, Outcome outcome) {
  const bool all_off = std::all_of(servers.begin(), servers.end(), [](const Server& server) {
    const Directive* const log = server.scope->find("access_log");
    return log != nullptr && log->argument(0) == "off";
  });
  outcome.proposal.access_log_off = all_off;
  if (!all_off) return;
  for (const Directive* log : http.all_own("access_log")) outcome.ledger.carry(log);
  for (const Server& server : servers) {
    for (const Directive* log : server.scope->all_own("access_log")) outcome.ledger.carry(log);
  }
}

}  // namespace

void read_process_settings(const std::vector<Directive>& main, const Scope& http, const std::vector<Server>& servers,
                           Outcome outcome) {
  Ledger& ledger = outcome.ledger;
  Proposal& proposal = outcome.proposal;
  read_workers(main, outcome);
  read_body_bytes(servers, outcome);
  read_trusted(http, outcome);
  for (const Server& server : servers) read_trusted(*server.scope, outcome);
  read_access_log(http, servers, outcome);
  const auto hour = [](const Directive& directive) { return client_time(directive, kHour); };
  const auto day = [](const Directive& directive) { return client_time(directive, 24 * kHour); };
  proposal.header_timeout = widest<Duration>("client_header_timeout", servers, ledger, hour);
  proposal.body_timeout = widest<Duration>("client_body_timeout", servers, ledger, hour);
  proposal.idle_timeout = widest<Duration>("keepalive_timeout", servers, ledger, day);
  proposal.head_bytes =
      widest<std::int64_t>("large_client_header_buffers", servers, ledger, [](const Directive& directive) {
        const std::int64_t count = read_number(directive.argument(0)).value_or(0);
        const std::int64_t bytes = read_size(directive.argument(1)).value_or(0);
        if (count <= 0 || bytes <= 0 || count > kMiB || bytes > kMiB) return std::int64_t{0};
        return std::clamp<std::int64_t>(count * bytes, 1024, kMiB);
      });
}

}  // namespace banyan::nginx
