// proxy_pass: servers spoken to in HTTP, named outright or through a variable of `map` or `split_clients`.
#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "config/gateway_config.h"
#include "config/units.h"
#include "http/field_id.h"
#include "nginx_import/filter_text.h"
#include "nginx_import/targets.h"

namespace banyan::nginx {
namespace {

constexpr std::string_view kWordLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

struct PassTarget {
  std::string_view scheme;
  std::string_view server;
  std::string_view path;  // with its '/'; "" where none is written
};

std::optional<PassTarget> split_pass(std::string_view text) {
  PassTarget target;
  for (std::string_view scheme : {"http://", "https://", "grpc://", "grpcs://"}) {
    if (!text.starts_with(scheme)) continue;
    target.scheme = scheme;
    text.remove_prefix(scheme.size());
  }
  if (target.scheme.empty()) return std::nullopt;
  // The path of a unix socket ends at the second colon.
  std::size_t from = 0;
  if (text.starts_with("unix:")) from = std::min(text.find(':', 5), text.size());
  const std::size_t slash = std::min(text.find('/', from), text.size());
  target.server = text.substr(0, slash);
  target.path = text.substr(slash);
  return target;
}

// "$name" and "${name}" alone, without the "$"; "" for anything else.
std::string lone_variable(std::string_view text) {
  if (!text.starts_with('$')) return "";
  text.remove_prefix(1);
  if (text.starts_with('{') && text.ends_with('}')) text = text.substr(1, text.size() - 2);
  const bool word =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_ascii_alnum(c) || c == '_'; });
  return word ? std::string(text) : "";
}

const Directive* find_variable(const Scope& http, std::string_view block, const std::string& variable) {
  for (const Directive* directive : http.all_own(block)) {
    if (lone_variable(directive->argument(1)) == variable) return directive;
  }
  return nullptr;
}

// Who a user is, of "${cookie_uid}SALT": the key of a sticky split and its salt. No key where it is none that a split
// can have.
struct UserKey {
  std::string key;
  std::string salt;
};

UserKey user_key(std::string_view text) {
  const std::size_t dollar = text.find('$');
  if (dollar == text.npos) return {};
  std::string salt(text.substr(0, dollar));
  text.remove_prefix(dollar);
  const bool braces = text.starts_with("${");
  const std::size_t end = braces ? text.find('}') : text.find_first_not_of(kWordLetters, 1);
  if (braces && end == text.npos) return {};
  std::string name(text.substr(braces ? 2 : 1, end == text.npos ? end : end - (braces ? 2 : 1)));
  salt += end == text.npos ? "" : text.substr(end + (braces ? 1 : 0));
  if (salt.find('$') != salt.npos) return {};
  if (name == "remote_addr" || name == "binary_remote_addr") return {"ip", salt};
  for (const auto& [start, kind] : {std::pair{"http_", "header:"}, {"cookie_", "cookie:"}, {"arg_", "query:"}}) {
    if (!name.starts_with(start) || name.size() == std::string_view(start).size()) continue;
    std::string rest = name.substr(std::string_view(start).size());
    if (std::string_view(start) == "http_") std::replace(rest.begin(), rest.end(), '_', '-');
    return {kind + rest, salt};
  }
  return {};
}

// Fields a request to a server may be given, and which values of them Banyan sends by itself.
struct HeaderRow {
  std::string_view name;       // lower case
  std::string_view values;     // separated by spaces; "" alone is the empty value
  std::string_view otherwise;  // what to say of another value; "": the filter `headers` sets it
};

constexpr HeaderRow kHeaders[] = {
    {"host", "$host $http_host $host:$server_port", ""},
    {"x-forwarded-for", "$proxy_add_x_forwarded_for $remote_addr $http_x_forwarded_for",
     "X-Forwarded-For carries the client's address"},
    {"x-forwarded-proto", "$scheme $http_x_forwarded_proto", "X-Forwarded-Proto carries the client's scheme"},
    {"x-forwarded-host", "$host $http_host", "X-Forwarded-Host carries the client's Host"},
    {"x-request-id", "$request_id $http_x_request_id", "X-Request-Id carries Banyan's or a trusted proxy's id"},
    {"connection", " close keep-alive upgrade $http_connection",
     "connections to servers are kept, and upgraded on demand"},
    {"upgrade", "$http_upgrade", "an upgrade (WebSocket) is passed on where the client asks for it"},
};

