// Positions between the rows of an ordered query, as text a client can hold: keyset pagination.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orm/statement.h"
#include "sql/sql_result.h"

namespace banyan::orm::detail {

inline constexpr std::uint64_t kPageRowsMax = 1000;
inline constexpr std::size_t kCursorBytesMax = 4096;

// Makes `select`, whose limit is the size of the page, one that begins behind `cursor`: adds the key to its order, and
// one row to its limit, which tells whether there are more. kInvalid: a bad size, or a cursor of another order.
SqlResult<void> continue_after(Select& select, std::string_view cursor);
// The position behind `entity`, of this table.
std::string cursor_after(const TableInfo& table, const std::vector<Order>& order, const void* entity);

// Values to text of letters, digits, - and _, and back; false if `text` is none of encode's.
std::string encode_values(const std::vector<SqlValue>& values);
bool decode_values(std::string_view text, std::vector<SqlValue>& values);

// kNotFound for 0, kNotSingular for more than 1.
SqlResult<void> check_one(std::size_t rows, std::string_view table);

}  // namespace banyan::orm::detail
