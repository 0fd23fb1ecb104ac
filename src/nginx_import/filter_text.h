// nginx's texts and expressions in the words of Banyan's filters: variables, and rewrites as patterns of segments.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace banyan::nginx {

// "$host$request_uri" as "${host}${uri}". Nothing where it holds a variable that filters do not have.
std::optional<std::string> filter_text(std::string_view text);

// An expression and its replacement as a pattern and a target (filters/path_rewrite.h):
// ^/old/(.*)$ -> /new/$1 is /old/*p1 -> /new/*p1.
struct RewriteRule {
  std::string from;
  std::string to;
  bool exact = true;         // false: the expression fits some paths that the pattern does not, "/oldest" of ^/old
  bool drops_query = false;  // the replacement ends in '?'
};
// Nothing where the expression is no such pattern, or the replacement needs more than its captures.
std::optional<RewriteRule> read_rewrite(std::string_view expression, std::string_view replacement);
// "^", "^(.*)$" and the like: every path.
bool fits_every_path(std::string_view expression);

}  // namespace banyan::nginx
