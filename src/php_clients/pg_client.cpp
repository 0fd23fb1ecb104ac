#include "php_clients/pg_client.h"

#include <charconv>

#include "php_clients/errand.h"
#include "php_clients/pg_message.h"
#include "php_runtime/throwable.h"
#include "php_runtime/utf8.h"
#include "postgres/message_reader.h"
#include "postgres/request_writer.h"
#include "postgres/session.h"

namespace banyan::php_runtime {

namespace {

constexpr std::string_view kClosed =
    "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n"
    "\tbefore or while processing the request.\n";
constexpr std::string_view kGone = "no connection to the server\n";

std::optional<std::vector<PgColumn>> read_columns(std::string_view body) {
  pg::BodyReader reader(body);
  std::vector<PgColumn> out(reader.u16());
  for (PgColumn& one : out) {
    one.name = reader.text();
    one.table = reader.u32();
    reader.bytes(2);  // the number of the table's column
    one.type = reader.u32();
    one.size = static_cast<std::int16_t>(reader.u16());
    one.modifier = static_cast<std::int32_t>(reader.u32());
    reader.bytes(2);  // format
    if (reader.failed()) return std::nullopt;
  }
  if (!reader.complete()) return std::nullopt;
  return out;
}

}  // namespace

// ---- Results ----

std::int64_t PgResult::changed() const {
  const std::string_view last = std::string_view(tag).substr(tag.rfind(' ') + 1);
  std::int64_t number = 0;
  std::from_chars(last.data(), last.data() + last.size(), number);
  return number;
}

void PgResult::read(std::size_t row, std::vector<std::optional<std::string_view>>& out) const {
  pg::BodyReader reader(rows.row(row));
  out.assign(reader.u16(), std::nullopt);
  for (auto& one : out) {
    const std::uint32_t length = reader.u32();
    if (length != 0xffffffff) one = reader.bytes(length);
  }
  out.resize(columns.size());
}

namespace {

PgResult failed() {
  PgResult out;
  out.status = PgStatus::kFatal;
  return out;
}

}  // namespace

// Collects what a request gives: the last result, and all complaints.
class PgClient::Replies final : public pg::ReplyHandler {
 public:
  Replies(std::string_view query, bool utf8) : query_(query), utf8_(utf8) {}

  bool reply(const pg::Message& message) override {
    switch (message.type) {
      case '1':  // ParseComplete
        if (result.good()) result = PgResult();
        return true;
      case '2':
      case '3':
      case 'c':
      case 'd':
      case 'n':  // NoData
      case 't':
        return true;
      case 'T':
        return begin(message.body);
      case 'D':
        return row(message);
      case 'C':
        return end(message.body);
      case 'I':
        result = PgResult();
        result.status = PgStatus::kEmpty;
        return true;
      case 'E':
        return fail(message.body);
      case 'G':
      case 'H':
        copies = true;
        return message.type == 'H';
      default:
        return false;
    }
  }

  PgResult result;
  std::string error;
  bool too_much = false;
  bool copies = false;

 private:
  bool begin(std::string_view body) {
    std::optional<std::vector<PgColumn>> columns = read_columns(body);
    if (!columns) return false;
    result = PgResult();
    bytes_ = 0;
    result.status = PgStatus::kTuples;
    result.columns = *std::move(columns);
    has_rows_ = true;
    return true;
  }
  bool row(const pg::Message& message) {
    bytes_ += WireRows::bytes_of(message.body);
    too_much = too_much || message.too_long || bytes_ > WireRows::kBytesMax;
    if (too_much) return false;  // the rest is not worth waiting for
    result.rows.add(message.body);
    return true;
  }
  bool end(std::string_view body) {
    if (!has_rows_) result = PgResult();
    has_rows_ = false;
    pg::BodyReader reader(body);
    result.tag = reader.text();
    return reader.complete();
  }
  bool fail(std::string_view body) {
    const auto report = pg::read_server_report(body);
    if (!report) return false;
    result = PgResult();
    result.status = PgStatus::kFatal;
    result.state = report->sqlstate;
    error += pg_message(*report, query_, utf8_);
    return true;
  }

  std::string_view query_;
  bool utf8_;
  bool has_rows_ = false;
  std::size_t bytes_ = 0;  // of the result's rows
};

// ---- Talking ----

PgClient::PgClient(std::unique_ptr<pg::Session> session) : session_(std::move(session)) {}

// The task that says farewell also closes the socket.
PgClient::~PgClient() {
  run_errand(
      [](void* state) -> Task<void> {
        auto& session = *static_cast<std::unique_ptr<pg::Session>*>(state);
        if (session->usable()) {
          session->out().clear();
          pg::write_terminate(session->out());
          (void)co_await session->flush();
        }
        session.reset();
      },
      &session_);
}

struct PgClient::Talk {
  pg::Session* session;
  Replies* replies;
  SqlResult<void> done;

