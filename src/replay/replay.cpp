#include "replay/replay.h"

#include <algorithm>
#include <charconv>

#include "cli/progress_bar.h"
#include "http1/client.h"
#include "net/resolver.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

struct Answer {
  std::vector<std::string> hosts;  // that stand in it for the service
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

ComparedAnswer compared(const Answer& answer) {
  ComparedAnswer views{.status = answer.status, .headers = {}, .body = answer.body, .hosts = answer.hosts};
  for (const auto& [name, value] : answer.headers) views.headers.emplace_back(name, value);
  return views;
}

struct Side {
  const ReplaySide& named;
  Http1Upstream upstream;
};

// What the tasks of one replay share; all of them on one worker.
struct Run {
  CaptureReader& capture;
  const ReplayOptions& options;
  const AnswerComparer& comparer;
  ProgressBar bar;
  ReplayReport report = {};
  Side* old_side = nullptr;
  Side* new_side = nullptr;
  Result<void> outcome = {};
};

bool is_sent(const CapturedRequest& request, bool unsafe) {
  const Method method = method_from_name(request.method);
  if (method == Method::kConnect) return false;
  return unsafe || method == Method::kGet || method == Method::kHead || method == Method::kOptions;
}

Task<Result<Answer>> ask(Side& side, const CapturedRequest& captured, std::size_t body_bytes_max) {
  Fields fields;
  fields.add_copy(FieldId::kHost, side.named.authority);
  for (const auto& [name, value] : captured.headers)
    (void)fields.add_copy(name, value);  // a token: the reader saw to it
  const std::string target = side.named.base_path + captured.path;
  StringBody body(captured.body);
  UpstreamRequest request;
  request.method = method_from_name(captured.method);
  request.method_name = captured.method;
  request.target = target;
  request.fields = &fields;
  if (!captured.body.empty() || !is_safe(request.method)) request.body = &body;
  auto sent = co_await side.upstream.send(request);
  if (!sent.ok()) co_return std::move(sent.failure().error);
  Answer answer{.hosts = {side.named.authority}};
  answer.status = (*sent)->head().status;
  for (const Fields::Entry& field : (*sent)->head().fields) answer.headers.emplace_back(field.name, field.value);
  answer.body = co_await try_(read_all((*sent)->body(), body_bytes_max));
  co_return answer;
}

Task<void> replay_one(Run& run, const CapturedRequest& request) {
  const std::size_t bytes_max = run.options.answers.body_bytes_max;
  if (request.masked) run.report.add_masked();
  const Result<Answer> old_answer = co_await with_timeout(run.options.timeout, ask(*run.old_side, request, bytes_max));
  const Result<Answer> new_answer = co_await with_timeout(run.options.timeout, ask(*run.new_side, request, bytes_max));
  if (!old_answer.ok() || !new_answer.ok()) {
    const Result<Answer>& failed = old_answer.ok() ? new_answer : old_answer;
    run.report.add_failed(request, (old_answer.ok() ? "new side: " : "old side: ") + failed.error().text());
    co_return;
  }
  const AnswerComparison comparison = run.comparer.compare(compared(*old_answer), compared(*new_answer));
  if (comparison.complete || !comparison.differences.empty()) {
    run.report.add_compared(request, comparison);
  } else {
    run.report.add_failed(request, "too large to be compared whole");
  }
}

Task<Result<void>> replay_lane(Run& run) {
  for (;;) {
    std::optional<CapturedRequest> request = co_await try_(run.capture.next());
    if (!request) co_return {};
    if (is_sent(*request, run.options.unsafe)) {
      co_await replay_one(run, *request);
    } else {
      run.report.add_skipped();
    }
    run.bar.update(run.capture.done());
  }
}

Task<Result<void>> replay_all(Run& run) {
  const ReplaySide& old_side = run.options.old_side;
  const ReplaySide& new_side = run.options.new_side;
  Resolver resolver;
  const auto old_found = co_await try_(resolver.resolve(old_side.host, old_side.port));
  const auto new_found = co_await try_(resolver.resolve(new_side.host, new_side.port));
  MemoryBudget memory;
  Http1ClientOptions client;
  client.io_timeout = run.options.timeout;
  Side old_one{old_side, {old_found.front(), memory, client}};
  Side new_one{new_side, {new_found.front(), memory, client}};
  run.old_side = &old_one;
  run.new_side = &new_one;
  co_return co_await with_scope(&run, [](Scope& scope, Run*& shared) -> Task<Result<void>> {
    for (unsigned i = 0; i < shared->options.concurrency; ++i) scope.spawn_pinned("replay", replay_lane(*shared));
    co_return co_await scope.join();
  });
}

Task<int> replay_main(Run* run) {
  run->outcome = co_await replay_all(*run);
  co_return 0;
}

}  // namespace

Result<ReplaySide> parse_replay_side(std::string_view url) {
  const std::string given(url);
  if (url.starts_with("https://")) {
    return Error(ErrorCode::kUnsupported, given + ": only http is spoken here; name the service behind its TLS");
  }
  const Error wrong(ErrorCode::kInvalidArgument, given + " is not of the form http://HOST[:PORT][/BASE]");
  if (!url.starts_with("http://")) return wrong;
  url.remove_prefix(7);
  const std::string_view authority = url.substr(0, url.find('/'));
  std::string_view base = url.substr(authority.size());
  while (base.ends_with('/')) base.remove_suffix(1);
  const auto refused = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '?' || c == '#' || c == '@';
  };
  if (authority.empty() || std::any_of(url.begin(), url.end(), refused)) return wrong;
  ReplaySide side{.authority = std::string(authority), .base_path = std::string(base)};
  const std::size_t colon = authority.rfind(':');
  std::string_view host = authority;
  if (colon != std::string_view::npos && !authority.ends_with(']')) {
    host = authority.substr(0, colon);
    const std::string_view port = authority.substr(colon + 1);
    const auto read = std::from_chars(port.data(), port.data() + port.size(), side.port);
    if (read.ec != std::errc() || read.ptr != port.data() + port.size() || side.port == 0) return wrong;
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return wrong;
  side.host = host;
  return side;
}

Result<ReplayReport> replay(CaptureReader& capture, const ReplayOptions& options) {
  BANYAN_TRY(const AnswerComparer comparer, AnswerComparer::open(options.answers));
  Run shared{capture, options, comparer, ProgressBar("replaying", capture.total())};
  shared.report.add_skipped(capture.elsewhere());
  RuntimeOptions runtime;
  runtime.workers = 1;
  runtime.on_stall = [](const char*, std::uint64_t, Duration) {};  // comparing large answers may take a while
  run(runtime, replay_main(&shared));
  BANYAN_TRY_VOID(std::move(shared.outcome));
  return std::move(shared.report);
}

}  // namespace banyan
