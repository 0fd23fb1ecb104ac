#include "php_session/php_session.h"

#include <span>

#include "runtime/env.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

Error not_held() { return Error(ErrorCode::kFailedPrecondition, "php session: it was released before"); }

}  // namespace

Task<Result<void>> PhpSession::save() {
  if (hold_ == nullptr) co_return not_held();
  const std::string bytes = co_await try_(data.write(format_));
  if (bytes.size() > kPhpSessionBytesMax) {
    co_return Error(ErrorCode::kInvalidArgument, "php session: more than 16 MiB");
  }
  co_await try_(hold_->write(bytes));
  release();
  co_return {};
}

Task<Result<void>> PhpSession::destroy() {
  if (hold_ == nullptr) co_return not_held();
  co_await try_(hold_->destroy());
  release();
  co_return {};
}

std::string new_php_session_id() {
  unsigned char random[16];
  current_env().fill_random(std::as_writable_bytes(std::span(random)));
  std::string id;
  for (const unsigned char byte : random) {
    id.push_back("0123456789abcdef"[byte >> 4]);
    id.push_back("0123456789abcdef"[byte & 15]);
  }
  return id;
}

}  // namespace banyan
