#include "nginx_import/location_order.h"

#include <algorithm>
#include <map>
#include <utility>

namespace banyan::nginx {
namespace {

using Kind = Location::Kind;
using Shape = LocationPattern::Kind;

bool is_usable_path(std::string_view path, bool exact) {
  return path.starts_with('/') && path.find_first_of("?#* ") == path.npos && (!exact || path.find("/:") == path.npos);
}

std::string title(const Location& location) { return location.directive->text(); }

class Order {
 public:
  Order(const Server& server, Targets& targets, Ledger& ledger) : server_(server), targets_(targets), ledger_(ledger) {}

  std::vector<ProposedRoute> build() {
    for (const Location& location : server_.locations) {
      if (location.kind == Kind::kExact) emit(true, location.text, location);
    }
    for (const Location* prefix : prefixes()) {
      // Asked first, so that it is known whose PHP it runs.
      (void)answers(*prefix);
      for (const Location& regex : server_.locations) {
        if (regex.kind == Kind::kRegex && is_tried(regex, *prefix)) emit_regex(regex, *prefix);
      }
      emit(false, prefix->text, *prefix);
    }
    for (const Location& location : server_.locations) {
      if (location.kind == Kind::kRegex && !placed(location)) note_regex(location);
      if (location.kind == Kind::kNamed) ledger_.carry(location.directive);
    }
    return std::move(routes_);
  }

 private:
  std::vector<const Location*> prefixes() const {
    std::vector<const Location*> all;
    for (const Location& location : server_.locations) {
      if (location.kind == Kind::kPrefix || location.kind == Kind::kFinal) all.push_back(&location);
    }
    std::sort(all.begin(), all.end(), [](const Location* a, const Location* b) {
      return a->text.size() != b->text.size() ? a->text.size() > b->text.size() : a->text < b->text;
    });
    return all;
  }

  const std::vector<Answer>& answers(const Location& location) {
    const auto known = answers_.find(&location);
    if (known != answers_.end()) return known->second;
    return answers_.emplace(&location, targets_.answers(server_, location)).first->second;
  }

  // Whether nginx tries the expression once the prefix is the longest that fits.
  static bool is_tried(const Location& regex, const Location& prefix) {
    if (regex.parent == &prefix) return true;
    if (prefix.kind == Kind::kFinal) return false;
    for (const Location* outer = prefix.parent;; outer = outer->parent) {
      if (regex.parent == outer) return true;
      if (outer == nullptr) return false;
    }
  }

  bool placed(const Location& regex) const { return regex.pattern.kind == Shape::kPaths; }

  void emit_regex(const Location& regex, const Location& prefix) {
    if (!placed(regex) || targets_.php_of(prefix) == &regex) return;
    if (regex.ignore_case) {
      ledger_.note_at(NoteKind::kDiffers, regex.directive->place, title(regex), "case counts in a route's path");
    }
    for (const PathRule& rule : regex.pattern.rules) {
      if (rule.path.starts_with(prefix.text)) {
        emit(rule.exact, rule.path, regex);
      } else if (!rule.exact && prefix.text.starts_with(rule.path)) {
        emit(false, prefix.text, regex);
      }
    }
  }

  // Whether an earlier route without a condition takes all of these requests.
  bool is_covered(bool exact, const std::string& path) const {
    return std::any_of(routes_.begin(), routes_.end(), [&](const ProposedRoute& route) {
      const ProposedMatch& match = route.match;
      if (!match.methods.empty() || !match.header.empty() || !match.query.empty()) return false;
      return match.exact ? exact && match.path == path : path.starts_with(match.path);
    });
  }

  void emit(bool exact, const std::string& path, const Location& location) {
    if (!is_usable_path(path, exact && location.kind != Kind::kRegex)) {
      ledger_.note(NoteKind::kOpens, *location.directive,
                   "a route's path has none of '?', '#', '*', ' ' and no segment that begins with ':': its requests go "
                   "to the next route that fits");
      return;
    }
    const std::vector<Answer>& all = answers(location);
    if (is_covered(exact, path)) return;
    if (routes_.size() + all.size() > kRoutesMax) {
      ledger_.note(NoteKind::kMissing, *location.directive, "more than 5,000 routes: write those of the rest by hand");
      return;
    }
    for (const Answer& answer : all) {
      ProposedRoute route{.place = location.directive->place, .target = answer.target, .about = title(location)};
      route.match = {.methods = answer.methods,
                     .exact = exact,
                     .path = path,
                     .header = answer.header,
                     .header_value = answer.header_value,
                     .query = answer.query,
                     .query_value = answer.query_value};
      routes_.push_back(std::move(route));
    }
  }

  // --- Expressions that are no paths ---------------------------------------------------------------------------

