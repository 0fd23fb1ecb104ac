#include "gateway/upstream_transport.h"

#include <fcntl.h>
#include <unistd.h>

#include <functional>

namespace banyan {
namespace {

// Files that cannot be read are reported by whoever loads them.
std::size_t hash_of_file(const std::string& path) {
  std::string text;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  char buffer[4096];
  constexpr std::size_t kBytesMax = 4 * 1024 * 1024;
  for (ssize_t n = 0; file >= 0 && text.size() < kBytesMax && (n = ::read(file, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(n));
  }
  if (file >= 0) ::close(file);
  return std::hash<std::string>()(text);
}

ProxyProtocol proxy_protocol(ProxyHeaderVersion version) {
  switch (version) {
    case ProxyHeaderVersion::kNone:
      break;
    case ProxyHeaderVersion::kV1:
      return ProxyProtocol::kV1;
    case ProxyHeaderVersion::kV2:
      return ProxyProtocol::kV2;
  }
  return ProxyProtocol::kNone;
}

}  // namespace

Result<std::shared_ptr<const TlsClientContext>> load_upstream_tls(const ClusterConfig& cluster) {
  if (!cluster.tls) return std::shared_ptr<const TlsClientContext>();
  TlsClientOptions options;
  options.verify = cluster.tls->verify;
  options.authorities = cluster.tls->ca;
  options.certificate = {cluster.tls->certificate, cluster.tls->key};
  options.alpn = {cluster.protocol == ClusterProtocol::kHttp2 ? "h2" : "http/1.1"};
  return TlsClientContext::load(options);
}

std::string transport_identity(const ClusterConfig& cluster) {
  std::string text = "\nproxy " + std::to_string(static_cast<int>(cluster.proxy_protocol));
  if (!cluster.tls) return text;
  const UpstreamTlsConfig& tls = *cluster.tls;
  text += "\ntls " + tls.server_name + (tls.verify ? " verified" : " unverified");
  for (const std::string* file : {&tls.ca, &tls.certificate, &tls.key}) {
    text += '\n' + *file;
    if (!file->empty()) text += ' ' + std::to_string(hash_of_file(*file));
  }
  return text;
}

DialOptions dial_options(const ClusterConfig& cluster, std::shared_ptr<const TlsClientContext> tls,
                         const Address& endpoint) {
  DialOptions options;
  options.connect_timeout = cluster.connect_timeout;
  options.proxy = proxy_protocol(cluster.proxy_protocol);
  options.tls = std::move(tls);
  if (cluster.tls) options.server_name = cluster.tls->server_name.empty() ? endpoint.host : cluster.tls->server_name;
  return options;
}

}  // namespace banyan
