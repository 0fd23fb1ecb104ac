#include "nginx_import/convert.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "config/address.h"
#include "nginx_import/ledger.h"
#include "nginx_import/location_order.h"
#include "nginx_import/process_settings.h"
#include "nginx_import/server_model.h"
#include "nginx_import/targets.h"

namespace banyan::nginx {
namespace {

// A server that does nothing but send clients to another address, as those for plain HTTP do.
bool only_redirects(const Server& server) {
  const auto redirects = [](const Directive* directive) {
    return directive != nullptr &&
           (directive->argument(0).starts_with("30") || directive->argument(0).starts_with("http"));
  };
  const auto rewrites = [](const Directive& directive) {
    return directive.name == "rewrite" && directive.argument(1).starts_with("http");
  };
  if (redirects(server.scope->own("return"))) return true;
  bool found = false;
  for (const Directive* directive : server.scope->all_own("rewrite")) found = found || rewrites(*directive);
  for (const Directive* directive : server.scope->all_own("if")) {
    for (const Directive& inner : directive->block) {
      found = found || rewrites(inner) || (inner.name == "return" && redirects(&inner));
    }
  }
  if (found && server.scope->own("location") == nullptr) return true;
  if (server.scope->own("location") == nullptr) return false;
  // A location that is not for certificates must redirect.
  return std::all_of(server.locations.begin(), server.locations.end(),
                     [&](const Location& location) {
                       return location.directive == server.directive ||
                              location.text.find("well-known") != std::string::npos ||
                              redirects(location.scope->own("return"));
                     }) &&
         std::any_of(server.locations.begin(), server.locations.end(), [&](const Location& location) {
           return location.directive != server.directive && location.text == "/";
         });
}

class Conversion {
 public:
  explicit Conversion(const Configuration& configuration)
      : configuration_(configuration),
        block_(http_block(configuration)),
        http_(block_, nullptr),
        upstreams_(http_, ledger_, proposal_),
        targets_(http_, upstreams_, ledger_) {}

  Result<Proposal> run() {
    ledger_.carry(find_block(configuration_.directives, "http"));
    servers_ = read_servers(block_, http_, ledger_);
    if (servers_.empty()) {
      return Error(ErrorCode::kInvalidArgument, configuration_.files[0] +
                                                    ": there is no `server` in it; name the main "
                                                    "file, usually /etc/nginx/nginx.conf");
    }
    for (const UnreadInclude& include : configuration_.unread) note_unread(include);
    leave_redirects_out();
    add_routes();
    add_listeners();
    read_process_settings(configuration_.directives, http_, servers_, {ledger_, proposal_});
    settle_proxy_protocol();
    note_stock_types();
    drop_unused_clusters();
    proposal_.notes = ledger_.close(configuration_.directives);
    proposal_.carried = ledger_.carried_count();
    proposal_.directives = ledger_.directive_count();
    return std::move(proposal_);
  }

 private:
  static const std::vector<Directive>& http_block(const Configuration& configuration) {
    const Directive* const http = find_block(configuration.directives, "http");
    return http != nullptr ? http->block : configuration.directives;
  }

  void note_unread(const UnreadInclude& include) {
    ledger_.note_at(NoteKind::kMissing, include.place, "include " + include.path,
                    "what stands in it is not in the proposal: " + include.why);
  }

  // nginx's own table of media types is Banyan's too.
  void note_stock_types() {
    for (const Directive& directive : block_) {
      if (directive.name == "types" && configuration_.files[directive.place.file].ends_with("mime.types")) {
        ledger_.carry(directive);
        for (const Directive& row : directive.block) ledger_.carry(row);
      }
    }
  }

  // Those of routes that an earlier one leaves no requests.
  void drop_unused_clusters() {
    std::set<std::string, std::less<>> used;
    for (const ProposedRoute& route : proposal_.routes) {
      used.insert(route.target.cluster);
      used.insert(route.target.asked.begin(), route.target.asked.end());
      for (const ProposedShare& share : route.target.shares) used.insert(share.cluster);
    }
    std::erase_if(proposal_.clusters, [&](const ProposedCluster& cluster) { return !used.contains(cluster.name); });
    share_connections();
    std::sort(
        proposal_.clusters.begin(), proposal_.clusters.end(), [](const ProposedCluster& a, const ProposedCluster& b) {
          return std::tie(a.place.file, a.place.position, a.name) < std::tie(b.place.file, b.place.position, b.name);
        });
  }

