// The classes as PHP 8.2 declares them: constants, parents, and what else is not in the files of their methods.
#include "php_pdo/pdo.h"
#include "php_pdo/pdo_objects.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

template <Int N>
Value number() {
  return N;
}
Value no_error() { return "00000"; }

struct Constant {
  std::string_view name;
  Value (*value)();
};
constexpr Constant kConstants[] = {{"PARAM_NULL", number<0>},
                                   {"PARAM_BOOL", number<5>},
                                   {"PARAM_INT", number<1>},
                                   {"PARAM_STR", number<2>},
                                   {"PARAM_LOB", number<3>},
                                   {"PARAM_STMT", number<4>},
                                   {"PARAM_INPUT_OUTPUT", number<2147483648>},
                                   {"PARAM_STR_NATL", number<1073741824>},
                                   {"PARAM_STR_CHAR", number<536870912>},
                                   {"PARAM_EVT_ALLOC", number<0>},
                                   {"PARAM_EVT_FREE", number<1>},
                                   {"PARAM_EVT_EXEC_PRE", number<2>},
                                   {"PARAM_EVT_EXEC_POST", number<3>},
                                   {"PARAM_EVT_FETCH_PRE", number<4>},
                                   {"PARAM_EVT_FETCH_POST", number<5>},
                                   {"PARAM_EVT_NORMALIZE", number<6>},
                                   {"FETCH_DEFAULT", number<0>},
                                   {"FETCH_LAZY", number<1>},
                                   {"FETCH_ASSOC", number<2>},
                                   {"FETCH_NUM", number<3>},
                                   {"FETCH_BOTH", number<4>},
                                   {"FETCH_OBJ", number<5>},
                                   {"FETCH_BOUND", number<6>},
                                   {"FETCH_COLUMN", number<7>},
                                   {"FETCH_CLASS", number<8>},
                                   {"FETCH_INTO", number<9>},
                                   {"FETCH_FUNC", number<10>},
                                   {"FETCH_GROUP", number<65536>},
                                   {"FETCH_UNIQUE", number<196608>},
                                   {"FETCH_KEY_PAIR", number<12>},
                                   {"FETCH_CLASSTYPE", number<262144>},
                                   {"FETCH_SERIALIZE", number<524288>},
                                   {"FETCH_PROPS_LATE", number<1048576>},
                                   {"FETCH_NAMED", number<11>},
                                   {"ATTR_AUTOCOMMIT", number<0>},
                                   {"ATTR_PREFETCH", number<1>},
                                   {"ATTR_TIMEOUT", number<2>},
                                   {"ATTR_ERRMODE", number<3>},
                                   {"ATTR_SERVER_VERSION", number<4>},
                                   {"ATTR_CLIENT_VERSION", number<5>},
                                   {"ATTR_SERVER_INFO", number<6>},
                                   {"ATTR_CONNECTION_STATUS", number<7>},
                                   {"ATTR_CASE", number<8>},
                                   {"ATTR_CURSOR_NAME", number<9>},
                                   {"ATTR_CURSOR", number<10>},
                                   {"ATTR_ORACLE_NULLS", number<11>},
                                   {"ATTR_PERSISTENT", number<12>},
                                   {"ATTR_STATEMENT_CLASS", number<13>},
                                   {"ATTR_FETCH_TABLE_NAMES", number<14>},
                                   {"ATTR_FETCH_CATALOG_NAMES", number<15>},
                                   {"ATTR_DRIVER_NAME", number<16>},
                                   {"ATTR_STRINGIFY_FETCHES", number<17>},
                                   {"ATTR_MAX_COLUMN_LEN", number<18>},
                                   {"ATTR_EMULATE_PREPARES", number<20>},
                                   {"ATTR_DEFAULT_FETCH_MODE", number<19>},
                                   {"ATTR_DEFAULT_STR_PARAM", number<21>},
                                   {"ERRMODE_SILENT", number<0>},
                                   {"ERRMODE_WARNING", number<1>},
                                   {"ERRMODE_EXCEPTION", number<2>},
                                   {"CASE_NATURAL", number<0>},
                                   {"CASE_LOWER", number<2>},
                                   {"CASE_UPPER", number<1>},
                                   {"NULL_NATURAL", number<0>},
                                   {"NULL_EMPTY_STRING", number<1>},
                                   {"NULL_TO_STRING", number<2>},
                                   {"FETCH_ORI_NEXT", number<0>},
                                   {"FETCH_ORI_PRIOR", number<1>},
                                   {"FETCH_ORI_FIRST", number<2>},
                                   {"FETCH_ORI_LAST", number<3>},
                                   {"FETCH_ORI_ABS", number<4>},
                                   {"FETCH_ORI_REL", number<5>},
                                   {"CURSOR_FWDONLY", number<0>},
                                   {"CURSOR_SCROLL", number<1>},
                                   {"MYSQL_ATTR_USE_BUFFERED_QUERY", number<1000>},
                                   {"MYSQL_ATTR_LOCAL_INFILE", number<1001>},
                                   {"MYSQL_ATTR_INIT_COMMAND", number<1002>},
                                   {"MYSQL_ATTR_COMPRESS", number<1003>},
                                   {"MYSQL_ATTR_DIRECT_QUERY", number<1004>},
                                   {"MYSQL_ATTR_FOUND_ROWS", number<1005>},
                                   {"MYSQL_ATTR_IGNORE_SPACE", number<1006>},
                                   {"MYSQL_ATTR_SSL_KEY", number<1007>},
                                   {"MYSQL_ATTR_SSL_CERT", number<1008>},
                                   {"MYSQL_ATTR_SSL_CA", number<1009>},
                                   {"MYSQL_ATTR_SSL_CAPATH", number<1010>},
                                   {"MYSQL_ATTR_SSL_CIPHER", number<1011>},
                                   {"MYSQL_ATTR_SERVER_PUBLIC_KEY", number<1012>},
                                   {"MYSQL_ATTR_MULTI_STATEMENTS", number<1013>},
                                   {"MYSQL_ATTR_SSL_VERIFY_SERVER_CERT", number<1014>},
                                   {"MYSQL_ATTR_LOCAL_INFILE_DIRECTORY", number<1015>},
                                   {"PGSQL_ATTR_DISABLE_PREPARES", number<1000>},
                                   {"PGSQL_TRANSACTION_IDLE", number<0>},
                                   {"PGSQL_TRANSACTION_ACTIVE", number<1>},
                                   {"PGSQL_TRANSACTION_INTRANS", number<2>},
                                   {"PGSQL_TRANSACTION_INERROR", number<3>},
                                   {"PGSQL_TRANSACTION_UNKNOWN", number<4>},
                                   {"SQLITE_DETERMINISTIC", number<2048>},
                                   {"SQLITE_ATTR_OPEN_FLAGS", number<1000>},
                                   {"SQLITE_OPEN_READONLY", number<1>},
                                   {"SQLITE_OPEN_READWRITE", number<2>},
                                   {"SQLITE_OPEN_CREATE", number<4>},
                                   {"SQLITE_ATTR_READONLY_STATEMENT", number<1001>},
                                   {"SQLITE_ATTR_EXTENDED_RESULT_CODES", number<1002>}};

