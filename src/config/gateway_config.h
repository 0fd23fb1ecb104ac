// The gateway's configuration as plain values: what docs/configuration.md describes, after every check.
//
// A loaded file either has no errors, and then every promise below holds (references resolve, percents add up, bounds
// are kept), or it is not to be used. Defaults are the members' initial values. Paths are absolute or relative to the
// working directory: those in the file, which start at the file's folder, have been put behind it. Positions lead back
// into the file, so that what is found out later (a certificate that does not parse) can name its line too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/log_line.h"
#include "config/address.h"
#include "config/filter_config.h"
#include "config/gray_config.h"
#include "config/migrate_config.h"
#include "config/upstream_config.h"
#include "traffic/concurrency_limit.h"

namespace banyan {

// 100% in hundredths of a percent, the unit of every percentage here.
inline constexpr std::int64_t kAllHundredths = 10'000;

struct CertificateConfig {
  SourcePosition position;
  std::string certificate;  // path: PEM, leaf first, then its chain
  std::string key;          // path: PEM
};

enum class ClientAuth : unsigned char { kRequire, kRequest };

struct ListenerConfig {
  SourcePosition position;
  Address address;                              // never a DNS name
  std::vector<CertificateConfig> certificates;  // empty: plain HTTP. Chosen by SNI; the first where no name fits
  std::string client_ca;                        // path: PEM; empty: clients show no certificates
  ClientAuth client_auth = ClientAuth::kRequire;
  bool proxy_protocol = false;  // connections begin with a PROXY header
};

struct LimitsConfig {
  std::int64_t head_bytes = 16 * 1024;
  std::int64_t body_bytes = 64 * 1024 * 1024;
  Duration header_timeout = std::chrono::seconds(10);
  Duration body_timeout = std::chrono::seconds(30);
  Duration idle_timeout = std::chrono::seconds(75);
  Duration half_closed_timeout = std::chrono::seconds(5);
  std::int64_t memory = 256 * 1024 * 1024;
};

inline constexpr std::string_view kAccessLogOff = "off";

struct AccessLogConfig {
  std::string file = "-";  // path; "-" is standard output; kAccessLogOff
  LogFormat format = LogFormat::kJson;
};

struct AdminConfig {
  SourcePosition position;
  Address listen;          // loopback or a unix socket
  std::string token_file;  // path
};

enum class ClusterProtocol : unsigned char { kHttp1, kFastcgi, kHttp2 };
enum class ProxyHeaderVersion : unsigned char { kNone, kV1, kV2 };

struct UpstreamTlsConfig {
  SourcePosition position;
  std::string ca;           // path; empty: the system's
  std::string server_name;  // empty: the endpoint's host
  std::string certificate;  // path; empty: none is shown
  std::string key;          // path
  bool verify = true;
};

struct EndpointConfig {
  SourcePosition position;
  Address address;
  std::int64_t weight = 1;  // 0: gets no requests
  std::string colour;       // the lane it serves; empty: the base, for requests whose colour no endpoint has
  std::string zone;         // "": none
};

struct NameValueConfig {
  std::string name;
  std::string value;
};

// As ConcurrencySettings, whose defaults it has.
struct ConcurrencyConfig {
  std::int64_t min = ConcurrencySettings{}.min;
  std::int64_t max = ConcurrencySettings{}.max;
  std::int64_t initial = ConcurrencySettings{}.initial;
  std::int64_t headroom_hundredths = ConcurrencySettings{}.headroom_hundredths;
  Duration period = ConcurrencySettings{}.period;
  bool operator==(const ConcurrencyConfig&) const = default;
};

struct ClusterConfig {
  SourcePosition position;
  std::string name;
  ClusterProtocol protocol = ClusterProtocol::kHttp1;
  std::vector<EndpointConfig> endpoints;  // at least one, not all of weight 0
  Duration connect_timeout = std::chrono::seconds(1);
  std::optional<ConcurrencyConfig> concurrency;
  std::optional<UpstreamTlsConfig> tls;                           // not for kFastcgi
  ProxyHeaderVersion proxy_protocol = ProxyHeaderVersion::kNone;  // kHttp1 alone
  Balance balance = Balance::kRoundRobin;
  std::optional<ValueName> hash;  // for kMaglev, and only there
  Duration slow_start{};
  std::int64_t panic_percent = 50;
  std::optional<HealthConfig> health;
  std::optional<OutlierConfig> outlier;
  std::optional<BreakerConfig> breaker;
  RetryBudgetConfig retry_budget;
  // Only for kFastcgi.
  std::string root;                                // path, absolute in what php-fpm is told
  std::vector<std::string> index = {"index.php"};  // file names
  std::string fallback = "/index.php";             // below root; empty: what is not there is 404
  std::vector<std::string> scripts;                // below root, "/index.php"; empty: every .php file
  // Of the process to this cluster. As many as php-fpm has processes by default (pm.max_children of Debian's pool): a
  // connection more would wait unseen in php-fpm's backlog, behind connections that are kept.
  std::int64_t connections_max = 5;
  std::vector<NameValueConfig> params;  // added to the CGI variables
};

// A condition on a header field or a query parameter; no value means present with any.
struct ConditionConfig {
  std::string name;
  std::optional<std::string> value;
};

// All conditions that are given must hold.
struct MatchConfig {
  std::vector<std::string> methods;  // empty: any
  std::string host;                  // "" any, "example.com", "*.example.com"
  std::string path;                  // with ":name" segments; not together with prefix
  std::string prefix;
  std::vector<ConditionConfig> headers;
  std::vector<ConditionConfig> query;
};

struct SplitConfig {
  SourcePosition position;
  std::string cluster;
  std::int64_t hundredths = -1;  // at least 0 once read; the sum over a split is kAllHundredths
  std::string colour;            // unique in its split; empty: the cluster's name

