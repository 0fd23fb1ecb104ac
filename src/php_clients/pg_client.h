// A connection to a PostgreSQL server as libpq gives it to PHP: blocking calls, results whole and as texts, errors in
// libpq's own words, and nothing of the session changed. It stands on module postgres, by whose sessions it talks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "php_clients/wire_rows.h"

namespace banyan::pg {
class Session;
}

namespace banyan::php_runtime {

struct PgColumn {
  std::string name;
  std::uint32_t table = 0;
  std::uint32_t type = 0;
  std::int16_t size = 0;
  std::int32_t modifier = 0;
};

// Numbered as libpq does.
enum class PgStatus : std::uint8_t { kEmpty = 0, kCommand = 1, kTuples = 2, kFatal = 7 };

struct PgResult {
  PgStatus status = PgStatus::kCommand;
  std::string state;  // SQLSTATE of what failed; "": the server gave none
  std::vector<PgColumn> columns;
  WireRows rows;
  std::string tag;  // "INSERT 0 5"
  bool good() const { return status == PgStatus::kCommand || status == PgStatus::kTuples; }
  // PQcmdTuples() as a number.
  std::int64_t changed() const;
  // The values of a row; nullopt is NULL. Views live as long as the result.
  void read(std::size_t row, std::vector<std::optional<std::string_view>>& out) const;
};

struct PgParameter {
  std::optional<std::string> value;  // nullopt: NULL
  bool binary = false;
};

class PgClient {
 public:
  // libpq's connection string. Null and the reason, in libpq's words, where there is no connection.
  static std::shared_ptr<PgClient> connect(std::string_view conninfo, std::string& error);
  explicit PgClient(std::unique_ptr<pg::Session> session);
  ~PgClient();
  PgClient(const PgClient&) = delete;
  PgClient& operator=(const PgClient&) = delete;

  // Any number of statements: what the last one gave, or the error of one.
  PgResult exec(std::string_view text);
  // `parameters`: how many will be given.
  PgResult prepare(std::string_view name, std::string_view text, std::size_t parameters);
  PgResult exec_prepared(std::string_view name, std::span<const PgParameter> parameters);
  PgResult exec_params(std::string_view text, std::span<const PgParameter> parameters);
  // Some time before the next statement with parameters.
  void close_later(std::string name) { closed_.push_back(std::move(name)); }

  // Of the last call, with a line's end behind each line; "" where it went well.
  const std::string& error() const { return error_; }
  bool usable() const;
  // In one, in one that has failed, or not known as the connection is lost.
  bool in_transaction() const;
  std::string_view setting(std::string_view name) const;
  std::int32_t process() const;
  bool is_utf8() const;
  // In quotes, as PQescapeStringConn() and PQescapeByteaConn() have it; nullopt: not of the connection's encoding.
  std::optional<std::string> quote(std::string_view text) const;
  std::string quote_bytes(std::string_view bytes) const;

 private:
  class Replies;
  struct Talk;
  PgResult talk(std::string_view query);
  // Whether there are more than a message can tell of; error() says so then.
  bool too_many(std::size_t parameters);
  void begin_extended();
  void put_bind(std::string_view name, std::span<const PgParameter> parameters);

  std::unique_ptr<pg::Session> session_;
  std::string error_;
  std::vector<std::string> closed_;
};

}  // namespace banyan::php_runtime
