// For tests: a real server (nginx, php-fpm) run beside the code it judges.
//
// Each runs in the foreground with files of its own in a temporary folder and a free port of loopback, as a child of
// the test that ends with it. Nothing of the machine's own configuration or services is touched.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <future>
#include <string>
#include <string_view>
#include <vector>

namespace banyan::oracle {

// The full path of a program, "" where it is not installed.
inline std::string find_program(std::string_view name) {
  for (std::string folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"}) {
    std::string path = folder + std::string(name);
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

inline void write_file(const std::string& path, std::string_view content) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return;
  std::fwrite(content.data(), 1, content.size(), file);
  std::fclose(file);
}

inline std::string read_file(const std::string& path) {
  std::string content;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return content;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) content.append(buffer, n);
  std::fclose(file);
  return content;
}

// A new folder, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    char pattern[] = "/tmp/banyan-oracle-XXXXXX";
    path_ = mkdtemp(pattern);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    auto remove_one = [](const char* path, const struct stat*, int, FTW*) { return std::remove(path); };
    nftw(path_.c_str(), remove_one, 16, FTW_DEPTH | FTW_PHYS);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A program run in the foreground, its output in a file; ended with the object.
class Child {
 public:
  Child(const std::vector<std::string>& command, const std::string& log) {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    std::promise<pid_t> begun;
    // It gets its signal when the thread that forked it ends (prctl(2), PR_SET_PDEATHSIG): this one stays as long.
    ended_ = std::async(std::launch::async, [&arguments, &log, &begun] {
      const pid_t pid = fork();
      if (pid == 0) run(arguments.data(), log.c_str());
      if (pid < 0) std::abort();  // to signal it would signal everybody
      begun.set_value(pid);
      waitpid(pid, nullptr, 0);
    });
    pid_ = begun.get_future().get();
  }
  Child(const Child&) = delete;
  pid_t pid() const { return pid_; }
  ~Child() {
    if (ends_within(std::chrono::seconds(0))) return;
    kill(pid_, SIGTERM);
    if (!ends_within(std::chrono::seconds(30))) kill(pid_, SIGKILL);
  }

 private:
  [[noreturn]] static void run(char* const* arguments, const char* log) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // a test that crashes leaves nothing running
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dup2(out, 1);
    dup2(out, 2);
    execv(arguments[0], arguments);
    _exit(127);
  }
  bool ends_within(std::chrono::seconds time) const { return ended_.wait_for(time) == std::future_status::ready; }

  pid_t pid_ = 0;
  std::future<void> ended_;  // waits for the end when it is destroyed
};

inline sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A port nobody listens on now, and which nobody but the server that is told of it gets before this process ends: it
// stays bound, without listening, and whoever listens sets SO_REUSEADDR, as servers do.
inline int free_port() {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int reuse = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  bind(fd, reinterpret_cast<sockaddr*>(&address), length);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}

// A connected descriptor, tried again for up to a minute, or -1.
inline int connect_to(const sockaddr* address, socklen_t length) {
  for (int i = 0; i < 6000; ++i) {
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, address, length) == 0) return fd;
    close(fd);
    usleep(10000);
  }
  return -1;
}
inline int connect_to_port(int port) {
  sockaddr_in address = loopback(port);
  return connect_to(reinterpret_cast<sockaddr*>(&address), sizeof address);
}
inline int connect_to_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return connect_to(reinterpret_cast<sockaddr*>(&address), sizeof address);
}

inline bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Sends `request` and reads to the end of the connection, which it closes.
inline std::string exchange(int fd, std::string_view request) {
  std::string answer;
  if (fd < 0) return answer;
  send_all(fd, request);
  char buffer[16384];
  for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;) answer.append(buffer, static_cast<std::size_t>(n));
  close(fd);
  return answer;
}

// A message cut into its parts.
struct Answer {
  int status = 0;
  std::vector<std::string> fields;  // lines
  std::string body;

  // The value of the first field of that name (case as given), "" where there is none.
  std::string field(std::string_view name) const {
    for (const std::string& line : fields) {
      if (line.starts_with(name) && line.substr(name.size(), 2) == ": ") return line.substr(name.size() + 2);
    }
    return {};
  }
};

inline Answer split_answer(const std::string& bytes) {
  Answer answer;
  std::size_t at = bytes.find("\r\n");
  if (at == std::string::npos) return answer;
  answer.status = std::atoi(bytes.c_str() + 9);
  for (at += 2; at < bytes.size();) {
    std::size_t end = bytes.find("\r\n", at);
    if (end == std::string::npos || end == at) break;
    answer.fields.push_back(bytes.substr(at, end - at));
    at = end + 2;
  }
  answer.body = bytes.substr(std::min(at + 2, bytes.size()));
  return answer;
}

// nginx with one server of these directives. Empty `program` means it is not installed.
class Nginx {
 public:
  explicit Nginx(const std::string& folder, const std::string& server)
      : port_(free_port()),
        child_({program(), "-p", folder, "-e", folder + "/error.log", "-c", config(folder, server)},
               folder + "/nginx.log") {}

  static std::string program() { return find_program("nginx"); }
  int port() const { return port_; }
  Answer ask(std::string_view request) const { return split_answer(exchange(connect_to_port(port_), request)); }

 private:
  std::string config(const std::string& folder, const std::string& server) const {
    std::string path = folder + "/nginx.conf";
    std::string temporary;
    for (std::string kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
      temporary += kind + "_temp_path " + folder + "/" + kind + ";\n";
    }
    write_file(path, "daemon off; master_process off; pid " + folder +
                         "/nginx.pid;\nevents {}\nhttp {\naccess_log off;\n" + temporary +
                         "include /etc/nginx/mime.types; default_type application/octet-stream;\n" +
                         "server { listen 127.0.0.1:" + std::to_string(port_) + ";\n" + server + "\n}\n}\n");
    return path;
  }

  int port_;
  Child child_;
};

}  // namespace banyan::oracle
