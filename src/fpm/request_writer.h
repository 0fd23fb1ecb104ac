// Writes one request to php-fpm: its variables, then its body, in as few writes as can be.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "exchange/upstream.h"
#include "fpm/fpm_connection.h"
#include "fpm/fpm_pool.h"

namespace banyan {

class FpmRequestWriter {
 public:
  FpmRequestWriter(FpmConnection& connection, const FpmPool& pool) : connection_(connection), pool_(pool) {}

  // `body` null: none; else it gives exactly `length` bytes, or the error is kDataLoss. A request whose body is here is
  // one write. Errors of the body come back with body_failed() true, those of the connection with false.
  Task<Result<void>> send(const UpstreamRequest& request, BodySource* body, std::optional<std::uint64_t> length);
  bool body_failed() const { return body_failed_; }

 private:
  static constexpr std::size_t kPartsMax = 32;

  void write_head(const UpstreamRequest& request, std::optional<std::uint64_t> length);
  Task<Result<void>> send_body(BodySource& body);
  Result<void> take_frame(const BodyFrame& frame);
  void add_frame();
  void add(std::string_view bytes);
  // Room is left for a record's header, its content and the end of the body.
  bool full() const { return count_ + 3 > kPartsMax; }

  FpmConnection& connection_;
  const FpmPool& pool_;
  std::uint64_t left_ = 0;  // of the body, without the frame under way
  std::string_view frame_;  // what is not yet added of it
  bool body_failed_ = false;
  std::size_t count_ = 0;
  std::size_t headers_used_ = 0;
  std::array<iovec, kPartsMax> parts_;
  std::array<std::array<char, fastcgi::kRecordHeaderBytes>, kPartsMax / 2> headers_;  // of the records of one write
};

}  // namespace banyan
