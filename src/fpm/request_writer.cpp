#include "fpm/request_writer.h"

#include "fastcgi/params.h"
#include "fastcgi/record.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

using fastcgi::RecordType;

constexpr std::uint16_t kRequestId = 1;  // one request at a time

// The empty record that ends the body's stream.
constexpr std::string_view kEndOfBody{"\1\5\0\1\0\0\0\0", fastcgi::kRecordHeaderBytes};

std::string_view version_text(HttpVersion version) { return version == HttpVersion::k10 ? "HTTP/1.0" : "HTTP/1.1"; }

}  // namespace

void FpmRequestWriter::write_head(const UpstreamRequest& request, std::optional<std::uint64_t> length) {
  const RequestHead& head = *request.head;
  const std::string remote = request.peer->host();
  const std::string server = request.local->host();
  fastcgi::ParamsSource source;
  source.method = request.method_name;
  source.request_uri = request.target;
  source.query = head.query;
  source.document_root = pool_.options().root;
  source.script_name = request.script_name;
  source.path_info = request.path_info;
  source.server_protocol = version_text(head.version);
  source.https = request.secure;
  source.content_length = length;
  source.remote_address = remote;
  source.remote_port = request.peer->port;
  source.server_address = server;
  source.server_port = request.local->port;
  source.server_name = head.host;
  source.fields = request.fields;
  std::string& out = connection_.out;
  out.clear();
  fastcgi::append_begin_request(out, kRequestId, {.keep_connection = true});
  fastcgi::append_params_stream(out, kRequestId, source, pool_.extra_params());
}

void FpmRequestWriter::add(std::string_view bytes) {
  parts_[count_++] = {const_cast<char*>(bytes.data()), bytes.size()};
}

Result<void> FpmRequestWriter::take_frame(const BodyFrame& frame) {
  if (frame.kind == BodyFrame::Kind::kEnd || frame.data.size() > left_) {
    return Error(ErrorCode::kDataLoss, "the request's body has another length than was announced");
  }
  left_ -= frame.data.size();
  frame_ = frame.data;
  add_frame();
  return {};
}

// As much of the frame as one write has room for.
void FpmRequestWriter::add_frame() {
  while (!frame_.empty() && !full()) {
    const std::string_view content = frame_.substr(0, fastcgi::kContentBytesMax);
    auto& header = headers_[headers_used_++];
    header = fastcgi::encode({RecordType::kStdin, kRequestId, static_cast<std::uint16_t>(content.size()), 0});
    add({header.data(), header.size()});
    add(content);
    frame_.remove_prefix(content.size());
  }
}

Task<Result<void>> FpmRequestWriter::send(const UpstreamRequest& request, BodySource* body,
                                          std::optional<std::uint64_t> length) {
  write_head(request, length);
  if (body != nullptr && length.value_or(0) > 0) {
    left_ = *length;
    add(connection_.out);
    co_return co_await send_body(*body);
  }
  connection_.out.append(kEndOfBody);
  co_return co_await connection_.stream.write(connection_.out, now() + pool_.options().io_timeout);
}

Task<Result<void>> FpmRequestWriter::send_body(BodySource& body) {
  for (;;) {
    BodyFrame frame;
    Result<void> taken;
    while (taken.ok() && left_ > 0 && !full() && body.try_next(&frame)) taken = take_frame(frame);
    if (taken.ok() && left_ > 0 && count_ == 0) {
      Result<BodyFrame> next = co_await body.next();
      taken = next.ok() ? take_frame(*next) : Result<void>(std::move(next).error());
    }
    if (!taken.ok()) {
      body_failed_ = true;
      co_return taken;
    }
    const bool whole = left_ == 0 && frame_.empty();
    if (whole) add(kEndOfBody);
    co_await try_(co_await connection_.stream.write(std::span<const iovec>(parts_.data(), count_),
                                                    now() + pool_.options().io_timeout));
    if (whole) co_return {};
    count_ = headers_used_ = 0;
    add_frame();
  }
}

}  // namespace banyan
