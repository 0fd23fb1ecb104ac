#include "mariadb/connector.h"

#include <cstdio>

namespace banyan::maria {
namespace {

constexpr std::size_t kKeyBytesMax = 64 * 1024;

Result<std::string> read_key(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr) {
    return Error(ErrorCode::kInvalidArgument, "server_public_key: " + path + " cannot be read");
  }
  std::string key(kKeyBytesMax, '\0');
  key.resize(std::fread(key.data(), 1, key.size(), file));
  std::fclose(file);
  return key;
}

}  // namespace

Result<std::shared_ptr<Connector>> Connector::open(MariadbOptions options) {
  BANYAN_TRY_VOID(check_server_options(options, "MariaDB"));
  std::shared_ptr<Connector> connector(new Connector(std::move(options)));
  const MariadbOptions& o = connector->options_;
  if (!o.server_public_key.empty()) {
    BANYAN_TRY(connector->server_public_key_, read_key(o.server_public_key));
  }
  if (o.tls == SqlTlsMode::kDisable || o.is_unix_socket()) return connector;
  TlsClientOptions tls;
  tls.verify = o.tls == SqlTlsMode::kVerifyFull;
  tls.authorities = o.tls_authorities;
  tls.certificate = {o.tls_certificate, o.tls_key};
  BANYAN_TRY(connector->tls_, TlsClientContext::load(tls));
  return connector;
}

Task<Result<std::vector<SocketAddress>>> Connector::addresses() {
  if (!options_.is_unix_socket()) co_return co_await resolver_.resolve(options_.host, options_.port);
  SocketAddress address;
  address.family = SocketAddress::Family::kUnix;
  address.path = options_.host;
  co_return std::vector<SocketAddress>{std::move(address)};
}

}  // namespace banyan::maria
