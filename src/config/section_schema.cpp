// `gateway:` what it listens on, what a client may cost, what is logged.
#include "config/gateway_sections.h"
#include "config/schema_values.h"
#include "config/transport_schema.h"

namespace banyan {
namespace {

using namespace schema_detail;

constexpr std::array<Choice<LogFormat>, 2> kFormats = {{{"json", LogFormat::kJson}, {"text", LogFormat::kText}}};

void read_format(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (const auto value = read_choice(key, node, kFormats, reading)) at<&AccessLogConfig::format>(object) = *value;
}

void read_log_file(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  const auto path = reading.text(key.name, node, "the path of a file, \"-\" or off");
  if (!path) return;
  at<&AccessLogConfig::file>(object) = *path == "-" || *path == kAccessLogOff ? *path : reading.resolve(*path);
}

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
        .nested = &tls_schema()},
       listener_client_ca_key(),
       listener_client_auth_key(),
       listener_proxy_protocol_key()}};
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
    const auto network = read_network(key.name, *item, "networks, like 10.0.0.0/8", reading);
    if (network) at<&GatewaySection::trusted_proxies>(object).push_back(*network);
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
       duration_key<&LimitsConfig::body_timeout>(
           "body_timeout", kMillisecond, kHour,
           "for each wait for a client: until more of its request's body comes, or it takes more of the answer"),
       duration_key<&LimitsConfig::idle_timeout>("idle_timeout", kMillisecond, 24 * kHour,
                                                 "how long a connection is kept between requests"),
       duration_key<&LimitsConfig::half_closed_timeout>(
           "half_closed_timeout", kMillisecond, kHour,
           "how long a client that has ended its direction, which one that left does too, is waited for an answer; one "
           "whose connection was reset is gone at once"),
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

}  // namespace

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
       text_key<&GatewaySection::zone>("zone", "where the gateway runs: endpoints of this zone are preferred"),
       {.name = "trusted_proxies",
        .type = "list of networks",
        .about = "peers whose `X-Forwarded-*` and `x-request-id` are believed",
        .read = read_networks},
       duration_key<&GatewaySection::drain_timeout>(
           "drain_timeout", kMillisecond, 24 * kHour,
           "how long requests under way may still take when the gateway is told to end; what is left is cut off"),
       mapping_key<&GatewaySection::limits>("limits", limits_schema(), "what a client may cost"),
       mapping_key<&GatewaySection::access_log>("access_log", access_log_schema(), "one line for each request")}};
  return schema;
}

}  // namespace banyan
