// proxy_pass: servers spoken to in HTTP, named outright or through a variable of `map` or `split_clients`.
#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "config/gateway_config.h"
#include "config/units.h"
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
  for (std::string_view scheme : {"http://", "https://"}) {
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
  std::string_view otherwise;  // what to say of another value
};

constexpr HeaderRow kHeaders[] = {
    {"host", "$host $http_host $host:$server_port", "the client's Host is passed on as it came"},
    {"x-forwarded-for", "$proxy_add_x_forwarded_for $remote_addr $http_x_forwarded_for",
     "X-Forwarded-For carries the client's address"},
    {"x-forwarded-proto", "$scheme $http_x_forwarded_proto", "X-Forwarded-Proto carries the client's scheme"},
    {"x-forwarded-host", "$host $http_host", "X-Forwarded-Host carries the client's Host"},
    {"x-request-id", "$request_id $http_x_request_id", "X-Request-Id carries Banyan's or a trusted proxy's id"},
    {"connection", " close keep-alive upgrade $http_connection",
     "connections to servers are kept, and upgraded on demand"},
    {"upgrade", "$http_upgrade", "an upgrade (WebSocket) is passed on where the client asks for it"},
    {"x-real-ip", "", "the field is not set: read X-Forwarded-For, which carries the client's address"},
    {"accept-encoding", "", "Accept-Encoding is passed on as it came"},
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
  if (target->scheme == "https://") {
    ledger_.note(NoteKind::kMissing, pass,
                 "the route is closed (503): servers are spoken to without TLS; put a TLS tunnel on this machine "
                 "between Banyan and the server");
    return {{.target = closed()}};
  }
  const bool same_path =
      target->path.empty() || (target->path == location.text && location.kind != Location::Kind::kRegex);
  if (!same_path) {
    ledger_.note(NoteKind::kMissing, pass,
                 "the route is closed (503): paths are passed on as they came, and this one would become '" +
                     std::string(target->path) + "'; let the server take '" + location.text + "'");
    return {{.target = closed()}};
  }
  return {{.target = proxied_to(location, pass, target->server).value_or(closed())}};
}

std::optional<ProposedTarget> Targets::proxied_to(const Location& location, const Directive& pass,
                                                  std::string_view server) {
  auto endpoints = upstreams_.endpoints(server, 80, pass);
  if (!endpoints) return std::nullopt;
  ledger_.carry(pass);
  note_headers(location, pass);
  ProposedCluster cluster{.place = pass.place, .name = std::string(server), .endpoints = *std::move(endpoints)};
  cluster.connect_timeout = connect_timeout_of(*location.scope, "proxy_connect_timeout");
  ProposedTarget target{.cluster = upstreams_.add(std::move(cluster))};
  target.timeout = timeout_of(*location.scope, "proxy_read_timeout");
  return target;
}

// map $http_upgrade $connection_upgrade { default upgrade; '' close; }
bool Targets::carry_upgrade_map(const std::string& variable) {
  const Directive* const map = variable.empty() ? nullptr : find_variable(http_, "map", variable);
  if (map == nullptr || map->argument(0) != "$http_upgrade") return false;
  ledger_.carry(map);
  for (const Directive& row : map->block) ledger_.carry(row);
  return true;
}

void Targets::note_headers(const Location& location, const Directive& pass) {
  bool host = false;
  for (const Directive* header : location.scope->all("proxy_set_header")) {
    const std::string name = ascii_lower(header->argument(0));
    host = host || name == "host";
    const auto row =
        std::find_if(std::begin(kHeaders), std::end(kHeaders), [&](const HeaderRow& one) { return one.name == name; });
    if (name == "connection" && carry_upgrade_map(lone_variable(header->argument(1)))) {
      ledger_.carry(header);
    } else if (row == std::end(kHeaders)) {
      ledger_.note(NoteKind::kMissing, *header, "the field is not set: let the server do without it");
    } else if (!row->values.empty() && among(row->values, header->argument(1))) {
      ledger_.carry(header);
    } else {
      ledger_.note(NoteKind::kDiffers, *header, std::string(row->otherwise));
    }
  }
  if (host) return;
  ledger_.note_at(NoteKind::kDiffers, pass.place, pass.text(),
                  "Host is passed on as the client sent it, where nginx sends the server's own name");
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
