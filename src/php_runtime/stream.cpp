#include "php_runtime/stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "php_runtime/builtin.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/file_access.h"
#include "php_runtime/folder.h"
#include "php_runtime/resource.h"
#include "php_runtime/stream_sources.h"

namespace banyan::php_runtime {

namespace {

constexpr std::size_t kMappedBytes = 1 << 20;  // of a plain file that is handed on
constexpr Int kPageBytes = 4096;

void complain(std::string_view function, std::string_view what, std::size_t size, int error) {
  notice(concat({function, "(): ", what, " of ", std::to_string(size),
                 " bytes failed with errno=", std::to_string(error), " ", error_text(error)}));
}

}  // namespace

Stream::Stream(std::unique_ptr<StreamSource> source) : source_(std::move(source)) {}
Stream::Stream(std::unique_ptr<Folder> folder) : folder_(std::move(folder)) {}
Stream::~Stream() = default;

void Stream::forget_ahead() {
  ahead_.clear();
  begin_ = 0;
}

bool Stream::fill(std::string_view function, std::size_t size) {
  return unread() >= size || read_piece(function, kChunkBytes);
}

// One more piece is read ahead; false where that fails.
bool Stream::read_piece(std::string_view function, std::size_t size) {
  ahead_.erase(0, std::exchange(begin_, 0));
  const std::size_t before = ahead_.size();
  if (before + size > static_cast<std::size_t>(kStringBytesMax)) out_of_memory();
  ahead_.resize(before + size);
  const ssize_t got = source_->read(ahead_.data() + before, size);
  const int error = errno;
  ahead_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0) {
    if (error != 0) complain(function, "Read", kChunkBytes, error);
    has_ended = has_ended || error != EBADF;
    return false;
  }
  has_ended = has_ended || got == 0 || source_->is_short();
  return true;
}

// The first bytes that were read ahead; valid until the next reading.
std::string_view Stream::take(std::size_t size) {
  const std::string_view out = ahead().substr(0, size);
  begin_ += size;
  place += static_cast<Int>(size);
  return out;
}

bool Stream::read(std::string_view function, std::size_t size, std::string& out) {
  const auto take_some = [&] {
    const std::size_t count = std::min(size - out.size(), unread());
    out += take(count);
    return count;
  };
  take_some();
  while (out.size() < size) {
    const std::size_t piece = is_direct ? std::min(size - out.size(), kMappedBytes) : kChunkBytes;
    if (!read_piece(function, piece)) return !out.empty();
    if (take_some() == 0 || !is_whole) break;
  }
  return true;
}

std::string Stream::rest(std::string_view function, Int most) {
  std::string out, piece;
  while (most < 0 || (length_of(out) < most && !is_at_end())) {
    piece.clear();
    read(function, most < 0 ? kChunkBytes : std::min(kChunkBytes, index(most) - out.size()), piece);
    if (piece.empty()) break;
    if (out.size() + piece.size() > static_cast<std::size_t>(kStringBytesMax)) out_of_memory();
    out += piece;
  }
  return out;
}

std::optional<std::string> Stream::line(std::string_view function, Int most) {
  if (most == 0) return std::nullopt;
  std::string out;
  for (bool done = false; !done;) {
    if (unread() == 0) {
      if (has_ended || !fill(function, 1) || unread() == 0) break;
    }
    const std::size_t end = ahead().find('\n');
    std::size_t count = end == std::string_view::npos ? unread() : end + 1;
    done = end != std::string_view::npos;
    if (most >= 0 && out.size() + count >= index(most)) {
      count = index(most) - out.size();
      done = true;
    }
    out += take(count);
    if (out.size() > static_cast<std::size_t>(kStringBytesMax)) out_of_memory();
  }
  if (out.empty()) return std::nullopt;
  return out;
}

std::optional<std::string> Stream::record(std::string_view function, std::size_t most, std::string_view ending) {
  constexpr std::size_t npos = std::string_view::npos;
  const auto find = [&] { return ending.empty() ? npos : ahead().substr(0, most).find(ending); };
  std::size_t at = find();
  while (at == npos && unread() < most) {
    const std::size_t before = unread();
    fill(function, std::min(most, before + kChunkBytes));
    if (unread() == before) break;
    at = find();
  }
  if (at != npos) {
    std::string out(take(at));
    take(ending.size());
    return out;
  }
  if (unread() < most && (!has_ended || unread() == 0)) return std::nullopt;
  return std::string(take(std::min(most, unread())));
}

