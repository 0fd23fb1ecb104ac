// An Exchange without a connection, for tests: the request is given, the answer is remembered.
#pragma once

#include <string>

#include "exchange/exchange.h"

namespace banyan {

class FakeClient final : public Exchange {
 public:
  explicit FakeClient(std::string_view path = "/", std::string_view body = "") : body_(body) {
    head_.method = Method::kGet;
    head_.method_name = "GET";
    head_.path = head_.target = path;
    if (!body.empty()) framing_.body = {BodyFraming::Kind::kLength, body.size()};
  }

  RequestHead& head() override { return head_; }
  const RequestFraming& framing() const override { return framing_; }
  BodySource& body() override { return body_; }
  const SocketAddress& peer() const override { return address_; }
  const SocketAddress& local() const override { return address_; }
  bool secure() const override { return false; }
  TimePoint started() const override { return {}; }
  Task<Result<void>> respond(int status, Fields& fields, std::string_view body) override {
    note(status, fields);
    answer_.assign(body);
    co_return {};
  }
  Task<Result<void>> respond_stream(int status, Fields& fields, BodySource& body) override {
    note(status, fields);
    answer_ = co_await try_(read_all(body, std::size_t{1} << 20));
    co_return {};
  }
  Task<Result<void>> respond_file(int status, Fields& fields, FilePart part) override {
    note(status, fields);
    answer_ = "file of " + std::to_string(part.bytes);
    co_return {};
  }
  Task<Result<void>> interim(int, const Fields&) override { co_return {}; }
  Task<Result<Tunnel*>> upgrade(Fields&) override {
    status_ = 101;
    co_return Error(ErrorCode::kUnsupported, "a fake has no tunnel");
  }
  void abort() override { aborted_ = true; }
  ClientState client() const override { return ClientState::kThere; }
  std::uint64_t progress() const override { return 0; }

  const std::string& answer() const { return answer_; }
  const Fields& answer_fields() const { return answer_fields_; }
  bool aborted() const { return aborted_; }

 private:
  void note(int status, const Fields& fields) {
    status_ = status;
    answer_fields_.copy_from(fields);
  }

  RequestHead head_;
  RequestFraming framing_;
  StringBody body_;
  SocketAddress address_;
  std::string answer_;
  Fields answer_fields_;
  bool aborted_ = false;
};

}  // namespace banyan
