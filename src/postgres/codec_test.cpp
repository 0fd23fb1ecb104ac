// The protocol as bytes: what is written, what is understood, and what is refused. The bytes were taken from the manual
// (chapter 55.7) by hand.
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "postgres/message_buffer.h"
#include "postgres/message_reader.h"
#include "postgres/password_proof.h"
#include "postgres/request_writer.h"
#include "postgres/server_error.h"
#include "postgres/value_codec.h"

namespace banyan::pg {
namespace {

using namespace std::string_literals;

void feed(MessageBuffer& buffer, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<std::byte> room = buffer.room();
    const std::size_t count = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), count);
    buffer.added(count);
    bytes.remove_prefix(count);
    if (!bytes.empty()) {
      EXPECT_FALSE(buffer.next()->has_value());
    }
  }
}

TEST(RequestWriter, WritesWhatTheManualSays) {
  std::string out;
  write_ssl_request(out);
  EXPECT_EQ(out, "\0\0\0\x08\x04\xd2\x16\x2f"s);
  out.clear();
  write_cancel_request(out, 258, 0x01020304);
  EXPECT_EQ(out, "\0\0\0\x10\x04\xd2\x16\x2e\0\0\x01\x02\x01\x02\x03\x04"s);
  out.clear();
  const StartupParameter parameters[] = {{"user", "u"}};
  write_startup(out, parameters);
  EXPECT_EQ(out, "\0\0\0\x10\0\x03\0\0user\0u\0\0"s);
  out.clear();
  write_query(out, "SELECT");
  write_sync(out);
  write_terminate(out);
  EXPECT_EQ(out, "Q\0\0\0\x0bSELECT\0S\0\0\0\x04X\0\0\0\x04"s);
  out.clear();
  write_parse(out, "s1", "a");
  write_parse(out, "s2", "b", std::array{Oid::kInt8, Oid::kUnknown});
  write_describe_statement(out, "s1");
  write_close_statement(out, "s0");
  write_execute(out);
  EXPECT_EQ(out,
            "P\0\0\0\x0bs1\0a\0\0\0"
            "P\0\0\0\x13s2\0b\0\0\x02\0\0\0\x14\0\0\0\0"
            "D\0\0\0\x08Ss1\0C\0\0\0\x08Ss0\0E\0\0\0\x09\0\0\0\0\0"s);
  out.clear();
  write_sasl_initial(out, "M", "ab");
  write_password(out, "pw");
  EXPECT_EQ(out,
            "p\0\0\0\x0cM\0\0\0\0\x02"
            "abp\0\0\0\x07pw\0"s);
  out.clear();
  write_copy_data(out, "x");
  write_copy_done(out);
  write_copy_fail(out, "no");
  EXPECT_EQ(out,
            "d\0\0\0\x05xc\0\0\0\x04"
            "f\0\0\0\x07no\0"s);
}

TEST(RequestWriter, BindsEachValueInTheFormOfItsParameter) {
  const SqlValue values[] = {std::int64_t{-2}, std::monostate{}, std::string("é"), SqlDecimal{"1.50"}, true};
  const Oid types[] = {Oid::kInt4, Oid::kInt4, Oid::kText, Oid::kNumeric, Oid::kBool};
  const Column columns[] = {{"a", Oid::kInt8, true}, {"b", Oid::kNumeric, false}};
  std::string out;
  ASSERT_TRUE(write_bind(out, "s1", values, types, columns).ok());
  EXPECT_EQ(out,
            "B\0\0\0\x3b\0s1\0"
            "\0\x05\0\x01\0\0\0\0\0\0\0\x01"
            "\0\x05\0\0\0\x04\xff\xff\xff\xfe\xff\xff\xff\xff\0\0\0\x02\xc3\xa9\0\0\0\x04"
            "1.50\0\0\0\x01\x01"
            "\0\x02\0\x01\0\0"s);
}

