// json_encode() and json_decode(), after https://www.php.net/manual/en/book.json.php.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

std::optional<String> json_encode(const Value& v, Int flags = 0, Int depth = 512);
Value json_decode(const String& text, const Value& assoc = {}, Int depth = 512, Int flags = 0);
Int json_last_error();
String json_last_error_msg();

}  // namespace banyan::php_runtime
