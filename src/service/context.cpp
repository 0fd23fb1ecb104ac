#include "service/context.h"

#include <algorithm>
#include <utility>

#include "runtime/runtime.h"
#include "service/random_bits.h"
#include "service/service.h"
#include "telemetry/baggage.h"

namespace banyan::service {
namespace {

// What a request hands on to those asked on its behalf.
struct Ambient {
  TraceContext trace;
  std::string baggage;
  std::string colour_field;
};
const char kAmbientKey = 0;

ErrorCode code_of(int status) {
  if (status == 404) return ErrorCode::kNotFound;
  if (status == 409) return ErrorCode::kAlreadyExists;
  if (status == 401 || status == 403) return ErrorCode::kPermissionDenied;
  if (status < 500) return ErrorCode::kInvalidArgument;
  return status == 500 ? ErrorCode::kInternal : ErrorCode::kUnavailable;
}

// What the Error of a problem says.
std::string sentence_of(const Problem& problem) {
  return problem.detail.empty() ? "the request failed" : problem.detail;
}

bool is_json(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find_first_of("; "));
  return equals_ignoring_case(type, "application/json") || (type.size() > 5 && type.ends_with("+json"));
}

}  // namespace

std::string Context::colour() {
  const Fields& fields = head().fields;
  if (fields.has(FieldId::kXGrayTag)) return std::string(fields.value(FieldId::kXGrayTag));
  return baggage_member(fields, "x-gray-tag").value_or("");
}

Error Context::problem(int status, std::string detail) {
  return problem(Problem{.status = status, .detail = std::move(detail), .values = {}});
}

Error Context::problem(Problem problem) {
  problem_ = std::move(problem);
  return {code_of(problem_.status), sentence_of(problem_)};
}

// A problem that was made in a transaction has been a SqlError on its way, which puts its kind before the sentence.
Problem Context::problem_for(const Error& error) {
  const bool made_here = problem_.status != 0 && error.message().ends_with(sentence_of(problem_));
  return made_here ? problem_ : problem_of(error);
}

// Memory is counted as the body comes: what a client announces and does not send takes none. What is made of the text
// is as long as it, about.
Task<Result<std::string>> Context::read_body() {
  std::string text;
  std::size_t counted = 0;
  for (;;) {
    BodyFrame frame;
    if (!body().try_next(&frame)) frame = co_await try_(body().next());
    if (frame.kind == BodyFrame::Kind::kEnd) break;
    const std::size_t needed = text.size() + frame.data.size();
    if (needed > route_->body_bytes_max) co_return problem(413, "body too large");
    if (needed > text.capacity()) {
      const std::size_t capacity = std::max(needed, std::min(2 * text.capacity(), route_->body_bytes_max));
      co_await try_(hold(capacity));  // beside what it is copied from
      text.reserve(capacity);
      held_.give_back(std::exchange(counted, capacity));
    }
    text.append(frame.data);
  }
  co_await try_(hold(text.size()));
  co_return text;
}

Task<Result<void>> Context::bind(const InputType& type, void* object) {
  Problem wrong{.status = 400, .detail = "the request is not valid", .values = {}};
  bind_parameters(type, {.match = match_, .query = head().query, .fields = head().fields}, object, wrong.values);
  if (type.wants_body()) {
    const std::string_view given = head().fields.value(FieldId::kContentType);
    if (!given.empty() && route_->json_only && !is_json(given))
      co_return problem(415, "the body must be application/json");
    Result<std::string> text = co_await read_body();
    if (!text.ok()) co_return std::move(text).error();
    bind_body(type, *text, object, wrong.values);
  }
  if (wrong.values.empty()) co_return Result<void>();
  if (!route_->invalid.empty()) wrong.detail = route_->invalid;
  co_return problem(std::move(wrong));
}

ContextRef with_ambient(const ContextRef& parent, Context& context) {
  const Fields& fields = context.head().fields;
  const TraceParent& self = context.trace().self;
  return parent
      .with_trace(
          {.trace_high = self.trace_high, .trace_low = self.trace_low, .span = self.span, .sampled = self.sampled()})
      .with_value(&kAmbientKey, Ambient{.trace = context.trace(),
                                        .baggage = std::string(fields.value(FieldId::kBaggage)),
                                        .colour_field = std::string(fields.value(FieldId::kXGrayTag))});
}

void put_ambient(Fields& fields) {
  const banyan::Context* const context = current_context().get();
  const auto* const ambient = context == nullptr ? nullptr : static_cast<const Ambient*>(context->value(&kAmbientKey));
  if (ambient == nullptr) return;
  put_trace(child_span(ambient->trace, random_bits), fields);
  if (!ambient->baggage.empty()) fields.set_copy(FieldId::kBaggage, ambient->baggage);
  if (!ambient->colour_field.empty()) fields.set_copy(FieldId::kXGrayTag, ambient->colour_field);
}

}  // namespace banyan::service
