// Statements as SQL: what all dialects share. Values become placeholders here, without exception.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdlib>

#include "base/check.h"
#include "orm/dialect.h"

namespace banyan::orm {
namespace {

const Dialect& dialect_of(SqlDialect dialect) {
  switch (dialect) {
    case SqlDialect::kSqlite:
      return sqlite_dialect();
    case SqlDialect::kPostgres:
      return postgres_dialect();
    case SqlDialect::kMariadb:
      return mariadb_dialect();
  }
  return sqlite_dialect();
}

std::string_view comparison(Op op) {
  switch (op) {
    case Op::kEqual:
      return " = ";
    case Op::kNotEqual:
      return " <> ";
    case Op::kLess:
      return " < ";
    case Op::kLessOrEqual:
      return " <= ";
    case Op::kGreater:
      return " > ";
    default:
      return " >= ";
  }
}

// The statement under way. Columns are always named with their table, so that none is ambiguous.
class Writer {
 public:
  explicit Writer(SqlDialect dialect) : dialect_(dialect_of(dialect)), kind_(dialect) {}

  Writer& text(std::string_view text) {
    out_.text.append(text);
    return *this;
  }
  Writer& name(std::string_view identifier) {
    dialect_.identifier(out_.text, identifier);
    return *this;
  }
  Writer& column(std::string_view table, const ColumnInfo& column) { return name(table).text(".").name(column.name); }
  // What stands in comparisons and orders.
  Writer& compared(std::string_view table, const ColumnInfo& column) {
    return this->column(table, column).text(dialect_.collation(column));
  }
  Writer& value(SqlValue value) {
    out_.parameters.push_back(std::move(value));
    dialect_.placeholder(out_.text, out_.parameters.size());
    return *this;
  }
  Writer& number(std::uint64_t number) { return text(std::to_string(number)); }
  // `values`, padded to a power of two by repeating the last, so that a statement has few texts however long the list.
  Writer& list(std::span<const SqlValue> values) {
    const std::size_t padded = values.size() > 4096 ? values.size() : std::bit_ceil(values.size());
    for (std::size_t i = 0; i < padded; ++i) text(i == 0 ? "(" : ", ").value(values[std::min(i, values.size() - 1)]);
    return text(")");
  }
  const Dialect& dialect() const { return dialect_; }
  SqlDialect kind() const { return kind_; }
  std::string& raw() { return out_.text; }
  Rendered take() { return std::move(out_); }

 private:
  const Dialect& dialect_;
  SqlDialect kind_;
  Rendered out_;
};

// Writes the nodes of a condition; values are taken in order.
class ConditionWriter {
 public:
  ConditionWriter(Writer& writer, const Condition& condition) : writer_(writer), condition_(condition) {}

  void write(std::string_view table) {
    const Node& node = condition_.nodes[node_++];
    switch (node.op) {
      case Op::kAnd:
        return joined(node, table, " AND ");
      case Op::kOr:
        return joined(node, table, " OR ");
      case Op::kNot:
        writer_.text("NOT (");
        write(table);
        writer_.text(")");
        return;
      case Op::kIsNull:
        writer_.column(table, *node.column).text(" IS NULL");
        return;
      case Op::kIsNotNull:
        writer_.column(table, *node.column).text(" IS NOT NULL");
        return;
      case Op::kIn:
      case Op::kNotIn:
        return in(node, table);
      case Op::kLike:
        writer_.column(table, *node.column).text(" LIKE ").value(next()).text(" ESCAPE '!'");
        return;
      case Op::kHas:
        return has(node, table);
      case Op::kUnsafe:
        return unsafe(node);
      default:
        break;
    }
    writer_.compared(table, *node.column).text(comparison(node.op));
    if (node.other != nullptr) {
      writer_.column(table, *node.other);
    } else {
      writer_.value(next());
    }
  }

 private:
  SqlValue next() { return condition_.values[value_++]; }

  void joined(const Node& node, std::string_view table, std::string_view word) {
    writer_.text("(");
    for (std::uint32_t i = 0; i < node.count; ++i) {
      if (i > 0) writer_.text(word);
      write(table);
    }
    writer_.text(")");
  }

