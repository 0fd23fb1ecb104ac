#include "nginx_import/targets.h"

#include <algorithm>
#include <utility>

namespace banyan::nginx {
namespace {

constexpr std::string_view kOtherProtocols[] = {"uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"};

bool is_off(const Directive* directive) { return directive == nullptr || directive->argument(0) == "off"; }

bool runs_a_script(const Directive& rewrite) {
  const std::string_view target = rewrite.argument(1);
  return target.substr(0, std::min(target.find_first_of("?$"), target.size())).ends_with(".php");
}

// Of the innermost block that has an allow or a deny, both kinds in the order written.
std::vector<const Directive*> access_rules(const Scope& scope) { return scope.all_of({"allow", "deny"}); }

}  // namespace

ProposedTarget Targets::returned(const Directive& directive) {
  const std::int64_t code = read_number(directive.argument(0)).value_or(302);  // an address alone is a redirect
  if (code >= 400) {
    ledger_.note(NoteKind::kDiffers, directive, "the route is closed: it answers 503");
  } else if (code >= 300) {
    ledger_.note(NoteKind::kMissing, directive,
                 "the route is closed (503): let the application, or nginx before it, redirect");
  } else {
    ledger_.note(NoteKind::kMissing, directive, "the route is closed (503): let the application give this answer");
  }
  return closed();
}

bool Targets::has_access_control(const Scope& scope) {
  bool closes = false;
  for (std::string_view name : {"auth_basic", "auth_request", "auth_jwt"}) {
    const Directive* const directive = scope.find(name);
    if (is_off(directive)) continue;
    ledger_.note(NoteKind::kMissing, *directive,
                 "who asks is not checked: the routes it protects are closed (503) until the application checks it");
    closes = true;
  }
  const Directive* const client = scope.find("ssl_verify_client");
  if (client != nullptr && client->argument(0) == "on") {
    ledger_.note(NoteKind::kMissing, *client,
                 "clients are not asked for certificates: the routes it protects are closed (503)");
    closes = true;
  } else if (client != nullptr && !is_off(client)) {
    ledger_.note(NoteKind::kMissing, *client, "clients are not asked for certificates");
  }
  return closes;
}

bool Targets::is_closed(const Scope& scope) {
  bool closes = has_access_control(scope);
  bool allows = false;
  for (const Directive* rule : access_rules(scope)) {
    const bool all = rule->argument(0) == "all";
    if (rule->name == "allow") {
      ledger_.carry(rule);
      if (all) break;
      allows = true;
      ledger_.note(
          NoteKind::kMissing, *rule,
          "the routes it would reach are closed (503) to everybody: write the filter `ip` on them, and who answers");
    } else if (all) {
      closes = true;
      if (!allows) ledger_.note(NoteKind::kDiffers, *rule, "the route is closed: it answers 503, not 403");
      ledger_.carry(rule);
      break;
    } else {
      ledger_.note(NoteKind::kOpens, *rule,
                   "everybody is let in: write the filter `ip` on the route (docs/filters.md)");
    }
  }
  return closes;
}

std::vector<Answer> Targets::answers(const Server& server, const Location& location) {
  if (location.directive != server.directive) ledger_.carry(location.directive);
  const Directive* const limit = location.scope->own("limit_except");
  if (limit == nullptr) return plain_answers(server, location);
  // GET allows HEAD too. What the block holds for the other methods is nearly always `deny all`.
  std::vector<std::string> methods = limit->arguments;
  if (std::find(methods.begin(), methods.end(), "GET") != methods.end()) methods.emplace_back("HEAD");
  std::sort(methods.begin(), methods.end());
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  ledger_.note(NoteKind::kDiffers, *limit, "other methods are answered 503, not 403");
  for (const Directive& inner : limit->block) ledger_.carry(inner);
  std::vector<Answer> answers = plain_answers(server, location);
  for (Answer& answer : answers) answer.methods = methods;
  answers.push_back({.target = closed()});
  return answers;
}

std::vector<Answer> Targets::plain_answers(const Server& server, const Location& location) {
  const auto one = [](ProposedTarget target) { return std::vector<Answer>{{.target = std::move(target)}}; };
  const Scope& scope = *location.scope;
  if (const Directive* directive = scope.own("return")) return one(returned(*directive));
  if (const Directive* directive = server.scope->own("return")) return one(returned(*directive));
  if (is_closed(scope)) return one(closed());
  if (const Directive* rewrite = scope.own("rewrite"); rewrite != nullptr && !runs_a_script(*rewrite)) {
    ledger_.note(NoteKind::kMissing, *rewrite,
                 "the route is closed (503): paths are passed on as they came; let the application take the old one");
    return one(closed());
  }
  if (const Directive* internal = scope.own("internal"); internal != nullptr) {
    if (scope.own("fastcgi_pass") == nullptr) {
      ledger_.note(NoteKind::kMissing, *internal,
                   "clients get 503, and X-Accel-Redirect is not followed: let the application send the file");
      return one(closed());
    }
    ledger_.note(NoteKind::kDiffers, *internal, "clients may ask for the script by its name");
  }
  if (const Directive* pass = scope.own("proxy_pass")) return proxied(location, *pass);
  if (const Directive* pass = scope.own("fastcgi_pass")) return one(single_script(location, *pass));
  for (std::string_view other : kOtherProtocols) {
    if (const Directive* pass = scope.own(other)) {
      ledger_.note(NoteKind::kMissing, *pass,
                   "the route is closed (503): servers are spoken to in HTTP/1.1 and FastCGI; let it speak HTTP");
      return one(closed());
    }
  }
  return files(server, location);
}

Duration Targets::timeout_of(const Scope& scope, std::string_view directive) {
  const Directive* const found = scope.find(directive);
  if (found == nullptr) return Duration{0};
  const auto time = read_time(found->argument(0));
  constexpr Duration kMax = std::chrono::hours(24);
  if (!time || *time < std::chrono::milliseconds(1) || *time > kMax) {
    ledger_.note(NoteKind::kDiffers, *found, "times are 1ms to 24h: the default of 60s is used");
    return Duration{0};
  }
  ledger_.carry(found);
  return *time == std::chrono::seconds(60) ? Duration{0} : *time;
}

Duration Targets::connect_timeout_of(const Scope& scope, std::string_view directive) {
  const Directive* const found = scope.find(directive);
  if (found == nullptr) return Duration{0};
  const auto time = read_time(found->argument(0));
  if (!time || *time < std::chrono::milliseconds(1) || *time > std::chrono::minutes(5)) {
    ledger_.note(NoteKind::kDiffers, *found, "times to connect are 1ms to 5m: the default of 1s is used");
    return Duration{0};
  }
  ledger_.carry(found);
  return *time;
}

}  // namespace banyan::nginx
