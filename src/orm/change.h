// Writing: create, insert, upsert, update, save and remove.
//
//   auto user = co_await create<User>(db).set<&User::email>(email).set<&User::age>(30).save();
//   auto rows = co_await update<User>(db).set<&User::status>(Status::kIdle).where(f<&User::age> < 18).run();
//   co_await save(db, user);                       // by key, and by version where there is one
//   co_await remove<User>(db).where(f<&User::id> == id).run();
#pragma once

#include <bit>
#include <memory>
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
  for (std::size_t i = 0; i < TableOf<E>::kData.list.column_count; ++i) {
    const ColumnInfo& column = TableOf<E>::kData.columns[i];
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
  using type = std::remove_pointer_t<decltype(descriptor_at<std::countr_zero(Mask)>(TableOf<E>::kSchema))>;
};
template <class E>
struct FirstMissing<E, 0> {
  using type = NothingMissing;
};
template <class Descriptor>
inline constexpr bool is_set = std::is_same_v<Descriptor, NothingMissing>;
template <auto M>
consteval bool is_unique_member() {
  using Of = TableOf<OwnerOf<M>>;
  const std::size_t index = column_index<M>();
  return index != TableList::kNone && (Of::kData.columns[index].unique || index == Of::kData.list.key);
}
template <class E, auto... Ms>
consteval bool is_unique_set() {
  if constexpr (sizeof...(Ms) == 1) {
    if ((... && is_unique_member<Ms>())) return true;
  }
  const std::string_view wanted[]{member_id<Ms>...};
  for (const IndexInfo& index : TableOf<E>::kInfo.indexes) {
    if (!index.unique || index.members.size() != sizeof...(Ms)) continue;
    bool same = true;
    for (std::size_t i = 0; i < sizeof...(Ms); ++i) same = same && index.members[i] == wanted[i];
    if (same) return true;
  }
  return false;
}

template <class E, auto... Ms>
inline constexpr bool is_unique_key = is_unique_set<E, Ms...>();

// A value to be stored in M: of the member's type, or anything that may be compared with it; null only if it may be.
template <auto M, class V>
auto stored_value(const V& value) {
  using T = MemberOf<M>;
  constexpr bool kNull = std::is_same_v<V, std::nullopt_t>;
  static_assert(!kNull || is_nullable_member<M>, "null needs a member that is a std::optional");
  static_assert(kNull || std::is_same_v<V, T> || Takes<ValueOf<M>, V>,
                "a column is set to a value of its own type (see orm::detail::Takes), and this is another");
  if constexpr (std::is_same_v<V, T> && is_optional_v<T>) {
    return ColumnTrait<T>::to_value(value);
  } else if constexpr (std::is_same_v<V, T> || (!kNull && Takes<ValueOf<M>, V>)) {
    return convert<ValueOf<M>>(value);
  } else {
    return SqlValue();
  }
}

// What columns get, by whatever a value is made of. Not inline, as conditions are not.
class Assignments {
 public:
  Assignments();
  Assignments(const Assignments& other);
  Assignments(Assignments&& other) noexcept;
  Assignments& operator=(const Assignments&) = delete;
  ~Assignments();
  void put(const ColumnInfo* column, bool value, bool add = false);
  void put(const ColumnInfo* column, std::int64_t value, bool add = false);
  void put(const ColumnInfo* column, double value, bool add = false);
  void put(const ColumnInfo* column, std::string_view value, bool add = false);
  void put(const ColumnInfo* column, SqlValue value, bool add = false);
  const std::vector<Assignment>& list() const { return list_; }

 private:
  std::vector<Assignment> list_;
};

template <class E, auto M>
consteval void check_member() {
  static_assert(is_member_of<M, E>, "this member belongs to another entity than the change");
  static_assert(!is_edge_member<M>, "an edge is not set: set the column of the foreign key");
}
template <class E, auto... Ms>
consteval void check_conflict() {
  static_assert(is_unique_key<E, Ms...>,
                "no unique key is made of these members, so they cannot conflict: add orm::unique to the field, or "
                "orm::UniqueIndex<...> to the schema");
}
// The unique columns in which a new row may conflict with one that is there; none: they are not looked at.
struct ConflictOn {
  OnConflict::Kind kind = OnConflict::Kind::kFail;
  const ColumnInfo* const* columns = nullptr;
  std::size_t count = 0;
};
// Makes rows of `table`. On kUpdate, the row there gets what is set.
RowTask create_row(const Source& source, const TableInfo* table, const Assignments& set, ConflictOn on, RowsOf rows);
struct Entities {
  const TableInfo* table;
  std::vector<const void*> pointers;
};
RowTask insert_entities(const Source& source, Entities entities, ConflictOn on, RowsOf rows, bool one);

}  // namespace detail

