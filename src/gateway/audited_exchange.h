// An exchange that remembers what was asked: for the line the audit log gets of every change through the admin API.
#pragma once

#include <optional>
#include <string>

#include "exchange/exchange.h"

namespace banyan {

class AuditedExchange final : public Exchange {
 public:
  // What is kept of a request's body; a longer one is passed on and not kept.
  static constexpr std::size_t kBodyBytesMax = 4096;

  explicit AuditedExchange(Exchange& client) : client_(client) {}

  // Writes the line (docs/admin-api.md), once the request has been answered.
  void write_audit_line();

  RequestHead& head() override { return client_.head(); }
  const RequestFraming& framing() const override { return client_.framing(); }
  BodySource& body() override {
    if (!body_) body_.emplace(client_.body(), kBodyBytesMax);
    return *body_;
  }
  const SocketAddress& peer() const override { return client_.peer(); }
  const SocketAddress& local() const override { return client_.local(); }
  bool secure() const override { return client_.secure(); }
  const TlsInfo* tls_info() const override { return client_.tls_info(); }
  std::string_view protocol() const override { return client_.protocol(); }
  void body_is_open_ended() override { client_.body_is_open_ended(); }
  TimePoint started() const override { return client_.started(); }
  Task<Result<void>> respond(int status, Fields& fields, std::string_view body) override {
    status_ = status;
    return client_.respond(status, fields, body);
  }
  Task<Result<void>> respond_stream(int status, Fields& fields, BodySource& body) override {
    status_ = status;
    return client_.respond_stream(status, fields, body);
  }
  Task<Result<void>> respond_file(int status, Fields& fields, FilePart part) override {
    status_ = status;
    return client_.respond_file(status, fields, part);
  }
  Task<Result<void>> interim(int status, const Fields& fields) override { return client_.interim(status, fields); }
  Task<Result<Tunnel*>> upgrade(Fields& fields) override { return client_.upgrade(fields); }
  void abort() override { client_.abort(); }
  ClientState client() const override { return client_.client(); }
  std::uint64_t progress() const override { return client_.progress(); }

 private:
  Exchange& client_;
  std::optional<TeeBody> body_;
};

}  // namespace banyan
