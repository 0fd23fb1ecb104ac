// TLS over real sockets: our own two ends against each other, and the openssl and curl programs as strangers.
#include "net/tls.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/loopback.h"
#include "net/tls_ticket_keys.h"
#include "runtime/blocking.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

// ---- certificates, made once for all tests ----

EVP_PKEY* make_key() { return EVP_EC_gen("P-256"); }

void write_pem(const std::string& path, EVP_PKEY* key, const char* password) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  const EVP_CIPHER* cipher = password == nullptr ? nullptr : EVP_aes_128_cbc();
  EXPECT_EQ(PEM_write_PrivateKey(file, key, cipher, nullptr, 0, nullptr, const_cast<char*>(password)), 1);
  std::fclose(file);
}

// Self-signed, for `names` ("DNS:a.test,DNS:*.a.test"), ending `days` from now.
TlsFiles make_certificate(const std::string& stem, const std::string& names, long days = 365) {
  TlsFiles files{stem + ".pem", stem + ".key"};
  EVP_PKEY* key = make_key();
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), std::rand());
  X509_gmtime_adj(X509_getm_notBefore(certificate), -100L * 86400);
  X509_gmtime_adj(X509_getm_notAfter(certificate), days * 86400);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  const std::string common = names.substr(4, names.find(',') == std::string::npos ? names.npos : names.find(',') - 4);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common.c_str()), -1,
                             -1, 0);
  X509_set_issuer_name(certificate, subject);
  X509_EXTENSION* alternatives = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(certificate, alternatives, -1);
  X509_EXTENSION_free(alternatives);
  X509_sign(certificate, key, EVP_sha256());
  std::FILE* file = std::fopen(files.certificate.c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  write_pem(files.key, key, nullptr);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return files;
}

struct Files {
  Files() = default;
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  ~Files() { (void)!std::system(("rm -r " + folder).c_str()); }
  std::string folder;
  TlsFiles a, b, renewed, expired, client;
};

const Files& files() {
  static Files made;
  if (!made.folder.empty()) return made;
  char folder[] = "/tmp/banyan_tls_test_XXXXXX";
  made.folder = mkdtemp(folder);
  made.a = make_certificate(made.folder + "/a", "DNS:a.test,DNS:*.a.test,IP:127.0.0.1");
  made.b = make_certificate(made.folder + "/b", "DNS:b.test");
  made.renewed = make_certificate(made.folder + "/renewed", "DNS:a.test");
  made.expired = make_certificate(made.folder + "/expired", "DNS:a.test", -1);
  made.client = make_certificate(made.folder + "/client", "DNS:client.test");
  return made;
}

std::shared_ptr<const TlsServerContext> server_context(TlsServerOptions options = {}) {
  if (options.certificates.empty()) options.certificates = {files().a, files().b};
  return *TlsServerContext::load(options);
}

std::shared_ptr<const TlsClientContext> client_context(TlsClientOptions options = {}) {
  if (options.authorities.empty() && options.verify) options.authorities = files().a.certificate;
  return *TlsClientContext::load(options);
}

// ---- a pair of ends ----

struct Shake {
  Stream plain_client, plain_server;
  std::shared_ptr<const TlsServerContext> server_side;
  std::shared_ptr<const TlsClientContext> client_side;
  std::string name;
  Result<Stream> client = Error(ErrorCode::kInternal, "not run");
  Result<Stream> server = Error(ErrorCode::kInternal, "not run");
};

Task<Result<void>> shake_as_server(Shake* shake) {
  shake->server = co_await accept_tls(std::move(shake->plain_server), shake->server_side, now() + 1min);
  co_return {};
}