  struct Below {
    bool servers = false;   // requests it would take go to a server in HTTP
    bool php = false;       // to a PHP application
    bool fallback = false;  // which answers for what is no file
    bool uses_it = false;   // and that runs this location's PHP
  };

  Below below(const Location& regex) {
    Below found;
    for (const Location* prefix : prefixes()) {
      if (!is_tried(regex, *prefix)) continue;
      for (const Answer& answer : answers(*prefix)) {
        const bool cluster = !answer.target.cluster.empty() || !answer.target.shares.empty();
        const bool php = targets_.php_of(*prefix) != nullptr;
        found.php = found.php || php;
        found.servers = found.servers || (cluster && !php);
        found.uses_it = found.uses_it || targets_.php_of(*prefix) == &regex;
        found.fallback = found.fallback || (php && prefix->scope->find("try_files") != nullptr);
      }
    }
    return found;
  }

  static bool refuses(const Location& regex) {
    const auto is = [&](std::string_view name, std::string_view value) {
      const Directive* const directive = regex.scope->own(name);
      return directive != nullptr && directive->argument(0).starts_with(value);
    };
    return is("deny", "all") || is("return", "4") || is("auth_basic", "") || is("auth_request", "") ||
           is("internal", "");
  }

  void note_regex(const Location& regex) {
    const Below where = below(regex);
    const bool closes = refuses(regex);
    // What is said of the location holds for what stands in it, but for what tells how its files are sent.
    for (const Directive& inner : regex.directive->block) {
      const bool of_files = regex.pattern.kind == Shape::kExtensions && !closes && !where.servers;
      if (!of_files && !where.uses_it && inner.name != "location") ledger_.note_silently(inner);
    }
    switch (regex.pattern.kind) {
      case Shape::kHidden:
        return note_hidden(regex, where, closes);
      case Shape::kPhp:
        return note_php(regex, where, closes);
      case Shape::kExtensions:
        return note_extensions(regex, where, closes);
      default:
        break;
    }
    ledger_.note(
        closes ? NoteKind::kOpens : NoteKind::kMissing, *regex.directive,
        !closes     ? "routes match no expressions: its requests go to the next route that fits"
        : where.php ? "routes match no expressions: what this closed goes to the next route that fits; a route {match: "
                      "{prefix: FOLDER}, static: {root: ROOT}} above that one serves a folder's files and runs no PHP"
                    : "routes match no expressions: what this closed goes to the next route that fits; write a route "
                      "for it by hand, or move the files out of the root");
  }

  void note_hidden(const Location& regex, const Below& where, bool closes) {
    if (closes && where.servers) {
      ledger_.note(NoteKind::kOpens, *regex.directive,
                   "paths with a segment that begins with '.' reach the server behind: let it refuse them");
    } else if (closes) {
      ledger_.note(NoteKind::kDiffers, *regex.directive, "hidden files are answered 404 in any case");
    } else {
      ledger_.note(NoteKind::kDiffers, *regex.directive,
                   "of hidden files those below /.well-known/ are served, all others are answered 404");
    }
  }

  void note_php(const Location& regex, const Below& where, bool closes) {
    if (where.uses_it) return ledger_.carry(regex.directive);
    if (closes && where.servers) {
      ledger_.note(NoteKind::kOpens, *regex.directive, "these paths reach the server behind: let it refuse them");
    } else if (closes) {
      ledger_.note(NoteKind::kDiffers, *regex.directive,
                   where.php ? "scripts the cluster does not name are answered 404 in any case"
                             : "PHP files are answered 404 in any case");
    } else if (regex.scope->own("fastcgi_pass") != nullptr && where.servers) {
      ledger_.note(NoteKind::kMissing, *regex.directive,
                   "PHP files are not told from other paths: write a route to a fastcgi cluster for their folder");
    } else {
      ledger_.note(NoteKind::kDiffers, *regex.directive, "another location's PHP runs in its place");
    }
  }

  void note_extensions(const Location& regex, const Below& where, bool closes) {
    if (closes) {
      ledger_.note(NoteKind::kOpens, *regex.directive,
                   "routes do not look at a file's extension: move these files out of the root");
    } else if (where.servers) {
      ledger_.note(NoteKind::kMissing, *regex.directive,
                   "routes do not look at a file's extension: add a route with `static` for each folder of such files");
    } else if (where.fallback) {
      ledger_.note(NoteKind::kDiffers, *regex.directive,
                   "these files are served, but one that is not there is asked of the application");
    } else {
      ledger_.carry(regex.directive);
    }
  }

  const Server& server_;
  Targets& targets_;
  Ledger& ledger_;
  std::vector<ProposedRoute> routes_;
  std::map<const Location*, std::vector<Answer>> answers_;
};

}  // namespace

std::vector<ProposedRoute> order_locations(const Server& server, Targets& targets, Ledger& ledger) {
  return Order(server, targets, ledger).build();
}

}  // namespace banyan::nginx
