#include "gateway/mirror.h"

#include <algorithm>
#include <thread>

#include "json/parse.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

bool is_json(std::string_view type) {
  return type.starts_with("application/json") || type.find("+json") != std::string_view::npos;
}

}  // namespace

BlockingPool& comparison_pool() {
  static const unsigned threads = std::max(std::thread::hardware_concurrency() / 2, 1U);
  static BlockingPool& pool = make_blocking_pool("banyan-compare", threads, threads + kComparisonsWaitingMax);
  return pool;
}

void MirrorJob::set_target(std::string text) {
  target = std::move(text);
  head.target = target;
  const std::size_t question = head.target.find('?');
  head.path = head.target.substr(0, question);
  head.query = question == head.target.npos ? std::string_view() : head.target.substr(question + 1);
}

Task<Result<MirrorAnswer>> ask_copy(const MirrorJob& job, CopyTarget target) {
  TimePoint start = now();
  StringBody body(job.body);
  UpstreamRequest request;
  request.method = job.method;
  request.method_name = job.method_name;
  request.target = job.target;
  Fields fields;  // of this attempt: connections may add to them
  fields.copy_from(job.fields);
  request.fields = &fields;
  request.colour = job.colour;
  request.body = job.has_body ? &body : nullptr;
  request.script_name = target.script_name;
  request.path_info = target.path_info;
  request.head = &job.head;
  request.peer = &job.peer;
  request.local = &job.local;
  request.secure = job.secure;
  request.yields = true;
  request.handed_over = &start;
  SendReport report;
  WorkerCluster::Sent sent = co_await target.cluster.send(request, {}, &report);
  if (report.refused) co_return Error(ErrorCode::kFailedPrecondition, "the breaker is open");
  if (!sent.ok()) co_return std::move(sent.failure().error);
  MirrorAnswer answer;
  answer.status = (*sent)->head().status;
  answer.content_type = (*sent)->head().fields.value(FieldId::kContentType);
  answer.took = now() - start;
  if (job.route->migration != nullptr) {
    for (const Fields::Entry& entry : (*sent)->head().fields) answer.headers.emplace_back(entry.name, entry.value);
  }
  Result<std::string> whole = co_await read_all((*sent)->body(), kMirrorAnswerBytesMax);
  answer.too_long = !whole.ok() && whole.error().code() == ErrorCode::kResourceExhausted;
  if (!answer.too_long) answer.body = co_await try_(std::move(whole));
  co_return answer;
}

bool answers_agree(const json::Comparer& comparer, const MirrorAnswer& left, const MirrorAnswer& right) {
  const bool both_json = is_json(left.content_type);
  if (left.status != right.status || both_json != is_json(right.content_type)) return false;
  if (!both_json) return true;
  const auto left_document = json::parse(left.body);
  const auto right_document = json::parse(right.body);
  if (!left_document.ok() || !right_document.ok()) return left.body == right.body;
  return comparer.compare(left_document->root(), right_document->root()).equal();
}

Task<void> run_mirror(std::unique_ptr<MirrorJob> job, std::shared_ptr<unsigned> under_way) {
  MirrorCounts& counters = job->route->stats->mirror(job->worker);
  counters.sent.add();
  Result<MirrorAnswer> answer = co_await with_timeout(
      job->route->config->mirror->timeout, ask_copy(*job, {*job->cluster, job->script_name, job->path_info}));
  if (!answer.ok()) {
    const ErrorCode code = answer.error().code();
    const bool not_compared = code == ErrorCode::kResourceExhausted || code == ErrorCode::kFailedPrecondition;
    (not_compared ? counters.dropped : counters.errors).add();
  } else if (answer->too_long) {
    counters.dropped.add();
  } else {
    // A long comparison is kept off the worker, where it would hold up other requests.
    const auto compare = [&] { return answers_agree(*job->route->comparer, job->answered, *answer); };
    const bool small = job->answered.body.size() + answer->body.size() < 16 * 1024;
    const std::optional<bool> agree = small ? compare() : co_await blocking_on(comparison_pool(), compare);
    (agree ? counters.compared : counters.dropped).add();
    if (agree == false) counters.different.add();
  }
  --*under_way;
}

}  // namespace banyan
