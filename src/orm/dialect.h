// What differs between the dialects of SQL. Internal to the renderers: one source file for each dialect.
#pragma once

#include <string>
#include <string_view>

#include "orm/statement.h"

namespace banyan::orm {

struct ColumnUse {
  bool key = false;
  bool indexed = false;  // key, unique, foreign key, or in an index
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual char quote() const { return '"'; }
  // The placeholder of the parameter with this number, from 1.
  virtual void placeholder(std::string& out, std::size_t number) const;
  // The type behind a column's name, with what makes a key.
  std::string column_type(const ColumnInfo& column, ColumnUse use) const;
  virtual std::string_view type_name(const ColumnInfo& column, ColumnUse use) const = 0;
  // What is behind the type of a key that the database makes.
  virtual std::string_view generated_key() const = 0;
  virtual std::string_view now() const = 0;
  // What is behind a column that is compared or ordered by, so that this goes by its value.
  virtual std::string_view collation(const ColumnInfo&) const { return ""; }
  // What is behind a SELECT that locks rows.
  virtual std::string_view lock(Lock lock) const;
  // What is matched case-sensitively or not is the database's affair; ! escapes everywhere.
  virtual void on_conflict(std::string& out, const Insert& insert) const;
  // CREATE INDEX [IF NOT EXISTS]; MariaDB and SQLite and PostgreSQL all know it.
  virtual std::string_view table_suffix() const { return ""; }
  // An OFFSET without LIMIT needs a limit in some.
  virtual std::string_view no_limit() const { return ""; }
  // The decimal that AVG gives, as a double where the dialect needs to be told.
  virtual std::string_view real_cast() const { return ""; }
  // The lock that others may read under, but not write.
  virtual std::string_view share_lock() const { return " FOR SHARE"; }

  void identifier(std::string& out, std::string_view name) const;

 protected:
  // ", version = table.version + 1", for what begins with `separator`; nothing where none is raised.
  void raise_version(std::string& out, const Insert& insert, std::string_view separator) const;
};

const Dialect& sqlite_dialect();
const Dialect& postgres_dialect();
const Dialect& mariadb_dialect();

}  // namespace banyan::orm
