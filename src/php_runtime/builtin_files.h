// Whole files and what a folder has, after https://www.php.net/manual/en/ref.filesystem.php. A path that names a
// stream other than those of php:// that are read or written whole, and what a file system says no more of than PHP,
// ends the program with `stream`. A context is null, as there are none but PHP's own.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

// Whole files; nothing where PHP gives false.
std::optional<String> file_get_contents(const String& path, bool use_path = false, const Value& context = {},
                                        Int offset = 0, const Value& length = {});
std::optional<Array> file_lines(const String& path, Int flags = 0, const Value& context = {});
std::optional<Int> file_put_contents(const String& path, const Value& data, Int flags = 0, const Value& context = {});
bool copy_file(const String& from, const String& to, const Value& context = {});

// Names.
bool unlink_file(const String& path, const Value& context = {});
bool remove_folder(const String& path, const Value& context = {});
bool rename_file(const String& from, const String& to, const Value& context = {});
bool make_folder(const String& path, Int mode = 0777, bool recursive = false, const Value& context = {});
std::optional<Array> scandir_names(const String& path, Int order = 0, const Value& context = {});

// What the system says: is_file() and its kin as of the last time they asked for the same path, until
// clear_stat_cache(), as in PHP.
bool file_exists(const String& path);
bool is_readable(const String& path);
bool is_writable(const String& path);
bool is_file(const String& path);
bool is_dir(const String& path);
std::optional<Int> file_size(const String& path);
std::optional<Int> file_time(const String& path);
void clear_stat_cache(bool clear_realpath_cache = false, const String& path = {});
std::optional<String> real_path(const String& path);
std::optional<String> working_folder();
String temporary_folder();

}  // namespace banyan::php_runtime
