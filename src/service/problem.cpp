#include "service/problem.h"

#include "http/status.h"
#include "json/write.h"

namespace banyan::service {
namespace {

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kFailedPrecondition:
      return 409;
    case ErrorCode::kPermissionDenied:
      return 403;
    case ErrorCode::kDeadlineExceeded:
      return 504;
    case ErrorCode::kResourceExhausted:
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled:
      return 503;
    case ErrorCode::kUnsupported:
      return 501;
    case ErrorCode::kDataLoss:
    case ErrorCode::kInternal:
      break;
  }
  return 500;
}

const char* detail_of(int status) {
  switch (status) {
    case 400:
      return "the request is not valid";
    case 403:
      return "not allowed";
    case 404:
      return "not found";
    case 409:
      return "in conflict with what is there";
    case 501:
      return "not supported";
    case 503:
      return "try again later";
    case 504:
      return "the time allowed ran out";
    default:
      return "internal error";
  }
}

}  // namespace

ProblemText problem_json(const Problem& problem) {
  ProblemText text{.content_type = "application/problem+json", .body = {}};
  json::Writer writer(text.body);
  writer.begin_object().key("type").string("about:blank").key("title").string(reason_phrase(problem.status));
  writer.key("status").integer(problem.status);
  if (!problem.detail.empty()) writer.key("detail").string(problem.detail);
  if (!problem.values.empty()) {
    writer.key("errors").begin_array();
    for (const InvalidValue& value : problem.values) {
      const bool body = value.in == "body";
      writer.begin_object().key("in").string(value.in);
      writer.key(body ? "pointer" : "name").string(value.name).key("detail").string(value.detail).end_object();
    }
    writer.end_array();
  }
  writer.end_object();
  return text;
}

ProblemText error_json(const Problem& problem) {
  ProblemText text{.content_type = "application/json", .body = {}};
  json::Writer(text.body).begin_object().key("error").string(problem.detail).end_object();
  return text;
}

Problem problem_of(const Error& error) {
  const int status = status_of(error.code());
  return {.status = status, .detail = detail_of(status), .values = {}};
}

}  // namespace banyan::service
