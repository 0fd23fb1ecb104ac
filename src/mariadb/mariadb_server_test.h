// For tests: a MariaDB server of its own, from Debian's package, in a directory of its own under /tmp. It listens on a
// unix socket there and on a free port of 127.0.0.1, writes every statement it gets to a log, and ends with the test's
// process, however that ends.
//
// The user "banyan" has no password and may do everything, on the unix socket. Over TCP: "native"
// (mysql_native_password), "ed" (ed25519), each with the password "pässword-of-NAME", and "tls_only", whom the server
// takes under TLS alone.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "mariadb/mariadb_options.h"
#include "static_files/oracle_server.h"

namespace banyan {

// A program that a guardian ends when it is told to, or when this process has gone. (The kernel's own means, a signal
// at the parent's death, goes by threads, and whoever restarts a server may do it on a thread that ends.)
class GuardedProgram {
 public:
  GuardedProgram(const std::vector<std::string>& command, const std::string& log) {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    int ends[2];
    BANYAN_CHECK(pipe2(ends, O_CLOEXEC) == 0);
    guardian_ = fork();
    BANYAN_CHECK(guardian_ >= 0);
    if (guardian_ == 0) {
      close(ends[1]);
      guard(ends[0], arguments.data(), log.c_str());
    }
    close(ends[0]);
    leash_ = ends[1];
  }
  GuardedProgram(const GuardedProgram&) = delete;
  ~GuardedProgram() { end(SIGKILL); }

  // Sends the signal and waits for the end.
  void end(int signal) {
    if (leash_ < 0) return;
    const char number = static_cast<char>(signal);
    BANYAN_CHECK(write(leash_, &number, 1) == 1);
    close(leash_);
    leash_ = -1;
    waitpid(guardian_, nullptr, 0);
  }

 private:
  [[noreturn]] static void guard(int leash, char** arguments, const char* log) {
    const pid_t program = fork();
    if (program == 0) {
      const int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      dup2(out, 1);
      dup2(out, 2);
      execv(arguments[0], arguments);
      _exit(127);
    }
    if (program < 0) _exit(127);
    setpgid(0, 0);
    close_range(3, static_cast<unsigned>(leash) - 1, 0);  // the test's connections end when it closes them
    close_range(static_cast<unsigned>(leash) + 1, ~0U, 0);
    char number = SIGKILL;
    while (read(leash, &number, 1) < 0) {
    }
    kill(program, number);
    waitpid(program, nullptr, 0);
    _exit(0);
  }

  pid_t guardian_ = -1;
  int leash_ = -1;
};

class TestMariadb {
 public:
  // Null: MariaDB is not installed. The one of this process, started on first use.
  static TestMariadb* instance() {
    static TestMariadb* const server = installed() ? new TestMariadb : nullptr;
    return server;
  }

  static constexpr const char* kNotInstalled = "NOT RUN: MariaDB 10.11 is not installed; `tools/setup test` does it";

  // As "banyan", over the unix socket, in the database "banyan". Patient, since the machine may stand still for
  // seconds; a test of what takes too long says how long.
  MariadbOptions options() const {
    MariadbOptions options;
    options.connect_timeout = options.cancel_timeout = options.wait_max = std::chrono::minutes(1);
    options.host = socket_path();
    options.user = options.database = "banyan";
    return options;
  }
  // Over TCP, as one of the users above.
  MariadbOptions options_over_tcp(const std::string& user) const {
    MariadbOptions options = this->options();
    options.host = "127.0.0.1";
    options.port = static_cast<std::uint16_t>(port_);
    options.user = user;
    options.database = "banyan";
    options.password = Secret("pässword-of-" + user);
    return options;
  }
  // The certificate of the server, for localhost and 127.0.0.1, signed by itself.
  std::string certificate() const { return folder() + "/server.crt"; }
  std::string socket_path() const { return folder() + "/mariadb.sock"; }
  const std::string& folder() const { return folder_->path(); }
  int port() const { return port_; }
  // Every statement the server has got so far, in its own log.
  std::string general_log() const { return oracle::read_file(folder() + "/general.log"); }

