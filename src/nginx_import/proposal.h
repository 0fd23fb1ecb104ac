// What is proposed in the place of an nginx configuration: listeners, clusters and routes, each with the line it comes
// from, and a list of everything that is not the same afterwards.
//
// These are not the structures of config/gateway_config.h because a proposal is text for a person to read and change:
// it has places and sentences, and leaves out what is a default. Whether it holds is asked of parse_gateway_config().
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "nginx_import/nginx_files.h"

namespace banyan::nginx {

enum class NoteKind : unsigned char {
  kOpens,      // less is protected than before: look at these first
  kMissing,    // what nginx did and the proposal does not
  kDiffers,    // carried over, and still not quite the same
  kNotNeeded,  // nothing is lost
};
// "opens", "missing", "differs", "not_needed".
std::string_view note_kind_name(NoteKind kind);

struct Note {
  NoteKind kind = NoteKind::kMissing;
  Place place;
  std::string what;     // the directive, or a sentence
  std::string instead;  // what to do, or why nothing is to be done
};

struct ProposedListener {
  Place place;
  std::string address;
  struct Certificate {
    std::string certificate;
    std::string key;
    bool operator==(const Certificate&) const = default;
  };
  std::vector<Certificate> certificates;
  bool proxy_protocol = false;
};

struct ProposedEndpoint {
  std::string address;
  int weight = 1;
  bool operator==(const ProposedEndpoint&) const = default;
};

struct ProposedParam {
  std::string name;
  std::string value;
  bool operator==(const ProposedParam&) const = default;
};

struct ProposedCluster {
  Place place;
  std::string name;
  bool fastcgi = false;
  bool http2 = false;   // for gRPC
  std::string tls;      // its mapping, "{verify: false}"; "" for none
  std::string balance;  // what the configuration has of it, "balance: maglev, hash: ip"; "" for the default
  std::vector<ProposedEndpoint> endpoints;
  Duration connect_timeout{0};  // 0: the default
  // Of fastcgi.
  std::string root;
  std::vector<std::string> index;
  std::string fallback;  // "" answers 404
  std::vector<std::string> scripts;
  std::vector<ProposedParam> params;
  int connections_max = 0;  // 0: the default
};

struct ProposedMatch {
  std::vector<std::string> methods;
  std::string host;
  bool exact = false;
  std::string path;  // with `exact` the whole path, else a prefix
  std::string header;
  std::string header_value;
  std::string query;
  std::string query_value;
};

struct ProposedShare {
  std::string cluster;
  int hundredths = 0;
};

// Fields of requests and answers that are changed; names are lower case, values texts of filters
// (nginx_import/filter_text.h).
struct ProposedFields {
  std::vector<std::string> removed;
  std::vector<std::pair<std::string, std::string>> set;
  std::vector<std::pair<std::string, std::string>> added;
};

// Who answers. Exactly one of `cluster`, `shares`, `root` is not empty.
struct ProposedTarget {
  std::string cluster;
  std::vector<ProposedShare> shares;
  std::string root;     // files
  std::string sticky;   // who a user is, of `shares`: a key as the configuration writes it, "cookie:uid"; may be empty
  std::string salt;     // of `sticky`
  Duration timeout{0};  // 0: the default
  ProposedFields request;            // that goes to the cluster
  std::vector<std::string> filters;  // as the configuration writes each: "redirect: {https: true}"
  std::string fallback;              // its mapping, "{cluster: spare}"; "" for none
  bool filtered = false;             // a filter answers everything: `root` is never reached
  std::vector<std::string> asked;    // clusters that filters and `fallback` ask
};

struct ProposedRoute {
  Place place;
  std::string id;
  ProposedMatch match;
  ProposedTarget target;
  std::string about;  // the directive it comes from
};

struct Proposal {
  std::vector<ProposedListener> listeners;
  std::vector<std::string> trusted_proxies;
  std::int64_t workers = 0;  // 0: one for each CPU
  std::int64_t body_bytes = 0;
  std::int64_t head_bytes = 0;  // 0: the default; so are the others
  Duration header_timeout{0};
  Duration body_timeout{0};
  Duration idle_timeout{0};
  bool access_log_off = false;
  std::vector<std::string> filters;  // of every route
  std::vector<ProposedCluster> clusters;
  std::vector<ProposedRoute> routes;
  std::vector<Note> notes;     // in the order of the files
  std::size_t carried = 0;     // directives that are in the proposal
  std::size_t directives = 0;  // that were read
};

// The folder that closed routes name. It is never there, so every request below it is answered 503.
inline constexpr std::string_view kClosedRoot = "/nonexistent/banyan-closed";

inline constexpr std::size_t kRoutesMax = 5000;

}  // namespace banyan::nginx
