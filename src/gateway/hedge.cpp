#include "gateway/hedge.h"

#include "gateway/attempts.h"
#include "runtime/channel.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using Sent = WorkerCluster::Sent;

struct Race {
  Attempts* first;
  UpstreamRequest* request;
  const SendOptions* options;
  SendReport* report;
  SendReport second_report;
  std::unique_ptr<UpstreamRequest> second_request;
  std::optional<Attempts> second;
  std::optional<Sent> results[2];
  Channel<std::size_t> ended{2};
};

std::unique_ptr<UpstreamRequest> copy_of(const UpstreamRequest& request) {
  auto copy = std::make_unique<UpstreamRequest>();
  copy->method = request.method;
  copy->method_name = request.method_name;
  copy->target = request.target;
  copy->fields = request.fields;
  copy->colour = request.colour;
  copy->read_timeout = request.read_timeout;
  copy->script_name = request.script_name;
  copy->path_info = request.path_info;
  copy->head = request.head;
  copy->peer = request.peer;
  copy->local = request.local;
  copy->secure = request.secure;
  copy->safe = request.safe;
  return copy;
}

Task<Result<void>> run_one(Race* race, std::size_t which) {
  race->results[which].emplace(co_await (which == 0 ? *race->first : *race->second).run());
  (void)race->ended.try_send(which);
  co_return {};
}

bool answered(Race& race, std::size_t which) { return race.results[which] && race.results[which]->ok(); }

// False: there is no other endpoint, or no budget.
bool start_second(Race& race) {
  race.second_request = copy_of(*race.request);
  race.second.emplace(*race.first, *race.second_request, race.second_report);
  return race.second->take_hedge();
}

Task<Result<void>> race_them(Scope& scope, Race*& race) {
  scope.spawn_pinned("request", run_one(race, 0));
  const auto early = co_await race->ended.receive(now() + race->options->hedge_after);
  if (early.ok() || early.error().code() != ErrorCode::kDeadlineExceeded) co_return {};
  std::size_t running = 1;
  if (start_second(*race)) {
    scope.spawn_pinned("hedge", run_one(race, 1));
    ++running;
  }
  for (; running > 0; --running) {
    const auto next = co_await race->ended.receive();
    if (!next.ok() || answered(*race, **next)) co_return {};
  }
  co_return {};
}

}  // namespace

bool may_be_hedged(const UpstreamRequest& request, const SendOptions& options) {
  return options.hedge_after > Duration{} && request.body == nullptr && request.upgrade.empty() && request.repeatable();
}

Task<Sent> run_hedged(Attempts& first, UpstreamRequest& request, const SendOptions& options, SendReport& report) {
  request.interim_to = nullptr;  // two servers' would be mixed
  Race race{&first, &request, &options, &report};
  (void)co_await with_scope(&race, [](Scope& scope, Race*& one) { return race_them(scope, one); });
  // A first attempt that was interrupted has a result too: the error it ended with.
  if (answered(race, 1) && !answered(race, 0)) {
    race.second_report.attempts += report.attempts;
    race.second_report.request = std::move(race.second_request);
    report = std::move(race.second_report);
    co_return std::move(*race.results[1]);
  }
  report.attempts += race.second_report.attempts;
  co_return std::move(*race.results[0]);
}

}  // namespace banyan