  void start() {
    std::vector<std::string> command = {oracle::find_program("mariadbd"),
                                        "--no-defaults",
                                        "--datadir=" + folder() + "/data",
                                        "--socket=" + socket_path(),
                                        "--port=" + std::to_string(port_),
                                        "--bind-address=127.0.0.1",
                                        "--skip-name-resolve",
                                        "--pid-file=" + folder() + "/mariadb.pid",
                                        "--plugin-load-add=auth_ed25519",
                                        "--ssl-cert=" + certificate(),
                                        "--ssl-key=" + folder() + "/server.key",
                                        "--general-log=1",
                                        "--general-log-file=" + folder() + "/general.log",
                                        "--max-allowed-packet=64M",
                                        "--innodb-buffer-pool-size=64M",
                                        "--innodb-log-file-size=32M",
                                        "--innodb-flush-log-at-trx-commit=0",
                                        "--debug-no-sync",
                                        "--innodb-flush-method=nosync",
                                        "--innodb-lock-wait-timeout=60",
                                        "--max-connections=60"};
    if (geteuid() == 0) command.emplace_back("--user=root");
    program_ = std::make_unique<GuardedProgram>(command, folder() + "/server.log");
    for (int i = 0; i < 1800; ++i) {
      if (sql("SELECT 1", "mysql")) return;
      usleep(100'000);
    }
    check_failed(__FILE__, __LINE__, "the server comes up within minutes: see its server.log");
  }
  // Ends it. SIGTERM: sessions are told; SIGKILL: at once.
  void stop(int signal) { program_->end(signal); }
  // Runs statements by Debian's client, as a stranger would.
  bool sql(const std::string& text, const std::string& database = "banyan") const {
    return run({oracle::find_program("mariadb"), "--no-defaults", "-S", socket_path(), "-u", "root",
                "--default-character-set=utf8mb4", "-e", text, database});
  }

 private:
  static bool installed() {
    return !oracle::find_program("mariadbd").empty() && !oracle::find_program("mariadb-install-db").empty();
  }

  TestMariadb() : folder_(std::make_unique<oracle::TemporaryFolder>()), port_(oracle::free_port()) {
    std::vector<std::string> install = {oracle::find_program("mariadb-install-db"),
                                        "--no-defaults",
                                        "--datadir=" + folder() + "/data",
                                        "--auth-root-authentication-method=normal",
                                        "--skip-test-db",
                                        "--debug-no-sync",
                                        "--innodb-flush-method=nosync",
                                        "--innodb-undo-tablespaces=0",
                                        "--innodb-log-file-size=8M"};
    if (geteuid() == 0) install.emplace_back("--user=root");
    BANYAN_CHECK(run(install));
    BANYAN_CHECK(
        run({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
             folder() + "/server.key", "-out", certificate()}));
    atexit([] {
      instance()->stop(SIGKILL);
      instance()->folder_.reset();
    });
    start();
    BANYAN_CHECK(
        sql("CREATE DATABASE banyan CHARACTER SET utf8mb4;"
            "CREATE USER banyan@localhost; GRANT ALL ON *.* TO banyan@localhost;"
            "CREATE USER native@'%' IDENTIFIED BY 'pässword-of-native';"
            "CREATE USER ed@'%' IDENTIFIED VIA ed25519 USING PASSWORD('pässword-of-ed');"
            "CREATE USER tls_only@'%' IDENTIFIED BY 'pässword-of-tls_only' REQUIRE SSL;"
            "GRANT ALL ON banyan.* TO native@'%', ed@'%', tls_only@'%'",
            "mysql"));
  }

  bool run(const std::vector<std::string>& command) const {
    const std::string log = folder() + "/commands.log";
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t pid = fork();
    if (pid == 0) {
      const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      dup2(out, 1);
      dup2(out, 2);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
    int status = 0;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  std::unique_ptr<oracle::TemporaryFolder> folder_;
  int port_;
  std::unique_ptr<GuardedProgram> program_;
};

}  // namespace banyan
