#include "php_runtime/stream_sources.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "php_runtime/builtin.h"
#include "php_runtime/file_access.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

FileSource::~FileSource() {
  if (owned_) ::close(fd_);
}

ssize_t FileSource::read(char* out, std::size_t size) {
  ssize_t got = 0;
  do {
    got = ::read(fd_, out, size);
  } while (got < 0 && errno == EINTR);
  return got;
}

ssize_t FileSource::write(std::string_view bytes) {
  if (standard_ == STDOUT_FILENO) {
    flush_output();  // keeps the order with echo
    if (context().written != nullptr) {
      context().written->append(bytes);
      return static_cast<ssize_t>(bytes.size());
    }
  }
  ssize_t put = 0;
  do {
    put = ::write(fd_, bytes.data(), bytes.size());
  } while (put < 0 && errno == EINTR);
  return put;
}

bool FileSource::seek(Int offset, int whence, Int& place) {
  const off_t at = ::lseek(fd_, offset, whence);
  if (at < 0) return false;
  place = at;
  return true;
}

bool FileSource::truncate(Int size) { return ::ftruncate(fd_, size) == 0; }
bool FileSource::stat(struct stat& out) const { return ::fstat(fd_, &out) == 0; }

bool FileSource::is_mapped() const {
  struct stat info{};
  return standard_ < 0 && (flags_ & O_ACCMODE) != O_WRONLY && stat(info) && S_ISREG(info.st_mode);
}

namespace {

class MemorySource final : public StreamSource {
 public:
  explicit MemorySource(std::string_view mode)
      : appends_(has(mode, 'a')), is_fixed_(!appends_ && !has(mode, '+') && !has(mode, 'w')) {}
  std::string_view mode() const { return appends_ ? "a+b" : is_fixed_ ? "rb" : "w+b"; }
  bool is_fixed() const { return is_fixed_; }
  const std::string& data() const { return data_; }
  Int at() const { return static_cast<Int>(at_); }

  ssize_t read(char* out, std::size_t size) override {
    const std::size_t count = data_.copy(out, size, std::min(at_, data_.size()));
    at_ += count;
    return static_cast<ssize_t>(count);
  }

  ssize_t write(std::string_view bytes) override {
    errno = 0;
    if (is_fixed_) return -1;
    if (appends_) at_ = data_.size();
    if (at_ + bytes.size() > static_cast<std::size_t>(kStringBytesMax)) out_of_memory();
    data_.replace(at_, std::min(bytes.size(), data_.size() - at_), bytes);
    at_ += bytes.size();
    return static_cast<ssize_t>(bytes.size());
  }

  bool seek(Int offset, int whence, Int& place) override {
    const Int size = length_of(data_);
    if (whence != SEEK_SET && whence != SEEK_END) {
      place = at();
      return false;
    }
    const bool from_end = whence == SEEK_END;
    const bool fits = from_end ? offset <= 0 && offset >= -size : offset >= 0 && offset <= size;
    const Int wanted = from_end ? size + std::min<Int>(offset, 0) : offset;
    at_ = fits ? index(wanted) : from_end && offset < 0 ? 0 : data_.size();
    place = fits ? at() : -1;
    return fits;
  }

  bool truncate(Int size) override {
    if (is_fixed_) return false;
    if (size > kStringBytesMax) out_of_memory();
    data_.resize(index(size));
    at_ = std::min(at_, data_.size());
    return true;
  }

  bool stat(struct stat& out) const override {
    out = {};
    out.st_dev = 12;
    out.st_mode = S_IFREG | (is_fixed_ ? 0444 : 0666);
    out.st_nlink = 1;
    out.st_rdev = static_cast<dev_t>(-1);
    out.st_size = length_of(data_);
    out.st_blksize = -1;
    out.st_blocks = -1;
    return true;
  }

