// Who may come: allow and deny, auth_request, and what Banyan has nothing for, behind which a route is closed.
#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/ip_network.h"
#include "nginx_import/filter_text.h"
#include "nginx_import/targets.h"

namespace banyan::nginx {
namespace {

bool is_off(const Directive* directive) { return directive == nullptr || directive->argument(0) == "off"; }

// Of the innermost block that has an allow or a deny, both kinds in the order written.
std::vector<const Directive*> address_rules(const Scope& scope) { return scope.all_of({"allow", "deny"}); }

std::string list_of(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "[" : ", ").append(flow_text(text));
  return out + "]";
}

std::string lower_dashed(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c == '_' ? '-' : ascii_lower(c);
  return out;
}

bool asks_for(const Directive& block, std::string_view uri) {
  return std::any_of(block.block.begin(), block.block.end(), [&](const Directive& inner) {
    return (inner.name == "auth_request" && inner.argument(0) == uri) || asks_for(inner, uri);
  });
}

}  // namespace

bool Targets::is_asked(const Server& server, const Location& location) {
  return asks_for(*server.directive, location.text);
}

// Passwords, tokens and certificates. True: the route is to be closed.
bool Targets::has_secret(const Scope& scope) {
  bool closes = false;
  for (std::string_view name : {"auth_basic", "auth_jwt"}) {
    const Directive* const directive = scope.find(name);
    if (is_off(directive)) continue;
    ledger_.note(NoteKind::kMissing, *directive,
                 name == "auth_jwt"
                     ? "the routes it protects are closed (503): write the filter `jwt` on them (docs/filters.md)"
                     : "files of passwords are not read: the routes it protects are closed (503) until nginx is asked "
                       "by the filter `ext_auth` (docs/import-nginx.md), or `api_key` or `jwt` stands there");
    closes = true;
  }
  const Directive* const client = scope.find("ssl_verify_client");
  if (is_off(client)) return closes;
  const bool required = client->argument(0) == "on";
  ledger_.note(NoteKind::kMissing, *client,
               std::string("clients are not asked for certificates: write `client_ca` on the listener "
                           "(docs/protocols.md)") +
                   (required ? ", until then the routes it protects are closed (503)" : ""));
  return closes || required;
}

// allow and deny in nginx's order, the first that fits, as the two lists of `ip`, of which `deny` goes first.
void Targets::read_addresses(const Scope& scope, Access& access) {
  std::vector<std::string> allowed;
  std::vector<std::string> denied;
  bool denies_rest = false;
  for (const Directive* rule : address_rules(scope)) {
    const std::string_view who = rule->argument(0);
    const bool allows = rule->name == "allow";
    ledger_.carry(rule);
    if (who == "all") {
      denies_rest = !allows;
      break;
    }
    if (who == "unix:") {
      ledger_.note(NoteKind::kDiffers, *rule, "clients of a unix socket are in no network: without `allow` they pass");
      continue;
    }
    if (!parse_network(who).ok() || (!allows && !allowed.empty())) {
      ledger_.note(NoteKind::kMissing, *rule,
                   "the route is closed (503): write the filter `ip`, where `deny` goes before `allow` "
                   "(docs/filters.md)");
      access.closed = true;
      return;
    }
    (allows ? allowed : denied).emplace_back(who);
  }
  access.refuses_all = denies_rest && allowed.empty();
  std::string lists;
  if (denies_rest && !allowed.empty()) lists = "allow: " + list_of(allowed);
  if (!denied.empty()) lists.append(lists.empty() ? "" : ", ").append("deny: " + list_of(denied));
  if (!lists.empty() && !access.refuses_all) access.filters.push_back("ip: {" + lists + "}");
}

