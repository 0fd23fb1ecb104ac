#include "config/gateway_schema.h"

#include <algorithm>
#include <array>

#include "base/edit_distance.h"
#include "config/units.h"
#include "json/path.h"

namespace banyan {
namespace {

using schema_detail::at;

constexpr std::int64_t kKiB = 1024;
constexpr std::int64_t kMiB = 1024 * kKiB;
constexpr std::int64_t kGiB = 1024 * kMiB;
constexpr std::int64_t kTiB = 1024 * kGiB;
constexpr Duration kMillisecond = std::chrono::milliseconds(1);
constexpr Duration kHour = std::chrono::hours(1);

template <class T>
const T& defaults() {
  static const T object;
  return object;
}

// --- Values with a grammar of their own ---------------------------------------------------------------------------

std::optional<Address> read_address(std::string_view key, const YamlNode& node, Reading& reading) {
  const auto text = reading.text(key, node, "an address: HOST:PORT or unix:PATH");
  if (!text) return std::nullopt;
  Result<Address> address = parse_address(*text);
  if (!address.ok()) {
    reading.diagnostics.error(node.position, address.error().text());
    return std::nullopt;
  }
  if (address->kind != Address::Kind::kUnix) return std::move(*address);
  address->path = reading.resolve(address->path);
  if (address->path.size() <= kSocketPathBytesMax) return std::move(*address);
  reading.diagnostics.error(node.position, "the socket's path is longer than the system's 107 bytes: " + address->path,
                            "choose a shorter one");
  return std::nullopt;
}

// An address one can listen on.
std::optional<Address> read_own_address(std::string_view key, const YamlNode& node, Reading& reading) {
  std::optional<Address> address = read_address(key, node, reading);
  if (!address || address->kind != Address::Kind::kName) return address;
  reading.diagnostics.error(node.position, "cannot listen on the name '" + address->host + "'",
                            "write an IP address, like 127.0.0.1 or 0.0.0.0");
  return std::nullopt;
}

template <auto M, auto Read>
void fill_address(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (auto address = Read(key.name, node, reading)) at<M>(object) = std::move(*address);
}

template <auto M, auto Read>
KeySpec address_key(std::string_view name, std::string_view about) {
  return {.name = name, .type = "address", .about = about, .required = true, .read = fill_address<M, Read>};
}

// One of a few words.
template <class T>
struct Choice {
  std::string_view word;
  T value;
};

template <class T, std::size_t N>
std::optional<T> read_choice(const KeySpec& key, const YamlNode& node, const std::array<Choice<T>, N>& choices,
                             Reading& reading) {
  const auto text = reading.text(key.name, node, key.bounds);
  if (!text) return std::nullopt;
  std::vector<std::string_view> words;
  for (const Choice<T>& choice : choices) {
    if (choice.word == *text) return choice.value;
    words.push_back(choice.word);
  }
  const std::string_view nearest = nearest_name(*text, words);
  reading.diagnostics.error(node.position, std::string(key.name) + ": unknown value '" + *text + "'",
                            nearest.empty() ? "write " + key.bounds : "did you mean '" + std::string(nearest) + "'?");
  return std::nullopt;
}

constexpr std::array<Choice<ClusterProtocol>, 2> kProtocols = {
    {{"fastcgi", ClusterProtocol::kFastcgi}, {"http1", ClusterProtocol::kHttp1}}};
constexpr std::array<Choice<LogFormat>, 2> kFormats = {{{"json", LogFormat::kJson}, {"text", LogFormat::kText}}};

void read_protocol(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (const auto value = read_choice(key, node, kProtocols, reading)) at<&ClusterConfig::protocol>(object) = *value;
}

void read_format(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (const auto value = read_choice(key, node, kFormats, reading)) at<&AccessLogConfig::format>(object) = *value;
}

void read_version(const KeySpec& key, const YamlNode& node, void*, Reading& reading) {
  const auto version = reading.scalar(key.name, node, "the number 1", parse_integer);
  if (version && *version != 1) {
    reading.diagnostics.error(node.position, "version " + node.text + " is not known", "write 'version: 1'");
  }
}

void read_log_file(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto path = reading.text(key.name, node, "the path of a file, \"-\" or off");
  if (!path) return;
  at<&AccessLogConfig::file>(object) = *path == "-" || *path == kAccessLogOff ? *path : reading.resolve(*path);
}

// Text values, one or a list of them, each checked by `Check`, which reports and answers false.
template <auto M, auto Check>
void read_texts(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  std::vector<std::string> texts;
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto text = reading.text(key.name, *item, "text or a list of texts");
    if (text && Check(*text, *item, reading)) texts.push_back(*text);
  }
  at<M>(object) = std::move(texts);
}

std::string show_texts(const std::vector<std::string>& texts) {
  std::string shown;
  for (const std::string& text : texts) shown.append(shown.empty() ? "" : ", ").append(text);
  return shown;
}

// --- Sections -------------------------------------------------------------------------------------------------------

const Schema& tls_schema() {
  static const Schema schema = {
      "tls",
      "A certificate and its key. `tls` may also be a list of these: the one whose names fit the client's SNI is used, "
      "the first where none fits.",
      &defaults<CertificateConfig>(),
      {file_key<&CertificateConfig::certificate>("certificate", "PEM file: the certificate, then its chain")
           .as_required(),
       file_key<&CertificateConfig::key>("key", "PEM file: the private key").as_required()}};
  return schema;
}

void read_tls(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    if (!reading.want_mapping(key.name, *item)) continue;
    CertificateConfig& certificate = at<&ListenerConfig::certificates>(object).emplace_back();
    certificate.position = item->position;
    read_mapping(tls_schema(), *item, &certificate, reading);
  }
}

