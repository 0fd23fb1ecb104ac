// One SQLite file as PDO's driver `sqlite` uses it. Private to the module. Blocks; belongs to one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "php_pdo/pdo_driver.h"

struct sqlite3;
struct sqlite3_stmt;

namespace banyan::php_runtime {

class PdoSqlite final : public PdoConnection, public std::enable_shared_from_this<PdoSqlite> {
 public:
  static constexpr int kDefaultOpenFlags = 6;  // to read and write, and to make the file
  static constexpr int kDefaultTimeoutS = 60;  // to wait for locks of others

  // Null and the reason where it cannot be opened.
  static std::shared_ptr<PdoSqlite> open(const std::string& path, int flags, PdoFailure& failure);
  explicit PdoSqlite(sqlite3* handle) : handle_(handle) {}
  ~PdoSqlite() override;

  std::string_view name() const override { return "sqlite"; }
  std::unique_ptr<PdoDriverStatement> prepare(PdoStatement& s, const String& query, const Array* options) override;
  std::optional<Int> exec(const String& text) override;
  std::optional<String> last_id(const Value& sequence) override;
  std::optional<String> quote(std::string_view text, Int type) override;
  bool begin() override { return run("BEGIN"); }
  bool commit() override { return run("COMMIT"); }
  bool roll_back() override { return run("ROLLBACK"); }
  std::optional<bool> set_attribute(Int attribute, const Value& value) override;
  std::optional<Value> attribute(Int attribute) override;
  PdoFailure failure() const override;

  Int changes() const;
  void wait_at_most(Int seconds);
  sqlite3* handle() const { return handle_; }

  static std::string version();

 private:
  bool run(const char* text);
  sqlite3* handle_;
};

class PdoSqliteStatement final : public PdoDriverStatement {
 public:
  // Null where it is no statement: the connection's failure() says why.
  static std::unique_ptr<PdoSqliteStatement> prepare(std::shared_ptr<PdoSqlite> connection, std::string_view text);
  PdoSqliteStatement(std::shared_ptr<PdoSqlite> connection, sqlite3_stmt* statement)
      : connection_(std::move(connection)), statement_(statement) {}
  ~PdoSqliteStatement() override;

  bool accept(PdoStatement&, PdoBound&) override { return true; }
  bool allows(PdoStatement&, const PdoBound&) override { return true; }
  bool execute(PdoStatement& s, std::string_view text) override;
  Step fetch() override;
  bool close() override;
  std::optional<bool> next_rowset() override { return std::nullopt; }
  int columns() const override { return columns_; }
  std::string column_name(int column) const override;
  // Null, int, float or string.
  Value value(int column, bool as_text) override;
  std::optional<Int> row_count() const override { return changed_; }
  PdoFailure failure() const override { return connection_->failure(); }

 private:
  // A value stays bound until another takes its place. False: failure().
  bool give(const PdoBound& one);
  void begin_binding();
  bool run();
  String bytes_of(const void* bytes, int column) const;
  std::shared_ptr<PdoSqlite> connection_;
  sqlite3_stmt* statement_;
  int columns_ = 0;
  Int changed_ = 0;
  bool executed_ = false;
  bool has_row_ = false;  // which fetch() has not given yet
  bool done_ = false;
};

}  // namespace banyan::php_runtime