// Both handshakes at once; how they went is in the Shake.
Task<Result<Shake>> shake_both(std::shared_ptr<const TlsServerContext> server,
                               std::shared_ptr<const TlsClientContext> client, std::string name = "a.test") {
  StreamPair pair = co_await try_(connected_pair());
  Shake shake{std::move(pair.client), std::move(pair.server), std::move(server), std::move(client), std::move(name)};
  co_await try_(with_scope(&shake, [](Scope& scope, Shake*& s) -> Task<Result<void>> {
    scope.spawn("server", shake_as_server(s));
    s->client = co_await start_tls(std::move(s->plain_client), s->client_side, s->name, now() + 1min);
    if (!s->client.ok()) s->plain_client.close();
    co_return co_await scope.join();
  }));
  co_return shake;
}

Task<Result<StreamPair>> tls_pair(std::shared_ptr<const TlsServerContext> server = server_context(),
                                  std::shared_ptr<const TlsClientContext> client = client_context(),
                                  std::string name = "a.test") {
  Shake shake = co_await try_(shake_both(std::move(server), std::move(client), std::move(name)));
  Stream client_end = co_await try_(std::move(shake.client));
  Stream server_end = co_await try_(std::move(shake.server));
  co_return StreamPair{std::move(client_end), std::move(server_end)};
}

class Tls : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Workers, Tls, testing::Values(1U, 2U));

Task<Result<void>> send_and_finish(Stream* stream, const std::string* text) {
  co_await try_(co_await stream->write(*text));
  co_return co_await stream->shutdown_write();
}

Task<Result<void>> echo_with(TlsVersion version) {
  StreamPair pair = co_await try_(tls_pair(server_context({.version_min = version}), client_context()));
  struct State {
    StreamPair* pair;
    std::string sent;
  };
  std::string sent;
  for (int i = 0; i < 300000; ++i) sent += std::to_string(i);
  co_await try_(with_scope(State{&pair, std::move(sent)}, [](Scope& scope, State& s) -> Task<Result<void>> {
    scope.spawn("echo", echo(&s.pair->server));
    scope.spawn("sender", send_and_finish(&s.pair->client, &s.sent));
    const std::string got = co_await try_(read_text(&s.pair->client, s.sent.size() + 1, now() + 5min));
    EXPECT_TRUE(got == s.sent);
    co_return co_await scope.join();
  }));
  co_return {};
}

TEST_P(Tls, WhatIsSentComesBack) { EXPECT_EQ(run_test(GetParam(), echo_with(TlsVersion::kTls13)), ""); }

TEST_P(Tls, TheInfoSaysWhatWasAgreed) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(tls_pair(server_context({.alpn = {"h2", "http/1.1"}}),
                                                                client_context({.alpn = {"http/1.1", "h2"}})));
                       EXPECT_EQ(pair.server.tls_info()->protocol, "TLSv1.3");
                       EXPECT_EQ(pair.server.tls_info()->server_name, "a.test");
                       EXPECT_EQ(pair.server.tls_info()->alpn, "h2");
                       EXPECT_EQ(pair.server.tls_info()->peer_subject, "");
                       EXPECT_EQ(pair.client.tls_info()->alpn, "h2");
                       EXPECT_EQ(pair.client.tls_info()->peer_subject, "CN=a.test");
                       EXPECT_TRUE(pair.client.tls_info()->peer_verified);
                       co_return {};
                     }()),
            "");
}

Task<Result<void>> subject_for(const char* name, const char* subject, TlsFiles authority) {
  TlsClientOptions options{.verify = subject == std::string_view("CN=b.test") || std::string_view(name) != "other.test",
                           .authorities = authority.certificate};
  StreamPair pair = co_await try_(tls_pair(server_context(), client_context(options), name));
  EXPECT_EQ(pair.client.tls_info()->peer_subject, subject) << name;
  co_return {};
}

TEST_P(Tls, TheCertificateIsChosenByName) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       co_await try_(subject_for("a.test", "CN=a.test", files().a));
                       co_await try_(subject_for("b.test", "CN=b.test", files().b));
                       co_await try_(subject_for("B.Test", "CN=b.test", files().b));
                       co_await try_(subject_for("www.a.test", "CN=a.test", files().a));
                       co_await try_(subject_for("127.0.0.1", "CN=a.test", files().a));
                       co_await try_(subject_for("other.test", "CN=a.test", files().a));
                       co_return {};
                     }()),
            "");
}

