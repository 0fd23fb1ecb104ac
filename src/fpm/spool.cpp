#include "fpm/spool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "runtime/blocking.h"

namespace banyan {
namespace {

// A descriptor, or a negated errno. Not every file system knows O_TMPFILE.
int open_unnamed(const std::string& folder) {
  int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) return file;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) return -errno;
  std::string path = folder + "/banyan-spool-XXXXXX";
  file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) return -errno;
  ::unlink(path.c_str());
  return file;
}

// 0 or a negated errno.
int write_all(int file, std::string_view data, std::uint64_t offset) {
  while (!data.empty()) {
    const ssize_t n = ::pwrite(file, data.data(), data.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    data.remove_prefix(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return 0;
}

std::string spool_folder(std::string folder) {
  if (!folder.empty()) return folder;
  const char* variable = ::getenv("TMPDIR");
  return variable != nullptr && *variable != '\0' ? variable : "/tmp";
}

}  // namespace

Spool::~Spool() {
  if (file_ >= 0) ::close(file_);
}

Error Spool::disk_error(int errno_value) const {
  Error error(ErrorCode::kResourceExhausted,
              "no room to spool a request body in " + folder_ + ": " + std::strerror(errno_value));
  log_error("spool_failed", {{"folder", folder_}, {"error", std::strerror(errno_value)}});
  return error;
}

Task<Result<std::unique_ptr<Spool>>> Spool::fill(std::string_view begun, BodySource& body, MemoryBudget& memory,
                                                 std::string folder) {
  constexpr auto kSmallBytes = static_cast<std::uint64_t>(BufferSize::kSmall);
  const bool small = body.bytes_left() && *body.bytes_left() + begun.size() <= kSmallBytes;
  BufferLease buffer = co_await try_(BufferLease::take(memory, small ? BufferSize::kSmall : BufferSize::kLarge));
  std::unique_ptr<Spool> spool(new Spool(std::move(buffer), spool_folder(std::move(folder))));
  co_await try_(spool->append(begun));
  for (;;) {
    BodyFrame frame;
    if (!body.try_next(&frame)) frame = co_await try_(body.next());
    if (frame.kind == BodyFrame::Kind::kEnd) break;
    co_await try_(spool->append(frame.data));
  }
  if (spool->file_ >= 0) co_await try_(spool->flush());
  co_return spool;
}

Task<Result<void>> Spool::append(std::string_view data) {
  while (!data.empty()) {
    if (filled_ == buffer_.size()) co_await try_(flush());
    const std::size_t bytes = std::min(data.size(), buffer_.size() - filled_);
    std::memcpy(buffer_.data() + filled_, data.data(), bytes);
    filled_ += bytes;
    size_ += bytes;
    data.remove_prefix(bytes);
  }
  co_return {};
}

Task<Result<void>> Spool::flush() {
  const int failed = co_await blocking([this] {
    if (file_ < 0) file_ = open_unnamed(folder_);
    if (file_ < 0) return file_;
    return write_all(file_, {reinterpret_cast<const char*>(buffer_.data()), filled_}, size_ - filled_);
  });
  if (failed < 0) co_return disk_error(-failed);
  filled_ = 0;
  co_return {};
}

bool Spool::try_next(BodyFrame* frame) {
  if (given_ == size_) {
    *frame = {};
    return true;
  }
  if (file_ >= 0) return false;
  *frame = {BodyFrame::Kind::kData, {reinterpret_cast<const char*>(buffer_.data()), filled_}, nullptr};
  given_ = size_;
  return true;
}

Task<Result<BodyFrame>> Spool::next() {
  BodyFrame frame;
  if (try_next(&frame)) co_return frame;
  const ssize_t n = co_await blocking([this] {
    const ssize_t got = ::pread(file_, buffer_.data(), buffer_.size(), static_cast<off_t>(given_));
    return got < 0 ? -errno : got;
  });
  if (n < 0) co_return disk_error(static_cast<int>(-n));
  if (n == 0) co_return Error(ErrorCode::kDataLoss, "the spooled request body became shorter");
  given_ += static_cast<std::uint64_t>(n);
  co_return BodyFrame{
      BodyFrame::Kind::kData, {reinterpret_cast<const char*>(buffer_.data()), static_cast<std::size_t>(n)}, nullptr};
}

}  // namespace banyan