// A row to be made, column by column. What is not set gets the database's default; save() does not compile while a
// column without one is missing.
template <class E, std::uint64_t Set = 0>
class [[nodiscard]] Create {
 public:
  Create(const Source& source, detail::Assignments set) : source_(source), set_(std::move(set)) {}

  template <auto M, class V>
  auto set(const V& value) const {
    detail::check_member<E, M>();
    if constexpr (std::is_same_v<OwnerOf<M>, E> && !detail::is_edge_v<MemberOf<M>>) {
      const ColumnInfo* const column = column_of<M>();
      constexpr std::size_t kIndex = detail::column_index<M>();
      constexpr std::uint64_t kBit = kIndex < 64 ? std::uint64_t{1} << kIndex : 0;
      static_assert((Set & kBit) == 0, "this member is set twice");
      Create<E, (Set | kBit)> next(source_, set_);
      next.set_.put(column, detail::stored_value<M>(value));
      return next;
    } else {
      return *this;
    }
  }

  // The row as it was stored, defaults and key included.
  Task<SqlResult<E>> save() const { return run({}); }
  // If a row with the same values of Ms (a unique key) is there: it is left alone, and the error is kNotFound.
  template <auto... Ms>
  Task<SqlResult<E>> save_or_ignore() const {
    detail::check_conflict<E, Ms...>();
    const ColumnInfo* const target[] = {column_of<Ms>()...};
    return run({OnConflict::Kind::kIgnore, target, sizeof...(Ms)});
  }
  // If it is there: it gets what is set here.
  template <auto... Ms>
  Task<SqlResult<E>> save_or_update() const {
    detail::check_conflict<E, Ms...>();
    const ColumnInfo* const target[] = {column_of<Ms>()...};
    return run({OnConflict::Kind::kUpdate, target, sizeof...(Ms)});
  }

 private:
  template <class OtherE, std::uint64_t OtherSet>
  friend class Create;
  Task<SqlResult<E>> run(detail::ConflictOn on) const {
    static_assert(detail::is_set<typename detail::FirstMissing<E, detail::required_columns<E>() & ~Set>::type>,
                  "a member without a default has not been set: add .set<&Entity::member>(...) before saving");
    return detail::create_row(source_, &table_info<E>(), set_, on, {detail::rows_call<E>}).template as<E>();
  }
  Source source_;
  detail::Assignments set_;
};

template <class E, AnySource S>
Create<E> create(const S& source) {
  detail::check_schema<E>();
  static_assert(detail::TableOf<E>::kData.list.column_count <= 64,
                "create<>() knows entities of at most 64 columns: use insert()");
  return {source.source(), {}};
}

// Stores the entity; gives it as stored. A generated key of 0 is made by the database.
template <class E, AnySource S>
Task<SqlResult<E>> insert(const S& source, const E& entity) {
  detail::check_schema<E>();
  return detail::insert_entities(source.source(), {&table_info<E>(), {&entity}}, {}, {detail::rows_call<E>}, true)
      .template as<E>();
}
// All or none, in as few statements as the database's limit of values allows. Gives them as stored.
template <class E, AnySource S>
Task<SqlResult<std::vector<E>>> insert_all(const S& source, const std::vector<E>& entities) {
  detail::check_schema<E>();
  std::vector<const void*> pointers;
  for (const E& entity : entities) pointers.push_back(&entity);
  return detail::insert_entities(source.source(), {&table_info<E>(), std::move(pointers)}, {},
                                 {detail::rows_call<std::vector<E>>}, false)
      .template as<std::vector<E>>();
}
// Stores the entity, or, if a row with the same values of Ms (a unique key) is there, gives that row the entity's other
// values. Gives it as stored.
template <auto... Ms, class E, AnySource S>
Task<SqlResult<E>> upsert(const S& source, const E& entity) {
  detail::check_schema<E>();
  detail::check_conflict<E, Ms...>();
  const ColumnInfo* const target[] = {column_of<Ms>()...};
  return detail::insert_entities(source.source(), {&table_info<E>(), {&entity}},
                                 {OnConflict::Kind::kUpdate, target, sizeof...(Ms)}, {detail::rows_call<E>}, true)
      .template as<E>();
}

