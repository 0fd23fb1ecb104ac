#include "base/error.h"

#include <cerrno>
#include <cstring>
#include <utility>

namespace banyan {

std::string_view error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return "invalid_argument";
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kAlreadyExists: return "already_exists";
    case ErrorCode::kPermissionDenied: return "permission_denied";
    case ErrorCode::kResourceExhausted: return "resource_exhausted";
    case ErrorCode::kFailedPrecondition: return "failed_precondition";
    case ErrorCode::kCancelled: return "cancelled";
    case ErrorCode::kDeadlineExceeded: return "deadline_exceeded";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kDataLoss: return "data_loss";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kInternal: return "internal";
  }
  return "internal";
}

Error::Error(ErrorCode code, std::string message)
    : state_(std::make_unique<State>(State{code, 0, std::move(message), {}})) {}

Error::Error(const Error& other) : state_(std::make_unique<State>(*other.state_)) {}

Error& Error::operator=(const Error& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}

std::string Error::text() const {
  if (state_->context.empty()) return state_->message;
  return state_->context + ": " + state_->message;
}

Error& Error::add_context(std::string_view what) & {
  if (state_->context.empty()) {
    state_->context = what;
  } else {
    state_->context.insert(0, ": ").insert(0, what);
  }
  return *this;
}

Error&& Error::add_context(std::string_view what) && { return std::move(add_context(what)); }

Error Error::from_errno(int errno_value, std::string_view what) {
  ErrorCode code = ErrorCode::kInternal;
  switch (errno_value) {
    case ENOENT: case ENOTDIR: code = ErrorCode::kNotFound; break;
    case EEXIST: case EADDRINUSE: code = ErrorCode::kAlreadyExists; break;
    case EACCES: case EPERM: case EROFS: code = ErrorCode::kPermissionDenied; break;
    case EMFILE: case ENFILE: case ENOMEM: case ENOSPC: case EDQUOT: case ENOBUFS:
      code = ErrorCode::kResourceExhausted;
      break;
    case ECANCELED: code = ErrorCode::kCancelled; break;
    case ETIMEDOUT: code = ErrorCode::kDeadlineExceeded; break;
    case ECONNREFUSED: case ECONNRESET: case ECONNABORTED: case EPIPE: case EHOSTUNREACH: case ENETUNREACH:
    case ENOTCONN: case EADDRNOTAVAIL:
      code = ErrorCode::kUnavailable;
      break;
    case EINVAL: case ENAMETOOLONG: case EISDIR: code = ErrorCode::kInvalidArgument; break;
    case EIO: code = ErrorCode::kDataLoss; break;
    case EOPNOTSUPP: case ENOSYS: case EAFNOSUPPORT: code = ErrorCode::kUnsupported; break;
    default: break;
  }
  char buffer[128];
  const char* reason = strerror_r(errno_value, buffer, sizeof buffer);
  Error error(code, std::string(what).append(": ").append(reason));
  error.state_->errno_value = errno_value;
  return error;
}

}  // namespace banyan