  void in(const Node& node, std::string_view table) {
    const bool wanted = node.op == Op::kIn;
    if (node.count == 0) {
      writer_.text(wanted ? "1 = 0" : "1 = 1");
      return;
    }
    const std::span<const SqlValue> values(condition_.values.data() + value_, node.count);
    value_ += node.count;
    writer_.compared(table, *node.column).text(wanted ? " IN " : " NOT IN ").list(values);
  }

  void has(const Node& node, std::string_view table) {
    const EdgeInfo& edge = condition_.edges[node.index];
    writer_.text("EXISTS (SELECT 1 FROM ").name(edge.target->name);
    // A table that refers to itself needs another name inside.
    std::string inner(edge.target->name);
    if (inner == table) {
      inner += "_inner";
      writer_.text(" AS ").name(inner);
    }
    if (edge.through != nullptr) {
      writer_.text(" JOIN ").name(edge.through->name).text(" ON ");
      writer_.column(edge.through->name, *edge.through_remote).text(" = ").column(inner, *edge.remote);
      writer_.text(" WHERE ").column(edge.through->name, *edge.through_local);
    } else {
      writer_.text(" WHERE ").column(inner, *edge.remote);
    }
    writer_.text(" = ").column(table, *edge.local);
    if (edge.target->deleted_at != nullptr) {
      writer_.text(" AND ").column(inner, *edge.target->deleted_at).text(" IS NULL");
    }
    if (edge.through != nullptr && edge.through->deleted_at != nullptr) {
      writer_.text(" AND ").column(edge.through->name, *edge.through->deleted_at).text(" IS NULL");
    }
    if (node.count > 0) {
      writer_.text(" AND ");
      write(inner);
    }
    writer_.text(")");
  }

  // Each ? outside quotes is one of the values.
  void unsafe(const Node& node) {
    const std::string& text = condition_.texts[node.index];
    std::size_t left = node.count;
    char quote = 0;
    writer_.text("(");
    for (const char c : text) {
      if (quote == 0 && c == '?' && left > 0) {
        --left;
        writer_.value(next());
        continue;
      }
      if (quote != 0 && c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '\'' || c == '"' || c == '`')) {
        quote = c;
      }
      writer_.raw().push_back(c);
    }
    writer_.text(")");
    value_ += left;
  }

  Writer& writer_;
  const Condition& condition_;
  std::size_t node_ = 0;
  std::size_t value_ = 0;
};

// WHERE and AND, as they come.
class Where {
 public:
  explicit Where(Writer& writer) : writer_(writer) {}
  Writer& next() {
    writer_.text(first_ ? " WHERE " : " AND ");
    first_ = false;
    return writer_;
  }

