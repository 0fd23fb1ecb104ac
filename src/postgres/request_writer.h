// What a client says: messages appended to a string, which is then written at once. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "postgres/message_reader.h"
#include "sql/sql_result.h"
#include "sql/sql_value.h"

namespace banyan::pg {

void put_u16(std::string& out, std::uint16_t number);
void put_u32(std::string& out, std::uint32_t number);
void put_u64(std::string& out, std::uint64_t number);
void overwrite_u32(std::string& out, std::size_t at, std::uint32_t number);

// The messages without a type byte, which open a connection.
void write_ssl_request(std::string& out);
void write_cancel_request(std::string& out, std::uint32_t process, std::uint32_t key);
// Neither names nor values may hold zero bytes: the caller has checked.
using StartupParameter = std::pair<std::string_view, std::string_view>;
void write_startup(std::string& out, std::span<const StartupParameter> parameters);

void write_password(std::string& out, std::string_view password);
void write_sasl_initial(std::string& out, std::string_view mechanism, std::string_view data);
void write_sasl_response(std::string& out, std::string_view data);

void write_query(std::string& out, std::string_view text);
// The server finds the types of parameters that are not told, or are kUnknown.
void write_parse(std::string& out, std::string_view statement, std::string_view text, std::span<const Oid> types = {});
void write_describe_statement(std::string& out, std::string_view statement);
void write_describe_portal(std::string& out);  // the unnamed one
void write_close_statement(std::string& out, std::string_view statement);
// Binds to the unnamed portal. `types` are those of the statement's parameters, as many as `parameters`; at most 65535.
// On error (kInvalid: a value that its type cannot hold) `out` is as before.
SqlResult<void> write_bind(std::string& out, std::string_view statement, std::span<const SqlValue> parameters,
                           std::span<const Oid> types, std::span<const Column> columns);
void write_execute(std::string& out);
void write_sync(std::string& out);
void write_terminate(std::string& out);

void write_copy_data(std::string& out, std::string_view data);
void write_copy_done(std::string& out);
void write_copy_fail(std::string& out, std::string_view reason);

}  // namespace banyan::pg
