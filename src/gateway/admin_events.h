// Server-sent events of the admin API (WHATWG HTML, section 9.2): GET /events, GET /tap and GET /capture.
//
// A stream is a body without an end. It never holds more than one frame: a reader that is slow gets the next frame
// later, and what came between is not sent. It ends when its client is gone or the gateway drains.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "config/gateway_config.h"
#include "exchange/exchange.h"
#include "gateway/access_tap.h"
#include "gateway/capture_tap.h"

namespace banyan {

// The status once a second, made when the first listener asks for that second's and shared by all; nothing is made
// while nobody listens. Belongs to one thread, that of the admin listener.
class LiveFrames {
 public:
  static constexpr Duration kEvery = std::chrono::seconds(1);

  explicit LiveFrames(std::function<std::string()> status) : status_(std::move(status)) {}
  // The whole frame: "event: status\ndata: {...}\n\n".
  std::shared_ptr<const std::string> at(TimePoint time);

 private:
  std::function<std::string()> status_;
  std::int64_t number_ = -1;
  std::shared_ptr<const std::string> frame_;
};

// What all streams have: waiting in short steps, so that none outlives its client or the gateway by much.
class EventStream : public BodySource {
 public:
  EventStream(Exchange& exchange, const std::atomic<bool>& ending) : exchange_(exchange), ending_(ending) {}

 protected:
  bool over() const { return ending_.load(std::memory_order_relaxed) || exchange_.client() != ClientState::kThere; }

 private:
  Exchange& exchange_;
  const std::atomic<bool>& ending_;
};

class LiveEvents final : public EventStream {
 public:
  LiveEvents(Exchange& exchange, const std::atomic<bool>& ending, LiveFrames& frames)
      : EventStream(exchange, ending), frames_(frames) {}
  Task<Result<BodyFrame>> next() override;

 private:
  LiveFrames& frames_;
  TimePoint due_{};  // the first frame at once
  std::shared_ptr<const std::string> frame_;
};

// "event: request" with a line of JSON each, and "event: skipped" with {"skipped": n} when n has grown. A comment now
// and then keeps the connection from looking idle.
class RequestEvents : public EventStream {
 public:
  using EventStream::EventStream;
  Task<Result<BodyFrame>> next() override;

 protected:
  // The lines since the last call, and how many were not kept.
  virtual std::deque<std::string> take(std::uint64_t* skipped) = 0;

 private:
  std::string fresh();
  std::uint64_t skipped_ = 0;
  TimePoint silent_since_{};
  std::string frame_;
};

class TapEvents final : public RequestEvents {
 public:
  TapEvents(Exchange& exchange, const std::atomic<bool>& ending, std::unique_ptr<AccessTap::Listener> listener)
      : RequestEvents(exchange, ending), listener_(std::move(listener)) {}

 private:
  std::deque<std::string> take(std::uint64_t* skipped) override { return listener_->take(skipped); }
  std::unique_ptr<AccessTap::Listener> listener_;
};

class CaptureEvents final : public RequestEvents {
 public:
  CaptureEvents(Exchange& exchange, const std::atomic<bool>& ending, std::unique_ptr<CaptureTap::Listener> listener)
      : RequestEvents(exchange, ending), listener_(std::move(listener)) {}

 private:
  std::deque<std::string> take(std::uint64_t* skipped) override { return listener_->take(skipped); }
  std::unique_ptr<CaptureTap::Listener> listener_;
};

// Answers with a stream until that ends.
Task<void> answer_events(Exchange& exchange, BodySource& stream);

// The filter a query asks for: route, cluster, method, text, status ("404" or "5xx"). Errors: kInvalidArgument.
Result<TapFilter> read_tap_filter(std::string_view query);
// What a query asks to be recorded: route, mask (any number), credentials ("kept"). What `config` masks is masked
// besides. Errors: kInvalidArgument, kNotFound for a route that is not there.
Result<CaptureRules> read_capture_rules(std::string_view query, const GatewayConfig& config);

}  // namespace banyan
