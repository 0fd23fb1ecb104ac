// What a MariaDB or MySQL server answers, as PHP's mysqlnd sees it: results with their columns, counts, and errors in
// the server's own words.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "mariadb/statement_replies.h"
#include "php_clients/wire_rows.h"
#include "php_runtime/value.h"

namespace banyan::php_runtime {

struct MysqlError {
  Int code = 0;  // 0: none
  std::string state = "00000";
  std::string text;
};

// A column, as the server describes it.
struct MysqlField {
  static constexpr unsigned kNotNull = 1;
  static constexpr unsigned kPrimaryKey = 2;
  static constexpr unsigned kUniqueKey = 4;
  static constexpr unsigned kMultipleKey = 8;
  static constexpr unsigned kBlob = 16;
  static constexpr unsigned kUnsigned = 32;
  static constexpr unsigned kZeroFill = 64;
  static constexpr unsigned kNumeric = 32768;  // of PHP's own: what holds numbers

  std::string catalog, database, table, original_table, name, original_name;
  unsigned charset = 0;
  std::uint32_t length = 0;
  unsigned flags = 0;
  unsigned decimals = 0;
  maria::FieldType type = maria::FieldType::kNull;
};

// One result of a text of statements, or of one that was prepared.
struct MysqlAnswer {
  MysqlError error;
  bool has_rows = false;
  std::vector<MysqlField> fields;
  WireRows rows;
  std::uint64_t affected = 0;
  std::uint64_t last_id = 0;
  unsigned warnings = 0;
  unsigned status = 0;
  std::string remark;
};

// What happened to a command: its answers in order, the last of which may be an error. All their rows together take no
// more than those of one result may.
class MysqlReplies final : public maria::ReplyHandler {
 public:
  maria::Reply reply(const maria::Packet& packet) override;
  std::deque<MysqlAnswer>& answers() { return answers_; }
  bool too_much() const { return too_much_; }

 private:
  enum class State : std::uint8_t { kHeader, kFields, kRows };
  maria::Reply begin(std::string_view body);
  maria::Reply field(std::string_view body);
  maria::Reply row(const maria::Packet& packet);
  maria::Reply end(std::string_view body);
  maria::Reply fail(std::string_view body);

  std::deque<MysqlAnswer> answers_;
  MysqlAnswer now_;
  State state_ = State::kHeader;
  std::size_t wanted_ = 0;
  std::size_t bytes_ = 0;  // of rows
  bool too_much_ = false;
};

// The answer to a statement that is to be prepared.
class MysqlPrepareReplies final : public maria::ReplyHandler {
 public:
  maria::Reply reply(const maria::Packet& packet) override;
  std::uint32_t id = 0;
  std::size_t parameters = 0;
  std::vector<MysqlField> fields;
  MysqlError failure;

 private:
  bool begun_ = false;
  std::size_t columns_ = 0;
  std::size_t seen_ = 0;
};

// The answer to a command that is one packet, whatever it holds.
class MysqlPacketReply final : public maria::ReplyHandler {
 public:
  maria::Reply reply(const maria::Packet& packet) override {
    body = packet.body;
    return maria::Reply::kDone;
  }
  std::string body;
};

// False: malformed.
bool read_mysql_error(std::string_view body, MysqlError& error);

// The values of a row: of a text (`native`: numbers as int and float), or of a prepared statement. False: malformed.
bool read_text_row(std::string_view row, const std::vector<MysqlField>& fields, bool native, std::vector<Value>& out);
bool read_binary_row(std::string_view row, const std::vector<MysqlField>& fields, std::vector<Value>& out);

}  // namespace banyan::php_runtime
