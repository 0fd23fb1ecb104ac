// From a request's path to the file that answers it.
//
// Rules, on the decoded path with dot segments resolved (http/target.h): segments beginning with '.' are not found
// (".git", ".env"; ".well-known" at the front aside, RFC 8615); names that may hold PHP source are not found, since a
// static root is often a PHP application's; a folder is a redirect to itself with a slash, and with it its first index
// file that exists, else forbidden. Which files exist comes in through FileTree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/status.h"
#include "static_files/file_tree.h"

namespace banyan::static_files {

struct ResolveRules {
  std::vector<std::string> index = {"index.html"};
  bool php_sources = false;  // true: serve them as text like any other file
};

struct Resolution {
  enum class Kind : std::uint8_t {
    kFile,      // serve `path`
    kRedirect,  // 301 to folder_location(path, query)
    kRefused,   // answer `refusal`: 400, 403 or 404
  };
  Kind kind = Kind::kRefused;
  std::string path;  // below the root, begins with '/' ("" where the root itself is meant)
  Refusal refusal;
};

// `path` is the target's path as received, still encoded, without query.
Resolution resolve(const ResolveRules& rules, std::string_view path, FileTree& files);

// Whether a clean path has a segment beginning with '.', ".well-known" at its front aside.
bool has_hidden_segment(std::string_view path);

// Whether a file of that path may hold PHP source: ".php" anywhere in its name (index.php.bak, INDEX.PHP), or an
// extension PHP code is kept under (.phtml, .phar, .pht, .inc).
bool may_be_php_source(std::string_view path);

// The Location of a folder's redirect: `path` (clean, decoded, without final slash) encoded anew, a slash, and the
// query as received. It begins with exactly one slash, so it can never name another host.
std::string folder_location(std::string_view path, std::string_view query);

}  // namespace banyan::static_files