const Schema& listener_schema() {
  static const Schema schema = {
      "listen",
      "Where requests are taken. In place of the mapping the address alone may stand.",
      &defaults<ListenerConfig>(),
      {address_key<&ListenerConfig::address, read_own_address>("address", "IP:PORT or unix:PATH to listen on"),
       {.name = "tls",
        .type = "mapping or list of mappings",
        .about = "serve TLS 1.2 and 1.3 with these certificates",
        .read = read_tls,
        .nested = &tls_schema()}}};
  return schema;
}

void read_listeners(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    ListenerConfig& listener = at<&GatewaySection::listen>(object).emplace_back();
    listener.position = item->position;
    if (item->kind == YamlNode::Kind::kMapping) {
      read_mapping(listener_schema(), *item, &listener, reading);
    } else if (auto address = read_own_address(key.name, *item, reading)) {
      listener.address = std::move(*address);
    }
  }
}

void read_networks(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto text = reading.text(key.name, *item, "networks, like 10.0.0.0/8");
    if (!text) continue;
    const Result<IpNetwork> network = parse_network(*text);
    if (network.ok()) {
      at<&GatewaySection::trusted_proxies>(object).push_back(*network);
    } else {
      reading.diagnostics.error(item->position, network.error().text());
    }
  }
}

const Schema& limits_schema() {
  static const Schema schema = {
      "gateway.limits",
      "What a client may cost.",
      &defaults<LimitsConfig>(),
      {size_key<&LimitsConfig::head_bytes>("head_bytes", kKiB, kMiB,
                                           "request line and fields together; more is answered 431"),
       size_key<&LimitsConfig::body_bytes>("body_bytes", 1, kTiB, "a request's body; more is answered 413"),
       duration_key<&LimitsConfig::header_timeout>("header_timeout", kMillisecond, kHour,
                                                   "from the first byte of a request to the end of its head"),
       duration_key<&LimitsConfig::idle_timeout>("idle_timeout", kMillisecond, 24 * kHour,
                                                 "how long a connection is kept between requests"),
       size_key<&LimitsConfig::memory>("memory", 16 * kMiB, kTiB, "buffers of all connections together")}};
  return schema;
}

const Schema& access_log_schema() {
  static const Schema schema = {
      "gateway.access_log",
      "One line for each request.",
      &defaults<AccessLogConfig>(),
      {{.name = "file",
        .type = "path of a file",
        .about = "where lines are appended; `-` is standard output, `off` writes none",
        .read = read_log_file,
        .default_text = schema_detail::show<&AccessLogConfig::file, schema_detail::show_text>},
       {.name = "format",
        .type = "word",
        .bounds = "json or text",
        .about = "how a line is written",
        .read = read_format,
        .default_text = [](const void*) { return std::string("json"); }}}};
  return schema;
}