TEST_P(Tls, ACertificateThatIsNotTrustedOrForAnotherNameIsRefused) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       Shake stranger = co_await try_(shake_both(
                           server_context(), client_context({.authorities = files().b.certificate}), "a.test"));
                       EXPECT_EQ(stranger.client.error().code(), ErrorCode::kPermissionDenied);
                       EXPECT_NE(stranger.client.error().text().find("not trusted"), std::string::npos);
                       EXPECT_FALSE(stranger.server.ok());
                       Shake other = co_await try_(shake_both(server_context(), client_context(), "other.test"));
                       EXPECT_EQ(other.client.error().code(), ErrorCode::kPermissionDenied);
                       EXPECT_NE(other.client.error().text().find("ostname mismatch"), std::string::npos)
                           << other.client.error().text();
                       co_return {};
                     }()),
            "");
}

TEST_P(Tls, ClientCertificatesAreAskedForAndVerified) {
  EXPECT_EQ(
      run_test(GetParam(),
               []() -> Task<Result<void>> {
                 const auto server =
                     server_context({.client_certificate = TlsServerOptions::ClientCertificate::kRequired,
                                     .client_authorities = files().client.certificate});
                 StreamPair pair = co_await try_(tls_pair(server, client_context({.certificate = files().client})));
                 EXPECT_EQ(pair.server.tls_info()->peer_subject, "CN=client.test");
                 EXPECT_TRUE(pair.server.tls_info()->peer_verified);
                 Shake without = co_await try_(shake_both(server, client_context()));
                 EXPECT_EQ(without.server.error().code(), ErrorCode::kPermissionDenied)
                     << without.server.error().text();
                 Shake wrong = co_await try_(shake_both(server, client_context({.certificate = files().b})));
                 EXPECT_EQ(wrong.server.error().code(), ErrorCode::kPermissionDenied) << wrong.server.error().text();
                 co_return {};
               }()),
      "");
}

TEST_P(Tls, AChangedCertificateServesNewConnectionsAndLeavesOldOnesAlone) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       TlsServerSlot slot(server_context());
                       StreamPair before = co_await try_(tls_pair(slot.load()));
                       slot.store(server_context({.certificates = {files().renewed}}));
                       StreamPair after = co_await try_(
                           tls_pair(slot.load(), client_context({.authorities = files().renewed.certificate})));
                       for (StreamPair* pair : {&before, &after}) {
                         co_await try_(co_await pair->client.write("hello"));
                         EXPECT_EQ(co_await try_(read_text(&pair->server, 5)), "hello");
                       }
                       Shake old = co_await try_(shake_both(slot.load(), client_context()));
                       EXPECT_EQ(old.client.error().code(), ErrorCode::kPermissionDenied);
                       co_return {};
                     }()),
            "");
}

// ---- the end of a stream ----

TEST_P(Tls, AnOrderlyEndIsToldFromACut) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       std::array<std::byte, 16> buffer;
                       StreamPair orderly = co_await try_(tls_pair());
                       co_await try_(co_await orderly.client.write("bye"));
                       orderly.client.close();
                       EXPECT_EQ(co_await try_(co_await orderly.server.read(buffer, now() + 1min)), 3U);
                       EXPECT_EQ(co_await try_(co_await orderly.server.read(buffer, now() + 1min)), 0U);
                       EXPECT_EQ(co_await try_(co_await orderly.server.read(buffer, now() + 1min)), 0U);

                       StreamPair cut = co_await try_(tls_pair());
                       co_await try_(co_await cut.client.write("bye"));
                       cut.client.socket().system.shutdown_write(cut.client.socket().fd);  // the TCP stream alone ends
                       EXPECT_EQ(co_await try_(co_await cut.server.read(buffer, now() + 1min)), 3U);
                       Result<std::size_t> end = co_await cut.server.read(buffer, now() + 1min);
                       EXPECT_EQ(end.error().code(), ErrorCode::kDataLoss);
                       EXPECT_NE(end.error().text().find("without close_notify"), std::string::npos);
                       co_return {};
                     }()),
            "");
}

