// Output control, errors, types, functions, classes and the program itself: after
// https://www.php.net/manual/en/book.outcontrol.php, book.errorfunc.php, book.var.php, book.funchand.php and
// book.classobj.php. Those about classes are called here as from outside of all classes.
#pragma once

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

// Output control.
bool ob_start(const Callable& callback = {}, Int chunk_size = 0, Int flags = 112);
std::optional<String> ob_get_contents();
std::optional<String> ob_get_clean();
std::optional<String> ob_get_flush();
bool ob_end_clean();
bool ob_end_flush();
bool ob_clean();
bool ob_flush();
Int ob_get_level();
std::optional<Int> ob_get_length();
void flush();

// Errors.
Value set_error_handler(const Callable& callback, Int levels = 32767);
bool restore_error_handler();
Value set_exception_handler(const Callable& callback);
bool restore_exception_handler();
Int error_reporting(const Value& level = {});
bool trigger_error(const String& message, Int level = 1024);
bool user_error(const String& message, Int level = 1024);
std::optional<Array> error_get_last();
void error_clear_last();
void register_shutdown_function(const Callable& callback, Arguments values = {});

// Types.
Int intval(const Value& v, Int base = 10);
double floatval(const Value& v);
String strval(const Value& v);
bool boolval(const Value& v);
bool settype(Value& v, const String& kind);
Value pow_function(const Value& num, const Value& exponent);

// Functions and classes.
Value call_user_func(const Callable& callback, Arguments values = {});
Value call_user_func_array(const Callable& callback, const Array& arguments);
bool function_exists(const String& name);
bool class_exists(const String& name, bool autoload = true);
bool interface_exists(const String& name, bool autoload = true);
bool method_exists(const Value& object_or_class, const String& method);
std::optional<String> get_parent_class(const Value& object_or_class = {});
Array get_object_vars(const ObjectPtr& object);
Int spl_object_id(const ObjectPtr& object);
String spl_object_hash(const ObjectPtr& object);
Int iterator_count(const Value& iterator);
Value constant(const String& name);
bool define(const String& name, const Value& v, bool case_insensitive = false);
bool defined(const String& name);

// The program.
Int gc_collect_cycles();
void gc_enable();
void gc_disable();
std::optional<String> php_sapi_name();
// Whether this runtime has something of the extension.
bool extension_loaded(const String& extension);
std::optional<String> phpversion(const Value& extension = {});
String zend_version();
bool set_time_limit(Int seconds);
Value getenv(const Value& name = {}, bool local_only = false);

}  // namespace banyan::php_runtime
