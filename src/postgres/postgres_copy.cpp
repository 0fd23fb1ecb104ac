// COPY: data in bulk, as a stream in one direction (PostgreSQL manual, chapter 55.2.6).
#include <optional>

#include "postgres/postgres_connection.h"
#include "postgres/request_writer.h"
#include "postgres/session.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using pg::Message;
using pg::Session;

SqlError malformed() { return SqlError(SqlErrorKind::kConnection, "the server broke PostgreSQL's protocol in a COPY"); }

// What the replies to a COPY have said so far.
struct CopyState {
  Session* session;
  std::optional<SqlError> failed;  // by the server or, `ours`, by whoever gives or takes the data
  bool ours = false;
  SqlOutcome outcome;
  bool started = false;
  bool ready = false;  // ReadyForQuery has come

  // False: malformed.
  bool reply(const Message& message) {
    pg::BodyReader reader(message.body);
    switch (message.type) {
      case 'C':
        outcome.rows_affected = pg::rows_of_tag(reader.text());
        return true;
      case 'E': {
        const auto report = pg::read_server_report(message.body);
        if (report && !failed) failed = pg::to_sql_error(*report);
        return report.has_value();
      }
      case 'Z':
        ready = true;
        return session->set_ready(message.body);
      case 'G':
      case 'H':
        started = true;
        return true;
      default:
        return message.type == 'c' || message.type == 'T' || message.type == 'I' || message.type == 'D';
    }
  }
};

// Reads replies until the COPY has begun, or ended without.
Task<SqlResult<void>> start_copy(CopyState* copy, std::string_view text, char wanted) {
  Session* const session = copy->session;
  if (!session->usable()) co_return SqlError(SqlErrorKind::kConnection, "the connection to PostgreSQL was lost before");
  if (text.find('\0') != std::string_view::npos)
    co_return SqlError(SqlErrorKind::kInvalid, "the text holds a zero byte");
  session->out().clear();
  pg::write_query(session->out(), text);
  Result<void> sent = co_await session->flush();
  if (!sent.ok()) co_return co_await session->abandon(std::move(sent).error(), true);
  while (!copy->ready && !copy->started) {
    const Result<Message> message = co_await session->next();
    if (!message.ok()) co_return co_await session->abandon(Error(message.error()), true);
    if (!copy->reply(*message) || (copy->started && message->type != wanted)) {
      session->give_up();
      co_return SqlError(SqlErrorKind::kInvalid, "the statement is a COPY in the other direction");
    }
  }
  if (copy->failed) co_return *copy->failed;
  if (!copy->started) co_return SqlError(SqlErrorKind::kInvalid, "the statement is no COPY with the client");
  co_return {};
}

// Takes what the server has said meanwhile, which can only be that it wants no more.
SqlResult<void> look_for_errors(CopyState* copy) {
  if (Result<void> filled = copy->session->fill_now(); !filled.ok()) return std::move(filled).error();
  for (;;) {
    const Result<std::optional<Message>> message = copy->session->take();
    if (!message.ok()) return Error(message.error());
    if (!*message) return {};
    if (!copy->reply(**message)) return malformed();
  }
}

Task<SqlResult<void>> send_data(CopyState* copy, PostgresCopySource* source) {
  Session* const session = copy->session;
  for (;;) {
    const std::string_view data = co_await try_(source->next());
    session->out().clear();
    if (data.empty()) co_return {};
    pg::write_copy_data(session->out(), data);
    co_await try_(session->flush());
    co_await try_(look_for_errors(copy));
    if (copy->failed) co_return {};
  }
}

Task<SqlResult<void>> await_ready(CopyState* copy) {
  while (!copy->ready) {
    const Message message = co_await try_(copy->session->next());
    if (!copy->reply(message)) co_return malformed();
  }
  co_return {};
}

Task<SqlResult<void>> finish_sending(CopyState* copy) {
  co_await try_(copy->session->flush());
  copy->session->out().clear();
  co_return co_await await_ready(copy);
}

Task<SqlResult<void>> take_data(CopyState* copy, PostgresCopySink* sink) {
  while (!copy->ready) {
    const Message message = co_await try_(copy->session->next());
    if (message.type != 'd') {
      if (!copy->reply(message)) co_return malformed();
      continue;
    }
    if (copy->ours) continue;
    SqlResult<void> taken =
        message.too_long
            ? SqlResult<void>(SqlError(SqlErrorKind::kExhausted, "a row of the COPY is longer than row_bytes_max"))
            : co_await sink->take(message.body);
    if (taken.ok()) continue;
    copy->failed = std::move(taken).error();
    copy->ours = true;
    co_return {};
  }
  co_return {};
}

}  // namespace

// If the source fails, or the task is told to stop, the server hears of it by CopyFail, and forgets the data.
Task<SqlResult<SqlOutcome>> PostgresConnection::send_copy(std::string_view text, PostgresCopySource* source) {
  CopyState copy{
      .session = session_.get(), .failed = {}, .ours = false, .outcome = {}, .started = false, .ready = false};
  co_await try_(start_copy(&copy, text, 'G'));
  SqlResult<void> sent = co_await send_data(&copy, source);
  const bool whole = session_->request_written();
  session_->out().clear();
  if (!copy.failed && sent.ok()) {
    pg::write_copy_done(session_->out());
  } else if (!copy.failed) {
    pg::write_copy_fail(session_->out(), "the client has stopped");
  }
  SqlResult<void> finished = SqlError(SqlErrorKind::kConnection, "the connection was lost within a COPY");
  if (whole) {
    finished = sent.ok() ? co_await finish_sending(&copy)
                         : co_await shielded(now() + session_->options().cancel_timeout, finish_sending(&copy));
  }
  if (!finished.ok()) {
    const bool stopped =
        finished.error().kind() == SqlErrorKind::kTimeout || finished.error().kind() == SqlErrorKind::kCancelled;
    if (sent.ok() && stopped && session_->request_written()) {
      co_return co_await session_->abandon(Error(finished.error().to_error()), true);
    }
    session_->give_up();
  }
  if (!sent.ok()) co_return std::move(sent).error();
  if (copy.failed) co_return *std::move(copy.failed);
  if (!finished.ok()) co_return std::move(finished).error();
  co_return copy.outcome;
}

Task<SqlResult<SqlOutcome>> PostgresConnection::take_copy(std::string_view text, PostgresCopySink* sink) {
  CopyState copy{
      .session = session_.get(), .failed = {}, .ours = false, .outcome = {}, .started = false, .ready = false};
  co_await try_(start_copy(&copy, text, 'H'));
  SqlResult<void> taken = co_await take_data(&copy, sink);
  if (!taken.ok()) {
    const SqlErrorKind kind = taken.error().kind();
    if (kind == SqlErrorKind::kTimeout || kind == SqlErrorKind::kCancelled) {
      co_return co_await session_->abandon(taken.error().to_error(), true);
    }
    session_->give_up();
    co_return std::move(taken).error();
  }
  // The sink wants no more: the server need not send what is left.
  if (copy.ours) (void)co_await session_->abandon(Error(ErrorCode::kCancelled, "COPY"), true);
  if (copy.failed) co_return *std::move(copy.failed);
  co_return copy.outcome;
}

Task<SqlResult<SqlOutcome>> PostgresConnection::copy_in(std::string_view text, PostgresCopySource* source) {
  return observed(text, send_copy(text, source));
}

Task<SqlResult<SqlOutcome>> PostgresConnection::copy_out(std::string_view text, PostgresCopySink* sink) {
  return observed(text, take_copy(text, sink));
}

}  // namespace banyan
