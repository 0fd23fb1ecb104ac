#include "php_report/churn.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <vector>

extern char** environ;

namespace banyan::php {

namespace {

constexpr std::size_t kLineBytesMax = 16 * 1024;
constexpr std::size_t kFilesMax = 200'000;

// Reads until the end of the pipe; false where the time ran out first.
bool read_all(int pipe, ChurnReader& reader, TimePoint deadline) {
  char buffer[65536];
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_now()).count();
    if (left <= 0) return false;
    pollfd wanted{.fd = pipe, .events = POLLIN, .revents = 0};
    const int ready = poll(&wanted, 1, static_cast<int>(std::min<long long>(left, 60'000)));
    if (ready < 0 && errno != EINTR) return true;
    if (ready <= 0) continue;
    const ssize_t n = read(pipe, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return true;
    reader.feed(std::string_view(buffer, static_cast<std::size_t>(n)));
  }
}

}  // namespace

void ChurnReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    if (partial_.size() < kLineBytesMax) partial_ += bytes.substr(0, newline);
    if (newline == bytes.npos) return;
    read_line(partial_);
    partial_.clear();
    bytes.remove_prefix(newline + 1);
  }
}

// "12\t3\tsrc/a.php"; "-\t-\tlogo.png" for what is not text.
void ChurnReader::read_line(std::string_view line) {
  const std::size_t first = line.find('\t');
  const std::size_t second = first == line.npos ? first : line.find('\t', first + 1);
  if (second == line.npos || !line.ends_with(".php")) return;
  std::uint64_t added = 0, removed = 0;
  std::from_chars(line.data(), line.data() + first, added);
  std::from_chars(line.data() + first + 1, line.data() + second, removed);
  const std::string_view path = line.substr(second + 1);
  auto file = churn_.find(path);
  if (file == churn_.end()) {
    if (churn_.size() >= kFilesMax) return;
    file = churn_.emplace(std::string(path), FileChurn()).first;
  }
  ++file->second.commits;
  file->second.lines += added + removed;
}

Result<Churn> read_churn(const std::string& folder, Duration time_limit) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Error::from_errno(errno, "asking git for the history");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  std::string arguments[] = {"git", "-C",        folder,       "-c",           "core.quotepath=off",
                             "log", "--numstat", "--relative", "--no-renames", "--format=%x01",
                             "--",  "."};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t git = 0;
  const int error = posix_spawnp(&git, "git", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    return Error(ErrorCode::kNotFound, "git could not be run");
  }
  ChurnReader reader;
  const bool in_time = read_all(ends[0], reader, steady_now() + time_limit);
  close(ends[0]);
  if (!in_time) kill(git, SIGKILL);
  int status = 0;
  while (waitpid(git, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return Error(ErrorCode::kDeadlineExceeded, "the history of git takes too long to read");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error(ErrorCode::kNotFound, "the files are in no git repository with a history");
  }
  return reader.take();
}

}  // namespace banyan::php
