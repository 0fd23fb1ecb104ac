// The resolver against a small name server of this file, over real UDP.
#include "net/resolver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "net/loopback.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// Answers questions for A records from a table (RFC 1035); AAAA has no records. A thread of its own.
class NameServer {
 public:
  struct Record {
    std::vector<std::string> addresses;
    std::uint32_t ttl = 60;
    bool silent = false;  // never answers
  };

  NameServer() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t bytes = sizeof address;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &bytes);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    stop_ = true;
    thread_.join();
    close(fd_);
  }

  void set(const std::string& name, Record record) {
    std::lock_guard guard(lock_);
    records_[name] = std::move(record);
  }
  // Each attempt waits twice as long as the one before: ten of them make a minute and more, however slow the machine.
  ResolverOptions options() const {
    ResolverOptions result;
    result.servers = "127.0.0.1:" + std::to_string(port_);
    result.attempt_timeout = 100ms;
    result.attempts = 10;
    return result;
  }
  // For servers that are to be given up.
  ResolverOptions hasty_options() const {
    ResolverOptions result = options();
    result.attempts = 2;
    return result;
  }
  int questions() const { return questions_; }

 private:
  void serve() {
    while (!stop_) {
      pollfd ready{fd_, POLLIN, 0};
      if (poll(&ready, 1, 20) <= 0) continue;
      unsigned char packet[1500];
      sockaddr_in from{};
      socklen_t from_bytes = sizeof from;
      const ssize_t n = recvfrom(fd_, packet, 512, 0, reinterpret_cast<sockaddr*>(&from), &from_bytes);
      if (n < 17) continue;
      const std::size_t bytes = answer(packet, static_cast<std::size_t>(n));
      if (bytes > 0) sendto(fd_, packet, bytes, 0, reinterpret_cast<sockaddr*>(&from), from_bytes);
    }
  }

  // Makes the answer in place; 0: none.
  std::size_t answer(unsigned char* packet, std::size_t bytes) {
    std::string name;
    std::size_t at = 12;
    while (at < bytes && packet[at] != 0) {
      if (!name.empty()) name += '.';
      name.append(reinterpret_cast<char*>(packet) + at + 1, packet[at]);
      at += 1U + packet[at];
    }
    const bool is_a = packet[at + 1] == 0 && packet[at + 2] == 1;
    at += 5;
    if (is_a) ++questions_;
    std::lock_guard guard(lock_);
    const auto it = records_.find(name);
    if (it != records_.end() && it->second.silent) return 0;
    packet[2] = 0x81;
    packet[3] = it == records_.end() ? 0x83 : 0x80;  // NXDOMAIN
    std::memset(packet + 6, 0, 6);
    if (it == records_.end() || !is_a) return at;
    packet[7] = static_cast<unsigned char>(it->second.addresses.size());
    for (const std::string& address : it->second.addresses) {
      const std::uint32_t ttl = htonl(it->second.ttl);
      const unsigned char head[] = {0xc0, 12, 0, 1, 0, 1};
      std::memcpy(packet + at, head, sizeof head);
      std::memcpy(packet + at + 6, &ttl, 4);
      packet[at + 10] = 0;
      packet[at + 11] = 4;
      inet_pton(AF_INET, address.c_str(), packet + at + 12);
      at += 16;
    }
    return at;
  }

  int fd_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<int> questions_{0};
  std::mutex lock_;
  std::map<std::string, Record> records_;
  std::thread thread_;
};

std::string texts(const Result<std::vector<SocketAddress>>& addresses) {
  if (!addresses.ok()) return std::string(error_code_name(addresses.error().code()));
  std::string all;
  for (const SocketAddress& address : *addresses) all += (all.empty() ? "" : " ") + address.text();
  return all;
}

class Resolving : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Workers, Resolving, testing::Values(1U, 2U));

