// An existing schema of each database read into entities, which are compiled here: they read and write its rows, and
// the plan from the database to them is empty.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "migrate/import.h"
#include "orm/orm.h"
#include "orm_migrate/databases_test.h"
#include "orm_migrate/testdata/imported_mariadb.h"
#include "orm_migrate/testdata/imported_postgres.h"
#include "orm_migrate/testdata/imported_sqlite.h"

namespace banyan::orm {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}
void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(BANYAN_TESTDATA) + "/" + name;
  if (std::getenv("BANYAN_UPDATE") != nullptr) std::ofstream(path) << text;
  EXPECT_EQ(read(path), text) << "BANYAN_UPDATE=1 writes it";
}

template <class Customer, class Order>
Task<SqlResult<void>> import_schema(SqlDatabase& database, std::string dialect) {
  std::string script = read(std::string(BANYAN_TESTDATA) + "/shop_" + dialect + ".sql");
  co_await try_(migrate::apply_migrations(database, {{1, "0001_shop.sql", script, migrate::sha256_hex(script)}}));
  SqlLease lease = co_await try_(database.acquire(SqlAccess::kRead));
  const migrate::Catalogue catalogue = co_await try_(migrate::read_catalogue(*lease));
  lease.give_back();
  expect_golden("imported_" + dialect + ".h",
                migrate::entities_of(catalogue, database.dialect(), "imported_" + dialect));
  // The entities read and write what is there.
  Database db(database);
  Customer customer;
  customer.email = "ann@x";
  if constexpr (requires { customer.token; }) customer.token = "2f1b6c1e-5d9c-4a55-9d0c-0d6f3f0a7b11";
  if constexpr (requires { customer.kind; }) customer.kind = "firm";
  if constexpr (requires { customer.created_at.microseconds; })
    customer.created_at.microseconds = 1'700'000'000'000'000;
  if constexpr (requires { customer.seen_at; }) customer.seen_at = SqlTimestamp{1'700'000'000'000'000};
  if constexpr (requires { customer.verified; }) customer.verified = true;
  if constexpr (requires { customer.since; }) customer.since = 2024;
  const Customer given = customer;
  customer = co_await try_(insert(db, customer));
  if constexpr (requires { customer.seen_at; }) EXPECT_TRUE(customer.seen_at == given.seen_at);
  if constexpr (requires { customer.verified; }) EXPECT_TRUE(customer.verified);
  if constexpr (requires { customer.since; }) EXPECT_EQ(customer.since, 2024);
  Order order;
  order.customer_id = customer.id;
  order.class_ = "gold";
  order.price = SqlDecimal{"9.75"};  // SQLite keeps it as a number
  (void)co_await try_(insert(db, order));
  const auto row = co_await try_(query<Order>(db).template with<&Order::customer>().one());
  EXPECT_EQ(row->class_, "gold");
  EXPECT_EQ(row->price.value_or(SqlDecimal{}).text, "9.75");
  const auto& owner = row.template get<&Order::customer>();
  EXPECT_TRUE(owner.has_value() && owner->email == "ann@x");
  const Plan plan = co_await try_(plan_for(database, {&table_info<Customer>(), &table_info<Order>()}));
  EXPECT_TRUE(plan.empty()) << plan.sql();
  co_return {};
}

Task<SqlResult<void>> sqlite_import(std::string path) {
  const auto database = co_await try_(migrate::open_database("sqlite:" + path));
  co_return co_await import_schema<imported_sqlite::Customer, imported_sqlite::Order>(*database, "sqlite");
}
TEST(OrmMigrate, ImportsFromSqlite) {
  const oracle::TemporaryFolder folder;
  EXPECT_EQ(error_of(sqlite_import(folder.path() + "/test.db")), "");
}
Task<SqlResult<void>> postgres_import() {
  const auto database = co_await try_(postgres_database("shop"));
  co_return co_await import_schema<imported_postgres::Customer, imported_postgres::Order>(*database, "postgres");
}
TEST(OrmMigrate, ImportsFromPostgres) {
  if (TestPostgres::instance() == nullptr) GTEST_SKIP() << TestPostgres::kNotInstalled;
  EXPECT_EQ(error_of(postgres_import()), "");
}

Task<SqlResult<void>> mariadb_import() {
  const auto database = co_await try_(mariadb_database("shop"));
  co_return co_await import_schema<imported_mariadb::Customer, imported_mariadb::Order>(*database, "mariadb");
}
TEST(OrmMigrate, ImportsFromMariadb) {
  if (TestMariadb::instance() == nullptr) GTEST_SKIP() << TestMariadb::kNotInstalled;
  EXPECT_EQ(error_of(mariadb_import()), "");
}

}  // namespace
}  // namespace banyan::orm
