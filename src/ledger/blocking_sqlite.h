// A SQLite file used by one thread, which blocks: for the ledger's writer, and for programs that read a ledger.
//
// The module sqlite speaks to databases of applications, from tasks; the ledger's writer is a thread, which must go on
// when no runtime does, and wants every commit on the disk. Internal to the module. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace banyan {

class BlockingSqlite {
 public:
  using Parameter = std::variant<std::int64_t, std::string_view>;

  // The present row; what it gives lives until the next one.
  class Row {
   public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
    std::int64_t integer(int column) const;
    std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
    std::string_view text(int column) const;

   private:
    sqlite3_stmt* statement_;
  };
  using EachRow = std::function<Result<void>(const Row&)>;

  enum class Mode : std::uint8_t {
    kWrite,     // made where there is none
    kRead,      // takes part in SQLite's locking, and sees what a writer commits
    kReadAlone  // nobody writes: works where not even a lock can be put beside the file
  };
  static Result<std::unique_ptr<BlockingSqlite>> open(const std::string& path, Mode mode);
  ~BlockingSqlite();
  BlockingSqlite(const BlockingSqlite&) = delete;
  BlockingSqlite& operator=(const BlockingSqlite&) = delete;

  // Any number of statements without parameters.
  Result<void> script(const char* text);
  // One statement. `text` is a literal: it is prepared once. The first error of `each` ends it. Errors: kDataLoss
  // (the file is damaged), kFailedPrecondition (a rule of the schema), kUnavailable (it cannot be read or written now).
  Result<void> run(const char* text, std::initializer_list<Parameter> parameters = {}, const EachRow& each = {});
  // The one number a statement gives; 0 where it gives none.
  Result<std::int64_t> number(const char* text);
  // Does nothing where SQLite has done so already, as it does when the disk is full.
  void roll_back();

 private:
  BlockingSqlite(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  Result<sqlite3_stmt*> prepared(const char* text);
  Error error_now(int code) const;

  sqlite3* handle_;
  std::string path_;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace banyan