 private:
  Writer& writer_;
  bool first_ = true;
};

void write_filter(Where& where, const TableInfo& table, const Condition& condition, bool with_deleted) {
  if (!condition.empty()) ConditionWriter(where.next(), condition).write(table.name);
  if (table.deleted_at != nullptr && !with_deleted) {
    where.next().column(table.name, *table.deleted_at).text(" IS NULL");
  }
}

// (a > ?) OR (a = ? AND b > ?) OR ...: it says what a row comparison says, for mixed directions too.
void write_after(Writer& writer, const Select& select) {
  writer.text("(");
  for (std::size_t i = 0; i < select.order.size(); ++i) {
    writer.text(i == 0 ? "(" : " OR (");
    for (std::size_t j = 0; j <= i; ++j) {
      if (j > 0) writer.text(" AND ");
      writer.compared(select.table->name, *select.order[j].column);
      writer.text(j < i ? " = " : select.order[j].descending ? " < " : " > ").value(select.after[j]);
    }
    writer.text(")");
  }
  writer.text(")");
}

void write_aggregate(Writer& writer, const Select& select) {
  if (select.aggregated == nullptr) {
    writer.text("COUNT(*)");
    return;
  }
  constexpr std::string_view kFunctions[] = {"COUNT(", "SUM(", "AVG(", "MIN(", "MAX("};
  writer.text(kFunctions[static_cast<std::size_t>(*select.aggregate)]);
  writer.compared(select.table->name, *select.aggregated).text(")");
  if (*select.aggregate == Aggregate::kAverage) writer.text(writer.dialect().real_cast());
}

void write_columns(Writer& writer, const Select& select) {
  if (select.group != nullptr) writer.column(select.table->name, *select.group).text(", ");
  if (select.aggregate.has_value()) return write_aggregate(writer, select);
  std::string_view separator;
  if (select.along != nullptr) {
    const bool through = select.along->through != nullptr;
    writer.column(through ? select.along->through->name : select.table->name,
                  through ? *select.along->through_local : *select.along->remote);
    separator = ", ";
  }
  for (const ColumnInfo& column : select.table->columns) {
    writer.text(separator).column(select.table->name, column);
    separator = ", ";
  }
}

void write_order(Writer& writer, const Select& select) {
  std::string_view separator = " ORDER BY ";
  for (const Order& order : select.order) {
    writer.text(separator).compared(select.table->name, *order.column).text(order.descending ? " DESC" : "");
    separator = ", ";
  }
}

void write_limit(Writer& writer, const Select& select) {
  // Numbers of the program's own type: they need no placeholder, and a text for each limit is what a cache wants.
  if (select.limit.has_value()) writer.text(" LIMIT ").number(*select.limit);
  if (select.offset == 0) return;
  if (!select.limit.has_value()) writer.text(writer.dialect().no_limit());
  writer.text(" OFFSET ").number(select.offset);
}

// Six digits behind the point, where that is the number; else as many as it takes.
std::string real_text(double number) {
  std::string text = std::to_string(number);
  if (std::strtod(text.c_str(), nullptr) == number) return text;
  char digits[32];
  return text.assign(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

std::string default_text(const Dialect& dialect, const ColumnInfo& column, SqlDialect kind) {
  switch (column.initial.kind) {
    case DefaultInfo::Kind::kNone:
      return "";
    case DefaultInfo::Kind::kInteger:
      if (column.type == ColumnType::kBool && kind == SqlDialect::kPostgres) {
        return column.initial.integer != 0 ? " DEFAULT true" : " DEFAULT false";
      }
      return " DEFAULT " + std::to_string(column.initial.integer);
    case DefaultInfo::Kind::kReal:
      return " DEFAULT " + real_text(column.initial.real);
    case DefaultInfo::Kind::kText: {
      // A literal of the program's text, not of anybody's input; quotes are doubled, and a backslash, which MariaDB
      // would take for an escape, is refused by orm::DefaultText.
      std::string text = " DEFAULT '";
      for (const char c : column.initial.text) text.append(c == '\'' ? 2 : 1, c);
      return text + "'";
    }
    case DefaultInfo::Kind::kNow:
      return " DEFAULT " + std::string(dialect.now());
    case DefaultInfo::Kind::kSql:  // SQLite takes expressions in parentheses alone
      return " DEFAULT " + (kind == SqlDialect::kSqlite ? "(" + std::string(column.initial.text) + ")"
                                                        : std::string(column.initial.text));
  }
  return "";
}

// Rows of which nothing is set. Only what the database itself makes may be left out of several, which is the key.
void write_default_rows(Writer& writer, const Insert& insert) {
  if (insert.rows == 1) {
    writer.text(writer.kind() == SqlDialect::kMariadb ? " () VALUES ()" : " DEFAULT VALUES");
    return;
  }
  writer.text(" (").name(insert.table->key->name).text(") VALUES ");
  const std::string_view row = writer.kind() == SqlDialect::kSqlite ? "(NULL)" : "(DEFAULT)";
  for (std::size_t i = 0; i < insert.rows; ++i) writer.text(i == 0 ? "" : ", ").text(row);
}

bool is_indexed(const TableInfo& table, const ColumnInfo& column) {
  if (column.unique || column.references != nullptr || &column == table.key) return true;
  return std::ranges::any_of(table.indexes, [&](const IndexInfo& index) {
    return std::ranges::find(index.members, column.member) != index.members.end();
  });
}

void write_column_definition(Writer& writer, const TableInfo& table, const ColumnInfo& column) {
  const bool key = &column == table.key;
  writer.name(column.name)
      .text(" ")
      .text(writer.dialect().column_type(column, {.key = key, .indexed = is_indexed(table, column)}));
  if (!column.nullable && !(key && column.generated)) writer.text(" NOT NULL");
  writer.text(default_text(writer.dialect(), column, writer.kind()));
}

std::string create_table(SqlDialect dialect, const TableInfo& table) {
  Writer writer(dialect);
  writer.text("CREATE TABLE IF NOT EXISTS ").name(table.name);
  std::string_view separator = " (";
  for (const ColumnInfo& column : table.columns) {
    write_column_definition(writer.text(separator), table, column);
    separator = ", ";
  }
  for (const ColumnInfo& column : table.columns) {
    const std::string name = std::string(table.name) + "_" + std::string(column.name);
    if (column.unique) {
      writer.text(", CONSTRAINT ").name(name + "_key").text(" UNIQUE (").name(column.name).text(")");
    }
    if (column.references == nullptr) continue;
    const TableInfo& target = column.references();
    writer.text(", CONSTRAINT ").name(name + "_fkey").text(" FOREIGN KEY (").name(column.name);
    writer.text(") REFERENCES ").name(target.name).text(" (").name(target.key->name).text(")");
    if (column.cascade) writer.text(" ON DELETE CASCADE");
  }
  writer.text(")").text(writer.dialect().table_suffix());
  return writer.take().text;
}

std::string create_index(SqlDialect dialect, const TableInfo& table, std::span<const std::string_view> members,
                         bool unique) {
  std::string name(table.name);
  for (const std::string_view member : members) {
    const ColumnInfo* column = table.find_member(member);
    BANYAN_CHECK(column != nullptr);  // checked when the schema was compiled
    name.append("_").append(column->name);
  }
  Writer writer(dialect);
  writer.text(unique ? "CREATE UNIQUE INDEX IF NOT EXISTS " : "CREATE INDEX IF NOT EXISTS ");
  writer.name(name + "_idx").text(" ON ").name(table.name);
  std::string_view separator = " (";
  for (const std::string_view member : members) {
    writer.text(separator).name(table.find_member(member)->name);
    separator = ", ";
  }
  return writer.text(")").take().text;
}

}  // namespace

void Dialect::placeholder(std::string& out, std::size_t number) const {
  (void)number;
  out.push_back('?');
}

std::string_view Dialect::lock(Lock lock) const {
  switch (lock) {
    case Lock::kNone:
      return "";
    case Lock::kForUpdate:
      return " FOR UPDATE";
    case Lock::kForUpdateSkipLocked:
      return " FOR UPDATE SKIP LOCKED";
    case Lock::kForShare:
      return share_lock();
  }
  return "";
}

std::string Dialect::column_type(const ColumnInfo& column, ColumnUse use) const {
  std::string type(column.sql_type.empty() ? type_name(column, use) : column.sql_type);
  if (use.key && column.generated) return type.append(generated_key());
  return use.key ? type + " PRIMARY KEY" : type;
}

void Dialect::identifier(std::string& out, std::string_view name) const {
  out.push_back(quote());
  out.append(name);
  out.push_back(quote());
}

void Dialect::raise_version(std::string& out, const Insert& insert, std::string_view separator) const {
  if (insert.on_conflict.raise == nullptr) return;
  out += separator;
  identifier(out, insert.on_conflict.raise->name);
  out += " = ";
  identifier(out, insert.table->name);
  out += ".";
  identifier(out, insert.on_conflict.raise->name);
  out += " + 1";
}

void Dialect::on_conflict(std::string& out, const Insert& insert) const {
  const OnConflict& conflict = insert.on_conflict;
  if (conflict.kind == OnConflict::Kind::kFail) return;
  out += " ON CONFLICT";
  std::string_view separator = " (";
  for (const ColumnInfo* column : conflict.target) {
    out += separator;
    identifier(out, column->name);
    separator = ", ";
  }
  if (!conflict.target.empty()) out += ")";
  if (conflict.kind == OnConflict::Kind::kIgnore) {
    out += " DO NOTHING";
    return;
  }
  separator = " DO UPDATE SET ";
  for (const ColumnInfo* column : conflict.update) {
    out += separator;
    identifier(out, column->name);
    out += " = excluded.";
    identifier(out, column->name);
    separator = ", ";
  }
  raise_version(out, insert, separator);
}

Rendered render(SqlDialect dialect, const Select& select) {
  Writer writer(dialect);
  const TableInfo& table = *select.table;
  writer.text("SELECT ");
  write_columns(writer, select);
  writer.text(" FROM ").name(table.name);
  Where where(writer);
  if (const EdgeInfo* edge = select.along; edge != nullptr) {
    if (edge->through != nullptr) {
      writer.text(" JOIN ").name(edge->through->name).text(" ON ");
      writer.column(edge->through->name, *edge->through_remote).text(" = ").column(table.name, *edge->remote);
      where.next().column(edge->through->name, *edge->through_local);
    } else {
      where.next().column(table.name, *edge->remote);
    }
    writer.text(" IN ").list(select.keys);
    if (edge->through != nullptr && edge->through->deleted_at != nullptr) {
      where.next().column(edge->through->name, *edge->through->deleted_at).text(" IS NULL");
    }
  }
  write_filter(where, table, select.where, select.with_deleted);
  if (!select.after.empty()) write_after(where.next(), select);
  if (select.group != nullptr) {
    writer.text(" GROUP BY ").compared(table.name, *select.group);
    writer.text(" ORDER BY ").compared(table.name, *select.group);
  }
  write_order(writer, select);
  write_limit(writer, select);
  writer.text(writer.dialect().lock(select.lock));
  return writer.take();
}

Rendered render(SqlDialect dialect, const Insert& insert) {
  Writer writer(dialect);
  writer.text("INSERT INTO ").name(insert.table->name);
  if (insert.columns.empty()) {
    write_default_rows(writer, insert);
  } else {
    std::string_view separator = " (";
    for (const ColumnInfo* column : insert.columns) {
      writer.text(separator).name(column->name);
      separator = ", ";
    }
    writer.text(") VALUES ");
    std::size_t next = 0;
    for (std::size_t row = 0; row < insert.rows; ++row) {
      writer.text(row == 0 ? "" : ", ");
      for (std::size_t i = 0; i < insert.columns.size(); ++i) {
        writer.text(i == 0 ? "(" : ", ").value(insert.values[next++]);
      }
      writer.text(")");
    }
  }
  writer.dialect().on_conflict(writer.raw(), insert);
  std::string_view separator = " RETURNING ";
  for (const ColumnInfo& column : insert.table->columns) {
    writer.text(separator).name(column.name);
    separator = ", ";
  }
  return writer.take();
}

Rendered render(SqlDialect dialect, const Update& update) {
  Writer writer(dialect);
  writer.text("UPDATE ").name(update.table->name);
  std::string_view separator = " SET ";
  for (const Assignment& assignment : update.set) {
    writer.text(separator).name(assignment.column->name).text(" = ");
    if (assignment.add) writer.column(update.table->name, *assignment.column).text(" + ");
    writer.value(assignment.value);
    separator = ", ";
  }
  Where where(writer);
  write_filter(where, *update.table, update.where, update.with_deleted);
  return writer.take();
}

Rendered render(SqlDialect dialect, const Delete& statement) {
  Writer writer(dialect);
  writer.text("DELETE FROM ").name(statement.table->name);
  Where where(writer);
  write_filter(where, *statement.table, statement.where, true);
  return writer.take();
}

std::vector<std::string> render_create(SqlDialect dialect, const TableInfo& table) {
  std::vector<std::string> statements{create_table(dialect, table)};
  for (const IndexInfo& index : table.indexes) {
    statements.push_back(create_index(dialect, table, index.members, index.unique));
  }
  // Every foreign key is searched along its edge; MariaDB makes these indexes by itself.
  for (const ColumnInfo& column : table.columns) {
    if (column.references == nullptr || column.unique || column.not_indexed || dialect == SqlDialect::kMariadb)
      continue;
    statements.push_back(create_index(dialect, table, {&column.member, 1}, false));
  }
  return statements;
}

}  // namespace banyan::orm
