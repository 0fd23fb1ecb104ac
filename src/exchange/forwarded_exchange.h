// An exchange in front of another one: everything is that one's, but for what a class derived from this does itself.
#pragma once

#include "exchange/exchange.h"

namespace banyan {

// status() and body_bytes_sent() are what the derived class keeps of its own.
class ForwardedExchange : public Exchange {
 public:
  explicit ForwardedExchange(Exchange& client) : client_(client) {}  // which must outlive this

  RequestHead& head() override { return client_.head(); }
  const RequestFraming& framing() const override { return client_.framing(); }
  BodySource& body() override { return client_.body(); }
  const SocketAddress& peer() const override { return client_.peer(); }
  const SocketAddress& local() const override { return client_.local(); }
  bool secure() const override { return client_.secure(); }
  const TlsInfo* tls_info() const override { return client_.tls_info(); }
  std::string_view protocol() const override { return client_.protocol(); }
  void body_is_open_ended() override { client_.body_is_open_ended(); }
  TimePoint started() const override { return client_.started(); }
  Task<Result<void>> interim(int status, const Fields& fields) override { return client_.interim(status, fields); }
  Task<Result<Tunnel*>> upgrade(Fields& fields) override { return client_.upgrade(fields); }
  void abort() override { client_.abort(); }
  ClientState client() const override { return client_.client(); }
  std::uint64_t progress() const override { return client_.progress(); }

 protected:
  Exchange& client_;
};

}  // namespace banyan