  // Clusters with the same php-fpm behind them share its processes, of which Debian ships a pool of 5.
  void share_connections() {
    constexpr int kProcesses = 5;
    for (ProposedCluster& cluster : proposal_.clusters) {
      const auto sharers = std::count_if(
          proposal_.clusters.begin(), proposal_.clusters.end(),
          [&](const ProposedCluster& other) { return other.fastcgi && other.endpoints == cluster.endpoints; });
      if (!cluster.fastcgi || sharers < 2) continue;
      cluster.connections_max = std::max(1, kProcesses / static_cast<int>(sharers));
      ledger_.note_at(NoteKind::kDiffers, cluster.place, "cluster " + cluster.name,
                      std::to_string(sharers) +
                          " clusters share one php-fpm: their connections_max together should be "
                          "its pm.max_children");
    }
  }

  void leave_redirects_out() {
    std::vector<Server> kept;
    std::vector<Server> redirects;
    for (Server& server : servers_) (only_redirects(server) ? redirects : kept).push_back(std::move(server));
    if (kept.empty()) {
      servers_ = std::move(redirects);
      return;
    }
    servers_ = std::move(kept);
    const bool all_tls = std::all_of(servers_.begin(), servers_.end(), [](const Server& server) {
      return std::all_of(server.listens.begin(), server.listens.end(), [](const Listen& one) { return one.tls; });
    });
    const std::size_t others = servers_.size();
    for (Server& server : redirects) {
      const std::int64_t status = all_tls ? https_status(server) : 0;
      if (status == 0 && has_names_of_its_own(server, others)) {
        servers_.push_back(std::move(server));  // its routes redirect
        continue;
      }
      // Its directives are spoken for by this one note.
      for (const Directive& directive : server.directive->block) settle_within(directive);
      if (status == 0) {
        ledger_.note(NoteKind::kMissing, *server.directive, "server " + names_of(server),
                     "it only redirects, and routes do not look at the port: its listeners are left out, so keep nginx "
                     "for it");
        continue;
      }
      ledger_.note(NoteKind::kDiffers, *server.directive, "server " + names_of(server),
                   "every route sends clients that came without TLS to https, to the host they asked");
      if (proposal_.filters.empty()) {
        proposal_.filters.push_back("redirect: {https: true, status: " + std::to_string(status) + "}");
      }
      to_https_.push_back(std::move(server));
    }
  }

  // Of a server that sends everybody to the same address with https; 0 of any other.
  std::int64_t https_status(const Server& server) const {
    const bool plain =
        std::none_of(server.listens.begin(), server.listens.end(), [](const Listen& one) { return one.tls; });
    if (!plain || server.scope->own("location") != nullptr) return 0;
    std::vector<const Directive*> found = server.scope->all_own("rewrite");
    if (const Directive* directive = server.scope->own("return")) found.push_back(directive);
    for (const Directive* condition : server.scope->all_own("if")) {
      for (const Directive& inner : condition->block) found.push_back(&inner);
    }
    for (const Directive* directive : found) {
      const bool rewrites = directive->name == "rewrite";
      const auto code = rewrites ? std::nullopt : read_number(directive->argument(0));
      const std::int64_t status = rewrites ? (directive->argument(2) == "permanent" ? 301 : 302) : code.value_or(302);
      std::string_view text = directive->argument(rewrites || code ? 1 : 0);
      if (text.ends_with('?')) text.remove_suffix(1);
      const std::size_t end = std::min(text.rfind("$request_uri"), text.rfind("$1"));
      if (status < 301 || status > 308 || !text.starts_with("https://") || end == text.npos) continue;
      std::string_view host = text.substr(8, end - 8);
      if (host.ends_with('/')) host.remove_suffix(1);
      if (host == "$host" || host == "$http_host" || host == "$server_name" || is_served(host)) return status;
    }
    return 0;
  }

  bool is_served(std::string_view host) const {
    return std::any_of(servers_.begin(), servers_.end(), [&](const Server& server) {
      return std::find(server.hosts.begin(), server.hosts.end(), host) != server.hosts.end();
    });
  }

