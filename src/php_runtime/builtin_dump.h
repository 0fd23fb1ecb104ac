// Values as text: for people, after https://www.php.net/manual/en/book.var.php, and for machines.
#pragma once

#include "php_runtime/builtin.h"
#include "php_runtime/object.h"

namespace banyan::php_runtime {

void var_dump(const Value& value, Arguments values = {});
Value print_r(const Value& value, bool give = false);
Value var_export(const Value& value, bool give = false);
String serialize(const Value& value);
// Objects of classes that are not known, and references within the data, are refused.
Value unserialize(const String& data, const Array& options = {});

// What there is to see of an object: of __debugInfo() where it has that, of the containers of SPL what they hold, else
// its properties.
std::vector<Property> shown_properties(const Value& object);

}  // namespace banyan::php_runtime
