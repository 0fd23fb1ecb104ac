// Entities of an existing database, written by `migrate import`. Read and rename; then they are yours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "orm/orm.h"

namespace imported_postgres {

// The table log is left out: it has no primary key.
// The table order_tags is left out: its key has several columns.
struct Customer;
struct Order;

struct Customer {
  std::int64_t id = 0;
  std::string email;
  std::int32_t status = 0;
  std::optional<std::string> note;
  // The column "odd name" is left out: its name is no identifier.
  banyan::SqlTimestamp created_at;
  struct schema;
};

struct Order {
  std::int64_t id = 0;
  std::int64_t customer_id = 0;
  std::string class_;
  std::int64_t cents = 0;
  std::optional<banyan::SqlDecimal> price;
  std::optional<banyan::SqlBytes> photo;
  banyan::orm::One<Customer> customer;
  struct schema;
};

struct Customer::schema : banyan::orm::Table<"customers",
    banyan::orm::Key<&Customer::id>,
    banyan::orm::Field<&Customer::email, banyan::orm::unique>,
    banyan::orm::Field<&Customer::status, banyan::orm::Default{1}>,
    banyan::orm::Field<&Customer::note>,
    banyan::orm::Field<&Customer::created_at, banyan::orm::default_now>> {};

struct Order::schema : banyan::orm::Table<"orders",
    banyan::orm::Key<&Order::id>,
    banyan::orm::BelongsTo<&Order::customer, &Order::customer_id, banyan::orm::on_delete_cascade>,
    banyan::orm::Field<&Order::class_, banyan::orm::column<"class">, banyan::orm::DefaultText{"plain"}>,
    banyan::orm::Field<&Order::cents, banyan::orm::Default{0}>,
    banyan::orm::Field<&Order::price>,
    banyan::orm::Field<&Order::photo>,
    banyan::orm::Index<&Order::class_, &Order::cents>> {};

}  // namespace imported_postgres
