// The parser of Node.js (llhttp, in its strict mode) as an oracle: what we accept, it must accept too, and read with
// the same meaning. We refuse more than it does, so nothing is asked the other way round.
//
// Where we accept what it does not, or read it otherwise, on purpose, a predicate below says so, with the reason.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "http/chunked_body.h"
#include "http/message_framing.h"
#include "http/request_head.h"
#include "http/response_head.h"
#include "http/transcript.h"

#ifndef BANYAN_LLHTTP

TEST(Llhttp, Differential) {
  GTEST_SKIP() << "llhttp is not installed (Debian package node-llhttp): nothing was compared";
}

#else

#include <llhttp.h>

namespace banyan {
namespace {

// What llhttp understood of one message.
struct Understood {
  llhttp_errno error = HPE_OK;
  std::string reason;
  bool head_done = false;
  bool message_done = false;
  int method = 0;
  int status = 0;
  int minor = 0;
  bool chunked = false;
  bool has_length = false;
  std::uint64_t length = 0;
  bool keep_alive = false;
  std::string target;
  std::string body;
  std::vector<std::string> names;
  std::vector<std::string> values;
  bool in_value = false;
};

Understood& of(llhttp_t* parser) { return *static_cast<Understood*>(parser->data); }

int on_target(llhttp_t* parser, const char* at, std::size_t size) {
  of(parser).target.append(at, size);
  return 0;
}
int on_name(llhttp_t* parser, const char* at, std::size_t size) {
  Understood& u = of(parser);
  if (u.head_done) return 0;
  if (u.names.empty() || u.in_value) {
    u.names.emplace_back();
    u.values.emplace_back();
  }
  u.in_value = false;
  u.names.back().append(at, size);
  return 0;
}
int on_value(llhttp_t* parser, const char* at, std::size_t size) {
  Understood& u = of(parser);
  if (u.head_done) return 0;
  u.in_value = true;
  u.values.back().append(at, size);
  return 0;
}
int on_value_complete(llhttp_t* parser) {
  of(parser).in_value = true;
  return 0;
}
int on_head(llhttp_t* parser) {
  Understood& u = of(parser);
  u.head_done = true;
  u.method = parser->method;
  u.status = parser->status_code;
  u.minor = parser->http_minor;
  u.chunked = (parser->flags & F_CHUNKED) != 0;
  u.has_length = (parser->flags & F_CONTENT_LENGTH) != 0;
  u.length = parser->content_length;
  u.keep_alive = llhttp_should_keep_alive(parser) != 0;
  return 0;
}
int on_body(llhttp_t* parser, const char* at, std::size_t size) {
  of(parser).body.append(at, size);
  return 0;
}
int on_done(llhttp_t* parser) {
  of(parser).message_done = true;
  return HPE_PAUSED;
}

Understood ask_llhttp(std::string_view bytes, llhttp_type_t type) {
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  settings.on_url = on_target;
  settings.on_header_field = on_name;
  settings.on_header_value = on_value;
  settings.on_header_value_complete = on_value_complete;
  settings.on_headers_complete = on_head;
  settings.on_body = on_body;
  settings.on_message_complete = on_done;
  Understood understood;
  llhttp_t parser;
  llhttp_init(&parser, type, &settings);
  parser.data = &understood;
  understood.error = llhttp_execute(&parser, bytes.data(), bytes.size());
  const char* reason = llhttp_get_error_reason(&parser);
  understood.reason = reason != nullptr ? reason : "";
  return understood;
}

// The reviewed list. Each is a message we accept with the meaning RFC 9112 gives it.
//
// A closed list of methods: RFC 9110 section 9.1 lets a method be any token.
bool is_other_method(const Understood& theirs, const RequestHead& head) {
  return theirs.error == HPE_INVALID_METHOD && head.method == Method::kOther;
}
// HTAB after the value of a framing field: llhttp takes it for a part of the value; RFC 9112 section 5.1 takes it off,
// and what we write after a parse has none.
bool has_tab_after_framing(std::string_view bytes, const RequestHead& head) {
  for (const FieldId id : {FieldId::kContentLength, FieldId::kTransferEncoding}) {
    const std::string_view value = head.fields.value(id);
    if (value.empty()) continue;
    const std::string_view after = bytes.substr(static_cast<std::size_t>(value.data() + value.size() - bytes.data()));
    if (after.substr(0, after.find('\r')).find('\t') != std::string_view::npos) return true;
  }
  return false;
}
// llhttp obeys Proxy-Connection, which was never a standard; and in HTTP/1.0 lets keep-alive beat close, where we take
// the side that is safe.
bool is_other_keep_alive(const RequestHead& head) {
  return head.fields.has(FieldId::kProxyConnection) ||
         (head.version == HttpVersion::k10 && list_contains(head.fields, FieldId::kConnection, "close"));
}
// llhttp 8.1 refuses quoted extension values that are followed by another extension or hold a quoted pair.
bool is_quoted_extension(const Understood& theirs, std::string_view bytes) {
  return theirs.error != HPE_PAUSED && !theirs.message_done && bytes.find('"') != std::string_view::npos;
}

void compare_fields(const Fields& ours, const Understood& theirs) {
  ASSERT_EQ(ours.size(), theirs.names.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_EQ(ours[i].name, theirs.names[i]);
    // llhttp leaves white space at the end of a value in place (RFC 9112 section 5.1 takes it off).
    std::string value = theirs.values[i];
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.pop_back();
    EXPECT_EQ(ours[i].value, value);
  }
}

void compare_framing(const BodyFraming& ours, const Understood& theirs) {
  EXPECT_EQ(ours.kind == BodyFraming::Kind::kChunked, theirs.chunked);
  EXPECT_EQ(ours.kind == BodyFraming::Kind::kLength, theirs.has_length && !theirs.chunked);
  if (ours.kind == BodyFraming::Kind::kLength) EXPECT_EQ(ours.length, theirs.length);
}

// 1 where both were asked for their meaning, 0 where we refused (or named a known difference).
int compare_request(std::string_view bytes) {
  RequestHead head;
  RequestHeadParser parser({.head_bytes_max = 1 << 20, .fields_max = 1000, .target_bytes_max = 1 << 20});
  const HeadOutcome outcome = parser.parse(bytes, head);
  if (!outcome.done()) return 0;
  const auto framing = frame_request(head);
  if (!framing) return 0;
  const Understood theirs = ask_llhttp(bytes.substr(0, outcome.consumed), HTTP_REQUEST);
  if (is_other_method(theirs, head) || has_tab_after_framing(bytes, head)) return 0;
  EXPECT_TRUE(theirs.head_done) << llhttp_errno_name(theirs.error) << " " << theirs.reason;
  if (!theirs.head_done) return 0;
  EXPECT_EQ(head.method_name, llhttp_method_name(static_cast<llhttp_method_t>(theirs.method)));
  EXPECT_EQ(head.target, theirs.target);
  EXPECT_EQ(head.version == HttpVersion::k11 ? 1 : 0, theirs.minor);
  compare_fields(head.fields, theirs);
  compare_framing(framing->body, theirs);
  if (head.method != Method::kConnect && !is_other_keep_alive(head)) EXPECT_EQ(framing->keep_alive, theirs.keep_alive);
  return 1;
}

int compare_response(std::string_view bytes) {
  ResponseHead head;
  ResponseHeadParser parser({.head_bytes_max = 1 << 20, .fields_max = 1000});
  const HeadOutcome outcome = parser.parse(bytes, head);
  if (!outcome.done()) return 0;
  const auto framing = frame_response(head, {Method::kGet, true});
  if (!framing) return 0;
  const Understood theirs = ask_llhttp(bytes.substr(0, outcome.consumed), HTTP_RESPONSE);
  EXPECT_TRUE(theirs.head_done) << llhttp_errno_name(theirs.error) << " " << theirs.reason;
  if (!theirs.head_done) return 0;
  EXPECT_EQ(head.status, theirs.status);
  EXPECT_EQ(head.version == HttpVersion::k11 ? 1 : 0, theirs.minor);
  compare_fields(head.fields, theirs);
  if (framing->body.has_body() && framing->body.kind != BodyFraming::Kind::kUntilClose) {
    compare_framing(framing->body, theirs);
  }
  return 1;
}

int compare_chunked(std::string_view bytes) {
  ChunkedDecoder decoder;
  std::string body;
  std::size_t at = 0;
  ChunkedDecoder::Step step;
  do {
    step = decoder.next(bytes.substr(at));
    at += step.consumed;
    body += step.data;
  } while (step.kind == ChunkedDecoder::Step::Kind::kData);
  if (step.kind != ChunkedDecoder::Step::Kind::kDone) return 0;
  const std::string message =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(bytes.substr(0, at));
  const Understood theirs = ask_llhttp(message, HTTP_REQUEST);
  if (is_quoted_extension(theirs, bytes)) return 0;
  EXPECT_TRUE(theirs.message_done) << llhttp_errno_name(theirs.error) << " " << theirs.reason;
  EXPECT_EQ(theirs.body, body);
  return 1;
}

int compare_file(const char* file, int (*compare)(std::string_view)) {
  int compared = 0;
  for (const Transcript& one : read_transcripts(std::string(BANYAN_TESTDATA "/") + file)) {
    SCOPED_TRACE(std::string(file) + ": " + one.name);
    compared += compare(one.input);
  }
  return compared;
}

TEST(Llhttp, ReadsOurRequestsTheSame) {
  EXPECT_GT(compare_file("request_line.txt", compare_request), 30);
  EXPECT_GT(compare_file("request_fields.txt", compare_request), 15);
  EXPECT_GT(compare_file("request_host.txt", compare_request), 15);
  EXPECT_GT(compare_file("request_framing.txt", compare_request), 30);
}

TEST(Llhttp, ReadsOurResponsesTheSame) {
  EXPECT_GT(compare_file("response_head.txt", compare_response), 15);
  EXPECT_GT(compare_file("response_framing.txt", compare_response), 10);
}

TEST(Llhttp, ReadsOurChunkedBodiesTheSame) { EXPECT_GT(compare_file("chunked_body.txt", compare_chunked), 10); }

// One byte of an accepted message changed to each other value, at each place.
TEST(Llhttp, ReadsOneByteMutantsTheSame) {
  const std::string request =
      "POST /a?b=c HTTP/1.1\r\nHost: ex.org:80\r\nContent-Length: 5\r\nConnection: close, x\r\nX-Y: z\r\n\r\n";
  const std::string chunked =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
  const std::string body = "5;a=b\r\nabcde\r\n0a\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n";
  int compared = 0;
  for (const auto& [text, compare] : {std::pair(request, &compare_request), std::pair(chunked, &compare_request),
                                      std::pair(body, &compare_chunked)}) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string mutant = text;
        mutant[at] = static_cast<char>(byte);
        SCOPED_TRACE(escape_bytes(mutant));
        compared += compare(mutant);
      }
    }
  }
  EXPECT_GT(compared, 5000);
}

}  // namespace
}  // namespace banyan

#endif
