#include "php_session/php_session_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/blocking.h"
#include "runtime/context.h"
#include "runtime/wait.h"

// No message has the path of a session's file: it ends in the id, which is a secret.
namespace banyan {
namespace {

using namespace std::chrono_literals;

Error failed(const char* what) { return Error::from_errno(errno, what).add_context("php session"); }
Error not_there() { return Error(ErrorCode::kNotFound, "php session: there is no session of this id"); }

// What PHP demands of a file: it is our own, or root's, or we are root.
bool is_ours(const struct stat& file) {
  return file.st_uid == 0 || file.st_uid == getuid() || file.st_uid == geteuid() || getuid() == 0;
}

Result<int> open_file(const std::string& path, int flags, unsigned mode) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, static_cast<mode_t>(mode));
  if (fd < 0 && errno == ENOENT && (flags & O_CREAT) == 0) return not_there();
  if (fd < 0) return failed("opening a file under session.save_path");
  struct stat file{};
  if (fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && is_ours(file)) return fd;
  ::close(fd);
  return Error(ErrorCode::kPermissionDenied,
               "php session: the file is another user's, or none; run as the user of the PHP application");
}

// False: others have it. What was removed while we waited is no session any more.
Result<bool> try_lock(int fd) {
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) return failed("locking the file");
  }
  struct stat file{};
  if (fstat(fd, &file) != 0) return failed("looking at the file");
  if (file.st_nlink == 0) return not_there();
  return true;
}

Result<std::string> read_all(int fd) {
  struct stat file{};
  if (fstat(fd, &file) != 0) return failed("looking at the file");
  if (static_cast<std::uint64_t>(file.st_size) > kPhpSessionBytesMax) {
    return Error(ErrorCode::kDataLoss, "php session: more than 16 MiB");
  }
  std::string bytes(static_cast<std::size_t>(file.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t n = pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("reading the file");
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  bytes.resize(have);
  futimens(fd, nullptr);  // used now; where that is not allowed, its age counts from the last write
  return bytes;
}

Result<void> write_all(int fd, std::string_view bytes) {
  // A full disk shows before anything is overwritten. File systems that cannot reserve space say so below.
  if (!bytes.empty() && fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes.size())) != 0 &&
      (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)) {
    return failed("writing the file");
  }
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = pwrite(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("writing the file");
    done += static_cast<std::size_t>(n);
  }
  if (ftruncate(fd, static_cast<off_t>(bytes.size())) != 0) return failed("cutting the file");
  return {};
}

class FileHold final : public PhpSessionHold {
 public:
  FileHold(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  FileHold(const FileHold&) = delete;
  FileHold& operator=(const FileHold&) = delete;
  ~FileHold() override { ::close(fd_); }
  int fd() const { return fd_; }

  Task<Result<void>> write(const std::string& bytes) override {
    co_return co_await blocking([&] { return write_all(fd_, bytes); });
  }
  Task<Result<void>> destroy() override {
    co_return co_await blocking([&]() -> Result<void> {
      if (unlink(path_.c_str()) != 0 && errno != ENOENT) return failed("removing the file");
      return {};
    });
  }

 private:
  std::string path_;
  int fd_;
};

}  // namespace

Task<Result<PhpSession>> PhpSessionFiles::open(std::string id) const {
  std::string path = co_await try_(path_.file_of(id));
  const int fd = co_await try_(co_await blocking([&] { return open_file(path, 0, 0); }));
  auto hold = std::make_unique<FileHold>(std::move(path), fd);
  co_await try_(lock(fd));
  const std::string bytes = co_await try_(co_await blocking([&] { return read_all(fd); }));
  PhpSession session(std::move(id), format_, std::move(hold));
  session.data = co_await try_(PhpSessionData::parse(bytes, format_));
  co_return session;
}

Task<Result<PhpSession>> PhpSessionFiles::create() const {
  std::string id = new_php_session_id();
  std::string path = co_await try_(path_.file_of(id));
  const int fd = co_await try_(co_await blocking([&] { return open_file(path, O_CREAT | O_EXCL, path_.mode); }));
  auto hold = std::make_unique<FileHold>(std::move(path), fd);
  co_await try_(lock(fd));
  co_return PhpSession(std::move(id), format_, std::move(hold));
}

Task<Result<void>> PhpSessionFiles::lock(int fd) const {
  const TimePoint end = time_after(lock_timeout_);
  for (Duration pause = 1ms;; pause = std::min<Duration>(pause * 2, 10ms)) {
    if (co_await try_(co_await blocking([&] { return try_lock(fd); }))) co_return {};
    if (time_after(pause) > end) {
      co_return Error(ErrorCode::kDeadlineExceeded, "php session: others had its lock all the time");
    }
    co_await try_(co_await sleep_for(pause));
  }
}

}  // namespace banyan
