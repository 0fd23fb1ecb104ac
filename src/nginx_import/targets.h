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
#include "nginx_import/route_filters.h"
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

// Of error_page.
struct ErrorPage {
  std::string_view status;  // of "=503"; "" of "=", the page's own
  std::string_view name;    // "@spare", "/sorry"
};

class Targets {
 public:
  // All of them must outlive this.
  Targets(const Scope& http, Upstreams& upstreams, Ledger& ledger)
      : http_(http), upstreams_(upstreams), ledger_(ledger), filters_(http, ledger) {}

  // In the order to be tried; the last has no condition.
  std::vector<Answer> answers(const Server& server, const Location& location);

  // The location whose PHP the answers to `location` run, or null; known once answers() was asked.
  const Location* php_of(const Location& location) const;

  static ProposedTarget closed() { return {.root = std::string(kClosedRoot)}; }
  static bool is_closed_target(const ProposedTarget& target) { return target.root == kClosedRoot && !target.filtered; }

 private:
  // Where there is a `try_files`, or a rewrite of what is no file, what runs in the end.
  struct Fallback {
    std::string script;               // "/index.php"; "" for none
    const Location* named = nullptr;  // of "@name"
    const Directive* file = nullptr;  // names a file that is no script: "/index.html"
    bool folders = true;              // a folder's index file is looked for
  };

  std::vector<Answer> plain_answers(const Server& server, const Location& location);
  std::vector<Answer> content(const Server& server, const Location& location);
  // A route whose requests this filter answers.
  static ProposedTarget filtered(std::string filter);
  static ProposedTarget refused(int status) { return filtered("respond: {status: " + std::to_string(status) + "}"); }
  ProposedTarget returned(const Directive& directive, const Scope& scope);
  ProposedTarget with_fields(ProposedTarget target, const Scope& scope, const Scope* server = nullptr);
  void put_before(const std::vector<std::string>& filters, ProposedTarget& target);

  // rewrite
  struct Rewrites {
    bool closed = false;
    bool redirects_all = false;          // no request gets past them
    std::vector<std::string> redirects;  // filters that go before all others
    std::vector<std::string> paths;      // filters that change where a request goes
  };
  Rewrites rewrites_of(const Server& server, const Location& location);
  bool read_rewrite_of(const Directive& rewrite, const Location& location, bool to_server, Rewrites& rewrites);
  void read_https_of(const Directive& condition, Rewrites& rewrites);
  std::optional<std::vector<Answer>> sent_on(const Server& server, const Location& location);

  // Who may come (access_targets.cpp).
  struct Access {
    bool closed = false;       // nothing stands for what protects it
    bool refuses_all = false;  // deny all
    std::vector<std::string> filters;
    std::vector<std::string> asked;  // clusters
  };
  Access access_of(const Server& server, const Scope& scope);
  // Whether `inner` protects more than `outer`, around it, does.
  bool has_access_of_its_own(const Server& server, const Scope& inner, const Scope& outer);
  bool has_secret(const Scope& scope);
  void read_addresses(const Scope& scope, Access& access);
  void read_authority(const Server& server, const Scope& scope, Access& access);
  static const Location* authority(const Server& server, std::string_view uri);
  std::vector<std::string> passed_fields(const Scope& scope);
  // Whether auth_request asks it.
  static bool is_asked(const Server& server, const Location& location);
  struct Question {
    std::string cluster;
    std::string path;
  };
  std::optional<Question> question_to(const Location& location, const Directive& pass, std::string_view uri);

  // error_page (error_pages.cpp)
  void read_error_page(const Server& server, const Location& location, ProposedTarget& target);
  std::string in_place_of_errors(const Server& server, const Scope& scope, const ErrorPage& page,
                                 ProposedTarget& target);
  std::string spare_cluster(const Location& page, ProposedTarget& target);
  void read_missing_page(const Server& server, const Scope& scope, Fallback& fallback);

  // proxy_pass
  std::vector<Answer> proxied(const Location& location, const Directive& pass);
  // The cluster of what `pass` names, or `server` in its place.
  std::optional<std::string> cluster_of(const Location& location, const Directive& pass, std::string_view server);
  std::optional<ProposedTarget> proxied_to(const Location& location, const Directive& pass, std::string_view server);
  std::vector<Answer> by_variable(const Location& location, const Directive& pass, const std::string& variable);
  std::vector<Answer> by_map(const Location& location, const Directive& pass, const Directive& map);
  ProposedTarget by_split(const Location& location, const Directive& pass, const Directive& split);
  std::vector<Answer> grpc(const Location& location, const Directive& pass);
  bool change_path(const Location& location, const Directive& pass, std::string_view path, ProposedTarget& target);
  std::string upstream_tls(const Scope& scope, const Directive& pass);
  ProposedFields request_fields(const Location& location, const Directive& pass, std::string_view server);
  void read_header(const Directive& header, std::string_view server, ProposedFields& fields);
  bool carry_upgrade_map(const std::string& variable);

  // fastcgi_pass
  ProposedTarget single_script(const Location& location, const Directive& pass);
  const Location* php_location(const Server& server, const Location& location, const Fallback& fallback);
  std::optional<ProposedTarget> php(const Server& server, const Location& php, const Location& location,
                                    const Fallback& fallback);
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
  RouteFilters filters_;
  std::map<const Location*, const Location*> php_;
};

}  // namespace banyan::nginx