namespace detail {
// What does not need the types of an update or a remove.
class ChangeBase {
 protected:
  ChangeBase(const Source& source, const TableInfo* table) : source_(source), table_(table) {}
  // With a further condition.
  ChangeBase(const ChangeBase& other, Condition&& condition);
  Task<SqlResult<std::uint64_t>> run_update() const;
  Task<SqlResult<std::uint64_t>> run_remove(bool purge) const;

  Source source_;
  const TableInfo* table_;
  Assignments set_;
  bool with_deleted_ = false;
  Condition where_;
};
}  // namespace detail

// A change of all rows for which the condition is true. Whether it has one is part of the type.
template <class E, bool Bounded = false>
class [[nodiscard]] UpdateOf : detail::ChangeBase {
 public:
  UpdateOf(const Source& source, const TableInfo* table) : ChangeBase(source, table) {}
  UpdateOf(const ChangeBase& other, Condition&& condition) : ChangeBase(other, std::move(condition)) {}

  template <auto M, class V>
  UpdateOf& set(const V& value) {
    detail::check_member<E, M>();
    set_.put(column_of<M>(), detail::stored_value<M>(value));
    return *this;
  }
  // Raises a number in the database, so that no change by others is lost.
  template <auto M, class V>
  UpdateOf& add(const V& amount) {
    detail::check_member<E, M>();
    static_assert(detail::is_number_member<M>, "a member that is no number cannot be added to");
    set_.put(column_of<M>(), detail::stored_value<M>(amount), true);
    return *this;
  }
  // Soft-deleted rows too: one comes back when the member of orm::SoftDelete is set to std::nullopt.
  UpdateOf& with_deleted() {
    detail::check_soft_delete<E>();
    with_deleted_ = true;
    return *this;
  }
  template <class O>
  UpdateOf<E, true> where(Where<O> condition) const {
    detail::check_same<O, E>();
    return {*this, std::move(condition.condition)};
  }
  template <class Other>
  UpdateOf<E, true> where(const Other&) const {
    detail::refuse_condition<Other>();
    return every_row();
  }
  UpdateOf<E, true> every_row() const { return {*this, Condition()}; }

  // How many rows it has changed.
  Task<SqlResult<std::uint64_t>> run() const {
    static_assert(Bounded,
                  "this update has no condition and would change every row: add .where(...), or .every_row() "
                  "if that is meant");
    return run_update();
  }
};
template <class E, AnySource S>
UpdateOf<E> update(const S& source) {
  detail::check_schema<E>();
  return {source.source(), &table_info<E>()};
}

// Stores all columns of an entity that was read before. kNotFound: its row is gone; kConflict: it has an orm::Version,
// and the row has changed since. Gives it as it is now (its version raised).
namespace detail {
template <class E>
void end_held(void* result, void* entity) {
  const std::unique_ptr<E> owned(static_cast<E*>(entity));
  if (result != nullptr) ::new (result) SqlResult<E>(std::move(*owned));
}
}  // namespace detail
template <class E, AnySource S>
Task<SqlResult<E>> save(const S& source, E entity) {
  detail::check_schema<E>();
  return detail::save_row(source.source(), table_info<E>(), {new E(std::move(entity)), detail::end_held<E>})
      .template as<E>();
}

// Removes all rows for which the condition is true. With orm::SoftDelete they are kept, marked with the time.
template <class E, bool Bounded = false>
class [[nodiscard]] RemoveOf : detail::ChangeBase {
 public:
  RemoveOf(const Source& source, const TableInfo* table) : ChangeBase(source, table) {}
  RemoveOf(const ChangeBase& other, Condition&& condition) : ChangeBase(other, std::move(condition)) {}

  template <class O>
  RemoveOf<E, true> where(Where<O> condition) const {
    detail::check_same<O, E>();
    return {*this, std::move(condition.condition)};
  }
  template <class Other>
  RemoveOf<E, true> where(const Other&) const {
    detail::refuse_condition<Other>();
    return every_row();
  }
  RemoveOf<E, true> every_row() const { return {*this, Condition()}; }

  Task<SqlResult<std::uint64_t>> run() const {
    check_bounded();
    return run_remove(false);
  }
  // For good, marked rows too.
  Task<SqlResult<std::uint64_t>> purge() const {
    check_bounded();
    return run_remove(true);
  }

 private:
  static consteval void check_bounded() {
    static_assert(Bounded,
                  "this remove has no condition and would remove every row: add .where(...), or .every_row() if "
                  "that is meant");
  }
};
template <class E, AnySource S>
RemoveOf<E> remove(const S& source) {
  detail::check_schema<E>();
  return {source.source(), &table_info<E>()};
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
