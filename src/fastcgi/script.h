// Which script a request runs, or which file it gets.
//
// The problem: a PHP application is a folder in which some files are programs, some are public, and some are secrets
// that lie there all the same. The rules below are those of the configuration nginx users write for it:
//
//   index index.php;  location / { try_files $uri $uri/ /index.php; }
//   location ~ [^/]\.php(/|$) { fastcgi_split_path_info ...; try_files $fastcgi_script_name =404; }
//
// in this order, each on the decoded path with dot segments resolved (http/target.h):
//   1. hidden segments are not found (static_files/resolve.h);
//   2. "/a.php" or "/a.php/extra": the longest prefix ending in the extension that is a file runs, the rest is its
//      PATH_INFO; where no prefix is a file: not found, never the fallback;
//   3. a file is served as it is, unless it may hold PHP source (static_files/resolve.h): that is not found;
//   4. a folder: without its final slash a redirect to it; with it the first index file that exists; else forbidden;
//   5. what is not there runs the fallback script.
//
// Which files exist is asked through FileTree, so all of this is decided without touching a disk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/status.h"
#include "static_files/file_tree.h"

namespace banyan::fastcgi {

struct ScriptRules {
  std::vector<std::string> index = {"index.php"};  // tried in order in a folder; scripts and other files
  std::string fallback = "/index.php";             // what is not there runs it; "" answers 404
  std::string extension = ".php";
  std::vector<std::string> scripts;  // the only ones that may run ("/index.php"); empty: all with the extension
  bool path_info = true;             // false: "/index.php/extra" is not found
};

struct ScriptChoice {
  enum class Kind : std::uint8_t {
    kScript,    // run `name` with `path_info`
    kFile,      // serve the file `name`
    kRedirect,  // 301 to static_files::folder_location(name, query)
    kRefused,   // answer `refusal`: 400, 403 or 404
  };
  Kind kind = Kind::kRefused;
  std::string name;       // below the root, begins with '/': SCRIPT_NAME
  std::string path_info;  // "" or "/extra"
  Refusal refusal;
};

// `path` is the target's path as received, still encoded, without query. Asks `files` at most once for each prefix that
// ends in the extension (of which only the last 8 count) and each index file, and two or three times more.
ScriptChoice choose_script(const ScriptRules& rules, std::string_view path, static_files::FileTree& files);

}  // namespace banyan::fastcgi
