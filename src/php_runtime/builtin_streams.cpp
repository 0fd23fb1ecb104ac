#include "php_runtime/builtin_streams.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "php_runtime/builtin_sprintf.h"
#include "php_runtime/builtin_strings.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/file_access.h"
#include "php_runtime/folder.h"
#include "php_runtime/resource.h"
#include "php_runtime/stream.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

enum LockOperation : Int { kShared = 1, kExclusive = 2, kUnlock = 3, kWithoutWaiting = 4 };

bool is_given(const Value& v) { return !v.deref().is_null(); }

std::optional<String> as_string(const std::optional<std::string>& text) {
  return text ? std::optional<String>(String(std::string_view(*text))) : std::nullopt;
}

std::optional<Int> write_part(std::string_view function, const Value& stream, std::string_view data,
                              const Value& length) {
  if (is_given(length)) data = data.substr(0, index(std::clamp<Int>(to_int(length), 0, length_of(data))));
  if (data.empty()) {
    need_resource(function, 1, "stream", stream);
    return 0;
  }
  return need_stream(function, stream).write(function, data);
}

Int print_rest(std::string_view function, Stream& stream) {
  Int sent = 0;
  stream.send(function, -1, [&](std::string_view piece) {
    echo(piece);
    sent += length_of(piece);
    return true;
  });
  return sent;
}

void need_sign(std::string_view function, int n, std::string_view name, std::string_view sign) {
  if (sign.size() != 1) bad_argument(function, n, name, "must be a single character");
}

void need_csv_signs(std::string_view function, const String& separator, const String& enclosure, const String& escape) {
  need_sign(function, 3, "separator", separator);
  need_sign(function, 4, "enclosure", enclosure);
  if (escape.size() > 1) bad_argument(function, 5, "escape", "must be empty or a single character");
}

// A field as it is written: within enclosures where it has to be.
void add_csv_text(std::string& out, std::string_view field, char separator, char enclosure, std::string_view escape) {
  const bool plain = field.find_first_of("\n\r\t ") == std::string_view::npos && !has(field, separator) &&
                     !has(field, enclosure) && (escape.empty() || !has(field, escape[0]));
  if (plain) {
    out += field;
    return;
  }
  out += enclosure;
  bool is_escaped = false;
  for (const char c : field) {
    if (!escape.empty() && c == escape[0]) {
      is_escaped = true;
    } else if (!is_escaped && c == enclosure) {
      out += c;
    } else {
      is_escaped = false;
    }
    out += c;
  }
  out += enclosure;
}

}  // namespace

bool is_resource(const Value& given) {
  const Value& v = given.deref();
  return v.is_resource() && !v.as_resource().is_closed();
}
String get_resource_type(const Value& resource) {
  return need_resource("get_resource_type", 1, "resource", resource).kind();
}
Int get_resource_id(const Value& resource) { return need_resource("get_resource_id", 1, "resource", resource).id(); }

Value open_stream(const String& path, const String& mode, bool use_path, const Value& context) {
  need_stream_path("fopen", path);
  need_no_context("fopen", 4, context);
  if (use_path) stop_stream("fopen", "the include path is not part of this runtime");
  if (path.empty()) throw_value_error("Path cannot be empty");
  std::unique_ptr<Stream> stream = make_stream("fopen", path, mode);
  if (stream == nullptr) return false;
  const bool has_inner = stream->type == "TEMP";
  Value out = new_resource(std::move(stream));
  if (has_inner) skip_resource();  // the memory within
  return out;
}

Value temporary_stream() {
  std::unique_ptr<Stream> stream = file_stream(std::make_unique<FileSource>(temporary_descriptor("tmpfile"), O_RDWR));
  stream->mode = "r+b";
  stream->wrapper = "plainfile";
  stream->is_whole = true;
  return new_resource(std::move(stream));
}

