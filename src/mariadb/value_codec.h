// Values of columns and parameters, between SqlValue and the binary protocol of MariaDB and MySQL.
//
// Integers, floating point and instants travel in binary, all else as text or bytes. DATE and TIME, which SqlValue does
// not have, are put into the server's own spelling. So is what an SqlTimestamp cannot tell: dates like 0000-00-00.
// A BIGINT UNSIGNED beyond 2^63 - 1 comes as a decimal. Times are those of the session, whose zone is UTC. Pure.
#pragma once

#include <string>

#include "mariadb/packet_reader.h"
#include "sql/sql_result.h"
#include "sql/sql_value.h"

namespace banyan::maria {

// What one value may append to a row's `scratch`, at most.
inline constexpr std::size_t kScratchBytesMax = 32;

// Takes the value of a column, not NULL, from a row. Its text views the row or `scratch`, to which it appends where the
// text has to be made here. False: malformed.
bool decode_value(BodyReader& row, const Column& column, std::string& scratch, SqlValueView* value);

// The type as which a parameter goes.
FieldType type_of_parameter(SqlType type);
// Appends the bytes of a parameter that is not NULL. kInvalid: MariaDB has no such value; the error does not hold it.
SqlResult<void> encode_value(std::string& out, const SqlValue& value);

}  // namespace banyan::maria
