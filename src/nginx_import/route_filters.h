// The filters of a route, from what nginx does with the requests and answers of a location: fields, rates, compression,
// cached answers. Who may come is in access_targets.cpp, and where requests go in the other targets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nginx_import/ledger.h"
#include "nginx_import/scope.h"

namespace banyan::nginx {

// "key" of a filter that tells clients apart, of nginx's "$binary_remote_addr" and the like; "" where there is none.
std::string client_key(std::string_view text);
// A text as YAML's flow style takes it.
std::string flow_text(std::string_view text);

class RouteFilters {
 public:
  // Both must outlive this.
  RouteFilters(const Scope& http, Ledger& ledger) : http_(http), ledger_(ledger) {}

  // `headers` with what changes of the request and, by add_header, expires and *_hide_header, of the answer; empty
  // where nothing does. `server` is the block that passes requests on, whose *_hide_header count.
  std::vector<std::string> fields(const Scope& scope, const ProposedFields& request, const Scope& server);
  // `rate_limit`, one for each limit_req.
  std::vector<std::string> rates(const Scope& scope);
  // `compress` and `cache`, which stand next to what answers.
  std::vector<std::string> answers(const Scope& scope);

 private:
  ProposedFields answer_fields(const Scope& scope, const Scope& server);
  void read_expires(const Scope& scope, ProposedFields& fields);
  void add_field(const Directive& directive, std::string_view name, std::string_view value, ProposedFields& fields);
  std::string rate(const Directive& limit);
  const Directive* zone_of(const Directive& limit);
  std::string compression(const Scope& scope);
  std::string cache(const Scope& scope, std::string_view protocol);

  const Scope& http_;
  Ledger& ledger_;
};

}  // namespace banyan::nginx
