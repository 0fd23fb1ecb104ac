// error_page: what answers in place of a server that fails, as the `fallback` of a route, where that does the same.
//
// `fallback` stands for no answer and for every answer of 5xx, with a text and a status, or as another cluster answers.
// So it takes the place of a page for 500, 502, 503 and 504 together, of a location that intercepts errors, and whose
// status is the page's own ("= @spare") or written ("=503 /sorry"). Everything else stays in the list of what is not
// carried over: the pages of nginx's own errors, of which the application's answers know nothing, and those of 4xx.
#include <algorithm>
#include <iterator>

#include "nginx_import/targets.h"

namespace banyan::nginx {
namespace {

constexpr std::string_view kFailures[] = {"500", "502", "503", "504"};
// What a page's location may hold besides kAlike. What stands only there or only here is done to one answer alone,
// where the filters of a route are for all.
constexpr std::string_view kOfPage[] = {"proxy_pass", "proxy_connect_timeout", "proxy_http_version",
                                        "return",     "default_type",          "internal"};
constexpr std::string_view kAlike[] = {"add_header", "expires", "proxy_set_header", "proxy_hide_header",
                                       "proxy_read_timeout"};

template <class Range>
bool holds(const Range& range, std::string_view word) {
  return std::find(std::begin(range), std::end(range), word) != std::end(range);
}

std::optional<ErrorPage> page_of_failures(const Directive& directive) {
  std::vector<std::string> codes = directive.arguments;
  if (codes.size() < 2 || !codes[codes.size() - 2].starts_with('=')) return std::nullopt;
  codes.resize(codes.size() - 2);
  const bool all = std::all_of(std::begin(kFailures), std::end(kFailures),
                               [&](std::string_view code) { return holds(codes, code); });
  const bool others = std::any_of(codes.begin(), codes.end(), [](const auto& code) { return !code.starts_with('5'); });
  if (!all || others) return std::nullopt;
  return ErrorPage{directive.argument(codes.size()).substr(1), directive.argument(codes.size() + 1)};
}

bool same_words(const Scope& a, const Scope& b, std::string_view name) {
  return std::ranges::equal(a.all(name), b.all(name),
                            [](const auto* one, const auto* other) { return one->arguments == other->arguments; });
}

bool is_plain(const Location& page, const Scope& scope, bool text) {
  for (const Directive& inner : page.directive->block) {
    if (!holds(kOfPage, inner.name) && !holds(kAlike, inner.name)) return false;
  }
  for (std::string_view name : kAlike) {
    const bool of_request = name.starts_with("proxy_");
    if (!(text && of_request) && !same_words(*page.scope, scope, name)) return false;
  }
  return true;
}

// "" where `fallback` could not say it.
std::string text_of(const Directive& answer, const ErrorPage& page, std::string_view media) {
  const auto own = read_number(answer.argument(0));
  const auto status = page.status.empty() ? own : read_number(page.status);
  const std::string_view body = answer.argument(1);
  const auto fits = [](std::optional<std::int64_t> code) {
    return code && *code >= 200 && *code <= 599 && *code / 100 != 3 && *code != 444;
  };
  // The type goes by the page's name before default_type.
  const bool typed = page.name.find('.') != page.name.npos && !(page.name.ends_with(".html") && media == "text/html");
  if (!fits(own) || !fits(status) || typed || body.empty() || body.find('$') != body.npos) return "";
  return "{status: " + std::to_string(*status) + ", body: " + flow_text(body) +
         ", content_type: " + flow_text(media.empty() ? "text/plain" : media) + "}";
}

bool has_filter(const ProposedTarget& target, std::string_view name) {
  return std::any_of(target.filters.begin(), target.filters.end(),
                     [name](const std::string& filter) { return filter.starts_with(name); });
}

}  // namespace

// Another cluster; "" where it would not answer as the page's location does.
std::string Targets::spare_cluster(const Location& page, ProposedTarget& target) {
  const Directive* const pass = page.scope->own("proxy_pass");
  const bool own_host = std::ranges::any_of(page.scope->all("proxy_set_header"),
                                            [](const auto* one) { return one->argument(1) == "$proxy_host"; });
  if (pass == nullptr || page.kind != Location::Kind::kNamed || own_host || has_filter(target, "rewrite:")) return "";
  const std::optional<Question> spare = question_to(page, *pass, "");
  if (!spare || !spare->path.empty() || spare->cluster == target.cluster) return "";
  for (const ProposedShare& share : target.shares) {
    if (share.cluster == spare->cluster) return "";
  }
  target.asked.push_back(spare->cluster);
  return "{cluster: " + spare->cluster + "}";
}

// `scope` is the block that passes requests on.
std::string Targets::in_place_of_errors(const Server& server, const Scope& scope, const ErrorPage& page,
                                        ProposedTarget& target) {
  const bool proxied = scope.own("proxy_pass") != nullptr;
  const Directive* const intercept = scope.find(proxied ? "proxy_intercept_errors" : "fastcgi_intercept_errors");
  const Location* const where =
      page.name.starts_with('@') ? server.named(page.name) : server.at(Location::Kind::kExact, page.name);
  if (intercept == nullptr || intercept->argument(0) != "on" || where == nullptr || has_filter(target, "cache:")) {
    return "";
  }
  const Directive* const text = where->scope->own("return");
  if (!is_plain(*where, scope, text != nullptr) || has_access_of_its_own(server, *where->scope, scope)) return "";
  const Directive* const type = where->scope->find("default_type");
  std::string fallback;
  if (text != nullptr) {
    fallback = text_of(*text, page, type != nullptr ? type->argument(0) : std::string_view());
  } else if (proxied) {
    fallback = spare_cluster(*where, target);
  }
  if (fallback.empty()) return "";
  ledger_.carry(intercept);
  ledger_.carry(where->directive);
  for (const Directive& inner : where->directive->block) ledger_.carry(inner);
  return fallback;
}

void Targets::read_error_page(const Server& server, const Location& location, ProposedTarget& target) {
  const Location* const php = php_of(location);
  const Scope& scope = *(php != nullptr ? php : &location)->scope;
  if (target.cluster.empty() && target.shares.empty()) return;
  for (const Directive* directive : scope.all("error_page")) {
    const std::optional<ErrorPage> page = page_of_failures(*directive);
    if (!page || !target.fallback.empty()) continue;
    target.fallback = in_place_of_errors(server, scope, *page, target);
    if (target.fallback.empty()) {
      ledger_.note(NoteKind::kMissing, *directive,
                   "'" + location.text +
                       "' goes without it: `fallback` on its route stands for every answer of 5xx, the "
                       "application's own too, and its filters are for both answers (docs/upstreams.md)");
    } else {
      ledger_.note(NoteKind::kDiffers, *directive,
                   "`fallback` stands for every answer of 5xx, of what may not be executed twice only if nothing of it "
                   "was sent");
    }
  }
}

}  // namespace banyan::nginx
