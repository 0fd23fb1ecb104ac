// Writing: create, insert, upsert, update, save and remove.
//
//   auto user = co_await create<User>(db).set<&User::email>(email).set<&User::age>(30).save();
//   auto rows = co_await update<User>(db).set<&User::status>(Status::kIdle).where(f<&User::age> < 18).run();
//   co_await save(db, user);                       // by key, and by version where there is one
//   co_await remove<User>(db).where(f<&User::id> == id).run();
#pragma once

#include <array>
#include <bit>
#include <optional>
#include <utility>
#include <vector>

#include "orm/execute.h"
#include "orm/field.h"

namespace banyan::orm {

namespace detail {

// The bits of the columns that a create has to set: not nullable, and nothing the database could put there.
template <class E>
consteval std::uint64_t required_columns() {
  std::uint64_t required = 0;
  std::uint64_t bit = 1;
  for (const ColumnInfo& column : PartsOf<E>::kColumns) {
    const bool given = column.nullable || column.generated || column.initial.kind != DefaultInfo::Kind::kNone;
    if (!given) required |= bit;
    bit <<= 1;
  }
  return required;
}
// The descriptor of the first of them, which the compiler shows; NothingMissing if there is none.
struct NothingMissing {};
template <class E, std::uint64_t Mask>
struct FirstMissing {
  using type = typename PartsOf<E>::template ColumnAt<std::countr_zero(Mask)>;
};
template <class E>
struct FirstMissing<E, 0> {
  using type = NothingMissing;
};
template <class Descriptor>
inline constexpr bool is_set = std::is_same_v<Descriptor, NothingMissing>;
template <auto M>
consteval bool is_unique_member() {
  for (const ColumnInfo& column : PartsOf<OwnerOf<M>>::kColumns) {
    if (column.member == member_name<M>())
      return column.unique || column.member == PartsOf<OwnerOf<M>>::kInfo.key->member;
  }
  return false;
}
template <class E, auto... Ms>
consteval bool is_unique_set() {
  if constexpr (sizeof...(Ms) == 1) {
    if ((... && is_unique_member<Ms>())) return true;
  }
  const std::array<std::string_view, sizeof...(Ms)> wanted{member_name<Ms>()...};
  for (const IndexInfo& index : PartsOf<E>::kIndexes) {
    if (!index.unique || index.members.size() != wanted.size()) continue;
    bool same = true;
    for (std::size_t i = 0; i < wanted.size(); ++i) same = same && index.members[i] == wanted[i];
    if (same) return true;
  }
  return false;
}

template <class E, auto... Ms>
inline constexpr bool is_unique_key = is_unique_set<E, Ms...>();

// A value to be stored in M: of the member's type, or anything that may be compared with it; null only if it may be.
template <auto M, class V>
SqlValue stored_value(const V& value) {
  using T = MemberOf<M>;
  constexpr bool kNull = std::is_same_v<V, std::nullopt_t>;
  static_assert(!kNull || is_nullable_member<M>, "null needs a member that is a std::optional");
  static_assert(kNull || std::is_same_v<V, T> || Takes<ValueOf<M>, V>,
                "a column is set to a value of its own type (see orm::detail::Takes), and this is another");
  if constexpr (std::is_same_v<V, T>) {
    return ColumnTrait<T>::to_value(value);
  } else if constexpr (!kNull && Takes<ValueOf<M>, V>) {
    return convert<ValueOf<M>>(value);
  }
  return {};
}

template <class E>
void* append_entity(void* rows) {
  return &static_cast<std::vector<E>*>(rows)->emplace_back();
}
template <class E>
Task<SqlResult<std::vector<E>>> insert_all_of(Source source, Insert insert) {
  std::vector<E> stored;
  co_await try_(insert_rows(source, std::move(insert), {&stored, append_entity<E>}));
  co_return stored;
}
template <class E>
Task<SqlResult<E>> insert_one_of(Source source, Insert insert) {
  std::vector<E> stored = co_await try_(insert_all_of<E>(source, std::move(insert)));
  if (stored.empty())
    co_return SqlError(SqlErrorKind::kNotFound, "the row was there already, and nothing was inserted");
  co_return std::move(stored.front());
}
template <class E, auto M>
consteval void check_member() {
  static_assert(is_member_of<M, E>, "this member belongs to another entity than the change");
  static_assert(!is_edge_member<M>, "an edge is not set: set the column of the foreign key");
}
template <class E, auto... Ms>
OnConflict on_conflict_of(OnConflict::Kind kind) {
  static_assert(is_unique_key<E, Ms...>,
                "no unique key is made of these members, so they cannot conflict: add orm::unique to the field, or "
                "orm::UniqueIndex<...> to the schema");
  return {.kind = kind, .target = {column_of<Ms>()...}};
}

}  // namespace detail

// A row to be made, column by column. What is not set gets the database's default; save() does not compile while a
// column without one is missing.
template <class E, std::uint64_t Set = 0>
class [[nodiscard]] Create {
 public:
  Create(Source source, std::vector<Assignment> set) : source_(source), set_(std::move(set)) {}

