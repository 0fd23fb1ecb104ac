// Reading: query<User>(db).where(f<&User::status> == Status::kActive).with<&User::posts>().all().
//
// What a query loads is in the type of its rows: an edge that was not asked for cannot be read, and does not compile.
// Each edge costs one statement, whatever the number of rows.
#pragma once

#include <coroutine>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orm/cursor.h"
#include "orm/execute.h"
#include "orm/field.h"

namespace banyan::orm {

namespace detail {

// What was loaded along an edge: many or one of Content, which is the edge's target, or a Row of it.
template <class EdgeType, class Content>
struct Loaded;
template <class T, class Content>
struct Loaded<Many<T>, Content> {
  using type = std::vector<Content>;
  static void* at(type& slot, std::size_t index) {
    if (index == RowsOf::kNew) return &slot.emplace_back();
    return index < slot.size() ? &slot[index] : nullptr;
  }
};
template <class T, class Content>
struct Loaded<One<T>, Content> {
  using type = std::optional<Content>;
  static void* at(type& slot, std::size_t index) {
    if (index == RowsOf::kNew) return &slot.emplace();
    return index == 0 && slot.has_value() ? &*slot : nullptr;
  }
};

template <auto Edge, class Content>
struct Slot {
  using In = Loaded<MemberOf<Edge>, Content>;
  typename In::type value;
  void* at(std::size_t index) { return In::at(value, index); }
};
// The slot of an edge: overload resolution finds the base.
template <auto Edge, class Content>
Slot<Edge, Content>& slot_of(Slot<Edge, Content>& slot) {
  return slot;
}
template <auto Edge, class Content>
const Slot<Edge, Content>& slot_of(const Slot<Edge, Content>& slot) {
  return slot;
}

template <auto A, auto B>
inline constexpr bool same_member_v = false;
template <auto A>
inline constexpr bool same_member_v<A, A> = true;

template <class R>
void* row_part(void* row, std::size_t part, std::size_t index);

}  // namespace detail

template <class E, auto... Edges>
class Row;

// Stands among the Edges of a Row for an edge whose targets have edges loaded with them.
template <auto Edge, auto... Inner>
struct Nested {};

namespace detail {

template <class Type, auto Edge>
struct LoadedEdge {
  static constexpr auto kMember = Edge;
  using Target = typename EdgeTarget<MemberOf<Edge>>::type;
  using Content = Target;
  template <auto More>
  static constexpr Nested<Edge, More> kAnd{};
};
template <auto Edge, auto... Inner, auto Value>
struct LoadedEdge<Nested<Edge, Inner...>, Value> {
  static constexpr auto kMember = Edge;
  using Target = typename EdgeTarget<MemberOf<Edge>>::type;
  using Content = Row<Target, Inner...>;
  template <auto More>
  static constexpr Nested<Edge, Inner..., More> kAnd{};
};
// What an element of a Row's Edges, a pointer to a member or a Nested, says.
template <auto Edge>
using LoadedBy = LoadedEdge<std::remove_const_t<decltype(Edge)>, Edge>;
template <auto Edge>
using SlotBy = Slot<LoadedBy<Edge>::kMember, typename LoadedBy<Edge>::Content>;

template <auto Edge, auto... Edges>
inline constexpr bool is_among = (false || ... || same_member_v<Edge, LoadedBy<Edges>::kMember>);

}  // namespace detail

// An entity and the edges loaded with it.
template <class E, auto... Edges>
class Row : detail::SlotBy<Edges>... {
 public:
  E& operator*() { return entity_; }
  const E& operator*() const { return entity_; }
  E* operator->() { return &entity_; }
  const E* operator->() const { return &entity_; }

  // The rows along the edge: std::vector<Target>, or std::optional<Target> for an edge to one; of Row<Target, ...>
  // where edges of the target were loaded. Ordered by the target's key where .with() has said nothing else.
  template <auto Edge>
  const auto& get() const {
    check<Edge>();
    if constexpr (loaded<Edge>) {
      return detail::slot_of<Edge>(*this).value;
    } else {
      return entity_;
    }
  }
  template <auto Edge>
  auto& get() {
    check<Edge>();
    if constexpr (loaded<Edge>) {
      return detail::slot_of<Edge>(*this).value;
    } else {
      return entity_;
    }
  }

 private:
  template <auto Edge>
  static constexpr bool loaded = detail::is_among<Edge, Edges...>;
  template <auto Edge>
  static consteval void check() {
    using Owner = OwnerOf<Edge>;
    static_assert(detail::is_member_of<Edge, E>, "this edge belongs to another entity than the row");
    if constexpr (std::is_same_v<Owner, E>) {
      static_assert(detail::is_edge_member<Edge>, "a column is read as row->member: .get<>() is for edges");
      static_assert(!detail::is_edge_member<Edge> || loaded<Edge>,
                    "this edge was not loaded: add .with<&Entity::edge>() to the query");
    }
  }
  E entity_{};

