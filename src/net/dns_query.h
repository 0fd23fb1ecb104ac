// Inside of the resolver: one question, asked of /etc/hosts and the name servers by c-ares.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/resolver.h"
#include "runtime/env.h"
#include "runtime/task.h"

namespace banyan {

struct DnsAnswer {
  Result<std::vector<SocketAddress>> addresses = std::vector<SocketAddress>();  // ports are zero
  Duration ttl{0};                                                              // as the server gave it
};

// Takes at most about attempts * attempt_timeout for each server; ends early with kCancelled.
Task<DnsAnswer> query_dns(ResolverOptions options, std::string host);

}  // namespace banyan
