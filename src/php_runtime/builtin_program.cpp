// Types, functions, classes and the program itself.
#include "php_runtime/builtin_program.h"

#include <unistd.h>

#include <cstdlib>

#include "php_runtime/operators.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

// Takes "0x" and its kin off, and gives the base that is meant.
unsigned strip_base(std::string_view& s, Int base) {
  if (s.size() > 1 && s[0] == '0') {
    const char p = ascii_lower(s[1]);
    const unsigned written = p == 'x' ? 16 : p == 'b' ? 2 : p == 'o' ? 8 : 0;
    if (written != 0 && (base == static_cast<Int>(written) || base == 0)) {
      s.remove_prefix(2);
      return written;
    }
    if (base == 0) return 8;
  }
  return base == 0 ? 10 : static_cast<unsigned>(base);
}

// As strtol() does: saturating, 0 where there is no number.
Int string_in_base(std::string_view s, Int wanted) {
  s = trim_left(s, kBlanks);
  const bool negative = s.starts_with('-');
  if (negative || s.starts_with('+')) s.remove_prefix(1);
  if (wanted != 0 && (wanted < 2 || wanted > 36)) return 0;
  const unsigned base = strip_base(s, wanted);
  Int n = 0;
  for (char c : s) {
    const int d = digit_value(c);
    if (d >= static_cast<int>(base)) break;
    Int product = 0;
    if (__builtin_mul_overflow(n, Int{base}, &product) ||
        __builtin_add_overflow(product, negative ? -Int{d} : Int{d}, &n)) {
      return negative ? INT64_MIN : INT64_MAX;
    }
  }
  return n;
}

}  // namespace

Int intval(const Value& v, Int base) {
  if (!v.is_string() || base == 10) return to_int(v);
  return string_in_base(v.as_string(), base);
}

double floatval(const Value& v) { return to_float(v); }
String strval(const Value& v) { return to_string(v); }
bool boolval(const Value& v) { return to_bool(v); }
Value pow_function(const Value& num, const Value& exponent) { return pow(num, exponent); }

bool settype(Value& place, const String& kind) {
  Value& v = place.deref();
  if (v.is_undefined()) v = Value();
  const std::string name = lower(kind);
  auto is = [&](std::string_view one, std::string_view other) { return name == one || name == other; };
  if (is("int", "integer")) {
    v = to_int(v);
  } else if (is("float", "double")) {
    v = to_float(v);
  } else if (name == "string") {
    v = to_string(v);
  } else if (is("bool", "boolean")) {
    v = to_bool(v);
  } else if (name == "array") {
    v = to_array(v);
  } else if (name == "object") {
    v = Value(to_object(v));
  } else if (name == "null") {
    v = Value();
  } else if (name == "resource") {
    throw_value_error("Cannot convert to resource type");
  } else {
    bad_argument("settype", 2, "type", "must be a valid type");
  }
  return true;
}

Value call_user_func(const Callable& callback, Arguments values) { return callback->call(values); }

Value call_user_func_array(const Callable& callback, const Array& arguments) {
  const Array kept = arguments;
  return callback->call_array(kept);
}

bool function_exists(const String& name) { return function_exists_in(nullptr, {Value(name)}); }
bool class_exists(const String& name, bool autoload) {
  return class_exists_in(nullptr, {Value(name), Value(autoload)});
}
bool interface_exists(const String& name, bool autoload) {
  return interface_exists_in(nullptr, {Value(name), Value(autoload)});
}
bool method_exists(const Value& object_or_class, const String& method) {
  return method_exists_in(nullptr, {object_or_class, Value(method)});
}

std::optional<String> get_parent_class(const Value& object_or_class) {
  if (object_or_class.is_null()) return std::nullopt;
  const Value name = parent_class_of(nullptr, {object_or_class});
  if (!name.is_string()) return std::nullopt;
  return name.as_string();
}

Array get_object_vars(const ObjectPtr& object) {
  const Value vars = object_vars(Value(object), nullptr);
  return vars.is_array() ? vars.as_array() : Array();
}

Int spl_object_id(const ObjectPtr& object) { return object->number(); }

String spl_object_hash(const ObjectPtr& object) {
  const std::string digits = to_base(static_cast<std::uint64_t>(object->number()), 16);
  return std::string(16 - digits.size(), '0') + digits + std::string(16, '0');
}

Int iterator_count(const Value& iterator) { return iterator_count_in(nullptr, {iterator}); }

Value constant(const String& name) { return constant_named(Value(name), nullptr); }
bool define(const String& name, const Value& v, bool) { return define_value(Value(name), v); }
bool defined(const String& name) { return defined_in(Value(name), nullptr); }

// Objects go when nobody holds them; cycles stay until the end.
Int gc_collect_cycles() { return 0; }
void gc_enable() {}
void gc_disable() {}

Value getenv(const Value& name, bool) {
  if (!name.is_null()) {
    const char* const found = std::getenv(to_string(name).data());
    return found == nullptr ? Value(false) : Value(found);
  }
  Array all;
  for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
    const std::string_view pair = *one;
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos) all.set_text(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return all;
}

std::optional<String> php_sapi_name() {
  const Host* const host = context().host;
  return host == nullptr ? String("cli") : String(host->sapi());
}

std::optional<String> phpversion(const Value& extension) {
  if (!extension.is_null() && !extension_loaded(to_string(extension))) return std::nullopt;
  return "8.2.36";
}

// That of the engine, which goes along with PHP's own.
String zend_version() { return "4" + constant("PHP_VERSION").as_string().substr(1).str(); }

// Whether an extension is there that comes with PHP but is not in this runtime depends on how that PHP was made; all
// others are not there.
bool extension_loaded(const String& extension) {
  constexpr std::string_view kHere = " core ctype date filter hash iconv intl json mbstring pcre random spl standard ";
  constexpr std::string_view kOfPhp =
      " bcmath bz2 calendar com_dotnet curl dba dom enchant exif ffi fileinfo ftp gd gettext gmp imap ldap libxml "
      "mysqli "
      "mysqlnd oci8 odbc openssl pcntl pdo pdo_mysql pdo_odbc pdo_pgsql pdo_sqlite pgsql phar posix pspell readline "
      "reflection session shmop simplexml snmp soap sockets sodium sqlite3 sysvmsg sysvsem sysvshm tidy tokenizer xml "
      "xmlreader xmlwriter xsl zend opcache zip zlib ";
  if (extension.view().find(' ') != std::string_view::npos) return false;
  const std::string name = " " + lower(extension) + " ";
  if (kOfPhp.find(name) != std::string_view::npos) {
    stop("builtin-missing", "extension_loaded() is asked for an extension that this runtime does not have");
  }
  return kHere.find(name) != std::string_view::npos;
}

bool set_time_limit(Int) { return true; }

}  // namespace banyan::php_runtime
