// A request without its client: what a filter sends again in the background. Its answers go nowhere; a body is read to
// its end, since whoever passes it on (a cache) wants all of it.
#pragma once

#include <string>

#include "exchange/exchange.h"

namespace banyan {

class CopiedExchange final : public Exchange {
 public:
  // Copies the head, as it is now, but no body.
  explicit CopiedExchange(Exchange& original);

  RequestHead& head() override { return head_; }
  const RequestFraming& framing() const override { return framing_; }
  BodySource& body() override { return body_; }
  const SocketAddress& peer() const override { return peer_; }
  const SocketAddress& local() const override { return local_; }
  bool secure() const override { return secure_; }
  TimePoint started() const override { return started_; }
  Task<Result<void>> respond(int status, Fields& fields, std::string_view body) override;
  Task<Result<void>> respond_stream(int status, Fields& fields, BodySource& body) override;
  Task<Result<void>> respond_file(int status, Fields& fields, FilePart part) override;
  Task<Result<void>> interim(int status, const Fields& fields) override;
  Task<Result<Tunnel*>> upgrade(Fields& fields) override;
  void abort() override {}
  ClientState client() const override { return ClientState::kThere; }
  std::uint64_t progress() const override { return 0; }

 private:
  RequestHead head_;
  std::string texts_[3];  // method, target, authority: what the head's views point into
  RequestFraming framing_;
  EmptyBody body_;
  SocketAddress peer_;
  SocketAddress local_;
  bool secure_;
  TimePoint started_;
};

}  // namespace banyan
