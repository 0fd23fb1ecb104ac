#include "http/request_head.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "http/message_framing.h"
#include "http/transcript.h"

namespace banyan {
namespace {

constexpr HeadLimits kLimits = {.head_bytes_max = 4096, .fields_max = 32, .target_bytes_max = 1024};
constexpr std::array<const char*, 4> kFiles = {"request_line.txt", "request_fields.txt", "request_host.txt",
                                               "request_framing.txt"};

std::string path_of(const char* file) { return std::string(BANYAN_TESTDATA "/") + file; }

std::string describe_framing(const RequestHead& head) {
  constexpr std::array<const char*, 5> kKinds = {"none", "length", "chunked", "until close", "tunnel"};
  const auto framing = frame_request(head);
  if (!framing) {
    return "framing error " + std::to_string(framing.error().status) + ": " + std::string(framing.error().sentence) +
           "\n";
  }
  std::string out = std::string("body ") + kKinds[static_cast<std::size_t>(framing->body.kind)];
  if (framing->body.kind == BodyFraming::Kind::kLength) out += " " + std::to_string(framing->body.length);
  out += framing->keep_alive ? ", keep-alive" : ", close";
  if (framing->expect_continue) out += ", expects 100";
  if (!framing->upgrade.empty()) out += ", upgrade " + std::string(framing->upgrade);
  return out + "\n";
}

std::string describe_head(const RequestHead& head) {
  constexpr std::array<const char*, 4> kForms = {"origin", "absolute", "authority", "asterisk"};
  EXPECT_EQ(head.method, method_from_name(head.method_name));
  std::string out = escape_bytes(head.method_name) + " " + kForms[static_cast<std::size_t>(head.form)];
  out += " path=" + escape_bytes(head.path);
  if (head.has_query) out += " query=" + escape_bytes(head.query);
  out += head.version == HttpVersion::k11 ? " 1.1" : " 1.0";
  out += " host=" + std::string(head.host) + " port=" + std::to_string(head.port) + "\n";
  for (const Fields::Entry& entry : head.fields) {
    EXPECT_EQ(entry.id, field_id(entry.name));
    out += (entry.id == FieldId::kOther ? "  " : "  *") + escape_bytes(entry.name) + ": " + escape_bytes(entry.value) +
           "\n";
  }
  return out;
}

std::string describe(const HeadOutcome& outcome, const RequestHead& head) {
  if (outcome.failed()) {
    return "error " + std::to_string(outcome.refusal.status) + " at " + std::to_string(outcome.consumed) + ": " +
           std::string(outcome.refusal.sentence) + "\n";
  }
  if (!outcome.done()) return "need more\n";
  return "done " + std::to_string(outcome.consumed) + "\n" + describe_head(head) + describe_framing(head);
}

std::string parse_whole(std::string_view input) {
  RequestHead head;
  RequestHeadParser parser(kLimits);
  return describe(parser.parse(input, head), head);
}

// Gives the parser more and more of the input, each time in a new place, until it has decided.
std::string parse_in_steps(std::string_view input, std::size_t first, std::size_t step) {
  RequestHead head;
  RequestHeadParser parser(kLimits);
  std::string before;
  for (std::size_t size = std::min(first, input.size());; size = std::min(size + step, input.size())) {
    std::string bytes(input.substr(0, size));
    bytes.shrink_to_fit();
    const HeadOutcome outcome = parser.parse(bytes, head);
    if (outcome.done() || outcome.failed() || size == input.size()) return describe(outcome, head);
    before.swap(bytes);  // frees what the parser saw one call ago, keeps what it saw last
  }
}

class RequestTranscripts : public ::testing::TestWithParam<const char*> {};

TEST_P(RequestTranscripts, AnswerAsWritten) { EXPECT_EQ(check_transcripts(path_of(GetParam()), parse_whole), ""); }

TEST_P(RequestTranscripts, DoNotDependOnHowTheBytesAreCut) {
  for (const Transcript& one : read_transcripts(path_of(GetParam()))) {
    const std::size_t size = one.input.size();
    const std::size_t step = size < 1500 ? 1 : 61;
    EXPECT_EQ(parse_in_steps(one.input, 0, step), one.expected) << one.name << " in steps of " << step;
    for (std::size_t cut = 1; cut < size; cut += step) {
      EXPECT_EQ(parse_in_steps(one.input, cut, size), one.expected) << one.name << " cut at " << cut;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, RequestTranscripts, ::testing::ValuesIn(kFiles));

// Every byte value in every place of a small request is either taken as itself or refused: never a crash, never a
// different count of fields than of colon lines.
TEST(RequestHead, EveryByteInEveryPlace) {
  const std::string good = "GET /p?q HTTP/1.1\r\nHost: a\r\nX-Y: v w\r\n\r\n";
  int accepted = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string input = good;
      input[at] = static_cast<char>(byte);
      RequestHead head;
      RequestHeadParser parser;
      const HeadOutcome outcome = parser.parse(input, head);
      if (!outcome.done()) continue;
      ++accepted;
      EXPECT_EQ(outcome.consumed, good.size());
      EXPECT_LE(head.fields.size(), 2U);
      const bool control = byte < 0x20 || byte == 0x7f;
      const bool in_place = input == good || (byte == '\t' && at >= 24);
      EXPECT_TRUE(!control || in_place) << at << " " << byte;
    }
  }
  EXPECT_GT(accepted, 1000);
}

TEST(RequestHead, ParserIsReusable) {
  RequestHead head;
  RequestHeadParser parser;
  const std::string two = "GET /1 HTTP/1.1\r\nHost: a\r\nCookie: x\r\n\r\nPUT /2 HTTP/1.0\r\n\r\n";
  const HeadOutcome first = parser.parse(two, head);
  ASSERT_TRUE(first.done());
  EXPECT_EQ(head.path, "/1");
  parser.reset();
  const HeadOutcome second = parser.parse(std::string_view(two).substr(first.consumed), head);
  ASSERT_TRUE(second.done());
  EXPECT_EQ(head.path, "/2");
  EXPECT_TRUE(head.fields.empty());
  EXPECT_EQ(head.host, "");
}

TEST(RequestHead, ViewsFollowTheBuffer) {
  std::string bytes = "GET /a/b?c=d HTTP/1.1\r\nHost: example.org:81\r\nX: y\r\n\r\n";
  RequestHead head;
  RequestHeadParser parser;
  ASSERT_TRUE(parser.parse(bytes, head).done());
  head.fields.add_copy(FieldId::kXRequestId, "made here");
  const std::string moved = bytes;
  head.rebase(bytes.data(), bytes.size(), moved.data());
  std::fill(bytes.begin(), bytes.end(), '#');
  EXPECT_EQ(head.target, "/a/b?c=d");
  EXPECT_EQ(head.host, "example.org");
  EXPECT_EQ(head.fields.value("x"), "y");
  EXPECT_EQ(head.fields.value(FieldId::kXRequestId), "made here");
}

TEST(RequestHead, LimitsHoldToTheByte) {
  const std::string good = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  RequestHead head;
  EXPECT_TRUE(RequestHeadParser({.head_bytes_max = good.size()}).parse(good, head).done());
  const HeadOutcome over = RequestHeadParser({.head_bytes_max = good.size() - 1}).parse(good, head);
  EXPECT_EQ(over.refusal.status, 431);
  EXPECT_TRUE(RequestHeadParser({.fields_max = 1}).parse(good, head).done());
  EXPECT_EQ(RequestHeadParser({.fields_max = 0}).parse(good, head).refusal.status, 431);
  EXPECT_TRUE(RequestHeadParser({.target_bytes_max = 1}).parse(good, head).done());
  EXPECT_EQ(RequestHeadParser({.target_bytes_max = 0}).parse(good, head).refusal.status, 414);
  EXPECT_EQ(RequestHeadParser({.head_bytes_max = 10}).parse(good, head).refusal.status, 414);
}

}  // namespace
}  // namespace banyan
