// What the functions of files and of streams share: paths, what the system complains of, descriptors.
#pragma once

#include <string>
#include <string_view>

#include "php_runtime/value.h"

namespace banyan::php_runtime {

[[noreturn]] void stop_stream(std::string_view function, std::string_view why);
std::string error_text(int error);
// Whether a path begins with a scheme.
bool names_stream(std::string_view path);
// For the first argument, a path that may be one of a stream.
void need_stream_path(std::string_view function, std::string_view path);
// For the argument n, a path that shall be one of a file.
void need_path(std::string_view function, int n, std::string_view name, std::string_view path);
void need_path_length(std::string_view function, std::string_view path);
// For the argument n, a context: there are none but PHP's own.
void need_no_context(std::string_view function, int n, const Value& context);
// A descriptor by flags of open(2); -1, with a warning, where the file cannot be opened.
int open_file(std::string_view function, const String& path, int flags);
// A descriptor of a new file without a name, for reading and writing.
int temporary_descriptor(std::string_view function);

}  // namespace banyan::php_runtime
