#include "fastcgi/record.h"

#include <gtest/gtest.h>

namespace banyan::fastcgi {
namespace {

// "STDOUT#1 5 'hello'" per record; content is joined, however the reader cut it.
std::string listed(std::string_view bytes, std::size_t piece) {
  RecordReader reader;
  std::string out, content;
  std::string_view held;
  while (!bytes.empty() || !held.empty()) {
    held = bytes.substr(0, piece);
    bytes.remove_prefix(held.size());
    for (;;) {
      RecordReader::Step step = reader.next(held);
      held.remove_prefix(step.consumed);
      if (step.kind == RecordReader::Step::Kind::kNeedMore) break;
      if (step.kind == RecordReader::Step::Kind::kError) return out + "error";
      content += step.content;
      if (step.kind == RecordReader::Step::Kind::kRecordEnd) {
        out += std::to_string(static_cast<int>(reader.header().type)) + "#" +
               std::to_string(reader.header().request_id) + " '" + content + "'\n";
        content.clear();
      }
    }
    EXPECT_TRUE(held.empty());
    held = {};
  }
  return out + (reader.between_records() ? "" : "unfinished '" + content + "'");
}

TEST(Record, TheBytesAreThoseOfTheSpecification) {
  std::string out;
  append_begin_request(out, 0x0102, {Role::kResponder, true});
  EXPECT_EQ(out, std::string("\x01\x01\x01\x02\x00\x08\x00\x00\x00\x01\x01\x00\x00\x00\x00\x00", 16));
  out.clear();
  append_stream(out, RecordType::kStdin, 1, "abc");
  EXPECT_EQ(out, std::string("\x01\x05\x00\x01\x00\x03\x05\x00"
                             "abc\x00\x00\x00\x00\x00",
                             16));
  out.clear();
  append_end_of_stream(out, RecordType::kStdin, 1);
  EXPECT_EQ(out, std::string("\x01\x05\x00\x01\x00\x00\x00\x00", 8));
  out.clear();
  append_abort_request(out, 7);
  EXPECT_EQ(out, std::string("\x01\x02\x00\x07\x00\x00\x00\x00", 8));
}

TEST(Record, ReadsWhatWasWrittenHoweverItIsCut) {
  std::string out;
  append_stream(out, RecordType::kStdout, 1, "hello");
  append_stream(out, RecordType::kStderr, 513, "12345678");
  append_end_of_stream(out, RecordType::kStdout, 1);
  append_end_request(out, 1, {0, ProtocolStatus::kRequestComplete});
  std::string expected = "6#1 'hello'\n7#513 '12345678'\n6#1 ''\n3#1 '" + std::string(8, '\0') + "'\n";
  for (std::size_t piece = 1; piece <= out.size(); ++piece) EXPECT_EQ(listed(out, piece), expected) << piece;
  EXPECT_EQ(listed(out.substr(0, 10), 100), "unfinished 'he'");
}

TEST(Record, CutsLongStreamsIntoRecords) {
  std::string content(200000, 'x');
  std::string out;
  append_stream(out, RecordType::kStdin, 1, content);
  EXPECT_EQ(out.size(), 200000u + 4 * kRecordHeaderBytes);
  RecordReader reader;
  std::size_t bytes = 0;
  std::size_t records = 0;
  for (std::string_view rest = out;;) {
    auto step = reader.next(rest);
    rest.remove_prefix(step.consumed);
    if (step.kind == RecordReader::Step::Kind::kNeedMore) break;
    bytes += step.content.size();
    if (step.kind == RecordReader::Step::Kind::kRecordEnd) ++records;
  }
  EXPECT_EQ(bytes, content.size());
  EXPECT_EQ(records, 4u);
}

TEST(Record, RefusesAnotherVersionAtItsFirstByte) {
  EXPECT_EQ(listed("H", 1), "error");
  EXPECT_EQ(listed(std::string("\x02\x06\0\1\0\0\0\0", 8), 8), "error");
  EXPECT_EQ(listed(std::string("\x00", 1), 8), "error");
}

TEST(Record, GivesContentAgainThatWasPutBack) {
  std::string out;
  append_stream(out, RecordType::kStdout, 1, "headbody");
  RecordReader reader;
  auto step = reader.next(out);
  ASSERT_EQ(step.content, "headbody");
  reader.put_back(4);
  std::string_view rest = std::string_view(out).substr(step.consumed - 4);
  step = reader.next(rest);
  EXPECT_EQ(step.content, "body");
  rest.remove_prefix(step.consumed);
  EXPECT_EQ(reader.next(rest).kind, RecordReader::Step::Kind::kRecordEnd);
}

TEST(Record, EndRequestSurvivesTheWire) {
  std::string out;
  append_end_request(out, 1, {0xDEADBEEF, ProtocolStatus::kOverloaded});
  EndRequest end = decode_end_request(std::string_view(out).substr(8));
  EXPECT_EQ(end.application_status, 0xDEADBEEF);
  EXPECT_EQ(end.protocol_status, ProtocolStatus::kOverloaded);
}

TEST(Pairs, SurviveAtEveryLengthThatChangesTheirForm) {
  for (std::size_t name_length : {0u, 1u, 127u, 128u, 300u}) {
    for (std::size_t value_length : {0u, 127u, 128u, 70000u}) {
      std::string name(name_length, 'n'), value(value_length, 'v'), out;
      append_pair(out, name, value);
      append_pair(out, "A", "b");
      EXPECT_EQ(out.size(),
                name_length + value_length + (name_length < 128 ? 1 : 4) + (value_length < 128 ? 1 : 4) + 4);
      PairReader reader(out);
      std::string_view n, v;
      ASSERT_TRUE(reader.next(n, v));
      EXPECT_EQ(n, name);
      EXPECT_EQ(v, value);
      ASSERT_TRUE(reader.next(n, v));
      EXPECT_EQ(v, "b");
      EXPECT_FALSE(reader.next(n, v));
      EXPECT_FALSE(reader.malformed());
    }
  }
}

TEST(Pairs, AreMalformedWhereTheyAreCut) {
  std::string out;
  append_pair(out, "NAME", std::string(200, 'v'));
  for (std::size_t length = 1; length < out.size(); ++length) {
    PairReader reader(std::string_view(out).substr(0, length));
    std::string_view n, v;
    EXPECT_FALSE(reader.next(n, v));
    EXPECT_TRUE(reader.malformed()) << length;
  }
  PairReader huge(std::string_view("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFx", 9));
  std::string_view n, v;
  EXPECT_FALSE(huge.next(n, v));
  EXPECT_TRUE(huge.malformed());
}

}  // namespace
}  // namespace banyan::fastcgi