// The location that answers the question of auth_request.
const Location* Targets::authority(const Server& server, std::string_view uri) {
  const Location* found = server.at(Location::Kind::kExact, uri);
  for (const Location& location : server.locations) {
    const bool prefix = location.kind == Location::Kind::kPrefix || location.kind == Location::Kind::kFinal;
    if (!prefix || location.parent != nullptr || !uri.starts_with(location.text)) continue;
    if (found == nullptr || (found->kind != Location::Kind::kExact && found->text.size() < location.text.size())) {
      found = &location;
    }
  }
  return found;
}

// Fields of the authority's answer that go on to the server: auth_request_set $v $upstream_http_x_user, and
// proxy_set_header X-User $v.
std::vector<std::string> Targets::passed_fields(const Scope& scope) {
  std::vector<std::string> fields;
  for (const Directive* set : scope.all("auth_request_set")) {
    std::string_view value = set->argument(1);
    const bool of_answer = value.starts_with("$upstream_http_");
    const std::string field = of_answer ? lower_dashed(value.substr(15)) : "";
    bool passed = false;
    for (const Directive* header : scope.all("proxy_set_header")) {
      if (header->argument(1) != set->argument(0)) continue;
      passed = !field.empty() && lower_dashed(header->argument(0)) == field;
      if (passed) ledger_.carry(header);
    }
    if (passed) {
      ledger_.carry(set);
      fields.push_back(field);
    } else {
      ledger_.note(NoteKind::kMissing, *set, "only fields that go on under their own name are passed");
    }
  }
  return fields;
}

void Targets::read_authority(const Server& server, const Scope& scope, Access& access) {
  const Directive* const auth = scope.find("auth_request");
  if (is_off(auth)) return ledger_.carry(auth);
  const std::string uri(auth->argument(0));
  const Location* const location = uri.find('$') == uri.npos ? authority(server, uri) : nullptr;
  const Directive* const pass = location != nullptr ? location->scope->own("proxy_pass") : nullptr;
  const std::optional<Question> question = pass != nullptr ? question_to(*location, *pass, uri) : std::nullopt;
  if (!question) {
    ledger_.note(NoteKind::kMissing, *auth,
                 "the routes it protects are closed (503): write the filter `ext_auth` (docs/filters.md)");
    access.closed = true;
    return;
  }
  ledger_.note(NoteKind::kDiffers, *auth,
               "the question has Authorization, Cookie and X-Forwarded-Method, -Uri, -Host and -For; of other answers "
               "than 2xx those below 500 go to the client");
  ledger_.carry(location->directive);
  for (const Directive& inner : location->directive->block) ledger_.carry(inner);
  std::string filter = "ext_auth: {cluster: " + question->cluster + ", path: " + flow_text(question->path);
  const std::vector<std::string> fields = passed_fields(scope);
  if (!fields.empty()) filter += ", pass: " + list_of(fields);
  access.filters.push_back(filter + "}");
  access.asked.push_back(question->cluster);
}

Targets::Access Targets::access_of(const Server& server, const Scope& scope) {
  Access access;
  access.closed = has_secret(scope);
  read_addresses(scope, access);
  read_authority(server, scope, access);
  const Directive* const satisfy = scope.find("satisfy");
  const bool any = satisfy != nullptr && satisfy->argument(0) == "any";
  if (any && access.filters.size() + (access.closed || access.refuses_all ? 1 : 0) > 1) {
    ledger_.note(NoteKind::kMissing, *satisfy, "the route is closed (503): filters must all let a request pass");
    access.closed = true;
  } else {
    ledger_.carry(satisfy);
  }
  return access;
}

bool Targets::has_access_of_its_own(const Server& server, const Scope& inner, const Scope& outer) {
  const bool alike =
      address_rules(inner) == address_rules(outer) && inner.find("auth_request") == outer.find("auth_request") &&
      inner.find("auth_basic") == outer.find("auth_basic") && inner.find("auth_jwt") == outer.find("auth_jwt");
  if (alike) return false;
  const Access access = access_of(server, inner);
  return access.closed || access.refuses_all || !access.filters.empty();
}

}  // namespace banyan::nginx
