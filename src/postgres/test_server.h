// For tests: a PostgreSQL server of its own, from Debian's package, in a directory of its own under /tmp. It listens on
// a unix socket there and on a free port of 127.0.0.1, and ends with the test's process, however that ends.
//
// The superuser "banyan" is trusted on the unix socket. Over TCP: user "scram" (SCRAM-SHA-256), "md5user" (md5),
// "clear" (in clear text), each with the password "pässword-of-NAME", and "tls_only", whom the server takes under TLS
// alone.
#pragma once

#include <arpa/inet.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "postgres/postgres_options.h"

namespace banyan {

class TestPostgres {
 public:
  // Null: PostgreSQL is not installed. The one of this process, started on first use.
  static TestPostgres* instance() {
    static TestPostgres* const server = installed() ? new TestPostgres : nullptr;
    return server;
  }

  static constexpr const char* kNotInstalled = "NOT RUN: PostgreSQL 15 is not installed; `tools/setup test` does it";

  // As the superuser, over the unix socket, in the database "postgres". Patient, since the machine may stand still for
  // seconds; a test of what takes too long says how long.
  PostgresOptions options() const {
    PostgresOptions options;
    options.connect_timeout = options.cancel_timeout = options.wait_max = std::chrono::minutes(1);
    options.host = directory_;
    options.port = port_;
    options.user = "banyan";
    options.database = "postgres";
    return options;
  }
  // Over TCP, as one of the users above.
  PostgresOptions options_over_tcp(const std::string& user) const {
    PostgresOptions options = this->options();
    options.host = "127.0.0.1";
    options.user = user;
    options.password = Secret("pässword-of-" + user);
    return options;
  }
  // The certificate of the server, for localhost and 127.0.0.1, signed by itself.
  std::string certificate() const { return directory_ + "/server.crt"; }
  const std::string& directory() const { return directory_; }
  std::uint16_t port() const { return port_; }

  void start() {
    std::promise<pid_t> begun;
    // It gets its signal when the thread that forked it ends (prctl(2), PR_SET_PDEATHSIG): this one stays as long.
    ended_ = std::async(std::launch::async, [this, &begun] {
      const pid_t pid = spawn({bin() + "/postgres", "-D", directory_ + "/data"}, "server.log");
      begun.set_value(pid);
      waitpid(pid, nullptr, 0);
    });
    server_ = begun.get_future().get();
    for (int i = 0; i < 3600; ++i) {
      if (run({bin() + "/pg_isready", "-q", "-h", directory_, "-p", std::to_string(port_)})) return;
      BANYAN_CHECK(ended_.wait_for(std::chrono::seconds(0)) != std::future_status::ready);  // see server.log
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    check_failed(__FILE__, __LINE__, "the server comes up within minutes");
  }
  // Ends it. SIGINT: sessions are told; SIGQUIT: at once.
  void stop(int signal) {
    if (server_ < 0) return;
    ::kill(server_, signal);
    ended_.wait();
    server_ = -1;
  }
  // Runs statements by psql, as a stranger would.
  bool psql(const std::string& text) const {
    return run({bin() + "/psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", directory_, "-p", std::to_string(port_), "-U",
                "banyan", "-d", "postgres", "-c", text});
  }

 private:
  static std::string bin() { return "/usr/lib/postgresql/15/bin"; }
  static bool installed() { return access((bin() + "/initdb").c_str(), X_OK) == 0; }

  TestPostgres() {
    char path[] = "/tmp/banyan_postgres_XXXXXX";
    BANYAN_CHECK(mkdtemp(path) != nullptr);
    directory_ = path;
    port_ = free_port();
    const passwd* user = geteuid() == 0 ? getpwnam("postgres") : nullptr;
    BANYAN_CHECK(geteuid() != 0 || user != nullptr);
    if (user != nullptr) BANYAN_CHECK(chown(path, user->pw_uid, user->pw_gid) == 0);
    chmod(path, 0755);
    BANYAN_CHECK(run({bin() + "/initdb", "-D", directory_ + "/data", "-U", "banyan", "-A", "trust", "-N", "-E", "UTF8",
                      "--locale=C.UTF-8"}));
    BANYAN_CHECK(run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                      "-keyout", directory_ + "/server.key", "-out", certificate()}));
    configure();
    atexit([] { instance()->clean_up(); });
    start();
    BANYAN_CHECK(
        psql("CREATE ROLE scram LOGIN PASSWORD 'pässword-of-scram'; CREATE ROLE tls_only LOGIN PASSWORD "
             "'pässword-of-tls_only'; CREATE ROLE clear LOGIN PASSWORD 'pässword-of-clear'"));
    BANYAN_CHECK(psql("SET password_encryption = 'md5'; CREATE ROLE md5user LOGIN PASSWORD 'pässword-of-md5user'"));
  }

  void configure() const {
    std::ofstream(directory_ + "/data/postgresql.conf", std::ios::app)
        << "listen_addresses = '127.0.0.1'\nport = " << port_ << "\nunix_socket_directories = '" << directory_
        << "'\nssl = on\nssl_cert_file = '" << certificate() << "'\nssl_key_file = '" << directory_
        << "/server.key'\nfsync = off\nmax_connections = 60\nlog_min_messages = warning\ntimezone = 'UTC'\n";
    std::ofstream(directory_ + "/data/pg_hba.conf") << "local all banyan trust\n"
                                                       "hostssl all tls_only 127.0.0.1/32 scram-sha-256\n"
                                                       "host all scram 127.0.0.1/32 scram-sha-256\n"
                                                       "host all md5user 127.0.0.1/32 md5\n"
                                                       "host all clear 127.0.0.1/32 password\n"
                                                       "host all banyan 127.0.0.1/32 trust\n";
  }

  void clean_up() {
    stop(SIGQUIT);
    run({"rm", "-rf", directory_});
  }

  // As the user postgres where we are root, since PostgreSQL refuses to run as root.
  pid_t spawn(std::vector<std::string> command, const std::string& log) const {
    if (geteuid() == 0) {
      const std::vector<std::string> as_user = {"setpriv",       "--reuid=postgres", "--regid=postgres",
                                                "--init-groups", "--pdeathsig=QUIT", "--"};
      command.insert(command.begin(), as_user.begin(), as_user.end());
    }
    const std::string log_path = directory_ + "/" + log;
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::fflush(nullptr);
    const pid_t pid = fork();
    BANYAN_CHECK(pid >= 0);
    if (pid > 0) return pid;
    if (std::freopen(log_path.c_str(), "a", stdout) == nullptr) _exit(126);
    dup2(fileno(stdout), fileno(stderr));
    if (chdir("/") != 0) _exit(126);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  bool run(std::vector<std::string> command) const {
    int status = 0;
    const pid_t pid = spawn(std::move(command), "commands.log");
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  // It stays bound, without listening, so that nobody but the server, which sets SO_REUSEADDR, gets it meanwhile.
  static std::uint16_t free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int reuse = 1;
    BANYAN_CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse) == 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    BANYAN_CHECK(bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
    BANYAN_CHECK(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    return ntohs(address.sin_port);
  }

  std::string directory_;
  std::uint16_t port_ = 0;
  pid_t server_ = -1;
  std::future<void> ended_;
};

}  // namespace banyan
