#include "net/resolver.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/ascii.h"
#include "base/log.h"
#include "net/dns_query.h"
#include "runtime/context.h"
#include "runtime/futex_lock.h"
#include "runtime/runtime.h"
#include "runtime/sync.h"

namespace banyan {
namespace {

using Addresses = std::vector<SocketAddress>;

constexpr std::size_t kHostBytesMax = 253;

// A query under way, shared by those who wait for it.
struct Lookup {
  Event done;
  std::optional<Result<Addresses>> answer;
};

struct Entry {
  std::optional<Result<Addresses>> answer;
  TimePoint expires{};
  TimePoint stale_until{};  // of the addresses in `answer`
  std::shared_ptr<Lookup> running;
};

std::optional<SocketAddress> as_number(const std::string& host) {
  const bool bracketed = host.starts_with('[');
  const bool is_ipv6 = bracketed || std::count(host.begin(), host.end(), ':') >= 2;
  Result<SocketAddress> address = SocketAddress::parse((is_ipv6 && !bracketed ? "[" + host + "]" : host) + ":0");
  if (!address.ok() || address->family == SocketAddress::Family::kUnix) return std::nullopt;
  return *std::move(address);
}

Result<Addresses> with_port(Result<Addresses> addresses, std::uint16_t port) {
  if (addresses.ok()) {
    for (SocketAddress& address : *addresses) address.port = port;
  }
  return addresses;
}

std::string normal_form(std::string host) {
  for (char& c : host) {
    c = ascii_lower(c);
  }
  return host;
}

}  // namespace

struct Resolver::State {
  explicit State(ResolverOptions its_options) : options(std::move(its_options)) {}

  // What the cache knows, else the query to wait for; a new one is started if none is under way.
  std::optional<Result<Addresses>> find(const std::shared_ptr<State>& self, const std::string& host,
                                        std::shared_ptr<Lookup>* lookup);
  void finish(const std::string& host, DnsAnswer answer);
  void make_room();
  static Task<void> look_up(std::shared_ptr<State> state, std::string host);

  const ResolverOptions options;
  mutable FutexLock lock;
  std::unordered_map<std::string, Entry> entries;
  std::atomic<std::uint64_t> queries{0};
};

std::optional<Result<Addresses>> Resolver::State::find(const std::shared_ptr<State>& self, const std::string& host,
                                                       std::shared_ptr<Lookup>* lookup) {
  {
    std::lock_guard guard(lock);
    if (!entries.contains(host)) make_room();
    Entry& entry = entries[host];
    if (entry.answer && now() < entry.expires) return entry.answer;
    const bool starts = entry.running == nullptr;
    if (starts) entry.running = std::make_shared<Lookup>();
    *lookup = entry.running;
    if (!starts) return std::nullopt;
  }
  ContextGuard no_deadline{ContextRef()};  // others may come to wait for it
  go("resolve", look_up(self, host));
  return std::nullopt;
}

void Resolver::State::make_room() {
  if (entries.size() < options.names_max) return;
  auto victim = entries.end();
  for (auto it = entries.begin(); it != entries.end(); ++it) {
    if (it->second.running == nullptr && (victim == entries.end() || it->second.expires < victim->second.expires)) {
      victim = it;
    }
  }
  if (victim != entries.end()) entries.erase(victim);
}

Task<void> Resolver::State::look_up(std::shared_ptr<State> state, std::string host) {
  state->queries.fetch_add(1, std::memory_order_relaxed);
  DnsAnswer answer = co_await query_dns(state->options, host);
  state->finish(host, std::move(answer));
}

void Resolver::State::finish(const std::string& host, DnsAnswer fresh) {
  std::shared_ptr<Lookup> lookup;
  bool stale = false;
  {
    std::lock_guard guard(lock);
    Entry& entry = entries[host];
    const bool unanswered = !fresh.addresses.ok() && fresh.addresses.error().code() == ErrorCode::kUnavailable;
    stale = unanswered && entry.answer && entry.answer->ok() && now() < entry.stale_until;
    if (fresh.addresses.ok()) {
      entry.expires = now() + std::clamp(fresh.ttl, options.ttl_min, options.ttl_max);
      entry.stale_until = entry.expires + options.stale_max;
    } else {
      entry.expires = now() + options.ttl_failed;
    }
    if (!stale) entry.answer = fresh.addresses;
    lookup = std::exchange(entry.running, nullptr);
    lookup->answer = entry.answer;
  }
  if (stale) log_warn("resolver_serves_stale", {{"host", host}, {"error", fresh.addresses.error().text()}});
  lookup->done.set();
}

Resolver::Resolver(ResolverOptions options) : state_(std::make_shared<State>(std::move(options))) {}
Resolver::~Resolver() = default;

std::uint64_t Resolver::queries() const { return state_->queries.load(std::memory_order_relaxed); }

std::size_t Resolver::cached_names() const {
  std::lock_guard guard(state_->lock);
  return state_->entries.size();
}

Task<Result<Addresses>> Resolver::resolve(std::string host, std::uint16_t port, TimePoint deadline) {
  const std::shared_ptr<State> state = state_;
  if (const auto number = as_number(host)) co_return with_port(Addresses{*number}, port);
  if (host.empty() || host.size() > kHostBytesMax) {
    co_return Error(ErrorCode::kInvalidArgument, "resolving \"" + host.substr(0, 64) + "\": a name has 1 to 253 bytes");
  }
  host = normal_form(std::move(host));
  if (current_env().simulated()) {
    const SimulatedNames* names = state->options.simulated;
    const auto it = names == nullptr ? SimulatedNames::const_iterator() : names->find(host);
    if (names == nullptr || it == names->end() || it->second.empty()) {
      co_return Error(ErrorCode::kNotFound, "resolving " + host + ": not among the simulated names");
    }
    co_return with_port(it->second, port);
  }
  std::shared_ptr<Lookup> lookup;
  if (auto known = state->find(state, host, &lookup)) co_return with_port(*std::move(known), port);
  Result<void> waited = co_await lookup->done.wait(deadline);
  if (!waited.ok()) co_return std::move(waited).error().add_context("resolving " + host);
  co_return with_port(*lookup->answer, port);
}

}  // namespace banyan
