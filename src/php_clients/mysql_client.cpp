#include "php_clients/mysql_client.h"

#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "mariadb/login.h"
#include "mariadb/session.h"
#include "php_clients/errand.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

MysqlError client_error(Int code, std::string_view text) {
  return {.code = code, .state = "HY000", .text = std::string(text)};
}
MysqlError gone() { return client_error(2006, "MySQL server has gone away"); }
// The server was told that there are none, where mysqlnd is asked for one and refuses.
bool is_about_local_files(Int code) { return code == 1148 || code == 3948 || code == 4166; }
MysqlError out_of_sync() { return client_error(2014, "Commands out of sync; you can't run this command now"); }

}  // namespace

// ---- Results ----

MysqlResult::MysqlResult(std::shared_ptr<MysqlClient> owner, MysqlAnswer answer, bool stored)
    : owner_(std::move(owner)), answer_(std::move(answer)), stored_(stored) {}

const std::string_view* MysqlResult::next() {
  if (next_ >= answer_.rows.count()) {
    finish();
    return nullptr;
  }
  row_ = answer_.rows.row(next_++);
  return &row_;
}

void MysqlResult::finish() {
  if (stored_ || through_) return;
  through_ = true;
  owner_->rows_are_through();
}

// ---- Talking ----

MysqlClient::MysqlClient(const MysqlTarget& target) : target_(target) {}

MysqlClient::~MysqlClient() { close(); }

void MysqlClient::close() {
  state_ = State::kGone;
  if (session_ == nullptr) return;
  // The task that says farewell also closes the socket.
  run_errand(
      [](void* state) -> Task<void> {
        auto& session = *static_cast<std::unique_ptr<maria::Session>*>(state);
        if (session->usable()) {
          session->out().clear();
          maria::write_command(session->out(), maria::Command::kQuit);
          (void)co_await session->flush();
        }
        session.reset();
      },
      &session_);
}

struct MysqlClient::Talk {
  maria::Session* session;
  maria::ReplyHandler* replies;
  SqlResult<void> done;
  static Task<void> run(void* state) {
    auto& self = *static_cast<Talk*>(state);
    self.done = co_await self.session->converse(self.replies);
  }
};

// Whether a command may be sent now.
bool MysqlClient::is_free() {
  if (state_ == State::kReady) return true;
  error_ = state_ == State::kGone ? gone() : out_of_sync();
  return false;
}

// Sends what stands in the session's out(). False: the server is gone.
bool MysqlClient::converse(maria::ReplyHandler* replies) {
  error_ = {};
  Talk talk{session_.get(), replies, {}};
  run_errand(&Talk::run, &talk);
  if (talk.done.ok()) return true;
  const State before = std::exchange(state_, State::kGone);  // nothing more is said as the script's objects go
  stop_if_late(talk.done.error(), "a statement ran");
  state_ = before;
  return false;
}

bool MysqlClient::run(maria::Command command, std::string_view argument) {
  if (!is_free()) return false;
  write(command, argument);
  return run_written();
}

bool MysqlClient::run_written() {
  affected_ = kNoCount;
  MysqlReplies replies;
  const bool there = converse(&replies);
  if (replies.too_much()) stop("database", "a result is longer than " + std::to_string(WireRows::kBytesMax) + " bytes");
  answers_ = std::move(replies.answers());
  // At once: whoever takes the further answers may be a destructor, which must not stop anything.
  if (!answers_.empty() && is_about_local_files(answers_.back().error.code)) {
    stop("database", "LOAD DATA LOCAL is not supported");
  }
  if (!there) {
    MysqlAnswer lost;
    lost.error = gone();
    answers_.push_back(std::move(lost));
  }
  return take_answer();
}

// The next of the answers becomes the present one. False: it is an error.
bool MysqlClient::take_answer() {
  now_ = std::move(answers_.front());
  answers_.pop_front();
  affected_ = kNoCount;
  if (now_.error.code != 0) {
    error_ = now_.error;
    status_ &= ~unsigned{maria::kStatusMoreResults};
    state_ = session_->usable() ? State::kReady : State::kGone;
    return false;
  }
  error_ = {};
  status_ = now_.status;
  warnings_ = now_.warnings;
  last_id_ = now_.last_id;
  remark_ = now_.remark;
  field_count_ = now_.fields.size();
  if (now_.has_rows) {
    state_ = State::kRows;
    is_taken_ = false;
    return true;
  }
  affected_ = now_.affected;
  rows_are_through();
  return true;
}