  template <class R>
  friend void* detail::row_part(void* row, std::size_t part, std::size_t index);
  void* part(std::size_t part, std::size_t index) {
    if (part == 0) return &entity_;
    std::size_t number = 0;
    void* target = nullptr;
    (void)((++number == part && (target = detail::SlotBy<Edges>::at(index), true)) || ...);
    return target;
  }
};

// One page of rows by position. `next` is the position behind it; empty after the last page.
template <class R>
struct Page {
  std::vector<R> rows;
  std::string next;
};

namespace detail {

template <class R>
void* row_part(void* row, std::size_t part, std::size_t index) {
  return static_cast<R*>(row)->part(part, index);
}
// A row without edges is its entity.
template <class R>
inline constexpr RowsOf::Part part_of = nullptr;
template <class E, auto Edge, auto... Edges>
inline constexpr RowsOf::Part part_of<Row<E, Edge, Edges...>> = row_part<Row<E, Edge, Edges...>>;

template <class R>
struct RowsIn<Page<R>> {
  static void* add(Page<R>& page) { return &page.rows.emplace_back(); }
  static void* at(Page<R>& page, std::size_t index) { return &page.rows[index]; }
  static void pop(Page<R>& page) { page.rows.pop_back(); }
};

template <class T>
Task<SqlResult<std::optional<T>>> fetch_value(Source source, Select select) {
  const std::vector<Pair> values = co_await try_(select_values(source, std::move(select)));
  std::optional<T> result;
  if (values.empty() || !ColumnTrait<std::optional<T>>::from_view(view_of(values[0].first), result)) {
    co_return SqlError(SqlErrorKind::kInvalid, "the aggregate does not fit the type asked for");
  }
  co_return result;
}
template <class T>
Task<SqlResult<std::vector<std::pair<T, std::int64_t>>>> fetch_groups(Source source, Select select) {
  const std::vector<Pair> values = co_await try_(select_values(source, std::move(select)));
  std::vector<std::pair<T, std::int64_t>> groups;
  for (const Pair& value : values) {
    auto& [group, count] = groups.emplace_back();
    if (ColumnTrait<T>::from_view(view_of(value.first), group) && read_integer(view_of(value.second), count)) continue;
    co_return SqlError(SqlErrorKind::kInvalid, "a value in the column grouped by does not fit its member");
  }
  co_return groups;
}
Task<SqlResult<std::int64_t>> fetch_count(Source source, Select select);
Task<SqlResult<bool>> fetch_exists(Source source, Select select);

// What does not need the types of a query. Not inline: queries are made and dropped at every call.
class QueryBase {
 protected:
  QueryBase(const Source& source, const TableInfo* table);
  QueryBase(const QueryBase& other);
  QueryBase(QueryBase&& other) noexcept;
  QueryBase& operator=(const QueryBase&) = delete;
  ~QueryBase();

  void add_where(Condition&& condition);
  void add_order(Order order);
  void add_edge(EdgeLoad&& load);
  RowTask fetch_rows(RowsOf rows, Fetch how) const;
  RowTask fetch_page(RowsOf rows, std::uint64_t size, std::string cursor) const;
  // Of the function over a column; null: of the rows.
  Select aggregate_of(Aggregate function, const ColumnInfo* column, const ColumnInfo* group) const;

