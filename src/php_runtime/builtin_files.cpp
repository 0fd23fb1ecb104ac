#include "php_runtime/builtin_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "php_runtime/diagnostic.h"
#include "php_runtime/file_access.h"
#include "php_runtime/object.h"
#include "php_runtime/operators.h"
#include "php_runtime/resource.h"
#include "php_runtime/stream.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

enum FileFlag : Int { kIncludePath = 1, kWithoutLineEnds = 2, kLock = 2, kWithoutEmptyLines = 4, kAppend = 8 };
constexpr Int kLinesFlagsMax = 23;

// What the system said of the last path that was asked for. As in PHP, writing leaves it as it was.
struct StatState {
  std::string path;  // "" for none
  struct stat info{};
};

class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

bool has_zero(std::string_view path) { return has(path, '\0'); }

// True, or false with a warning of errno.
bool done(std::string_view function, std::string_view arguments, int result) {
  if (result == 0) return true;
  warning(concat({function, "(", arguments, "): ", error_text(errno)}));
  return false;
}

// A descriptor that counts as a resource of PHP's.
int open_for_call(std::string_view function, const String& path, int flags) {
  const int fd = open_file(function, path, flags);
  if (fd >= 0) skip_resource();
  return fd;
}

std::string read_rest(std::string_view function, const String& path, int fd) {
  std::string all;
  char piece[65536];
  for (ssize_t got = 0; (got = ::read(fd, piece, sizeof piece)) != 0;) {
    if (got < 0) stop_stream(function, concat({path.view(), " cannot be read"}));
    if (all.size() + static_cast<std::size_t>(got) > static_cast<std::size_t>(kStringBytesMax)) out_of_memory();
    all.append(piece, static_cast<std::size_t>(got));
  }
  return all;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

// The whole of a file or stream; nothing, with a warning, where it cannot be opened.
std::optional<std::string> whole_file(std::string_view function, const String& path) {
  if (names_stream(path)) {
    const std::unique_ptr<Stream> stream = open_counted(function, path, "rb");
    return stream == nullptr ? std::nullopt : std::optional<std::string>(stream->rest(function, -1));
  }
  const OpenFile file(open_for_call(function, path, O_RDONLY));
  if (!file.is_open()) return std::nullopt;
  return read_rest(function, path, file.fd());
}

// What is written of a value; false for an object without a text.
bool file_text(const Value& given, std::string& out) {
  const Value& data = given.deref();
  if (data.is_object()) {
    String text;
    const bool has_text = object_string(data.as_object(), text);
    out = text.view();
    return has_text;
  }
  if (!data.is_array()) {
    out = to_string(data).view();
    return true;
  }
  for (const Value& one : values_of(data.as_array())) out += to_string(one).view();
  return true;
}

// Writes what is left of a stream.
Int put_stream(const String& path, const Value& from, int fd) {
  constexpr std::string_view name = "file_put_contents";
  Int sent = 0;
  need_stream(name, from).send(name, -1, [&](std::string_view piece) {
    if (!write_all(fd, piece)) stop_stream(name, concat({path.view(), " cannot be written"}));
    sent += length_of(piece);
    return true;
  });
  return sent;
}

// file_put_contents() of what is no plain file.
std::optional<Int> put_into_stream(const String& path, const Value& data, Int flags) {
  constexpr std::string_view name = "file_put_contents";
  if (data.deref().is_resource() || (flags & kLock) != 0) stop_stream(name, concat({path.view(), " is no plain file"}));
  const std::unique_ptr<Stream> stream = open_counted(name, path, (flags & kAppend) != 0 ? "ab" : "wb");
  if (stream == nullptr) return std::nullopt;
  std::string bytes;
  const bool has_text = file_text(data, bytes);
  const std::optional<Int> put = stream->write(name, bytes);
  return has_text ? put : std::nullopt;
}

bool forget_stat(bool is_done) {
  if (is_done) request_state<StatState>().path.clear();
  return is_done;
}

// Null where the system says nothing of a path.
const struct stat* stat_of(const String& path) {
  auto& last = request_state<StatState>();
  if (path.view() == last.path) return &last.info;
  struct stat info{};
  if (::stat(path.data(), &info) != 0) return nullptr;
  last.path = path.view();
  last.info = info;
  return &last.info;
}

// Whether a path may be one of a file, as PHP's is_ functions ask.
bool may_be_file(std::string_view function, const String& path) {
  if (path.empty() || has_zero(path)) return false;
  const std::string low = lower(path);
  if (low.starts_with("http://") || low.starts_with("https://")) return false;
  need_path(function, 1, "filename", path);
  return true;
}

bool is_kind(std::string_view function, const String& path, mode_t kind) {
  if (!may_be_file(function, path)) return false;
  const struct stat* const info = stat_of(path);
  return info != nullptr && (info->st_mode & S_IFMT) == kind;
}

// Null, with a warning, where there is no such file.
const struct stat* file_info(std::string_view function, const String& path) {
  if (path.empty()) return nullptr;
  if (has_zero(path)) {
    warn_function(function, "Filename contains null byte");
    return nullptr;
  }
  need_path(function, 1, "filename", path);
  const struct stat* const info = stat_of(path);
  if (info == nullptr) warn_function(function, concat({"stat failed for ", path.view()}));
  return info;
}

// A path from the root, without . and .. and empty parts; links are not followed.
std::string whole_path(std::string_view path) {
  std::string out;
  std::string all(path);
  if (!path.starts_with('/')) {
    const std::optional<String> folder = working_folder();
    all = concat({folder.has_value() ? folder->view() : "", "/", path});
  }
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('/', at), all.size());
    const std::string_view part = std::string_view(all).substr(at, end - at);
    if (part == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
    } else if (!part.empty() && part != ".") {
      out += concat({"/", part});
    }
    at = end + 1;
  }
  return out.empty() ? "/" : out;
}

