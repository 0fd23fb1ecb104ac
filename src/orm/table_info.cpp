#include "orm/table_info.h"

namespace banyan::orm {

const ColumnInfo* TableInfo::find_member(std::string_view member) const {
  for (const ColumnInfo& column : columns) {
    if (column.member == member) return &column;
  }
  return nullptr;
}

}  // namespace banyan::orm
