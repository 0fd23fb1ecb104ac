#include "php_runtime/file_access.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "php_runtime/builtin.h"
#include "php_runtime/builtin_files.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/resource.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

constexpr std::size_t kPathBytesMax = 2000;

void need_no_zero(std::string_view function, int n, std::string_view name, std::string_view path) {
  if (has(path, '\0')) bad_argument(function, n, name, "must not contain any null bytes");
}

}  // namespace

void stop_stream(std::string_view function, std::string_view why) { stop("stream", concat({function, "(): ", why})); }

std::string error_text(int error) { return std::strerror(error); }

bool names_stream(std::string_view path) {
  std::size_t n = 0;
  while (n < path.size() && (is_ascii_alnum(path[n]) || has("+-.", path[n]))) ++n;
  return (n > 1 && path.substr(n).starts_with("://")) || path.starts_with("data:");
}

void need_stream_path(std::string_view function, std::string_view path) {
  need_no_zero(function, 1, "filename", path);
  need_path_length(function, path);
}

void need_path_length(std::string_view function, std::string_view path) {
  if (path.size() > kPathBytesMax) stop_stream(function, "the path is too long");
}

void need_path(std::string_view function, int n, std::string_view name, std::string_view path) {
  need_no_zero(function, n, name, path);
  if (names_stream(path)) stop_stream(function, concat({path, " is no plain file"}));
  need_path_length(function, path);
}

void need_no_context(std::string_view function, int n, const Value& given) {
  const Value& context = given.deref();
  if (context.is_resource()) {
    throw_type_error(concat({function, "(): supplied resource is not a valid Stream-Context resource"}));
  }
  if (!context.is_null()) {
    throw_type_error(concat({argument(function, n, "context"), " must be of type resource or null, ",
                             type_name(context).view(), " given"}));
  }
  use_context();
}

int open_file(std::string_view function, const String& path, int flags) {
  if (path.empty()) throw_value_error("Path cannot be empty");
  const int fd = ::open(path.data(), flags | O_CLOEXEC, 0666);
  if (fd >= 0) return fd;
  const int error = errno == ENOTDIR ? ENOENT : errno;
  const bool has_parent = concat({"/", path.view(), "/"}).find("/../") != std::string::npos;
  if (has_parent || (error == EISDIR && path.view().ends_with('/'))) {
    stop_stream(function, concat({path.view(), " cannot be opened"}));
  }
  warning(concat({function, "(", path.view(), "): Failed to open stream: ", error_text(error)}));
  return -1;
}

int temporary_descriptor(std::string_view function) {
  std::string path = concat({temporary_folder().view(), "/phpXXXXXX"});
  const int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0) stop_stream(function, "no temporary file can be made");
  ::unlink(path.c_str());
  return fd;
}

}  // namespace banyan::php_runtime
