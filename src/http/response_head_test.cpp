#include "http/response_head.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "http/message_framing.h"
#include "http/request_head.h"
#include "http/transcript.h"

namespace banyan {
namespace {

constexpr HeadLimits kLimits = {.head_bytes_max = 4096, .fields_max = 32};
constexpr std::array<const char*, 2> kFiles = {"response_head.txt", "response_framing.txt"};

std::string path_of(const char* file) { return std::string(BANYAN_TESTDATA "/") + file; }

std::string describe_framing(const ResponseHead& head, const char* name, const AnsweredRequest& request) {
  constexpr std::array<const char*, 5> kKinds = {"none", "length", "chunked", "until close", "tunnel"};
  const auto framing = frame_response(head, request);
  std::string out = std::string("to ") + name + ": ";
  if (!framing)
    return out + "refused " + std::to_string(framing.error().status) + ", " + std::string(framing.error().sentence) +
           "\n";
  out += kKinds[static_cast<std::size_t>(framing->body.kind)];
  if (framing->body.kind == BodyFraming::Kind::kLength) out += " " + std::to_string(framing->body.length);
  return out + (framing->keep_alive ? ", keep-alive\n" : ", close\n");
}

std::string describe(const HeadOutcome& outcome, const ResponseHead& head) {
  if (outcome.failed()) {
    return "error " + std::to_string(outcome.refusal.status) + " at " + std::to_string(outcome.consumed) + ": " +
           std::string(outcome.refusal.sentence) + "\n";
  }
  if (!outcome.done()) return "need more\n";
  std::string out = "done " + std::to_string(outcome.consumed) + "\n";
  out += (head.version == HttpVersion::k11 ? "1.1 " : "1.0 ") + std::to_string(head.status) + " [" +
         escape_bytes(head.reason) + "]\n";
  for (const Fields::Entry& entry : head.fields)
    out += "  " + escape_bytes(entry.name) + ": " + escape_bytes(entry.value) + "\n";
  out += describe_framing(head, "GET", {Method::kGet, false}) + describe_framing(head, "HEAD", {Method::kHead, false}) +
         describe_framing(head, "CONNECT", {Method::kConnect, false}) +
         describe_framing(head, "GET with Upgrade", {Method::kGet, true});
  return out;
}

std::string parse_whole(std::string_view input) {
  ResponseHead head;
  ResponseHeadParser parser(kLimits);
  return describe(parser.parse(input, head), head);
}

std::string parse_in_steps(std::string_view input, std::size_t first, std::size_t step) {
  ResponseHead head;
  ResponseHeadParser parser(kLimits);
  std::string before;
  for (std::size_t size = std::min(first, input.size());; size = std::min(size + step, input.size())) {
    std::string bytes(input.substr(0, size));
    const HeadOutcome outcome = parser.parse(bytes, head);
    if (outcome.done() || outcome.failed() || size == input.size()) return describe(outcome, head);
    before.swap(bytes);
  }
}

class ResponseTranscripts : public ::testing::TestWithParam<const char*> {};

TEST_P(ResponseTranscripts, AnswerAsWritten) { EXPECT_EQ(check_transcripts(path_of(GetParam()), parse_whole), ""); }

TEST_P(ResponseTranscripts, DoNotDependOnHowTheBytesAreCut) {
  for (const Transcript& one : read_transcripts(path_of(GetParam()))) {
    const std::size_t size = one.input.size();
    const std::size_t step = size < 1500 ? 1 : 61;
    EXPECT_EQ(parse_in_steps(one.input, 0, step), one.expected) << one.name;
    for (std::size_t cut = 1; cut < size; cut += step) {
      EXPECT_EQ(parse_in_steps(one.input, cut, size), one.expected) << one.name << " cut at " << cut;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, ResponseTranscripts, ::testing::ValuesIn(kFiles));

TEST(WriteHead, RequestIsReadBackTheSame) {
  Fields fields;
  fields.add_copy(FieldId::kHost, "a");
  ASSERT_TRUE(fields.add_copy("X-Y", "v"));
  std::string out = "before";
  ASSERT_TRUE(write_request_head({"GET", "/p?q"}, fields, out).ok());
  EXPECT_EQ(out, "beforeGET /p?q HTTP/1.1\r\nHost: a\r\nX-Y: v\r\n\r\n");
  RequestHead head;
  RequestHeadParser parser;
  EXPECT_EQ(parser.parse(std::string_view(out).substr(6), head).consumed, out.size() - 6);
}

TEST(WriteHead, Response) {
  Fields fields;
  std::string out;
  ASSERT_TRUE(write_response_head({.status = 404}, fields, out).ok());
  ASSERT_TRUE(write_response_head({.status = 200, .reason = "Fine", .version = HttpVersion::k10}, fields, out).ok());
  ASSERT_TRUE(write_response_head({.status = 299}, fields, out).ok());
  EXPECT_EQ(out, "HTTP/1.1 404 Not Found\r\n\r\nHTTP/1.0 200 Fine\r\n\r\nHTTP/1.1 299 \r\n\r\n");
}

TEST(WriteHead, RefusesWhatWouldEndALine) {
  Fields fields;
  std::string out;
  EXPECT_FALSE(write_request_head({"GET\r\nX: y", "/"}, fields, out).ok());
  EXPECT_FALSE(write_request_head({"", "/"}, fields, out).ok());
  EXPECT_FALSE(write_request_head({"GET", ""}, fields, out).ok());
  EXPECT_FALSE(write_request_head({"GET", "/ HTTP/1.1\r\nX: y"}, fields, out).ok());
  EXPECT_FALSE(write_request_head({"GET", "/\n"}, fields, out).ok());
  EXPECT_FALSE(write_request_head({"GET", "/\xc3\xa9"}, fields, out).ok());
  EXPECT_FALSE(write_response_head({.status = 200, .reason = "a\r\nX: y"}, fields, out).ok());
  EXPECT_FALSE(write_response_head({.status = 99}, fields, out).ok());
  EXPECT_FALSE(write_response_head({.status = 1000}, fields, out).ok());
  EXPECT_EQ(out, "");
}

TEST(HopByHop, RemovesWhatConcernsOneConnection) {
  Fields fields;
  for (const char* name : {"Connection", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding", "Upgrade",
                           "HTTP2-Settings", "X-Named", "X-Other", "Host", "X-Forwarded-For", "Content-Length"}) {
    const bool connection = std::string_view(name) == "Connection";
    ASSERT_TRUE(fields.add_copy(name, connection ? "close, x-nAMED, host, X-Forwarded-For, content-length" : "v"));
  }
  remove_hop_by_hop(fields);
  ASSERT_EQ(fields.size(), 4U);
  EXPECT_EQ(fields[0].name, "X-Other");
  EXPECT_EQ(fields[1].name, "Host");
  EXPECT_EQ(fields[2].name, "X-Forwarded-For");
  EXPECT_EQ(fields[3].name, "Content-Length");
}

}  // namespace
}  // namespace banyan
