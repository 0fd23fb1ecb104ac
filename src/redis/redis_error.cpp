#include "redis/redis_error.h"

#include <string>
#include <utility>

namespace banyan {
namespace {

constexpr std::string_view kPrefix = "redis server: ";

// What is worth another try, or another server. Any other refusal is the program's fault, or that of how the server is
// set up; no code blames what the program was asked for, since a service hands errors on to its clients by their codes.
constexpr std::pair<std::string_view, ErrorCode> kCodes[] = {
    {"OOM", ErrorCode::kResourceExhausted},   {"LOADING", ErrorCode::kUnavailable},
    {"BUSY", ErrorCode::kUnavailable},        {"MASTERDOWN", ErrorCode::kUnavailable},
    {"CLUSTERDOWN", ErrorCode::kUnavailable}, {"TRYAGAIN", ErrorCode::kUnavailable},
    {"READONLY", ErrorCode::kUnavailable},    {"MISCONF", ErrorCode::kUnavailable},
    {"NOREPLICAS", ErrorCode::kUnavailable},
};

}  // namespace

std::string_view redis_error_kind_name(RedisErrorKind kind) {
  static constexpr std::string_view kNames[] = {"connection", "timeout", "cancelled", "server",
                                                "protocol",   "full",    "misuse"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view redis_error_word(const Error& error) {
  const std::string_view message = error.message();
  if (!message.starts_with(kPrefix)) return {};
  const std::string_view text = message.substr(kPrefix.size());
  return text.substr(0, text.find(' '));
}

RedisErrorKind redis_error_kind(const Error& error) {
  if (!redis_error_word(error).empty()) return RedisErrorKind::kServer;
  switch (error.code()) {
    case ErrorCode::kDeadlineExceeded:
      return RedisErrorKind::kTimeout;
    case ErrorCode::kCancelled:
      return RedisErrorKind::kCancelled;
    case ErrorCode::kDataLoss:
      return RedisErrorKind::kProtocol;
    case ErrorCode::kResourceExhausted:
      return RedisErrorKind::kFull;
    case ErrorCode::kInternal:
      return RedisErrorKind::kMisuse;
    default:
      return RedisErrorKind::kConnection;
  }
}

Error redis_server_error(std::string_view text) {
  if (text.empty()) text = "ERR (the server gave no reason)";
  const std::string_view word = text.substr(0, text.find(' '));
  ErrorCode code = ErrorCode::kInternal;
  for (const auto& [known, its_code] : kCodes) {
    if (known == word) code = its_code;
  }
  return Error(code, std::string(kPrefix).append(text));
}

bool is_from_replica(std::string_view text) { return text.starts_with("READONLY "); }

}  // namespace banyan
