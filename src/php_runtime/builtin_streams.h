// The functions of streams and of opened folders, after https://www.php.net/manual/en/ref.filesystem.php,
// https://www.php.net/manual/en/ref.stream.php and https://www.php.net/manual/en/ref.dir.php. Nothing where PHP gives
// false.
#pragma once

#include "php_runtime/builtin.h"
#include "php_runtime/place.h"

namespace banyan::php_runtime {

bool is_resource(const Value& v);
String get_resource_type(const Value& resource);
Int get_resource_id(const Value& resource);

Value open_stream(const String& path, const String& mode, bool use_path = false, const Value& context = {});
Value temporary_stream();
bool close_stream(const Value& stream);
bool stream_ends(const Value& stream);
bool stream_flush(const Value& stream);
bool stream_lock(const Value& stream, Int operation, Int* would_block = nullptr);
std::optional<Array> stream_stat(const Value& stream);
Array stream_meta_data(const Value& stream);

// Places.
std::optional<Int> stream_tell(const Value& stream);
Int stream_seek(const Value& stream, Int offset, Int whence = 0);
bool stream_rewind(const Value& stream);
bool stream_truncate(const Value& stream, Int size);

// Reading.
std::optional<String> stream_read(const Value& stream, Int length);
std::optional<String> stream_line(const Value& stream, const Value& length = {});
std::optional<String> stream_byte(const Value& stream);
std::optional<String> stream_get_contents(const Value& stream, const Value& length = {}, Int offset = -1);
std::optional<String> stream_get_line(const Value& stream, Int length, const String& ending = {});
std::optional<Array> stream_get_csv(const Value& stream, const Value& length = {}, const String& separator = ",",
                                    const String& enclosure = "\"", const String& escape = "\\");
Value stream_scan(const Value& stream, const Value& format, Many<PlaceOrValue> places = {});

// Writing.
std::optional<Int> stream_write(const Value& stream, const String& data, const Value& length = {});
std::optional<Int> stream_put(const Value& stream, const String& data, const Value& length = {});
// fixed signature: PHP's
std::optional<Int> stream_put_csv(const Value& stream, const Array& fields, const String& separator = ",",
                                  const String& enclosure = "\"", const String& escape = "\\",
                                  const String& end = "\n");
Int stream_printf(const Value& stream, const String& format, Arguments values);
Int stream_vprintf(const Value& stream, const String& format, const Array& values);

// From one to another.
Int stream_pass(const Value& stream);
std::optional<Int> read_file(const String& path, bool use_path = false, const Value& context = {});
std::optional<Int> stream_copy(const Value& from, const Value& to, const Value& length = {}, Int offset = 0);

// Folders.
Value open_folder(const String& path, const Value& context = {});
std::optional<String> read_folder(const Value& handle = {});
void rewind_folder(const Value& handle = {});
void close_folder(const Value& handle = {});

}  // namespace banyan::php_runtime
