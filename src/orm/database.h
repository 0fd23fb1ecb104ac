// Where statements run: an orm::Database (each statement takes a connection for itself) or an orm::Transaction.
//
//   orm::Database db(sqlite);                       // any SqlDatabase; safe to use from all workers
//   auto moved = co_await orm::transaction(db, input, [](orm::Transaction& tx, Input& input) -> Task<SqlResult<int>> {
//     ...
//   });
#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "orm/schema.h"
#include "orm/statement.h"
#include "sql/sql_database.h"

namespace banyan::orm {

enum class Mutating : std::uint8_t { kCreate, kUpdate, kRemove };

// A change about to be made, or made, for hooks.
struct MutationData {
  Mutating kind = Mutating::kCreate;
  const TableInfo* table = nullptr;
  std::vector<Assignment> set;       // of a create or an update
  const Condition* where = nullptr;  // of an update or a remove; in a create null
  std::uint64_t rows = 0;            // after: how many rows it changed
};

// The same with the entity's own types.
template <class E>
class Mutation {
 public:
  explicit Mutation(MutationData& data) : data_(data) {}
  Mutating kind() const { return data_.kind; }
  std::uint64_t rows() const { return data_.rows; }
  // The value that M will get; null if it is left alone, is raised by an amount, or is null.
  template <auto M>
  std::optional<MemberOf<M>> value() const {
    static_assert(std::is_same_v<OwnerOf<M>, E>, "this member belongs to another entity than the hook's");
    for (const Assignment& assignment : data_.set) {
      if (assignment.column != column_of<M>() || assignment.add) continue;
      MemberOf<M> value{};
      if (ColumnTrait<MemberOf<M>>::from_view(view_of(assignment.value), value)) return value;
    }
    return std::nullopt;
  }
  // Adds to the change, or replaces what it would set.
  template <auto M>
  void set(const MemberOf<M>& value) {
    static_assert(std::is_same_v<OwnerOf<M>, E>, "this member belongs to another entity than the hook's");
    const ColumnInfo* const column = column_of<M>();
    SqlValue stored = ColumnTrait<MemberOf<M>>::to_value(value);
    for (Assignment& assignment : data_.set) {
      if (assignment.column != column) continue;
      assignment = {column, std::move(stored), false};
      return;
    }
    data_.set.push_back({column, std::move(stored), false});
  }

 private:
  MutationData& data_;
};

struct Hook {
  const TableInfo* table;
  bool before;
  std::function<SqlResult<void>(MutationData&)> run;
};

// What a builder needs to run a statement. Copied freely; what it points at outlives it.
struct Source {
  SqlDatabase* database = nullptr;
  SqlConnection* connection = nullptr;  // null: one is taken for each statement
  const std::vector<Hook>* hooks = nullptr;
};

class Database {
 public:
  // `database` must outlive this.
  explicit Database(SqlDatabase& database) : source_{&database, nullptr, &hooks_} {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const Source& source() const { return source_; }
  SqlDialect dialect() const { return source_.database->dialect(); }

  // Hooks run on every typed change of an E, in order of registration; unsafe_execute() passes them by. A hook of
  // before() may change what is set, or refuse with an error; one of after() sees what was done, and an error there
  // fails the call (and the transaction, if its caller lets it). Register them before the database is used.
  template <class E, class Fn>
  void before(Fn fn) {
    add_hook<E>(true, std::move(fn));
  }
  template <class E, class Fn>
  void after(Fn fn) {
    add_hook<E>(false, std::move(fn));
  }

 private:
  template <class E, class Fn>
  void add_hook(bool before, Fn fn) {
    static_assert(std::is_invocable_r_v<SqlResult<void>, Fn&, Mutation<E>&>,
                  "a hook is called with orm::Mutation<Entity>& and gives SqlResult<void>");
    hooks_.push_back({&table_info<E>(), before, [fn = std::move(fn)](MutationData& data) mutable -> SqlResult<void> {
                        Mutation<E> mutation(data);
                        return fn(mutation);
                      }});
  }
  std::vector<Hook> hooks_;
  Source source_;
};

class Transaction {
 public:
  Transaction(Source source, unsigned level) : source_(source), level_(level) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  const Source& source() const { return source_; }
  unsigned level() const { return level_; }

