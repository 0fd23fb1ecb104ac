// One logged-in connection as a conversation: a request of one or more messages, then the replies until the server says
// that it is ready for the next. What comes in between of itself (notices, notifications, changed settings) is dealt
// with here, and so is what happens when the task is told to stop half-way: the server is told, too, and the rest of
// the replies is read, so that the connection can be used again.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "postgres/connector.h"
#include "postgres/message_buffer.h"
#include "postgres/message_reader.h"
#include "postgres/server_error.h"
#include "sql/sql_result.h"

namespace banyan::pg {

// Takes replies one by one. Must not suspend.
class ReplyHandler {
 public:
  virtual ~ReplyHandler() = default;
  // False: this reply cannot be; the connection is given up.
  virtual bool reply(const Message& message) = 0;
};

class Session {
 public:
  Session(std::shared_ptr<Connector> connector, Stream stream);

  // Where the next request is put together.
  std::string& out() { return out_; }
  // Sends it and hands all replies before ReadyForQuery to `handler`. Errors are those of the connection: what the
  // server says is the handler's. kTimeout, kCancelled: the server was told to stop; kConnection.
  Task<SqlResult<void>> converse(ReplyHandler* handler);

  // ---- for what is not request and reply (logging in, COPY) ----
  // Sends what is in out().
  Task<Result<void>> flush();
  // The next message which is not about something else. kUnavailable: the server has closed.
  Task<Result<Message>> next();
  // The next one, if it is there already.
  Result<std::optional<Message>> take();
  // Waits for bytes and reads them.
  Task<Result<void>> fill();
  // Bytes that are there, without waiting.
  Result<void> fill_now();
  // Ends an operation with `error`, after which the replies up to ReadyForQuery are still owed. `stop`: they only come
  // when the server is told to stop.
  Task<SqlError> abandon(Error error, bool stop);
  // The end of a request: `body` of a ReadyForQuery. False: malformed.
  bool set_ready(std::string_view body);
  // False: the last request went out in part only; nothing can follow it.
  bool request_written() const { return written_; }
  // No request is under way and none can be any more.
  void give_up() { usable_ = false; }

  // 'I' idle, 'T' in a transaction, 'E' in one that has failed.
  char transaction() const { return transaction_; }
  bool usable() const { return usable_; }
  // The server has closed an idle connection, or, if we `look`, has said something unasked.
  bool stale(bool look);
  const PostgresOptions& options() const { return connector_->options(); }
  const Stream& stream() const { return stream_; }
  void set_cancel_key(std::uint32_t process, std::uint32_t key) {
    process_ = process;
    key_ = key;
  }
  std::uint32_t process() const { return process_; }
  const std::map<std::string, std::string, std::less<>>& settings() const { return settings_; }
  std::deque<Notification>& notifications() { return notifications_; }
  std::uint64_t notifications_lost() const { return notifications_lost_; }
  void release_memory();

 private:
  static constexpr std::size_t kNotificationsMax = 1024;
  static constexpr std::size_t kSettingsMax = 256;
  Task<Result<void>> read_replies(ReplyHandler* handler);
  Task<Result<void>> write_and_read(ReplyHandler* handler);
  Task<Result<void>> stop_and_drain(bool stop);
  // True: the message was about something else, and is dealt with.
  Result<bool> take_aside(const Message& message);
  SqlError lost(Error error);

  std::shared_ptr<Connector> connector_;
  Stream stream_;
  MessageBuffer in_;
  std::string out_;
  std::uint32_t process_ = 0;
  std::uint32_t key_ = 0;
  char transaction_ = 'I';
  bool usable_ = true;
  bool written_ = true;                 // the last request went out whole
  std::optional<SqlError> last_words_;  // the error with which the server closed
  std::map<std::string, std::string, std::less<>> settings_;
  std::deque<Notification> notifications_;
  std::uint64_t notifications_lost_ = 0;
};

}  // namespace banyan::pg
