#include "gateway/upstream_question.h"

namespace banyan {

Task<Result<UpstreamReply>> ask_cluster(std::shared_ptr<WorkerCluster> cluster, UpstreamQuestion& question,
                                        const Exchange& client) {
  StringBody body(question.body);
  UpstreamRequest request;
  request.method = method_from_name(question.method);
  request.method_name = question.method;
  request.target = question.target;
  request.fields = &question.fields;
  request.body = question.body.empty() ? nullptr : &body;
  request.peer = &client.peer();
  request.local = &client.local();
  request.secure = client.secure();
  SendReport report;
  WorkerCluster::Sent sent = co_await cluster->send(request, {}, &report);
  if (!sent.ok()) co_return std::move(sent.failure().error);
  UpstreamReply reply;
  reply.status = (*sent)->head().status;
  reply.fields.copy_from((*sent)->head().fields);
  reply.body = co_await try_(read_all((*sent)->body(), question.reply_bytes_max));
  co_return reply;
}

}  // namespace banyan
