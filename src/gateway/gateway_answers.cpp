#include <algorithm>

#include "gateway/gateway_request.h"
#include "gateway/watched_body.h"
#include "http/grpc.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

constexpr std::string_view kMethods = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS";

int status_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kDeadlineExceeded:
      return 504;
    case ErrorCode::kResourceExhausted:
    case ErrorCode::kCancelled:  // at the end of draining
      return 503;
    default:
      return 502;
  }
}

int status_of_body(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kResourceExhausted:
      return 413;
    case ErrorCode::kDeadlineExceeded:
      return 408;
    default:
      return 400;
  }
}

}  // namespace

void GatewayWorker::abandon(Request& request) {
  request.error = "the client left before it was answered";
  if (!note_abandoned(request)) drop_mirror(request);
  request.exchange.abort();
}

Task<void> GatewayWorker::answer_failure(Request& request, const Error& error, const std::optional<Error>& body_error) {
  request.error = error.text();
  // That a side failed is compared too, where the route migrates; not what the client or the gateway's end caused.
  const bool is_outcome = request.route->migration != nullptr && !body_error && error.code() != ErrorCode::kCancelled;
  if (!is_outcome) drop_mirror(request);
  if (request.slot != nullptr && !body_error) request.slot->failed(error.code());
  if (body_error) {
    request.error = "request body: " + body_error->text();
    co_await answer_error(request, status_of_body(*body_error), body_error->message());
    co_return;
  }
  const int status = request.report.refused ? 503 : status_of(error);
  co_await answer_error(request, status,
                        error.code() == ErrorCode::kCancelled ? "The gateway is ending"
                        : status == 504                       ? "The service behind the gateway took too long to answer"
                        : status == 503 ? "The service behind the gateway has no room for this request"
                                        : "The service behind the gateway could not answer");
}

Task<void> GatewayWorker::pass_on(Request& request, std::unique_ptr<UpstreamAnswer> answer) {
  ResponseHead& head = answer->head();
  if (request.slot != nullptr) request.slot->answered(head.status);
  if (!request.colour.empty()) request.snapshot->colours->put_in_answer(request.colour, head.fields);
  if (head.status == 101) {
    co_await run_tunnel(request, *answer);
    co_return;
  }
  head.fields.set_copy(FieldId::kXRequestId, request.request_id);
  const bool keep = !request.last_good_key.empty() && request.fell_back.empty() && may_be_kept(head) &&
                    state_.last_good.wants(request.last_good_key, now());
  if (keep || request.mirror != nullptr) {
    co_await pass_on_copied(request, *answer, keep);
    co_return;
  }
  const Migration* migration = request.route->migration.get();
  std::optional<WatchedBody> watched;
  if (migration != nullptr && !migration->policy.compared) watched.emplace(answer->body());
  BodySource& body = watched ? static_cast<BodySource&>(*watched) : answer->body();
  const Result<void> sent = co_await request.exchange.respond_stream(head.status, head.fields, body);
  if (!sent.ok()) request.error = request.client_left() ? "the client left" : sent.error().text();
  if (watched) (void)note_unfinished(request, head.status, watched->failed());
}

// The same with a copy of the answer, for the mirror to be compared with or to stand in later.
Task<void> GatewayWorker::pass_on_copied(Request& request, UpstreamAnswer& answer, bool keep) {
  ResponseHead& head = answer.head();
  WatchedBody body(answer.body());
  TeeBody tee(body, request.mirror != nullptr ? kMirrorAnswerBytesMax : LastGoodStore::kAnswerBytesMax);
  GoodAnswer good;
  if (keep) good = good_answer_of(head, now());
  if (request.mirror != nullptr) {
    request.mirror->answered.status = head.status;
    request.mirror->answered.content_type = head.fields.value(FieldId::kContentType);
  }
  const Result<void> sent = co_await request.exchange.respond_stream(head.status, head.fields, tee);
  if (!sent.ok()) request.error = request.client_left() ? "the client left" : sent.error().text();
  const bool whole = tee.complete();
  std::string copy = tee.take_copy();
  if (keep && whole && copy.size() <= LastGoodStore::kAnswerBytesMax) {
    good.body = copy;
    state_.last_good.put(request.last_good_key, std::move(good));
  }
  if (request.mirror == nullptr) co_return;
  if (whole || request.exchange.head().method == Method::kHead) {
    request.mirror->answered.body = std::move(copy);
  } else if (!note_unfinished(request, head.status, body.failed())) {
    tee.overflowed() ? drop_too_long(request) : drop_mirror(request);
  }
}

