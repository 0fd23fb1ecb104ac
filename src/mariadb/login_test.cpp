// Logging in where no server of Debian's can be asked: caching_sha2_password, which MariaDB 10.11 does not have on its
// side, with libmariadb as the witness of what a client says; and servers that do not play fair. The server here knows
// the protocol's first packets, and writes down what it is told.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "mariadb/libmariadb_oracle.h"
#include "mariadb/login.h"
#include "mariadb/packet_writer.h"
#include "mariadb/password_proof.h"
#include "net/loopback.h"
#include "static_files/oracle_server.h"

namespace banyan::maria {
namespace {

constexpr std::string_view kNonce = "abcdefgh0123456789xy";
constexpr const char* kPassword = "pässword";

std::string greeting(std::string_view plugin, std::uint64_t without = 0) {
  std::string body(
      "\x0a"
      "8.0.36\0\x07\0\0\0",
      12);
  const std::uint64_t capabilities = 0xdfffffff & ~capability::kTls & ~without;
  body.append(kNonce.substr(0, 8)).append(1, '\0');
  put(body, capabilities, 2);
  body.append("\x2d\x02\0", 3);
  put(body, capabilities >> 16, 2);
  body.append(1, 21).append(10, '\0').append(kNonce.substr(8)).append(1, '\0').append(plugin).append(1, '\0');
  return body;
}
const std::string kOk("\0\0\0\x02\0\0\0", 7);

// Takes one connection. Says each of `lines` in turn, and hears one packet after each; an empty line is not said.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<std::string> lines, bool unix_socket = false) : lines_(std::move(lines)) {
    fd_ = socket(unix_socket ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (unix_socket) {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      path().copy(address.sun_path, sizeof address.sun_path - 1);
      EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    } else {
      sockaddr_in address = oracle::loopback(0);
      socklen_t size = sizeof address;
      EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
      getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
      port_ = ntohs(address.sin_port);
    }
    EXPECT_EQ(listen(fd_, 1), 0);
    thread_ = std::thread([this] { serve(); });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    if (thread_.joinable()) thread_.join();
    close(fd_);
  }

  int port() const { return port_; }
  std::string path() const { return folder_.path() + "/s"; }
  // What it was told, packet by packet, once the client has gone.
  std::vector<std::string> heard() {
    thread_.join();
    return heard_;
  }

 private:
  void serve() {
    const int client = accept(fd_, nullptr, nullptr);
    std::uint8_t sequence = 0;
    for (const std::string& line : lines_) {
      if (!line.empty()) {
        std::string out;
        const std::size_t header = begin_packet(out);
        out.append(line);
        sequence = end_packet(out, header, sequence);
        if (!oracle::send_all(client, out)) break;
      }
      std::string header(4, '\0');
      if (recv(client, header.data(), 4, MSG_WAITALL) != 4) break;
      std::string body(read_u24(header.data()), '\0');
      if (!body.empty() && recv(client, body.data(), body.size(), MSG_WAITALL) != static_cast<ssize_t>(body.size())) {
        break;
      }
      sequence = static_cast<std::uint8_t>(header[3] + 1);
      heard_.push_back(std::move(body));
    }
    close(client);
  }

