// PHP's functions of files, after https://www.php.net/manual/en/ref.filesystem.php: whole files, and what a folder has.
// Streams, fopen() and its kin, are not there; a path with a scheme ends the request, but for php://input.
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "php_mount/web_host.h"
#include "php_runtime/builtin.h"
#include "php_runtime/builtin_files.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/throwable.h"

namespace banyan::php_mount {

using namespace php_runtime;

namespace {

constexpr Int kAppend = 8;
constexpr Int kLock = 2;
constexpr Int kWithoutLineEnds = 2;
constexpr Int kWithoutEmptyLines = 4;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

void need_plain(std::string_view function, const String& path) {
  need_path(function, 1, "filename", path);
  if (path.view().find("://") != std::string_view::npos) stop("stream", concat({path, " is no plain file"}));
}

// "unlink(/a): No such file or directory", or "mkdir(): File exists" for "".
bool fail(std::string_view function, std::string_view arguments, std::string_view before = "") {
  const std::string why = std::strerror(errno);
  warning(concat({function, "(", arguments, "): ", before, why}));
  return false;
}
constexpr std::string_view kNotOpened = "Failed to open stream: ";

// ---- Whole files ----

bool read_all(const String& path, std::string& out) {
  const File file(std::fopen(path.data(), "rb"));
  if (file == nullptr) return false;
  char piece[65536];
  for (std::size_t got = 0; (got = std::fread(piece, 1, sizeof piece, file.get())) > 0;) {
    if (out.size() + got > kAnswerBytesMax) stop("file", concat({path, " is too long to be held"}));
    out.append(piece, got);
  }
  return true;
}

Value part_of(std::string_view all, Int offset, const Value& length) {
  if (offset < 0) stop("file", "file_get_contents() with an offset from the end");
  all.remove_prefix(std::min(static_cast<std::size_t>(offset), all.size()));
  return length.is_null() ? all : all.substr(0, static_cast<std::size_t>(to_int(length)));
}

Value file_get_contents(String path, bool, Value, Int offset, Value length) {
  if (!length.is_null() && to_int(length) < 0) {
    bad_argument("file_get_contents", 5, "length", "must be greater than or equal to 0");
  }
  if (path.empty()) throw_value_error("Path cannot be empty");
  if (lower(path) == "php://input") {
    const WebRequest& request = web_host().request();
    return part_of(request.is_upload() ? std::string_view() : std::string_view(request.body), offset, length);
  }
  need_plain("file_get_contents", path);
  std::string all;
  if (!read_all(path, all)) return fail("file_get_contents", path, kNotOpened);
  return part_of(all, offset, length);
}

// The lines of a file, each with its end.
Value file_lines(String path, Int flags, Value) {
  if (path.empty()) throw_value_error("Path cannot be empty");
  need_plain("file", path);
  std::string all;
  if (!read_all(path, all)) return fail("file", path, kNotOpened);
  Array out;
  std::string_view rest = all;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end);
    if ((flags & kWithoutLineEnds) != 0) {
      if (line.ends_with('\n')) line.remove_suffix(1);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if ((flags & kWithoutEmptyLines) != 0 && line.empty()) continue;
    }
    out.append(line);
  }
  return out;
}

std::string joined(const Value& data) {
  if (!data.is_array()) return to_string(data).str();
  std::string out;
  for (const auto& [key, one] : data.as_array()) out += to_string(one.deref()).view();
  return out;
}

Value file_put_contents(String path, Value data, Int flags, Value) {
  if (path.empty()) throw_value_error("Path cannot be empty");
  need_plain("file_put_contents", path);
  const File file(std::fopen(path.data(), (flags & kAppend) != 0 ? "ab" : (flags & kLock) != 0 ? "r+b" : "wb"));
  const File made(file == nullptr && (flags & kLock) != 0 ? std::fopen(path.data(), "wb") : nullptr);
  std::FILE* const out = file != nullptr ? file.get() : made.get();
  if (out == nullptr) return fail("file_put_contents", path, kNotOpened);
  if ((flags & kLock) != 0) {
    if (::flock(::fileno(out), LOCK_EX) != 0) return false;
    // Only who has the lock may empty the file.
    if ((flags & kAppend) == 0 && ::ftruncate(::fileno(out), 0) != 0) return false;
  }
  const std::string bytes = joined(data);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size() && std::fflush(out) == 0;
  if (!written) return fail("file_put_contents", path, "Only a part was written: ");
  return static_cast<Int>(bytes.size());
}

// ---- Names ----

// is_file() and is_dir() are the runtime's, and keep what they were told until a name has changed.
bool forget_names() {
  clear_stat_cache();
  return true;
}

bool unlink_file(String path, Value) {
  need_path("unlink", 1, "filename", path);
  return ::unlink(path.data()) == 0 ? forget_names() : fail("unlink", path);
}
bool rmdir_folder(String path, Value) {
  need_path("rmdir", 1, "directory", path);
  return ::rmdir(path.data()) == 0 ? forget_names() : fail("rmdir", path);
}

bool rename_file(String from, String to, Value) {
  need_path("rename", 1, "from", from);
  need_path("rename", 2, "to", to);
  if (::rename(from.data(), to.data()) == 0) return forget_names();
  const bool elsewhere = errno == EXDEV && copy_file(from.data(), to.data()) && ::unlink(from.data()) == 0;
  return elsewhere ? forget_names() : fail("rename", concat({from, ",", to}));
}

bool copy_named(String from, String to, Value) {
  need_path("copy", 1, "from", from);
  need_path("copy", 2, "to", to);
  if (::access(from.data(), R_OK) != 0) return fail("copy", from, kNotOpened);
  return copy_file(from.data(), to.data()) || fail("copy", to, kNotOpened);
}

