#include "postgres/connector.h"

#include "net/connect.h"
#include "postgres/request_writer.h"

namespace banyan::pg {

Result<std::shared_ptr<Connector>> Connector::open(PostgresOptions options) {
  BANYAN_TRY_VOID(check_server_options(options, "PostgreSQL"));
  if (options.application_name.find('\0') != std::string::npos) {
    return Error(ErrorCode::kInvalidArgument, "PostgreSQL: application_name holds a zero byte");
  }
  std::shared_ptr<Connector> connector(new Connector(std::move(options)));
  const PostgresOptions& o = connector->options_;
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
  address.path = options_.host + "/.s.PGSQL." + std::to_string(options_.port);
  co_return std::vector<SocketAddress>{std::move(address)};
}

Task<Result<Stream>> Connector::dial(SocketAddress address) {
  Stream plain = co_await try_(connect(std::move(address)));
  if (tls_ == nullptr) co_return plain;
  co_return co_await secure(std::move(plain));
}

// One byte answers SSLRequest. No more is read: whatever somebody in between had put behind it would be taken for a
// part of the handshake, and refused there, instead of for words of the server.
Task<Result<Stream>> Connector::secure(Stream plain) {
  std::string request;
  write_ssl_request(request);
  co_await try_(co_await plain.write(request));
  std::byte answer{};
  const std::size_t count = co_await try_(co_await plain.read({&answer, 1}));
  if (count == 1 && answer == std::byte{'S'}) {
    co_return co_await start_tls(std::move(plain), tls_, options_.host);
  }
  if (count == 1 && answer == std::byte{'N'}) {
    if (options_.tls == SqlTlsMode::kPrefer) co_return plain;
    co_return Error(ErrorCode::kPermissionDenied,
                    "the server has no TLS, without which sslmode does not allow to go on");
  }
  co_return Error(ErrorCode::kUnavailable, "the server gave no answer to the request for TLS");
}

Task<Result<void>> Connector::cancel(SocketAddress address, std::uint32_t process, std::uint32_t key) {
  Stream stream = co_await try_(dial(std::move(address)));
  std::string request;
  write_cancel_request(request, process, key);
  co_await try_(co_await stream.write(request));
  // The server closes when it has passed the word on. Before that, the session's next statement might be hit instead.
  std::byte nothing{};
  (void)co_await stream.read({&nothing, 1});
  co_return {};
}

}  // namespace banyan::pg
