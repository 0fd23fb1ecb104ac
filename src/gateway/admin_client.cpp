#include "gateway/admin_client.h"

#include "config/gateway_config.h"
#include "gateway/admin.h"
#include "gateway/socket_address.h"
#include "http1/client.h"
#include "json/parse.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

struct Question {
  SocketAddress address;
  std::string target;
  std::string token;
  Duration timeout;
  std::optional<std::string> body = {};  // of a POST
  AdminSink* sink = nullptr;             // null: the answer is kept whole
  bool streaming = false;                // it has begun
  Result<std::string> answer = std::string();
};

// The sentence of an answer that is an error.
Error refusal(int status, const std::string& body) {
  const auto document = json::parse(body);
  const std::optional<std::string_view> sentence =
      document.ok() ? document->root()["error"].to_string() : std::optional<std::string_view>();
  const std::string text = sentence ? std::string(*sentence) : "the gateway answered " + std::to_string(status);
  return Error(status == 404   ? ErrorCode::kNotFound
               : status == 409 ? ErrorCode::kFailedPrecondition
               : status == 400 ? ErrorCode::kInvalidArgument
                               : ErrorCode::kUnavailable,
               text);
}

Task<Result<std::string>> hand_on(BodySource& body, AdminSink& sink) {
  for (;;) {
    const BodyFrame frame = co_await try_(body.next());
    if (frame.kind == BodyFrame::Kind::kEnd || !sink.take(frame.data)) co_return std::string();
  }
}

Task<Result<std::string>> exchange(Http1Upstream& upstream, Question& question) {
  Fields fields;
  fields.add_copy(FieldId::kHost, "localhost");
  fields.add_copy(FieldId::kAuthorization, "Bearer " + question.token);
  UpstreamRequest request;
  StringBody body(question.body ? std::string_view(*question.body) : std::string_view());
  if (question.body) {
    request.method = Method::kPost;
    request.body = &body;
  }
  request.method_name = question.body ? "POST" : "GET";
  request.target = question.target;
  request.fields = &fields;
  auto answer = co_await upstream.send(request);
  if (!answer.ok()) co_return std::move(answer.failure().error);
  const int status = (*answer)->head().status;
  if (question.sink != nullptr && status == 200) {
    question.streaming = true;
    co_return co_await hand_on((*answer)->body(), *question.sink);
  }
  std::string text = co_await try_(read_all((*answer)->body(), 64 << 20));
  if (status == 401) co_return Error(ErrorCode::kPermissionDenied, "the gateway does not take this token");
  if (status != 200) co_return refusal(status, text);
  co_return text;
}

Task<int> ask(Question* question) {
  MemoryBudget memory;
  Http1Upstream upstream(question->address, memory, {.io_timeout = question->timeout});
  question->answer = co_await with_timeout(question->timeout, exchange(upstream, *question));
  co_return 0;
}

}  // namespace

namespace {

bool is_said_by_gateway(ErrorCode code) {
  return code == ErrorCode::kPermissionDenied || code == ErrorCode::kNotFound ||
         code == ErrorCode::kFailedPrecondition || code == ErrorCode::kInvalidArgument;
}

Result<std::string> ask_or_post(const std::string& config_path, Question question) {
  const LoadedConfig loaded = load_gateway_config(config_path);
  if (!loaded.ok()) {
    return Error(ErrorCode::kInvalidArgument,
                 config_path + " has mistakes; run `banyan check -c " + config_path + "` to see them");
  }
  if (!loaded.config.admin) {
    return Error(ErrorCode::kInvalidArgument, config_path + " has no `admin` section, so the gateway has no admin API");
  }
  BANYAN_TRY(question.token, read_token(loaded.config.admin->token_file));
  question.address = socket_address(loaded.config.admin->listen);
  RuntimeOptions options;
  options.workers = 1;
  // A sink may write to a slow disk, which holds up nobody else here.
  if (question.sink != nullptr) options.on_stall = [](const char*, std::uint64_t, Duration) {};
  run(options, ask(&question));
  if (question.streaming && !question.answer.ok() && question.answer.error().code() == ErrorCode::kDeadlineExceeded) {
    return std::string();
  }
  if (!question.answer.ok() && !is_said_by_gateway(question.answer.error().code())) {
    question.answer.error().add_context("no gateway answers at " + question.address.text());
  }
  return std::move(question.answer);
}

}  // namespace

Result<std::string> ask_admin(const std::string& config_path, const std::string& target, Duration timeout) {
  return ask_or_post(config_path, {.target = target, .timeout = timeout});
}

Result<void> stream_admin(const std::string& config_path, const std::string& target, Duration timeout,
                          AdminSink& sink) {
  BANYAN_TRY(const std::string rest, ask_or_post(config_path, {.target = target, .timeout = timeout, .sink = &sink}));
  (void)rest;
  return {};
}

Result<std::string> post_admin(const std::string& config_path, const std::string& target, std::string body) {
  return ask_or_post(config_path, {.target = target, .timeout = std::chrono::seconds(15), .body = std::move(body)});
}

}  // namespace banyan
