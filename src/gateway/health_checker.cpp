#include "gateway/health_checker.h"

#include <map>
#include <set>

#include "base/log.h"
#include "fpm/fpm_upstream.h"
#include "gateway/grpc_health.h"
#include "gateway/upstream_transport.h"
#include "http1/client.h"
#include "http2/client.h"
#include "json/parse.h"
#include "net/connect.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "traffic/health_tally.h"

namespace banyan {
namespace {

constexpr std::size_t kChecksAtOnce = 32;
constexpr std::size_t kAnswerBytesMax = 64 * 1024;
constexpr std::size_t kBuildBytesMax = 128;
constexpr std::size_t kBuildsMax = 4;  // of one cluster, side by side
constexpr Duration kLookUpEvery = std::chrono::seconds(1);

struct Check {
  const ClusterConfig* config;
  const ClusterEndpoint* endpoint;
  const CheckedBy* by;
  bool good = false;
  std::string build = {};  // that the answer told
};

std::string path_of(const HealthConfig& health) {
  if (health.type == HealthConfig::Type::kGrpc) return std::string(kGrpcHealthPath);
  if (!health.path.empty()) return health.path;
  return health.type == HealthConfig::Type::kFpm ? "/ping" : "/";
}

const Address& configured_address(const Check& check) {
  return check.config->endpoints[check.endpoint->config_index].address;
}

std::string host_of(const Check& check) {
  if (!check.config->health->host.empty()) return check.config->health->host;
  if (check.config->tls && !check.config->tls->server_name.empty()) return check.config->tls->server_name;
  const Address& configured = configured_address(check);
  return configured.kind == Address::Kind::kName ? configured.host : "localhost";
}

// A request that lives in the check's frame.
struct Question {
  Fields fields;
  RequestHead head;
  UpstreamRequest request;
  SocketAddress nobody;
  std::string path;
  std::unique_ptr<StringBody> body;  // null: none

  explicit Question(const Check& check) : path(path_of(*check.config->health)) {
    fields.add_copy(FieldId::kHost, host_of(check));
    fields.add_copy(FieldId::kUserAgent, "banyan-health");
    nobody = *SocketAddress::parse("127.0.0.1:0");
    head.method = Method::kGet;
    head.method_name = "GET";
    head.target = head.path = path;
    head.host = "localhost";
    request.method_name = "GET";
    if (check.config->health->type == HealthConfig::Type::kGrpc) become_call(check.config->health->service);
    request.target = path;
    request.fields = &fields;
    request.script_name = path;
    request.head = &head;
    // CGI has to name somebody; a PROXY header says that it speaks for nobody.
    if (check.config->protocol == ClusterProtocol::kFastcgi) request.peer = request.local = &nobody;
  }

