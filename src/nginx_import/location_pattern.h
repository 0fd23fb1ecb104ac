// What a regular expression of a `location` or `server_name` means, where it means something a route can say.
//
// Routes match paths that are equal, that begin with a text, or whose segments are named. Most expressions in real
// files say just that (`^/api/`, `^/(app|admin)(/|$)`), or name a kind of file (`\.php$`, `\.(css|js)$`, `/\.ht`).
// These are recognised from their text, exactly; everything else is kOther and goes to the report. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace banyan::nginx {

struct PathRule {
  bool exact = false;  // else a prefix
  std::string path;    // begins with '/'; exact ones may have ":name" segments

  bool operator==(const PathRule&) const = default;
};

struct LocationPattern {
  enum class Kind : unsigned char {
    kPaths,       // `rules`: each path that one of them takes, and no other
    kPhp,         // names that end in .php
    kExtensions,  // names with one of some extensions
    kHidden,      // names that begin with a dot
    kOther,
  };
  Kind kind = Kind::kOther;
  std::vector<PathRule> rules;       // of kPaths; at most kRulesMax
  std::vector<std::string> scripts;  // of kPaths that name scripts and what may follow them: "/index.php"
  bool path_info = false;            // of kPhp: "/a.php/more" fits too
};

inline constexpr std::size_t kRulesMax = 64;

LocationPattern read_location_pattern(std::string_view expression);

}  // namespace banyan::nginx
