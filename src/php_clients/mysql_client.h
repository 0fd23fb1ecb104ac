// A connection to a MariaDB or MySQL server as mysqlnd gives it to PHP: blocking calls, results of several statements,
// mysqlnd's own errors beside the server's, and a session that is as the server sets it up. It stands on module
// mariadb, by whose sessions it talks.
//
// A command's whole answer is read at once. What mysqlnd leaves on the wire (results that are fetched as they come,
// further results) is kept here, and as long as it is there, commands are refused as mysqlnd refuses them.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "mariadb/packet_writer.h"
#include "php_clients/mysql_answer.h"
#include "php_clients/mysql_charset.h"

namespace banyan::maria {
class Session;
}

namespace banyan::php_runtime {

class MysqlClient;

struct MysqlTarget {
  std::string host = "localhost";  // which is the unix socket
  std::uint16_t port = 3306;
  std::string socket = "/var/run/mysqld/mysqld.sock";  // as Debian builds mysqlnd's users
  std::string user;
  Secret password;
  std::string database;
  const MysqlCharset* charset = nullptr;  // null: the server's own
  std::uint64_t capabilities = 0;         // beside the usual ones
  Int timeout_s = 0;                      // to connect; 0: as long as it takes
  std::vector<std::string> first_commands;
  bool tls = false;
  bool verifies = true;  // the certificate, and that it is the host's
  std::string authorities, certificate, key;
  std::string server_public_key;  // PEM file
  bool is_unix() const;
};

// Rows of one statement, all there.
class MysqlResult {
 public:
  MysqlResult(std::shared_ptr<MysqlClient> owner, MysqlAnswer answer, bool stored);
  ~MysqlResult() { finish(); }
  MysqlResult(const MysqlResult&) = delete;
  MysqlResult& operator=(const MysqlResult&) = delete;

  const std::vector<MysqlField>& fields() const { return answer_.fields; }
  std::uint64_t count() const { return answer_.rows.count(); }
  bool stored() const { return stored_; }
  // All rows have been fetched; of a result that is not stored.
  bool through() const { return through_; }
  std::uint64_t position() const { return next_; }
  void seek(std::uint64_t row) { next_ = row; }
  // The next row; null: there is none.
  const std::string_view* next();
  // Drops what was not fetched, so that the connection is free again.
  void finish();

 private:
  std::shared_ptr<MysqlClient> owner_;
  MysqlAnswer answer_;
  bool stored_;
  bool through_ = false;
  std::uint64_t next_ = 0;
  std::string_view row_;
};

class MysqlClient : public std::enable_shared_from_this<MysqlClient> {
 public:
  static constexpr std::uint64_t kNoCount = std::numeric_limits<std::uint64_t>::max();

  // Null and the error where there is no connection. `warning`: what PHP warns of besides.
  static std::shared_ptr<MysqlClient> connect(const MysqlTarget& target, MysqlError& error, std::string& warning);
  explicit MysqlClient(const MysqlTarget& target);
  ~MysqlClient();
  MysqlClient(const MysqlClient&) = delete;
  MysqlClient& operator=(const MysqlClient&) = delete;

  // ---- Texts of statements. False: error() ----
  bool query(std::string_view text);
  // Whether the last answer has rows that nobody has taken yet.
  bool has_rows() const { return state_ == State::kRows; }
  // Null: there are none.
  std::shared_ptr<MysqlResult> store_result() { return take_result(true); }
  std::shared_ptr<MysqlResult> use_result() { return take_result(false); }
  bool more_results() const { return (status_ & maria::kStatusMoreResults) != 0; }
  bool next_result();
  // Drops all further results. False: one of them is an error.
  bool skip_results();

  // ---- Prepared statements ----
  bool prepare(std::string_view text, MysqlPrepareReplies& replies);
  // `payload`: what COM_STMT_EXECUTE has behind its first byte.
  bool execute(std::string_view payload);
  // Some time before the next command.
  void close_statement(std::uint32_t id) { closed_.push_back(id); }

  // ---- Other commands ----
  bool ping() { return run(maria::Command::kPing, {}); }
  bool select_database(std::string_view name) { return run(maria::Command::kInitDb, name); }
  bool set_charset(std::string_view name);
  // Whether query() takes several statements, which mysqli switches.
  bool allow_statements(bool several);
  bool statistics(std::string& text);
  // Says farewell; later commands find the server gone.
  void close();

  // ---- What the last command gave ----
  const MysqlError& error() const { return error_; }
  void set_error(MysqlError error) { error_ = std::move(error); }
  std::uint64_t affected() const { return affected_; }
  std::uint64_t last_id() const { return last_id_; }
  unsigned warnings() const { return warnings_; }
  const std::string& remark() const { return remark_; }
  // Whether the last query failed after its columns had come: PHP, which reads the rows later, may never see that.
  bool failed_in_rows() const { return now_.has_rows && now_.error.code != 0; }
  std::size_t field_count() const { return field_count_; }
  // Of rows that nobody has taken yet.
  const std::vector<MysqlField>& fields() const { return now_.fields; }
  unsigned status() const { return status_; }
  bool in_transaction() const { return (status_ & maria::kStatusInTransaction) != 0; }

  std::string escape(std::string_view text) const;
  const MysqlCharset& charset() const { return *charset_; }
  std::string_view server_version() const;
  // As a number, such as 101119; what MariaDB puts before its version for old clients is left out.
  Int server_version_number() const;
  std::uint32_t thread() const;
  std::string host_info() const;

 private:
  friend class MysqlResult;
  enum class State : std::uint8_t { kReady, kRows, kMoreResults, kGone };
  struct Talk;
  bool log_in(MysqlError& error, std::string& warning);
  bool is_free();
  bool converse(maria::ReplyHandler* replies);
  bool take_answer();
  std::shared_ptr<MysqlResult> take_result(bool stored);
  void rows_are_through();
  void write(maria::Command command, std::string_view argument);
  bool run(maria::Command command, std::string_view argument);
  bool run_written();

  MysqlTarget target_;
  std::unique_ptr<maria::Session> session_;
  State state_ = State::kGone;
  std::vector<std::uint32_t> closed_;
  bool several_ = false;
  bool is_taken_ = false;  // the rows that are there belong to a MysqlResult
  std::deque<MysqlAnswer> answers_;
  MysqlAnswer now_;
  MysqlError error_;
  const MysqlCharset* charset_ = nullptr;
  std::uint64_t affected_ = 0;
  std::uint64_t last_id_ = 0;
  unsigned warnings_ = 0;
  std::string remark_;
  std::size_t field_count_ = 0;
  unsigned status_ = 0;
};

}  // namespace banyan::php_runtime
