// What the server answers to a statement that is prepared, and to one that is run: pure state machines over packets.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mariadb/packet_buffer.h"
#include "mariadb/packet_reader.h"
#include "mariadb/server_error.h"
#include "sql/sql_database.h"

namespace banyan::maria {

struct PreparedStatement {
  std::string text;
  std::uint32_t id = 0;  // 0: the server does not prepare such a statement
  std::uint16_t parameters = 0;
  std::vector<Column> columns;  // empty: it gives no rows
};

enum class Reply : std::uint8_t {
  kMore,  // the answer goes on
  kDone,
  kMalformed,  // this cannot be; the connection is given up
};

// Takes the packets of an answer one by one. Must not suspend.
class ReplyHandler {
 public:
  virtual ~ReplyHandler() = default;
  virtual Reply reply(const Packet& packet) = 0;
  // Nobody wants the rest any more.
  virtual void drop_rows() {}

  // What the server, or this side about the rows, says is wrong.
  std::optional<SqlError>& error() { return error_; }
  std::uint16_t server_code() const { return server_code_; }  // of the server's error; 0: none
  // The status the last OK has told.
  std::optional<std::uint16_t> status() const { return status_; }
  // The session's schema, if it has changed.
  const std::optional<std::string>& schema() const { return schema_; }

 protected:
  Reply take_error(std::string_view body);

  std::optional<SqlError> error_;
  std::uint16_t server_code_ = 0;
  std::optional<std::uint16_t> status_;
  std::optional<std::string> schema_;
};

// Of COM_STMT_PREPARE.
class PrepareReplies final : public ReplyHandler {
 public:
  Reply reply(const Packet& packet) override;
  PreparedStatement& prepared() { return prepared_; }

 private:
  PreparedStatement prepared_;
  std::optional<Prepared> header_;
  std::size_t definitions_ = 0;  // seen so far
};

// Of all else. A statement may have several results (a procedure, a script); the rows of the first one are given out.
class RunReplies final : public ReplyHandler {
 public:
  // `statement`: whose rows are in binary, and whose columns it may not tell again; when it does, they are put there.
  // Null: the rows are texts. `cached_columns`: agreed on at login.
  RunReplies(PreparedStatement* statement, SqlRowSink* rows, bool cached_columns)
      : statement_(statement), rows_(rows), cached_columns_(cached_columns) {}

  Reply reply(const Packet& packet) override;
  void drop_rows() override { rows_ = nullptr; }
  SqlOutcome outcome() const { return outcome_; }
  std::size_t results() const { return results_; }  // that are through

 private:
  enum class State : std::uint8_t { kHeader, kColumns, kRows };
  Reply begin_result(std::string_view body);
  Reply column(std::string_view body);
  void begin_rows();
  Reply row(const Packet& packet);
  bool read_binary(std::string_view body);
  bool read_texts(std::string_view body);
  Reply end_result(std::string_view body);
  void refuse_rows(SqlErrorKind kind, std::string what);

  PreparedStatement* statement_;
  SqlRowSink* rows_;
  bool cached_columns_;
  State state_ = State::kHeader;
  std::size_t columns_wanted_ = 0;
  std::vector<Column> columns_;
  std::vector<SqlValueView> values_;
  std::string scratch_;
  SqlOutcome outcome_;
  std::size_t results_ = 0;
};

}  // namespace banyan::maria
