#include "telemetry/span_line.h"

#include <array>

#include "json/write.h"

namespace banyan {
namespace {

constexpr int kStatusError = 2;

void write_attribute(json::Writer& out, const SpanAttribute& attribute) {
  out.begin_object().key("key").string(attribute.key).key("value").begin_object();
  if (const auto* const text = std::get_if<std::string_view>(&attribute.value)) {
    out.key("stringValue").string(*text);
  } else {
    // 64 bits are text in the protocol's JSON.
    out.key("intValue").string(std::to_string(std::get<std::int64_t>(attribute.value)));
  }
  out.end_object().end_object();
}

std::string nanoseconds(WallTime time) { return std::to_string(time.time_since_epoch().count()); }

void write_ids(json::Writer& out, const SpanRecord& span) {
  std::array<char, kTraceIdBytes> trace;
  std::array<char, kSpanIdBytes> id;
  write_trace_id(span.self, trace);
  write_span_id(span.self.span, id);
  out.key("traceId").string({trace.data(), trace.size()}).key("spanId").string({id.data(), id.size()});
  if (span.parent == 0) return;
  write_span_id(span.parent, id);
  out.key("parentSpanId").string({id.data(), id.size()});
}

}  // namespace

SpanLine::SpanLine(std::string_view service, std::string_view version) {
  json::Writer out(begin_);
  out.begin_object().key("resourceSpans").begin_array().begin_object().key("resource").begin_object();
  out.key("attributes").begin_array();
  write_attribute(out, {"service.name", service});
  write_attribute(out, {"service.version", version});
  out.end_array().end_object().key("scopeSpans").begin_array().begin_object();
  out.key("scope").begin_object().key("name").string("banyan").end_object().key("spans").begin_array();
}

std::string SpanLine::write(const SpanRecord& span) const {
  std::string line = begin_;
  json::Writer out(line);
  out.begin_object();
  write_ids(out, span);
  out.key("name").string(span.name).key("kind").integer(static_cast<int>(span.kind));
  out.key("startTimeUnixNano").string(nanoseconds(span.end - span.took));
  out.key("endTimeUnixNano").string(nanoseconds(span.end));
  out.key("attributes").begin_array();
  for (const SpanAttribute& attribute : span.attributes) write_attribute(out, attribute);
  out.end_array();
  if (span.failed) {
    out.key("status").begin_object().key("code").integer(kStatusError);
    if (!span.error.empty()) out.key("message").string(span.error);
    out.end_object();
  }
  out.end_object();
  line += "]}]}]}";  // spans, scopeSpans, resourceSpans
  return line;
}

}  // namespace banyan