const Schema& section_schema() {
  static const Schema schema = {
      "gateway",
      "The gateway itself.",
      &defaults<GatewaySection>(),
      {{.name = "listen",
        .type = "list of addresses or mappings",
        .about = "where requests are taken",
        .required = true,
        .read = read_listeners,
        .nested = &listener_schema()},
       {.name = "workers",
        .type = "integer",
        .bounds = "1 to 256",
        .about = "threads that serve; by default one for each CPU",
        .min = 1,
        .max = 256,
        .read = schema_detail::fill<&GatewaySection::workers, schema_detail::read_integer>},
       {.name = "trusted_proxies",
        .type = "list of networks",
        .about = "peers whose `X-Forwarded-*` and `x-request-id` are believed",
        .read = read_networks},
       mapping_key<&GatewaySection::limits>("limits", limits_schema(), "what a client may cost"),
       mapping_key<&GatewaySection::access_log>("access_log", access_log_schema(), "one line for each request")}};
  return schema;
}

const Schema& admin_schema() {
  static const Schema schema = {
      "admin",
      "The admin API and the metrics, on a listener of their own. Without it there is none.",
      &defaults<AdminConfig>(),
      {address_key<&AdminConfig::listen, read_own_address>("listen", "a loopback address or a unix socket"),
       file_key<&AdminConfig::token_file>("token_file", "file whose text is the token every change must carry")
           .as_required()}};
  return schema;
}

void read_admin(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  AdminConfig& admin = at<&GatewayConfig::admin>(object).emplace();
  admin.position = node.position;
  read_mapping(admin_schema(), node, &admin, reading);
}

// --- Clusters -------------------------------------------------------------------------------------------------------

const Schema& endpoint_schema() {
  static const Schema schema = {
      "endpoints",
      "One server of a cluster. In place of the mapping the address alone may stand.",
      &defaults<EndpointConfig>(),
      {address_key<&EndpointConfig::address, read_address>("address", "HOST:PORT or unix:PATH of the server"),
       integer_key<&EndpointConfig::weight>("weight", 0, 1000, "its share against the others; 0 sends it nothing")}};
  return schema;
}

void read_endpoints(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, false)) {
    EndpointConfig& endpoint = at<&ClusterConfig::endpoints>(object).emplace_back();
    endpoint.position = item->position;
    if (item->kind == YamlNode::Kind::kMapping) {
      read_mapping(endpoint_schema(), *item, &endpoint, reading);
    } else if (auto address = read_address(key.name, *item, reading)) {
      endpoint.address = std::move(*address);
    }
  }
}

bool has_dot_segment(std::string_view path) {
  const std::string padded = "/" + std::string(path) + "/";
  return padded.find("/../") != padded.npos || padded.find("/./") != padded.npos;
}

bool check_index(const std::string& text, const YamlNode& node, Reading& reading) {
  if (text.find('/') == text.npos && !has_dot_segment(text)) return true;
  reading.diagnostics.error(node.position, "index: '" + text + "' is not the name of a file",
                            "write a name without '/', like index.php");
  return false;
}

bool check_script(const std::string& text, const YamlNode& node, Reading& reading) {
  if (text.starts_with("/") && text.size() > 1 && !text.ends_with("/") && !has_dot_segment(text)) return true;
  reading.diagnostics.error(node.position, "'" + text + "' is not a script below the root",
                            "write its path from there, beginning with '/', like /index.php");
  return false;
}

// A quoted "" turns the fallback off.
void read_fallback(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (node.kind == YamlNode::Kind::kScalar && !node.plain && node.text.empty()) {
    at<&ClusterConfig::fallback>(object).clear();
    return;
  }
  const auto text = reading.text(key.name, node, "a script below the root");
  if (text && check_script(*text, node, reading)) at<&ClusterConfig::fallback>(object) = *text;
}

void read_params(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  for (const YamlEntry& entry : node.entries) {
    const bool valid = entry.key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
    if (!valid || entry.key.starts_with("HTTP_")) {
      reading.diagnostics.error(entry.key_position, "'" + entry.key + "' is not the name of a CGI variable",
                                "use capital letters, digits and '_', and no HTTP_ in front: those are the client's");
    }
    if (entry.value.kind == YamlNode::Kind::kScalar) {
      at<&ClusterConfig::params>(object).push_back({entry.key, entry.value.text});
    } else {
      reading.wrong_type(entry.key, entry.value, "text");
    }
  }
}

