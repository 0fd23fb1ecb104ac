// One request sent on to another server, and its answer, whatever the protocol on the wire.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "exchange/body.h"
#include "exchange/exchange.h"
#include "http/fields.h"
#include "http/response_head.h"
#include "runtime/task.h"

namespace banyan {

class Upload;

struct UpstreamRequest {
  Method method = Method::kGet;
  std::string_view method_name;
  std::string_view target;     // origin-form, as it goes on the wire
  Fields* fields = nullptr;    // hop-by-hop fields removed; Host is there; no Content-Length or Transfer-Encoding
  BodySource* body = nullptr;  // null: none
  // An upstream that needs the whole body before it begins (FastCGI) keeps it here and points `body` to it, so that it
  // is still there for another endpoint where this one cannot be reached.
  std::unique_ptr<BodySource> kept_body = nullptr;
  std::string_view upgrade;  // the protocol asked for, "" if none
  std::string_view colour;   // whose lane it goes to, "" if it has none
  // The client takes trailer fields (TE: trailers).
  bool takes_trailers = false;
  // For an upstream that sends the body while the answer comes. To be ended after the answer is destroyed, and before
  // `body` is or is read for another attempt; after a failure it has ended. Null: the body is sent first.
  Upload* upload = nullptr;
  // Who gets interim answers (1xx but 100 and 101) as they come, until the answer's head is here. Null: nobody.
  Exchange* interim_to = nullptr;
  // The longest silence within the answer's body; zero: the upstream's own limit.
  Duration read_timeout{};
  // What CGI variables are made of, besides: the script to run, as fastcgi/script.h chose it, and the request.
  std::string_view script_name;
  std::string_view path_info;
  const RequestHead* head = nullptr;
  const SocketAddress* peer = nullptr;
  const SocketAddress* local = nullptr;
  bool secure = false;
  // A copy, whose answer no client waits for: where connections are few it waits behind those of clients.
  bool yields = false;
  // Set to the time when a connection takes the request; of the latest attempt. Null: nobody asks.
  TimePoint* handed_over = nullptr;
  // Whether it may be executed twice, where that is known better than its method tells.
  std::optional<bool> safe = std::nullopt;

  // Whether it may be sent again, its body apart.
  bool repeatable() const { return safe.value_or(is_idempotent(method)); }
  void note_handed_over() const;
};

// How long an answer's body may be silent: `read_timeout`, but a day for those that are open by their nature:
// server-sent events and gRPC.
Duration answer_silence_max(const ResponseHead& head, Duration read_timeout);

// An answer under way. Destroying it before the body has ended gives the connection up.
class UpstreamAnswer {
 public:
  UpstreamAnswer() = default;
  UpstreamAnswer(const UpstreamAnswer&) = delete;
  UpstreamAnswer& operator=(const UpstreamAnswer&) = delete;
  virtual ~UpstreamAnswer() = default;
  // Valid as long as this object; hop-by-hop fields removed. Never an interim answer but 101.
  virtual ResponseHead& head() = 0;
  virtual BodySource& body() = 0;
  // After a 101.
  virtual Tunnel* tunnel() { return nullptr; }
};

// How far an attempt got when it failed: decides whether another one may be made.
struct UpstreamFailure {
  Error error;
  bool request_sent = false;  // at least one byte of it may have reached the server
  bool reused = false;        // over a connection that had served before: it may only have been closed as idle
};

template <class T>
class UpstreamResult {
 public:
  UpstreamResult(T value) : value_(std::move(value)) {}  // NOLINT: a value is a result
  UpstreamResult(UpstreamFailure failure)
      : failure_(std::make_unique<UpstreamFailure>(std::move(failure))) {}  // NOLINT
  bool ok() const { return failure_ == nullptr; }
  T& operator*() { return value_; }
  UpstreamFailure& failure() { return *failure_; }

 private:
  T value_{};
  std::unique_ptr<UpstreamFailure> failure_;
};

// A server (or process pool) that requests can be sent to: one address. One object for each worker and endpoint, used
// on that worker alone; its connections are its own.
class Upstream {
 public:
  virtual ~Upstream() = default;
  // Sends the request and gives the answer's head when it has come. The ambient deadline bounds that; without one the
  // upstream's own limit is for each wait. `request` and
  // what it refers to must live until the answer is destroyed.
  virtual Task<UpstreamResult<std::unique_ptr<UpstreamAnswer>>> send(UpstreamRequest& request) = 0;
};

}  // namespace banyan
