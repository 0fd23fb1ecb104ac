#include "gateway/copied_exchange.h"
#include "gateway/filtered_exchange.h"
#include "gateway/gateway_request.h"
#include "gateway/upstream_question.h"
#include "http/target.h"
#include "runtime/runtime.h"

namespace banyan {
struct GatewayWorker::Again {
  explicit Again(Request& request) : exchange(request.exchange) {}
  CopiedExchange exchange;
  RequestState state;
  std::size_t position = 0;
  Task<void> (*work)(FilterCall&, FilterNext, std::shared_ptr<void>) = nullptr;
  std::shared_ptr<void> work_state;
};

// `request` answers the client; the route answers through `inner`, and what it notes there is noted in `request` too
// once it has ended.
class GatewayWorker::Filters final : public FilterHost {
 public:
  Filters(GatewayWorker& worker, Request& request)
      : worker_(worker),
        request_(request),
        call_(request.exchange, request.route->filters, context_, *this),
        filtered_(call_, &run_route, this),
        inner_(filtered_, std::move(request)) {
    inner_.follow_colour();
    inner_.filter_context = &context_;
    context_.client = inner_.client.address;
    context_.given_colour = inner_.given_colour;
    context_.colour = inner_.colour;
    context_.route = inner_.route->config->id;
    context_.request_id = inner_.request_id;
    context_.trace = inner_.trace;
    context_.worker = worker.index_;
    context_.authorized = request.exchange.head().fields.has(FieldId::kAuthorization);
  }

  Task<void> run() {
    co_await filtered_.run();
    finish();
  }
  Task<void> run(Again& job) {
    co_await job.work(call_, FilterNext(call_, job.position), std::move(job.work_state));
    co_await filtered_.send();
    finish();
  }

  Task<Result<UpstreamReply>> ask(UpstreamQuestion& question) override {
    const auto& clusters = inner_.snapshot->clusters;
    std::size_t index = 0;
    while (index < clusters.size() && clusters[index].config->name != question.cluster) ++index;
    BANYAN_CHECK(index < clusters.size());  // the filter's check has seen to it
    return ask_cluster(worker_.clusters_[index], question, request_.exchange);
  }

  std::string_view split_target() override {
    if (split_target_name(0).empty()) return {};
    if (!inner_.choice) worker_.choose(inner_, path());
    context_.colour = inner_.colour;
    return split_target_name(*inner_.choice);
  }

  std::string_view split_target_name(std::size_t index) const override {
    const std::vector<SplitConfig>& split = inner_.route->config->split;
    if (split.size() < 2 || index >= split.size()) return {};
    return split[index].colour_name();
  }

  bool again(const FilterNext& next, Task<void> (*work)(FilterCall&, FilterNext, std::shared_ptr<void>),
             std::shared_ptr<void> state) override {
    if (worker_.again_under_way_ >= kAgainUnderWayMax) return false;
    auto job = std::make_unique<Again>(request_);
    job->state.snapshot = inner_.snapshot;
    job->state.route = inner_.route;
    job->state.client = inner_.client;
    job->state.given_colour = inner_.given_colour;
    job->state.choice = inner_.choice;
    if (inner_.given_colour.empty()) job->state.colour = inner_.colour;
    job->state.trace = inner_.trace;
    job->state.request_id = inner_.request_id;
    job->state.target = inner_.target;
    if (!call_.authorized()) job->state.last_good_key = inner_.last_good_key;
    job->position = next.position();
    job->work = work;
    job->work_state = std::move(state);
    ++worker_.again_under_way_;
    go_pinned("filter again", worker_.run_again(std::move(job)));
    return true;
  }

 private:
  static constexpr std::size_t kAgainUnderWayMax = 64;

  static Task<void> run_route(void* self) {
    Filters& filters = *static_cast<Filters*>(self);
    filters.route_asked_ = true;
    // What it is answered is for one client alone, whatever the field was by which that showed who it is.
    if (filters.call_.authorized()) filters.inner_.last_good_key.clear();
    return filters.worker_.answer_route(filters.inner_, filters.path());
  }
  std::string_view path() {
    const RequestHead& head = inner_.exchange.head();
    const auto normal = normalize_path(head.path, PathForm::kRouting, path_);
    return normal ? *normal : head.path;
  }
  void finish() {
    static_cast<RequestState&>(request_) = std::move(inner_);
    request_.follow_colour();
    if (!route_asked_) request_.choice.reset();  // what a filter answered is no target's
    request_.filter_context = nullptr;
    request_.cache = call_.cache_note();
    request_.filtered_by = call_.answered_by();
    if (request_.filtered_by != nullptr) (*request_.filtered_by->answered)[worker_.index_].add();
  }

  GatewayWorker& worker_;
  Request& request_;
  FilterContext context_;
  std::string path_;  // normal, where it did not come so
  bool route_asked_ = false;
  FilterCall call_;
  FilteredExchange filtered_;
  Request inner_;
};

Task<void> GatewayWorker::run_filters(Request& request) {
  Filters filters(*this, request);
  co_await filters.run();
}

Task<void> GatewayWorker::run_again(std::unique_ptr<Again> job) {
  {
    Request request(job->exchange, std::move(job->state));
    RequestsUnderWay::Entry under_way(under_way_, job->exchange);
    request.under_way = &under_way;
    Filters filters(*this, request);
    co_await filters.run(*job);
    if (request.mirror != nullptr) start_mirror(request);
  }
  --again_under_way_;
}

}  // namespace banyan