// The text of the configuration, or the last good answer. False: there is none.
Task<bool> GatewayWorker::answer_fallback(Request& request) {
  const FallbackConfig& fallback = *request.route->config->fallback;
  Fields fields;
  if (!request.colour.empty()) request.snapshot->colours->put_in_answer(request.colour, fields);
  if (fallback.status != 0) {
    fields.add_copy(FieldId::kContentType, fallback.content_type);
    if (!request.request_id.empty()) fields.add_copy(FieldId::kXRequestId, request.request_id);
    (void)co_await request.exchange.respond(static_cast<int>(fallback.status), fields, fallback.body);
    co_return true;
  }
  if (request.last_good_key.empty()) co_return false;
  const TimePoint time = now();
  const std::shared_ptr<const GoodAnswer> good = state_.last_good.find(request.last_good_key, fallback.last_good, time);
  if (good == nullptr) co_return false;
  for (const auto& [name, value] : good->fields) (void)fields.add_copy(name, value);
  fields.add_copy(FieldId::kAge, std::to_string((time - good->at) / std::chrono::seconds(1)));
  if (!request.request_id.empty()) fields.add_copy(FieldId::kXRequestId, request.request_id);
  (void)co_await request.exchange.respond(200, fields, good->body);
  co_return true;
}

namespace {

Task<Result<void>> pump(BodySource& from, Tunnel& to) {
  for (;;) {
    BodyFrame frame;
    if (!from.try_next(&frame)) frame = co_await try_(from.next());
    if (frame.kind == BodyFrame::Kind::kEnd) break;
    co_await try_(to.write(frame.data));
  }
  co_return co_await to.close_write();
}

struct TunnelPair {
  Tunnel* client;
  Tunnel* server;
};

}  // namespace

Task<void> GatewayWorker::run_tunnel(Request& request, UpstreamAnswer& answer) {
  request.under_way->watch(false);
  ResponseHead& head = answer.head();
  head.fields.set_copy(FieldId::kUpgrade, request.exchange.framing().upgrade);
  Result<Tunnel*> client = co_await request.exchange.upgrade(head.fields);
  if (!client.ok()) co_return;
  TunnelPair pair{*client, answer.tunnel()};
  (void)co_await with_scope(pair, [](Scope& scope, TunnelPair& both) -> Task<Result<void>> {
    scope.spawn_pinned("tunnel", pump(both.client->incoming(), *both.server));
    scope.spawn_pinned("tunnel", pump(both.server->incoming(), *both.client));
    co_return co_await scope.join();
  });
}

// Trailers alone, under 200: what clients of gRPC understand.
Task<void> GatewayWorker::answer_grpc_error(Request& request, int status, std::string_view why) {
  request.failed_status = status;
  Fields fields;
  fields.add_copy(FieldId::kContentType, "application/grpc");
  if (!request.request_id.empty()) fields.add_copy(FieldId::kXRequestId, request.request_id);
  (void)fields.add_copy("grpc-status", std::to_string(grpc_status_of(status)));
  (void)fields.add_copy("grpc-message", grpc_message(why));
  (void)co_await request.exchange.respond(200, fields, "");
}

// OPTIONS says what the gateway takes; TRACE would show what others have added to the request.
Task<void> GatewayWorker::answer_here(Request& request) {
  if (request.exchange.head().method == Method::kTrace) {
    co_await answer_error(request, 405, "TRACE is not served here");
    co_return;
  }
  Fields fields;
  fields.add_copy(FieldId::kAllow, kMethods);
  fields.add_copy(FieldId::kXRequestId, request.request_id);
  (void)co_await request.exchange.respond(204, fields, "");
}

Task<void> GatewayWorker::answer_error(Request& request, int status, std::string_view why) {
  if (request.error.empty()) request.error = why;
  if (is_grpc(request.exchange.head().fields)) {
    co_await answer_grpc_error(request, status, why);
    co_return;
  }
  Fields fields;
  fields.add_copy(FieldId::kContentType, "application/json");
  if (!request.request_id.empty()) fields.add_copy(FieldId::kXRequestId, request.request_id);
  if (!request.colour.empty()) request.snapshot->colours->put_in_answer(request.colour, fields);
  if (status == 405) fields.add_copy(FieldId::kAllow, kMethods);
  if (status == 503) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(request.report.retry_after).count();
    fields.add_copy(FieldId::kRetryAfter, std::to_string(std::max<std::int64_t>(seconds, 1)));
  }
  std::string body = "{\"error\":\"";
  for (char c : why) body += c == '"' || c == '\\' ? '\'' : c;
  body += "\"}\n";
  (void)co_await request.exchange.respond(status, fields, body);
}

}  // namespace banyan