Value no_info() { return {}; }

Object* make_exception(Class& c) {
  Object* const made = find_class("RuntimeException")->make(c);
  made->properties.set_text("errorInfo", Value());
  return made;
}

void declare_exception() {
  Class& c = new_builtin("PDOException");
  c.parent = find_class("RuntimeException");
  c.make = make_exception;
  c.property("errorInfo", kPublic, "?array", no_info);
  declare_builtin(c);
}

void declare_classes() {
  declare_exception();
  Class& pdo = declare_builtin(new_builtin("PDO"));
  for (const Constant& one : kConstants) pdo.constant(one.name, kPublic, one.value);
  pdo.constant("ERR_NONE", kPublic, no_error);
  Class& statement = new_builtin("PDOStatement");
  statement.property("queryString", kPublic | kReadOnly, "string", nullptr);
  declare_builtin(statement);
  declare_pdo_connection();
  declare_pdo_statement();
}

}  // namespace

void forbid_serializing(Class& c) {
  c.method("__serialize", kPublic, [name = c.name](const ObjectPtr&) -> Value {
    throw_new("Exception", concat({"Serialization of '", name, "' is not allowed"}));
  });
  c.method("__unserialize", kPublic, [name = c.name](const ObjectPtr&, Array) -> Value {
    throw_new("Exception", concat({"Unserialization of '", name, "' is not allowed"}));
  });
}

void declare_pdo() {
  thread_local const bool done = (declare_classes(), true);
  static_cast<void>(done);
}

}  // namespace banyan::php_runtime