TEST_P(Resolving, NumbersAndHostsNeedNoServer) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       Resolver resolver({.servers = "127.0.0.1:1", .attempt_timeout = 50ms, .attempts = 1});
                       EXPECT_EQ(texts(co_await resolver.resolve("10.1.2.3", 80)), "10.1.2.3:80");
                       EXPECT_EQ(texts(co_await resolver.resolve("::1", 80)), "[::1]:80");
                       EXPECT_EQ(texts(co_await resolver.resolve("[fe80::1]", 80)), "[fe80::1]:80");
                       EXPECT_EQ(resolver.queries(), 0U);
                       const std::string local = texts(co_await resolver.resolve("localhost", 81));
                       EXPECT_NE(local.find("127.0.0.1:81"), std::string::npos) << local;
                       EXPECT_EQ(texts(co_await resolver.resolve("", 80)), "invalid_argument");
                       EXPECT_EQ(texts(co_await resolver.resolve(std::string(300, 'a'), 80)), "invalid_argument");
                       EXPECT_EQ(texts(co_await resolver.resolve(std::string(70, 'a') + ".test", 80)),
                                 "invalid_argument");
                       co_return {};
                     }()),
            "");
}

// What it gives in the end, asked again while it gives `first`.
Task<Result<std::string>> after(Resolver* resolver, std::string host, std::string first) {
  for (;;) {
    std::string found = texts(co_await resolver->resolve(host, 1));
    if (found != first) co_return found;
    co_await try_(co_await sleep_for(1ms));
  }
}

Task<Result<void>> follow_a_change(NameServer* server) {
  server->set("db.test", {{"10.0.0.1", "10.0.0.2"}, 3600});
  server->set("brief.test", {{"10.0.0.3"}, 0});
  ResolverOptions options = server->options();
  options.ttl_max = 1h;
  options.ttl_min = 1h;
  Resolver patient(options);
  options.ttl_min = 1ms;
  Resolver resolver(options);
  std::string found = texts(co_await resolver.resolve("db.test", 5432));
  EXPECT_TRUE(found == "10.0.0.1:5432 10.0.0.2:5432" || found == "10.0.0.2:5432 10.0.0.1:5432") << found;
  for (Resolver* one : {&resolver, &patient}) EXPECT_EQ(texts(co_await one->resolve("brief.test", 1)), "10.0.0.3:1");
  server->set("db.test", {{"10.0.0.9"}, 3600});
  server->set("brief.test", {{"10.0.0.4"}, 0});
  EXPECT_EQ(co_await try_(after(&resolver, "brief.test", "10.0.0.3:1")), "10.0.0.4:1");
  EXPECT_EQ(texts(co_await resolver.resolve("DB.test", 5432)), found);
  EXPECT_EQ(texts(co_await patient.resolve("brief.test", 1)), "10.0.0.3:1");
  EXPECT_EQ(patient.queries(), 1U);
  co_return {};
}

TEST_P(Resolving, AnswersAreKeptForTheirTimeToLiveThenAskedForAgain) {
  NameServer server;
  EXPECT_EQ(run_test(GetParam(), follow_a_change(&server)), "");
}

