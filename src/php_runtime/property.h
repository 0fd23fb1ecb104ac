// One property of an object, by the key under which the object keeps it.
#pragma once

#include "php_runtime/object.h"

namespace banyan::php_runtime {

Property property_at(const Object& o, const Key& key, const Value& v);
// Whether a scope may use the property, and finds something in it.
bool is_seen(const Object& o, const Property& p, const Class* scope);

}  // namespace banyan::php_runtime