void MysqlClient::rows_are_through() {
  if (state_ == State::kGone) return;
  is_taken_ = false;
  state_ = answers_.empty() ? State::kReady : State::kMoreResults;
}

bool MysqlClient::query(std::string_view text) { return run(maria::Command::kQuery, text); }
bool MysqlClient::execute(std::string_view payload) { return run(maria::Command::kExecute, payload); }

std::shared_ptr<MysqlResult> MysqlClient::take_result(bool stored) {
  if (state_ != State::kRows || is_taken_) return nullptr;
  const std::uint64_t count = now_.rows.count();
  auto out = std::make_shared<MysqlResult>(shared_from_this(), std::exchange(now_, {}), stored);
  if (stored) {
    affected_ = count;
    rows_are_through();
  } else {
    is_taken_ = true;
  }
  return out;
}

bool MysqlClient::next_result() {
  error_ = {};
  return state_ == State::kMoreResults && take_answer();
}

bool MysqlClient::skip_results() {
  while (more_results()) {
    if (!next_result()) return error_.code == 0;
    store_result();
  }
  return true;
}

bool MysqlClient::prepare(std::string_view text, MysqlPrepareReplies& replies) {
  if (!is_free()) return false;
  affected_ = kNoCount;
  write(maria::Command::kPrepare, text);
  if (!converse(&replies)) {
    error_ = gone();
    state_ = State::kGone;
    return false;
  }
  error_ = replies.failure;
  if (error_.code == 0) field_count_ = replies.fields.size();
  return error_.code == 0;
}

// Puts a command together; those that have no answer go before it.
void MysqlClient::write(maria::Command command, std::string_view argument) {
  std::string& out = session_->out();
  out.clear();
  for (const std::uint32_t id : closed_) maria::write_close_statement(out, id);
  closed_.clear();
  maria::write_command(out, command, argument);
}

bool MysqlClient::statistics(std::string& text) {
  if (!is_free()) return false;
  write(maria::Command::kStatistics, {});
  MysqlPacketReply reply;
  if (!converse(&reply)) {
    error_ = gone();
    state_ = State::kGone;
    return false;
  }
  text = std::move(reply.body);
  return true;
}

bool MysqlClient::set_charset(std::string_view name) {
  const MysqlCharset* const wanted = find_mysql_charset(name);
  if (wanted == nullptr && is_unsupported_mysql_charset(name)) {
    stop("database", "texts of the character set " + std::string(name) + " cannot be quoted");
  }
  if (wanted == nullptr) {
    error_ = client_error(2019, "Invalid character set was provided");
    return false;
  }
  if (!query("SET NAMES " + std::string(name))) return false;
  charset_ = wanted;
  return true;
}

bool MysqlClient::allow_statements(bool several) {
  if (several == several_) return true;
  if (!is_free()) return false;
  several_ = several;
  session_->out().clear();
  maria::write_multi_statements(session_->out(), several);
  return run_written();
}

// ---- About the session ----

std::string MysqlClient::escape(std::string_view text) const {
  return escape_for_mysql(text, (status_ & maria::kStatusNoBackslashEscapes) != 0);
}
std::string_view MysqlClient::server_version() const {
  constexpr std::string_view kForOldClients = "5.5.5-";
  const std::string_view text = session_ == nullptr ? std::string_view() : session_->version();
  return text.starts_with(kForOldClients) ? text.substr(kForOldClients.size()) : text;
}
Int MysqlClient::server_version_number() const {
  std::string_view text = server_version();
  Int parts[3] = {};
  for (Int& part : parts) {
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), part);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with('.')) text.remove_prefix(1);
  }
  return parts[0] * 10000 + parts[1] * 100 + parts[2];
}
std::uint32_t MysqlClient::thread() const { return session_ == nullptr ? 0 : session_->thread(); }
std::string MysqlClient::host_info() const {
  return target_.is_unix() ? "Localhost via UNIX socket" : target_.host + " via TCP/IP";
}