Task<Result<void>> miss(NameServer* server) {
  ResolverOptions options = server->options();
  options.ttl_failed = 1h;
  Resolver patient(options);
  options.ttl_failed = 1ms;
  Resolver resolver(options);
  Result<std::vector<SocketAddress>> none = co_await patient.resolve("none.test", 1);
  EXPECT_EQ(none.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(none.error().text(), "resolving none.test: there is no such name");
  EXPECT_EQ(texts(co_await resolver.resolve("none.test", 1)), "not_found");
  server->set("none.test", {{"10.0.0.1"}});
  EXPECT_EQ(co_await try_(after(&resolver, "none.test", "not_found")), "10.0.0.1:1");
  EXPECT_EQ(texts(co_await patient.resolve("none.test", 1)), "not_found");
  EXPECT_EQ(patient.queries(), 1U);
  co_return {};
}

TEST_P(Resolving, AMissingNameIsRememberedForAWhile) {
  NameServer server;
  EXPECT_EQ(run_test(GetParam(), miss(&server)), "");
}

Task<Result<void>> time_out(NameServer* server) {
  server->set("silent.test", {.silent = true});
  server->set("stale.test", {{"10.0.0.1"}, 0});
  ResolverOptions options = server->hasty_options();
  options.ttl_min = options.ttl_failed = 1ms;
  Resolver resolver(options);
  Result<std::vector<SocketAddress>> none = co_await resolver.resolve("silent.test", 1);
  EXPECT_EQ(none.error().code(), ErrorCode::kUnavailable);
  // A server that answers may be given up too, on a busy machine.
  EXPECT_EQ(co_await try_(after(&resolver, "other.test", "unavailable")), "not_found");
  EXPECT_EQ(co_await try_(after(&resolver, "stale.test", "unavailable")), "10.0.0.1:1");
  server->set("stale.test", {.silent = true});
  co_await try_(co_await sleep_for(20ms));
  const std::uint64_t before = resolver.queries();
  EXPECT_EQ(texts(co_await resolver.resolve("stale.test", 1)), "10.0.0.1:1");
  EXPECT_EQ(resolver.queries(), before + 1);
  co_return {};
}

TEST_P(Resolving, ASilentServerIsAnErrorUnlessOldAddressesAreKnown) {
  NameServer server;
  EXPECT_EQ(run_test(GetParam(), time_out(&server)), "");
}

Task<Result<void>> resolve_one(Resolver* resolver, std::atomic<int>* found) {
  Result<std::vector<SocketAddress>> result = co_await resolver->resolve("shared.test", 1, now() + 20ms);
  if (result.ok()) found->fetch_add(1);
  if (!result.ok()) EXPECT_EQ(result.error().code(), ErrorCode::kDeadlineExceeded);
  co_return {};
}

Task<Result<void>> share_a_query(NameServer* server) {
  server->set("shared.test", {.silent = true});
  Resolver resolver(server->options());
  std::atomic<int> found{0};
  co_await try_(with_scope(std::pair(&resolver, &found), [](Scope& scope, auto& s) -> Task<Result<void>> {
    for (int i = 0; i < 50; ++i) scope.spawn("asker", resolve_one(s.first, s.second));
    co_return co_await scope.join();
  }));
  EXPECT_EQ(found.load(), 0);
  EXPECT_EQ(resolver.queries(), 1U);
  // The askers gave up, the query did not: the server answers its second attempt.
  server->set("shared.test", {{"10.0.0.7"}});
  EXPECT_EQ(texts(co_await resolver.resolve("shared.test", 2)), "10.0.0.7:2");
  EXPECT_EQ(resolver.queries(), 1U);
  co_return {};
}

TEST_P(Resolving, ThoseWhoAskForOneNameShareTheQuery) {
  NameServer server;
  EXPECT_EQ(run_test(GetParam(), share_a_query(&server)), "");
}

Task<Result<void>> fill_cache(NameServer* server) {
  ResolverOptions options = server->options();
  options.names_max = 8;
  Resolver resolver(options);
  for (int i = 0; i < 30; ++i) (void)co_await resolver.resolve("name" + std::to_string(i) + ".test", 1);
  EXPECT_LE(resolver.cached_names(), 8U);
  co_return {};
}

TEST_P(Resolving, TheCacheIsBounded) {
  NameServer server;
  EXPECT_EQ(run_test(GetParam(), fill_cache(&server)), "");
}

TEST_P(Resolving, AQueryUnderWayEndsWithTheRuntime) {
  NameServer server;
  server.set("silent.test", {.silent = true});
  ResolverOptions options = server.options();
  options.attempt_timeout = 10min;  // longer than a task that is left is waited for
  Resolver resolver(options);
  testing::internal::CaptureStderr();
  EXPECT_EQ(run_test(GetParam(),
                     [](Resolver* r) -> Task<Result<void>> {
                       Result<std::vector<SocketAddress>> result = co_await r->resolve("silent.test", 1, now() + 20ms);
                       EXPECT_EQ(result.error().code(), ErrorCode::kDeadlineExceeded);
                       co_return {};
                     }(&resolver)),
            "");
  EXPECT_EQ(testing::internal::GetCapturedStderr().find("leaked task"), std::string::npos);
}

}  // namespace
}  // namespace banyan
