#include "config/transport_schema.h"

#include <algorithm>
#include <array>

#include "config/schema_values.h"

namespace banyan {
namespace {

using namespace schema_detail;

constexpr std::array<Choice<bool>, 2> kBools = {{{"true", true}, {"false", false}}};
constexpr std::array<Choice<ClientAuth>, 2> kClientAuths = {
    {{"require", ClientAuth::kRequire}, {"request", ClientAuth::kRequest}}};
constexpr std::array<Choice<ProxyHeaderVersion>, 2> kVersions = {
    {{"v1", ProxyHeaderVersion::kV1}, {"v2", ProxyHeaderVersion::kV2}}};

template <auto M, const auto& Choices>
void fill_choice(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (const auto value = read_choice(key, node, Choices, reading)) at<M>(object) = *value;
}

template <auto M, bool Default>
KeySpec flag_key(std::string_view name, std::string_view about) {
  return {.name = name,
          .type = "word",
          .bounds = "true or false",
          .about = about,
          .read = fill_choice<M, kBools>,
          .default_text = [](const void*) { return std::string(Default ? "true" : "false"); }};
}

const Schema& cluster_tls_schema() {
  static const Schema schema = {
      "clusters.NAME.tls",
      "How the cluster's servers are spoken to under TLS 1.2 and 1.3. `tls: {}` verifies them against the system's "
      "authorities.",
      &defaults<UpstreamTlsConfig>(),
      {file_key<&UpstreamTlsConfig::ca>("ca",
                                        "PEM file: the authorities that sign the servers' certificates; by "
                                        "default those of the system"),
       text_key<&UpstreamTlsConfig::server_name>(
           "server_name", "sent as SNI, and the name the certificate must have; by default the endpoint's host"),
       file_key<&UpstreamTlsConfig::certificate>("certificate",
                                                 "PEM file: the certificate shown to servers that ask for one"),
       file_key<&UpstreamTlsConfig::key>("key", "PEM file: its private key"),
       flag_key<&UpstreamTlsConfig::verify, true>(
           "verify", "`false` takes any certificate, so whoever is in between can read and change everything")}};
  return schema;
}

void read_cluster_tls(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  if (!reading.want_mapping(key.name, node)) return;
  UpstreamTlsConfig& tls = at<&ClusterConfig::tls>(object).emplace();
  tls.position = node.position;
  read_mapping(*key.nested, node, &tls, reading);
}

}  // namespace

KeySpec listener_client_ca_key() {
  return file_key<&ListenerConfig::client_ca>(
      "client_ca",
      "PEM file: the authorities of clients' certificates, which are asked for; with `tls`. What is verified goes on "
      "as `X-Forwarded-Client-Cert`");
}

KeySpec listener_client_auth_key() {
  return {.name = "client_auth",
          .type = "word",
          .bounds = "require or request",
          .about = "whether clients without a certificate are refused; with `client_ca`",
          .read = fill_choice<&ListenerConfig::client_auth, kClientAuths>,
          .default_text = [](const void*) { return std::string("require"); }};
}

KeySpec listener_proxy_protocol_key() {
  return flag_key<&ListenerConfig::proxy_protocol, false>(
      "proxy_protocol", "connections begin with a PROXY header of version 1 or 2; only `trusted_proxies` may connect");
}

KeySpec cluster_tls_key() {
  return {.name = "tls",
          .type = "mapping",
          .about = "speak TLS to the servers; with http1 and http2",
          .read = read_cluster_tls,
          .nested = &cluster_tls_schema()};
}

KeySpec cluster_proxy_protocol_key() {
  return {.name = "proxy_protocol",
          .type = "word",
          .bounds = "v1 or v2",
          .about = "begin connections with a PROXY header that tells of the client, each for one request; with http1",
          .read = fill_choice<&ClusterConfig::proxy_protocol, kVersions>};
}

void check_listener_transport(const GatewaySection& gateway, const ListenerConfig& listener, Diagnostics& diagnostics) {
  if (!listener.client_ca.empty() && listener.certificates.empty()) {
    diagnostics.error(listener.position, "'client_ca' needs TLS, which this listener does not have",
                      "add 'tls: {certificate: FILE, key: FILE}'");
  }
  if (listener.client_ca.empty() && listener.client_auth == ClientAuth::kRequest) {
    diagnostics.error(listener.position, "'client_auth' has no authorities to verify certificates with",
                      "add 'client_ca: FILE'");
  }
  const bool anybody = gateway.trusted_proxies.empty() && listener.address.kind != Address::Kind::kUnix;
  if (listener.proxy_protocol && anybody) {
    diagnostics.error(listener.position, "nobody may speak the PROXY protocol to this listener",
                      "name the load balancers under 'gateway.trusted_proxies'");
  }
}

void check_cluster_transport(const ClusterConfig& cluster, Diagnostics& diagnostics) {
  const bool fastcgi = cluster.protocol == ClusterProtocol::kFastcgi;
  if (cluster.proxy_protocol != ProxyHeaderVersion::kNone && cluster.protocol != ClusterProtocol::kHttp1) {
    diagnostics.error(cluster.position, "'proxy_protocol' needs 'protocol: http1', where a connection has one client",
                      "delete it; X-Forwarded-For tells of the client too");
  }
  if (!cluster.tls) return;
  const UpstreamTlsConfig& tls = *cluster.tls;
  if (fastcgi) diagnostics.error(tls.position, "php-fpm speaks no TLS", "delete 'tls', or write 'protocol: http1'");
  if (tls.certificate.empty() != tls.key.empty()) {
    diagnostics.error(tls.position, "a certificate needs its key, and a key its certificate",
                      tls.key.empty() ? "add 'key: FILE'" : "add 'certificate: FILE'");
  }
  if (!tls.verify && !tls.ca.empty()) {
    diagnostics.error(tls.position, "'ca' means nothing with 'verify: false'", "delete one of the two");
  }
  const auto nameless = [](const EndpointConfig& endpoint) { return endpoint.address.kind == Address::Kind::kUnix; };
  const bool any = std::any_of(cluster.endpoints.begin(), cluster.endpoints.end(), nameless);
  if (tls.verify && tls.server_name.empty() && any) {
    diagnostics.error(tls.position, "a unix socket has no name that a certificate could be for",
                      "add 'server_name: NAME'");
  }
}

}  // namespace banyan
