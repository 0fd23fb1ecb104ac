// What can go wrong, as a value.
//
// An Error says three things: what the caller can do about it (a code from a closed list), a sentence a person reads,
// and where it passed on the way up. It is one pointer wide, so that Result<T> stays small and a success costs nothing.
// Parsers do not use it: they return what they understood and a list of diagnostics (base/diagnostic.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace banyan {

// What the caller can do. Closed on purpose: a new code is a new thing a caller can do, not a new thing that happened.
enum class ErrorCode : unsigned char {
  kInvalidArgument,     // the input is wrong; the same call will fail again: tell whoever wrote it
  kNotFound,            // what was asked for is not there
  kAlreadyExists,       // what was to be made is there
  kPermissionDenied,    // not allowed, or not known who asks
  kResourceExhausted,   // a limit was reached (memory, descriptors, queue): shed, or try later
  kFailedPrecondition,  // the system is not in the state the call needs
  kCancelled,           // the caller, or the scope around it, gave up
  kDeadlineExceeded,    // the time allowed ran out; the work may or may not have been done
  kUnavailable,         // the other side cannot be reached or went away: another endpoint may answer
  kDataLoss,            // bytes were lost or are corrupt
  kUnsupported,         // understood, but not something this program does
  kInternal,            // a fault of our own
};

// The code's name in snake_case, as logs and metrics show it. Never empty.
std::string_view error_code_name(ErrorCode code);

class [[nodiscard]] Error {
 public:
  // `message` is one sentence without a final stop: what is wrong and, where it can be said, what to do.
  Error(ErrorCode code, std::string message);
  Error(const Error& other);
  Error(Error&&) noexcept = default;
  Error& operator=(const Error& other);
  Error& operator=(Error&&) noexcept = default;
  ~Error() = default;

  ErrorCode code() const { return state_->code; }
  // The sentence alone, without context.
  const std::string& message() const { return state_->message; }
  // The operating system's errno where one caused this, else 0.
  int errno_value() const { return state_->errno_value; }
  // Context and sentence as one line: "reading site.yaml: no such file".
  std::string text() const;

  // Puts `what` ("reading site.yaml") before what is already there.
  Error& add_context(std::string_view what) &;
  Error&& add_context(std::string_view what) &&;

  // The error for an errno value: code chosen from it, sentence "WHAT: <strerror>". See errno(3).
  static Error from_errno(int errno_value, std::string_view what);

 private:
  struct State {
    ErrorCode code;
    int errno_value = 0;
    std::string message;
    std::string context;
  };
  std::unique_ptr<State> state_;
};

}  // namespace banyan
