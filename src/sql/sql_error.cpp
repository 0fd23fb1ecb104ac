#include "sql/sql_error.h"

#include <utility>

namespace banyan {
namespace {

SqlErrorKind kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound:
      return SqlErrorKind::kNotFound;
    case ErrorCode::kPermissionDenied:
      return SqlErrorKind::kDenied;
    case ErrorCode::kResourceExhausted:
      return SqlErrorKind::kExhausted;
    case ErrorCode::kCancelled:
      return SqlErrorKind::kCancelled;
    case ErrorCode::kDeadlineExceeded:
      return SqlErrorKind::kTimeout;
    case ErrorCode::kUnavailable:
    case ErrorCode::kDataLoss:
      return SqlErrorKind::kConnection;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kFailedPrecondition:
    case ErrorCode::kUnsupported:
      return SqlErrorKind::kInvalid;
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kInternal:
      return SqlErrorKind::kInternal;
  }
  return SqlErrorKind::kInternal;
}

ErrorCode code_of(SqlErrorKind kind, SqlConstraintKind constraint) {
  switch (kind) {
    case SqlErrorKind::kNotFound:
      return ErrorCode::kNotFound;
    case SqlErrorKind::kNotSingular:
      return ErrorCode::kFailedPrecondition;
    case SqlErrorKind::kConstraint:
      if (constraint == SqlConstraintKind::kUnique) return ErrorCode::kAlreadyExists;
      if (constraint == SqlConstraintKind::kForeignKey) return ErrorCode::kFailedPrecondition;
      return ErrorCode::kInvalidArgument;
    case SqlErrorKind::kConflict:
      return ErrorCode::kFailedPrecondition;
    case SqlErrorKind::kSerialization:
    case SqlErrorKind::kConnection:
      return ErrorCode::kUnavailable;
    case SqlErrorKind::kTimeout:
      return ErrorCode::kDeadlineExceeded;
    case SqlErrorKind::kCancelled:
      return ErrorCode::kCancelled;
    case SqlErrorKind::kExhausted:
      return ErrorCode::kResourceExhausted;
    case SqlErrorKind::kForbidden:
      return ErrorCode::kPermissionDenied;
    case SqlErrorKind::kDenied:
    case SqlErrorKind::kInvalid:
    case SqlErrorKind::kInternal:
      return ErrorCode::kInternal;
  }
  return ErrorCode::kInternal;
}

}  // namespace

std::string_view sql_error_kind_name(SqlErrorKind kind) {
  switch (kind) {
    case SqlErrorKind::kNotFound:
      return "not_found";
    case SqlErrorKind::kNotSingular:
      return "not_singular";
    case SqlErrorKind::kConstraint:
      return "constraint";
    case SqlErrorKind::kConflict:
      return "conflict";
    case SqlErrorKind::kSerialization:
      return "serialization";
    case SqlErrorKind::kTimeout:
      return "timeout";
    case SqlErrorKind::kCancelled:
      return "cancelled";
    case SqlErrorKind::kConnection:
      return "connection";
    case SqlErrorKind::kExhausted:
      return "exhausted";
    case SqlErrorKind::kDenied:
      return "denied";
    case SqlErrorKind::kForbidden:
      return "forbidden";
    case SqlErrorKind::kInvalid:
      return "invalid";
    case SqlErrorKind::kInternal:
      return "internal";
  }
  return "internal";
}

std::string_view sql_constraint_kind_name(SqlConstraintKind kind) {
  switch (kind) {
    case SqlConstraintKind::kNone:
      return "none";
    case SqlConstraintKind::kUnique:
      return "unique";
    case SqlConstraintKind::kForeignKey:
      return "foreign_key";
    case SqlConstraintKind::kNotNull:
      return "not_null";
    case SqlConstraintKind::kCheck:
      return "check";
  }
  return "none";
}

SqlError::SqlError(SqlErrorKind kind, std::string message)
    : state_(std::make_unique<State>(State{kind, SqlConstraintKind::kNone, std::move(message), {}, {}})) {}

SqlError::SqlError(SqlConstraintKind constraint, std::string name, std::string message)
    : state_(std::make_unique<State>(
          State{SqlErrorKind::kConstraint, constraint, std::move(message), std::move(name), {}})) {}

SqlError::SqlError(Error error) : SqlError(kind_of(error.code()), error.text()) {}

SqlError::SqlError(const SqlError& other) : state_(std::make_unique<State>(*other.state_)) {}

SqlError& SqlError::operator=(const SqlError& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}

SqlError&& SqlError::with_code(std::string code) && {
  state_->code = std::move(code);
  return std::move(*this);
}

SqlError&& SqlError::add_context(std::string_view what) && {
  state_->message.insert(0, ": ").insert(0, what);
  return std::move(*this);
}

std::string SqlError::text() const {
  std::string text(sql_error_kind_name(kind()));
  if (kind() == SqlErrorKind::kConstraint) {
    text.append(" ").append(sql_constraint_kind_name(constraint_kind()));
    if (!constraint_name().empty()) text.append(" ").append(constraint_name());
  }
  text.append(": ").append(message());
  if (!code().empty()) text.append(" [").append(code()).append("]");
  return text;
}

Error SqlError::to_error() const { return Error(code_of(kind(), constraint_kind()), text()); }

}  // namespace banyan
