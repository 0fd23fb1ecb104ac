// One logged-in connection as a conversation: a command, then its answer. When the task is told to stop half-way, the
// server is told, too (KILL QUERY over a second connection), and the rest of the answer is read, so that the connection
// can be used again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "mariadb/connector.h"
#include "mariadb/packet_buffer.h"
#include "mariadb/statement_replies.h"
#include "sql/sql_result.h"

namespace banyan::maria {

class Session {
 public:
  Session(std::shared_ptr<Connector> connector, Stream stream);

  // Where the next command is put together. Commands without an answer may stand before it.
  std::string& out() { return out_; }
  // Sends it and hands the answer to `handler`. Errors are those of the connection: what the server says is the
  // handler's. kTimeout, kCancelled: the server was told to stop; kExhausted: the command is longer than the server
  // takes; kConnection.
  Task<SqlResult<void>> converse(ReplyHandler* handler);

  // ---- for logging in ----
  Task<Result<void>> flush();
  // The next packet. kUnavailable: the server has closed; kDataLoss: nothing that can be read.
  Task<Result<Packet>> next();
  PacketBuffer& in() { return in_; }
  Stream& stream() { return stream_; }
  void set_server(std::string version, std::uint32_t thread, std::uint64_t capabilities);
  void set_status(std::uint16_t status) { status_ = status; }
  void set_packet_bytes_max(std::size_t bytes) { packet_bytes_max_ = bytes; }

  bool in_transaction() const { return (status_ & kStatusInTransaction) != 0; }
  bool usable() const { return usable_; }
  // The database in which the server looks up names without one; "" for none.
  std::string_view schema() const { return schema_; }
  // Whether that is another one since this was asked last.
  bool take_schema_change() { return std::exchange(schema_changed_, false); }
  // The server has closed an idle connection, or, if we `look`, has said something unasked.
  bool stale(bool look);
  const MariadbOptions& options() const { return connector_->options(); }
  Connector& connector() const { return *connector_; }
  std::uint32_t thread() const { return thread_; }
  std::string_view version() const { return version_; }
  bool can(std::uint64_t capability) const { return (capabilities_ & capability) != 0; }
  void release_memory() { in_.release(); }

 private:
  Task<Result<void>> read_replies(ReplyHandler* handler);
  Task<SqlError> abandon(Error error, ReplyHandler* handler);
  Task<Result<void>> stop_and_drain(ReplyHandler* handler);
  Task<Result<void>> take_late_kill();
  SqlError lost(Error error, ReplyHandler* handler);

  std::shared_ptr<Connector> connector_;
  Stream stream_;
  PacketBuffer in_;
  std::string out_;
  std::string version_;
  std::string schema_;
  bool schema_changed_ = false;
  std::uint64_t capabilities_ = 0;
  std::uint32_t thread_ = 0;
  std::size_t packet_bytes_max_ = 16 * 1024 * 1024;  // of the server: max_allowed_packet
  std::uint16_t status_ = 0;
  bool usable_ = true;
  bool written_ = true;  // the last command went out whole
};

}  // namespace banyan::maria
