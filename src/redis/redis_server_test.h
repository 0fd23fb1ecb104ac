// For tests: a real redis-server of one's own, on a unix socket and a free port of loopback, without persistence.
#pragma once

#include <signal.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "redis/redis_options.h"
#include "static_files/oracle_server.h"

namespace banyan {

// Ends a test's task with a sentence when `holds` is false.
inline Result<void> expect(bool holds, const std::string& what) {
  if (holds) return {};
  return Error(ErrorCode::kInternal, "expected: " + what);
}

class RedisTestServer {
 public:
  // `more`: lines of configuration.
  explicit RedisTestServer(std::string more = "") : more_(std::move(more)), port_(oracle::free_port()) { start(); }

  static bool is_installed() { return !oracle::find_program("redis-server").empty(); }

  void start() {
    unlink(socket_path().c_str());
    const std::string file = folder_.path() + "/redis.conf";
    oracle::write_file(file, "bind 127.0.0.1\nport " + std::to_string(port_) + "\nunixsocket " + socket_path() +
                                 "\nunixsocketperm 700\nsave \"\"\nappendonly no\ndaemonize no\nio-threads 1\ndir " +
                                 folder_.path() + "\n" + more_);
    child_ = std::make_unique<oracle::Child>(std::vector<std::string>{oracle::find_program("redis-server"), file},
                                             folder_.path() + "/redis.log");
    close(oracle::connect_to_socket(socket_path()));  // waits until it listens
  }
  void stop() { child_.reset(); }
  void kill_and_restart() {
    signal(SIGKILL);
    stop();
    start();
  }
  // SIGSTOP, SIGCONT, SIGKILL.
  void signal(int number) const { kill(child_->pid(), number); }

  std::string socket_path() const { return folder_.path() + "/redis.sock"; }
  const std::string& folder() const { return folder_.path(); }
  int port() const { return port_; }
  std::string log() const { return oracle::read_file(folder_.path() + "/redis.log"); }
  // Patient, since the machine may stand still for seconds; a test of what takes too long says how long.
  RedisOptions options() const {
    RedisOptions options;
    options.address = "unix:" + socket_path();
    options.connect_timeout = options.command_timeout = options.silence_max = options.patience =
        std::chrono::minutes(1);
    return options;
  }

 private:
  oracle::TemporaryFolder folder_;
  std::string more_;
  int port_;
  std::unique_ptr<oracle::Child> child_;
};

}  // namespace banyan