const Schema& cluster_schema() {
  static const Schema schema = {
      "clusters.NAME",
      "Servers that answer alike. The keys from `root` on are for `protocol: fastcgi` alone.",
      &defaults<ClusterConfig>(),
      {{.name = "protocol",
        .type = "word",
        .bounds = "fastcgi or http1",
        .about = "what the servers speak",
        .required = true,
        .read = read_protocol},
       {.name = "endpoints",
        .type = "list of addresses or mappings",
        .about = "the servers, used in turn by weight",
        .required = true,
        .read = read_endpoints,
        .nested = &endpoint_schema()},
       duration_key<&ClusterConfig::connect_timeout>("connect_timeout", kMillisecond, std::chrono::minutes(5),
                                                     "to open a connection to an endpoint"),
       folder_key<&ClusterConfig::root>(
           "root", "the application's public folder, also as php-fpm sees it; required with fastcgi"),
       {.name = "index",
        .type = "text or list of texts",
        .about = "files tried, in order, for a path that is a folder",
        .read = read_texts<&ClusterConfig::index, check_index>,
        .default_text = schema_detail::show<&ClusterConfig::index, show_texts>},
       {.name = "fallback",
        .type = "text",
        .about = "script that runs for paths that do not exist; \"\" answers 404",
        .read = read_fallback,
        .default_text = schema_detail::show<&ClusterConfig::fallback, schema_detail::show_text>},
       {.name = "scripts",
        .type = "text or list of texts",
        .about = "the only scripts that may run, as paths below root; by default every `.php` file there",
        .read = read_texts<&ClusterConfig::scripts, check_script>},
       integer_key<&ClusterConfig::connections_max>(
           "connections_max", 1, 65535,
           "connections of the whole process; keep it at php-fpm's `pm.max_children` or below"),
       {.name = "params",
        .type = "mapping of names to text",
        .about = "variables added to those of CGI, for `$_SERVER`",
        .read = read_params}}};
  return schema;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == name.npos;
}

void check_name(const std::string& what, const std::string& name, SourcePosition position, Reading& reading) {
  if (is_name(name)) return;
  reading.diagnostics.error(position, what + " '" + name + "' has characters no name may have",
                            "use up to 64 letters, digits, '-', '_' and '.'");
}

void read_clusters(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  for (const YamlEntry& entry : node.entries) {
    check_name("the cluster", entry.key, entry.key_position, reading);
    ClusterConfig& cluster = at<&GatewayConfig::clusters>(object).emplace_back();
    cluster.position = entry.key_position;
    cluster.name = entry.key;
    if (!reading.want_mapping(entry.key, entry.value)) continue;
    read_mapping(cluster_schema(), entry.value, &cluster, reading);
    const bool fastcgi = cluster.protocol == ClusterProtocol::kFastcgi;
    if (fastcgi && entry.value.find("root") == nullptr) {
      reading.diagnostics.error(entry.key_position, "the cluster '" + entry.key + "' has no 'root'",
                                "fastcgi needs the application's public folder: add 'root: PATH'");
    }
    const YamlNode* protocol = entry.value.find("protocol");
    if (protocol == nullptr || protocol->text != "http1") continue;
    for (const YamlEntry& inner : entry.value.entries) {
      constexpr std::string_view kFastcgiOnly[] = {"root", "index", "fallback", "scripts", "connections_max", "params"};
      if (std::find(std::begin(kFastcgiOnly), std::end(kFastcgiOnly), inner.key) == std::end(kFastcgiOnly)) continue;
      reading.diagnostics.error(inner.key_position, "'" + inner.key + "' means nothing with 'protocol: http1'",
                                "delete it, or write 'protocol: fastcgi'");
    }
  }
}

// --- Routes ---------------------------------------------------------------------------------------------------------

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool check_method(const std::string& text, const YamlNode& node, Reading& reading) {
  std::string upper = text;
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
  if (is_token(text) && text == upper) return true;
  reading.diagnostics.error(
      node.position, "method: '" + text + "' is not a method",
      is_token(text) ? "methods are written in capitals: " + upper : "write GET, POST or the like");
  return false;
}

void read_host(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "a host name");
  if (!text) return;
  std::string host = *text;
  for (char& c : host) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  const std::string_view name = std::string_view(host).substr(host.starts_with("*.") ? 2 : 0);
  const bool valid = !name.empty() && !name.starts_with('.') && name.find("..") == name.npos &&
                     name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._") == name.npos;
  if (valid || (host.starts_with("[") && host.ends_with("]"))) {
    at<&MatchConfig::host>(object) = host;
    return;
  }
  reading.diagnostics.error(node.position, "host: '" + *text + "' is not a host",
                            "write example.com or *.example.com, without scheme and port");
}