bool among(std::string_view list, std::string_view value) {
  for (;;) {
    const std::size_t space = std::min(list.find(' '), list.size());
    if (list.substr(0, space) == value) return !list.empty() || value.empty();
    if (space == list.size()) return false;
    list.remove_prefix(space + 1);
  }
}

}  // namespace

std::vector<Answer> Targets::proxied(const Location& location, const Directive& pass) {
  const auto target = split_pass(pass.argument(0));
  const std::string variable = target ? lone_variable(target->server) : lone_variable(pass.argument(0));
  if (!variable.empty()) return by_variable(location, pass, variable);
  if (!target) {
    ledger_.note(NoteKind::kMissing, pass, "the route is closed (503): this is no http:// address");
    return {{.target = closed()}};
  }
  auto proposed = proxied_to(location, pass, target->server);
  const bool same_path =
      target->path.empty() || (target->path == location.text && location.kind != Location::Kind::kRegex);
  if (proposed && !same_path && !change_path(location, pass, target->path, *proposed)) proposed.reset();
  return {{.target = std::move(proposed).value_or(closed())}};
}

// What proxy_pass names after the server takes the place of the location's path.
bool Targets::change_path(const Location& location, const Directive& pass, std::string_view path,
                          ProposedTarget& target) {
  using Kind = Location::Kind;
  std::string_view from = location.text;
  const bool folder = from.ends_with('/');
  const bool expressible = path.find_first_of("$?") == path.npos && from.starts_with('/') &&
                           location.kind != Kind::kRegex && from.find("/:") == from.npos &&
                           (location.kind == Kind::kExact || !folder || path.ends_with('/'));
  if (!expressible) {
    ledger_.note(NoteKind::kMissing, pass,
                 "the route is closed (503): write the filter `rewrite` on it, whose path would become '" +
                     std::string(path) + "' in the place of '" + location.text + "' (docs/filters.md)");
    return false;
  }
  std::string filter = "rewrite: {from: " + flow_text(from) + ", to: " + flow_text(path) + "}";
  if (location.kind != Kind::kExact) {
    if (folder) from.remove_suffix(1);
    if (path.ends_with('/')) path.remove_suffix(1);
    const std::string strip = from.empty() ? "" : "strip_prefix: " + flow_text(from);
    const std::string add = path.empty() ? "" : "add_prefix: " + flow_text(path);
    filter = "rewrite: {" + strip + (strip.empty() || add.empty() ? "" : ", ") + add + "}";
  }
  target.filters.push_back(std::move(filter));
  ledger_.note(NoteKind::kDiffers, pass,
               std::string("Location fields are passed on as the server writes them, with its own paths") +
                   (folder || location.kind == Kind::kExact ? "" : "; the path is changed by segments"));
  return true;
}

// nginx verifies no server unless it is told to.
std::string Targets::upstream_tls(const Scope& scope, const Directive& pass) {
  const std::string prefix = pass.name == "grpc_pass" ? "grpc_ssl_" : "proxy_ssl_";
  std::string members;
  const auto add = [&](std::string_view name, std::string_view key) {
    const Directive* const directive = scope.find(prefix + std::string(name));
    if (directive == nullptr || directive->argument(0).find('$') != std::string_view::npos) return;
    ledger_.carry(directive);
    members.append(members.empty() ? "" : ", ").append(key).append(": ").append(flow_text(directive->argument(0)));
  };
  add("trusted_certificate", "ca");
  add("name", "server_name");
  add("certificate", "certificate");
  add("certificate_key", "key");
  const Directive* const verify = scope.find(prefix + "verify");
  ledger_.carry(verify);
  if (verify == nullptr || verify->argument(0) != "on") {
    members.append(members.empty() ? "" : ", ").append("verify: false");
    ledger_.note(NoteKind::kDiffers, pass, "as in nginx, the server's certificate is not verified: `tls: {}` does so");
  }
  return "{" + members + "}";
}