 private:
  std::string data_;
  std::size_t at_ = 0;
  bool appends_, is_fixed_;
};

// Memory, and a file from `most` bytes on.
class TemporarySource final : public StreamSource {
 public:
  TemporarySource(std::unique_ptr<MemorySource> memory, Int most)
      : memory_(memory.get()), inner_(std::move(memory)), most_(most) {}

  ssize_t read(char* out, std::size_t size) override {
    std::size_t done = 0;
    is_short_ = false;
    while (done < size) {
      const ssize_t got = inner_->read(out + done, size - done);
      if (got < 0) return done > 0 ? static_cast<ssize_t>(done) : got;
      is_short_ = got == 0;
      if (is_short_) break;
      done += static_cast<std::size_t>(got);
    }
    return static_cast<ssize_t>(done);
  }
  bool is_short() const override { return is_short_; }

  ssize_t write(std::string_view bytes) override {
    if (memory_ != nullptr && !memory_->is_fixed() && length_of(memory_->data()) + length_of(bytes) >= most_) {
      auto made = std::make_unique<FileSource>(temporary_descriptor("fwrite"), O_RDWR);
      for (std::string_view rest = memory_->data(); !rest.empty();) {
        const ssize_t put = made->write(rest);
        if (put < 0) return put;
        rest.remove_prefix(static_cast<std::size_t>(put));
      }
      Int place = 0;
      made->seek(memory_->at(), SEEK_SET, place);
      memory_ = nullptr;
      inner_ = std::move(made);
    }
    return inner_->write(bytes);
  }
  bool seek(Int offset, int whence, Int& place) override { return inner_->seek(offset, whence, place); }
  bool truncate(Int size) override { return inner_->truncate(size); }
  bool stat(struct stat& out) const override { return inner_->stat(out); }
  FileSource* file() override { return inner_->file(); }

 private:
  MemorySource* memory_;  // null when it is a file
  std::unique_ptr<StreamSource> inner_;
  Int most_;
  bool is_short_ = false;
};

class OutputSource final : public StreamSource {
 public:
  ssize_t read(char*, std::size_t) override {
    errno = 0;
    return -1;
  }
  ssize_t write(std::string_view bytes) override {
    echo(bytes);
    return static_cast<ssize_t>(bytes.size());
  }
  bool seek(Int, int, Int&) override { return false; }
  bool can_truncate() const override { return false; }
  bool truncate(Int) override { return false; }
  bool stat(struct stat&) const override { return false; }
};

Int most_in_memory(std::string_view uri) {
  constexpr std::string_view kOption = "php://temp/maxmemory:";
  constexpr Int kUsual = 2 << 20;
  if (uri.size() <= kOption.size() || lower(uri.substr(0, kOption.size())) != kOption) return kUsual;
  const Int most = string_to_int(uri.substr(kOption.size()));
  if (most < 0) throw_value_error("Max memory must be greater than or equal to 0");
  return most;
}

}  // namespace

std::unique_ptr<Stream> open_memory(std::string_view uri, std::string_view mode, bool is_temporary) {
  auto memory = std::make_unique<MemorySource>(mode);
  const std::string_view shown = memory->mode();
  std::unique_ptr<StreamSource> source;
  if (is_temporary) {
    source = std::make_unique<TemporarySource>(std::move(memory), most_in_memory(uri));
  } else {
    source = std::move(memory);
  }
  auto out = std::make_unique<Stream>(std::move(source));
  out->is_seekable = out->is_whole = out->is_direct = true;
  out->uri = uri;
  out->mode = shown;
  out->wrapper = "PHP";
  out->type = is_temporary ? "TEMP" : "MEMORY";
  return out;
}

std::unique_ptr<Stream> open_output(std::string_view uri) {
  auto out = std::make_unique<Stream>(std::make_unique<OutputSource>());
  out->uri = uri;
  out->mode = "wb";
  out->wrapper = "PHP";
  out->type = "Output";
  return out;
}

}  // namespace banyan::php_runtime