bool close_stream(const Value& stream) {
  Resource& r = need_resource("fclose", 1, "stream", stream);
  if (r.is_closed()) need_stream("fclose", stream);  // throws
  FileSource* const file = r.stream()->folder() == nullptr ? r.stream()->source().file() : nullptr;
  if (file != nullptr && file->fd() == STDOUT_FILENO) stop_stream("fclose", "standard output is needed to the end");
  if (file != nullptr && file->standard() >= 0 && file->fd() == file->standard()) ::close(file->fd());
  r.close();
  return true;
}

bool stream_ends(const Value& stream) { return need_stream("feof", stream).is_at_end(); }
bool stream_flush(const Value& stream) {
  need_stream("fflush", stream);
  return true;
}

bool stream_lock(const Value& stream, Int operation, Int* would_block) {
  Stream& s = need_stream("flock", stream);
  const Int how = operation & kUnlock;
  if (how == 0) bad_argument("flock", 2, "operation", "must be one of LOCK_SH, LOCK_EX, or LOCK_UN");
  if (would_block != nullptr) *would_block = 0;
  FileSource* const file = s.source().file();
  if (file == nullptr) return false;
  const int flags = (how == kShared      ? LOCK_SH
                     : how == kExclusive ? LOCK_EX
                                         : LOCK_UN) |
                    ((operation & kWithoutWaiting) != 0 ? LOCK_NB : 0);
  if (::flock(file->fd(), flags) == 0) return true;
  if (errno == EWOULDBLOCK && would_block != nullptr) *would_block = 1;
  return false;
}

std::optional<Array> stream_stat(const Value& stream) {
  struct stat info{};
  if (!need_stream("fstat", stream).source().stat(info)) return std::nullopt;
  const std::pair<std::string_view, Int> parts[] = {{"dev", static_cast<Int>(info.st_dev)},
                                                    {"ino", static_cast<Int>(info.st_ino)},
                                                    {"mode", info.st_mode},
                                                    {"nlink", static_cast<Int>(info.st_nlink)},
                                                    {"uid", info.st_uid},
                                                    {"gid", info.st_gid},
                                                    {"rdev", static_cast<Int>(info.st_rdev)},
                                                    {"size", info.st_size},
                                                    {"atime", info.st_atime},
                                                    {"mtime", info.st_mtime},
                                                    {"ctime", info.st_ctime},
                                                    {"blksize", info.st_blksize},
                                                    {"blocks", info.st_blocks}};
  Array out;
  for (const auto& [name, value] : parts) out.append(value);
  for (const auto& [name, value] : parts) out.set_text(name, value);
  return out;
}

Array stream_meta_data(const Value& stream) {
  const Stream& s = need_stream("stream_get_meta_data", stream);
  Array out;
  if (s.type != "TEMP") {
    out.set_text("timed_out", false);
    out.set_text("blocked", true);
    out.set_text("eof", s.is_at_end());
  }
  out.set_text("wrapper_type", s.wrapper);
  out.set_text("stream_type", s.type);
  out.set_text("mode", s.mode);
  out.set_text("unread_bytes", static_cast<Int>(s.unread()));
  out.set_text("seekable", s.is_seekable);
  if (!s.uri.empty()) out.set_text("uri", s.uri);
  return out;
}

std::optional<Int> stream_tell(const Value& stream) {
  const Stream& s = need_stream("ftell", stream);
  FileSource* const file = s.source().file();
  if (file != nullptr && file->standard() >= 0 && s.is_seekable) {
    stop_stream("ftell", concat({s.uri, " may have been moved by others"}));
  }
  return s.place == -1 ? std::nullopt : std::optional<Int>(s.place);
}

Int stream_seek(const Value& stream, Int offset, Int whence) {
  return need_stream("fseek", stream).seek("fseek", offset, whence) ? 0 : -1;
}
bool stream_rewind(const Value& stream) { return need_stream("rewind", stream).seek("rewind", 0, SEEK_SET); }

bool stream_truncate(const Value& stream, Int size) {
  if (size < 0) bad_argument("ftruncate", 2, "size", "must be greater than or equal to 0");
  StreamSource& source = need_stream("ftruncate", stream).source();
  if (!source.can_truncate()) warn_function("ftruncate", "Can't truncate this stream!");
  return source.truncate(size);
}

