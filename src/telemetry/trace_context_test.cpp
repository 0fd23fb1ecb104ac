// The cases follow those of the standard's test suite (https://github.com/w3c/trace-context, test/test.py).
#include "telemetry/trace_context.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace banyan {
namespace {

constexpr std::string_view kTrace = "12345678901234567890123456789012";
constexpr std::string_view kParent = "00-12345678901234567890123456789012-1234567890123456-01";

// Counts up from 1, so that what it made can be told.
struct Sequence {
  std::uint64_t next = 0;
  std::uint64_t operator()() { return ++next; }
};

std::string trace_id(const TraceContext& trace) {
  std::string text(kTraceIdBytes, ' ');
  write_trace_id(trace.self, std::span<char, kTraceIdBytes>(text.data(), kTraceIdBytes));
  return text;
}

std::string traceparent(const TraceParent& parent) {
  std::string text(kTraceparentBytes, ' ');
  write_traceparent(parent, std::span<char, kTraceparentBytes>(text.data(), kTraceparentBytes));
  return text;
}

using Lines = std::vector<std::pair<std::string, std::string>>;

TraceContext accept(const Lines& lines) {
  Fields fields;
  for (const auto& [name, value] : lines) fields.add_view(field_id(name), name, value);
  return accept_trace(fields, false, Sequence{});
}

struct ParentCase {
  std::string text;
  bool valid;
};

std::vector<ParentCase> parent_cases() {
  const std::string good(kParent);
  const std::string tail = good.substr(2);
  return {
      {good, true},
      {good + ".", false},
      {good + "-", false},
      {good + "-what-the-future-will-be-like", false},
      {"cc" + tail, true},
      {"cc" + tail + "-", true},
      {"cc" + tail + "-what-the-future-will-be-like", true},
      {"cc" + tail + ".what-the-future-will-be-like", false},
      {"01" + tail, true},
      {"fe" + tail, true},
      {"ff" + tail, false},
      {"ff" + tail + "-more", false},
      {"CC" + tail, false},
      {".0" + tail, false},
      {"0." + tail, false},
      {"000" + tail, false},
      {"0000" + tail, false},
      {"0" + tail, false},
      {tail, false},
      {"", false},
      {"00", false},
      {"00-" + std::string(32, '0') + "-1234567890123456-01", false},
      {"00-.2345678901234567890123456789012-1234567890123456-01", false},
      {"00-1234567890123456789012345678901.-1234567890123456-01", false},
      {"00-123456789012345678901234567890123-1234567890123456-01", false},
      {"00-1234567890123456789012345678901-1234567890123456-01", false},
      {"00-abcdef78901234567890123456789012-1234567890123456-01", true},
      {"00-ABCDEF78901234567890123456789012-1234567890123456-01", false},
      {"00-12345678901234567890123456789012-0000000000000000-01", false},
      {"00-12345678901234567890123456789012-.234567890123456-01", false},
      {"00-12345678901234567890123456789012-123456789012345.-01", false},
      {"00-12345678901234567890123456789012-12345678901234567-01", false},
      {"00-12345678901234567890123456789012-123456789012345-01", false},
      {"00-12345678901234567890123456789012-123456789012345A-01", false},
      {"00-12345678901234567890123456789012-1234567890123456-.0", false},
      {"00-12345678901234567890123456789012-1234567890123456-0.", false},
      {"00-12345678901234567890123456789012-1234567890123456-0A", false},
      {"00-12345678901234567890123456789012-1234567890123456-001", false},
      {"00-12345678901234567890123456789012-1234567890123456-1", false},
      {"00-12345678901234567890123456789012-1234567890123456-ff", true},
      {"00_12345678901234567890123456789012-1234567890123456-01", false},
      {"00-12345678901234567890123456789012_1234567890123456-01", false},
      {"00-12345678901234567890123456789012-1234567890123456_01", false},
      {std::string(kTraceparentBytes, '-'), false},
      {std::string("00-12345678901234567890123456789012-1234567890123456-0") + '\0', false},
      {"cc-12345678901234567890123456789012-1234567890123456-", false},
  };
}

TEST(Traceparent, Table) {
  for (const ParentCase& c : parent_cases()) {
    EXPECT_EQ(parse_traceparent(c.text).has_value(), c.valid) << c.text;
    // Whatever is invalid starts a new trace, without the state.
    const TraceContext trace = accept({{"traceparent", c.text}, {"tracestate", "foo=1"}});
    EXPECT_EQ(trace.state, c.valid ? "foo=1" : "") << c.text;
    EXPECT_EQ(trace.parent_span != 0, c.valid) << c.text;
    EXPECT_TRUE(parse_traceparent(traceparent(trace.self)).has_value()) << c.text;
  }
}

TEST(Traceparent, FieldsAreReadAndWrittenBack) {
  const auto parent = parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03");
  ASSERT_TRUE(parent);
  EXPECT_EQ(parent->trace_high, 0x0af7651916cd43ddU);
  EXPECT_EQ(parent->trace_low, 0x8448eb211c80319cU);
  EXPECT_EQ(parent->span, 0xb7ad6b7169203331U);
  EXPECT_EQ(parent->flags, TraceParent::kSampled | TraceParent::kRandom);
  EXPECT_EQ(traceparent(*parent), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03");
}

TEST(Traceparent, KnownFlagsPassAndUnknownOnesAreCleared) {
  const std::pair<const char*, const char*> cases[] = {{"00", "00"}, {"01", "01"}, {"02", "02"}, {"03", "03"},
                                                       {"04", "00"}, {"09", "01"}, {"ff", "03"}, {"fe", "02"}};
  for (const auto& [in, out] : cases) {
    const auto parent = parse_traceparent(std::string(kParent.substr(0, 53)) + in);
    ASSERT_TRUE(parent) << in;
    EXPECT_EQ(parent->sampled(), (out[1] - '0') % 2 == 1) << in;
    EXPECT_EQ(traceparent(*parent).substr(53), out) << in;
  }
}

TEST(AcceptTrace, ContinuesTheCallersTraceWithASpanOfItsOwn) {
  const TraceContext trace = accept({{"traceparent", std::string(kParent)}});
  EXPECT_EQ(trace_id(trace), kTrace);
  EXPECT_EQ(trace.parent_span, 0x1234567890123456U);
  EXPECT_EQ(trace.self.span, 1U);
  EXPECT_TRUE(trace.self.sampled());
  EXPECT_EQ(trace.self.flags & TraceParent::kRandom, 0);
  EXPECT_EQ(trace.state, "");
}

TEST(AcceptTrace, StartsOneWhereThereIsNone) {
  Fields none;
  for (const bool sampled : {false, true}) {
    const TraceContext trace = accept_trace(none, sampled, Sequence{});
    EXPECT_EQ(trace.parent_span, 0U);
    EXPECT_EQ(trace.self.sampled(), sampled);
    EXPECT_NE(trace.self.flags & TraceParent::kRandom, 0);
    EXPECT_EQ(traceparent(trace.self),
              std::string("00-00000000000000010000000000000002-0000000000000003-0") + (sampled ? "3" : "2"));
  }
}

TEST(AcceptTrace, NeverMakesAZeroId) {
  int calls = 0;
  const auto zeros_first = [&calls] { return std::uint64_t{++calls > 4 ? 7U : 0U}; };
  const TraceContext trace = accept_trace(Fields{}, false, zeros_first);
  EXPECT_TRUE(parse_traceparent(traceparent(trace.self)));
  calls = 0;
  EXPECT_EQ(make_span_id(zeros_first), 7U);
}

TEST(AcceptTrace, TwoTraceparentsAreNone) {
  const std::string other = "00-12345678901234567890123456789011-1234567890123456-01";
  const TraceContext trace = accept({{"traceparent", other}, {"traceparent", std::string(kParent)}});
  EXPECT_EQ(trace_id(trace), "00000000000000010000000000000002");
  EXPECT_EQ(trace_id(accept({{"traceparent", std::string(kParent)}, {"Traceparent", std::string(kParent)}})),
            "00000000000000010000000000000002");
}

TEST(AcceptTrace, NamesInAnyCaseButNoOthers) {
  for (const char* name : {"traceparent", "TraceParent", "TrAcEpArEnT", "TRACEPARENT"}) {
    EXPECT_EQ(trace_id(accept({{name, std::string(kParent)}})), kTrace) << name;
  }
  for (const char* name : {"trace-parent", "trace.parent", "traceparent2", "tracestate"}) {
    EXPECT_NE(trace_id(accept({{name, std::string(kParent)}})), kTrace) << name;
  }
  for (const char* name : {"tracestate", "TraceState", "TrAcEsTaTe", "TRACESTATE"}) {
    EXPECT_EQ(accept({{"traceparent", std::string(kParent)}, {name, "foo=1"}}).state, "foo=1") << name;
  }
  for (const char* name : {"trace-state", "trace.state"}) {
    EXPECT_EQ(accept({{"traceparent", std::string(kParent)}, {name, "foo=1"}}).state, "") << name;
  }
}

TEST(AcceptTrace, WhiteSpaceAroundTheValue) {
  for (const auto& [before, after] :
       std::vector<std::pair<std::string, std::string>>{{" ", ""}, {"\t", ""}, {"", " "}, {"", "\t"}, {"\t ", " \t"}}) {
    EXPECT_EQ(trace_id(accept({{"traceparent", before + std::string(kParent) + after}})), kTrace);
  }
}

TEST(AcceptTrace, StateWithoutAParentIsDropped) {
  EXPECT_EQ(accept({{"tracestate", "foo=1"}}).state, "");
  EXPECT_EQ(accept({{"tracestate", "foo=1,bar=2"}}).state, "");
}

struct StateCase {
  std::vector<std::string> lines;
  std::string combined;  // "" where it is refused or empty
};

std::string numbered(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) {
    const std::string number = (i < 10 ? "0" : "") + std::to_string(i);
    text += (i > first ? ",bar" : "bar") + number + "=" + number;
  }
  return text;
}

std::vector<StateCase> state_cases() {
  const std::string key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
  std::string value;
  for (char c = ' '; c <= '~'; ++c) {
    if (c != ',' && c != '=') value += c;
  }
  const auto repeat = [](char c, std::size_t n) { return std::string(n, c); };
  return {
      {{"foo=1,bar=2"}, "foo=1,bar=2"},
      {{""}, ""},
      {{"foo=1", ""}, "foo=1"},
      {{"", "foo=1"}, "foo=1"},
      {{" , \t,,foo=1,, ,"}, "foo=1"},
      {{"foo=1,bar=2", "rojo=1,congo=2", "baz=3"}, "foo=1,bar=2,rojo=1,congo=2,baz=3"},
      {{"foo=1,foo=1"}, ""},
      {{"foo=1,foo=2"}, ""},
      {{"foo=1", "foo=1"}, ""},
      {{"foo=1", "foo=2"}, ""},
      {{"foo=1,foobar=1,fo=1"}, "foo=1,foobar=1,fo=1"},
      {{key + "=" + value}, key + "=" + value},
      {{key + "@a-z0-9_-*/=" + value}, key + "@a-z0-9_-*/=" + value},
      {{"foo=1 \t , \t bar=2, \t baz=3"}, "foo=1,bar=2,baz=3"},
      {{"foo=1\t \t,\t \tbar=2,\t \tbaz=3"}, "foo=1,bar=2,baz=3"},
      {{" foo=1"}, "foo=1"},
      {{"\tfoo=1"}, "foo=1"},
      {{"foo=1 "}, "foo=1"},
      {{"foo=1\t"}, "foo=1"},
      {{"\t foo=1 \t"}, "foo=1"},
      {{"foo=  1"}, "foo=  1"},
      {{"foo=a b  "}, "foo=a b"},
      {{"foo =1"}, ""},
      {{"FOO=1"}, ""},
      {{"foo.bar=1"}, ""},
      {{"_foo=1"}, ""},
      {{"0foo=1"}, "0foo=1"},
      {{"foo@=1,bar=2"}, ""},
      {{"@foo=1,bar=2"}, ""},
      {{"foo@@bar=1,bar=2"}, ""},
      {{"foo@bar@baz=1,bar=2"}, ""},
      {{"0foo@bar=1"}, "0foo@bar=1"},
      {{"foo@0bar=1"}, ""},
      {{numbered(1, 10), numbered(11, 20), numbered(21, 30), numbered(31, 32)}, numbered(1, 32)},
      {{numbered(1, 10), numbered(11, 20), numbered(21, 30), numbered(31, 33)}, ""},
      {{"foo=1", repeat('z', 256) + "=1"}, "foo=1," + repeat('z', 256) + "=1"},
      {{"foo=1", repeat('z', 257) + "=1"}, ""},
      {{"foo=1", repeat('t', 241) + "@" + repeat('v', 14) + "=1"},
       "foo=1," + repeat('t', 241) + "@" + repeat('v', 14) + "=1"},
      {{"foo=1", repeat('t', 242) + "@v=1"}, ""},
      {{"foo=1", "t@" + repeat('v', 15) + "=1"}, ""},
      {{"foo=bar=baz"}, ""},
      {{"foo=,bar=3"}, ""},
      {{"foo= ,bar=3"}, ""},
      {{"foo,bar=3"}, ""},
      {{"=1,bar=3"}, ""},
      {{"foo=\x7f"}, ""},
      {{"foo=\xc3\xa9"}, ""},
      {{"foo=a\tb"}, ""},
      {{"foo=" + repeat('v', 256)}, "foo=" + repeat('v', 256)},
      {{"foo=" + repeat('v', 257)}, ""},
  };
}

TEST(Tracestate, Table) {
  for (const StateCase& c : state_cases()) {
    Lines fields = {{"traceparent", std::string(kParent)}};
    for (const std::string& line : c.lines) fields.emplace_back("tracestate", line);
    const TraceContext trace = accept(fields);
    EXPECT_EQ(trace.state, c.combined) << c.lines[0];
    EXPECT_EQ(trace_id(trace), kTrace) << c.lines[0];  // a bad state never costs the trace
  }
}

TEST(Tracestate, LongOnesLoseLongMembersFirstAndThenTheLast) {
  const auto combine = [](const std::string& line) {
    const std::string_view lines[] = {line};
    std::string out;
    EXPECT_TRUE(combine_tracestate(lines, out));
    return out;
  };
  const std::string a = "a=" + std::string(126, '1');  // 128 characters: not yet long
  const std::string b = "b=" + std::string(127, '2');
  const std::string c = "c=" + std::string(126, '3');
  const std::string d = "d=" + std::string(122, '4');
  const std::string exactly = a + "," + c + "," + d + ",e=" + std::string(122, '5') + ",f";
  EXPECT_EQ(combine(exactly + "=1").size(), kTracestateBytesMax - 1);
  EXPECT_EQ(combine(exactly + "=12").size(), kTracestateBytesMax);
  EXPECT_EQ(combine(exactly + "=123"), exactly.substr(0, exactly.size() - 2));
  EXPECT_EQ(combine(a + "," + b + "," + c + "," + d + ",e=5"), a + "," + c + "," + d + ",e=5");
  // Of two long ones the last goes, and no more than must.
  EXPECT_EQ(combine(b + "," + a + ",c=" + std::string(200, '3') + ",d=" + std::string(100, '4')),
            b + "," + a + ",d=" + std::string(100, '4'));
}

TEST(ChildSpan, PassesTraceFlagsAndStateOn) {
  const TraceContext parent =
      accept({{"traceparent", std::string(kParent.substr(0, 53)) + "03"}, {"tracestate", "a=1"}});
  Sequence random{100};
  const TraceContext first = child_span(parent, random);
  const TraceContext second = child_span(parent, random);
  EXPECT_NE(first.self.span, second.self.span);
  for (const TraceContext& child : {first, second}) {
    EXPECT_EQ(trace_id(child), kTrace);
    EXPECT_EQ(child.parent_span, parent.self.span);
    EXPECT_EQ(child.self.flags, 3);
    EXPECT_EQ(child.state, "a=1");
  }
}

TEST(PutTrace, ReplacesWhatTheCallerSent) {
  Fields fields;
  fields.add_copy(FieldId::kTraceparent, "rubbish");
  fields.add_copy(FieldId::kTracestate, "a=1");
  fields.add_copy(FieldId::kTracestate, "b=2");
  TraceContext trace = accept({{"traceparent", std::string(kParent)}, {"tracestate", "foo=1"}});
  put_trace(trace, fields);
  EXPECT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields.value(FieldId::kTraceparent), "00-12345678901234567890123456789012-0000000000000001-01");
  EXPECT_EQ(fields.value(FieldId::kTracestate), "foo=1");
  trace.state.clear();
  put_trace(trace, fields);
  EXPECT_EQ(fields.size(), 1U);
}

}  // namespace
}  // namespace banyan
