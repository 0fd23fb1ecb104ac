// fastcgi_pass: PHP applications, as a front controller with its files or as single scripts.
#include <algorithm>
#include <utility>

#include "nginx_import/targets.h"

namespace banyan::nginx {
namespace {

// Variables a cluster sends by itself, with the values that mean the same ("*": any).
struct ParamRow {
  std::string_view name;
  std::string_view value;
};

constexpr ParamRow kStockParams[] = {
    {"SCRIPT_FILENAME", "$document_root$fastcgi_script_name"},
    {"SCRIPT_FILENAME", "$document_root$fastcgi_script_name/"},
    {"SCRIPT_FILENAME", "$request_filename"},
    {"QUERY_STRING", "$query_string"},
    {"QUERY_STRING", "$args"},
    {"REQUEST_METHOD", "$request_method"},
    {"CONTENT_TYPE", "$content_type"},
    {"CONTENT_LENGTH", "$content_length"},
    {"SCRIPT_NAME", "$fastcgi_script_name"},
    {"PATH_INFO", "$fastcgi_path_info"},
    {"PATH_INFO", "$path_info"},
    {"PATH_TRANSLATED", "$document_root$fastcgi_path_info"},
    {"PATH_TRANSLATED", "$document_root$path_info"},
    {"REQUEST_URI", "$request_uri"},
    {"DOCUMENT_URI", "$document_uri"},
    {"DOCUMENT_ROOT", "$document_root"},
    {"SERVER_PROTOCOL", "$server_protocol"},
    {"REQUEST_SCHEME", "$scheme"},
    {"HTTPS", "$https"},
    {"GATEWAY_INTERFACE", "CGI/1.1"},
    {"SERVER_SOFTWARE", "*"},
    {"REMOTE_ADDR", "$remote_addr"},
    {"REMOTE_PORT", "$remote_port"},
    {"REMOTE_USER", "$remote_user"},
    {"SERVER_ADDR", "$server_addr"},
    {"SERVER_PORT", "$server_port"},
    {"SERVER_NAME", "$server_name"},
    {"REDIRECT_STATUS", "200"},
    {"HTTP_PROXY", ""},
    {"HTTP_HOST", "$http_host"},
    {"HTTP_HOST", "$host"},
};

bool is_stock(const Directive& param) {
  return std::any_of(std::begin(kStockParams), std::end(kStockParams), [&](const ParamRow& row) {
    return row.name == param.argument(0) && (row.value == "*" || row.value == param.argument(1));
  });
}

bool is_param_name(std::string_view name) {
  return !name.starts_with("HTTP_") && !name.empty() &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == name.npos;
}

// A path that is a script by its name: "/index.php".
bool is_script(std::string_view path) {
  return path.starts_with('/') && path.ends_with(".php") && path.find('$') == path.npos &&
         path.find("/../") == path.npos && path.find("/./") == path.npos;
}

}  // namespace

void Targets::read_params(ProposedCluster& cluster, const Scope& scope) {
  for (const Directive* param : scope.all("fastcgi_param")) {
    const std::string name(param->argument(0));
    const std::string_view value = param->argument(1);
    if (is_stock(*param)) {
      ledger_.carry(param);
    } else if (value.starts_with("$realpath_root") && value.find('$', 1) != value.npos) {
      ledger_.note(NoteKind::kDiffers, *param,
                   "links in the root are not resolved: reload php-fpm after a deployment that moves one");
    } else if (value.starts_with("$realpath_root")) {
      ledger_.note(NoteKind::kDiffers, *param, "links in the root are not resolved");
    } else if (name == "SCRIPT_FILENAME") {
      ledger_.note(NoteKind::kDiffers, *param,
                   "the script is looked for below the cluster's root by the request's path");
    } else if (value.find('$') == value.npos && is_param_name(name)) {
      const auto known = std::find_if(cluster.params.begin(), cluster.params.end(),
                                      [&](const ProposedParam& one) { return one.name == name; });
      if (known == cluster.params.end()) {
        cluster.params.push_back({name, std::string(value)});
      } else {
        known->value = value;
      }
      ledger_.carry(param);
    } else {
      ledger_.note(NoteKind::kMissing, *param, "only variables with constant values can be added");
    }
  }
}

// Endpoints, variables and times; false, with a note, where the servers cannot be reached.
bool Targets::fill_fastcgi(ProposedCluster& cluster, const Location& php) {
  const Directive* const pass = php.scope->own("fastcgi_pass");
  auto endpoints = upstreams_.endpoints(pass->argument(0), 9000, *pass);
  if (!endpoints) return false;
  ledger_.carry(pass);
  ledger_.carry(php.directive);
  cluster.place = pass->place;
  cluster.fastcgi = true;
  const std::string_view server = pass->argument(0);
  const bool is_name = server.find_first_of("/:.") == server.npos;
  cluster.name = is_name ? std::string(server) : "php";
  cluster.endpoints = *std::move(endpoints);
  cluster.connect_timeout = connect_timeout_of(*php.scope, "fastcgi_connect_timeout");
  read_params(cluster, *php.scope);
  return true;
}

const Location* Targets::php_location(const Server& server, const Location& location, const Fallback& fallback) {
  using Kind = Location::Kind;
  // An exact path that is no folder is a file of its own.
  if (location.kind == Kind::kExact && !location.text.ends_with('/')) return nullptr;
  const auto runs_php = [&](const Location& one) {
    if (one.scope->own("fastcgi_pass") == nullptr) return false;
    const auto& scripts = one.pattern.scripts;
    return one.pattern.kind == LocationPattern::Kind::kPhp ||
           std::any_of(scripts.begin(), scripts.end(), [&](const std::string& script) {
             return script.starts_with(location.text) || script == fallback.script;
           });
  };
  // Expressions within the location go before those of the blocks around it.
  for (const Location* outer = &location;; outer = outer->parent) {
    const bool tried = outer == &location || location.kind != Kind::kFinal;
    for (const Location& one : server.locations) {
      if (tried && one.parent == outer && one.kind == Kind::kRegex && runs_php(one)) return &one;
    }
    if (outer == nullptr) break;
  }
  if (fallback.script.empty()) return nullptr;
  for (Kind kind : {Kind::kExact, Kind::kFinal, Kind::kPrefix}) {
    const Location* const one = server.at(kind, fallback.script);
    if (one != nullptr && one->scope->own("fastcgi_pass") != nullptr) return one;
  }
  return nullptr;
}

std::optional<ProposedTarget> Targets::php(const Server& server, const Location& php, const Location& location,
                                           const Fallback& fallback) {
  const auto root = root_of(php);
  const auto files_root = root_of(location);
  if (!root || !files_root || *root != *files_root) return std::nullopt;
  if (has_access_of_its_own(server, *php.scope, *location.scope)) return std::nullopt;
  ProposedCluster cluster{.root = *root, .index = index_of(*location.scope), .fallback = fallback.script};
  if (!fill_fastcgi(cluster, php)) return closed();
  php_[&location] = &php;
  // Without `$uri/` in try_files the script runs for folders too, the root before all.
  if (!fallback.folders && fallback.script.rfind('/') == 0) cluster.index = {fallback.script.substr(1)};
  cluster.scripts = php.pattern.scripts;
  if (php.kind != Location::Kind::kRegex) cluster.scripts = {fallback.script};
  if (php.pattern.kind == LocationPattern::Kind::kPhp && !php.pattern.path_info) {
    ledger_.note_at(NoteKind::kDiffers, php.directive->place, php.directive->text(),
                    "'/a.php/more' runs a.php with PATH_INFO '/more', where nginx takes another location for it");
  }
  if (const Directive* internal = php.scope->own("internal")) {
    ledger_.note(NoteKind::kDiffers, *internal, "clients may ask for its script by name");
  }
  if (const Directive* try_files = php.scope->own("try_files")) ledger_.carry(try_files);
  if (const Directive* set = php.scope->own("set"); set != nullptr && set->argument(0) == "$path_info") {
    ledger_.carry(set);
  }
  ProposedTarget target{.cluster = upstreams_.add(std::move(cluster))};
  target.timeout = timeout_of(*php.scope, "fastcgi_read_timeout");
  return target;
}

const Location* Targets::php_of(const Location& location) const {
  const auto found = php_.find(&location);
  return found == php_.end() ? nullptr : found->second;
}

// Every path of the location runs one script, or the script the path names.
ProposedTarget Targets::single_script(const Location& location, const Directive& pass) {
  ProposedCluster cluster{.index = {"index.php"}};
  std::string script;
  for (const Directive* param : location.scope->all("fastcgi_param")) {
    if (param->argument(0) == "SCRIPT_FILENAME") script = param->argument(1);
  }
  std::optional<std::string> root = root_of(location);
  const bool below_root = script.starts_with("$document_root/") || script.starts_with("$realpath_root/");
  if (below_root) script = script.substr(script.find('/'));
  if (is_script(script)) {
    if (!below_root && root && script.starts_with(*root + "/")) {
      script = script.substr(root->size());
    } else if (!below_root) {
      root = script.substr(0, script.rfind('/'));
      script = script.substr(script.rfind('/'));
    }
    cluster.scripts = {script};
    cluster.fallback = script;
    ledger_.note_at(NoteKind::kDiffers, pass.place, pass.text(),
                    "files below the root are served as files before '" + script + "' runs");
  }
  if (!root || root->empty()) return closed();
  cluster.root = *root;
  if (!fill_fastcgi(cluster, location)) return closed();
  ProposedTarget target{.cluster = upstreams_.add(std::move(cluster))};
  target.timeout = timeout_of(*location.scope, "fastcgi_read_timeout");
  return target;
}

}  // namespace banyan::nginx
