// Copies of requests, sent to another cluster after the client has its answer, and compared with that answer.
//
// A mirror can delay nobody: it begins when the answer has been written, runs in a task of its own and is dropped, and
// counted as dropped, where too much is under way. A body over the limit is not mirrored either: memory is bounded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exchange/exchange.h"
#include "gateway/snapshot.h"
#include "gateway/worker_cluster.h"
#include "runtime/blocking.h"

namespace banyan {

inline constexpr std::size_t kMirrorBodyBytesMax = 256 * 1024;     // of a request
inline constexpr std::size_t kMirrorAnswerBytesMax = 1024 * 1024;  // of an answer
inline constexpr unsigned kMirrorsUnderWayMax = 256;               // on each worker

inline constexpr unsigned kComparisonsWaitingMax = 512;  // for a thread, in the whole process

// Where answers are compared, by half of the processors at most: slow files and databases keep no comparison waiting,
// nor they those.
BlockingPool& comparison_pool();

// An answer as far as it is compared.
struct MirrorAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
  // Where the route migrates.
  std::vector<std::pair<std::string, std::string>> headers;
  Duration took{};        // from when a connection took the request to the answer's head
  std::string failure{};  // why there is none
  bool too_long = false;  // the body is over kMirrorAnswerBytesMax, and left out
};

// All that a copy needs, independent of the exchange it was made from.
struct MirrorJob {
  // With what the head says of it.
  void set_target(std::string text);

  std::shared_ptr<const GatewaySnapshot> snapshot;
  const GatewayRoute* route = nullptr;
  std::shared_ptr<WorkerCluster> cluster;
  unsigned worker = 0;

  std::string colour;
  Method method = Method::kGet;
  std::string method_name;
  std::string target;
  Fields fields;
  bool has_body = false;
  std::string body;
  // For CGI variables. The head's views point into head_text.
  std::string script_name;
  std::string path_info;
  std::string head_text;
  RequestHead head;
  SocketAddress peer;
  SocketAddress local;
  bool secure = false;

  MirrorAnswer answered;  // what the client got
};

struct CopyTarget {
  WorkerCluster& cluster;
  const std::string& script_name;  // of php-fpm
  const std::string& path_info;
};

// Sends the copy and reads the whole answer. Errors: kFailedPrecondition where the cluster's breaker is open,
// kResourceExhausted where memory is short, else how it failed.
Task<Result<MirrorAnswer>> ask_copy(const MirrorJob& job, CopyTarget target);

// Sends the copy and compares; counts in the route's mirror counters. Runs as a pinned task.
// `under_way` is one less when it has ended.
Task<void> run_mirror(std::unique_ptr<MirrorJob> job, std::shared_ptr<unsigned> under_way);

// Whether two answers agree: status, then JSON bodies by the route's comparer; other bodies are not compared.
bool answers_agree(const json::Comparer& comparer, const MirrorAnswer& left, const MirrorAnswer& right);

}  // namespace banyan