std::optional<std::string> Targets::cluster_of(const Location& location, const Directive& pass,
                                               std::string_view server) {
  const auto written = split_pass(pass.argument(0));
  const bool tls = written && (written->scheme == "https://" || written->scheme == "grpcs://");
  auto endpoints = upstreams_.endpoints(server, tls ? 443 : 80, pass);
  if (!endpoints) return std::nullopt;
  ledger_.carry(pass);
  ProposedCluster cluster{.place = pass.place, .name = std::string(server), .endpoints = *std::move(endpoints)};
  cluster.http2 = pass.name == "grpc_pass";
  if (tls) cluster.tls = upstream_tls(*location.scope, pass);
  cluster.balance = upstreams_.balance(server);
  cluster.connect_timeout =
      connect_timeout_of(*location.scope, cluster.http2 ? "grpc_connect_timeout" : "proxy_connect_timeout");
  return upstreams_.add(std::move(cluster));
}

std::optional<ProposedTarget> Targets::proxied_to(const Location& location, const Directive& pass,
                                                  std::string_view server) {
  auto cluster = cluster_of(location, pass, server);
  if (!cluster) return std::nullopt;
  ProposedTarget target{.cluster = *std::move(cluster)};
  target.request = request_fields(location, pass, server);
  target.timeout = timeout_of(*location.scope, pass.name == "grpc_pass" ? "grpc_read_timeout" : "proxy_read_timeout");
  return target;
}

std::optional<Targets::Question> Targets::question_to(const Location& location, const Directive& pass,
                                                      std::string_view uri) {
  const auto target = split_pass(pass.argument(0));
  if (!target || pass.argument(0).find('$') != std::string_view::npos) return std::nullopt;
  auto cluster = cluster_of(location, pass, target->server);
  if (!cluster) return std::nullopt;
  std::string path(uri);
  if (!target->path.empty()) path.replace(0, location.text.size(), target->path);
  return Question{*std::move(cluster), std::move(path)};
}

// grpc_pass grpc://host:port, or host:port alone.
std::vector<Answer> Targets::grpc(const Location& location, const Directive& pass) {
  const auto target = split_pass(pass.argument(0));
  const std::string_view server = target ? target->server : pass.argument(0);
  if (server.find('$') != server.npos) {
    ledger_.note(NoteKind::kMissing, pass, "the route is closed (503): name the cluster, of protocol http2");
    return {{.target = closed()}};
  }
  return {{.target = proxied_to(location, pass, server).value_or(closed())}};
}

// map $http_upgrade $connection_upgrade { default upgrade; '' close; }
bool Targets::carry_upgrade_map(const std::string& variable) {
  const Directive* const map = variable.empty() ? nullptr : find_variable(http_, "map", variable);
  if (map == nullptr || map->argument(0) != "$http_upgrade") return false;
  ledger_.carry(map);
  for (const Directive& row : map->block) ledger_.carry(row);
  return true;
}

void Targets::read_header(const Directive& header, std::string_view server, ProposedFields& fields) {
  const std::string name = ascii_lower(header.argument(0));
  const std::string_view value = header.argument(1);
  const auto row =
      std::find_if(std::begin(kHeaders), std::end(kHeaders), [&](const HeaderRow& one) { return one.name == name; });
  if (row != std::end(kHeaders)) {
    if (among(row->values, value)) return ledger_.carry(header);
    if (!row->otherwise.empty()) return ledger_.note(NoteKind::kDiffers, header, std::string(row->otherwise));
  }
  const bool framing = name == "content-length" || name == "transfer-encoding" || name == "te" || name == "trailer" ||
                       name == "keep-alive";
  const auto text = value == "$proxy_host" ? std::optional(std::string(server)) : filter_text(value);
  if (framing || !text || !is_token(name)) {
    ledger_.note(NoteKind::kMissing, header,
                 "the field is not set: filters do not have its variable, or may not set it");
    return;
  }
  ledger_.carry(header);
  if (text->empty()) {
    fields.removed.push_back(name);
  } else {
    fields.set.emplace_back(name, *text);
  }
}

// What the request's fields become on the way to a server, but for those that Banyan sends by itself.
ProposedFields Targets::request_fields(const Location& location, const Directive& pass, std::string_view server) {
  ProposedFields fields;
  const Scope& scope = *location.scope;
  bool host = false;
  for (const Directive* header : scope.all(pass.name == "grpc_pass" ? "grpc_set_header" : "proxy_set_header")) {
    const std::string name = ascii_lower(header->argument(0));
    host = host || name == "host";
    const auto told = scope.all("auth_request_set");
    if (std::any_of(told.begin(), told.end(),
                    [&](const Directive* set) { return set->argument(0) == header->argument(1); })) {
      continue;  // the filter that asks passes it on
    }
    if (name == "connection" && carry_upgrade_map(lone_variable(header->argument(1)))) {
      ledger_.carry(header);
    } else if (std::none_of(fields.set.begin(), fields.set.end(), [&](const auto& one) { return one.first == name; })) {
      read_header(*header, server, fields);
    }
  }
  if (host) return fields;
  ledger_.note_at(NoteKind::kDiffers, pass.place, pass.text(),
                  "Host is passed on as the client sent it, where nginx sends the server's own name");
  return fields;
}

