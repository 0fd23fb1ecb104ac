// For tests: two ends of one connection inside this process, over real sockets.
#pragma once

#include <unistd.h>

#include <atomic>
#include <string>
#include <utility>

#include "net/connect.h"
#include "net/listener.h"
#include "net/stream.h"
#include "runtime/runtime.h"

namespace banyan {

struct StreamPair {
  Stream client;
  Stream server;
};

inline SocketAddress loopback_address() { return *SocketAddress::parse("127.0.0.1:0"); }

// The path of a unix socket that no other test uses.
inline SocketAddress fresh_unix_address() {
  static std::atomic<int> number{0};
  return *SocketAddress::parse("unix:/tmp/banyan_net_test." + std::to_string(getpid()) + "." +
                               std::to_string(number.fetch_add(1)) + ".sock");
}

inline Task<Result<StreamPair>> connected_pair(SocketAddress address = loopback_address()) {
  Listener listener = co_await try_(Listener::open(address));
  Stream client = co_await try_(connect(listener.address(), now() + std::chrono::minutes(1)));
  Stream server = co_await try_(listener.accept(now() + std::chrono::minutes(1)));
  co_return StreamPair{std::move(client), std::move(server)};
}

// Reads until `bytes` bytes or the end have come.
inline Task<Result<std::string>> read_text(Stream* stream, std::size_t bytes, TimePoint deadline = kNever) {
  std::string text(bytes, '\0');
  std::size_t have = 0;
  while (have < bytes) {
    const std::size_t n =
        co_await try_(co_await stream->read(std::as_writable_bytes(std::span(text)).subspan(have), deadline));
    if (n == 0) break;
    have += n;
  }
  text.resize(have);
  co_return text;
}

// Sends back what comes, until the end of the stream.
inline Task<Result<void>> echo(Stream* stream) {
  std::byte buffer[8192];
  for (;;) {
    const std::size_t n = co_await try_(co_await stream->read(buffer));
    if (n == 0) break;
    co_await try_(co_await stream->write(std::string_view(reinterpret_cast<const char*>(buffer), n)));
  }
  co_return co_await stream->shutdown_write();
}

inline Task<int> run_checked(Task<Result<void>> test, Error* error, bool* failed) {
  Result<void> result = co_await std::move(test);
  if (!result.ok()) {
    *error = std::move(result).error();
    *failed = true;
  }
  co_return 0;
}

// Runs a test's main task; gives the error it ended with, or "".
inline std::string run_test(unsigned workers, Task<Result<void>> test) {
  RuntimeOptions options;
  options.workers = workers;
  options.shutdown_grace = std::chrono::minutes(1);  // of a machine that may stand still
  options.on_stall = [](const char*, std::uint64_t, Duration) {};
  Error error(ErrorCode::kInternal, "");
  bool failed = false;
  run(options, run_checked(std::move(test), &error, &failed));
  return failed ? std::string(error_code_name(error.code())) + ": " + error.text() : std::string();
}

}  // namespace banyan
