// Packets, errors and values as bytes, without a server.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mariadb/packet_buffer.h"
#include "mariadb/packet_writer.h"
#include "mariadb/server_error.h"
#include "mariadb/value_codec.h"

namespace banyan::maria {
namespace {

// The bodies that come out when `bytes` come in in pieces; "+" for one that is too long, "!" for an error.
std::vector<std::string> cut(std::string_view bytes, std::size_t piece, std::size_t bytes_max) {
  PacketBuffer buffer(bytes_max);
  std::vector<std::string> all;
  while (!bytes.empty()) {
    const std::span<std::byte> room = buffer.room();
    const std::size_t count = std::min({piece, bytes.size(), room.size()});
    std::memcpy(room.data(), bytes.data(), count);
    buffer.added(count);
    bytes.remove_prefix(count);
    for (;;) {
      const auto packet = buffer.next();
      if (!packet.ok()) {
        all.emplace_back("!");
        return all;
      }
      if (!*packet) break;
      all.push_back((*packet)->too_long ? "+" : std::string((*packet)->body));
    }
  }
  EXPECT_TRUE(buffer.empty());
  return all;
}

std::string framed(std::string_view body, std::uint8_t sequence) {
  std::string out;
  const std::size_t header = begin_packet(out);
  out.append(body);
  end_packet(out, header, sequence);
  return out;
}

TEST(PacketBuffer, GivesPacketsHoweverTheyAreCut) {
  const std::string bytes = framed("one", 0) + framed("", 1) + framed(std::string(300, 'x'), 2) + framed("end", 3);
  for (const std::size_t piece : {1U, 2U, 3U, 5U, 7U, 1000U}) {
    EXPECT_EQ(cut(bytes, piece, 1000), (std::vector<std::string>{"one", "", std::string(300, 'x'), "end"}));
    EXPECT_EQ(cut(bytes, piece, 299), (std::vector<std::string>{"one", "", "+", "end"}));
  }
}

TEST(PacketBuffer, PutsContinuationsTogether) {
  for (const std::size_t size : {kPartBytesMax - 1, kPartBytesMax, kPartBytesMax + 1, 2 * kPartBytesMax}) {
    std::string body(size, 'x');
    body.front() = 'a';
    body.back() = 'z';
    const std::string bytes = framed(body, 0) + framed("end", static_cast<std::uint8_t>(1 + size / kPartBytesMax));
    for (const std::size_t piece : {100'000U, 9'999'999U}) {
      const std::vector<std::string> whole = cut(bytes, piece, 3 * kPartBytesMax);
      EXPECT_TRUE(whole.size() == 2 && whole[0] == body && whole[1] == "end") << size << " by " << piece;
      EXPECT_EQ(cut(bytes, piece, kPartBytesMax - 2), (std::vector<std::string>{"+", "end"})) << size;
    }
    EXPECT_EQ(sequence_after(framed("close", 0) + framed(body, 0)), 1 + size / kPartBytesMax);
  }
}

TEST(PacketBuffer, RefusesANumberOutOfTurn) {
  EXPECT_EQ(cut(framed("one", 0) + framed("two", 2), 100, 100), (std::vector<std::string>{"one", "!"}));
  EXPECT_EQ(cut("HTTP/1.1 400 Bad Request\r\n", 100, 100), std::vector<std::string>{"!"});
}

TEST(BodyReader, ReadsPackedNumbers) {
  for (const std::uint64_t number : {0ULL, 250ULL, 251ULL, 65535ULL, 65536ULL, 16777215ULL, 16777216ULL, ~0ULL}) {
    std::string bytes;
    put_packed(bytes, number);
    BodyReader reader(bytes);
    EXPECT_EQ(reader.packed(), number);
    EXPECT_TRUE(reader.complete());
    BodyReader short_of(std::string_view(bytes).substr(0, bytes.size() - 1));
    EXPECT_EQ(short_of.packed(), 0U);
    EXPECT_TRUE(short_of.failed());
  }
}

std::string said(std::uint16_t code, std::string_view sqlstate, std::string_view message) {
  return to_sql_error({code, sqlstate, message}).text();
}

TEST(ServerError, KeepsNamesAndDropsValues) {
  EXPECT_EQ(said(1062, "23000", "Duplicate entry 'for key 'x'' for key 'users_email_key'"),
            "constraint unique users_email_key: there is such a row already [1062]");
  EXPECT_EQ(said(1452, "23000",
                 "Cannot add or update a child row: a foreign key constraint fails (`d`.`m`, CONSTRAINT `m_t` FOREIGN "
                 "KEY (`t`) REFERENCES `t` (`id`))"),
            "constraint foreign_key m_t: Cannot add or update a child row: a foreign key constraint fails (`d`.`m`, "
            "CONSTRAINT `m_t` FOREIGN KEY (`t`) REFERENCES `t` (`id`)) [1452]");
  EXPECT_EQ(said(3819, "HY000", "Check constraint 'adult' is violated."),
            "constraint check adult: Check constraint 'adult' is violated [3819]");
  EXPECT_EQ(said(1366, "22007", "Incorrect integer value: 'it's me' for column `d`.`t`.`a` at row 1"),
            "invalid: Incorrect integer value: '...' for column `d`.`t`.`a` at row 1 [1366]");
  EXPECT_EQ(said(1690, "22003", "BIGINT value is out of range in '(9223372036854775807 + 1)'"),
            "invalid: BIGINT value is out of range in '...' [1690]");
  EXPECT_EQ(said(1406, "22001", "Data too long for column 'c' at row 1"),
            "invalid: Data too long for column 'c' at row 1 [1406]");
  EXPECT_EQ(said(1526, "HY000", "Table has no partition for value 42"),
            "invalid: Table has no partition for value ... [1526]");
}

TEST(ServerError, TellsKindsApart) {
  const auto kind = [](std::uint16_t code) { return to_sql_error({code, "HY000", "x"}).kind(); };
  EXPECT_EQ(kind(1213), SqlErrorKind::kSerialization);
  EXPECT_EQ(kind(1205), SqlErrorKind::kSerialization);
  EXPECT_EQ(kind(1969), SqlErrorKind::kTimeout);
  EXPECT_EQ(kind(1040), SqlErrorKind::kExhausted);
  EXPECT_EQ(kind(1045), SqlErrorKind::kDenied);
  EXPECT_EQ(kind(1927), SqlErrorKind::kConnection);
  EXPECT_EQ(kind(1146), SqlErrorKind::kInvalid);
  EXPECT_FALSE(read_server_report("\xff\x01"));
  EXPECT_FALSE(read_server_report("\xff\x01\x02#HY"));
  EXPECT_EQ(read_server_report("\xff\x01\x02no state")->message, "no state");
}

TEST(Greeting, OfMysqlAndOfMariadbDiffer) {
  std::string body(
      "\x0a"
      "8.0.36\0\x07\0\0\0",
      12);
  body.append("12345678").append(1, '\0');
  put(body, 0xffff, 2);
  body.append("\x2d\x02\0", 3);
  put(body, 0xdfff, 2);
  body.append(1, 21)
      .append(10, '\0')
      .append("901234567890")
      .append(1, '\0')
      .append("caching_sha2_password")
      .append(1, '\0');
  const auto greeting = read_greeting(body);
  ASSERT_TRUE(greeting);
  EXPECT_EQ(greeting->version, "8.0.36");
  EXPECT_EQ(greeting->thread, 7U);
  EXPECT_EQ(greeting->nonce, "12345678901234567890");
  EXPECT_EQ(greeting->plugin, "caching_sha2_password");
  EXPECT_EQ(greeting->capabilities, 0xdfffffffU);
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(read_greeting(std::string_view(body).substr(0, size))) << size;
  }
}

TEST(Ok, TellsTheSchemaAmongWhatHasChangedOfTheSession) {
  const std::string remark(
      "\x04"
      "note");
  const std::string variable(
      "\0\x06\x01"
      "a\x03"
      "ON!",
      8);
  const std::string schema(
      "\x01\x06\x05"
      "other");
  const auto ok = [&](std::uint16_t status, const std::string& changes) {
    std::string body("\0\x01\x02", 3);
    put(body, status, 2);
    put(body, 0, 2);
    body.append(remark);
    if (!changes.empty()) body.append(1, static_cast<char>(changes.size())).append(changes);
    return body;
  };
  constexpr std::uint16_t kChanged = kStatusSessionChanged | kStatusInTransaction;
  const std::string changed = ok(kChanged, variable + schema + variable);
  EXPECT_EQ(read_ok(changed)->schema, "other");
  EXPECT_EQ(read_ok(changed)->rows_affected, 1U);
  EXPECT_EQ(read_ok(ok(kChanged, std::string("\x01\x01\0", 3)))->schema, "");
  EXPECT_FALSE(read_ok(ok(kChanged, variable))->schema);
  EXPECT_FALSE(read_ok(ok(kStatusInTransaction, ""))->schema);
  for (std::size_t size = 7; size < changed.size(); ++size) {
    EXPECT_NE(read_ok(std::string_view(changed).substr(0, size))->schema.value_or("none"), "other") << size;
  }
}

}  // namespace
}  // namespace banyan::maria
