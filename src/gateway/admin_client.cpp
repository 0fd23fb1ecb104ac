#include "gateway/admin_client.h"

#include "config/gateway_config.h"
#include "gateway/admin.h"
#include "gateway/socket_address.h"
#include "http1/client.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

Task<Result<std::string>> get(Http1Upstream& upstream, std::string target, std::string token) {
  Fields fields;
  fields.add_copy(FieldId::kHost, "localhost");
  fields.add_copy(FieldId::kAuthorization, "Bearer " + token);
  UpstreamRequest request;
  request.method_name = "GET";
  request.target = target;
  request.fields = &fields;
  auto answer = co_await upstream.send(request);
  if (!answer.ok()) co_return std::move(answer.failure().error);
  const int status = (*answer)->head().status;
  std::string body = co_await try_(read_all((*answer)->body(), 64 << 20));
  if (status == 401) co_return Error(ErrorCode::kPermissionDenied, "the gateway does not take this token");
  if (status != 200) co_return Error(ErrorCode::kUnavailable, "the gateway answered " + std::to_string(status));
  co_return body;
}

struct Question {
  SocketAddress address;
  std::string target;
  std::string token;
  Duration timeout;
  Result<std::string> answer = std::string();
};

Task<int> ask(Question* question) {
  MemoryBudget memory;
  Http1Upstream upstream(question->address, memory, {.io_timeout = question->timeout});
  question->answer = co_await with_timeout(question->timeout, get(upstream, question->target, question->token));
  co_return 0;
}

}  // namespace

Result<std::string> ask_admin(const std::string& config_path, const std::string& target, Duration timeout) {
  const LoadedConfig loaded = load_gateway_config(config_path);
  if (!loaded.ok()) {
    return Error(ErrorCode::kInvalidArgument,
                 config_path + " has mistakes; run `banyan check -c " + config_path + "` to see them");
  }
  if (!loaded.config.admin) {
    return Error(ErrorCode::kInvalidArgument, config_path + " has no `admin` section, so the gateway has no admin API");
  }
  BANYAN_TRY(std::string token, read_token(loaded.config.admin->token_file));
  Question question{socket_address(loaded.config.admin->listen), target, std::move(token), timeout};
  RuntimeOptions options;
  options.workers = 1;
  run(options, ask(&question));
  if (!question.answer.ok() && question.answer.error().code() != ErrorCode::kPermissionDenied) {
    question.answer.error().add_context("no gateway answers at " + question.address.text());
  }
  return std::move(question.answer);
}

}  // namespace banyan