TEST_P(Tls, OneSideMayEndWhileTheOtherGoesOn) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(tls_pair());
                       co_await try_(co_await pair.client.write("question"));
                       co_await try_(co_await pair.client.shutdown_write());
                       EXPECT_EQ(co_await try_(read_text(&pair.server, 100)), "question");
                       co_await try_(co_await pair.server.write("answer"));
                       co_await try_(co_await pair.server.shutdown_write());
                       EXPECT_EQ(co_await try_(read_text(&pair.client, 100)), "answer");
                       co_return {};
                     }()),
            "");
}

TEST_P(Tls, BytesAlreadyDecryptedCountAsReadable) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(tls_pair());
                       Result<void> nothing = co_await pair.server.wait_readable(now() + 10ms);
                       EXPECT_EQ(nothing.error().code(), ErrorCode::kDeadlineExceeded);
                       co_await try_(co_await pair.client.write("three"));
                       co_await try_(co_await pair.client.write("records"));
                       std::array<std::byte, 1> byte;
                       for (int i = 0; i < 12; ++i) {
                         co_await try_(co_await pair.server.wait_readable(now() + 1min));
                         EXPECT_EQ(**pair.server.try_read(byte), 1U);
                       }
                       nothing = co_await pair.server.wait_readable(now() + 10ms);
                       EXPECT_EQ(nothing.error().code(), ErrorCode::kDeadlineExceeded);
                       co_return {};
                     }()),
            "");
}

Task<Result<void>> nudge(Stream* stream) {
  (void)co_await sleep_for(10ms);
  stream->socket().readiness->notify(true, false, false);
  co_return {};
}

// As of a plain stream: whoever waits for a reader to look around must not wait for the peer.
TEST_P(Tls, ANudgeEndsTheWaitForInput) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(tls_pair());
                       co_return co_await with_scope(&pair.server,
                                                     [](Scope& scope, Stream*& server) -> Task<Result<void>> {
                                                       scope.spawn_pinned("nudge", nudge(server));
                                                       co_return co_await server->wait_readable(now() + 1min);
                                                     });
                     }()),
            "");
}

Task<Result<void>> send_parts(Stream* stream, const std::string* text, int file) {
  std::vector<iovec> parts;
  for (std::size_t i = 0; i < text->size(); i += 777) {
    parts.push_back({const_cast<char*>(text->data()) + i, std::min<std::size_t>(777, text->size() - i)});
  }
  co_await try_(co_await stream->write(parts));
  co_await try_(stream->send_file(file, 0, text->size()));
  co_return co_await stream->shutdown_write();
}

TEST_P(Tls, PartsAndFilesArriveWhole) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       struct State {
                         StreamPair pair;
                         std::string text;
                         int file = -1;
                       };
                       State state{co_await try_(tls_pair()), {}};
                       for (int i = 0; i < 300000; ++i) state.text += std::to_string(i);
                       const std::string path = files().folder + "/sent";
                       state.file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
                       EXPECT_EQ(::write(state.file, state.text.data(), state.text.size()),
                                 static_cast<ssize_t>(state.text.size()));
                       co_await try_(with_scope(&state, [](Scope& scope, State*& s) -> Task<Result<void>> {
                         scope.spawn("sender", send_parts(&s->pair.client, &s->text, s->file));
                         const std::string got =
                             co_await try_(read_text(&s->pair.server, 3 * s->text.size(), now() + 5min));
                         EXPECT_TRUE(got == s->text + s->text);
                         co_return co_await scope.join();
                       }));
                       ::close(state.file);
                       co_return {};
                     }()),
            "");
}