  Source source_;
  Select select_;
  std::vector<EdgeLoad> edges_;
};

}  // namespace detail

// An edge to load: what orm::with() gives.
template <auto Edge>
struct With {
  detail::EdgeLoad load;
};

namespace detail {

// Adds to an edge what stands between the parentheses of with().
template <auto Edge, class O>
With<Edge> add_part(With<Edge> with, Where<O> condition) {
  check_same<O, typename LoadedBy<Edge>::Target>();
  with.load.add_where(std::move(condition.condition));
  return with;
}
template <auto Edge, class O>
With<Edge> add_part(With<Edge> with, OrderBy<O> by) {
  check_same<O, typename LoadedBy<Edge>::Target>();
  with.load.add_order(by.order);
  return with;
}
template <class Outer, auto Edge>
inline constexpr bool is_edge_in = false;
template <class E, auto... Edges, auto Edge>
inline constexpr bool is_edge_in<Row<E, Edges...>, Edge> = is_among<Edge, Edges...>;
template <auto Edge, auto Inner>
auto add_part(With<Edge> with, With<Inner> inner) {
  using By = LoadedBy<Edge>;
  constexpr auto kMember = LoadedBy<Inner>::kMember;
  static_assert(is_member_of<kMember, typename By::Target>,
                "this edge belongs to another entity than those it would be loaded with");
  static_assert(!is_edge_in<typename By::Content, kMember>, "this edge is loaded twice: one .with() is enough");
  constexpr auto kBoth = By::template kAnd<Inner>;
  with.load.add_inner(std::move(inner.load));
  with.load.part = part_of<typename LoadedBy<kBoth>::Content>;
  return With<kBoth>{std::move(with.load)};
}
template <auto Edge, class Other>
With<Edge> add_part(With<Edge> with, const Other&) {
  static_assert(always_false<Other>,
                "what is loaded along an edge is said with conditions, orders and orm::with<&Target::edge>()");
  return with;
}
template <auto Edge>
With<Edge> add_parts(With<Edge> with) {
  return with;
}
template <auto Edge, class Part, class... Parts>
auto add_parts(With<Edge> with, Part part, Parts... parts) {
  return add_parts(add_part(std::move(with), std::move(part)), std::move(parts)...);
}

}  // namespace detail

// An edge to load with the rows of another: with<&User::posts>(orm::with<&Post::comments>()). In any order it takes
// conditions, which the edge's rows have to meet, orders, and edges of theirs.
template <auto Edge, class... Parts>
auto with(Parts... parts) {
  detail::check_edge<Edge>();
  if constexpr (detail::is_edge_v<MemberOf<Edge>>) {
    return detail::add_parts(With<Edge>{detail::EdgeLoad(detail::edge_info<Edge>())}, std::move(parts)...);
  }
}

// A query under way. Its functions change it and give it back; those that give a Task run it, and may be called again.
template <class E, class S, auto... Edges>
class [[nodiscard]] Query : detail::QueryBase {
 public:
  using RowType = Row<E, Edges...>;

  Query(const Source& source, const TableInfo* table) : QueryBase(source, table) {}

  // All conditions have to be true.
  template <class O>
  Query& where(Where<O> condition) {
    detail::check_same<O, E>();
    add_where(std::move(condition.condition));
    return *this;
  }
  template <class Other>
  Query& where(const Other&) {
    detail::refuse_condition<Other>();
    return *this;
  }
  // The first order counts most: order_by(f<&User::name>.asc(), f<&User::id>.desc()).
  template <class... Os>
  Query& order_by(OrderBy<Os>... orders) {
    (detail::check_same<Os, E>(), ...);
    (add_order(orders.order), ...);
    return *this;
  }
  template <class... Others>
  Query& order_by(const Others&...) {
    detail::refuse_order<void(Others...)>();
    return *this;
  }
  Query& limit(std::uint64_t rows) {
    select_.limit = rows;
    return *this;
  }
  // Costs the database the rows it skips: page() does not.
  Query& offset(std::uint64_t rows) {
    select_.offset = rows;
    return *this;
  }
  // Soft-deleted rows too.
  Query& with_deleted() {
    detail::check_soft_delete<E>();
    select_.with_deleted = true;
    return *this;
  }
  // Keeps others from changing the rows (kForShare: from changing, not reading under a lock) until the transaction
  // ends.
  Query& lock(Lock how) {
    static_assert(std::is_same_v<S, Transaction>,
                  "a row lock lasts as long as its transaction, and this query has none: run it in "
                  "orm::transaction(db, ...), with query<Entity>(tx)");
    select_.lock = how;
    return *this;
  }
  Query& for_update() { return lock(Lock::kForUpdate); }

  // Loads the edge with the rows: all of its rows, or those that meet conditions, in an order, with edges of theirs:
  // with<&User::posts>(f<&Post::published> == true, f<&Post::id>.desc(), orm::with<&Post::comments>()).
  template <auto Edge, class... Parts>
  auto with(Parts... parts) const {
    check_with<Edge>();
    if constexpr (detail::is_edge_v<MemberOf<Edge>> && std::is_same_v<OwnerOf<Edge>, E>) {
      return with_load(orm::with<Edge>(std::move(parts)...));
    } else {
      return *this;
    }
  }

