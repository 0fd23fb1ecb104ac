#include "redis/redis_wire.h"

#include <array>
#include <charconv>
#include <utility>

#include "net/connect.h"
#include "redis/redis_error.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

struct HostAndPort {
  std::string host;
  std::uint16_t port = 0;
};

Result<HostAndPort> split_address(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  HostAndPort split;
  if (colon != std::string::npos) {
    split.host = address.substr(0, colon);
    const auto [end, error] = std::from_chars(address.data() + colon + 1, address.data() + address.size(), split.port);
    if (error == std::errc() && end == address.data() + address.size() && !split.host.empty()) return split;
  }
  return Error(ErrorCode::kInvalidArgument,
               "redis address \"" + address + "\": write HOST:PORT, or unix: and the path of a socket");
}

Task<Result<std::vector<SocketAddress>>> addresses_of(const std::string& address, TimePoint deadline) {
  if (Result<SocketAddress> literal = SocketAddress::parse(address); literal.ok()) {
    co_return std::vector<SocketAddress>{*std::move(literal)};
  }
  const HostAndPort split = co_await try_(split_address(address));
  Resolver resolver;
  co_return co_await resolver.resolve(split.host, split.port, deadline);
}

std::string server_name_of(const RedisOptions& options) {
  if (!options.server_name.empty()) return options.server_name;
  std::string host = options.address.substr(0, options.address.rfind(':'));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return host;
}

// Tries each address in turn; gives the last error.
Task<Result<Stream>> connect_any(const RedisOptions& options, TimePoint deadline) {
  const std::vector<SocketAddress> addresses = co_await try_(addresses_of(options.address, deadline));
  std::optional<Error> last;
  for (const SocketAddress& address : addresses) {
    Result<Stream> stream = co_await connect(address, deadline);
    if (stream.ok()) co_return stream;
    last = std::move(stream).error();
    if (last->code() == ErrorCode::kCancelled || now() >= deadline) break;
  }
  co_return last.has_value() ? *std::move(last)
                             : Error(ErrorCode::kUnavailable, "redis: " + options.address + " has no address");
}

// Errors of the socket, as the caller of a command sees them: that bytes were cut off (kDataLoss under TLS) is a lost
// connection, and not a broken protocol.
Error connection_error(Error error) {
  if (error.code() == ErrorCode::kCancelled || error.code() == ErrorCode::kDeadlineExceeded) return error;
  return Error(ErrorCode::kUnavailable, "redis: connection lost: " + error.text());
}

}  // namespace

Task<Result<RedisWire>> RedisWire::open(const RedisOptions& options) {
  const TimePoint deadline = time_after(options.connect_timeout);
  RedisWire wire;
  wire.reader_ = RespReader(options.limits);
  wire.stream_ = co_await try_(connect_any(options, deadline));
  if (options.tls != nullptr) {
    wire.stream_ = co_await try_(start_tls(std::move(wire.stream_), options.tls, server_name_of(options), deadline));
  }
  co_await try_(wire.introduce(options, deadline));
  co_return wire;
}

bool RedisWire::is_quiet() {
  if (!stream_.is_open() || stream_.hung_up() || stream_.broken() || !reader_.is_empty()) return false;
  std::array<std::byte, 1> byte;
  return !stream_.try_read(byte).has_value();
}

Task<Result<void>> RedisWire::send(std::span<const iovec> parts, TimePoint deadline) {
  Result<void> written = co_await stream_.write(parts, deadline);
  if (!written.ok()) co_return connection_error(std::move(written).error());
  co_return {};
}

Task<Result<void>> RedisWire::send(const std::vector<RedisCommand>& commands, TimePoint deadline) {
  std::string bytes;
  for (const RedisCommand& command : commands) command.append_to(bytes);
  const iovec part{bytes.data(), bytes.size()};
  co_return co_await send(std::span(&part, 1), deadline);
}

Task<Result<RespValue>> RedisWire::receive(TimePoint deadline) {
  for (;;) {
    RespValue reply;
    if (co_await try_(reader_.next(reply))) co_return reply;
    std::array<std::byte, 16 * 1024> buffer;
    Result<std::size_t> got = co_await stream_.read(buffer, deadline);
    if (!got.ok()) co_return connection_error(std::move(got).error());
    if (*got == 0) co_return Error(ErrorCode::kUnavailable, "redis: the server closed the connection");
    reader_.feed({reinterpret_cast<const char*>(buffer.data()), *got});
  }
}

// A reply that is an error ends it.
Task<Result<RespValue>> RedisWire::ask(RedisCommand command, TimePoint deadline) {
  std::vector<RedisCommand> one;
  one.push_back(std::move(command));
  co_await try_(send(one, deadline));
  RespValue reply = co_await try_(receive(deadline));
  if (reply.is_error()) co_return redis_server_error(reply.text);
  co_return reply;
}

// False: the server knows no HELLO, or not this version.
Task<Result<bool>> RedisWire::say_hello(const RedisOptions& options, TimePoint deadline) {
  RedisCommand hello{"HELLO", "3"};
  if (!options.password.empty()) {
    // The server must have it.
    hello.add("AUTH").add(options.user.empty() ? "default" : options.user).add(options.password.reveal());
  }
  Result<RespValue> reply = co_await ask(std::move(hello), deadline);
  if (reply.ok()) co_return true;
  const std::string_view word = redis_error_word(reply.error());
  if (word == "NOPROTO" || reply.error().message().find("unknown command") != std::string::npos) co_return false;
  co_return std::move(reply).error();
}

Task<Result<void>> RedisWire::introduce(const RedisOptions& options, TimePoint deadline) {
  if (options.protocol >= 3) resp3_ = co_await try_(say_hello(options, deadline));
  if (!resp3_ && !options.password.empty()) {
    RedisCommand auth("AUTH");
    if (!options.user.empty()) auth.add(options.user);
    auth.add(options.password.reveal());  // the server must have it
    (void)co_await try_(ask(std::move(auth), deadline));
  }
  if (options.database != 0) {
    (void)co_await try_(ask(std::move(RedisCommand("SELECT").add(options.database)), deadline));
  }
  // A server of an old version, or a user who may not, does without our name.
  if (!options.client_name.empty()) {
    Result<RespValue> named = co_await ask({"CLIENT", "SETNAME", options.client_name}, deadline);
    if (!named.ok() && redis_error_word(named.error()).empty()) co_return std::move(named).error();
  }
  co_return {};
}

}  // namespace banyan
