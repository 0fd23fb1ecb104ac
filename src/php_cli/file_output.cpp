#include "php_cli/file_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace banyan {

namespace {

constexpr std::size_t kInputBytesMax = std::size_t{256} << 20;

std::string link_target(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(realpath(path.c_str(), nullptr), std::free);
  return real == nullptr ? path : std::string(real.get());
}

Result<void> write_all(int descriptor, const std::string& text, const std::string& path) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t n = write(descriptor, text.data() + written, text.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Error::from_errno(errno, "writing " + path);
    written += static_cast<std::size_t>(n);
  }
  return {};
}

// What cannot be replaced, such as /dev/stdout, is written to as it is.
Result<void> write_in_place(const std::string& path, const std::string& text) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (descriptor < 0) return Error::from_errno(errno, "writing " + path);
  Result<void> result = write_all(descriptor, text, path);
  if (close(descriptor) != 0 && result.ok()) return Error::from_errno(errno, "writing " + path);
  return result;
}

}  // namespace

Result<void> write_file(const std::string& path, const std::string& text) {
  const std::string target = link_target(path);
  struct stat status{};
  const bool exists = stat(target.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) return write_in_place(target, text);
  std::string temporary = target + ".XXXXXX";
  const int descriptor = mkstemp(temporary.data());
  if (descriptor < 0) return Error::from_errno(errno, "writing " + path);
  Result<void> result = write_all(descriptor, text, path);
  const mode_t mask = umask(0);
  umask(mask);
  const mode_t mode = exists ? status.st_mode & 07777 : 0666 & ~mask;
  if (result.ok() && fchmod(descriptor, mode) != 0) result = Error::from_errno(errno, "writing " + path);
  if (close(descriptor) != 0 && result.ok()) result = Error::from_errno(errno, "writing " + path);
  if (result.ok() && rename(temporary.c_str(), target.c_str()) != 0) {
    result = Error::from_errno(errno, "writing " + path);
  }
  if (!result.ok()) unlink(temporary.c_str());
  return result;
}

Result<std::string> read_standard_input() {
  std::string text;
  char buffer[65536];
  std::size_t n;
  while ((n = std::fread(buffer, 1, sizeof buffer, stdin)) > 0) {
    text.append(buffer, n);
    if (text.size() > kInputBytesMax) {
      return Error(ErrorCode::kResourceExhausted, "standard input has more than 256 MiB: give a file");
    }
  }
  if (std::ferror(stdin) != 0) return Error::from_errno(errno, "reading standard input");
  return text;
}

}  // namespace banyan