  std::vector<std::string> lines_;
  oracle::TemporaryFolder folder_;
  int fd_ = -1;
  int port_ = 0;
  std::vector<std::string> heard_;
  std::thread thread_;
};

MariadbOptions options_for(const ScriptedServer& server, bool unix_socket = false) {
  MariadbOptions options;
  options.host = unix_socket ? server.path() : "127.0.0.1";
  options.port = static_cast<std::uint16_t>(server.port());
  options.user = "me";
  options.password = Secret(kPassword);
  options.connect_timeout = std::chrono::minutes(1);
  return options;
}

Task<Result<void>> try_to_log_in(MariadbOptions options, std::string* error) {
  const auto connector = co_await try_(Connector::open(std::move(options)));
  const auto session = co_await log_in(connector);
  *error = session.ok() ? "" : session.error().text();
  co_return {};
}
// The error, since none of these servers lets a client in for good.
std::string refusal(MariadbOptions options) {
  std::string error;
  EXPECT_EQ(run_test(1, try_to_log_in(std::move(options), &error)), "");
  return error;
}

// What a client says first, without what differs between clients.
std::string proof_in(const std::string& response) {
  BodyReader reader(response);
  (void)reader.bytes(32);
  EXPECT_EQ(reader.text(), "me");
  return std::string(reader.packed_text());
}

std::vector<std::string> heard_from_libmariadb(std::vector<std::string> lines, const char* password) {
  ScriptedServer server(std::move(lines));
  {  // it goes before the server is asked, which hears it to the end
    LibmariadbOracle client;
    client.set_option(LibmariadbOracle::kPluginFolder, "/usr/lib/x86_64-linux-gnu/libmariadb3/plugin");
    client.connect({.host = "127.0.0.1", .port = server.port(), .user = "me", .password = password});
  }
  return server.heard();
}

class MariadbSha2 : public testing::Test {
 protected:
  void SetUp() override {
    if (access("/usr/lib/x86_64-linux-gnu/libmariadb3/plugin/caching_sha2_password.so", R_OK) != 0) {
      GTEST_SKIP() << "NOT RUN: libmariadb3 is not installed; `tools/setup test` does it";
    }
  }
};

TEST_F(MariadbSha2, ProvesThePasswordAsLibmariadbDoes) {
  for (const char* password : {kPassword, "x", ""}) {
    const std::vector<std::string> lines = {greeting(kSha2Plugin), kOk};
    const auto theirs = heard_from_libmariadb(lines, password);
    ASSERT_GE(theirs.size(), 1U);
    ScriptedServer server(lines);
    MariadbOptions options = options_for(server);
    options.password = Secret(password);
    (void)refusal(options);
    const auto ours = server.heard();
    ASSERT_GE(ours.size(), 1U);
    const std::string proof = proof_in(ours[0]);
    // For no password MySQL's client says a zero byte and libmariadb nothing; servers take both.
    if (*password != '\0') EXPECT_EQ(proof, proof_in(theirs[0]));
    EXPECT_EQ(proof.size(), *password == '\0' ? 1U : 32U);
  }
}

// After a switch from another plugin, too, and with a nonce of its own.
TEST_F(MariadbSha2, ProvesItAfterASwitch) {
  const std::string asked =
      "\xfe" + std::string(kSha2Plugin) + std::string(1, '\0') + "01234567890123456789" + std::string(1, '\0');
  const std::vector<std::string> lines = {greeting(kNativePlugin), asked, kOk};
  const auto theirs = heard_from_libmariadb(lines, kPassword);
  ScriptedServer server(lines);
  (void)refusal(options_for(server));
  const auto ours = server.heard();
  ASSERT_GE(theirs.size(), 2U);
  ASSERT_GE(ours.size(), 2U);
  EXPECT_EQ(proof_in(ours[0]), proof_in(theirs[0]));  // mysql_native_password
  EXPECT_EQ(ours[1], theirs[1]);
}

// What `encrypted` says to whoever has the key.
std::string decrypted(EVP_PKEY* key, const std::string& encrypted) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(key, nullptr),
                                                                            EVP_PKEY_CTX_free);
  std::string plain(512, '\0');
  std::size_t size = plain.size();
  EVP_PKEY_decrypt_init(context.get());
  EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING);
  if (EVP_PKEY_decrypt(context.get(), reinterpret_cast<unsigned char*>(plain.data()), &size,
                       reinterpret_cast<const unsigned char*>(encrypted.data()), encrypted.size()) != 1) {
    return "it is not encrypted to this key";
  }
  plain.resize(size);
  for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<char>(plain[i] ^ kNonce[i % kNonce.size()]);
  return plain;
}

