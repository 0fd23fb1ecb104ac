// Host names to addresses: /etc/hosts, then DNS (c-ares), with a cache.
//
// Names in a configuration outlive the addresses behind them, so what was found is asked for again when its time to
// live has passed, within bounds. Tasks that ask for the same name at once share one query. When a name server does not
// answer, the last known addresses serve on for a while (RFC 8767), since old addresses are better than none; a name
// that is said not to exist is gone at once.
//
// One Resolver serves all workers. Each query reads /etc/resolv.conf and /etc/hosts afresh, so changes to them need no
// restart. In the simulator names come from a SimulatedNames table.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "runtime/env.h"
#include "runtime/task.h"

namespace banyan {

// Host name to addresses, whose ports are ignored. May be changed between queries of a simulated run.
using SimulatedNames = std::map<std::string, std::vector<SocketAddress>>;

struct ResolverOptions {
  std::string servers;  // "10.0.0.2,10.0.0.3:5353"; empty: those of /etc/resolv.conf
  Duration attempt_timeout = std::chrono::seconds(2);
  int attempts = 2;  // at each server
  Duration ttl_min = std::chrono::seconds(1);
  Duration ttl_max = std::chrono::minutes(5);
  Duration ttl_failed = std::chrono::seconds(5);  // how long a failure is remembered
  Duration stale_max = std::chrono::hours(1);     // how long old addresses serve while no server answers
  std::size_t names_max = 1024;                   // in the cache; the one that expires first makes room
  const SimulatedNames* simulated = nullptr;      // must outlive the Resolver
};

class Resolver {
 public:
  explicit Resolver(ResolverOptions options = {});
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // The addresses of `host`, at least one, each with `port`, in the order in which to try them (RFC 6724). An IPv4 or
  // IPv6 address, with or without brackets, is itself. Errors: kNotFound (there is no such name, or it has no address),
  // kUnavailable (no server answered), kInvalidArgument (not a host name), kCancelled, kDeadlineExceeded. A query that
  // nobody waits for any more ends by itself and fills the cache.
  Task<Result<std::vector<SocketAddress>>> resolve(std::string host, std::uint16_t port, TimePoint deadline = kNever);

  // Queries sent to servers so far; what the cache answered is not among them.
  std::uint64_t queries() const;
  std::size_t cached_names() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace banyan
