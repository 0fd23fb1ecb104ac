#include "postgres/session.h"

#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan::pg {
namespace {

// A request up to this size goes into the kernel's buffers at once, or nearly so. A longer one is written while replies
// are read: a server that waits for us to read would wait for ever if we waited for it to read.
constexpr std::size_t kWriteFirstMax = 16 * 1024;
constexpr std::size_t kOutKeptMax = 64 * 1024;

bool interrupted(const Error& error) {
  return error.code() == ErrorCode::kCancelled || error.code() == ErrorCode::kDeadlineExceeded;
}

bool out_of_time() { return cancelled() || now() >= current_context().deadline(); }
Error no_time_for(const char* what) {
  return wait_error(cancelled() ? WakeReason::kCancelled : WakeReason::kTimeout, what);
}

Error malformed() { return Error(ErrorCode::kDataLoss, "the server broke PostgreSQL's protocol"); }

}  // namespace

Session::Session(std::shared_ptr<Connector> connector, Stream stream)
    : connector_(std::move(connector)), stream_(std::move(stream)), in_(connector_->options().row_bytes_max) {}

Task<SqlResult<void>> Session::converse(ReplyHandler* handler) {
  if (!usable_) co_return SqlError(SqlErrorKind::kConnection, "the connection to PostgreSQL was lost before");
  // Nothing is begun when there is no time left.
  if (out_of_time()) {
    out_.clear();
    co_return no_time_for("statement");
  }
  Result<void> done = out_.size() <= kWriteFirstMax ? co_await flush() : co_await write_and_read(handler);
  if (done.ok() && out_.size() <= kWriteFirstMax) done = co_await read_replies(handler);
  if (out_.capacity() > kOutKeptMax) std::string().swap(out_);
  out_.clear();
  if (done.ok()) co_return {};
  co_return co_await abandon(std::move(done).error(), true);
}

Task<Result<void>> Session::flush() {
  written_ = false;
  Result<void> sent = co_await stream_.write(out_);
  written_ = sent.ok();
  co_return sent;
}

Task<Result<void>> Session::write_and_read(ReplyHandler* handler) {
  struct State {
    Session* session;
    ReplyHandler* handler;
  };
  co_return co_await with_scope(State{this, handler}, [](Scope& scope, State& state) -> Task<Result<void>> {
    scope.spawn("postgres_write", state.session->flush());
    co_await try_(state.session->read_replies(state.handler));
    co_return co_await scope.join();
  });
}

Task<Result<void>> Session::read_replies(ReplyHandler* handler) {
  for (;;) {
    std::optional<Message> message = co_await try_(take());
    if (!message) {
      co_await try_(fill());
      continue;
    }
    if (message->type == 'Z') {
      if (!set_ready(message->body)) co_return malformed();
      co_return {};
    }
    if (message->type == 'E') {
      const auto report = read_server_report(message->body);
      if (report && report->fatal()) last_words_ = to_sql_error(*report);
    }
    if (handler != nullptr && !handler->reply(*message)) co_return malformed();
  }
}

Task<Result<Message>> Session::next() {
  for (;;) {
    std::optional<Message> message = co_await try_(take());
    if (message) co_return *message;
    co_await try_(fill());
  }
}

Result<std::optional<Message>> Session::take() {
  for (;;) {
    BANYAN_TRY(const std::optional<Message> message, in_.next());
    if (!message) return std::optional<Message>();
    BANYAN_TRY(const bool aside, take_aside(*message));
    if (!aside) return message;
  }
}

Task<Result<void>> Session::fill() {
  // A server that sends faster than we take would never let a read wait, and so never be stopped.
  if (out_of_time()) co_return no_time_for("rows");
  const std::size_t count = co_await try_(co_await stream_.read(in_.room()));
  if (count == 0) co_return Error(ErrorCode::kUnavailable, "the server closed the connection");
  in_.added(count);
  co_return {};
}

Result<void> Session::fill_now() {
  std::optional<Result<std::size_t>> read = stream_.try_read(in_.room());
  if (!read) return {};
  BANYAN_TRY(const std::size_t count, *std::move(read));
  if (count == 0) return Error(ErrorCode::kUnavailable, "the server closed the connection");
  in_.added(count);
  return {};
}

Result<bool> Session::take_aside(const Message& message) {
  if (message.type == 'S') {
    BodyReader reader(message.body);
    const std::string_view name = reader.text();
    const std::string_view value = reader.text();
    if (!reader.complete()) return malformed();
    if (settings_.size() < kSettingsMax || settings_.contains(name)) settings_[std::string(name)] = value;
    return true;
  }
  if (message.type == 'A') {
    std::optional<Notification> notification = read_notification(message.body);
    if (!notification) return malformed();
    if (notifications_.size() >= kNotificationsMax) {
      notifications_.pop_front();
      ++notifications_lost_;
    }
    notifications_.push_back(*std::move(notification));
    return true;
  }
  if (message.type == 'N') {
    const auto report = read_server_report(message.body);
    if (!report) return malformed();
    if (options().on_notice) options().on_notice(report->severity, report->sqlstate, report->message);
    return true;
  }
  return false;
}

Task<SqlError> Session::abandon(Error error, bool stop) {
  if (!interrupted(error) || !written_) co_return lost(std::move(error));
  Result<void> drained = co_await shielded(now() + options().cancel_timeout, stop_and_drain(stop));
  if (!drained.ok()) {
    (void)lost(std::move(drained).error());
    usable_ = false;
  }
  co_return std::move(error);
}

// The answers are thrown away. They include the error of the statement that was stopped, if it was stopped in time.
Task<Result<void>> Session::stop_and_drain(bool stop) {
  if (stop) co_await try_(connector_->cancel(stream_.peer(), process_, key_));
  co_return co_await read_replies(nullptr);
}

bool Session::set_ready(std::string_view body) {
  if (body.size() != 1 || (body[0] != 'I' && body[0] != 'T' && body[0] != 'E')) return false;
  transaction_ = body[0];
  return true;
}

SqlError Session::lost(Error error) {
  usable_ = false;
  stream_.abort();
  if (last_words_) return *std::move(last_words_);
  return SqlError(std::move(error));
}

bool Session::stale(bool look) {
  if (!usable_ || stream_.hung_up() || stream_.broken()) return true;
  if (!look) return false;
  // Notifications and changed settings may wait there; a farewell may, too.
  if (!fill_now().ok()) return true;
  const Result<std::optional<Message>> message = take();
  return !message.ok() || message->has_value();
}

void Session::release_memory() { in_.release(); }

}  // namespace banyan::pg