  // Names none of the first `others` servers has, so that routes can tell its requests by them.
  bool has_names_of_its_own(const Server& server, std::size_t others) const {
    return !server.hosts.empty() && server.scope->own("return") != nullptr &&
           std::none_of(server.hosts.begin(), server.hosts.end(), [&](const std::string& host) {
             return std::any_of(servers_.begin(), servers_.begin() + static_cast<std::ptrdiff_t>(others),
                                [&](const Server& one) {
                                  return std::find(one.hosts.begin(), one.hosts.end(), host) != one.hosts.end();
                                });
           });
  }

  void settle_within(const Directive& directive) {
    ledger_.note_silently(directive);
    for (const Directive& inner : directive.block) settle_within(inner);
  }

  static std::string names_of(const Server& server) {
    const Directive* const names = server.scope->own("server_name");
    return names != nullptr ? names->text().substr(12) : std::string("without a name");
  }

  // Whoever could connect could say any address: without a balancer to trust nobody may.
  void settle_proxy_protocol() {
    for (ProposedListener& listener : proposal_.listeners) {
      if (!listener.proxy_protocol || !proposal_.trusted_proxies.empty()) continue;
      listener.proxy_protocol = false;
      ledger_.note_at(
          NoteKind::kMissing, listener.place, "listen ... proxy_protocol",
          "no set_real_ip_from says who may send it: name the balancer in gateway.trusted_proxies, and write "
          "`proxy_protocol: true` on the listener (docs/protocols.md)");
    }
  }

  // --- Listeners -------------------------------------------------------------------------------------------------

  void add_listeners() {
    for (const Server& server : servers_) {
      if (left_out_.contains(server.directive)) continue;
      for (const Listen& listen : server.listens) {
        if (!listen.address.empty()) add_listener(server, listen);
      }
    }
    for (const Server& server : to_https_) {
      for (const Listen& listen : server.listens) {
        if (!listen.address.empty() && !listen.tls) add_listener(server, listen);
      }
    }
    // [::]:80 takes IPv4 too, so that 0.0.0.0:80 beside it would be taken already.
    std::set<std::string, std::less<>> addresses;
    for (const ProposedListener& listener : proposal_.listeners) addresses.insert(listener.address);
    std::erase_if(proposal_.listeners, [&](const ProposedListener& listener) {
      return listener.address.starts_with("0.0.0.0:") && addresses.contains("[::]" + listener.address.substr(7));
    });
  }

  void add_listener(const Server& server, const Listen& listen) {
    std::vector<ProposedListener::Certificate> certificates;
    if (listen.tls) {
      certificates = certificates_of(server);
      if (certificates.empty()) {
        ledger_.note_at(NoteKind::kMissing, listen.directive->place, listen.directive->text(),
                        "it serves TLS without a certificate that can be read: add one under gateway.listen");
        return;
      }
    }
    auto known = std::find_if(proposal_.listeners.begin(), proposal_.listeners.end(),
                              [&](const ProposedListener& one) { return one.address == listen.address; });
    if (known == proposal_.listeners.end()) {
      proposal_.listeners.push_back({.place = listen.directive->place, .address = listen.address});
      known = proposal_.listeners.end() - 1;
    }
    known->proxy_protocol = known->proxy_protocol || listen.proxy_protocol;
    for (const auto& certificate : certificates) {
      // The default server's goes first: it is shown where no name fits.
      auto& all = known->certificates;
      if (std::find(all.begin(), all.end(), certificate) != all.end()) continue;
      all.insert(listen.is_default ? all.begin() : all.end(), certificate);
    }
  }

  std::vector<ProposedListener::Certificate> certificates_of(const Server& server) {
    const auto certificates = server.scope->all("ssl_certificate");
    const auto keys = server.scope->all("ssl_certificate_key");
    std::vector<ProposedListener::Certificate> all;
    for (std::size_t i = 0; i < certificates.size() && i < keys.size(); ++i) {
      const std::string certificate = absolute(certificates[i]->argument(0));
      const std::string key = absolute(keys[i]->argument(0));
      if (certificate.empty() || key.empty()) {
        ledger_.note(NoteKind::kMissing, *certificates[i], "certificates and keys are PEM files with fixed names");
        ledger_.carry(keys[i]);
        continue;
      }
      ledger_.carry(certificates[i]);
      ledger_.carry(keys[i]);
      all.push_back({certificate, key});
    }
    return all;
  }

  // Relative paths start at the main file's folder. "" for data:, engine: and what holds a variable.
  std::string absolute(std::string_view path) const {
    if (path.empty() || path.find_first_of("$:") != path.npos) return "";
    return path.starts_with('/') ? std::string(path) : configuration_.folder + "/" + std::string(path);
  }

