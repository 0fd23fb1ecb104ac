#include "orm/table_info.h"

namespace banyan::orm {

const ColumnInfo* TableInfo::find_member(std::string_view member) const {
  for (const ColumnInfo& column : columns) {
    if (column.member == member) return &column;
  }
  return nullptr;
}

SqlValue TableInfo::get(const ColumnInfo& column, const void* entity) const {
  const Members places(*this, const_cast<void*>(entity));  // NOLINT: only read through
  return column.to_value(places[static_cast<std::size_t>(&column - columns.data())]);
}

Members::Members(const TableInfo& table, void* entity) {
  if (table.columns.size() > kUsual) {
    more_.resize(table.columns.size());
    all_ = more_.data();
  }
  table.members(entity, all_);
}

}  // namespace banyan::orm
