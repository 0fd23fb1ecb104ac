// PDO as PHP 8.2.36 has it: what is expected was printed by it. tests/e2e/test_php_mount.py compares far more of it
// with php-fpm, through converted pages.
#include "php_pdo/pdo.h"

#include <unistd.h>

#include <string>

#include <gtest/gtest.h>

#include "php_runtime/builtins.h"

namespace banyan::php_runtime {
namespace {

// What the script prints, with PDO at hand.
std::string printed(void (*script)()) {
  declare_builtins();
  declare_pdo();
  Context c;
  std::string out;
  run_in(c, script, out);
  return out;
}

Value memory() { return new_object(need_class("PDO"), nullptr, {"sqlite::memory:"}); }
Value call(const Value& o, std::string_view method, Arguments arguments = {}) {
  return call_method_in(o, method, nullptr, arguments);
}
Value constant_of_pdo(std::string_view name) { return class_const(need_class("PDO"), name, nullptr); }
void show(const Value& v) { echo(*json_encode(v) + "\n"); }

// What a call throws, as message, code and errorInfo.
template <class F>
void show_failure(F f) {
  try {
    f();
    echo("nothing\n");
  } catch (const ThrownError& thrown) {
    Object& o = thrown.object.as_object();
    const Value* const info = o.properties.lookup(Key(String("errorInfo")));
    show(Array::list(
        {o.of().name, throwable_get(o, "message"), throwable_get(o, "code"), info == nullptr ? Value() : *info}));
  }
}

Value table() {
  const Value d = memory();
  call(d, "exec", {"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b REAL, c BLOB)"});
  return d;
}

TEST(Pdo, RowsHaveSqlitesTypes) {
  EXPECT_EQ(printed([] {
              const Value d = table();
              show(call(d, "exec", {"INSERT INTO t VALUES (1,'x',1.5,'b'),(2,'y',2,NULL)"}));
              const Value rows = call(d, "query", {"SELECT * FROM t"});
              show(call(rows, "fetch"));
              show(call(rows, "fetch", {constant_of_pdo("FETCH_OBJ")}));
              show(call(rows, "fetch"));
              show(call(rows, "fetchColumn"));
            }),
            "2\n"
            R"({"id":1,"0":1,"a":"x","1":"x","b":1.5,"2":1.5,"c":"b","3":"b"})"
            "\n"
            R"({"id":2,"a":"y","b":2,"c":null})"
            "\nfalse\nfalse\n");
}

// A value stays bound until another takes its place, as in SQLite itself; true and false are texts.
TEST(Pdo, ValuesAreBoundAsTexts) {
  EXPECT_EQ(printed([] {
              const Value d = table();
              const Value st = call(d, "prepare", {"INSERT INTO t (a,b,c) VALUES (:a, :b, :c)"});
              show(call(st, "execute", {Array::map({"a", 1, "b", true, "c", Value()})}));
              show(call(st, "execute", {Array::map({":a", "z", ":b", false, ":c", "bin"})}));
              show(call(st, "execute", {Array::map({"a", "k"})}));
              show(call(d, "lastInsertId"));
              const Value rows = call(d, "query", {"SELECT a, b, typeof(b) t, c FROM t"});
              show(call(rows, "fetchAll", {constant_of_pdo("FETCH_NUM")}));
            }),
            "true\ntrue\ntrue\n\"3\"\n"
            R"([["1",1,"real",null],["z","","text","bin"],["k","","text","bin"]])"
            "\n");
}

TEST(Pdo, FailuresAreTold) {
  EXPECT_EQ(
      printed([] {
        const Value d = table();
        call(d, "exec", {"INSERT INTO t (a) VALUES ('x')"});
        show_failure([&] { call(d, "exec", {"INSERT INTO t (a) VALUES ('x')"}); });
        show_failure([&] { call(d, "prepare", {"SELEC 1"}); });
        show_failure([&] { call(call(d, "prepare", {"SELECT ?"}), "execute", {Array::list({1, 2})}); });
        show_failure([&] { call(d, "commit"); });
        show_failure([&] { call(d, "query", {""}); });
        show_failure([] { new_object(need_class("PDO"), nullptr, {"sqlite:/nonexistent/x"}); });
        show_failure([] { new_object(need_class("PDO"), nullptr, {"nope:x"}); });
      }),
      R"(["PDOException","SQLSTATE[23000]: Integrity constraint violation: 19 UNIQUE constraint failed: t.a","23000",)"
      R"(["23000",19,"UNIQUE constraint failed: t.a"]])"
      "\n"
      R"(["PDOException","SQLSTATE[HY000]: General error: 1 near \"SELEC\": syntax error","HY000",)"
      R"(["HY000",1,"near \"SELEC\": syntax error"]])"
      "\n"
      R"(["PDOException","SQLSTATE[HY000]: General error: 25 column index out of range","HY000",)"
      R"(["HY000",25,"column index out of range"]])"
      "\n"
      R"(["PDOException","There is no active transaction",0,null])"
      "\n"
      R"(["ValueError","PDO::query(): Argument #1 ($query) cannot be empty",0,null])"
      "\n"
      R"(["PDOException","SQLSTATE[HY000] [14] unable to open database file",14,)"
      R"(["HY000",14,"unable to open database file"]])"
      "\n"
      R"(["PDOException","could not find driver",0,null])"
      "\n");
}

TEST(Pdo, AllRowsInEachForm) {
  EXPECT_EQ(printed([] {
              const Value d = memory();
              call(d, "exec", {"CREATE TABLE t (a TEXT, b REAL); INSERT INTO t VALUES ('x',1),('z',''),('x',3)"});
              for (const Int mode : {2, 3, 5, 7, 12, 2 | 196608, 2 | 65536, 7 | 65536}) {
                show(call(call(d, "query", {"SELECT a, b FROM t"}), "fetchAll", {mode}));
              }
            }),
            R"([{"a":"x","b":1},{"a":"z","b":""},{"a":"x","b":3}])"
            "\n"
            R"([["x",1],["z",""],["x",3]])"
            "\n"
            R"([{"a":"x","b":1},{"a":"z","b":""},{"a":"x","b":3}])"
            "\n"
            R"(["x","z","x"])"
            "\n"
            R"({"x":3,"z":""})"
            "\n"
            R"({"x":{"b":3},"z":{"b":""}})"
            "\n"
            R"({"x":[{"b":1},{"b":3}],"z":[{"b":""}]})"
            "\n"
            R"({"x":[1,3],"z":[""]})"
            "\n");
}

TEST(Pdo, ATransactionEndsWithItsConnection) {
  const std::string path = testing::TempDir() + "pdo_transaction." + std::to_string(::getpid()) + ".db";
  static std::string dsn;
  dsn = "sqlite:" + path;
  EXPECT_EQ(printed([] {
              {
                const Value d = new_object(need_class("PDO"), nullptr, {dsn});
                call(d, "exec", {"CREATE TABLE IF NOT EXISTS t (a)"});
                call(d, "exec", {"DELETE FROM t"});
                show(call(d, "beginTransaction"));
                call(d, "exec", {"INSERT INTO t VALUES (1)"});
                show(call(d, "inTransaction"));
              }
              const Value again = new_object(need_class("PDO"), nullptr, {dsn});
              show(call(call(again, "query", {"SELECT count(*) FROM t"}), "fetchColumn"));
            }),
            "true\ntrue\n0\n");
  ::unlink(path.c_str());
}

}  // namespace
}  // namespace banyan::php_runtime