bool mkdir_folder(String path, Int mode, bool recursive, Value) {
  need_path("mkdir", 1, "directory", path);
  for (std::size_t at = path.view().find('/', 1); recursive && at != std::string_view::npos;
       at = path.view().find('/', at + 1)) {
    ::mkdir(path.substr(0, at).data(), static_cast<mode_t>(mode));
  }
  return ::mkdir(path.data(), static_cast<mode_t>(mode)) == 0 || fail("mkdir", "");
}

bool touch_file(String path, Value time, Value) {
  need_path("touch", 1, "filename", path);
  if (!time.is_null()) stop("file", "touch() with a time");
  const int fd = ::open(path.data(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) {
    const std::string why = std::strerror(errno);
    warning(concat({"touch(): Unable to create file ", path, " because ", why}));
    return false;
  }
  const bool done = ::futimens(fd, nullptr) == 0;
  ::close(fd);
  return done && forget_names();
}

Value scandir_names(String path, Int order, Value) {
  need_path("scandir", 1, "directory", path);
  DIR* const folder = ::opendir(path.data());
  if (folder == nullptr) {
    const int error = errno;
    fail("scandir", path, "Failed to open directory: ");
    warning(concat({"scandir(): (errno ", std::to_string(error), "): ", std::strerror(error)}));
    return false;
  }
  std::vector<std::string> names;
  while (const dirent* const one = ::readdir(folder)) names.emplace_back(one->d_name);
  ::closedir(folder);
  if (order != 2) std::sort(names.begin(), names.end());
  if (order == 1) std::reverse(names.begin(), names.end());
  Array out;
  for (const std::string& one : names) out.append(one);
  return out;
}

// ---- What the system says ----

bool has_zero(const String& path) { return path.view().find('\0') != std::string_view::npos; }

template <class F>
Value stat_value(std::string_view function, const String& path, F value) {
  if (has_zero(path)) {
    warning(concat({function, "(): Filename contains null byte"}));
    return false;
  }
  struct stat info{};
  if (::stat(path.data(), &info) == 0) return static_cast<Int>(value(info));
  warning(concat({function, "(): stat failed for ", path}));
  return false;
}
Value file_size(String path) {
  return stat_value("filesize", path, [](const struct stat& info) { return info.st_size; });
}
Value file_time(String path) {
  return stat_value("filemtime", path, [](const struct stat& info) { return info.st_mtime; });
}
bool readable(String path) { return !has_zero(path) && ::access(path.data(), R_OK) == 0; }
bool writable(String path) { return !has_zero(path) && ::access(path.data(), W_OK) == 0; }

Value real_path(String path) {
  need_path("realpath", 1, "path", path);
  char out[PATH_MAX];
  return ::realpath(path.empty() ? "." : path.data(), out) == nullptr ? Value(false) : Value(out);
}
Value working_folder() {
  char out[PATH_MAX];
  return ::getcwd(out, sizeof out) == nullptr ? Value(false) : Value(out);
}
String temporary_folder() {
  const char* const told = std::getenv("TMPDIR");
  return told == nullptr || told[0] == '\0' ? "/tmp" : told;
}

void register_names() {
  const Default none = Value();
  register_function("unlink", unlink_file).named({"filename", "context"}).optional(1, {none});
  register_function("rmdir", rmdir_folder).named({"directory", "context"}).optional(1, {none});
  register_function("rename", rename_file).named({"from", "to", "context"}).optional(2, {none});
  register_function("copy", copy_named).named({"from", "to", "context"}).optional(2, {none});
  register_function("mkdir", mkdir_folder)
      .named({"directory", "permissions", "recursive", "context"})
      .optional(1, {Value(0777), Value(false), none});
  register_function("touch", touch_file).named({"filename", "mtime", "atime"}).optional(1, {none, none});
  register_function("scandir", scandir_names)
      .named({"directory", "sorting_order", "context"})
      .optional(1, {Value(0), none});
}

}  // namespace

void need_path(std::string_view function, int n, std::string_view name, const String& path) {
  if (path.view().find('\0') != std::string_view::npos) {
    bad_argument(function, n, name, "must not contain any null bytes");
  }
}

bool copy_file(const char* from, const char* to) {
  const File in(std::fopen(from, "rb"));
  if (in == nullptr) return false;
  const File out(std::fopen(to, "wb"));
  if (out == nullptr) return false;
  char piece[65536];
  for (std::size_t got = 0; (got = std::fread(piece, 1, sizeof piece, in.get())) > 0;) {
    if (std::fwrite(piece, 1, got, out.get()) != got) return false;
  }
  return std::fflush(out.get()) == 0;
}

void register_file_functions() {
  register_names();
  register_function("file_get_contents", file_get_contents)
      .named({"filename", "use_include_path", "context", "offset", "length"})
      .optional(1, {Value(false), Value(), Value(0), Value()});
  register_function("file", file_lines).named({"filename", "flags", "context"}).optional(1, {Value(0), Value()});
  register_function("file_put_contents", file_put_contents)
      .named({"filename", "data", "flags", "context"})
      .optional(2, {Value(0), Value()});
  register_function("filesize", file_size).named({"filename"});
  register_function("filemtime", file_time).named({"filename"});
  register_function("is_readable", readable).named({"filename"});
  register_function("is_writable", writable).named({"filename"});
  register_function("is_writeable", writable).named({"filename"});
  register_function("realpath", real_path).named({"path"});
  register_function("getcwd", working_folder);
  register_function("sys_get_temp_dir", temporary_folder);
  register_function("getmypid", +[] { return Int{::getpid()}; });
}

}  // namespace banyan::php_mount
