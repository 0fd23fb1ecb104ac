#include "nginx_import/server_model.h"

#include <algorithm>

#include "base/ascii.h"
#include "config/address.h"

namespace banyan::nginx {
namespace {

const std::vector<Directive> kNoDirectives;

// An address of `listen` in Banyan's spelling; "" where there is none.
std::string listen_address(std::string_view text) {
  std::string address(text);
  if (read_number(text)) {
    address.insert(0, "0.0.0.0:");
  } else if (!text.starts_with("unix:")) {
    if (address.starts_with("*:")) address.replace(0, 1, "0.0.0.0");
    if (address == "*") address = "0.0.0.0";
    const bool bracketed = address.starts_with("[");
    const std::size_t colon = address.rfind(':');
    const std::size_t bracket = address.rfind(']');
    const bool has_port = colon != address.npos && (!bracketed || (bracket != address.npos && colon > bracket));
    if (!has_port) address += ":80";
    if (address.starts_with("localhost:")) address.replace(0, 9, "127.0.0.1");
  }
  const Result<Address> parsed = parse_address(address);
  return parsed.ok() && parsed->kind != Address::Kind::kName ? parsed->text() : "";
}

Listen read_listen(const Directive& directive, bool tls_everywhere, Ledger& ledger) {
  Listen listen{.directive = &directive, .address = listen_address(directive.argument(0)), .tls = tls_everywhere};
  ledger.carry(directive);
  for (std::size_t i = 1; i < directive.arguments.size(); ++i) {
    const std::string_view word = directive.arguments[i];
    if (word == "ssl") listen.tls = true;
    if (word == "default_server" || word == "default") listen.is_default = true;
    if (word == "proxy_protocol") listen.proxy_protocol = true;
    if (word == "quic") ledger.note(NoteKind::kMissing, directive, "HTTP/3 is not served");
  }
  if (listen.address.empty()) {
    ledger.note(NoteKind::kMissing, directive, "write the IP address it stands for under gateway.listen");
  }
  return listen;
}

void read_listens(Server& server, Ledger& ledger) {
  const Directive* const tls = server.scope->find("ssl");
  const bool tls_everywhere = tls != nullptr && tls->argument(0) == "on";
  for (const Directive* directive : server.scope->all_own("listen")) {
    server.listens.push_back(read_listen(*directive, tls_everywhere, ledger));
  }
  if (!server.listens.empty()) return;
  server.listens.push_back({.directive = server.directive, .address = "0.0.0.0:80", .tls = tls_everywhere});
}

bool is_host(std::string_view host) {
  if (host.starts_with("*.")) host.remove_prefix(2);
  return !host.empty() && !host.starts_with('.') && host.find("..") == host.npos &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._") == host.npos;
}

void add_host(Server& server, std::string host) {
  const auto& hosts = server.hosts;
  if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) server.hosts.push_back(std::move(host));
}

void read_names(Server& server, Ledger& ledger) {
  for (const Directive* directive : server.scope->all_own("server_name")) {
    ledger.carry(directive);
    for (const std::string& argument : directive->arguments) {
      const std::string name = ascii_lower(argument);
      if (name == "_" || name.empty()) {
        server.catches_all = true;
      } else if (name.starts_with('.') && is_host(name.substr(1))) {
        add_host(server, name.substr(1));
        add_host(server, "*" + name);
      } else if (is_host(name)) {
        add_host(server, name);
      } else {
        ledger.note(NoteKind::kMissing, *directive, "server_name " + argument,
                    "a route's host is a name, or '*.' and a name: write a route for each name it stands for");
      }
    }
  }
}

Location read_location(const Directive& directive, const Scope& outer, const Location* parent) {
  using Kind = Location::Kind;
  Location location{.directive = &directive, .parent = parent};
  std::string_view modifier = directive.argument(0);
  std::string_view text = directive.argument(1);
  if (directive.arguments.size() == 1) {
    // "=/path" and "~expression" may be written without the space.
    text = modifier;
    modifier = "";
    for (std::string_view known : {"~*", "^~", "~", "="}) {
      if (!text.starts_with(known)) continue;
      modifier = known;
      text.remove_prefix(known.size());
      break;
    }
  }
  location.text = text;
  if (modifier == "=") location.kind = Kind::kExact;
  if (modifier == "^~") location.kind = Kind::kFinal;
  if (modifier == "~" || modifier == "~*") {
    location.kind = Kind::kRegex;
    location.ignore_case = modifier == "~*";
    location.pattern = read_location_pattern(text);
  }
  if (text.starts_with('@')) location.kind = Kind::kNamed;
  location.scope = std::make_unique<Scope>(directive.block, &outer);
  return location;
}

void read_locations(Server& server, const std::vector<Directive>& block, const Scope& outer, const Location* parent) {
  for (const Directive& directive : block) {
    if (directive.name != "location") continue;
    server.locations.push_back(read_location(directive, outer, parent));
    const Location& location = server.locations.back();
    read_locations(server, directive.block, *location.scope, &location);
  }
}

Server read_server(const Directive& directive, const Scope& http_scope, Ledger& ledger) {
  Server server;
  server.directive = &directive;
  server.scope = std::make_unique<Scope>(directive.block, &http_scope);
  ledger.carry(directive);
  read_listens(server, ledger);
  read_names(server, ledger);
  read_locations(server, directive.block, *server.scope, nullptr);
  if (server.at(Location::Kind::kPrefix, "/") == nullptr && server.at(Location::Kind::kFinal, "/") == nullptr) {
    server.locations.push_back({.directive = &directive, .text = "/"});
    server.locations.back().scope = std::make_unique<Scope>(kNoDirectives, server.scope.get());
  }
  return server;
}

}  // namespace

const Location* Server::named(std::string_view name) const { return at(Location::Kind::kNamed, name); }

const Location* Server::at(Location::Kind kind, std::string_view text) const {
  for (const Location& location : locations) {
    if (location.parent == nullptr && location.kind == kind && location.text == text) return &location;
  }
  return nullptr;
}

const Directive* find_block(const std::vector<Directive>& directives, std::string_view name) {
  for (const Directive& directive : directives) {
    if (directive.name == name && directive.has_block) return &directive;
  }
  return nullptr;
}

std::vector<Server> read_servers(const std::vector<Directive>& block, const Scope& http, Ledger& ledger) {
  std::vector<Server> servers;
  for (const Directive& directive : block) {
    if (directive.name == "server" && directive.has_block) servers.push_back(read_server(directive, http, ledger));
  }
  return servers;
}

}  // namespace banyan::nginx
