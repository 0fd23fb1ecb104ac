// Entities of an existing database, written by `migrate import`. Read and rename; then they are yours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "orm/orm.h"

namespace imported_mariadb {

struct Customer;
struct Order;

struct Customer {
  std::int64_t id = 0;
  std::string email;
  std::int32_t status = 0;
  std::int32_t priority = 0;
  bool active = false;
  bool verified = false;
  std::int32_t since = 0;
  std::string kind;
  std::optional<std::string> note;
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
    banyan::orm::Key<&Customer::id, banyan::orm::sql_type<"int(10) unsigned">>,
    banyan::orm::Field<&Customer::email, banyan::orm::sql_type<"varchar(190)">, banyan::orm::unique>,
    banyan::orm::Field<&Customer::status, banyan::orm::Default{1}>,
    banyan::orm::Field<&Customer::priority, banyan::orm::sql_type<"smallint(6)">, banyan::orm::UnsafeDefault{"-1"}>,
    banyan::orm::Field<&Customer::active, banyan::orm::Default{true}>,
    banyan::orm::Field<&Customer::verified, banyan::orm::sql_type<"bit(1)">, banyan::orm::UnsafeDefault{"b'0'"}>,
    banyan::orm::Field<&Customer::since, banyan::orm::sql_type<"year(4)">, banyan::orm::Default{2020}>,
    banyan::orm::Field<&Customer::kind, banyan::orm::sql_type<"enum('person','firm')">, banyan::orm::UnsafeDefault{"'person'"}>,
    banyan::orm::Field<&Customer::note, banyan::orm::sql_type<"text">, banyan::orm::UnsafeDefault{"'it''s \"quoted\"'"}>,
    banyan::orm::Field<&Customer::created_at, banyan::orm::sql_type<"timestamp">, banyan::orm::UnsafeDefault{"current_timestamp()"}>> {};

struct Order::schema : banyan::orm::Table<"orders",
    banyan::orm::Key<&Order::id>,
    banyan::orm::BelongsTo<&Order::customer, &Order::customer_id, banyan::orm::sql_type<"int(10) unsigned">, banyan::orm::on_delete_cascade>,
    banyan::orm::Field<&Order::class_, banyan::orm::column<"class">, banyan::orm::DefaultText{"plain"}>,
    banyan::orm::Field<&Order::cents, banyan::orm::Default{0}>,
    banyan::orm::Field<&Order::price, banyan::orm::sql_type<"decimal(12,2)">>,
    banyan::orm::Field<&Order::photo, banyan::orm::sql_type<"mediumblob">>,
    banyan::orm::Index<&Order::class_, &Order::cents>> {};

}  // namespace imported_mariadb
