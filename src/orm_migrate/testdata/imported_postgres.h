// Entities of an existing database, written by `migrate import`. Read and rename; then they are yours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "orm/orm.h"

namespace imported_postgres {

struct Customer;
struct Order;

struct Customer {
  std::int64_t id = 0;
  std::string email;
  std::int32_t status = 0;
  std::int32_t priority = 0;
  bool active = false;
  std::string token;
  std::optional<std::string> attributes;
  std::string kind;
  std::optional<banyan::SqlTimestamp> seen_at;
  std::optional<std::string> note;
  banyan::SqlTimestamp created_at;
  banyan::SqlTimestamp expires_at;
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
    banyan::orm::Field<&Customer::email, banyan::orm::sql_type<"character varying(255)">, banyan::orm::unique>,
    banyan::orm::Field<&Customer::status, banyan::orm::Default{1}>,
    banyan::orm::Field<&Customer::priority, banyan::orm::sql_type<"smallint">, banyan::orm::UnsafeDefault{"'-1'::integer"}>,
    banyan::orm::Field<&Customer::active, banyan::orm::Default{true}>,
    banyan::orm::Field<&Customer::token, banyan::orm::sql_type<"uuid">, banyan::orm::UnsafeDefault{"gen_random_uuid()"}>,
    banyan::orm::Field<&Customer::attributes, banyan::orm::sql_type<"jsonb">>,
    banyan::orm::Field<&Customer::kind, banyan::orm::sql_type<"party">, banyan::orm::UnsafeDefault{"'person'::party"}>,
    banyan::orm::Field<&Customer::seen_at, banyan::orm::sql_type<"timestamp(0) without time zone">>,
    banyan::orm::Field<&Customer::note, banyan::orm::UnsafeDefault{"'it''s \"quoted\"'::text"}>,
    banyan::orm::Field<&Customer::created_at, banyan::orm::default_now>,
    banyan::orm::Field<&Customer::expires_at, banyan::orm::UnsafeDefault{"(now() + '1 day'::interval)"}>> {};

struct Order::schema : banyan::orm::Table<"orders",
    banyan::orm::Key<&Order::id>,
    banyan::orm::BelongsTo<&Order::customer, &Order::customer_id, banyan::orm::on_delete_cascade, banyan::orm::not_indexed>,
    banyan::orm::Field<&Order::class_, banyan::orm::column<"class">, banyan::orm::DefaultText{"plain"}>,
    banyan::orm::Field<&Order::cents, banyan::orm::Default{0}>,
    banyan::orm::Field<&Order::price, banyan::orm::sql_type<"numeric(12,2)">>,
    banyan::orm::Field<&Order::photo>,
    banyan::orm::Index<&Order::class_, &Order::cents>> {};

}  // namespace imported_postgres