TEST(RequestWriter, RefusesAValueItsTypeCannotHoldAndLeavesNothingBehind) {
  std::string out = "before";
  const SqlValue values[] = {std::int64_t{1}, std::int64_t{40000}};
  const Oid types[] = {Oid::kInt2, Oid::kInt2};
  const SqlResult<void> written = write_bind(out, "", values, types, {});
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().kind(), SqlErrorKind::kInvalid);
  EXPECT_EQ(written.error().message(), "the value of parameter $2 is beyond what the parameter's type can hold");
  EXPECT_EQ(out, "before");
}

std::string encoded(const SqlValue& value, Oid type) {
  std::string out;
  return encode_value(out, value, type) ? out : "refused";
}

TEST(ValueCodec, EncodesByTheTypeThatIsWanted) {
  EXPECT_EQ(encoded(std::int64_t{32767}, Oid::kInt2), "\x7f\xff"s);
  EXPECT_EQ(encoded(std::int64_t{32768}, Oid::kInt2), "refused");
  EXPECT_EQ(encoded(std::int64_t{-2147483648}, Oid::kInt4), "\x80\0\0\0"s);
  EXPECT_EQ(encoded(std::int64_t{2147483648}, Oid::kInt4), "refused");
  EXPECT_EQ(encoded(std::int64_t{4294967295}, Oid::kOid), "\xff\xff\xff\xff"s);
  EXPECT_EQ(encoded(std::int64_t{-1}, Oid::kOid), "refused");
  EXPECT_EQ(encoded(std::int64_t{-1}, Oid::kInt8), "\xff\xff\xff\xff\xff\xff\xff\xff"s);
  EXPECT_EQ(encoded(std::int64_t{7}, Oid::kNumeric), "7");
  EXPECT_EQ(encoded(std::int64_t{1}, Oid::kFloat8), "\x3f\xf0\0\0\0\0\0\0"s);
  EXPECT_EQ(encoded(0.1, Oid::kText), "0.1");
  EXPECT_EQ(encoded(1e39, Oid::kFloat4), "refused");
  EXPECT_EQ(encoded(-std::numeric_limits<double>::infinity(), Oid::kNumeric), "-Infinity");
  EXPECT_EQ(encoded(false, Oid::kText), "false");
  EXPECT_EQ(encoded(SqlTimestamp{946'684'800'000'001}, Oid::kTimestamptz), "\0\0\0\0\0\0\0\x01"s);
  EXPECT_EQ(encoded(SqlTimestamp{std::numeric_limits<std::int64_t>::min() + 1}, Oid::kTimestamp), "refused");
  EXPECT_EQ(encoded(SqlTimestamp{-1}, Oid::kText), "1969-12-31 23:59:59.999999+00");
  EXPECT_EQ(encoded(SqlTimestamp{-63'549'360'000'000'000}, Oid::kDate), "0045-03-15 00:00:00.000000+00 BC");
}

TEST(ValueCodec, RefusesWhatIsNoValueOfTheType) {
  SqlValueView value;
  for (const Oid type : {Oid::kBool, Oid::kInt2, Oid::kInt4, Oid::kInt8, Oid::kOid, Oid::kFloat4, Oid::kFloat8,
                         Oid::kTimestamp, Oid::kTimestamptz}) {
    EXPECT_FALSE(decode_value("123", type, true, &value));
    EXPECT_FALSE(decode_value("", type, true, &value));
  }
  // The year 294276 is further from 1970 than 64 bits of microseconds reach, though not from 2000.
  EXPECT_FALSE(decode_value("\x7f\xff\xff\xff\xff\xff\xff\xfe"s, Oid::kTimestamptz, true, &value));
  EXPECT_TRUE(decode_value("\x7f\xff\xff\xff\xff\xff\xff\xff"s, Oid::kTimestamptz, true, &value));
  EXPECT_EQ(value.integer, std::numeric_limits<std::int64_t>::max());
}

TEST(MessageBuffer, TakesMessagesHoweverTheyAreCut) {
  const std::string bytes = "Z\0\0\0\x05I"s + "D\0\0\0\x06\0\0"s + "1\0\0\0\x04"s;
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    MessageBuffer buffer(1000);
    std::string got;
    for (const std::string& part : {bytes.substr(0, cut), bytes.substr(cut)}) {
      if (part.empty()) continue;
      const std::span<std::byte> room = buffer.room();
      std::memcpy(room.data(), part.data(), part.size());
      buffer.added(part.size());
      for (;;) {
        const auto message = buffer.next();
        ASSERT_TRUE(message.ok());
        if (!*message) break;
        got.push_back((*message)->type);
        got.append((*message)->body);
      }
    }
    EXPECT_EQ(got, "ZID\0\0"s + "1");
    EXPECT_TRUE(buffer.empty());
  }
}

TEST(MessageBuffer, ThrowsAwayARowThatIsTooLongAndGoesOn) {
  MessageBuffer buffer(100);
  std::string bytes = "D\0\x10\0\x04"s;  // a row of a megabyte
  feed(buffer, bytes);
  const auto head = buffer.next();
  ASSERT_TRUE(head.ok() && head->has_value());
  EXPECT_TRUE((*head)->too_long);
  feed(buffer, std::string(1024 * 1024, 'x'));
  EXPECT_FALSE(buffer.next()->has_value());
  EXPECT_TRUE(buffer.empty());
  EXPECT_LE(buffer.capacity(), 16U * 1024U);
  feed(buffer, "Z\0\0\0\x05I"s);
  EXPECT_EQ((*buffer.next())->type, 'Z');
}

TEST(MessageBuffer, GrowsWithWhatComesNotWithWhatIsAnnounced) {
  MessageBuffer buffer(64 * 1024 * 1024);
  feed(buffer, "D\x02\0\0\0"s);
  EXPECT_FALSE(buffer.next()->has_value());
  (void)buffer.room();
  EXPECT_LE(buffer.capacity(), 32U * 1024U);
}

TEST(MessageBuffer, RefusesWhatIsNotTheProtocol) {
  for (const std::string& bytes :
       {"HTTP/1.1 400 Bad Request"s, "\0\0\0\0\0"s, "Z\0\0\0\x03"s, "Z\xff\xff\xff\xff"s, "T\0\x10\0\0"s}) {
    MessageBuffer buffer(1000);
    feed(buffer, bytes);
    const auto message = buffer.next();
    ASSERT_FALSE(message.ok()) << bytes;
    EXPECT_EQ(message.error().code(), ErrorCode::kDataLoss);
  }
}

TEST(MessageReader, ReadsTagsAndDescriptions) {
  EXPECT_EQ(rows_of_tag("INSERT 0 5"), 5U);
  EXPECT_EQ(rows_of_tag("UPDATE 12"), 12U);
  EXPECT_EQ(rows_of_tag("COPY 3"), 3U);
  EXPECT_EQ(rows_of_tag("SELECT 7"), 0U);
  EXPECT_EQ(rows_of_tag("CREATE TABLE"), 0U);
  const auto columns = read_row_description(
      "\0\x01"
      "id\0\0\0\x40\x01\0\x01\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0"s);
  ASSERT_TRUE(columns && columns->size() == 1);
  EXPECT_EQ(columns->front().name, "id");
  EXPECT_EQ(columns->front().type, Oid::kInt4);
  EXPECT_TRUE(columns->front().binary);
  EXPECT_FALSE(
      read_row_description("\0\x02"
                           "id\0\0\0\x40\x01\0\x01\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0"s));
  EXPECT_FALSE(read_parameter_description("\0\x01\0\0"s));
  const auto notification = read_notification("\0\0\x01\0room\0hello\0"s);
  ASSERT_TRUE(notification);
  EXPECT_EQ(notification->process, 256);
  EXPECT_EQ(notification->channel + ":" + notification->payload, "room:hello");
}

SqlError error_of(const std::string& code, const std::string& message, const std::string& more = "") {
  const std::string body = "SFEHLER\0VERROR\0C"s + code + "\0M"s + message + "\0"s + more + "\0"s;
  const auto report = read_server_report(body);
  EXPECT_TRUE(report);
  return to_sql_error(*report);
}

TEST(ServerError, NamesConstraints) {
  const SqlError unique = error_of("23505", "duplicate key", "nusers_email_key\0DKey (email)=(x) exists\0"s);
  EXPECT_EQ(unique.text(), "constraint unique users_email_key: duplicate key [23505]");
  const SqlError not_null = error_of("23502", "null value", "tusers\0cname\0"s);
  EXPECT_TRUE(not_null.is_constraint(SqlConstraintKind::kNotNull));
  EXPECT_EQ(not_null.constraint_name(), "users.name");
  EXPECT_TRUE(error_of("23503", "m").is_constraint(SqlConstraintKind::kForeignKey));
  EXPECT_TRUE(error_of("23514", "m").is_constraint(SqlConstraintKind::kCheck));
  EXPECT_TRUE(error_of("23P01", "m").is_constraint(SqlConstraintKind::kUnique));
}

TEST(ServerError, TellsKindsApart) {
  EXPECT_EQ(error_of("40001", "m").kind(), SqlErrorKind::kSerialization);
  EXPECT_EQ(error_of("40P01", "m").kind(), SqlErrorKind::kSerialization);
  EXPECT_EQ(error_of("55P03", "m").kind(), SqlErrorKind::kSerialization);
  EXPECT_EQ(error_of("57014", "m").kind(), SqlErrorKind::kTimeout);
  EXPECT_EQ(error_of("57P01", "m").kind(), SqlErrorKind::kConnection);
  EXPECT_EQ(error_of("53300", "m").kind(), SqlErrorKind::kExhausted);
  EXPECT_EQ(error_of("28P01", "m").kind(), SqlErrorKind::kDenied);
  EXPECT_EQ(error_of("42501", "m").kind(), SqlErrorKind::kDenied);
  EXPECT_EQ(error_of("42P01", "m").kind(), SqlErrorKind::kInvalid);
  EXPECT_EQ(error_of("XX000", "m").kind(), SqlErrorKind::kInternal);
  EXPECT_FALSE(read_server_report("C42P01\0"s));
}

TEST(ServerError, LeavesOutWhatUsersHaveEntered) {
  const SqlError error = error_of("22P02", "invalid input syntax for type integer: \"my \"secret\"\"");
  EXPECT_EQ(error.message(), "invalid input syntax for type integer: \"...\"");
  EXPECT_EQ(error_of("42P01", "relation \"users\" does not exist").message(), "relation \"users\" does not exist");
}

// The exchange of RFC 7677, section 3, but for the name, which PostgreSQL leaves empty; computed with Python's hashlib.
TEST(ScramClient, ProvesAndVerifies) {
  ScramClient scram("rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(scram.first_message(), "n,,n=,r=rOprNGfwEbeRWgbNEkqO");
  const auto final = scram.final_message(
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "pencil");
  ASSERT_TRUE(final.ok());
  EXPECT_EQ(
      *final,
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=qvT2SWdEH5Q06albL+hjSYuUhCG7VndFyzIb7CK4n9k=");
  EXPECT_TRUE(scram.verify("v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=").ok());
  EXPECT_FALSE(scram.verify("v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").ok());
  EXPECT_FALSE(scram.verify("e=other-error").ok());
}

TEST(ScramClient, RefusesAServerThatDoesNotAnswerIt) {
  for (const char* challenge :
       {"", "r=other,s=W22Z,i=4096", "r=abc,s=W22Z,i=4096", "r=abcd,s=,i=4096", "r=abcd,s=W22Z", "r=abcd,s=W22Z,i=0",
        "r=abcd,s=W22Z,i=1000001", "r=abcd,s=W22Z,i=99999999999", "r=abcd,s=!!!!,i=4096", "e=unknown-user"}) {
    ScramClient scram("abc");
    EXPECT_FALSE(scram.final_message(challenge, "pw").ok()) << challenge;
    EXPECT_FALSE(scram.verify("v=").ok());
  }
}

TEST(Md5, ProvesByAHashOfAHash) { EXPECT_EQ(*md5_proof("u", "p", "salt"), "md5c827f95590aef08f2d04ac5e8d94d9c3"); }

}  // namespace
}  // namespace banyan::pg