std::optional<String> stream_read(const Value& stream, Int length) {
  Stream& s = need_stream("fread", stream);
  if (length <= 0) bad_argument("fread", 2, "length", "must be greater than 0");
  if (length > kStringBytesMax) length = kStringBytesMax;
  std::string out;
  return s.read("fread", index(length), out) ? std::optional<String>(String(out)) : std::nullopt;
}

std::optional<String> stream_line(const Value& stream, const Value& length) {
  Stream& s = need_stream("fgets", stream);
  if (!is_given(length)) return as_string(s.line("fgets", -1));
  const Int size = to_int(length);
  if (size <= 0) bad_argument("fgets", 2, "length", "must be greater than 0");
  return as_string(s.line("fgets", size - 1));
}

std::optional<String> stream_byte(const Value& stream) {
  std::string out;
  need_stream("fgetc", stream).read("fgetc", 1, out);
  return out.empty() ? std::nullopt : std::optional<String>(String(out));
}

std::optional<String> stream_get_contents(const Value& stream, const Value& length, Int offset) {
  constexpr std::string_view name = "stream_get_contents";
  const Int most = is_given(length) ? to_int(length) : -1;
  if (most < -1) bad_argument(name, 2, "length", "must be greater than or equal to -1");
  Stream& s = need_stream(name, stream);
  if (offset >= 0 && offset != s.place) {
    const bool forward = s.place >= 0 && offset > s.place;
    if (!s.seek(name, forward ? offset - s.place : offset, forward ? SEEK_CUR : SEEK_SET)) {
      warn_function(name, concat({"Failed to seek to position ", std::to_string(offset), " in the stream"}));
      return std::nullopt;
    }
  }
  return String(s.rest(name, most));
}

std::optional<String> stream_get_line(const Value& stream, Int length, const String& ending) {
  constexpr std::string_view name = "stream_get_line";
  if (length < 0) bad_argument(name, 2, "length", "must be greater than or equal to 0");
  Stream& s = need_stream(name, stream);
  return as_string(s.record(name, length == 0 ? kChunkBytes : index(length), ending));
}

std::optional<Array> stream_get_csv(const Value& stream, const Value& length, const String& separator,
                                    const String& enclosure, const String& escape) {
  constexpr std::string_view name = "fgetcsv";
  need_csv_signs(name, separator, enclosure, escape);
  const Int given = is_given(length) ? to_int(length) : 0;
  if (given < 0 || given == INT64_MAX) {
    bad_argument(name, 2, "length", "must be between 0 and 9223372036854775806");
  }
  Stream& s = need_stream(name, stream);
  std::optional<std::string> text = s.line(name, given == 0 ? -1 : given);
  if (!text) return std::nullopt;
  while (csv_goes_on(*text, separator[0], enclosure[0], escape)) {
    const std::optional<std::string> more = s.line(name, -1);
    if (!more) break;
    *text += *more;
  }
  return str_getcsv(String(*text), separator, enclosure, escape);
}

Value stream_scan(const Value& stream, const Value& format, Many<PlaceOrValue> places) {
  Stream& s = need_stream("fscanf", stream);
  const String shape = param_string(format, "fscanf(): Argument #2 ($format)");
  const std::optional<std::string> text = s.line("fscanf", -1);
  return text ? scan_text(*text, shape, places) : Value(false);
}

std::optional<Int> stream_write(const Value& stream, const String& data, const Value& length) {
  return write_part("fwrite", stream, data, length);
}
std::optional<Int> stream_put(const Value& stream, const String& data, const Value& length) {
  return write_part("fputs", stream, data, length);
}

// fixed signature: PHP's
std::optional<Int> stream_put_csv(const Value& stream, const Array& fields, const String& separator,
                                  const String& enclosure, const String& escape, const String& end) {
  need_csv_signs("fputcsv", separator, enclosure, escape);
  Stream& s = need_stream("fputcsv", stream);
  std::string out;
  bool is_first = true;
  for (const Value& field : values_of(fields)) {
    if (!std::exchange(is_first, false)) out += separator.view();
    add_csv_text(out, to_string(field), separator[0], enclosure[0], escape);
  }
  out += end.view();
  return s.write("fputcsv", out);
}