bool MysqlTarget::is_unix() const { return ascii_equal_ignoring_case(host, "localhost"); }

// ---- Logging in ----

namespace {

struct Opening {
  std::shared_ptr<maria::Connector> connector;
  maria::LoginManner manner;
  SqlResult<std::unique_ptr<maria::Session>> session = SqlError(SqlErrorKind::kConnection, "not begun");
  static Task<void> run(void* state) {
    auto& self = *static_cast<Opening*>(state);
    self.session = co_await maria::log_in(self.connector, std::move(self.manner));
  }
};

MariadbOptions options_of(const MysqlTarget& target) {
  MariadbOptions options;
  options.host = target.is_unix() ? target.socket : target.host;
  options.port = target.port;
  options.user = target.user;
  options.password = target.password;
  options.database = target.database;
  options.tls = !target.tls ? SqlTlsMode::kDisable : target.verifies ? SqlTlsMode::kVerifyFull : SqlTlsMode::kRequire;
  options.tls_authorities = target.authorities;
  options.tls_certificate = target.certificate;
  options.tls_key = target.key;
  options.server_public_key = target.server_public_key;
  options.connect_timeout = std::chrono::seconds(target.timeout_s > 0 ? target.timeout_s : 60);
  options.row_bytes_max = WireRows::kBytesMax;
  return options;
}

// Why there was no connection to an address, in PHP's words.
std::string unreachable(const MysqlTarget& target, const Error& error, std::string& warning) {
  if (error.code() == ErrorCode::kNotFound && !target.is_unix()) {
    warning = "php_network_getaddresses: getaddrinfo for " + target.host + " failed: Name or service not known";
    return warning;
  }
  if (error.code() == ErrorCode::kDeadlineExceeded) return "Connection timed out";
  const std::string& words = error.message();
  const std::size_t before = words.rfind(": ");
  return words.substr(before == std::string::npos ? 0 : before + 2);
}

}  // namespace

std::shared_ptr<MysqlClient> MysqlClient::connect(const MysqlTarget& target, MysqlError& error, std::string& warning) {
  if (target.tls && target.is_unix()) stop("database", "TLS over the unix socket of MySQL is not supported");
  auto client = std::make_shared<MysqlClient>(target);
  if (!client->log_in(error, warning)) return nullptr;
  for (const std::string& one : target.first_commands) {
    const bool good = client->query(one);
    if (good && client->has_rows()) client->store_result();
    if (good && client->skip_results()) continue;
    error = client->error();
    return nullptr;
  }
  return client;
}

bool MysqlClient::log_in(MysqlError& error, std::string& warning) {
  Result<std::shared_ptr<maria::Connector>> connector = maria::Connector::open(options_of(target_));
  if (!connector.ok()) stop("database", connector.error().text());
  Opening opening{.connector = *std::move(connector), .manner = {}};
  opening.manner.capabilities = target_.capabilities;
  if (target_.charset != nullptr) opening.manner.charset = static_cast<std::uint8_t>(target_.charset->number);
  std::optional<std::uint8_t> own_charset;  // none: no greeting yet
  opening.manner.on_greeting = [&](const maria::Greeting& greeting) {
    own_charset = greeting.charset;
    status_ = greeting.status;
  };
  opening.manner.on_unreachable = [&](const Error& why) {
    error = client_error(2002, unreachable(target_, why, warning));
  };
  opening.manner.on_refusal = [&](const maria::ServerReport& report) {
    error = client_error(report.code, report.message);
    // Of answers to a login mysqlnd takes no SQLSTATE.
    if (!own_charset && !report.sqlstate.empty()) error.state = report.sqlstate;
  };
  run_errand(&Opening::run, &opening);
  if (!opening.session.ok()) {
    stop_if_late(opening.session.error(), "a connection was made");
    if (error.code == 0) stop_opening(opening.session.error());
    return false;
  }
  session_ = *std::move(opening.session);
  session_->set_packet_bytes_max(std::size_t{1} << 30);
  charset_ = target_.charset != nullptr ? target_.charset : find_mysql_charset(std::uint16_t{own_charset.value_or(0)});
  if (charset_ == nullptr) stop("database", "the server's character set is not supported here");
  state_ = State::kReady;
  return true;
}

}  // namespace banyan::php_runtime
