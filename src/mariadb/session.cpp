#include "mariadb/session.h"

#include "mariadb/login.h"
#include "mariadb/packet_writer.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan::maria {
namespace {

constexpr std::size_t kOutKeptMax = 64 * 1024;

bool interrupted(const Error& error) {
  return error.code() == ErrorCode::kCancelled || error.code() == ErrorCode::kDeadlineExceeded;
}

bool out_of_time() { return cancelled() || now() >= current_context().deadline(); }

Error malformed() { return Error(ErrorCode::kDataLoss, "the server broke MariaDB's protocol"); }

}  // namespace

Session::Session(std::shared_ptr<Connector> connector, Stream stream)
    : connector_(std::move(connector)),
      stream_(std::move(stream)),
      in_(connector_->options().row_bytes_max),
      schema_(connector_->options().database) {}

void Session::set_server(std::string version, std::uint32_t thread, std::uint64_t capabilities) {
  version_ = std::move(version);
  thread_ = thread;
  capabilities_ = capabilities;
}

Task<SqlResult<void>> Session::converse(ReplyHandler* handler) {
  if (!usable_) co_return SqlError(SqlErrorKind::kConnection, "the connection to MariaDB was lost before");
  // Nothing is begun when there is no time left.
  if (out_of_time()) {
    out_.clear();
    co_return wait_error(cancelled() ? WakeReason::kCancelled : WakeReason::kTimeout, "statement");
  }
  // The server reads a command to its end before it answers. One that is too long it does not read: it closes.
  if (out_.size() >= packet_bytes_max_) {
    std::string().swap(out_);
    co_return SqlError(SqlErrorKind::kExhausted,
                       "statement and values are longer than the server's max_allowed_packet, " +
                           std::to_string(packet_bytes_max_) + " bytes");
  }
  in_.set_sequence(sequence_after(out_));
  Result<void> done = co_await flush();
  if (out_.capacity() > kOutKeptMax) std::string().swap(out_);
  out_.clear();
  if (done.ok()) done = co_await read_replies(handler);
  if (done.ok()) co_return {};
  co_return co_await abandon(std::move(done).error(), handler);
}

Task<Result<void>> Session::flush() {
  written_ = false;
  Result<void> sent = co_await stream_.write(out_);
  written_ = sent.ok();
  co_return sent;
}

Task<Result<void>> Session::read_replies(ReplyHandler* handler) {
  for (;;) {
    const Packet packet = co_await try_(next());
    const Reply reply = handler->reply(packet);
    if (reply == Reply::kMalformed) co_return malformed();
    if (reply == Reply::kMore) continue;
    if (handler->status()) status_ = *handler->status();
    if (handler->schema() && *handler->schema() != schema_) {
      schema_ = *handler->schema();
      schema_changed_ = true;
    }
    co_return {};
  }
}

Task<Result<Packet>> Session::next() {
  for (;;) {
    const std::optional<Packet> packet = co_await try_(in_.next());
    if (packet) co_return *packet;
    // A server that sends faster than we take would never let a read wait, and so never be stopped.
    if (out_of_time()) co_return wait_error(cancelled() ? WakeReason::kCancelled : WakeReason::kTimeout, "rows");
    const std::size_t count = co_await try_(co_await stream_.read(in_.room()));
    if (count == 0) co_return Error(ErrorCode::kUnavailable, "the server closed the connection");
    in_.added(count);
  }
}

Task<SqlError> Session::abandon(Error error, ReplyHandler* handler) {
  if (!interrupted(error) || !written_) co_return lost(std::move(error), handler);
  handler->drop_rows();
  Result<void> drained = co_await shielded(now() + options().cancel_timeout, stop_and_drain(handler));
  if (!drained.ok()) (void)lost(std::move(drained).error(), handler);
  co_return std::move(error);
}

// The rest of the answer is thrown away. It includes the error of the statement that was stopped, if it was stopped in
// time; if not, the server may keep the order to stop for the next statement, so there is one which only takes it.
Task<Result<void>> Session::stop_and_drain(ReplyHandler* handler) {
  co_await try_(kill_query(connector_, stream_.peer(), thread_));
  co_await try_(read_replies(handler));
  co_return co_await take_late_kill();
}

Task<Result<void>> Session::take_late_kill() {
  for (int attempt = 0; attempt < 2; ++attempt) {
    RunReplies replies(nullptr, nullptr, can(capability::kCachedColumns));
    out_.clear();
    write_command(out_, Command::kQuery, "DO 0");
    in_.set_sequence(1);
    co_await try_(flush());
    out_.clear();
    co_await try_(read_replies(&replies));
    if (!replies.error()) co_return {};
    if (replies.server_code() != kErrorInterrupted) co_return replies.error()->to_error();
  }
  co_return Error(ErrorCode::kUnavailable, "the session is being stopped again and again");
}

SqlError Session::lost(Error error, ReplyHandler* handler) {
  usable_ = false;
  stream_.abort();
  if (handler->error()) return *handler->error();
  return SqlError(std::move(error));
}

bool Session::stale(bool look) {
  if (!usable_ || stream_.hung_up() || stream_.broken()) return true;
  if (!look) return false;
  // With no command under way, whatever the server says is a farewell.
  const std::optional<Result<std::size_t>> read = stream_.try_read(in_.room());
  return read.has_value();
}

}  // namespace banyan::maria