  // --- Routes ----------------------------------------------------------------------------------------------------

  const Server& default_server() const {
    for (const Server& server : servers_) {
      for (const Listen& listen : server.listens) {
        if (listen.is_default) return server;
      }
    }
    return servers_.front();
  }

  void add_routes() {
    const Server& fallback = default_server();
    struct Group {
      std::string host;
      const std::vector<ProposedRoute>* routes;
    };
    std::vector<std::vector<ProposedRoute>> all(servers_.size());
    std::vector<Group> groups;
    std::set<std::string, std::less<>> hosts;
    for (std::size_t i = 0; i < servers_.size(); ++i) {
      const Server& server = servers_[i];
      all[i] = order_locations(server, targets_, ledger_);
      bool named = false;
      for (const std::string& host : server.hosts) {
        if (servers_.size() == 1) break;
        if (hosts.insert(host).second) {
          named = true;
          groups.push_back({host, &all[i]});
        } else {
          note_port(server, host);
        }
      }
      if (&server == &fallback || named) continue;
      left_out_.insert(server.directive);
      if (!server.hosts.empty()) continue;
      ledger_.note_at(NoteKind::kMissing, server.directive->place, "server " + names_of(server),
                      "it has no name that a route could match: its routes are left out; run a second gateway for it");
    }
    // Exact hosts before wildcards, and of these the longest first.
    std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
      const bool a_wild = a.host.starts_with("*.");
      const bool b_wild = b.host.starts_with("*.");
      if (a_wild != b_wild) return b_wild;
      if (a_wild && a.host.size() != b.host.size()) return a.host.size() > b.host.size();
      return a.host < b.host;
    });
    const auto index = static_cast<std::size_t>(&fallback - servers_.data());
    // The default server's own names need routes of their own only where a wildcard of another would take them.
    const auto taken_by_another = [&](const std::string& host) {
      return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& other) {
        return other.starts_with("*.") && host != other && host.ends_with(std::string_view(other).substr(1));
      });
    };
    std::erase_if(groups,
                  [&](const Group& group) { return group.routes == &all[index] && !taken_by_another(group.host); });
    groups.push_back({"", &all[index]});
    for (const Group& group : groups) add_group(group.host, *group.routes);
  }

  void note_port(const Server& server, const std::string& name) {
    ledger_.note_at(NoteKind::kMissing, server.directive->place, "server " + name,
                    "an earlier server has this name, and routes do not look at the port: its routes are left out; run "
                    "a second gateway for it");
  }

  void add_group(const std::string& host, const std::vector<ProposedRoute>& routes) {
    if (proposal_.routes.size() + routes.size() > kRoutesMax) {
      ledger_.note_at(NoteKind::kMissing, routes.front().place, "server " + host,
                      "more than 5,000 routes: import this server by itself");
      return;
    }
    for (const ProposedRoute& route : routes) {
      ProposedRoute copy = route;
      copy.match.host = host;
      copy.id = unique_id(copy);
      proposal_.routes.push_back(std::move(copy));
    }
  }

  std::string unique_id(const ProposedRoute& route) {
    std::string wanted = route.match.host;
    if (route.match.path != "/") {
      wanted += "/" + route.match.path;
    } else if (route.match.exact) {
      wanted += "/home";
    } else if (wanted.empty()) {
      wanted = "rest";
    }
    if (!route.match.header.empty()) wanted += "-" + route.match.header + "-" + route.match.header_value;
    if (!route.match.query.empty()) wanted += "-" + route.match.query + "-" + route.match.query_value;
    if (wanted.starts_with("*.")) wanted = "any." + wanted.substr(2);
    wanted = name_from(wanted);
    std::string id = wanted;
    for (int i = 2; !ids_.insert(id).second; ++i) id = wanted + "-" + std::to_string(i);
    return id;
  }

  const Configuration& configuration_;
  const std::vector<Directive>& block_;
  Scope http_;
  Ledger ledger_;
  Proposal proposal_;
  Upstreams upstreams_;
  Targets targets_;
  std::vector<Server> servers_;
  std::vector<Server> to_https_;  // servers that only send clients to TLS
  std::set<const Directive*> left_out_;
  std::set<std::string, std::less<>> ids_;
};

}  // namespace

Result<Proposal> convert(const Configuration& configuration) { return Conversion(configuration).run(); }

}  // namespace banyan::nginx