 private:
  Source source_;
  unsigned level_;  // 0: the transaction itself; else the savepoint's
};

namespace detail {
template <class S>
inline constexpr bool is_source = std::is_same_v<S, Database> || std::is_same_v<S, Transaction>;
template <class S>
consteval bool check_source() {
  static_assert(is_source<S>,
                "statements run on an orm::Database, made of a driver's: orm::Database db(*sqlite); or on "
                "an orm::Transaction");
  return true;
}
}  // namespace detail

// What is none is a mistake, which is told, and not another overload's affair.
template <class S>
concept AnySource = detail::check_source<S>();

struct TransactionOptions {
  SqlTransactionOptions sql;
  // How often it is run in all if it ends with kSerialization. The pause between grows from a millisecond, with chance.
  unsigned attempts = 5;
};

namespace detail {
struct Attempt {
  SqlLease lease;
  SqlConnection* connection = nullptr;
};
Task<SqlResult<Attempt>> begin_attempt(Source source, SqlTransactionOptions options);
// Commits if `failed` is null, else rolls back. The error of a commit counts, that of a rollback does not.
Task<SqlResult<void>> end_attempt(SqlConnection* connection, const SqlError* failed);
Task<SqlResult<void>> begin_savepoint(SqlConnection* connection, unsigned level);
Task<SqlResult<void>> end_savepoint(SqlConnection* connection, unsigned level, const SqlError* failed);
// Waits before attempt number `next`, from 2.
Task<SqlResult<void>> pause_before_attempt(unsigned next);

template <class T>
inline constexpr bool is_sql_task_v = false;
template <class T>
inline constexpr bool is_sql_task_v<Task<SqlResult<T>>> = true;
template <class Fn, class State>
consteval void check_body() {
  static_assert(std::is_empty_v<Fn>, "fn must capture nothing, since it is a coroutine: pass what it needs as state");
  static_assert(std::is_invocable_v<Fn, Transaction&, State&>, "fn is called with orm::Transaction& and the state");
  if constexpr (std::is_invocable_v<Fn, Transaction&, State&>) {
    static_assert(is_sql_task_v<std::invoke_result_t<Fn, Transaction&, State&>>,
                  "fn has to give Task<SqlResult<...>>: its errors decide whether the transaction is rolled back");
  }
}
template <class Fn, class State>
struct BodyResult {
  using type = Task<SqlResult<void>>;
};
template <class Fn, class State>
  requires std::is_invocable_v<Fn, Transaction&, State&>
struct BodyResult<Fn, State> {
  using type = std::invoke_result_t<Fn, Transaction&, State&>;
};
}  // namespace detail

// Runs fn(tx, state) in a transaction: committed if it gives a value, rolled back if an error. A transaction that ends
// with kSerialization, fn's or the commit's, is run again from the start, so fn must do nothing outside the database
// that must not be done twice. `fn` captures nothing.
template <class State, class Fn>
auto transaction(Database& db, State state, Fn fn, TransactionOptions options = {}) ->
    typename detail::BodyResult<Fn, State>::type {
  detail::check_body<Fn, State>();
  for (unsigned attempt = 1;; ++attempt) {
    detail::Attempt begun = co_await try_(detail::begin_attempt(db.source(), options.sql));
    Source source = db.source();
    source.connection = begun.connection;
    Transaction tx(source, 0);
    auto result = co_await fn(tx, state);
    SqlResult<void> ended = co_await detail::end_attempt(begun.connection, result.ok() ? nullptr : &result.error());
    if (result.ok() && ended.ok()) co_return result;
    SqlError error = result.ok() ? std::move(ended).error() : std::move(result).error();
    if (error.kind() != SqlErrorKind::kSerialization || attempt >= options.attempts) co_return error;
    begun.lease.give_back();
    co_await try_(detail::pause_before_attempt(attempt + 1));
  }
}

// Not to be called: for who leaves out the state.
template <class Begun, class Fn>
Task<SqlResult<void>> transaction(Begun& begun, Fn fn) {
  static_assert(
      detail::always_false<Fn>,
      "a transaction is orm::transaction(db, state, fn): fn(tx, state) captures nothing, so what it needs is state");
  return transaction(begun, fn, fn);
}

// Inside a transaction: a savepoint. An error undoes what fn has done and nothing before it.
template <class State, class Fn>
auto transaction(Transaction& tx, State state, Fn fn) -> typename detail::BodyResult<Fn, State>::type {
  detail::check_body<Fn, State>();
  SqlConnection* const connection = tx.source().connection;
  const unsigned level = tx.level() + 1;
  co_await try_(detail::begin_savepoint(connection, level));
  Transaction inner(tx.source(), level);
  auto result = co_await fn(inner, state);
  SqlResult<void> ended = co_await detail::end_savepoint(connection, level, result.ok() ? nullptr : &result.error());
  if (result.ok() && !ended.ok()) co_return std::move(ended).error();
  co_return result;
}

}  // namespace banyan::orm
