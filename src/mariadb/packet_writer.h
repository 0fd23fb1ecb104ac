// What a client says: packets appended to a string, which is then written at once. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mariadb/packet_reader.h"
#include "sql/sql_result.h"
#include "sql/sql_value.h"

namespace banyan::maria {

// The lowest `bytes` bytes of a number, lowest first.
void put(std::string& out, std::uint64_t number, std::size_t bytes);
void put_packed(std::string& out, std::uint64_t number);
void put_packed_text(std::string& out, std::string_view text);

// Leaves room for a packet's header; gives where it stands. What is appended until end_packet() is the body.
std::size_t begin_packet(std::string& out);
// Fills in the header, and splits what is too long for one packet. Gives the number the next packet has.
std::uint8_t end_packet(std::string& out, std::size_t header, std::uint8_t sequence);
// The number that the answer to the last of these packets has: a long command takes several.
std::uint8_t sequence_after(std::string_view packets);

inline constexpr std::uint8_t kUtf8mb4GeneralCi = 45;

struct HandshakeResponse {
  std::uint64_t capabilities = 0;
  std::uint8_t charset = kUtf8mb4GeneralCi;
  std::string_view user;      // these three without zero bytes: the caller has checked
  std::string_view database;  // empty: none
  std::string_view plugin;
  std::string_view proof;
};
// The bodies of SSLRequest and HandshakeResponse41.
void put_tls_request(std::string& out, std::uint64_t capabilities, std::uint8_t charset);
void put_handshake_response(std::string& out, const HandshakeResponse& response);

enum class Command : std::uint8_t {
  kQuit = 0x01,
  kInitDb = 0x02,
  kQuery = 0x03,
  kStatistics = 0x09,
  kPing = 0x0e,
  kPrepare = 0x16,
  kExecute = 0x17,
  kClose = 0x19,
  kSetOption = 0x1b,
};
// A command whose argument is a text.
void write_command(std::string& out, Command command, std::string_view argument = {});
void write_close_statement(std::string& out, std::uint32_t id);
// Whether the server is to take texts of several statements.
void write_multi_statements(std::string& out, bool on);
// At most 65535 parameters. On error (kInvalid) `out` is as before.
SqlResult<void> write_execute(std::string& out, std::uint32_t id, std::span<const SqlValue> parameters);

}  // namespace banyan::maria
