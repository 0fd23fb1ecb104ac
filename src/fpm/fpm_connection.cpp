#include "fpm/fpm_connection.h"

#include "base/log.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

constexpr unsigned kComplaintsMax = 100;  // lines in the log for each request
constexpr std::size_t kOutKeptMax = 64 * 1024;

}  // namespace

void FpmConnection::begin(bool head_request, const fastcgi::ResponseLimits& limits, std::string_view script) {
  reader_.emplace(std::uint16_t{1}, head_request, limits);
  unread_ = {};
  filled_ = false;
  script_ = script;
  complaints_ = 0;
  answer_begun_ = false;
}

void FpmConnection::reset() {
  buffer_.release();
  unread_ = {};
  reader_.reset();
  if (out.capacity() > kOutKeptMax) out = {};
}

fastcgi::ResponseReader::Step FpmConnection::step() {
  fastcgi::ResponseReader::Step step = reader_->next(unread_);
  unread_.remove_prefix(step.consumed);
  log_complaints();
  return step;
}

Task<Result<bool>> FpmConnection::read_more(MemoryBudget& memory, TimePoint deadline) {
  if (filled_ && buffer_.size() == static_cast<std::size_t>(BufferSize::kSmall)) buffer_.release();
  if (!buffer_) {
    const BufferSize size = filled_ ? BufferSize::kLarge : BufferSize::kSmall;
    buffer_ = co_await try_(BufferLease::take(memory, size));
  }
  const std::size_t n = co_await try_(co_await stream.read(buffer_.bytes(), deadline));
  filled_ = n == buffer_.size();
  unread_ = {reinterpret_cast<const char*>(buffer_.data()), n};
  answer_begun_ = answer_begun_ || n > 0;
  co_return n > 0;
}

Refusal FpmConnection::closed_answer() {
  const Refusal refusal = reader_->connection_closed();
  log_complaints();
  return refusal;
}

void FpmConnection::log_complaints() {
  for (const std::string& line : reader_->take_error_lines()) {
    if (++complaints_ <= kComplaintsMax) {
      log_warn("php_stderr", {{"line", line}, {"script", script_}});
    } else if (complaints_ == kComplaintsMax + 1) {
      log_warn("php_stderr_cut", {{"lines", kComplaintsMax}, {"script", script_}});
    }
  }
}

}  // namespace banyan