  template <auto M, class V>
  auto set(const V& value) const {
    detail::check_member<E, M>();
    if constexpr (std::is_same_v<OwnerOf<M>, E> && !detail::is_edge_v<MemberOf<M>>) {
      const ColumnInfo* const column = column_of<M>();
      constexpr std::size_t kIndex = detail::column_index<M>();
      constexpr std::uint64_t kBit = kIndex < 64 ? std::uint64_t{1} << kIndex : 0;
      static_assert((Set & kBit) == 0, "this member is set twice");
      std::vector<Assignment> set = set_;
      set.push_back({column, detail::stored_value<M>(value), false});
      return Create < E, Set | kBit > (source_, std::move(set));
    } else {
      return *this;
    }
  }

  // The row as it was stored, defaults and key included.
  Task<SqlResult<E>> save() const {
    check_complete();
    return detail::insert_one_of<E>(source_, insert(OnConflict{}));
  }
  // If a row with the same values of Ms (a unique key) is there: it is left alone, and the error is kNotFound.
  template <auto... Ms>
  Task<SqlResult<E>> save_or_ignore() const {
    check_complete();
    return detail::insert_one_of<E>(source_, insert(detail::on_conflict_of<E, Ms...>(OnConflict::Kind::kIgnore)));
  }
  // If it is there: it gets what is set here.
  template <auto... Ms>
  Task<SqlResult<E>> save_or_update() const {
    check_complete();
    OnConflict conflict = detail::on_conflict_of<E, Ms...>(OnConflict::Kind::kUpdate);
    for (const Assignment& assignment : set_) conflict.update.push_back(assignment.column);
    return detail::insert_one_of<E>(source_, insert(std::move(conflict)));
  }

 private:
  static consteval void check_complete() {
    static_assert(detail::is_set<typename detail::FirstMissing<E, detail::required_columns<E>() & ~Set>::type>,
                  "a member without a default has not been set: add .set<&Entity::member>(...) before saving");
  }
  Insert insert(OnConflict conflict) const {
    Insert insert{.table = &table_info<E>(), .on_conflict = std::move(conflict)};
    for (const Assignment& assignment : set_) {
      insert.columns.push_back(assignment.column);
      insert.values.push_back(assignment.value);
    }
    return insert;
  }
  Source source_;
  std::vector<Assignment> set_;
};

template <class E, AnySource S>
Create<E> create(const S& source) {
  detail::check_schema<E>();
  static_assert(detail::PartsOf<E>::kColumnCount <= 64,
                "create<>() knows entities of at most 64 columns: use insert()");
  return {source.source(), {}};
}

// Stores the entity; gives it as stored. A generated key of 0 is made by the database.
template <class E, AnySource S>
Task<SqlResult<E>> insert(const S& source, const E& entity) {
  detail::check_schema<E>();
  return detail::insert_one_of<E>(source.source(), detail::insert_of(table_info<E>(), {&entity}));
}
// All or none, in as few statements as the database's limit of values allows. Gives them as stored.
template <class E, AnySource S>
Task<SqlResult<std::vector<E>>> insert_all(const S& source, const std::vector<E>& entities) {
  detail::check_schema<E>();
  std::vector<const void*> pointers;
  for (const E& entity : entities) pointers.push_back(&entity);
  return detail::insert_all_of<E>(source.source(), detail::insert_of(table_info<E>(), std::move(pointers)));
}
// Stores the entity, or, if a row with the same values of Ms (a unique key) is there, gives that row the entity's other
// values. Gives it as stored.
template <auto... Ms, class E, AnySource S>
Task<SqlResult<E>> upsert(const S& source, const E& entity) {
  detail::check_schema<E>();
  const TableInfo& table = table_info<E>();
  Insert insert = detail::insert_of(table, {&entity});
  insert.on_conflict = detail::on_conflict_of<E, Ms...>(OnConflict::Kind::kUpdate);
  for (const ColumnInfo* column : insert.columns) {
    if (column != table.key) insert.on_conflict.update.push_back(column);
  }
  return detail::insert_one_of<E>(source.source(), std::move(insert));
}

// A change of all rows for which the condition is true. Whether it has one is part of the type.
template <class E, bool Bounded = false>
class [[nodiscard]] UpdateOf {
 public:
  UpdateOf(Source source, Update update) : source_(source), update_(std::move(update)) {}