bool is_there(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0;
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

std::optional<String> file_get_contents(const String& path, bool use_path, const Value& context, Int offset,
                                        const Value& length) {
  constexpr std::string_view name = "file_get_contents";
  need_stream_path(name, path);
  need_no_context(name, 3, context);
  const bool has_length = !length.deref().is_null() && !length.is_undefined();
  if (has_length && to_int(length) < 0) bad_argument(name, 5, "length", "must be greater than or equal to 0");
  if (use_path) stop_stream(name, "the include path is not part of this runtime");
  if (names_stream(path) && offset != 0) stop_stream(name, concat({"an offset in ", path.view()}));
  const std::optional<std::string> all = whole_file(name, path);
  if (!all.has_value()) return std::nullopt;
  const Int size = length_of(*all);
  const Int begin = offset < 0 ? size + offset : std::min(offset, size);
  if (begin < 0) {
    warn_function(name, concat({"Failed to seek to position ", std::to_string(offset), " in the stream"}));
    return std::nullopt;
  }
  const std::string_view rest = std::string_view(*all).substr(index(begin));
  return String(has_length ? first(rest, std::min(to_int(length), length_of(rest))) : rest);
}

std::optional<Array> file_lines(const String& path, Int flags, const Value& context) {
  need_stream_path("file", path);
  need_no_context("file", 3, context);
  if (flags < 0 || flags > kLinesFlagsMax) bad_argument("file", 2, "flags", "must be a valid flag value");
  if ((flags & kIncludePath) != 0) stop_stream("file", "the include path is not part of this runtime");
  const std::optional<std::string> all = whole_file("file", path);
  if (!all.has_value()) return std::nullopt;
  Array out;
  for (std::string_view rest = *all; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end);
    if ((flags & kWithoutLineEnds) != 0) {
      if (line.ends_with('\n')) {
        line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
      }
      if (line.empty() && (flags & kWithoutEmptyLines) != 0) continue;
    }
    out.append(line);
  }
  return out;
}

std::optional<Int> file_put_contents(const String& path, const Value& data, Int flags, const Value& context) {
  constexpr std::string_view name = "file_put_contents";
  need_stream_path(name, path);
  need_no_context(name, 4, context);
  if ((flags & kIncludePath) != 0) stop_stream(name, "the include path is not part of this runtime");
  const bool appends = (flags & kAppend) != 0, locks = (flags & kLock) != 0;
  if (names_stream(path)) return put_into_stream(path, data, flags);
  const OpenFile file(open_for_call(name, path, O_WRONLY | O_CREAT | (appends ? O_APPEND : locks ? 0 : O_TRUNC)));
  if (!file.is_open()) return std::nullopt;
  // Only who has the lock may empty the file.
  if (locks && (::flock(file.fd(), LOCK_EX) != 0 || (!appends && ::ftruncate(file.fd(), 0) != 0))) {
    stop_stream(name, concat({path.view(), " cannot be locked"}));
  }
  if (data.deref().is_resource()) return put_stream(path, data, file.fd());
  std::string bytes;
  const bool has_text = file_text(data, bytes);
  if (!write_all(file.fd(), bytes)) stop_stream(name, concat({path.view(), " cannot be written"}));
  return has_text ? std::optional<Int>(length_of(bytes)) : std::nullopt;
}

bool copy_file(const String& from, const String& to, const Value& context) {
  need_path("copy", 1, "from", from);
  need_path("copy", 2, "to", to);
  need_no_context("copy", 3, context);
  struct stat source{}, target{};
  const bool has_source = ::stat(from.data(), &source) == 0;
  if (has_source && S_ISDIR(source.st_mode)) {
    warn_function("copy", "The first argument to copy() function cannot be a directory");
    return false;
  }
  if (has_source && ::stat(to.data(), &target) == 0) {
    if (S_ISDIR(target.st_mode)) {
      warn_function("copy", "The second argument to copy() function cannot be a directory");
      return false;
    }
    if (source.st_ino == target.st_ino && source.st_dev == target.st_dev) return false;
  }
  const OpenFile in(open_for_call("copy", from, O_RDONLY));
  if (!in.is_open()) return false;
  const OpenFile out(open_for_call("copy", to, O_WRONLY | O_CREAT | O_TRUNC));
  if (!out.is_open()) return false;
  if (!write_all(out.fd(), read_rest("copy", from, in.fd()))) {
    stop_stream("copy", concat({from.view(), " cannot be copied"}));
  }
  return true;
}

