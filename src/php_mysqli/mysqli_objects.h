// The objects of mysqli's classes, and how they fail. Private to the module.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "php_clients/mysql_statement.h"
#include "php_runtime/builtin.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/object.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

// Constants that the code names; all of them are in mysqli_classes.cpp.
inline constexpr Int kMysqliAssoc = 1;
inline constexpr Int kMysqliNum = 2;
inline constexpr Int kMysqliBoth = 3;
inline constexpr Int kMysqliStore = 0;
inline constexpr Int kMysqliUse = 1;
inline constexpr Int kMysqliAsync = 8;
inline constexpr Int kMysqliCopyData = 16;
inline constexpr Int kReportError = 1;
inline constexpr Int kReportStrict = 2;
inline constexpr Int kReportIndex = 4;

// How far an object has come; the order matters.
enum class MysqliStatus : std::uint8_t { kNone, kInitialized, kValid };

class MysqliLink final : public Object {
 public:
  using Object::Object;
  Native native() const override { return Native::kOther; }
  Object* clone() const override;

  MysqliStatus status = MysqliStatus::kNone;
  std::shared_ptr<MysqlClient> client;  // null before connecting
  MysqlTarget target;                   // what options() and its kin have set
  bool native_numbers = false;
  MysqlError error;  // of what went wrong without a connection
  const MysqlError& last_error() const { return client == nullptr ? error : client->error(); }
};

class MysqliRows final : public Object {
 public:
  using Object::Object;
  Native native() const override { return Native::kOther; }
  Object* clone() const override;

  std::shared_ptr<MysqlResult> rows;  // null: freed
  std::vector<MysqlField> fields;
  bool is_binary = false;
  bool native_numbers = false;
  bool has_rows = true;  // false: only fields, of result_metadata()
  std::size_t field = 0;
  std::vector<Int> lengths;  // of the row that was fetched last
  bool freed = false;
  bool unbuffered() const { return rows != nullptr && !rows->stored(); }
};

class MysqliStatement final : public Object {
 public:
  using Object::Object;
  Native native() const override { return Native::kOther; }
  Object* clone() const override;

  MysqliStatus status = MysqliStatus::kNone;
  std::unique_ptr<MysqlStatement> made;
  ObjectPtr link;
  std::string types;
  std::vector<Ref> parameters;
  std::vector<Ref> results;
  bool is_executed = false;  // and its rows have not been taken by get_result()
};

// What a request keeps.
struct MysqliState {
  Int report = kReportError | kReportStrict;
  MysqlError connecting;  // of the last attempt
};
MysqliState& mysqli_state();

// ---- Failures: told as mysqli_report() says. `function` is the one that is called, for warnings ----
void mysqli_raise(std::string_view function, const MysqlError& error);   // in any case
void mysqli_report(std::string_view function, const MysqlError& error);  // where errors are reported, and it is one

// ---- Calls: of a method, or of the function that takes the object first ----

struct MysqliCall {
  std::string_view name;  // "mysqli::query" or "mysqli_query"
  bool is_method = false;
  ObjectPtr self;
  Arguments given;  // without the object

  std::size_t count() const { return given.size(); }
  // Arguments by their number from 1, behind the object.
  Value at(std::size_t i) const { return i <= given.size() ? Value(given[i - 1].deref()) : Value(); }
  bool has(std::size_t i) const { return i <= given.size(); }
  std::string place(std::size_t i, std::string_view argument_name) const;
  [[noreturn]] void refuse(std::size_t i, std::string_view argument_name, std::string_view complaint) const;
  String text(std::size_t i, std::string_view argument_name) const;
  std::optional<String> text_or_none(std::size_t i, std::string_view argument_name) const;
  Int integer(std::size_t i, std::string_view argument_name, Int other = 0) const;
  std::optional<Array> array_or_none(std::size_t i, std::string_view argument_name) const;

  MysqliLink& link(MysqliStatus needed = MysqliStatus::kValid) const;
  MysqlClient& client() const { return *link().client; }
  MysqliRows& rows() const;
  MysqliStatement& statement(MysqliStatus needed = MysqliStatus::kValid) const;
};

// One method and one function that do the same; "" where there is no such.
struct MysqliEntry {
  std::string_view method;
  std::string_view function;
  int least = 0;  // arguments, without the object
  int most = 0;
  Value (*call)(const MysqliCall& call) = nullptr;
};
void declare_methods(Class& c, const MysqliEntry* first, std::size_t count);
// `argument_name`: of the object, for messages.
void register_entries(std::string_view class_name, std::string_view argument_name, const MysqliEntry* first,
                      std::size_t count);

// ---- The classes' own files ----
void declare_mysqli_link();
void declare_mysqli_rows();
void declare_mysqli_statement();
void register_mysqli_link();
void register_mysqli_rows();
void register_mysqli_statement();

// A property that PHP works out when it is read; nullopt: the class has none of the name.
std::optional<Value> mysqli_link_property(MysqliLink& link, std::string_view name);
std::optional<Value> mysqli_rows_property(MysqliRows& rows, std::string_view name);
std::optional<Value> mysqli_statement_property(MysqliStatement& statement, std::string_view name);
template <class T>
void declare_read_properties(Class& c, std::optional<Value> (*read)(T& object, std::string_view name));
// For functions that tell what properties tell, too.
template <std::size_t N>
struct PropertyName {
  constexpr PropertyName(const char (&text)[N]) { std::copy_n(text, N, bytes); }
  char bytes[N]{};
};

// Rows of a text or of a statement, as an object.
ObjectPtr new_mysqli_rows(std::shared_ptr<MysqlResult> rows, bool is_binary, bool native_numbers);
Value count_value(std::uint64_t count);  // -1: none is known; a text where it is beyond an int
Array error_list(const MysqlError& error);

// ---- Properties: by __get() and its kin, which are not there for the program's own classes to replace ----

template <class T>
void declare_read_properties(Class& c, std::optional<Value> (*read)(T& object, std::string_view name)) {
  c.method("__get", kPublic, [read](const ObjectPtr& o, String name) -> Value {
    if (std::optional<Value> found = read(static_cast<T&>(*o), name)) return *std::move(found);
    warning(concat({"Undefined property: ", o->of().name, "::$", name}));
    return {};
  });
  c.method("__isset", kPublic, [read](const ObjectPtr& o, String name) {
    const std::optional<Value> found = read(static_cast<T&>(*o), name);
    return found.has_value() && !found->is_null();
  });
  c.method("__set", kPublic, [read](const ObjectPtr& o, String name, Value value) {
    if (read(static_cast<T&>(*o), name)) {
      throw_error(concat({"Cannot write read-only property ", o->of().name, "::$", name}));
    }
    if (!o->of().allows_dynamic) {
      deprecated(concat({"Creation of dynamic property ", o->of().name, "::$", name, " is deprecated"}));
    }
    o->properties.set_text(name, std::move(value));
  });
}

}  // namespace banyan::php_runtime