TEST_P(Tls, AWriterWaitsForASlowReader) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       StreamPair pair = co_await try_(tls_pair());
                       const std::string much(32 << 20, 'x');
                       Result<void> written = co_await pair.client.write(much, now() + 100ms);
                       EXPECT_EQ(written.error().code(), ErrorCode::kDeadlineExceeded);
                       written = co_await pair.client.write("x");
                       EXPECT_EQ(written.error().code(), ErrorCode::kFailedPrecondition);
                       co_return {};
                     }()),
            "");
}

// ---- peers that do not behave ----

Task<Result<void>> greet(std::string bytes, Duration patience, ErrorCode expected, const char* words) {
  StreamPair pair = co_await try_(connected_pair());
  if (!bytes.empty()) co_await try_(co_await pair.client.write(bytes));
  Result<Stream> server = co_await accept_tls(std::move(pair.server), server_context(), now() + patience);
  EXPECT_EQ(server.error().code(), expected) << server.error().text();
  EXPECT_NE(server.error().text().find(words), std::string::npos) << server.error().text();
  EXPECT_NE(server.error().text().find(pair.client.local().text()), std::string::npos) << server.error().text();
  co_return {};
}

TEST_P(Tls, GarbageAndSilenceEndTheHandshake) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       co_await try_(greet("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1min, ErrorCode::kInvalidArgument,
                                           "http request"));
                       co_await try_(greet(std::string(1000, '\xff'), 1min, ErrorCode::kInvalidArgument, "TLS: "));
                       co_await try_(greet(std::string("\x16\x03\x01\x02\x00\x01\x00", 7), 50ms,
                                           ErrorCode::kDeadlineExceeded, "hands"));
                       co_await try_(greet("", 50ms, ErrorCode::kDeadlineExceeded, "shaking hands"));
                       StreamPair pair = co_await try_(connected_pair());
                       pair.client.close();
                       Result<Stream> server =
                           co_await accept_tls(std::move(pair.server), server_context(), now() + 1min);
                       EXPECT_EQ(server.error().code(), ErrorCode::kUnavailable) << server.error().text();
                       co_return {};
                     }()),
            "");
}

TEST_P(Tls, NoCommonProtocolIsAnError) {
  EXPECT_EQ(run_test(GetParam(),
                     []() -> Task<Result<void>> {
                       Shake alpn = co_await try_(
                           shake_both(server_context({.alpn = {"h2"}}), client_context({.alpn = {"spdy/1"}})));
                       EXPECT_FALSE(alpn.client.ok());
                       EXPECT_EQ(alpn.server.error().code(), ErrorCode::kInvalidArgument) << alpn.server.error().text();
                       co_return {};
                     }()),
            "");
}

// ---- files ----

std::string load_error(TlsFiles pair) { return TlsServerContext::load({.certificates = {pair}}).error().text(); }

