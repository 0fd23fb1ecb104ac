// W3C Trace Context: the fields traceparent and tracestate, by which the services a request passes through agree on
// whose request it is (https://www.w3.org/TR/trace-context-2/; level 1 is a part of it).
//
//   TraceContext trace = accept_trace(request.fields, sampled, random);   // continues the caller's, or starts one
//   put_trace(child_span(trace, random), upstream_fields);                // what the next service is told
//
// What we do where the standard leaves a choice:
// - a traceparent that is invalid, or that comes twice, starts a new trace, and tracestate goes with it;
// - a tracestate with one mistake in it (a bad member, a key twice, more than 32 members) is dropped as a whole, as the
//   standard's test suite wants it; the trace itself goes on;
// - keys with "@" follow level 1 (tenant@system), which that suite tests; others may begin with a digit as in level 2;
// - 512 characters of tracestate are kept, the least a service should: beyond, members of more than 128 characters go
//   first, then those at the end;
// - of the flags, sampled and random are passed on, others are set to zero as both levels ask.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "http/fields.h"

namespace banyan {

// What a traceparent says. Valid ones have neither a zero trace id nor a zero span.
struct TraceParent {
  static constexpr std::uint8_t kSampled = 1;  // the caller may have recorded this request
  static constexpr std::uint8_t kRandom = 2;   // the right-most 56 bits of the trace id are random

  std::uint64_t trace_high = 0;
  std::uint64_t trace_low = 0;
  std::uint64_t span = 0;
  std::uint8_t flags = 0;  // of kSampled and kRandom; others are never set

  bool sampled() const { return (flags & kSampled) != 0; }
  bool operator==(const TraceParent&) const = default;
};

inline constexpr std::size_t kTraceparentBytes = 55;
inline constexpr std::size_t kTraceIdBytes = 32;
inline constexpr std::size_t kSpanIdBytes = 16;

// The field's value without white space around it; nothing where it is invalid. Versions after 00 are read as the
// standard says: the first 55 characters, and anything after a further dash.
std::optional<TraceParent> parse_traceparent(std::string_view text);
// Version 00.
void write_traceparent(const TraceParent& parent, std::span<char, kTraceparentBytes> out);
// Lower-case hex digits.
void write_trace_id(const TraceParent& parent, std::span<char, kTraceIdBytes> out);
void write_span_id(std::uint64_t span, std::span<char, kSpanIdBytes> out);

inline constexpr std::size_t kTracestateBytesMax = 512;
inline constexpr std::size_t kTracestateMembersMax = 32;

// Puts the lines of a tracestate, in their order, into `out`: "a=1,b=2", without white space and empty members, cut to
// kTracestateBytesMax. False, and `out` empty, where there is a mistake in it.
bool combine_tracestate(std::span<const std::string_view> lines, std::string& out);

// One span: the work this service does for a request.
struct TraceContext {
  TraceParent self;               // `span` is this service's own
  std::uint64_t parent_span = 0;  // the caller's; 0 where the trace starts here
  std::string state;              // tracestate; usually empty, and then no memory
};

// `random` returns 64 random bits a call.
template <class Random>
concept RandomBits = std::same_as<std::invoke_result_t<Random&>, std::uint64_t>;

template <RandomBits Random>
std::uint64_t make_span_id(Random&& random) {
  std::uint64_t span;
  do {
    span = random();
  } while (span == 0);
  return span;
}

template <RandomBits Random>
TraceContext start_trace(bool sampled, Random&& random) {
  TraceContext trace;
  do {
    trace.self.trace_high = random();
    trace.self.trace_low = random();
  } while ((trace.self.trace_high | trace.self.trace_low) == 0);
  trace.self.span = make_span_id(random);
  trace.self.flags = static_cast<std::uint8_t>(TraceParent::kRandom | (sampled ? TraceParent::kSampled : 0));
  return trace;
}

// The span of a call made for `parent`: same trace, flags and state, a new id.
template <RandomBits Random>
TraceContext child_span(const TraceContext& parent, Random&& random) {
  TraceContext child = parent;
  child.parent_span = parent.self.span;
  child.self.span = make_span_id(random);
  return child;
}

// What a request's fields say, with `self` being the caller's span; nothing where a new trace has to be started.
std::optional<TraceContext> read_trace(const Fields& fields);

// The span of a request that has just come in: in the caller's trace, or in a new one with the flag `sampled`.
template <RandomBits Random>
TraceContext accept_trace(const Fields& fields, bool sampled, Random&& random) {
  if (std::optional<TraceContext> caller = read_trace(fields)) return child_span(*caller, random);
  return start_trace(sampled, random);
}

// Replaces both fields with what `trace` says; without state there is no tracestate.
void put_trace(const TraceContext& trace, Fields& fields);

}  // namespace banyan