Int stream_printf(const Value& stream, const String& format, Arguments values) {
  Stream& s = need_stream("fprintf", stream);
  const String text = formatted("fprintf", format, values);
  s.write("fprintf", text);
  return length_of(text);
}

Int stream_vprintf(const Value& stream, const String& format, const Array& values) {
  Stream& s = need_stream("vfprintf", stream);
  const String text = formatted("vfprintf", format, values);
  s.write("vfprintf", text);
  return length_of(text);
}

Int stream_pass(const Value& stream) { return print_rest("fpassthru", need_stream("fpassthru", stream)); }

std::optional<Int> read_file(const String& path, bool use_path, const Value& context) {
  need_stream_path("readfile", path);
  need_no_context("readfile", 3, context);
  if (use_path) stop_stream("readfile", "the include path is not part of this runtime");
  const std::unique_ptr<Stream> stream = open_counted("readfile", path, "rb");
  return stream == nullptr ? std::nullopt : std::optional<Int>(print_rest("readfile", *stream));
}

std::optional<Int> stream_copy(const Value& from, const Value& to, const Value& length, Int offset) {
  constexpr std::string_view name = "stream_copy_to_stream";
  Stream& source = need_stream_at(name, 1, "from", from);
  Stream& target = need_stream_at(name, 2, "to", to);
  if (offset > 0 && !source.seek(name, offset, SEEK_SET)) {
    warn_function(name, concat({"Failed to seek to position ", std::to_string(offset), " in the stream"}));
    return std::nullopt;
  }
  const Int most = is_given(length) ? to_int(length) : -1;
  if (most == 0) return 0;
  Int sent = 0;
  bool done = true;
  source.send(name, most, [&](std::string_view piece) {
    const std::optional<Int> put = target.write(name, piece);
    sent += put.value_or(0);
    done = put == length_of(piece);
    return done;
  });
  return done && (sent > 0 || source.has_ended) ? std::optional<Int>(sent) : std::nullopt;
}

// ---- Folders ----

namespace {

Resource& need_folder(std::string_view function, const Value& given) {
  const Value& v = given.deref();
  if (!v.is_null() && !v.is_resource()) {
    throw_type_error(concat(
        {argument(function, 1, "dir_handle"), " must be of type resource or null, ", type_name(v).view(), " given"}));
  }
  const Value& handle = v.is_null() ? request_state<Resources>().folder : v;
  if (!handle.is_resource() || (v.is_null() && handle.as_resource().is_closed()))
    throw_type_error("No resource supplied");
  Resource& r = handle.as_resource();
  if (r.is_closed()) throw_type_error(concat({function, "(): supplied resource is not a valid Directory resource"}));
  if (r.stream()->folder() == nullptr) {
    throw_type_error(concat({argument(function, 1, "dir_handle"), " must be a valid Directory resource"}));
  }
  return r;
}

}  // namespace

Value open_folder(const String& path, const Value& context) {
  need_path("opendir", 1, "directory", path);
  need_no_context("opendir", 2, context);
  if (path.empty()) return false;
  auto folder = std::make_unique<Folder>(::opendir(path.data()));
  if (folder->get() == nullptr) {
    warning(concat({"opendir(", path.view(), "): Failed to open directory: ", error_text(errno)}));
    return false;
  }
  Value out = new_resource(std::make_unique<Stream>(std::move(folder)));
  request_state<Resources>().folder = out;
  return out;
}

std::optional<String> read_folder(const Value& handle) {
  const dirent* const one = ::readdir(need_folder("readdir", handle).stream()->folder()->get());
  return one == nullptr ? std::nullopt : std::optional<String>(String(std::string_view(one->d_name)));
}

void rewind_folder(const Value& handle) { ::rewinddir(need_folder("rewinddir", handle).stream()->folder()->get()); }
void close_folder(const Value& handle) { need_folder("closedir", handle).close(); }

}  // namespace banyan::php_runtime
