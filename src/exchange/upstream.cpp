#include "exchange/upstream.h"

#include "runtime/runtime.h"

namespace banyan {

void UpstreamRequest::note_handed_over() const {
  if (handed_over != nullptr) *handed_over = now();
}

Duration answer_silence_max(const ResponseHead& head, Duration read_timeout) {
  const std::string_view type = head.fields.value(FieldId::kContentType);
  const bool open_ended = type.starts_with("text/event-stream") || type.starts_with("application/grpc");
  return open_ended ? std::chrono::hours(24) : read_timeout;
}

}  // namespace banyan