bool check_path(std::string_view key, const std::string& text, const YamlNode& node, Reading& reading) {
  const std::string place = std::string(key) + ": '" + text + "' ";
  if (!text.starts_with("/")) {
    reading.diagnostics.error(node.position, place + "does not begin with '/'", "write '/" + text + "'");
  } else if (text.find_first_of("?#* ") != text.npos) {
    reading.diagnostics.error(node.position, place + "holds one of '?', '#', '*' and space",
                              "write the path alone; 'query' matches parameters, 'prefix' all below a path");
  } else {
    return true;
  }
  return false;
}

void read_prefix(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "the beginning of a path");
  if (text && check_path(key.name, *text, node, reading)) at<&MatchConfig::prefix>(object) = *text;
}

// What is wrong with the ":name" segments of a path, or nothing.
std::string wrong_captures(std::string_view path) {
  constexpr std::size_t kCapturesMax = 16;  // as the router has it
  std::vector<std::string_view> names;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    if (!segment.starts_with(':')) continue;
    const std::string_view name = segment.substr(1);
    if (!is_name(name)) return "':' without a name, write :id or the like";
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return "the name ':" + std::string(name) + "' twice, give each its own";
    }
    names.push_back(name);
  }
  return names.size() <= kCapturesMax ? "" : "more than 16 names, use fewer";
}

void read_path(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto text = reading.text(key.name, node, "a path");
  if (!text || !check_path(key.name, *text, node, reading)) return;
  const std::string wrong = wrong_captures(*text);
  if (wrong.empty()) {
    at<&MatchConfig::path>(object) = *text;
  } else {
    reading.diagnostics.error(node.position, "path: '" + *text + "' has " + wrong);
  }
}

template <auto M, bool kFieldNames>
void read_conditions(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  for (const YamlEntry& entry : node.entries) {
    if (kFieldNames && !is_token(entry.key)) {
      reading.diagnostics.error(entry.key_position, "'" + entry.key + "' is not the name of a header field",
                                "write it as in 'x-version: \"2\"'");
    }
    if (entry.value.kind != YamlNode::Kind::kScalar) {
      reading.wrong_type(entry.key, entry.value, "the value wanted, or \"*\" for any");
      continue;
    }
    ConditionConfig& condition = at<M>(object).emplace_back();
    condition.name = entry.key;
    if (entry.value.text != "*") condition.value = entry.value.text;
  }
}

const Schema& match_schema() {
  static const Schema schema = {
      "routes.match",
      "Which requests a route takes. All conditions given must hold.",
      &defaults<MatchConfig>(),
      {{.name = "method",
        .type = "text or list of texts",
        .about = "one of these methods",
        .read = read_texts<&MatchConfig::methods, check_method>},
       {.name = "host",
        .type = "text",
        .about = "the host: `example.com`, or `*.example.com` for all below it",
        .read = read_host},
       {.name = "path",
        .type = "text",
        .about = "the whole path; a segment `:name` stands for any one segment",
        .read = read_path},
       {.name = "prefix", .type = "text", .about = "the beginning of the path, letter by letter", .read = read_prefix},
       {.name = "header",
        .type = "mapping of names to text",
        .about = "fields with these values; `\"*\"` is any value",
        .read = read_conditions<&MatchConfig::headers, true>},
       {.name = "query",
        .type = "mapping of names to text",
        .about = "parameters with these values; `\"*\"` is any value",
        .read = read_conditions<&MatchConfig::query, false>}}};
  return schema;
}

void read_match(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  read_mapping(match_schema(), node, &at<&RouteConfig::match>(object), reading);
  const YamlNode* prefix = node.find("prefix");
  if (node.find("path") != nullptr && prefix != nullptr) {
    reading.diagnostics.error(prefix->position, "both 'path' and 'prefix'",
                              "keep 'path' for one path, or 'prefix' for all that begin with it");
  } else if (node.entries.empty()) {
    reading.diagnostics.error(node.position, "match has no condition", "write {prefix: /} to take every request");
  }
}

const Schema& split_schema() {
  static const Schema schema = {
      "routes.split",
      "A cluster's share of a route. The shares of a split add up to 100%.",
      &defaults<SplitConfig>(),
      {text_key<&SplitConfig::cluster>("cluster", "the cluster's name").as_required(),
       percent_key<&SplitConfig::hundredths>("percent", "its share of the requests").as_required()}};
  return schema;
}

void read_to(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto name = reading.text(key.name, node, "a cluster's name");
  if (name) at<&RouteConfig::split>(object) = {{node.position, *name, kAllHundredths}};
}

