// printf() and its family, after https://www.php.net/manual/en/function.sprintf.php.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

String sprintf(const String& format, Arguments values);
String vsprintf(const String& format, const Array& values);
Int printf(const String& format, Arguments values);
// The same for the function of that name.
String formatted(std::string_view function, const String& format, Arguments values);
String formatted(std::string_view function, const String& format, const Array& values);
Int vprintf(const String& format, const Array& values);

}  // namespace banyan::php_runtime