std::vector<Answer> Targets::by_variable(const Location& location, const Directive& pass, const std::string& variable) {
  if (const Directive* split = find_variable(http_, "split_clients", variable)) {
    return {{.target = by_split(location, pass, *split)}};
  }
  if (const Directive* map = find_variable(http_, "map", variable)) return by_map(location, pass, *map);
  ledger_.note(
      NoteKind::kMissing, pass,
      "the route is closed (503): '$" + variable + "' is neither of `map` nor of `split_clients`; name the cluster");
  return {{.target = closed()}};
}

ProposedTarget Targets::by_split(const Location& location, const Directive& pass, const Directive& split) {
  ProposedTarget target;
  int left = static_cast<int>(kAllHundredths);
  for (const Directive& row : split.block) {
    const Result<std::int64_t> percent = parse_percent(row.name);
    if (row.name != "*" && !percent.ok()) {
      ledger_.note(NoteKind::kMissing, row, "this is no share with at most two decimals");
      return closed();
    }
    const int hundredths = row.name == "*" ? left : std::min(left, static_cast<int>(*percent));
    auto one = proxied_to(location, pass, row.argument(0));
    if (!one) return closed();
    ledger_.carry(row);
    left -= hundredths;
    target.timeout = one->timeout;
    const auto known = std::find_if(target.shares.begin(), target.shares.end(),
                                    [&](const ProposedShare& share) { return share.cluster == one->cluster; });
    if (known == target.shares.end()) {
      target.shares.push_back({std::move(one->cluster), hundredths});
    } else {
      known->hundredths += hundredths;
    }
  }
  const UserKey key = user_key(split.argument(0));
  target.sticky = key.key;
  target.salt = key.salt;
  ledger_.note(NoteKind::kDiffers, split,
               key.key.empty() ? "shares are drawn for each request: who got which share is not kept for '" +
                                     std::string(split.argument(0)) + "'"
                               : "who gets which share is drawn anew, once: the hash is another");
  if (left == 0 && !target.shares.empty()) return target;
  ledger_.note(NoteKind::kMissing, split,
               "the route is closed (503): the shares leave a rest; give it to one with '*'");
  return closed();
}

std::vector<Answer> Targets::by_map(const Location& location, const Directive& pass, const Directive& map) {
  const std::string source = lone_variable(map.argument(0));
  std::vector<Answer> answers;
  Answer otherwise{.target = closed()};
  const bool by_header = source.starts_with("http_");
  if (!by_header && !source.starts_with("arg_")) {
    ledger_.note(NoteKind::kMissing, map,
                 "routes match header fields and query parameters alone: only its default is carried over");
  } else {
    ledger_.carry(map);
  }
  for (const Directive& row : map.block) {
    if (row.name == "hostnames" || row.name == "volatile") continue;
    auto target = proxied_to(location, pass, row.argument(0));
    if (!target) continue;
    if (row.name == "default") {
      otherwise.target = *std::move(target);
      ledger_.carry(row);
    } else if (source.empty() || row.name.starts_with('~') || (!by_header && !source.starts_with("arg_"))) {
      ledger_.note(NoteKind::kMissing, row, "routes compare whole values: write a route for each value it stands for");
    } else {
      Answer answer{.target = *std::move(target)};
      std::string name = source.substr(by_header ? 5 : 4);
      if (by_header) std::replace(name.begin(), name.end(), '_', '-');
      (by_header ? answer.header : answer.query) = name;
      (by_header ? answer.header_value : answer.query_value) =
          row.name.starts_with('\\') ? row.name.substr(1) : row.name;
      answers.push_back(std::move(answer));
      ledger_.carry(row);
    }
  }
  answers.push_back(std::move(otherwise));
  return answers;
}

}  // namespace banyan::nginx
