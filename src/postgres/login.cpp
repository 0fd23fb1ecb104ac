#include "postgres/login.h"

#include <openssl/evp.h>

#include "postgres/password_proof.h"
#include "postgres/request_writer.h"
#include "runtime/blocking.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan::pg {
namespace {

enum class Method : std::uint32_t {
  kDone = 0,
  kClearText = 3,
  kMd5 = 5,
  kSasl = 10,
  kSaslContinue = 11,
  kSaslFinal = 12
};

SqlError denied(std::string what) { return SqlError(SqlErrorKind::kDenied, std::move(what)); }
SqlError malformed() { return SqlError(SqlErrorKind::kConnection, "the server broke PostgreSQL's protocol at login"); }

LoginManner usual_manner(const PostgresOptions& o) {
  LoginManner manner;
  manner.parameters = {
      {"user", o.user},
      {"database", o.database.empty() ? o.user : o.database},
      {"application_name", o.application_name},
      // What texts mean must not depend on how the server is set up.
      {"client_encoding", "UTF8"},
      {"DateStyle", "ISO"},
      {"IntervalStyle", "postgres"},
      {"extra_float_digits", "1"},
  };
  return manner;
}

void write_hello(Session& session, const LoginManner& manner) {
  const std::vector<StartupParameter> parameters(manner.parameters.begin(), manner.parameters.end());
  session.out().clear();
  write_startup(session.out(), parameters);
}

SqlError error_in(const Message& message, const LoginManner& manner) {
  const auto report = read_server_report(message.body);
  if (!report) return malformed();
  if (manner.on_refusal) manner.on_refusal(*report);
  return to_sql_error(*report);
}

std::string fresh_nonce() {
  std::byte random[18];
  current_env().fill_random(random);
  char text[25];
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text), reinterpret_cast<const unsigned char*>(random),
                  sizeof random);
  return std::string(text, 24);
}

// Sends `session.out()` and reads an answer that has to be an AuthenticationRequest of `method`; gives what it says.
Task<SqlResult<std::string>> ask(Session* session, Method method, const LoginManner* manner) {
  co_await try_(session->flush());
  session->out().clear();
  const Message message = co_await try_(session->next());
  if (message.type == 'E') co_return error_in(message, *manner);
  BodyReader reader(message.body);
  if (message.type != 'R' || static_cast<Method>(reader.u32()) != method || reader.failed()) co_return malformed();
  co_return std::string(reader.rest());
}

Task<SqlResult<void>> prove_by_scram(Session* session, const LoginManner* manner) {
  ScramClient scram(fresh_nonce());
  write_sasl_initial(session->out(), kScramMechanism, scram.first_message());
  const std::string challenge = co_await try_(ask(session, Method::kSaslContinue, manner));
  const std::string_view password = session->options().password.reveal();  // to make a proof of it
  const std::string proof = co_await try_(co_await blocking([&] { return scram.final_message(challenge, password); }));
  write_sasl_response(session->out(), proof);
  const std::string final = co_await try_(ask(session, Method::kSaslFinal, manner));
  co_await try_(scram.verify(final));
  (void)co_await try_(ask(session, Method::kDone, manner));
  co_return {};
}

bool offers_scram(std::string_view mechanisms) {
  BodyReader reader(mechanisms);
  for (std::string_view name = reader.text(); !name.empty(); name = reader.text()) {
    if (name == kScramMechanism) return true;
  }
  return false;
}

Task<SqlResult<void>> prove_by_md5(Session* session, std::string salt, const LoginManner* manner) {
  if (salt.size() != 4) co_return malformed();
  const PostgresOptions& o = session->options();
  write_password(session->out(), co_await try_(md5_proof(o.user, o.password.reveal(), salt)));  // hashed
  (void)co_await try_(ask(session, Method::kDone, manner));
  co_return {};
}

Task<SqlResult<void>> prove_by_clear_text(Session* session, const LoginManner* manner) {
  if (session->stream().tls_info() == nullptr) {
    co_return denied("the server asks for the password in clear text, which is only sent under TLS: set sslmode");
  }
  const std::string_view password = session->options().password.reveal();  // the server wants it as it is
  if (password.find('\0') != std::string_view::npos) co_return denied("the password holds a zero byte");
  write_password(session->out(), password);
  (void)co_await try_(ask(session, Method::kDone, manner));
  co_return {};
}