TEST(TlsFiles, EveryMistakeNamesTheFile) {
  const Files& f = files();
  EXPECT_EQ(load_error({f.a.certificate, f.b.key}), f.b.key + ": does not match the certificate " + f.a.certificate);
  EXPECT_EQ(load_error({f.folder + "/none.pem", f.a.key}), f.folder + "/none.pem: No such file or directory");
  EXPECT_EQ(load_error({f.a.key, f.a.key}), f.a.key + ": holds no PEM certificate (-----BEGIN CERTIFICATE-----)");
  EXPECT_TRUE(load_error({f.a.certificate, f.a.certificate}).starts_with(f.a.certificate + ": holds no readable PEM"));
  const std::string encrypted = f.folder + "/encrypted.key";
  EVP_PKEY* key = make_key();
  write_pem(encrypted, key, "secret");
  EVP_PKEY_free(key);
  EXPECT_TRUE(load_error({f.a.certificate, encrypted}).starts_with(encrypted + ": the private key is encrypted"));
  const std::string unknown_cipher = f.folder + "/unknown_cipher.key";
  std::FILE* file = std::fopen(unknown_cipher.c_str(), "w");
  std::fputs(
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: NONE-SUCH,0011\n\nAAAA\n"
      "-----END RSA PRIVATE KEY-----\n",
      file);
  std::fclose(file);
  EXPECT_TRUE(
      load_error({f.a.certificate, unknown_cipher}).starts_with(unknown_cipher + ": the private key is encrypted"));
  EXPECT_EQ(TlsServerContext::load({}).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_FALSE(TlsClientContext::load({.authorities = f.folder + "/none"}).ok());
}

TEST(TlsFiles, ADamagedCertificateInAChainIsAnError) {
  const std::string path = files().folder + "/damaged.pem";
  ASSERT_EQ(std::system(("{ cat " + files().a.certificate + "; echo '-----BEGIN CERTIFICATE-----'; echo 'AAAA'; " +
                         "echo '-----END CERTIFICATE-----'; } > " + path)
                            .c_str()),
            0);
  EXPECT_TRUE(load_error({path, files().a.key}).starts_with(path + ": certificate 2 is damaged"));
}

TEST(TlsFiles, AnExpiredCertificateIsServedWithAWarning) {
  testing::internal::CaptureStderr();
  auto context = TlsServerContext::load({.certificates = {files().expired}});
  const std::string warned = testing::internal::GetCapturedStderr();
  ASSERT_TRUE(context.ok());
  EXPECT_NE(warned.find("certificate_expired"), std::string::npos) << warned;
  EXPECT_NE(warned.find("expired.pem"), std::string::npos) << warned;
  EXPECT_LT((*context)->expires(), wall_now());
}

// ---- strangers ----

std::string run_program(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::string output;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, n);
  pclose(pipe);
  return output;
}

bool has_program(const char* name) {
  return std::system((std::string("command -v ") + name + " >/dev/null").c_str()) == 0;
}

struct Site {
  Listener listener;
  std::shared_ptr<const TlsServerContext> context;
};

// Answers each connection with what was agreed, as an HTTP response.
Task<Result<void>> serve_info(Site* site) {
  for (;;) {
    Result<Stream> plain = co_await site->listener.accept();
    if (!plain.ok()) co_return {};
    Result<Stream> stream = co_await accept_tls(*std::move(plain), site->context, now() + 1min);
    if (!stream.ok()) continue;
    std::array<std::byte, 4096> buffer;
    (void)co_await stream->read(buffer, now() + 1min);
    const TlsInfo& info = *stream->tls_info();
    const std::string body = info.protocol + " " + info.server_name + (info.session_resumed ? " resumed" : "") + "\n";
    (void)co_await stream->write(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    (void)co_await stream->shutdown_write(now() + 1min);
  }
}

// Runs commands, with PORT replaced, against a site; gives their output.
Task<Result<void>> ask_site(TlsServerOptions options, std::vector<std::string> commands,
                            std::vector<std::string>* outputs) {
  struct State {
    Site site;
    std::vector<std::string> commands;
    std::vector<std::string>* outputs;
  };
  Listener listener = co_await try_(Listener::open(loopback_address()));
  const std::string port = std::to_string(listener.address().port);
  for (std::string& command : commands) {
    for (std::size_t at; (at = command.find("PORT")) != std::string::npos;) command.replace(at, 4, port);
  }
  State state{{std::move(listener), server_context(std::move(options))}, std::move(commands), outputs};
  co_return co_await with_scope(&state, [](Scope& scope, State*& s) -> Task<Result<void>> {
    scope.spawn("site", serve_info(&s->site));
    for (const std::string& command : s->commands) {
      s->outputs->push_back(co_await blocking([&command] { return run_program(command); }));
    }
    s->site.listener.close();
    co_return co_await scope.join();
  });
}

TEST(TlsStrangers, CurlSpeaksBothVersions) {
  if (!has_program("curl")) GTEST_SKIP() << "curl is not installed: nothing but ourselves was asked";
  const std::string curl = "curl -sS --max-time 60 --resolve b.test:PORT:127.0.0.1 --cacert " + files().b.certificate;
  std::vector<std::string> got;
  EXPECT_EQ(
      run_test(2, ask_site({}, {curl + " https://b.test:PORT/", curl + " --tls-max 1.2 https://b.test:PORT/"}, &got)),
      "");
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0], "TLSv1.3 b.test\n");
  EXPECT_EQ(got[1], "TLSv1.2 b.test\n");
}