 private:
  void become_call(const std::string& service) {
    request.method = head.method = Method::kPost;
    request.method_name = head.method_name = "POST";
    fields.add_copy(FieldId::kContentType, "application/grpc");
    body = StringBody::owned(grpc_health_question(service));
    request.body = body.get();
    request.takes_trailers = true;
  }
};

std::string build_told(const std::string& body, const std::string& member) {
  if (member.empty()) return "";
  const Result<json::Document> document = json::parse(body);
  if (!document.ok()) return "";
  return std::string(document->root()[member].to_string().value_or("").substr(0, kBuildBytesMax));
}

bool is_good(const HealthConfig& health, int status) {
  if (health.type == HealthConfig::Type::kFpm) return status == 200;
  return status >= health.expect_min && status <= health.expect_max;
}

// What the call came to stands behind the message, or in the head of an answer without one.
Task<Result<bool>> is_serving(UpstreamAnswer& answer, const std::string& message) {
  const BodyFrame end = co_await try_(co_await answer.body().next());
  const Fields& last = end.trailers != nullptr ? *end.trailers : answer.head().fields;
  co_return last.value("grpc-status") == "0" && grpc_says_serving(message);
}

// Whether the answer, which is read to its end as far as it is not long, is a good one. Errors: those of the upstream.
Task<Result<bool>> ask(std::unique_ptr<Upstream> upstream, Check* check) {
  const HealthConfig& health = *check->config->health;
  Question question(*check);
  auto answer = co_await upstream->send(question.request);
  if (!answer.ok()) co_return std::move(answer.failure().error);
  const int status = (*answer)->head().status;
  const Result<std::string> body = co_await read_all((*answer)->body(), kAnswerBytesMax);
  if (health.type == HealthConfig::Type::kGrpc) {
    if (!body.ok() || status != 200) co_return false;
    co_return co_await is_serving(**answer, *body);
  }
  if (body.ok()) check->build = build_told(*body, health.build);
  co_return is_good(health, status);
}

// Spoken to as requests are, over a connection of its own.
std::unique_ptr<Upstream> upstream_for(const Check& check) {
  const ClusterConfig& config = *check.config;
  const SocketAddress& address = check.endpoint->address;
  const Duration timeout = config.health->timeout;
  if (config.protocol == ClusterProtocol::kFastcgi) {
    FpmOptions options;
    options.root = config.root;
    options.connect_timeout = options.io_timeout = timeout;
    options.idle_max = 0;
    return std::make_unique<FpmUpstream>(address, check.by->fpm, *check.by->memory, std::move(options));
  }
  DialOptions dial = dial_options(config, check.by->tls, configured_address(check));
  dial.connect_timeout = timeout;
  if (config.protocol == ClusterProtocol::kHttp2) {
    Http2ClientOptions options;
    options.dial = std::move(dial);
    options.io_timeout = timeout;
    return std::make_unique<Http2Upstream>(address, *check.by->memory, std::move(options));
  }
  Http1ClientOptions options;
  options.dial = std::move(dial);
  options.io_timeout = timeout;
  options.idle_max = 0;
  return std::make_unique<Http1Upstream>(address, *check.by->memory, options);
}

Task<Result<void>> check_one(Check* check) {
  const HealthConfig& health = *check->config->health;
  if (health.type == HealthConfig::Type::kTcp) {
    check->good = (co_await connect(check->endpoint->address, now() + health.timeout)).ok();
    co_return {};
  }
  const Result<bool> good = co_await with_timeout(health.timeout, ask(upstream_for(*check), check));
  check->good = good.ok() && *good;
  co_return {};
}

using Checks = std::vector<Check>;

Task<Result<void>> check_all(Scope& scope, Checks*& checks) {
  for (std::size_t i = 0; i < checks->size(); ++i) {
    if (i % kChecksAtOnce == 0 && i > 0) co_await try_(co_await scope.join());
    scope.spawn_pinned("health check", check_one(&(*checks)[i]));
  }
  co_return co_await scope.join();
}

// Those of the checks that went well; "" where one of them tells none or there are too many. Nothing where none went
// well: nobody knows better then.
std::optional<std::string> build_of(const Checks& checks) {
  std::set<std::string> builds;
  for (const Check& check : checks) {
    if (check.good) builds.insert(check.build);
  }
  if (builds.empty()) return std::nullopt;
  std::string label;
  if (builds.contains("") || builds.size() > kBuildsMax) return label;
  for (const std::string& build : builds) label += (label.empty() ? "" : ", ") + build;
  return label;
}

class Tallies {
 public:
  // Takes the results of a round; only endpoints that are there now are remembered.
  void take(ClusterState& cluster, const ClusterEndpoints& endpoints, const Checks& checks) {
    const HealthConfig& health = *cluster.config().health;
    std::map<std::string, HealthTally> next;
    for (std::size_t i = 0; i < checks.size(); ++i) {
      const std::string& name = endpoints.list[i].text;
      OutlierDetector& judge = endpoints.set.judge();
      const auto known = tallies_.find(name);
      HealthTally tally = known != tallies_.end() ? known->second : HealthTally(judge.healthy(i));
      if (tally.add(checks[i].good, static_cast<std::uint32_t>(health.healthy_after),
                    static_cast<std::uint32_t>(health.unhealthy_after))) {
        judge.set_healthy(i, tally.healthy(), now());
        log_warn(tally.healthy() ? "endpoint_healthy" : "endpoint_unhealthy",
                 {{"cluster", cluster.config().name}, {"endpoint", name}});
      }
      next.emplace(name, tally);
    }
    tallies_ = std::move(next);
  }

 private:
  std::map<std::string, HealthTally> tallies_;
};

// False: it is time to end.
Task<bool> wait_unless_retired(ClusterState& cluster, TimePoint until) {
  const Result<void> retired = co_await cluster.retired().wait(until);
  co_return !retired.ok() && retired.error().code() == ErrorCode::kDeadlineExceeded;
}

}  // namespace

Task<Result<void>> check_health(std::shared_ptr<ClusterState> cluster, CheckedBy by) {
  Tallies tallies;
  for (;;) {
    const TimePoint start = now();
    const std::shared_ptr<const ClusterEndpoints> endpoints = cluster->endpoints();
    Checks checks;
    for (const ClusterEndpoint& one : endpoints->list) checks.push_back({&cluster->config(), &one, &by});
    (void)co_await with_scope(&checks, [](Scope& scope, Checks*& all) { return check_all(scope, all); });
    if (cancelled()) co_return {};
    tallies.take(*cluster, *endpoints, checks);
    if (std::optional<std::string> build = build_of(checks)) cluster->set_health_build(*std::move(build));
    if (!co_await wait_unless_retired(*cluster, start + cluster->config().health->interval)) co_return {};
  }
}

Task<Result<void>> follow_names(std::shared_ptr<ClusterState> cluster, Resolver* resolver) {
  do {
    (void)co_await cluster->resolve(*resolver, now() + std::chrono::seconds(5));
  } while (co_await wait_unless_retired(*cluster, now() + kLookUpEvery));
  co_return {};
}

}  // namespace banyan