TEST_F(MariadbSha2, EncryptsThePasswordToTheServersKeyAsLibmariadbDoes) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_RSA_gen(2048), EVP_PKEY_free);
  oracle::TemporaryFolder folder;
  const std::string path = folder.path() + "/key.pem";
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  PEM_write_PUBKEY(file, key.get());
  std::fclose(file);

  const std::vector<std::string> lines = {greeting(kSha2Plugin), "\x01\x04", kOk};
  // It asks the server for the key, which this client does not.
  const auto theirs =
      heard_from_libmariadb({greeting(kSha2Plugin), "\x01\x04", "\x01" + oracle::read_file(path), kOk}, kPassword);
  ScriptedServer server(lines);
  MariadbOptions options = options_for(server);
  options.server_public_key = path;
  (void)refusal(options);
  const auto ours = server.heard();
  ASSERT_GE(theirs.size(), 3U);
  ASSERT_GE(ours.size(), 2U);
  const std::string wanted = std::string(kPassword) + '\0';
  EXPECT_EQ(decrypted(key.get(), ours[1]), wanted);
  EXPECT_EQ(decrypted(key.get(), theirs[2]), wanted);

  options.server_public_key = folder.path() + "/nothing";
  std::string unused;
  EXPECT_NE(run_test(1, try_to_log_in(options, &unused)).find("cannot be read"), std::string::npos);
}

TEST(MariadbLoginByScript, SendsThePasswordItselfOnlyWhereNobodyListens) {
  const std::vector<std::string> lines = {greeting(kSha2Plugin), "\x01\x04", kOk};
  {
    ScriptedServer server(lines);
    EXPECT_NE(refusal(options_for(server)).find("which is only sent under TLS"), std::string::npos);
    for (const std::string& packet : server.heard()) EXPECT_EQ(packet.find(kPassword), std::string::npos);
  }
  ScriptedServer server(lines, true);
  (void)refusal(options_for(server, true));
  const auto heard = server.heard();
  ASSERT_GE(heard.size(), 2U);
  EXPECT_EQ(heard[1], std::string(kPassword) + '\0');
}

TEST(MariadbLoginByScript, RefusesAServerThatDoesNotPlayFair) {
  const std::string native = greeting(kNativePlugin);
  const std::string old_switch = "\xfe";
  const std::string unknown =
      "\xfe"
      "mysql_old_password" +
      std::string(1, '\0');
  const std::string clear_text =
      "\xfe"
      "mysql_clear_password" +
      std::string(1, '\0');
  struct Case {
    std::vector<std::string> lines;
    std::string_view refusal;
  };
  const Case cases[] = {
      {{native, old_switch}, "a proof of before MySQL 4.1"},
      {{native, unknown}, "authentication by mysql_old_password, which is not known here"},
      {{native, clear_text}, "authentication by mysql_clear_password, which is not known here"},
      {{native,
        "\xfe"
        "client_ed25519" +
            std::string(1, '\0') + "short"},
       "nonce for client_ed25519 has 5 bytes"},
      {{native, "\x01\x04"}, "broke MariaDB's protocol at login"},
      {{greeting(kNativePlugin, capability::kNoEof)}, "the server is too old"},
      {{"\xff\x10\x04Too many connections"}, "exhausted: connecting to MariaDB at"},
      {{"\x09old"}, "broke MariaDB's protocol at login"},
      // In the midst of the first statement it asks for a file.
      {{native, kOk, "\xfb/etc/passwd"}, "asks for a file of this machine (LOCAL INFILE); it gets none"},
  };
  for (const Case& one : cases) {
    ScriptedServer server(one.lines);
    const std::string refused = refusal(options_for(server));
    EXPECT_NE(refused.find(one.refusal), std::string::npos) << refused;
    for (const std::string& packet : server.heard()) EXPECT_EQ(packet.find(kPassword), std::string::npos);
  }
  ScriptedServer server({native});
  MariadbOptions options = options_for(server);
  options.tls = SqlTlsMode::kRequire;
  EXPECT_NE(refusal(options).find("the server has no TLS"), std::string::npos);
  EXPECT_TRUE(server.heard().empty());
}

}  // namespace
}  // namespace banyan::maria
