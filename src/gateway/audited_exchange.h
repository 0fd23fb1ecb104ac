// An exchange that remembers what was asked: for the line the audit log gets of every change through the admin API.
#pragma once

#include <optional>
#include <string>

#include "exchange/forwarded_exchange.h"
#include "gateway/change_note.h"

namespace banyan {

class AuditedExchange final : public ForwardedExchange {
 public:
  using ForwardedExchange::ForwardedExchange;

  // Writes the line (docs/admin-api.md), once the request has been answered.
  void write_audit_line();

  BodySource& body() override {
    if (!body_) body_.emplace(client_.body(), ChangeNote::kBodyBytesMax);
    return *body_;
  }
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

 private:
  std::optional<TeeBody> body_;
};

}  // namespace banyan
