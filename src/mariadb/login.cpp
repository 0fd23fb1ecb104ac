#include "mariadb/login.h"

#include <charconv>
#include <utility>

#include "mariadb/packet_writer.h"
#include "mariadb/password_proof.h"
#include "net/connect.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan::maria {
namespace {

constexpr int kStepsMax = 8;  // of a login; none takes more than five

constexpr std::uint64_t kNeeded =
    capability::kProtocol41 | capability::kSecureConnection | capability::kPlugins | capability::kNoEof;
constexpr std::uint64_t kPlain = kNeeded | capability::kLongFlags | capability::kTransactions |
                                 capability::kMultiResults | capability::kPreparedMultiResults | capability::kLongProof;
constexpr std::uint64_t kOwn = capability::kFoundRows | capability::kSessionTrack | capability::kCachedColumns;

// What texts and times mean must not depend on how the server is set up, and neither must what becomes of a value that
// a column cannot hold. Of a change of the session's schema we have to hear, as it changes what statements mean.
constexpr std::string_view kSettings =
    "SET NAMES utf8mb4, time_zone = '+00:00', autocommit = 1, sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', session_track_schema = 1";
constexpr std::string_view kAskPacketBytesMax = "SELECT @@max_allowed_packet";

SqlError denied(std::string what) { return SqlError(SqlErrorKind::kDenied, std::move(what)); }
SqlError malformed() { return SqlError(SqlErrorKind::kConnection, "the server broke MariaDB's protocol at login"); }

LoginManner usual_manner() {
  return {
      .capabilities = kOwn, .charset = kUtf8mb4GeneralCi, .on_greeting = {}, .on_unreachable = {}, .on_refusal = {}};
}

std::uint8_t first_of(const Packet& packet) {
  return packet.body.empty() ? 0 : static_cast<std::uint8_t>(packet.body[0]);
}
SqlError error_in(const Packet& packet, const LoginManner& manner) {
  const std::optional<ServerReport> report = read_server_report(packet.body);
  if (!report) return malformed();
  if (manner.on_refusal) manner.on_refusal(*report);
  return to_sql_error(*report);
}

// ---- greeting and TLS ----

struct Hello {
  std::uint64_t capabilities = 0;  // agreed on
  std::uint8_t charset = 0;
  std::string plugin;
  std::string nonce;
};

Task<SqlResult<Hello>> read_hello(Session* session, const LoginManner* manner) {
  const Packet packet = co_await try_(session->next());
  if (first_of(packet) == 0xff) co_return error_in(packet, *manner);
  const std::optional<Greeting> greeting = read_greeting(packet.body);
  if (!greeting) co_return malformed();
  if ((greeting->capabilities & kNeeded) != kNeeded) {
    co_return SqlError(SqlErrorKind::kInvalid, "the server is too old: MariaDB 10.2 or MySQL 5.7.5 are needed");
  }
  if (manner->on_greeting) manner->on_greeting(*greeting);
  Hello hello{.capabilities = greeting->capabilities & (kPlain | manner->capabilities | capability::kMysql),
              .charset = manner->charset.value_or(greeting->charset),
              .plugin = std::string(is_known_plugin(greeting->plugin) ? greeting->plugin : kNativePlugin),
              .nonce = greeting->nonce};
  if (!session->options().database.empty()) hello.capabilities |= capability::kDatabase;
  if (session->connector().tls() != nullptr) {
    if ((greeting->capabilities & capability::kTls) != 0) {
      hello.capabilities |= capability::kTls;
    } else if (session->options().tls != SqlTlsMode::kPrefer) {
      co_return denied("the server has no TLS, without which sslmode does not allow to go on");
    }
  }
  session->set_server(std::string(greeting->version), greeting->thread, hello.capabilities);
  co_return hello;
}

Task<Result<void>> send_packet(Session* session, std::size_t header) {
  session->in().set_sequence(end_packet(session->out(), header, session->in().sequence()));
  co_await try_(session->flush());
  session->out().clear();
  co_return {};
}

// What somebody in between had put behind the greeting would be taken for words of the server under TLS.
Task<SqlResult<void>> secure(Session* session, const Hello* hello) {
  if (!session->in().empty()) co_return malformed();
  const std::size_t header = begin_packet(session->out());
  put_tls_request(session->out(), hello->capabilities, hello->charset);
  co_await try_(send_packet(session, header));
  session->stream() =
      co_await try_(start_tls(std::move(session->stream()), session->connector().tls(), session->options().host));
  co_return {};
}

// ---- proof of identity ----

// For a server that has to see the password itself.
Task<SqlResult<void>> send_password(Session* session, std::string_view nonce) {
  const std::string_view password = session->options().password.reveal();  // the server wants it as it is
  const bool hidden = session->stream().tls_info() != nullptr || session->options().is_unix_socket();
  const std::size_t header = begin_packet(session->out());
  if (hidden) {
    session->out().append(password).push_back('\0');
  } else if (!session->connector().server_public_key().empty()) {
    session->out().append(co_await try_(encrypted_password(password, nonce, session->connector().server_public_key())));
  } else {
    session->out().clear();
    co_return denied(
        "the server asks for the password itself, which is only sent under TLS: set sslmode, or server_public_key");
  }
  co_await try_(send_packet(session, header));
  co_return {};
}

Task<SqlResult<void>> switch_plugin(Session* session, std::string_view body, Hello* hello) {
  BodyReader reader(body);
  (void)reader.u8();
  hello->plugin = reader.text();
  hello->nonce = reader.rest();
  if (reader.failed()) co_return denied("the server asks for a proof of before MySQL 4.1, which is not safe");
  if (!is_known_plugin(hello->plugin)) {
    co_return denied("the server asks for authentication by " + hello->plugin +
                     ", which is not known here; mysql_native_password, caching_sha2_password and client_ed25519 are");
  }
  const std::size_t header = begin_packet(session->out());
  session->out().append(
      co_await try_(proof_of(hello->plugin, session->options().password.reveal(), hello->nonce)));  // hashed
  co_await try_(send_packet(session, header));
  co_return {};
}

// What caching_sha2_password says in between: whether the server remembers the password.
Task<SqlResult<void>> go_on(Session* session, std::string_view body, const Hello& hello) {
  constexpr std::string_view kRemembered = "\x01\x03";
  constexpr std::string_view kNotRemembered = "\x01\x04";
  if (hello.plugin != kSha2Plugin) co_return malformed();
  if (body == kRemembered) co_return {};
  if (body != kNotRemembered) co_return malformed();
  co_return co_await send_password(session, hello.nonce);
}

Task<SqlResult<void>> prove(Session* session, Hello hello, const LoginManner* manner) {
  for (int step = 0; step < kStepsMax; ++step) {
    const Packet packet = co_await try_(session->next());
    if (packet.too_long || packet.body.empty()) break;
    switch (first_of(packet)) {
      case 0x00: {
        const std::optional<Ok> ok = read_ok(packet.body);
        if (!ok) co_return malformed();
        session->set_status(ok->status);
        co_return {};
      }
      case 0x01:
        co_await try_(go_on(session, packet.body, hello));
        break;
      case 0xfe:
        co_await try_(switch_plugin(session, packet.body, &hello));
        break;
      case 0xff:
        co_return error_in(packet, *manner);
      default:
        co_return malformed();
    }
  }
  co_return malformed();
}

Task<SqlResult<void>> authenticate(Session* session, const LoginManner* manner) {
  Hello hello = co_await try_(read_hello(session, manner));
  if ((hello.capabilities & capability::kTls) != 0) co_await try_(secure(session, &hello));
  const MariadbOptions& o = session->options();
  const std::string proof = co_await try_(proof_of(hello.plugin, o.password.reveal(), hello.nonce));  // hashed
  const std::size_t header = begin_packet(session->out());
  put_handshake_response(session->out(), {.capabilities = hello.capabilities,
                                          .charset = hello.charset,
                                          .user = o.user,
                                          .database = o.database,
                                          .plugin = hello.plugin,
                                          .proof = proof});
  co_await try_(send_packet(session, header));
  co_return co_await prove(session, std::move(hello), manner);
}

// ---- settings ----

class OneNumber final : public SqlRowSink {
 public:
  bool row(std::span<const SqlValueView> values) override {
    const std::string_view text = values.empty() ? std::string_view() : values[0].text;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return false;
  }
  std::size_t number = 0;
};

Task<SqlResult<void>> read_answer(Session* session, RunReplies* replies) {
  session->in().set_sequence(1);
  for (;;) {
    const Reply reply = replies->reply(co_await try_(session->next()));
    if (reply == Reply::kMore) continue;
    if (replies->error()) co_return *std::move(replies->error());
    if (reply == Reply::kMalformed) co_return malformed();
    if (replies->status()) session->set_status(*replies->status());
    co_return {};
  }
}

// Both questions go out at once.
Task<SqlResult<void>> set_up(Session* session) {
  write_command(session->out(), Command::kQuery, kSettings);
  write_command(session->out(), Command::kQuery, kAskPacketBytesMax);
  co_await try_(session->flush());
  session->out().clear();
  const bool cached = session->can(capability::kCachedColumns);
  RunReplies done(nullptr, nullptr, cached);
  co_await try_(read_answer(session, &done));
  OneNumber bytes;
  RunReplies told(nullptr, &bytes, cached);
  co_await try_(read_answer(session, &told));
  if (bytes.number == 0) co_return malformed();
  session->set_packet_bytes_max(bytes.number);
  co_return {};
}

Task<SqlResult<std::unique_ptr<Session>>> start(std::shared_ptr<Connector> connector, Stream stream,
                                                const LoginManner* manner) {
  auto session = std::make_unique<Session>(std::move(connector), std::move(stream));
  co_await try_(authenticate(session.get(), manner));
  co_return session;
}

Task<SqlResult<std::unique_ptr<Session>>> try_addresses(std::shared_ptr<Connector> connector,
                                                        const LoginManner* manner) {
  const Result<std::vector<SocketAddress>> found = co_await connector->addresses();
  if (!found.ok()) {
    if (manner->on_unreachable) manner->on_unreachable(found.error());
    co_return found.error();
  }
  const std::vector<SocketAddress>& addresses = *found;
  for (std::size_t i = 0;; ++i) {
    Result<Stream> stream = co_await connect(addresses[i]);
    if (stream.ok()) co_return co_await start(connector, *std::move(stream), manner);
    if (manner->on_unreachable) manner->on_unreachable(stream.error());
    const bool tries_on = stream.error().code() == ErrorCode::kUnavailable && i + 1 < addresses.size();
    if (!tries_on) co_return std::move(stream).error();
  }
}

Task<SqlResult<std::unique_ptr<Session>>> open_usual(std::shared_ptr<Connector> connector) {
  const LoginManner usual = usual_manner();
  std::unique_ptr<Session> session = co_await try_(try_addresses(std::move(connector), &usual));
  co_await try_(set_up(session.get()));
  co_return session;
}

Task<SqlResult<std::unique_ptr<Session>>> open_in(std::shared_ptr<Connector> connector, LoginManner manner) {
  co_return co_await try_addresses(std::move(connector), &manner);
}

Task<SqlResult<std::unique_ptr<Session>>> in_time(std::shared_ptr<Connector> connector,
                                                  Task<SqlResult<std::unique_ptr<Session>>> opened) {
  const MariadbOptions& options = connector->options();
  SqlResult<std::unique_ptr<Session>> session = co_await with_timeout(options.connect_timeout, std::move(opened));
  if (session.ok()) co_return session;
  SqlError error = std::move(session).error();
  // Who set no deadline does not hear of one, but of a server that does not answer.
  if (error.kind() == SqlErrorKind::kTimeout && now() < current_context().deadline()) {
    error = SqlError(SqlErrorKind::kConnection, "no answer within the time to connect");
  }
  // A host that has no address is no row that is not there.
  if (error.kind() == SqlErrorKind::kNotFound) error = SqlError(SqlErrorKind::kConnection, error.message());
  co_return std::move(error).add_context("connecting to MariaDB at " + options.text());
}

}  // namespace

Task<SqlResult<std::unique_ptr<Session>>> log_in(std::shared_ptr<Connector> connector) {
  return in_time(connector, open_usual(connector));
}

Task<SqlResult<std::unique_ptr<Session>>> log_in(std::shared_ptr<Connector> connector, LoginManner manner) {
  return in_time(connector, open_in(connector, std::move(manner)));
}

Task<Result<void>> kill_query(std::shared_ptr<Connector> connector, SocketAddress address, std::uint32_t thread) {
  Stream stream = co_await try_(connect(std::move(address)));
  const LoginManner usual = usual_manner();
  auto session = co_await try_(start(std::move(connector), std::move(stream), &usual));
  write_command(session->out(), Command::kQuery, "KILL QUERY " + std::to_string(thread));
  co_await try_(session->flush());
  RunReplies replies(nullptr, nullptr, session->can(capability::kCachedColumns));
  co_await try_(read_answer(session.get(), &replies));
  co_return {};
}

}  // namespace banyan::maria