bool unlink_file(const String& path, const Value& context) {
  need_path("unlink", 1, "filename", path);
  need_no_context("unlink", 2, context);
  return forget_stat(done("unlink", path, ::unlink(path.data())));
}

bool remove_folder(const String& path, const Value& context) {
  need_path("rmdir", 1, "directory", path);
  need_no_context("rmdir", 2, context);
  return forget_stat(done("rmdir", path, ::rmdir(path.data())));
}

bool rename_file(const String& from, const String& to, const Value& context) {
  need_path("rename", 1, "from", from);
  need_path("rename", 2, "to", to);
  need_no_context("rename", 3, context);
  const int result = ::rename(from.data(), to.data());
  if (result != 0 && errno == EXDEV) stop_stream("rename", concat({to.view(), " is in another file system"}));
  return forget_stat(done("rename", concat({from.view(), ",", to.view()}), result));
}

bool make_folder(const String& path, Int mode, bool recursive, const Value& context) {
  need_path("mkdir", 1, "directory", path);
  need_no_context("mkdir", 4, context);
  const auto permissions = static_cast<mode_t>(mode);
  if (!recursive) return done("mkdir", "", ::mkdir(path.data(), permissions));
  if (path.empty()) {
    warn_function("mkdir", "Invalid path");
    return false;
  }
  const std::string whole = whole_path(path);
  for (std::size_t end = whole.find('/', 1); end != std::string::npos; end = whole.find('/', end + 1)) {
    const std::string parent = whole.substr(0, end);
    if (!is_there(parent) && !done("mkdir", "", ::mkdir(parent.c_str(), permissions))) return false;
  }
  return done("mkdir", "", ::mkdir(whole.c_str(), permissions));
}

std::optional<Array> scandir_names(const String& path, Int order, const Value& context) {
  need_path("scandir", 1, "directory", path);
  need_no_context("scandir", 3, context);
  if (path.empty()) bad_argument("scandir", 1, "directory", "cannot be empty");
  if (order == 2) stop_stream("scandir", "SCANDIR_SORT_NONE is not part of this runtime");
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.data()));
  if (folder == nullptr) {
    const int error = errno;
    warning(concat({"scandir(", path.view(), "): Failed to open directory: ", error_text(error)}));
    warn_function("scandir", concat({"(errno ", std::to_string(error), "): ", error_text(error)}));
    return std::nullopt;
  }
  skip_resource();
  std::vector<std::string> names;
  while (const dirent* const one = ::readdir(folder.get())) names.emplace_back(one->d_name);
  std::sort(names.begin(), names.end());
  if (order != 0) std::reverse(names.begin(), names.end());
  Array out;
  for (const std::string& one : names) out.append(one);
  return out;
}

bool file_exists(const String& path) { return may_be_file("file_exists", path) && ::access(path.data(), F_OK) == 0; }
bool is_readable(const String& path) { return may_be_file("is_readable", path) && ::access(path.data(), R_OK) == 0; }
bool is_writable(const String& path) { return may_be_file("is_writable", path) && ::access(path.data(), W_OK) == 0; }
bool is_file(const String& path) { return is_kind("is_file", path, S_IFREG); }
bool is_dir(const String& path) { return is_kind("is_dir", path, S_IFDIR); }

std::optional<Int> file_size(const String& path) {
  const struct stat* const info = file_info("filesize", path);
  return info == nullptr ? std::nullopt : std::optional<Int>(info->st_size);
}
std::optional<Int> file_time(const String& path) {
  const struct stat* const info = file_info("filemtime", path);
  return info == nullptr ? std::nullopt : std::optional<Int>(info->st_mtime);
}

void clear_stat_cache(bool, const String&) { forget_stat(true); }

std::optional<String> real_path(const String& path) {
  if (has_zero(path)) bad_argument("realpath", 1, "path", "must not contain any null bytes");
  const std::unique_ptr<char, decltype(&std::free)> out(::realpath(path.empty() ? "." : path.data(), nullptr),
                                                        &std::free);
  return out == nullptr ? std::nullopt : std::optional<String>(String(std::string_view(out.get())));
}

std::optional<String> working_folder() {
  const std::unique_ptr<char, decltype(&std::free)> out(::getcwd(nullptr, 0), &std::free);
  return out == nullptr ? std::nullopt : std::optional<String>(String(std::string_view(out.get())));
}

String temporary_folder() {
  const char* const told = std::getenv("TMPDIR");
  std::string_view folder = told == nullptr || told[0] == '\0' ? "/tmp" : told;
  if (told != nullptr && told[0] != '\0' && folder.ends_with('/')) folder.remove_suffix(1);
  return folder;
}

}  // namespace banyan::php_runtime
