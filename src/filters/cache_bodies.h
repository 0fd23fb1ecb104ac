// Bodies into the cache and out of it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "exchange/body.h"
#include "filters/cache_rules.h"

namespace banyan {

// What has been kept, or `length` bytes of it from `offset` on. Any number may read from the same answer.
class StoredBody final : public BodySource {
 public:
  explicit StoredBody(std::shared_ptr<const StoredAnswer> answer, std::uint64_t offset = 0,
                      std::uint64_t length = std::string_view::npos)
      : answer_(std::move(answer)), text_(std::string_view(answer_->body).substr(offset, length)) {}
  Task<Result<BodyFrame>> next() override { return text_.next(); }
  bool try_next(BodyFrame* frame) override { return text_.try_next(frame); }
  std::optional<std::uint64_t> bytes_left() const override { return text_.bytes_left(); }

 private:
  std::shared_ptr<const StoredAnswer> answer_;
  StringBody text_;
};

// Passes a body on and keeps a copy of it; `whole` is told when all of it has passed, `gone` in any case: at once where
// it proves longer than `bytes_max`, or at the end of this object where the body broke off.
class KeptBody final : public BodySource {
 public:
  using Whole = std::function<void(std::string body)>;
  using Gone = std::function<void()>;

  // `source` must outlive this.
  KeptBody(BodySource& source, std::size_t bytes_max, Whole whole, Gone gone)
      : source_(source), bytes_max_(bytes_max), whole_(std::move(whole)), gone_(std::move(gone)) {}
  ~KeptBody() override { end(); }
  Task<Result<BodyFrame>> next() override;
  bool try_next(BodyFrame* frame) override;
  std::optional<std::uint64_t> bytes_left() const override { return source_.bytes_left(); }

 private:
  void keep(const BodyFrame& frame);
  void end();

  BodySource& source_;
  const std::size_t bytes_max_;
  Whole whole_;
  Gone gone_;
  std::string copy_;
  bool ended_ = false;
};

}  // namespace banyan
