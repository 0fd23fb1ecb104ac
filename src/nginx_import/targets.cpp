#include "nginx_import/targets.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "nginx_import/filter_text.h"

namespace banyan::nginx {
namespace {

constexpr std::string_view kOtherProtocols[] = {"uwsgi_pass", "scgi_pass", "memcached_pass"};

bool runs_a_script(const Directive& rewrite) {
  const std::string_view target = rewrite.argument(1);
  return target.substr(0, std::min(target.find_first_of("?$"), target.size())).ends_with(".php");
}

// Whether a path of the location may fit the pattern.
bool may_meet(const Location& location, std::string_view pattern) {
  using Kind = Location::Kind;
  if (location.kind == Kind::kRegex || location.kind == Kind::kNamed) return true;
  const std::string_view literal = pattern.substr(0, std::min(pattern.find_first_of(":*"), pattern.size()));
  return literal.starts_with(location.text) || std::string_view(location.text).starts_with(literal);
}

// The location that takes every path `target` can be (filters/path_rewrite.h); null where there may be several.
const Location* only_taker(const Server& server, std::string_view target) {
  using Kind = Location::Kind;
  const std::string_view path = target.substr(0, std::min(target.find('?'), target.size()));
  const std::string_view literal = path.substr(0, std::min({path.find("/:"), path.find("/*"), path.size() - 1}) + 1);
  const bool whole = literal == path;
  if (const Location* exact = server.at(Kind::kExact, literal); exact != nullptr && whole) return exact;
  const Location* longest = nullptr;
  bool has_expressions = false;
  for (const Location& one : server.locations) {
    if (one.kind == Kind::kNamed) continue;
    if (one.parent != nullptr) return nullptr;
    has_expressions = has_expressions || one.kind == Kind::kRegex;
    if (one.kind == Kind::kRegex) continue;
    if (!whole && one.text.size() > literal.size() && one.text.starts_with(literal)) return nullptr;
    const bool takes = one.kind != Kind::kExact && literal.starts_with(one.text);
    if (takes && (longest == nullptr || longest->text.size() < one.text.size())) longest = &one;
  }
  return longest != nullptr && has_expressions && longest->kind != Kind::kFinal ? nullptr : longest;
}

bool is_redirect(std::int64_t status) { return (status >= 301 && status <= 303) || status == 307 || status == 308; }

// 0 where the rewrite sends clients nowhere.
int redirect_status(const Directive& rewrite) {
  const std::string_view target = rewrite.argument(1);
  if (rewrite.argument(2) == "permanent") return 301;
  const bool away = target.starts_with("http://") || target.starts_with("https://") || target.starts_with("$scheme");
  return away || rewrite.argument(2) == "redirect" ? 302 : 0;
}

}  // namespace

ProposedTarget Targets::filtered(std::string filter) {
  ProposedTarget target = closed();
  target.filtered = true;
  target.filters.push_back(std::move(filter));
  return target;
}

// Those that the target has not yet.
void Targets::put_before(const std::vector<std::string>& filters, ProposedTarget& target) {
  std::vector<std::string> all;
  for (const std::string& filter : filters) {
    if (std::find(target.filters.begin(), target.filters.end(), filter) == target.filters.end()) all.push_back(filter);
  }
  all.insert(all.end(), target.filters.begin(), target.filters.end());
  target.filters = std::move(all);
}

ProposedTarget Targets::returned(const Directive& directive, const Scope& scope) {
  const auto code = read_number(directive.argument(0));
  std::int64_t status = code.value_or(302);  // an address alone is a redirect
  const auto text = filter_text(directive.argument(code ? 1 : 0));
  if (status == 444) {
    ledger_.note(NoteKind::kDiffers, directive, "400 is answered, where nginx closes the connection without a word");
    return refused(400);
  }
  if (!text || status < 200 || status > 599 || (is_redirect(status) && text->empty())) {
    ledger_.note(NoteKind::kMissing, directive,
                 "the route is closed (503): filters do not have its variable, or there is no such status");
    return closed();
  }
  ledger_.carry(directive);
  if (is_redirect(status)) {
    return filtered("redirect: {to: " + flow_text(*text) + ", status: " + std::to_string(status) + "}");
  }
  if (text->empty()) return refused(static_cast<int>(status));
  const Directive* const type = scope.find("default_type");
  ledger_.carry(type);
  const std::string media(type != nullptr ? type->argument(0) : std::string_view("text/plain"));
  return filtered("respond: {status: " + std::to_string(status) + ", body: " + flow_text(*text) +
                  ", content_type: " + flow_text(media) + "}");
}

std::vector<Answer> Targets::answers(const Server& server, const Location& location) {
  if (location.directive != server.directive) ledger_.carry(location.directive);
  const Directive* const limit = location.scope->own("limit_except");
  if (limit == nullptr) return plain_answers(server, location);
  // GET allows HEAD too. What the block holds for the other methods is nearly always `deny all`.
  std::vector<std::string> methods;
  for (std::string word : limit->arguments) {
    for (char& c : word) c = ascii_upper(c);
    const bool is_method = word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
    if (is_method) methods.push_back(word);
    if (!is_method) ledger_.note(NoteKind::kMissing, *limit, "'" + word + "' is no method, which nginx refuses too");
  }
  if (methods.empty()) return {{.target = refused(403)}};
  if (std::find(methods.begin(), methods.end(), "GET") != methods.end()) methods.emplace_back("HEAD");
  std::sort(methods.begin(), methods.end());
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  ledger_.carry(limit);
  for (const Directive& inner : limit->block) {
    if (inner.name == "deny" && inner.argument(0) == "all") {
      ledger_.carry(inner);
    } else {
      ledger_.note(NoteKind::kDiffers, inner, "other methods are answered 403, whoever asks");
    }
  }
  std::vector<Answer> answers = plain_answers(server, location);
  for (Answer& answer : answers) answer.methods = methods;
  answers.push_back({.target = refused(403)});
  return answers;
}

// --- Rewrites --------------------------------------------------------------------------------------------------------

// False: it cannot be carried over.
bool Targets::read_rewrite_of(const Directive& rewrite, const Location& location, bool to_server, Rewrites& rewrites) {
  const int status = redirect_status(rewrite);
  const auto rule = read_rewrite(rewrite.argument(0), rewrite.argument(1));
  std::optional<std::string> text;
  if (!rule && fits_every_path(rewrite.argument(0))) text = filter_text(rewrite.argument(1));
  const bool goes_on = status == 0 && to_server && rule && rewrite.argument(2) == "break";
  if (!goes_on && (status == 0 || (!rule && !text))) return false;
  ledger_.carry(rewrite);
  if (rule && !rule->exact) {
    ledger_.note(NoteKind::kDiffers, rewrite, "it holds for the path " + rule->from + ", by segments");
  } else if (rule && rule->drops_query) {
    ledger_.note(NoteKind::kDiffers, rewrite, "the query stays");
  }
  if (goes_on) {
    rewrites.paths.push_back("rewrite: {from: " + flow_text(rule->from) + ", to: " + flow_text(rule->to) + "}");
    return true;
  }
  if (rule && !may_meet(location, rule->from)) return true;
  const std::string everything = location.text + "*";
  if (!rule || rule->from.starts_with(everything)) rewrites.redirects_all = true;
  const std::string from = rule ? "from: " + flow_text(rule->from) + ", " : "";
  rewrites.redirects.push_back("redirect: {" + from + "to: " + flow_text(rule ? rule->to : *text) +
                               ", status: " + std::to_string(status) + "}");
  return true;
}

// if ($scheme = http) { return 301 https://$host$request_uri; }
void Targets::read_https_of(const Directive& condition, Rewrites& rewrites) {
  std::string text;
  for (const std::string& word : condition.arguments) text += word;
  const bool plain =
      text == "($scheme=http)" || text == "($scheme!=https)" || text == "($https=)" || text == "($https!=on)";
  if (!plain || condition.block.size() != 1) return;
  const Directive& inner = condition.block.front();
  const auto status = read_number(inner.argument(0));
  const std::string_view to = inner.argument(1);
  if (inner.name != "return" || !status || !is_redirect(*status)) return;
  if (to != "https://$host$request_uri" && to != "https://$server_name$request_uri") return;
  ledger_.carry(condition);
  ledger_.carry(inner);
  rewrites.redirects.push_back("redirect: {https: true, status: " + std::to_string(*status) + "}");
}

Targets::Rewrites Targets::rewrites_of(const Server& server, const Location& location) {
  Rewrites rewrites;
  const Scope& own = *location.scope;
  for (const Scope* scope : {static_cast<const Scope*>(server.scope.get()), &own}) {
    for (const Directive* condition : scope->all_own("if")) read_https_of(*condition, rewrites);
    for (const Directive* rewrite : scope->all_own("rewrite")) {
      if (runs_a_script(*rewrite)) continue;
      const bool to_server = scope == &own && own.own("proxy_pass") != nullptr;
      if (read_rewrite_of(*rewrite, location, to_server, rewrites) || scope != &own) {
        continue;
      }
      ledger_.note(NoteKind::kMissing, *rewrite,
                   "the route is closed (503): write the filter `rewrite` or `redirect` (docs/filters.md), or let the "
                   "application take the old path");
      rewrites.closed = true;
    }
  }
  if (rewrites.paths.size() > 1) {
    ledger_.note_at(NoteKind::kDiffers, location.directive->place, location.directive->text(),
                    "a path may be rewritten more than once, where `break` ends at the first");
  }
  return rewrites;
}

// rewrite ^/old/(.*)$ /new/$1 last: what the location of the new path answers, where that is one for all of them and
// asks a server.
std::optional<std::vector<Answer>> Targets::sent_on(const Server& server, const Location& location) {
  const Scope& own = *location.scope;
  const std::vector<const Directive*> rewrites = own.all_own("rewrite");
  const bool prefix = location.kind == Location::Kind::kPrefix || location.kind == Location::Kind::kFinal;
  if (!prefix || rewrites.size() != 1 || own.own("return") != nullptr || own.own("if") != nullptr) return std::nullopt;
  const Directive& rewrite = *rewrites.front();
  const bool ends_here = rewrite.argument(2) == "break" || redirect_status(rewrite) != 0 || runs_a_script(rewrite);
  if (ends_here || server.scope->own("rewrite") != nullptr || server.scope->own("if") != nullptr) return std::nullopt;
  const auto rule = read_rewrite(rewrite.argument(0), rewrite.argument(1));
  if (!rule || !rule->to.starts_with('/') || !rule->from.starts_with(location.text + "*")) return std::nullopt;
  const Location* const taker = only_taker(server, rule->to);
  const bool asks = taker != nullptr && taker != &location && taker->scope->own("proxy_pass") != nullptr &&
                    taker->scope->own("rewrite") == nullptr;
  if (!asks) return std::nullopt;
  ledger_.carry(rewrite);
  if (rule->drops_query) ledger_.note(NoteKind::kDiffers, rewrite, "the query stays");
  std::vector<Answer> answers = plain_answers(server, *taker);
  for (Answer& answer : answers) {
    if (is_closed_target(answer.target)) continue;
    put_before({"rewrite: {from: " + flow_text(rule->from) + ", to: " + flow_text(rule->to) + "}"}, answer.target);
  }
  return answers;
}

// With the fields that nginx changes; `server` is the block that passes requests on, where it is another one.
ProposedTarget Targets::with_fields(ProposedTarget target, const Scope& scope, const Scope* server) {
  if (!is_closed_target(target)) {
    put_before(filters_.fields(scope, target.request, server != nullptr ? *server : scope), target);
  }
  return target;
}

// --- A location ------------------------------------------------------------------------------------------------------

std::vector<Answer> Targets::plain_answers(const Server& server, const Location& location) {
  const auto one = [](ProposedTarget target) { return std::vector<Answer>{{.target = std::move(target)}}; };
  const Scope& scope = *location.scope;
  if (const Directive* found = server.scope->own("return")) return one(with_fields(returned(*found, scope), scope));
  if (auto answers = sent_on(server, location)) return *std::move(answers);
  const Rewrites rewrites = rewrites_of(server, location);
  if (const Directive* found = scope.own("return"); found != nullptr && !rewrites.closed) {
    ProposedTarget target = returned(*found, scope);
    if (!is_closed_target(target)) put_before(rewrites.redirects, target);
    return one(with_fields(std::move(target), scope));
  }
  if (rewrites.redirects_all && !rewrites.closed) {
    ProposedTarget target = closed();
    target.filtered = true;
    target.filters = rewrites.redirects;
    return one(with_fields(std::move(target), scope));
  }
  const Access access = access_of(server, scope);
  if (rewrites.closed || access.closed) return one(closed());
  std::vector<Answer> answers = access.refuses_all ? one(refused(403)) : content(server, location);
  for (Answer& answer : answers) {
    ProposedTarget& target = answer.target;
    if (is_closed_target(target)) continue;
    if (!target.filtered) {
      put_before(rewrites.paths, target);
      put_before(filters_.answers(scope), target);
      put_before(access.filters, target);
      put_before(filters_.rates(scope), target);
      target.asked.insert(target.asked.end(), access.asked.begin(), access.asked.end());
    }
    put_before(rewrites.redirects, target);
    const Location* const php = php_of(location);
    target = with_fields(std::move(target), scope, php != nullptr ? php->scope.get() : nullptr);
    read_error_page(server, location, target);
  }
  return answers;
}

std::vector<Answer> Targets::content(const Server& server, const Location& location) {
  const auto one = [](ProposedTarget target) { return std::vector<Answer>{{.target = std::move(target)}}; };
  const Scope& scope = *location.scope;
  if (const Directive* internal = scope.own("internal"); internal != nullptr) {
    if (scope.own("fastcgi_pass") == nullptr) {
      if (is_asked(server, location)) {
        ledger_.carry(internal);
      } else {
        ledger_.note(NoteKind::kMissing, *internal,
                     "clients get 404, and X-Accel-Redirect is not followed: let the application send the file");
      }
      return one(refused(404));
    }
    ledger_.note(NoteKind::kDiffers, *internal, "clients may ask for the script by its name");
  }
  if (const Directive* pass = scope.own("proxy_pass")) return proxied(location, *pass);
  if (const Directive* pass = scope.own("grpc_pass")) return grpc(location, *pass);
  if (const Directive* pass = scope.own("fastcgi_pass")) return one(single_script(location, *pass));
  for (std::string_view other : kOtherProtocols) {
    if (const Directive* pass = scope.own(other)) {
      ledger_.note(NoteKind::kMissing, *pass,
                   "the route is closed (503): servers are spoken to in HTTP and FastCGI; let it speak HTTP");
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
