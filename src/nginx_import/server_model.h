// The servers and locations of a configuration, with what nginx makes of their names and addresses. No decision about
// Banyan is taken here.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nginx_import/ledger.h"
#include "nginx_import/location_pattern.h"
#include "nginx_import/nginx_files.h"
#include "nginx_import/scope.h"

namespace banyan::nginx {

struct Location {
  enum class Kind : unsigned char {
    kExact,   // = /path
    kPrefix,  // /path
    kFinal,   // ^~ /path: no expression is tried once it is the longest
    kRegex,   // ~ or ~*
    kNamed,   // @name
  };
  const Directive* directive = nullptr;  // the server's, for the location "/" that stands nowhere
  const Location* parent = nullptr;      // null: stands in the server itself
  Kind kind = Kind::kPrefix;
  std::string text;          // path, expression or name
  bool ignore_case = false;  // ~*
  LocationPattern pattern;   // of kRegex
  std::unique_ptr<Scope> scope;
};

struct Listen {
  const Directive* directive = nullptr;
  std::string address;  // as Banyan writes it; "" where it cannot listen there
  bool tls = false;
  bool is_default = false;
  bool proxy_protocol = false;
};

struct Server {
  const Directive* directive = nullptr;
  std::unique_ptr<Scope> scope;
  std::vector<Listen> listens;
  std::vector<std::string> hosts;  // "example.com", "*.example.com", lower case, each once
  bool catches_all = false;        // a name that no request has, like "_"
  // In the order written, nested ones behind their parent; then "/" where none is written.
  std::deque<Location> locations;

  const Location* named(std::string_view name) const;  // "@name"
  // The location of that kind and text, standing in the server itself.
  const Location* at(Location::Kind kind, std::string_view text) const;
};

// The block of that name at the top level, or null. Where there are several the first.
const Directive* find_block(const std::vector<Directive>& directives, std::string_view name);

// Every server of the block whose scope is `http`; both must outlive the result.
std::vector<Server> read_servers(const std::vector<Directive>& block, const Scope& http, Ledger& ledger);

}  // namespace banyan::nginx
