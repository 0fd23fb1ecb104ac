// A program with an entity and the commands that bring a database to it: docs/migrations.md.
#include "orm/orm.h"
#include "orm_migrate/orm_migrate.h"

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

int main(int argc, char** argv) {
  const banyan::Command program = {
      .name = "shop", .summary = "the shop's data", .commands = {orm::migrate_command<Order>()}};
  return banyan::run_program(program, argc, argv);
}