  Task<SqlResult<std::vector<RowType>>> all() const { return run<std::vector<RowType>>(detail::Fetch::kAll); }
  // The row there has to be: kNotFound, or kNotSingular if there are more.
  Task<SqlResult<RowType>> one() const { return run<RowType>(detail::Fetch::kOne); }
  Task<SqlResult<std::optional<RowType>>> first() const { return run<std::optional<RowType>>(detail::Fetch::kFirst); }
  // `size` rows (1 to 1000) behind the position `cursor`; an empty one begins. The key is added to the order, so that
  // no row is missed or given twice however rows come and go; columns of the order must not hold null. A cursor that
  // does not fit the order is kInvalid: cursors come from clients.
  Task<SqlResult<Page<RowType>>> page(std::uint64_t size, std::string cursor = {}) const {
    return fetch_page(rows_of<Page<RowType>>(), size, std::move(cursor)).template as<Page<RowType>>();
  }

  // Of all rows for which the conditions are true, whatever limit() and offset() say; so are the aggregates below.
  Task<SqlResult<std::int64_t>> count() const {
    return detail::fetch_count(source_, aggregate_of(Aggregate::kCount, nullptr, nullptr));
  }
  Task<SqlResult<bool>> exists() const { return detail::fetch_exists(source_, select_); }
  // Of no rows: nothing.
  template <auto M>
  Task<SqlResult<std::optional<detail::ValueOf<M>>>> min() const {
    return aggregate<M, detail::ValueOf<M>>(Aggregate::kMin);
  }
  template <auto M>
  Task<SqlResult<std::optional<detail::ValueOf<M>>>> max() const {
    return aggregate<M, detail::ValueOf<M>>(Aggregate::kMax);
  }
  // An integer for integers (std::int64_t), else a double.
  template <auto M>
  auto sum() const {
    check_number<M>();
    using Sum = std::conditional_t<detail::is_integer_v<detail::ValueOf<M>>, std::int64_t, double>;
    return aggregate<M, Sum>(Aggregate::kSum);
  }
  template <auto M>
  Task<SqlResult<std::optional<double>>> average() const {
    check_number<M>();
    return aggregate<M, double>(Aggregate::kAverage);
  }
  // How many rows there are for each value of M, in its order.
  template <auto M>
  Task<SqlResult<std::vector<std::pair<MemberOf<M>, std::int64_t>>>> count_by() const {
    check_owner<M>();
    return detail::fetch_groups<MemberOf<M>>(source_, aggregate_of(Aggregate::kCount, nullptr, column_of<M>()));
  }

  // Not to be called: for who forgets how a query is run.
  friend std::suspend_never try_(const Query& query) { return refuse(query); }
  friend std::suspend_never operator co_await(const Query& query) { return refuse(query); }

 private:
  template <class Self>
  static std::suspend_never refuse(const Self&) {
    static_assert(detail::always_false<Self>,
                  "a query is run by .all(), .one(), .first(), .page(), .count() and the like");
    return {};
  }
  template <class OtherE, class OtherS, auto... OtherEdges>
  friend class Query;
  explicit Query(const QueryBase& other) : QueryBase(other) {}

  template <class T>
  static constexpr detail::RowsOf rows_of() {
    return {detail::rows_call<T>, detail::part_of<RowType>};
  }
  template <class T>
  Task<SqlResult<T>> run(detail::Fetch how) const {
    return fetch_rows(rows_of<T>(), how).template as<T>();
  }
  template <auto M>
  static consteval void check_owner() {
    static_assert(detail::is_member_of<M, E>, "this member belongs to another entity than the query");
  }
  template <auto M>
  static consteval void check_number() {
    static_assert(detail::is_number_member<M>, "a member that is no number has no sum and no average");
  }
  template <auto Edge>
  static consteval void check_with() {
    check_owner<Edge>();
    detail::check_edge<Edge>();
    static_assert(!detail::is_among<Edge, Edges...>, "this edge is loaded twice: one .with() is enough");
  }
  template <auto Edge>
  auto with_load(With<Edge> edge) const {
    Query<E, S, Edges..., Edge> next(*this);
    next.add_edge(std::move(edge.load));
    return next;
  }
  template <auto M, class T>
  Task<SqlResult<std::optional<T>>> aggregate(Aggregate function) const {
    check_owner<M>();
    return detail::fetch_value<T>(source_, aggregate_of(function, column_of<M>(), nullptr));
  }
};

// A query of all rows of E. `source`: an orm::Database or an orm::Transaction, which must outlive its tasks.
template <class E, AnySource S>
Query<E, S> query(const S& source) {
  detail::check_schema<E>();
  return {source.source(), &table_info<E>()};
}

// The row with this key, or kNotFound.
template <class E, AnySource S, class K>
Task<SqlResult<Row<E>>> find(const S& source, const K& key) {
  detail::check_schema<E>();
  constexpr auto kKey = detail::key_member<E>();
  return query<E>(source).where(f<kKey> == key).one();
}

}  // namespace banyan::orm
