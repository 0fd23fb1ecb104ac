// A prepared statement of MariaDB or MySQL as mysqlnd gives it to PHP.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "php_clients/mysql_client.h"

namespace banyan::php_runtime {

// A value as a type that it is sent as: kLongLong, kDouble, kTiny, kVarString; kNull for null. What does not fit into
// 64 bits goes as a text.
struct MysqlParameter {
  Value value;
  maria::FieldType type = maria::FieldType::kNull;
};

class MysqlStatement {
 public:
  explicit MysqlStatement(std::shared_ptr<MysqlClient> client) : client_(std::move(client)) {}
  ~MysqlStatement();
  MysqlStatement(const MysqlStatement&) = delete;
  MysqlStatement& operator=(const MysqlStatement&) = delete;

  // False: error().
  bool prepare(std::string_view text);
  bool execute(std::span<const MysqlParameter> parameters);
  bool next_result();
  bool more_results() const { return client_->more_results(); }
  // Takes all rows, so that the connection is free for others. False: error(); without rows there is nothing to do.
  bool store_result();
  // The next row into `out`; false: there is none, or error().
  bool fetch(std::vector<Value>& out);
  // All rows, as a result of their own; null: there are none to be taken, or error().
  std::shared_ptr<MysqlResult> take_result();
  // Drops what is left of all results.
  void free_result();

  std::uint32_t id() const { return id_; }
  std::size_t parameters() const { return parameters_; }
  const std::vector<MysqlField>& fields() const { return fields_; }
  bool has_result() const { return result_ != nullptr || has_pending_rows_; }
  // Nobody has said yet how the rows are wanted.
  bool rows_wait() const { return has_pending_rows_; }
  MysqlResult* result() const { return result_.get(); }
  std::uint64_t affected() const { return affected_; }
  std::uint64_t last_id() const { return last_id_; }
  unsigned warnings() const { return warnings_; }
  const MysqlError& error() const { return error_; }
  void set_error(MysqlError error) { error_ = std::move(error); }
  MysqlClient& client() const { return *client_; }
  const std::shared_ptr<MysqlClient>& shared_client() const { return client_; }

 private:
  void take_outcome();
  std::shared_ptr<MysqlClient> client_;
  std::uint32_t id_ = 0;
  std::size_t parameters_ = 0;
  std::vector<MysqlField> fields_;
  std::shared_ptr<MysqlResult> result_;
  bool has_pending_rows_ = false;  // the rows are there, and nobody has said yet how they are wanted
  std::uint64_t affected_ = 0;
  std::uint64_t last_id_ = 0;
  unsigned warnings_ = 0;
  MysqlError error_;
};

}  // namespace banyan::php_runtime
