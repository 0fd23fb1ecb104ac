// iconv(), after https://www.php.net/manual/en/function.iconv.php, by the system's, on which PHP's stands too.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

std::optional<String> iconv(const String& from_encoding, const String& to_encoding, const String& s);

}  // namespace banyan::php_runtime
