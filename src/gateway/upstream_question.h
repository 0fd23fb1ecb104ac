// A question a filter asks a cluster, and the whole answer: for authorisation and the like, not for bodies of any size.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "exchange/exchange.h"
#include "gateway/worker_cluster.h"

namespace banyan {

struct UpstreamQuestion {
  std::string_view cluster;  // of the configuration; not one of php-fpm
  std::string_view method = "GET";
  std::string_view target = "/";  // origin-form
  Fields fields;                  // Host included
  std::string_view body;
  std::size_t reply_bytes_max = 64 * 1024;  // a longer body of the answer is an error
};

struct UpstreamReply {
  int status = 0;
  Fields fields;
  std::string body;
};

// The ambient deadline bounds it; without one the cluster's own limits do. Errors: the cluster's; kResourceExhausted.
Task<Result<UpstreamReply>> ask_cluster(std::shared_ptr<WorkerCluster> cluster, UpstreamQuestion& question,
                                        const Exchange& client);

}  // namespace banyan
