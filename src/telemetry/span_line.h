// A span as one line of JSON, in the form that OpenTelemetry's collector reads from files.
//
//   {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}, ...]},
//    "scopeSpans":[{"scope":{"name":"banyan"},"spans":[{"traceId":"...","spanId":"...","parentSpanId":"...",
//    "name":"SELECT users","kind":3,"startTimeUnixNano":"...","endTimeUnixNano":"...","attributes":[...]}]}]}]}
//
// Each line stands alone: a whole request of OTLP/JSON with one span, so that a file can be cut and rotated anywhere.
// Source: OpenTelemetry's "Protocol File Exporter" and its protocol's JSON encoding (opentelemetry-proto, trace.proto).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "telemetry/trace_context.h"

namespace banyan {

// The numbers are the protocol's.
enum class SpanKind : std::uint8_t { kServer = 2, kClient = 3 };

struct SpanAttribute {
  std::string_view key;
  std::variant<std::string_view, std::int64_t> value;
};

// Views must live until write() returns.
struct SpanRecord {
  TraceParent self;
  std::uint64_t parent = 0;  // 0: the trace begins here
  std::string_view name;
  SpanKind kind = SpanKind::kClient;
  WallTime end;
  Duration took{};
  std::span<const SpanAttribute> attributes;
  bool failed = false;
  std::string_view error;  // why, in a sentence; may be empty
};

// Writes the spans of one service. Const functions are safe from several threads.
class SpanLine {
 public:
  SpanLine(std::string_view service, std::string_view version);
  // Without a newline. As long as its texts, and half a kilobyte.
  std::string write(const SpanRecord& span) const;

 private:
  std::string begin_;  // up to the span
};

}  // namespace banyan