  template <auto M, class V>
  UpdateOf& set(const V& value) {
    detail::check_member<E, M>();
    update_.set.push_back({column_of<M>(), detail::stored_value<M>(value), false});
    return *this;
  }
  // Raises a number in the database, so that no change by others is lost.
  template <auto M, class V>
  UpdateOf& add(const V& amount) {
    detail::check_member<E, M>();
    static_assert(detail::is_number_member<M>, "a member that is no number cannot be added to");
    update_.set.push_back({column_of<M>(), detail::stored_value<M>(amount), true});
    return *this;
  }
  template <class O>
  UpdateOf<E, true> where(Where<O> condition) const {
    detail::check_same<O, E>();
    Update update = update_;
    update.where = Condition::join(Op::kAnd, std::move(update.where), std::move(condition.condition));
    return {source_, std::move(update)};
  }
  UpdateOf<E, true> every_row() const { return {source_, update_}; }

  // How many rows it has changed.
  Task<SqlResult<std::uint64_t>> run() const {
    static_assert(Bounded,
                  "this update has no condition and would change every row: add .where(...), or .every_row() "
                  "if that is meant");
    return detail::update_rows(source_, update_);
  }

 private:
  Source source_;
  Update update_;
};
template <class E, AnySource S>
UpdateOf<E> update(const S& source) {
  detail::check_schema<E>();
  return {source.source(), Update{.table = &table_info<E>()}};
}

// Stores all columns of an entity that was read before. kNotFound: its row is gone; kConflict: it has an orm::Version,
// and the row has changed since. Gives it as it is now (its version raised).
namespace detail {
template <class E>
Task<SqlResult<E>> save_entity(Source source, E entity) {
  const TableInfo& table = table_info<E>();
  Update update{.table = &table, .set = assignments_of(table, &entity)};
  SqlValue version = table.version == nullptr ? SqlValue() : table.version->get(&entity);
  co_await try_(save_row(source, std::move(update), table.key->get(&entity), version));
  if (table.version != nullptr) {
    const SqlValue raised = std::get<std::int64_t>(version) + 1;
    (void)table.version->set(&entity, view_of(raised));
  }
  co_return entity;
}
}  // namespace detail
template <class E, AnySource S>
Task<SqlResult<E>> save(const S& source, E entity) {
  detail::check_schema<E>();
  return detail::save_entity<E>(source.source(), std::move(entity));
}

// Removes all rows for which the condition is true. With orm::SoftDelete they are kept, marked with the time.
template <class E, bool Bounded = false>
class [[nodiscard]] RemoveOf {
 public:
  RemoveOf(Source source, Delete statement) : source_(source), delete_(std::move(statement)) {}

  template <class O>
  RemoveOf<E, true> where(Where<O> condition) const {
    detail::check_same<O, E>();
    Delete statement = delete_;
    statement.where = Condition::join(Op::kAnd, std::move(statement.where), std::move(condition.condition));
    return {source_, std::move(statement)};
  }
  RemoveOf<E, true> every_row() const { return {source_, delete_}; }

  Task<SqlResult<std::uint64_t>> run() const {
    check_bounded();
    return detail::remove_rows(source_, delete_, false);
  }
  // For good, marked rows too.
  Task<SqlResult<std::uint64_t>> purge() const {
    check_bounded();
    return detail::remove_rows(source_, delete_, true);
  }

 private:
  static consteval void check_bounded() {
    static_assert(Bounded,
                  "this remove has no condition and would remove every row: add .where(...), or .every_row() if "
                  "that is meant");
  }
  Source source_;
  Delete delete_;
};
template <class E, AnySource S>
RemoveOf<E> remove(const S& source) {
  detail::check_schema<E>();
  return {source.source(), Delete{.table = &table_info<E>()}};
}

// The tables of these entities, with keys and indexes, where they are not there yet; those referred to first. For tests
// and new services: a table that is there is left as it is.
template <class... Es, AnySource S>
Task<SqlResult<void>> create_tables(const S& source) {
  (detail::check_schema<Es>(), ...);
  return detail::create_tables(source.source(), {&table_info<Es>()...});
}

// A statement of one's own: unsafe because its text is not checked, and because hooks, versions and soft delete know
// nothing of it. Never make `text` from input; values are bound to the database's own placeholders (? or $1).
template <AnySource S>
Task<SqlResult<SqlOutcome>> unsafe_execute(const S& source, std::string text, std::vector<SqlValue> values = {},
                                           SqlRowSink* rows = nullptr) {
  return detail::execute_text(source.source(), std::move(text), std::move(values), rows);
}

}  // namespace banyan::orm
