// For tests: a request made of texts, sent by an FpmUpstream, and its answer read to the end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exchange/body.h"
#include "exchange/upstream.h"
#include "fpm/fpm_upstream.h"
#include "http/method.h"

namespace banyan {

struct FpmQuestion {
  std::string target = "/app.php";
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> fields = {};
  std::optional<std::string> body = std::nullopt;
  bool length_known = true;
  bool at_once = true;  // the body is here with the head; else it comes piece by piece
  std::string path_info = {};
};

struct FpmReply {
  int status = 0;
  std::string body;
  std::vector<std::string> fields;
  std::optional<std::uint64_t> length;  // as the answer announced it
  std::optional<Error> failure;         // before the head
  bool request_sent = false;
  std::optional<Error> broke_off;  // in the body

  std::string text() const {
    if (failure) return "failure: " + failure->text();
    return std::to_string(status) + " " + body + (broke_off ? " broke off: " + broke_off->text() : "");
  }
};

// A body in pieces that come one at a time.
class PiecewiseBody final : public BodySource {
 public:
  PiecewiseBody(std::string_view text, bool length_known) : rest_(text), length_known_(length_known) {}
  Task<Result<BodyFrame>> next() override {
    const std::string_view data = rest_.substr(0, 10000);
    rest_.remove_prefix(data.size());
    if (data.empty()) co_return BodyFrame{};
    co_return BodyFrame{BodyFrame::Kind::kData, data, nullptr};
  }
  std::optional<std::uint64_t> bytes_left() const override {
    if (!length_known_) return std::nullopt;
    return rest_.size();
  }

 private:
  std::string_view rest_;
  bool length_known_;
};

// What an UpstreamRequest refers to.
class FpmRequestTexts {
 public:
  explicit FpmRequestTexts(FpmQuestion question) : question_(std::move(question)) {
    const std::size_t mark = question_.target.find('?');
    head_.method = method_from_name(question_.method);
    head_.target = question_.target;
    head_.path = head_.target.substr(0, mark);
    if (mark != std::string::npos) head_.query = head_.target.substr(mark + 1);
    head_.host = "site.example";
    fields_.add_copy(FieldId::kHost, "site.example");
    for (const auto& [name, value] : question_.fields) (void)fields_.add_copy(name, value);
    peer_ = *SocketAddress::parse("192.0.2.7:4711");
    local_ = *SocketAddress::parse("127.0.0.1:8080");
    request_.method = head_.method;
    request_.method_name = question_.method;
    request_.target = question_.target;
    request_.fields = &fields_;
    request_.script_name = "/app.php";
    request_.path_info = question_.path_info;
    request_.head = &head_;
    request_.peer = &peer_;
    request_.local = &local_;
    if (!question_.body) return;
    if (question_.length_known && question_.at_once) {
      body_ = std::make_unique<StringBody>(*question_.body);
    } else {
      body_ = std::make_unique<PiecewiseBody>(*question_.body, question_.length_known);
    }
    request_.body = body_.get();
  }
  UpstreamRequest& request() { return request_; }

 private:
  FpmQuestion question_;
  RequestHead head_;
  Fields fields_;
  SocketAddress peer_;
  SocketAddress local_;
  std::unique_ptr<BodySource> body_;
  UpstreamRequest request_;
};

inline Task<FpmReply> ask(Upstream& upstream, FpmQuestion question) {
  FpmReply reply;
  FpmRequestTexts texts(std::move(question));
  auto answer = co_await upstream.send(texts.request());
  if (!answer.ok()) {
    reply.failure = answer.failure().error;
    reply.request_sent = answer.failure().request_sent;
    co_return reply;
  }
  reply.status = (*answer)->head().status;
  reply.length = (*answer)->body().bytes_left();
  for (const Fields::Entry& field : (*answer)->head().fields) {
    reply.fields.push_back(std::string(field.name) + ": " + std::string(field.value));
  }
  Result<std::string> body = std::string();
  for (;;) {
    BodyFrame frame;
    if (!(*answer)->body().try_next(&frame)) {
      Result<BodyFrame> next = co_await (*answer)->body().next();
      if (!next.ok()) {
        reply.broke_off = next.error();
        break;
      }
      frame = *next;
    }
    if (frame.kind == BodyFrame::Kind::kEnd) break;
    reply.body += frame.data;
  }
  co_return reply;
}

}  // namespace banyan
