// A request as it came, kept while it is handled: head and body, for whoever records (gateway/capture_tap.h).
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "exchange/forwarded_exchange.h"

namespace banyan {

class RecordedExchange final : public ForwardedExchange {
 public:
  static constexpr std::size_t kBodyBytesMax = 256 * 1024;  // of a longer body nothing is kept

  // Copies the head. `under_way` is one less when this is gone; both must outlive it.
  RecordedExchange(Exchange& client, std::atomic<unsigned>& under_way);
  ~RecordedExchange() override { under_way_.fetch_sub(1, std::memory_order_relaxed); }

  BodySource& body() override;
  Task<Result<void>> respond(int status, Fields& fields, std::string_view body) override;
  Task<Result<void>> respond_stream(int status, Fields& fields, BodySource& body) override;
  Task<Result<void>> respond_file(int status, Fields& fields, FilePart part) override;
  Task<Result<Tunnel*>> upgrade(Fields& fields) override;

  const std::string& method() const { return method_; }
  const std::string& target() const { return target_; }
  const Fields& fields() const { return fields_; }
  // The body, moved out; nothing where it was not read to its end, or was too long.
  std::optional<std::string> take_body();

 private:
  Result<void> answered(Result<void> outcome);

  std::atomic<unsigned>& under_way_;
  std::string method_;
  std::string target_;  // in origin form
  Fields fields_;
  std::optional<TeeBody> body_;
};

}  // namespace banyan