TEST(TlsStrangers, OpensslResumesAndOldVersionsAreRefused) {
  if (!has_program("openssl")) GTEST_SKIP() << "openssl is not installed: nothing but ourselves was asked";
  const std::string session = files().folder + "/session";
  const std::string client =
      "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 60 openssl s_client -ign_eof -connect "
      "127.0.0.1:PORT -servername a.test -CAfile " +
      files().a.certificate;
  std::vector<std::string> got;
  EXPECT_EQ(run_test(2, ask_site({},
                                 {client + " -sess_out " + session, client + " -sess_in " + session,
                                  client + " -tls1_1 -cipher DEFAULT@SECLEVEL=0", client + " -tls1_2"},
                                 &got)),
            "");
  ASSERT_EQ(got.size(), 4U);
  EXPECT_NE(got[0].find("Verify return code: 0 (ok)"), std::string::npos) << got[0];
  EXPECT_NE(got[0].find("TLSv1.3 a.test\n"), std::string::npos) << got[0];
  EXPECT_NE(got[1].find("TLSv1.3 a.test resumed\n"), std::string::npos) << got[1];
  EXPECT_EQ(got[2].find("HTTP/1.1 200"), std::string::npos) << got[2];
  EXPECT_NE(got[3].find("TLSv1.2 a.test\n"), std::string::npos) << got[3];
}

TEST(TlsStrangers, OnlyTheNewVersionIfAskedFor) {
  if (!has_program("curl")) GTEST_SKIP() << "curl is not installed: nothing but ourselves was asked";
  std::vector<std::string> got;
  EXPECT_EQ(run_test(1, ask_site({.version_min = TlsVersion::kTls13},
                                 {"curl -sS -k --max-time 60 --tls-max 1.2 https://127.0.0.1:PORT/"}, &got)),
            "");
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].find("TLSv1"), std::string::npos) << got[0];
}

// ---- ticket keys ----

struct Ticket {
  unsigned char name[16];
  unsigned char iv[EVP_MAX_IV_LENGTH];
};

int prepare(TlsTicketKeys& keys, Ticket& ticket, bool encrypts) {
  EVP_CIPHER_CTX* cipher = EVP_CIPHER_CTX_new();
  EVP_MAC* hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  EVP_MAC_CTX* mac = EVP_MAC_CTX_new(hmac);
  const int result = keys.prepare(ticket.name, ticket.iv, cipher, mac, encrypts);
  EVP_MAC_CTX_free(mac);
  EVP_MAC_free(hmac);
  EVP_CIPHER_CTX_free(cipher);
  return result;
}

TEST(TlsTickets, AKeyIsRenewedEachPeriodAndForgottenAfterThree) {
  TlsTicketKeys keys;
  Ticket ticket{};
  EXPECT_EQ(prepare(keys, ticket, true), 1);
  EXPECT_EQ(prepare(keys, ticket, false), 1);
  const TimePoint start = steady_now();
  EXPECT_TRUE(keys.rotate(start + TlsTicketKeys::kPeriod + 1min));
  EXPECT_EQ(prepare(keys, ticket, false), 2);
  EXPECT_TRUE(keys.rotate(start + 2 * TlsTicketKeys::kPeriod + 2min));
  EXPECT_EQ(prepare(keys, ticket, false), 2);
  EXPECT_TRUE(keys.rotate(start + 3 * TlsTicketKeys::kPeriod + 3min));
  EXPECT_EQ(prepare(keys, ticket, false), 0);
  Ticket unknown{};
  EXPECT_EQ(prepare(keys, unknown, false), 0);
}

}  // namespace
}  // namespace banyan
