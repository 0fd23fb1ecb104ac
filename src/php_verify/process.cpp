#include "php_verify/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <optional>

extern char** environ;

namespace banyan::php {

namespace {

constexpr int kAnswersFd = 3;
constexpr int kPollMs = 50;
constexpr std::size_t kAnswerBytesMax = 1 << 20;
constexpr std::size_t kLogBytesMax = 16 * 1024;
constexpr rlim_t kFileBytesMax = 8 << 20;

// A child with one pipe to read from, which takes the place of the descriptors named.
struct Child {
  pid_t pid = 0;
  int pipe = -1;
};

struct Streams {
  std::string folder;    // empty: this one
  std::string log;       // where output and errors go; empty: into the pipe
  bool answers = false;  // the pipe is descriptor 3
};

Result<Child> start(const std::vector<std::string>& argv, const Streams& streams) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Error::from_errno(errno, "running " + argv[0]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (streams.answers) {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, streams.log.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], kAnswersFd);
  } else {
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  }
  if (!streams.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, streams.folder.c_str());
  std::vector<char*> pointers;
  for (const std::string& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  Child child{.pipe = ends[0]};
  const int error = posix_spawnp(&child.pid, argv[0].c_str(), &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error == 0) return child;
  close(ends[0]);
  return Error::from_errno(error, "running " + argv[0]);
}

int reap(const Child& child) {
  close(child.pipe);
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Ready to be read within the time; false where it is not.
bool readable_within(int pipe, int milliseconds) {
  pollfd wanted{.fd = pipe, .events = POLLIN, .revents = 0};
  return poll(&wanted, 1, milliseconds) > 0;
}

// What the process has used of the processors so far.
Duration processor_time(pid_t pid) {
  const int file = open(("/proc/" + std::to_string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  char text[1024];
  const ssize_t n = read(file, text, sizeof text);
  close(file);
  std::string_view rest(text, n > 0 ? static_cast<std::size_t>(n) : 0);
  rest.remove_prefix(std::min(rest.rfind(')') + 1, rest.size()));  // the name may have anything in it
  std::uint64_t ticks = 0;
  for (int field = 2; field <= 14 && !rest.empty(); ++field) {
    if (field >= 13) {  // utime and stime, which are fields 14 and 15 of the line
      std::uint64_t value = 0;
      std::from_chars(rest.data() + 1, rest.data() + rest.size(), value);
      ticks += value;
    }
    const std::size_t space = rest.find(' ', 1);
    rest.remove_prefix(space == rest.npos ? rest.size() : space);
  }
  static const auto kPerSecond = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  return std::chrono::milliseconds(ticks * 1000 / kPerSecond);
}

std::string log_tail(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return "";
  std::string text(kLogBytesMax, '\0');
  const ssize_t n = read(file, text.data(), text.size());
  close(file);
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text;
}

bool says_memory(std::string_view log) {
  for (const std::string_view mark :
       {"Allowed memory size", "Out of memory", "out of memory", "cannot allocate memory"}) {
    if (log.find(mark) != log.npos) return true;
  }
  return false;
}

// The line that tells why a program died: PHP's fatal error, Go's panic, what a sanitizer of C++ found.
std::string why_it_died(std::string_view log, int status) {
  for (const std::string_view mark : {"fatal error: ", "Fatal error: ", "panic: ", "runtime: ", "runtime error: ",
                                      "AddressSanitizer: ", "terminate called", "stopped: "}) {
    const std::size_t at = log.find(mark);
    if (at != log.npos) return std::string(log.substr(at, std::min(log.find('\n', at) - at, std::size_t{300})));
  }
  return status > 128 ? "ended by signal " + std::to_string(status - 128)
                      : "ended with status " + std::to_string(status);
}

// One process of a harness, of which answers are read line by line.
class Conversation {
 public:
  Conversation(const Child& child, const CallLimits& limits, std::uint64_t memory_bytes)
      : child_(child), limits_(limits) {
    const rlimit memory{memory_bytes, memory_bytes};
    if (memory_bytes != 0) prlimit(child.pid, RLIMIT_DATA, &memory, nullptr);
    const rlimit file{kFileBytesMax, kFileBytesMax};
    prlimit(child.pid, RLIMIT_FSIZE, &file, nullptr);
    const rlimit core{0, 0};
    prlimit(child.pid, RLIMIT_CORE, &core, nullptr);
  }

  // The next line; nothing where the process ended, or was ended for it took too long.
  std::optional<std::string> line() {
    const TimePoint begin = steady_now();
    const Duration used = processor_time(child_.pid);
    while (true) {
      const std::size_t end = buffer_.find('\n', searched_);
      if (end != buffer_.npos) {
        std::string out = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        searched_ = 0;
        return out;
      }
      searched_ = buffer_.size();
      if (readable_within(child_.pipe, kPollMs)) {
        char bytes[65536];
        const ssize_t n = read(child_.pipe, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0 || buffer_.size() > kAnswerBytesMax) return std::nullopt;
        buffer_.append(bytes, static_cast<std::size_t>(n));
      } else if (steady_now() - begin > limits_.wall_time ||
                 processor_time(child_.pid) - used > limits_.processor_time) {
        too_long_ = true;
        return std::nullopt;
      }
    }
  }

  bool took_too_long() const { return too_long_; }

  // Ends it, where it has not ended; its status.
  int finish() {
    kill(child_.pid, SIGKILL);
    return reap(child_);
  }

 private:
  Child child_;
  CallLimits limits_;
  std::string buffer_;
  std::size_t searched_ = 0;
  bool too_long_ = false;
};

}  // namespace

Result<RunResult> run_program(const std::vector<std::string>& argv, const std::string& folder, Duration time_limit) {
  BANYAN_TRY(const Child child, start(argv, {.folder = folder, .log = {}}));
  RunResult out;
  const TimePoint deadline = steady_now() + time_limit;
  while (true) {
    if (steady_now() > deadline) {
      out.timed_out = true;
      kill(child.pid, SIGKILL);
      break;
    }
    if (!readable_within(child.pipe, kPollMs)) continue;
    char bytes[65536];
    const ssize_t n = read(child.pipe, bytes, sizeof bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    if (out.output.size() < RunResult::kOutputBytesMax) out.output.append(bytes, static_cast<std::size_t>(n));
  }
  out.status = reap(child);
  return out;
}

Result<std::vector<CallAnswer>> make_calls(const Harness& harness, std::size_t count, std::size_t deaths_max,
                                           const CallLimits& limits) {
  std::vector<CallAnswer> out(count);
  std::size_t next = 0;
  for (std::size_t deaths = 0; next < count && deaths <= deaths_max; ++deaths) {
    std::vector<std::string> argv = harness.argv;
    for (const std::string& one : {harness.plan, harness.calls, std::to_string(next)}) argv.push_back(one);
    BANYAN_TRY(const Child child, start(argv, {.folder = {}, .log = harness.log, .answers = true}));
    Conversation conversation(child, limits, harness.memory_bytes);
    const std::optional<std::string> hello = conversation.line();
    if (!hello || *hello != "ready") {
      const int status = conversation.finish();
      std::string why = hello                          ? hello->substr(std::min<std::size_t>(7, hello->size()))
                        : conversation.took_too_long() ? "it takes too long"
                                                       : why_it_died(log_tail(harness.log), status);
      return Error(ErrorCode::kFailedPrecondition, std::move(why));
    }
    std::optional<std::string> answer;
    while (next < count && (answer = conversation.line())) out[next++] = {CallEnd::kAnswered, *std::move(answer)};
    if (next == count) {
      conversation.finish();
      break;
    }
    const bool slow = conversation.took_too_long();
    const int status = conversation.finish();
    const std::string log = log_tail(harness.log);
    out[next++] = {slow               ? CallEnd::kTime
                   : says_memory(log) ? CallEnd::kMemory
                                      : CallEnd::kDied,
                   slow ? "took too long" : why_it_died(log, status)};
  }
  return out;
}

}  // namespace banyan::php