Task<SqlResult<void>> prove(Session* session, Method method, std::string data, const LoginManner* manner) {
  if (method == Method::kDone) co_return {};
  if (session->options().password.empty() && method != Method::kSaslContinue && method != Method::kSaslFinal) {
    co_return denied("the server asks for a password, and none is set");
  }
  switch (method) {
    case Method::kSasl:
      if (!offers_scram(data)) co_return denied("the server offers no SASL mechanism but ones that are unknown here");
      co_return co_await prove_by_scram(session, manner);
    case Method::kMd5:
      co_return co_await prove_by_md5(session, std::move(data), manner);
    case Method::kClearText:
      co_return co_await prove_by_clear_text(session, manner);
    default:
      co_return denied("the server asks for authentication by method " +
                       std::to_string(static_cast<std::uint32_t>(method)) +
                       ", which is not known here; scram-sha-256, md5 and password are");
  }
}

Task<SqlResult<void>> authenticate(Session* session, const LoginManner* manner) {
  write_hello(*session, *manner);
  co_await try_(session->flush());
  session->out().clear();
  const Message message = co_await try_(session->next());
  if (message.type == 'E') co_return error_in(message, *manner);
  BodyReader reader(message.body);
  const auto method = static_cast<Method>(reader.u32());
  if (message.type != 'R' || reader.failed()) co_return malformed();
  co_return co_await prove(session, method, std::string(reader.rest()), manner);
}

// From AuthenticationOk to the first ReadyForQuery.
Task<SqlResult<void>> await_ready(Session* session, const LoginManner* manner) {
  for (;;) {
    const Message message = co_await try_(session->next());
    BodyReader reader(message.body);
    if (message.type == 'Z') {
      if (!session->set_ready(message.body)) co_return malformed();
      co_return {};
    }
    if (message.type == 'K') {
      const std::uint32_t process = reader.u32();
      const std::uint32_t key = reader.u32();
      if (!reader.complete()) co_return malformed();
      session->set_cancel_key(process, key);
    } else if (message.type == 'E') {
      co_return error_in(message, *manner);
    } else if (message.type != 'v') {  // of what a newer protocol has, the server has told
      co_return malformed();
    }
  }
}

Task<SqlResult<std::unique_ptr<Session>>> start(std::shared_ptr<Connector> connector, Stream stream,
                                                const LoginManner* manner) {
  auto session = std::make_unique<Session>(std::move(connector), std::move(stream));
  co_await try_(authenticate(session.get(), manner));
  co_await try_(await_ready(session.get(), manner));
  co_return session;
}

Task<SqlResult<std::unique_ptr<Session>>> try_addresses(std::shared_ptr<Connector> connector, LoginManner manner) {
  const Result<std::vector<SocketAddress>> found = co_await connector->addresses();
  if (!found.ok()) {
    if (manner.on_unreachable) manner.on_unreachable(found.error());
    co_return found.error();
  }
  const std::vector<SocketAddress>& addresses = *found;
  for (std::size_t i = 0;; ++i) {
    if (manner.on_attempt) manner.on_attempt(addresses[i]);
    Result<Stream> stream = co_await connector->dial(addresses[i]);
    if (stream.ok()) co_return co_await start(connector, *std::move(stream), &manner);
    if (manner.on_unreachable) manner.on_unreachable(stream.error());
    const bool tries_on = stream.error().code() == ErrorCode::kUnavailable && i + 1 < addresses.size();
    if (!tries_on) co_return std::move(stream).error();
  }
}

}  // namespace

Task<SqlResult<std::unique_ptr<Session>>> log_in(std::shared_ptr<Connector> connector) {
  LoginManner manner = usual_manner(connector->options());
  return log_in(std::move(connector), std::move(manner));
}

Task<SqlResult<std::unique_ptr<Session>>> log_in(std::shared_ptr<Connector> connector, LoginManner manner) {
  const PostgresOptions& options = connector->options();
  SqlResult<std::unique_ptr<Session>> session =
      co_await with_timeout(options.connect_timeout, try_addresses(connector, std::move(manner)));
  if (session.ok()) co_return session;
  SqlError error = std::move(session).error();
  // Who set no deadline does not hear of one, but of a server that does not answer.
  if (error.kind() == SqlErrorKind::kTimeout && now() < current_context().deadline()) {
    error = SqlError(SqlErrorKind::kConnection, "no answer within the time to connect");
  }
  // A host that has no address is no row that is not there.
  if (error.kind() == SqlErrorKind::kNotFound) error = SqlError(SqlErrorKind::kConnection, error.message());
  co_return std::move(error).add_context("connecting to PostgreSQL at " + options.text());
}

}  // namespace banyan::pg
