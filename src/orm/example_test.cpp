// The example of docs/orm.md, run; and the page held to it.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "orm/orm.h"
#include "runtime/runtime.h"
#include "sqlite/sqlite_database.h"

namespace banyan {
namespace {

using orm::f;

enum class Status : std::uint8_t { kActive = 1, kClosed = 2 };

struct Order;
struct Customer {
  std::int64_t id = 0;
  std::string email;
  Status status = Status::kActive;
  std::int64_t version = 0;
  orm::Many<Order> orders;
  struct schema;
};
struct Order {
  std::int64_t id = 0;
  std::int64_t customer_id = 0;
  std::int64_t cents = 0;
  std::optional<std::string> note;
  orm::One<Customer> customer;
  struct schema;
};

struct Customer::schema : orm::Table<"customers",
                                     orm::Key<&Customer::id>,  // an integer key is made by the database
                                     orm::Field<&Customer::email, orm::unique>,
                                     orm::Field<&Customer::status, orm::Default{Status::kActive}>,
                                     orm::Version<&Customer::version>,  // a stale save() is a kConflict
                                     orm::HasMany<&Customer::orders, &Order::customer_id>> {};
struct Order::schema : orm::Table<"orders", orm::Key<&Order::id>,
                                  orm::BelongsTo<&Order::customer, &Order::customer_id, orm::on_delete_cascade>,
                                  orm::Field<&Order::cents>, orm::Field<&Order::note>> {};

struct NewOrder {
  std::string email;
  std::int64_t cents = 0;
};

// Finds or makes the customer and adds an order: both or neither. Run again by itself after a serialisation failure.
Task<SqlResult<Order>> place_order(orm::Database& db, NewOrder wanted) {
  return orm::transaction(db, wanted, [](orm::Transaction& tx, NewOrder& order) -> Task<SqlResult<Order>> {
    const Customer customer =
        co_await try_(orm::create<Customer>(tx).set<&Customer::email>(order.email).save_or_update<&Customer::email>());
    if (customer.status != Status::kActive) co_return SqlError(SqlErrorKind::kForbidden, "the account is closed");
    co_return co_await orm::create<Order>(tx)
        .set<&Order::customer_id>(customer.id)
        .set<&Order::cents>(order.cents)
        .save();
  });
}

// One page of active customers with their larger orders: two statements, whatever the number of rows.
Task<SqlResult<std::string>> list_customers(orm::Database& db, std::string cursor) {
  const auto page = co_await try_(orm::query<Customer>(db)
                                      .where(f<&Customer::status> == Status::kActive)
                                      .order_by(f<&Customer::email>.asc())
                                      .with<&Customer::orders>(f<&Order::cents> >= 1000)
                                      .page(50, cursor));
  std::string text;
  for (const auto& row : page.rows) {
    text += row->email + ": " + std::to_string(row.get<&Customer::orders>().size()) + "\n";
  }
  co_return text;
}

// The customer of each order, and with the customer all of their orders: three statements.
Task<SqlResult<std::vector<std::string>>> also_ordered(orm::Database& db) {
  const auto orders = co_await try_(
      orm::query<Order>(db).with<&Order::customer>(orm::with<&Customer::orders>(f<&Order::cents>.desc())).all());
  std::vector<std::string> lines;
  for (const auto& order : orders) {
    const auto& customer = *order.get<&Order::customer>();
    lines.push_back(customer->email + " spent at most " +
                    std::to_string(customer.get<&Customer::orders>().front().cents));
  }
  co_return lines;
}

Task<SqlResult<std::string>> serve(std::string path) {
  auto sqlite = co_await try_(SqliteDatabase::open({.path = path}));
  orm::Database db(*sqlite);
  co_await try_(orm::create_tables<Customer, Order>(db));
  (void)co_await try_(place_order(db, {"bo@example.org", 700}));
  (void)co_await try_(place_order(db, {"ann@example.org", 2500}));
  (void)co_await try_(place_order(db, {"ann@example.org", 1200}));
  co_return co_await list_customers(db, "");
}

Task<SqlResult<void>> check(std::string path) {
  EXPECT_EQ(co_await try_(serve(path)), "ann@example.org: 2\nbo@example.org: 0\n");
  auto sqlite = co_await try_(SqliteDatabase::open({.path = path}));
  orm::Database db(*sqlite);
  const std::vector<std::string> lines = co_await try_(also_ordered(db));
  EXPECT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines.back(), "ann@example.org spent at most 2500");
  co_return {};
}
Task<int> serve_and_check(std::string path) {
  const auto done = co_await check(std::move(path));
  if (!done.ok()) ADD_FAILURE() << done.error().text();
  co_return 0;
}

TEST(OrmExample, Serves) {
  std::string directory = ::testing::TempDir() + "orm_example_XXXXXX";
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  EXPECT_EQ(run({.workers = 2}, serve_and_check(directory + "/shop.db")), 0);
  std::filesystem::remove_all(directory);
}

std::string without_spaces(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '\n') out.push_back(c);
  }
  return out;
}

TEST(OrmExample, ThePageShowsTheCodeThatRuns) {
  std::stringstream source;
  source << std::ifstream("example_test.cpp").rdbuf();
  std::stringstream page;
  page << std::ifstream("../../docs/orm.md").rdbuf();
  const std::string code = without_spaces(source.str());
  const std::string text = page.str();
  int blocks = 0;
  for (std::size_t at = text.find("```cpp\n"); at != std::string::npos; at = text.find("```cpp\n", at)) {
    at += 7;
    const std::size_t end = text.find("```", at);
    ASSERT_NE(end, std::string::npos);
    const std::string block = text.substr(at, end - at);
    EXPECT_NE(code.find(without_spaces(block)), std::string::npos) << block;
    ++blocks;
    at = end + 3;
  }
  EXPECT_GE(blocks, 4);
}

}  // namespace
}  // namespace banyan