const Schema& static_schema() {
  static const Schema schema = {"routes.static",
                                "Files of a folder: the request's path is looked for below `root`.",
                                &defaults<StaticConfig>(),
                                {folder_key<&StaticConfig::root>("root", "the folder").as_required()}};
  return schema;
}

void read_json_paths(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    const auto text = reading.text(key.name, *item, "JSON paths, like \"$.time\"");
    if (!text) continue;
    if (const Result<json::PathPattern> path = json::PathPattern::parse(*text); path.ok()) {
      at<&MirrorConfig::ignore>(object).push_back(*text);
    } else {
      reading.diagnostics.error(item->position, "ignore: " + path.error().text());
    }
  }
}

const Schema& mirror_schema() {
  static const Schema schema = {
      "routes.mirror",
      "Sends a copy of requests to a second cluster and compares the answers' status and JSON bodies. The client never "
      "waits for it.",
      &defaults<MirrorConfig>(),
      {text_key<&MirrorConfig::cluster>("cluster", "the cluster that gets the copies").as_required(),
       percent_key<&MirrorConfig::hundredths>("percent", "of the route's requests"),
       duration_key<&MirrorConfig::timeout>("timeout", kMillisecond, kHour, "for the copy's answer"),
       {.name = "ignore",
        .type = "list of JSON paths",
        .about = "places of the bodies left out of the comparison",
        .read = read_json_paths}}};
  return schema;
}

void read_mirror(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  MirrorConfig& mirror = at<&RouteConfig::mirror>(object).emplace();
  mirror.position = node.position;
  if (const YamlNode* cluster = node.find("cluster")) mirror.position = cluster->position;
  read_mapping(mirror_schema(), node, &mirror, reading);
}

const Schema& route_schema() {
  static const Schema schema = {
      "routes",
      "What is done with which requests. Routes are tried in order and the first that matches serves. Each has exactly "
      "one "
      "of `to`, `split` and `static`.",
      &defaults<RouteConfig>(),
      {text_key<&RouteConfig::id>("id", "its name in logs and metrics; unique").as_required(),
       {.name = "match",
        .type = "mapping",
        .about = "which requests it takes",
        .required = true,
        .read = read_match,
        .nested = &match_schema()},
       {.name = "to", .type = "text", .about = "the cluster that answers", .read = read_to},
       mappings_key<&RouteConfig::split>("split", split_schema(), "several clusters that answer, each its share"),
       mapping_key<&RouteConfig::files>("static", static_schema(), "files that are the answer"),
       {.name = "mirror",
        .type = "mapping",
        .about = "a second cluster that gets copies",
        .read = read_mirror,
        .nested = &mirror_schema()},
       duration_key<&RouteConfig::timeout>("timeout", kMillisecond, 24 * kHour,
                                           "from the request's head to the end of the answer's head")}};
  return schema;
}

void read_routes(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  for (const YamlNode* item : reading.items(key.name, node, false)) {
    if (!reading.want_mapping("a route", *item)) continue;
    RouteConfig& route = at<&GatewayConfig::routes>(object).emplace_back();
    route.position = item->position;
    read_mapping(route_schema(), *item, &route, reading);
    if (!route.id.empty()) check_name("the route", route.id, item->find("id")->position, reading);
    const int given = (item->find("to") != nullptr ? 1 : 0) + (item->find("split") != nullptr ? 1 : 0) +
                      (item->find("static") != nullptr ? 1 : 0);
    if (given == 1) continue;
    reading.diagnostics.error(item->position,
                              given == 0 ? "the route says not who answers" : "the route has several answers",
                              "write exactly one of 'to', 'split' and 'static'");
  }
}

}  // namespace

const Schema& gateway_schema() {
  static const Schema schema = {
      "top level",
      "The keys of the file.",
      &defaults<GatewayConfig>(),
      {{.name = "version",
        .type = "integer",
        .bounds = "1",
        .about = "of this format: 1",
        .required = true,
        .read = read_version},
       mapping_key<&GatewayConfig::gateway>("gateway", section_schema(), "the gateway itself").as_required(),
       {.name = "admin",
        .type = "mapping",
        .about = "admin API and metrics",
        .read = read_admin,
        .nested = &admin_schema()},
       {.name = "clusters",
        .type = "mapping of names to mappings",
        .about = "the servers behind the gateway",
        .read = read_clusters,
        .nested = &cluster_schema()},
       {.name = "routes",
        .type = "list of mappings",
        .about = "what is done with which requests",
        .required = true,
        .read = read_routes,
        .nested = &route_schema()}}};
  return schema;
}

}  // namespace banyan