  // What the server has said in the meantime: that it closes, if anything.
  bool has_left() {
    const Result<void> filled = session->fill_now();
    for (;;) {
      const Result<std::optional<pg::Message>> message = session->take();
      if (!message.ok() || !*message) return !filled.ok() || !message.ok();
      if ((*message)->type == 'E') replies->reply(**message);
    }
  }
  static Task<void> run(void* state) {
    auto& self = *static_cast<Talk*>(state);
    if (self.has_left()) {
      self.session->give_up();
      self.done = SqlError(SqlErrorKind::kConnection, "the server has closed the connection");
      co_return;
    }
    self.done = co_await self.session->converse(self.replies);
  }
};

// Sends what stands in the session's out(). `query`: for marking places in it.
PgResult PgClient::talk(std::string_view query) {
  error_.clear();
  if (!session_->usable()) {
    session_->out().clear();
    error_ = kGone;
    return failed();
  }
  Replies replies(query, is_utf8());
  Talk talk{session_.get(), &replies, {}};
  run_errand(&Talk::run, &talk);
  if (replies.copies) stop("database", "COPY is not supported");
  if (replies.too_much) stop("database", "a result is longer than " + std::to_string(WireRows::kBytesMax) + " bytes");
  error_ = std::move(replies.error);
  if (talk.done.ok()) return std::move(replies.result);
  const SqlErrorKind kind = talk.done.error().kind();
  // Nothing more is said as the script's objects go.
  if (kind == SqlErrorKind::kTimeout || kind == SqlErrorKind::kCancelled) session_->give_up();
  stop_if_late(talk.done.error(), "a statement ran");
  error_ += kClosed;
  return failed();
}

PgResult PgClient::exec(std::string_view text) {
  session_->out().clear();
  pg::write_query(session_->out(), text.substr(0, text.find('\0')));
  return talk(text);
}

void PgClient::begin_extended() {
  session_->out().clear();
  for (const std::string& name : closed_) pg::write_close_statement(session_->out(), name);
  closed_.clear();
}

bool PgClient::too_many(std::size_t parameters) {
  if (parameters <= 65535) return false;
  error_ = "number of parameters must be between 0 and 65535\n";
  return true;
}

PgResult PgClient::prepare(std::string_view name, std::string_view text, std::size_t parameters) {
  if (too_many(parameters)) return failed();
  begin_extended();
  pg::write_parse(session_->out(), name, text.substr(0, text.find('\0')));
  pg::write_sync(session_->out());
  return talk(text);
}

// Bind, as libpq writes it: texts or bytes of types that the server finds, and all results as texts.
void PgClient::put_bind(std::string_view name, std::span<const PgParameter> parameters) {
  std::string& out = session_->out();
  out.push_back('B');
  const std::size_t begin = out.size();
  pg::put_u32(out, 0);
  out.push_back('\0');  // the unnamed portal
  out.append(name).push_back('\0');
  pg::put_u16(out, static_cast<std::uint16_t>(parameters.size()));
  for (const PgParameter& one : parameters) pg::put_u16(out, one.binary ? 1 : 0);
  pg::put_u16(out, static_cast<std::uint16_t>(parameters.size()));
  for (const PgParameter& one : parameters) {
    std::string_view value = one.value ? std::string_view(*one.value) : std::string_view();
    if (!one.binary) value = value.substr(0, value.find('\0'));  // a text of C
    pg::put_u32(out, one.value ? static_cast<std::uint32_t>(value.size()) : 0xffffffff);
    out.append(value);
  }
  pg::put_u16(out, 1);
  pg::put_u16(out, 0);
  pg::overwrite_u32(out, begin, static_cast<std::uint32_t>(out.size() - begin));
  pg::write_describe_portal(out);
  pg::write_execute(out);
  pg::write_sync(out);
}

PgResult PgClient::exec_prepared(std::string_view name, std::span<const PgParameter> parameters) {
  if (too_many(parameters.size())) return failed();
  begin_extended();
  put_bind(name, parameters);
  return talk({});
}

PgResult PgClient::exec_params(std::string_view text, std::span<const PgParameter> parameters) {
  if (too_many(parameters.size())) return failed();
  begin_extended();
  pg::write_parse(session_->out(), "", text.substr(0, text.find('\0')));
  put_bind("", parameters);
  return talk(text);
}

// ---- About the session ----

bool PgClient::usable() const { return session_->usable(); }
bool PgClient::in_transaction() const { return !session_->usable() || session_->transaction() != 'I'; }
std::int32_t PgClient::process() const { return static_cast<std::int32_t>(session_->process()); }
bool PgClient::is_utf8() const { return setting("client_encoding") == "UTF8"; }

std::string_view PgClient::setting(std::string_view name) const {
  const auto found = session_->settings().find(name);
  return found == session_->settings().end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::string> PgClient::quote(std::string_view text) const {
  text = text.substr(0, text.find('\0'));
  const bool backslashes = setting("standard_conforming_strings") != "on";
  const bool plain = is_utf8() || setting("client_encoding") == "SQL_ASCII" ||
                     setting("client_encoding").starts_with("LATIN") || setting("client_encoding").starts_with("WIN");
  if (!plain)
    stop("database", "texts of the encoding " + std::string(setting("client_encoding")) + " cannot be quoted");
  if (is_utf8() && !valid_utf8(text)) return std::nullopt;
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' || (backslashes && c == '\\') ? 2 : 1, c);
  return out + "'";
}

std::string PgClient::quote_bytes(std::string_view bytes) const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = setting("standard_conforming_strings") == "on" ? "'\\x" : "'\\\\x";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out + "'";
}

}  // namespace banyan::php_runtime
