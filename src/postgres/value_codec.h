// Values of columns and parameters, between SqlValue and what PostgreSQL has on the wire.
//
// Where program and database mean the same by a type, it travels in binary: booleans, integers, floating point, bytes,
// instants. All else travels as text, which is the form every type has: numeric (exact, digit by digit), uuid, json,
// date, enumerations, arrays (postgres/array_text.h), whatever an extension brings. The server makes and reads that
// text, so nothing has to be known here of types that are not even there yet.
//
// `timestamp` has no zone; it is taken for UTC, as what most frameworks write into it is. "infinity" and "-infinity"
// are the largest and the smallest number. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/message_reader.h"
#include "sql/sql_value.h"

namespace banyan::pg {

// Whether columns of the type are asked for in binary.
bool decodes_binary(Oid type);
// A column's value, not NULL. Its text views `bytes`. False: not a value of this type, or an instant that microseconds
// since 1970 cannot tell (beyond the year 294246).
bool decode_value(std::string_view bytes, Oid type, bool binary, SqlValueView* value);

// Whether a parameter that the statement wants as `type` is sent in binary.
bool encodes_binary(SqlType given, Oid type);
// Appends it. False: the type cannot hold it. NULL has no bytes and must not be given.
bool encode_value(std::string& out, const SqlValue& value, Oid type);

// Whether one of `values` is an integer beyond its type in `types`, an int2 or int4.
bool any_beyond(std::span<const SqlValue> values, std::span<const Oid> types);
// `types`, with int8 in place of int2 and int4, and kUnknown in place of all else.
std::vector<Oid> widened(std::span<const Oid> types);

}  // namespace banyan::pg