std::optional<Int> Stream::write(std::string_view function, std::string_view bytes) {
  if (is_seekable && unread() > 0) {
    forget_ahead();
    if (source_->seek(place, SEEK_SET, place)) has_ended = has_ended && !is_direct;  // memory knows better
  }
  Int done = 0;
  while (!bytes.empty()) {
    const ssize_t put = source_->write(bytes);
    if (put < 0 && errno != 0) complain(function, "Write", bytes.size(), errno);
    if (put <= 0) return done > 0 ? std::optional<Int>(done) : std::nullopt;
    place += put;
    done += put;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return done;
}

bool Stream::seek(std::string_view function, Int offset, Int whence) {
  const Int known = static_cast<Int>(unread());
  const bool steps = whence == SEEK_CUR && offset > 0 && offset <= known;
  const bool within = whence == SEEK_SET && known > 0 && offset > place && offset - place <= known;
  if (steps || within) {
    take(index(steps ? offset : offset - place));
    has_ended = false;
    return true;
  }
  if (is_seekable) {
    if (whence == SEEK_CUR) {
      offset = wrap_add(place, offset);
      whence = SEEK_SET;
    }
    const bool done = source_->seek(offset, static_cast<int>(whence), place);
    if (done) has_ended = false;
    forget_ahead();
    return done;
  }
  if (whence == SEEK_CUR && offset >= 0) {
    std::string piece;
    for (Int left = offset; left > 0; left -= length_of(piece)) {
      piece.clear();
      read(function, std::min<std::size_t>(index(left), 1024), piece);
      if (piece.empty()) return false;
    }
    has_ended = false;
    return true;
  }
  warn_function(function, "Stream does not support seeking");
  return false;
}

// How much is read at once; `most` becomes what is there of a file that is mapped.
std::size_t Stream::begin_send(Int& most) const {
  FileSource* const file = source_->file();
  struct stat info{};
  if (file == nullptr || place % kPageBytes != 0 || type == "TEMP" || !file->is_mapped() || !file->stat(info)) {
    return kChunkBytes;
  }
  const Int left = info.st_size - place;
  if (left <= 0) return kChunkBytes;
  if (most < 0 || left < most) most = left;
  return kMappedBytes;
}

namespace {

// The flags of open(2) for a mode of fopen(); nothing where it is none.
std::optional<int> open_flags(std::string_view mode) {
  int flags = 0;
  switch (mode.empty() ? '\0' : mode[0]) {
    case 'r':
      break;
    case 'w':
      flags = O_TRUNC | O_CREAT;
      break;
    case 'a':
      flags = O_CREAT | O_APPEND;
      break;
    case 'x':
      flags = O_CREAT | O_EXCL;
      break;
    case 'c':
      flags = O_CREAT;
      break;
    default:
      return std::nullopt;
  }
  if (has(mode, 'n')) flags |= O_NONBLOCK;
  return flags | (has(mode, '+') ? O_RDWR : mode[0] == 'r' ? O_RDONLY : O_WRONLY);
}

std::unique_ptr<Stream> open_plain(std::string_view function, const String& path, const String& mode) {
  const std::optional<int> flags = open_flags(mode);
  if (!flags) {
    warning(concat(
        {function, "(", path.view(), "): Failed to open stream: `", mode.view(), "' is not a valid mode for fopen"}));
    return nullptr;
  }
  const int fd = open_file(function, path, *flags);
  if (fd < 0) return nullptr;
  std::unique_ptr<Stream> out = file_stream(std::make_unique<FileSource>(fd, *flags));
  out->uri = path.view();
  out->mode = mode.view();
  out->wrapper = "plainfile";
  out->is_whole = true;
  return out;
}

}  // namespace

std::unique_ptr<Stream> file_stream(std::unique_ptr<FileSource> source) {
  FileSource& file = *source;
  auto out = std::make_unique<Stream>(std::move(source));
  struct stat info{};
  const bool may_seek = file.stat(info) && !S_ISFIFO(info.st_mode) && !S_ISCHR(info.st_mode);
  out->type = "STDIO";
  out->place = -1;
  out->is_seekable = may_seek && file.seek(0, SEEK_CUR, out->place);
  return out;
}

std::unique_ptr<Stream> open_standard(int fd, int number, std::string_view mode, std::string_view uri) {
  auto source = std::make_unique<FileSource>(fd, O_RDWR, fd != number);
  source->be_standard(number);
  std::unique_ptr<Stream> out = file_stream(std::move(source));
  out->uri = uri;
  out->mode = mode;
  out->wrapper = "PHP";
  return out;
}

std::unique_ptr<Stream> make_stream(std::string_view function, const String& path, const String& mode) {
  if (!names_stream(path)) return open_plain(function, path, mode);
  constexpr std::string_view kScheme = "php://";
  const std::string low = lower(path);
  if (!low.starts_with(kScheme)) stop_stream(function, concat({path.view(), " is no plain file"}));
  const std::string_view name = std::string_view(low).substr(kScheme.size());
  if (name == "memory" || name.starts_with("temp")) return open_memory(path, mode, name != "memory");
  if (name == "output") return open_output(path);
  const int number = name == "stdin" ? 0 : name == "stdout" ? 1 : name == "stderr" ? 2 : -1;
  if (number < 0 || context().host != nullptr) {
    stop_stream(function, concat({path.view(), " is not part of this runtime"}));
  }
  const int fd = ::fcntl(number, F_DUPFD_CLOEXEC, 0);
  if (fd < 0) stop_stream(function, concat({path.view(), " cannot be opened"}));
  return open_standard(fd, number, mode, path);
}

std::unique_ptr<Stream> open_counted(std::string_view function, const String& path, std::string_view mode) {
  if (path.empty()) throw_value_error("Path cannot be empty");
  std::unique_ptr<Stream> out = make_stream(function, path, String(mode));
  if (out == nullptr) return out;
  skip_resource();
  if (out->type == "TEMP") skip_resource();  // the memory within
  return out;
}

}  // namespace banyan::php_runtime
