// Tables, columns and edges as data, the types of the program erased: what statements are made of and renderers read.
// They are built at compile time from the schemas (orm/schema.h) and live as long as the program.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "orm/column_trait.h"

namespace banyan::orm {

struct TableInfo;
// By function, since tables refer to one another.
using TableRef = const TableInfo& (*)();

// What the database puts into a column that an INSERT leaves out.
struct DefaultInfo {
  enum class Kind : std::uint8_t { kNone, kInteger, kReal, kText, kNow, kSql };  // kSql: as the database spells it
  Kind kind = Kind::kNone;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;
};

struct ColumnInfo {
  std::string_view name;
  std::string_view member;  // what the C++ struct calls it
  ColumnType type = ColumnType::kInt64;
  bool nullable = false;
  bool generated = false;  // the database makes a value: an integer key
  bool unique = false;
  bool not_indexed = false;   // a foreign key without the index that others have
  std::string_view sql_type;  // as the database spells it; empty: the dialect's for `type`
  DefaultInfo initial;
  TableRef references = nullptr;  // the table whose key this column holds
  bool cascade = false;           // rows go when what they refer to goes
  std::string_view renamed_from;  // what it was called before; empty: nothing else
  // Between the member and the database. One pair for each C++ type, whatever the number of columns.
  SqlValue (*to_value)(const void* member) = nullptr;
  bool (*from_view)(void* member, const SqlValueView& view) = nullptr;
  const void* id = nullptr;  // the same for the same member
};

struct IndexInfo {
  std::span<const std::string_view> members;
  bool unique = false;
};

struct TableInfo {
  std::string_view name;
  std::span<const ColumnInfo> columns;
  std::span<const IndexInfo> indexes;
  const ColumnInfo* key = nullptr;         // never null in a schema that compiles
  const ColumnInfo* version = nullptr;     // optimistic version, or null
  const ColumnInfo* deleted_at = nullptr;  // soft delete, or null
  std::string_view renamed_from;           // what it was called before; empty: nothing else
  // Writes where the members of `entity` are, one for each column.
  void (*members)(void* entity, void** out) = nullptr;

  // Null if there is none.
  const ColumnInfo* find_member(std::string_view member) const;
  // What the member of this column holds.
  SqlValue get(const ColumnInfo& column, const void* entity) const;
};

// Where the members of one entity are.
class Members {
 public:
  // They live as long as the entity and this.
  Members(const TableInfo& table, void* entity);
  void* operator[](std::size_t column) const { return all_[column]; }

 private:
  static constexpr std::size_t kUsual = 32;
  void* usual_[kUsual];
  std::vector<void*> more_;
  void** all_ = usual_;
};

enum class EdgeKind : std::uint8_t { kBelongsTo, kHasOne, kHasMany, kManyToMany };

// `local` of the row at hand equals `remote` of the target's; many to many goes through the rows of `through`, in which
// `through_local` equals `local` and `through_remote` equals `remote`.
struct EdgeInfo {
  std::string_view name;
  const TableInfo* owner = nullptr;
  EdgeKind kind = EdgeKind::kHasMany;
  const TableInfo* target = nullptr;
  const ColumnInfo* local = nullptr;
  const ColumnInfo* remote = nullptr;
  const TableInfo* through = nullptr;
  const ColumnInfo* through_local = nullptr;
  const ColumnInfo* through_remote = nullptr;
};

}  // namespace banyan::orm
