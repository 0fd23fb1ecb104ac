// Who answers the requests of a location: files, a server spoken to in HTTP, php-fpm, or nobody.
//
// A location whose meaning cannot be carried over gets a route all the same, one that is closed: it answers 503. Its
// requests would otherwise fall to the next location that fits, which may be a different application, or the same one
// without the access control that stood before it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nginx_import/ledger.h"
#include "nginx_import/server_model.h"
#include "nginx_import/upstreams.h"

namespace banyan::nginx {

// A location may need several routes: one for each value of a map, and one for the methods it does not serve.
struct Answer {
  std::vector<std::string> methods;
  std::string header, header_value;  // a condition, where `header` is not empty
  std::string query, query_value;
  ProposedTarget target;
};

class Targets {
 public:
  // All of them must outlive this.
  Targets(const Scope& http, Upstreams& upstreams, Ledger& ledger)
      : http_(http), upstreams_(upstreams), ledger_(ledger) {}

  // In the order to be tried; the last has no condition.
  std::vector<Answer> answers(const Server& server, const Location& location);

  // Whether clients get nothing from what `scope` holds for: `deny all`, a password, a client certificate, `return`
  // with an error. Notes what is lost by closing it.
  bool is_closed(const Scope& scope);

  // The location whose PHP the answers to `location` run, or null; known once answers() was asked.
  const Location* php_of(const Location& location) const;

  static ProposedTarget closed() { return {.root = std::string(kClosedRoot)}; }
  static bool is_closed_target(const ProposedTarget& target) { return target.root == kClosedRoot; }

 private:
  // Where there is a `try_files`, or a rewrite of what is no file, what runs in the end.
  struct Fallback {
    std::string script;               // "/index.php"; "" for none
    const Location* named = nullptr;  // of "@name"
    const Directive* file = nullptr;  // names a file that is no script: "/index.html"
    bool folders = true;              // a folder's index file is looked for
  };

  std::vector<Answer> plain_answers(const Server& server, const Location& location);
  ProposedTarget returned(const Directive& directive);
  bool has_access_control(const Scope& scope);

  // proxy_pass
  std::vector<Answer> proxied(const Location& location, const Directive& pass);
  std::optional<ProposedTarget> proxied_to(const Location& location, const Directive& pass, std::string_view server);
  std::vector<Answer> by_variable(const Location& location, const Directive& pass, const std::string& variable);
  std::vector<Answer> by_map(const Location& location, const Directive& pass, const Directive& map);
  ProposedTarget by_split(const Location& location, const Directive& pass, const Directive& split);
  void note_headers(const Location& location, const Directive& pass);
  bool carry_upgrade_map(const std::string& variable);

  // fastcgi_pass
  ProposedTarget single_script(const Location& location, const Directive& pass);
  const Location* php_location(const Server& server, const Location& location, const Fallback& fallback);
  std::optional<ProposedTarget> php(const Location& php, const Location& location, const Fallback& fallback);
  bool fill_fastcgi(ProposedCluster& cluster, const Location& php);
  void read_params(ProposedCluster& cluster, const Scope& scope);

  // files
  std::vector<Answer> files(const Server& server, const Location& location);
  Fallback fallback_of(const Server& server, const Location& location);
  void read_try_files(const Server& server, const Directive& try_files, Fallback& fallback);
  std::string fallback_script(const Directive& directive, std::string_view target);
  std::optional<std::string> root_of(const Location& location);
  std::optional<std::string> root_of_alias(const Location& location, const Directive& alias);
  std::vector<std::string> index_of(const Scope& scope);
  Duration timeout_of(const Scope& scope, std::string_view directive);
  Duration connect_timeout_of(const Scope& scope, std::string_view directive);

  const Scope& http_;
  Upstreams& upstreams_;
  Ledger& ledger_;
  std::map<const Location*, const Location*> php_;
};

}  // namespace banyan::nginx
