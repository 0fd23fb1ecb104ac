// docs/migrations.md, built and run: a program with its entities, and its schema brought from version to version.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "orm/orm.h"
#include "orm_migrate/orm_migrate.h"

namespace {

namespace orm = banyan::orm;

struct Order {
  std::int64_t id = 0;
  std::string customer;
  std::int64_t cents = 0;
  std::optional<std::string> note;
  struct schema;
};
struct Order::schema : orm::Table<"orders", orm::Key<&Order::id>, orm::Field<&Order::customer>,
                                  orm::Field<&Order::cents>, orm::Field<&Order::note>, orm::Index<&Order::customer>> {};

// What stands in the program's main().
int shop(int argc, char** argv) {
  const banyan::Command program = {
      .name = "shop", .summary = "the shop's data", .commands = {orm::migrate_command<Order>()}};
  return banyan::run_program(program, argc, argv);
}

class Shop {
 public:
  Shop() {
    EXPECT_NE(mkdtemp(directory_.data()), nullptr);
    setenv("DATABASE_URL", ("sqlite:" + directory_ + "/shop.db").c_str(), 1);
  }
  ~Shop() { std::filesystem::remove_all(directory_); }
  // Exit code of `shop migrate WORDS --folder ...`.
  int migrate(std::vector<std::string> words) const {
    words.insert(words.begin(), {"shop", "migrate"});
    words.insert(words.end(), {"--folder", folder()});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    return shop(static_cast<int>(arguments.size()), arguments.data());
  }
  std::string folder() const { return directory_ + "/migrations"; }

 private:
  std::string directory_ = ::testing::TempDir() + "shop_XXXXXX";
};

TEST(MigrateExample, FromNothingToANewVersion) {
  const Shop shop;
  EXPECT_EQ(shop.migrate({"diff"}), 1);  // there is something to do; it is printed
  EXPECT_EQ(shop.migrate({"diff", "add_orders"}), 0);
  EXPECT_TRUE(std::filesystem::exists(shop.folder() + "/0001_add_orders.sql"));
  EXPECT_EQ(shop.migrate({"lint", "--dialect", "sqlite"}), 0);
  EXPECT_EQ(shop.migrate({"status"}), 1);  // one version waits
  EXPECT_EQ(shop.migrate({"diff"}), 2);    // apply first
  EXPECT_EQ(shop.migrate({"apply"}), 0);
  EXPECT_EQ(shop.migrate({"status"}), 0);
  EXPECT_EQ(shop.migrate({"diff"}), 0);
}

TEST(MigrateExample, WhatDestroysIsRefused) {
  const Shop shop;
  std::filesystem::create_directories(shop.folder());
  std::ofstream(shop.folder() + "/0001_old.sql")
      << "CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, customer TEXT NOT NULL, cents INTEGER NOT NULL, "
         "note TEXT, colour TEXT);\nCREATE INDEX orders_customer_idx ON orders (customer);\n";
  EXPECT_EQ(shop.migrate({"apply"}), 2);  // nobody has said that the file is as it should be
  EXPECT_EQ(shop.migrate({"checksums"}), 0);
  EXPECT_EQ(shop.migrate({"apply"}), 0);
  EXPECT_EQ(shop.migrate({"diff", "drop_colour"}), 2);
  EXPECT_EQ(shop.migrate({"diff", "drop_colour", "--destructive"}), 0);
  EXPECT_EQ(shop.migrate({"lint", "--dialect", "sqlite"}), 1);
  EXPECT_EQ(shop.migrate({"apply"}), 0);
  EXPECT_EQ(shop.migrate({"diff"}), 0);
  std::ofstream(shop.folder() + "/0001_old.sql", std::ios::app) << "-- changed afterwards\n";
  EXPECT_EQ(shop.migrate({"status"}), 2);
}

}  // namespace
