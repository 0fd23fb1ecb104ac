#include "fastcgi/response.h"

#include <gtest/gtest.h>

namespace banyan::fastcgi {
namespace {

struct Outcome {
  std::string text;  // "200 [Name: value]... body 'x' end 0", or "... error 502 sentence"
  std::vector<std::string> errors;
};

Outcome read_all(std::string_view bytes, std::size_t piece, bool head_request = false, ResponseLimits limits = {}) {
  ResponseReader reader(1, head_request, limits);
  Outcome outcome;
  std::string body;
  auto finish = [&](const std::string& last) {
    if (!body.empty()) outcome.text += " body '" + body + "'";
    outcome.text += last;
    for (std::string& line : reader.take_error_lines()) outcome.errors.push_back(std::move(line));
    return outcome;
  };
  while (!bytes.empty()) {
    std::string part(bytes.substr(0, piece));  // a copy, so that the sanitizer sees views that are kept too long
    bytes.remove_prefix(part.size());
    for (std::string_view held = part;;) {
      auto step = reader.next(held);
      held.remove_prefix(step.consumed);
      body += step.body;
      using Kind = ResponseReader::Step::Kind;
      if (step.kind == Kind::kNeedMore) {
        EXPECT_TRUE(held.empty());
        break;
      }
      if (step.kind == Kind::kHead) {
        outcome.text = std::to_string(reader.head().status);
        for (const auto& field : reader.head().fields) {
          outcome.text += " [" + std::string(field.name) + ": " + std::string(field.value) + "]";
        }
      }
      if (step.kind == Kind::kError) {
        return finish(" error " + std::to_string(step.refusal.status) + " " + std::string(step.refusal.sentence));
      }
      if (step.kind == Kind::kEnd) return finish(" end " + std::to_string(reader.end().application_status));
    }
  }
  Refusal refusal = reader.connection_closed();
  return finish(refusal ? " closed " + std::string(refusal.sentence) : " closed well");
}

std::string answer(std::string_view output, std::string_view errors = {}) {
  std::string bytes;
  append_stream(bytes, RecordType::kStderr, 1, errors);
  append_stream(bytes, RecordType::kStdout, 1, output);
  append_end_of_stream(bytes, RecordType::kStdout, 1);
  append_end_request(bytes, 1, {});
  return bytes;
}

// The same outcome at every cut.
std::string read(const std::string& bytes, bool head_request = false) {
  std::string whole = read_all(bytes, bytes.size(), head_request).text;
  for (std::size_t piece : {1u, 2u, 3u, 7u, 8u, 9u, 16u, 31u}) {
    EXPECT_EQ(read_all(bytes, piece, head_request).text, whole) << piece;
  }
  return whole;
}

TEST(Response, HeadsInBothLineEnds) {
  EXPECT_EQ(read(answer("Status: 404 Not Found\r\nContent-type: text/html\r\n\r\nbody")),
            "404 [Content-type: text/html] body 'body' end 0");
  EXPECT_EQ(read(answer("X-A: 1\nX-B:2\n\nbody\n\n")), "200 [X-A: 1] [X-B: 2] body 'body\n\n' end 0");
  EXPECT_EQ(read(answer("X-A: 1\r\nX-B:2\n\r\nbody")), "200 [X-A: 1] [X-B: 2] body 'body' end 0");
  EXPECT_EQ(read(answer("\r\nonly body")), "200 body 'only body' end 0");
  EXPECT_EQ(read(answer("Status: 201\n\n")), "201 end 0");
  EXPECT_EQ(read(answer("Set-Cookie: a=1\nX: \t y \nSet-Cookie: b=2\n\n")),
            "200 [Set-Cookie: a=1] [X: y] [Set-Cookie: b=2] end 0");
}

TEST(Response, LocationWithoutStatusIsFound) {
  EXPECT_EQ(read(answer("Location: https://example.com/\n\n")), "302 [Location: https://example.com/] end 0");
  EXPECT_EQ(read(answer("Location: /local\n\n")), "302 [Location: /local] end 0");
  EXPECT_EQ(read(answer("Location: /l\nStatus: 301 Moved\n\n")), "301 [Location: /l] end 0");
  EXPECT_EQ(read(answer("Status: 201 Created\nLocation: /l\n\n")), "201 [Location: /l] end 0");
}

TEST(Response, HopByHopFieldsAndTheLengthAreTakenOut) {
  EXPECT_EQ(read(answer("Connection: close\nTransfer-Encoding: chunked\nContent-Length: 2\nX: y\n\nab")),
            "200 [X: y] body 'ab' end 0");
}

TEST(Response, MalformedHeadsAreRefused) {
  for (const char* head :
       {"no colon\n\n", ": no name\n\n", "Name : v\n\n", " folded: v\n\n", "A: 1\n folded\n\n", "A: x\ry\n\n",
        "A: \x01\n\n", "HTTP/1.1 200 OK\n\n", "A\n\n", "<?php\n\n", "\xFFName: v\n\n"}) {
    EXPECT_EQ(read(answer(head)), " error 502 a field of the script's answer is malformed") << head;
  }
  for (const char* head : {"Status: abc\n\n", "Status: 99\n\n", "Status: 100 Continue\n\n", "Status: 600\n\n",
                           "Status: 2000\n\n", "Status:\n\n", "Status: -20\n\n", "Status: 101 Up\n\n"}) {
    EXPECT_EQ(read(answer(head)), " error 502 the Status of the script's answer is not a number from 200 to 599")
        << head;
  }
  for (const char* head : {"Status: 200\nStatus: 200\n\n", "Content-Length: 1\nContent-Length: 1\n\nx",
                           "Content-Type: a\ncontent-type: b\n\n", "Location: a\nLocation: b\n\n"}) {
    EXPECT_NE(read(answer(head)).find("came twice"), std::string::npos) << head;
  }
  for (const char* head : {"Content-Length: x\n\n", "Content-Length: -1\n\n", "Content-Length: 1, 1\n\n"}) {
    EXPECT_NE(read(answer(head)).find("not a number"), std::string::npos) << head;
  }
  EXPECT_EQ(read(answer("X: y\n")), " error 502 the script ended without a complete head");
  EXPECT_EQ(read(answer("")), " error 502 the script ended without a complete head");
}

TEST(Response, LyingAboutTheLengthIsRefused) {
  EXPECT_EQ(read(answer("Content-Length: 4\n\nbody")), "200 body 'body' end 0");
  EXPECT_EQ(read(answer("Content-Length: 5\n\nbody")),
            "200 body 'body' error 502 the script's answer is shorter than its Content-Length");
  EXPECT_NE(read_all(answer("Content-Length: 3\n\nbody"), 1000).text.find("longer"), std::string::npos);
  EXPECT_EQ(read(answer("Content-Length: 5\n\n"), true), "200 end 0");
  EXPECT_EQ(read(answer("Content-Length: 5\n\nabc"), true), "200 end 0");
  EXPECT_EQ(read(answer("Status: 304\nContent-Length: 5\n\n")), "304 end 0");
  EXPECT_EQ(read(answer("Status: 204\n\nnot allowed")), "204 end 0");
}

TEST(Response, LimitsOfTheHead) {
  std::string head = "X: " + std::string(100, 'x') + "\n\n";
  EXPECT_NE(read_all(answer(head), 7, false, {.head_bytes_max = head.size() - 1}).text.find("too long"),
            std::string::npos);
  EXPECT_EQ(read_all(answer(head), 7, false, {.head_bytes_max = head.size()}).text.find("error"), std::string::npos);
  EXPECT_NE(read_all(answer(std::string(1000, 'x')), 7, false, {.head_bytes_max = 50}).text.find("too long"),
            std::string::npos);
  EXPECT_NE(read_all(answer("A: 1\nB: 2\nC: 3\n\n"), 100, false, {.fields_max = 2}).text.find("too many fields"),
            std::string::npos);
}

TEST(Response, ErrorLinesComeApart) {
  std::string bytes;
  append_stream(bytes, RecordType::kStderr, 1, "PHP Warning: a\nPHP No");
  append_stream(bytes, RecordType::kStdout, 1, "A: b\n\nx");
  append_stream(bytes, RecordType::kStderr, 1, "tice: b\r\nrest");
  append_end_request(bytes, 1, {});
  for (std::size_t piece : {1u, 5u, 1000u}) {
    Outcome outcome = read_all(bytes, piece);
    EXPECT_EQ(outcome.text, "200 [A: b] body 'x' end 0");
    EXPECT_EQ(outcome.errors, (std::vector<std::string>{"PHP Warning: a", "PHP Notice: b", "rest"}));
  }
}

TEST(Response, ErrorLinesAreBounded) {
  ResponseReader reader(1, false, {.error_line_bytes_max = 4, .error_lines_max = 2});
  std::string bytes;
  append_stream(bytes, RecordType::kStderr, 1, "aaaaaaaa\nb\nc\nd\n" + std::string(100000, 'x'));
  while (reader.next(bytes).kind != ResponseReader::Step::Kind::kNeedMore) {
  }
  EXPECT_EQ(reader.take_error_lines(), (std::vector<std::string>{"aaaa", "b"}));
  EXPECT_EQ(reader.error_lines_dropped(), 2u);
}

TEST(Response, EndsThatAreNotGood) {
  auto ended = [](ProtocolStatus status) {
    std::string bytes;
    append_end_request(bytes, 1, {0, status});
    return read(bytes);
  };
  EXPECT_EQ(ended(ProtocolStatus::kOverloaded), " error 503 the upstream is overloaded");
  EXPECT_EQ(ended(ProtocolStatus::kCannotMultiplex), " error 502 the upstream answers one request per connection");
  EXPECT_NE(ended(ProtocolStatus::kUnknownRole).find("unknown role"), std::string::npos);
  EXPECT_NE(ended(static_cast<ProtocolStatus>(9)).find("unknown protocol status"), std::string::npos);
  std::string bytes = answer("A: b\n\nx");
  bytes.resize(bytes.size() - 16);
  append_end_request(bytes, 1, {255, ProtocolStatus::kRequestComplete});
  EXPECT_EQ(read(bytes), "200 [A: b] body 'x' end 255");
  auto header = encode({RecordType::kEndRequest, 1, 4, 0});
  EXPECT_NE(read(std::string(header.data(), 8) + "abcd").find("wrong length"), std::string::npos);
  auto empty = encode({RecordType::kEndRequest, 1, 0, 0});
  EXPECT_NE(read(std::string(empty.data(), 8)).find("wrong length"), std::string::npos);
}

TEST(Response, ConnectionsThatCloseEarly) {
  std::string bytes;
  append_stream(bytes, RecordType::kStdout, 1, "Content-Length: 2\n\nab");
  EXPECT_EQ(read(bytes), "200 body 'ab' closed well");
  bytes.clear();
  append_stream(bytes, RecordType::kStdout, 1, "A: b\n\nab");
  EXPECT_EQ(read(bytes),
            "200 [A: b] body 'ab' closed the upstream closed the connection before the script's answer ended");
  EXPECT_EQ(read(bytes.substr(0, 10)), " closed the script ended without a complete head");
}

TEST(Response, RecordsThatDoNotBelongHere) {
  std::string other;
  append_stream(other, RecordType::kStdout, 2, "A: b\n\nx");
  EXPECT_EQ(read(other), " error 502 the upstream sent a record of another request");
  std::string request;
  append_stream(request, RecordType::kStdin, 1, "x");
  EXPECT_EQ(read(request), " error 502 the upstream sent a record only a server may send");
  EXPECT_NE(read("HTTP/1.1 200 OK\r\n\r\n").find("not FastCGI"), std::string::npos);
  std::string late = answer("A: b\n\nx");
  late.resize(late.size() - 16);
  append_stream(late, RecordType::kStdout, 1, "y");
  EXPECT_NE(read(late).find("after the end of output"), std::string::npos);
}

TEST(Response, UnknownAndManagementRecordsArePassedOver) {
  std::string bytes;
  append_stream(bytes, static_cast<RecordType>(77), 1, "whatever");
  append_stream(bytes, RecordType::kGetValuesResult, 0, "whatever");
  append_stream(bytes, RecordType::kUnknownType, 0, "12345678");
  EXPECT_EQ(read(bytes + answer("A: b\n\nx")), "200 [A: b] body 'x' end 0");
}

TEST(Response, WhatFollowsTheEndIsNotConsumed) {
  std::string bytes = answer("A: b\n\n");
  std::size_t length = bytes.size();
  bytes += "more";
  ResponseReader reader(1, false);
  std::string_view rest = bytes;
  for (;;) {
    auto step = reader.next(rest);
    rest.remove_prefix(step.consumed);
    if (step.kind == ResponseReader::Step::Kind::kEnd) break;
    ASSERT_NE(step.kind, ResponseReader::Step::Kind::kError);
  }
  EXPECT_EQ(bytes.size() - rest.size(), length);
  EXPECT_EQ(reader.next(rest).consumed, 0u);
}

}  // namespace
}  // namespace banyan::fastcgi
