// Requests to php-fpm over FastCGI: one address, one worker.
//
// Connections are kept (FCGI_KEEP_CONN) for requests that may be repeated. A kept connection may die at the moment it
// is used, because the process behind it ended; so a request that is not safe (RFC 9110 section 9.2.1) or has a body
// gets a fresh one, in the place of an idle one where there is one. A safe request on a kept connection that closes
// without a byte of an answer is sent again on a fresh one.
//
// A request's body is read to its end before a connection is taken, into memory and where it is long into an unnamed
// file (fpm/spool.h): PHP needs CONTENT_LENGTH, and a client that sends slowly would occupy one of the few processes
// for all that time. nginx does so too (fastcgi_request_buffering). A script therefore cannot refuse an upload midway.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "exchange/upstream.h"
#include "fastcgi/response.h"
#include "fpm/fpm_connections.h"
#include "net/buffer_pool.h"
#include "runtime/env.h"

namespace banyan {

struct FpmOptions {
  std::string root;                                         // DOCUMENT_ROOT, absolute; as php-fpm sees it
  std::vector<std::pair<std::string, std::string>> params;  // sent after the CGI variables, which they replace
  Duration connect_timeout = std::chrono::seconds(1);
  // For each wait within a message, but for those the request's own limits are for; the ambient deadline holds too.
  Duration io_timeout = std::chrono::seconds(60);
  // Of a kept connection. Short, because it takes a process of php-fpm away from all others while it waits; under load
  // it is used again at once.
  Duration idle_timeout = std::chrono::milliseconds(250);
  std::size_t idle_max = 64;  // kept connections
  std::string spool_folder;   // "": $TMPDIR, else /tmp
  fastcgi::ResponseLimits answer;
};

class FpmUpstream final : public Upstream {
 public:
  // `memory` must outlive the upstream and the answers it gave.
  FpmUpstream(SocketAddress address, std::shared_ptr<FpmConnections> connections, MemoryBudget& memory,
              FpmOptions options);
  ~FpmUpstream() override;

  // Failures: kUnavailable (php-fpm cannot be reached, or went away without an answer), kResourceExhausted (no
  // connection became free in time, php-fpm has no capacity, no room to spool the body), kInvalidArgument (what came is
  // no FastCGI answer), kDeadlineExceeded, kCancelled; or the error of the request's body.
  Task<UpstreamResult<std::unique_ptr<UpstreamAnswer>>> send(UpstreamRequest& request) override;

  const SocketAddress& address() const;
  std::size_t idle() const;

 private:
  std::shared_ptr<FpmPool> pool_;
};

}  // namespace banyan
