// What functions that return or yield by reference give, and what such a function hands on.
#pragma once

#include <string_view>

#include "php_runtime/function.h"
#include "php_runtime/object.h"

namespace banyan::php_runtime {

// Calls whose result may be a reference.
Value call_value_raw(const Value& f, Class* scope, Arguments arguments = {});
Value call_method_raw(const Value& v, std::string_view name, Class* scope, Arguments arguments = {});
// fixed signature: what converted code writes
Value call_static_raw(Class* c, std::string_view name, Class* scope, Class* called, const ObjectPtr& self,
                      Arguments arguments = {});
// &class::name(...); fixed signature: what converted code writes
Ref call_static_ref(Class* c, std::string_view name, Class* scope, Class* called, const ObjectPtr& self,
                    Arguments arguments = {});
// The reference that v is; PHP complains where it is none.
Ref returned_ref(const Value& v);
// The same for what is passed by reference.
Ref passed_ref(const Value& v);
Value yielded_value(const Value& v);
// The reference, what it refers to as a declared type takes it.
Ref check_result_ref(const Ref& r, std::string_view types, std::string_view function);
Ref check_strict_result_ref(const Ref& r, std::string_view types, std::string_view function);

}  // namespace banyan::php_runtime