  const std::string& colour_name() const { return colour.empty() ? cluster : colour; }
};

struct StaticConfig {
  std::string root;  // path
};

struct MirrorConfig {
  SourcePosition position;
  std::string cluster;
  std::int64_t hundredths = kAllHundredths;  // of the route's requests
  Duration timeout = std::chrono::seconds(1);
  std::vector<std::string> ignore;  // JSON paths left out of the comparison; each is a valid PathPattern
};

struct RouteConfig {
  SourcePosition position;
  std::string id;  // unique
  MatchConfig match;
  // Exactly one of: `split`, with one entry of 100% for `to`, and entries of 0% for what only rules lead to; or
  // `files`. With `migrate` the entries are `from`, 100%, and `to`, 0%: the ledger says what share it really has.
  std::vector<SplitConfig> split;
  RouteGrayConfig gray;
  std::optional<StaticConfig> files;
  std::optional<MigrateConfig> migrate;
  std::optional<MirrorConfig> mirror;
  Priority priority = Priority::kNormal;
  std::vector<FilterConfig> filters;  // after those of the whole gateway
  Duration timeout = std::chrono::seconds(60);
  Duration read_timeout = std::chrono::seconds(60);
  std::optional<bool> safe;  // nothing: the method says
  std::optional<RetriesConfig> retries;
  std::optional<FallbackConfig> fallback;
  std::optional<HedgeConfig> hedge;

  // With `migrate`: whether its answers are compared. Else it moves by hand, and by failures and times alone.
  bool compares() const;
  // Whether more than chance divides its requests, or they get colours.
  bool decides() const;
};

// Which entry of the route's split `name` means: one of that colour, else one of that cluster.
std::optional<std::size_t> find_target(const RouteConfig& route, std::string_view name);

// The name an entry of a split counts under: its cluster's, and where an earlier entry has that, "cluster/colour".
std::string target_name(const RouteConfig& route, std::size_t index);

struct GatewaySection {
  std::vector<ListenerConfig> listen;  // at least one
  std::int64_t workers = 0;            // 0: one for each CPU
  std::string zone;                    // where it runs: endpoints there are preferred; "": no matter
  std::vector<IpNetwork> trusted_proxies;
  Duration drain_timeout = std::chrono::seconds(30);
  LimitsConfig limits;
  AccessLogConfig access_log;
};

struct GatewayConfig {
  std::int64_t version = 1;
  GatewaySection gateway;
  std::optional<AdminConfig> admin;
  std::optional<GraySection> gray;
  std::optional<LedgerConfig> ledger;  // there where a route has `migrate`
  std::vector<ClusterConfig> clusters;
  std::vector<FilterConfig> filters;  // of every route, in order
  std::vector<RouteConfig> routes;    // in order: the first that matches serves

  // Whether colours have a meaning anywhere in it: they are then read, removed and passed on.
  bool uses_colours() const;
  // Null where there is none of that name.
  const ClusterConfig* cluster(std::string_view name) const;
};

// A path the configuration names, to be looked at once loaded.
struct FileReference {
  enum class Kind : unsigned char { kFile, kFolder };
  Kind kind = Kind::kFile;
  std::string path;
  std::string what;  // "the certificate"
  SourcePosition position;
};

struct LoadedConfig {
  std::string path;
  GatewayConfig config;  // to be used only if ok()
  std::vector<Diagnostic> diagnostics;

  bool ok() const;
};

// Reads the file and all it must hold: the text, then whether the files it names exist and can be read (folders that
// are missing are warnings: they may come with the next deployment). A file that cannot be read is a diagnostic too.
// Blocks on the disk.
LoadedConfig load_gateway_config(const std::string& path);

// The pure part. `path` is for diagnostics and the folder relative paths start at; `files` receives what the text
// refers to.
GatewayConfig parse_gateway_config(std::string_view text, const std::string& path, Diagnostics& diagnostics,
                                   std::vector<FileReference>& files);

}  // namespace banyan
