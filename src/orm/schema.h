// Entities: a plain struct, and beside it a schema that says how it is stored.
//
//   struct User {
//     std::int64_t id = 0;
//     std::string email;
//     Status status = Status::kActive;
//     std::optional<std::string> nickname;   // nullable
//     orm::Many<Post> posts;                 // an edge: empty here, its rows come with a query that asks for them
//     struct schema;
//   };
//   ...
//   struct User::schema : orm::Table<"users",
//       orm::Key<&User::id>,                                        // an integer key is made by the database
//       orm::Field<&User::email, orm::unique>,
//       orm::Field<&User::status, orm::Default{Status::kActive}>,
//       orm::Field<&User::nickname>,
//       orm::Index<&User::status, &User::email>,
//       orm::HasMany<&User::posts, &Post::author_id>> {};
//
// Schemas stand after all the structs they name. A member that no descriptor names is not stored. Columns are called as
// the members are, or orm::column<"other">.
#pragma once

#include <array>
#include <cstddef>
#include <tuple>

#include "orm/member.h"
#include "orm/table_info.h"

namespace banyan::orm {

// Edges, as members. They hold nothing: what was loaded is in the row a query gives (orm/query.h).
template <class Target>
struct Many {
  auto begin() const {
    static_assert(detail::always_false<Target>,
                  "an edge holds no rows: read them from the query's result, "
                  "row.get<&Entity::edge>(), after .with<&Entity::edge>()");
  }
  auto end() const { return begin(); }
  auto size() const { return begin(); }
};
template <class Target>
struct One {
  auto operator->() const {
    static_assert(detail::always_false<Target>,
                  "an edge holds no row: read it from the query's result, "
                  "row.get<&Entity::edge>(), after .with<&Entity::edge>()");
  }
  auto operator*() const { return operator->(); }
};

// Options of fields.
struct UniqueOption {};
inline constexpr UniqueOption unique;
struct CascadeOption {};
inline constexpr CascadeOption on_delete_cascade;
struct NowOption {};
inline constexpr NowOption default_now;  // the database's time of the insertion
template <Name N>
struct ColumnOption {
  static constexpr auto kName = N;
};
template <Name N>
inline constexpr ColumnOption<N> column;
// A default in the database; a value of the field's type, or a literal of text.
template <class T>
struct Default {
  T value;
};
template <class T>
Default(T) -> Default<T>;
template <std::size_t N>
struct DefaultText {
  char text[N]{};
  consteval DefaultText(const char (&from)[N]) {  // NOLINT: a literal is one
    for (std::size_t i = 0; i < N; ++i) {
      if (from[i] == '\\') throw "orm::DefaultText cannot hold a backslash: databases disagree about what it means";
      text[i] = from[i];
    }
  }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

template <class E>
constexpr const TableInfo& table_info();

namespace detail {

template <class T>
inline constexpr bool is_edge_v = false;
template <class T>
inline constexpr bool is_edge_v<Many<T>> = true;
template <class T>
inline constexpr bool is_edge_v<One<T>> = true;
template <auto M>
inline constexpr bool is_edge_member = is_edge_v<MemberOf<M>>;
template <auto M>
inline constexpr bool is_storable_member = Storable<MemberOf<M>>;
template <class T>
struct EdgeTarget;
template <class T>
struct EdgeTarget<Many<T>> {
  using type = T;
};
template <class T>
struct EdgeTarget<One<T>> {
  using type = T;
};

template <auto M>
SqlValue get_member(const void* entity) {
  return ColumnTrait<MemberOf<M>>::to_value(static_cast<const OwnerOf<M>*>(entity)->*M);
}
template <auto M>
bool set_member(void* entity, const SqlValueView& view) {
  return ColumnTrait<MemberOf<M>>::from_view(view, static_cast<OwnerOf<M>*>(entity)->*M);
}

constexpr void apply(ColumnInfo& info, UniqueOption) { info.unique = true; }
constexpr void apply(ColumnInfo& info, CascadeOption) { info.cascade = true; }
constexpr void apply(ColumnInfo& info, NowOption) { info.initial.kind = DefaultInfo::Kind::kNow; }
template <Name N>
constexpr void apply(ColumnInfo& info, ColumnOption<N>) {
  static_assert(N.is_identifier(), "a column's name is made of letters, digits and underscores, 63 at most");
  info.name = ColumnOption<N>::kName.view();
}
template <class T>
constexpr void apply(ColumnInfo& info, const Default<T>& option) {
  static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>,
                "orm::Default takes a number, bool or enumerator; a text is orm::DefaultText{\"...\"}");
  if constexpr (std::is_floating_point_v<T>) {
    info.initial = {DefaultInfo::Kind::kReal, 0, static_cast<double>(option.value), {}};
  } else {
    info.initial = {DefaultInfo::Kind::kInteger, static_cast<std::int64_t>(option.value), 0, {}};
  }
}

template <std::size_t N>
constexpr void apply(ColumnInfo& info, const DefaultText<N>& option) {
  info.initial = {DefaultInfo::Kind::kText, 0, 0, option.view()};
}

template <auto M>
consteval ColumnInfo plain_column() {
  using T = MemberOf<M>;
  static_assert(!is_edge_v<T>,
                "an edge is no field: describe it with orm::HasMany, orm::HasOne, orm::BelongsTo or orm::ManyToMany");
  static_assert(is_edge_member<M> || is_storable_member<M>,
                "the type of this member cannot be stored in a column: use one of those of orm/column_trait.h, or "
                "specialise orm::ColumnTrait for it");
  ColumnInfo info;
  info.name = info.member = member_name<M>();
  if constexpr (Storable<T>) {
    info.type = ColumnTrait<T>::kType;
    info.nullable = is_optional_v<T>;
    info.get = get_member<M>;
    info.set = set_member<M>;
  }
  return info;
}

}  // namespace detail

// The primary key. An integer is made by the database unless it is set; anything else has to be set.
template <auto M, auto... Options>
struct Key {
  static consteval ColumnInfo column_info() {
    ColumnInfo info = detail::plain_column<M>();
    static_assert(!detail::is_optional_v<MemberOf<M>>, "a key cannot be optional");
    info.generated = detail::is_integer_v<MemberOf<M>>;
    (detail::apply(info, Options), ...);
    return info;
  }
};
// A column.
template <auto M, auto... Options>
struct Field {
  static consteval ColumnInfo column_info() {
    ColumnInfo info = detail::plain_column<M>();
    (detail::apply(info, Options), ...);
    return info;
  }
};
// An integer that every update raises: save() fails with kConflict if the row has changed since it was read.
template <auto M>
struct Version {
  static consteval ColumnInfo column_info() {
    static_assert(detail::is_integer_v<MemberOf<M>>, "orm::Version needs an integer");
    ColumnInfo info = detail::plain_column<M>();
    info.initial.kind = DefaultInfo::Kind::kInteger;
    return info;
  }
};
// Null while the row lives; remove() puts the time here and queries leave such rows out.
template <auto M>
struct SoftDelete {
  static consteval ColumnInfo column_info() {
    static_assert(std::is_same_v<MemberOf<M>, std::optional<SqlTimestamp>>,
                  "orm::SoftDelete needs a std::optional<SqlTimestamp>");
    return detail::plain_column<M>();
  }
};
template <auto... Ms>
struct Index {
  static constexpr std::array<std::string_view, sizeof...(Ms)> kMembers{detail::member_name<Ms>()...};
  static consteval IndexInfo index_info() { return {kMembers, false}; }
};
template <auto... Ms>
struct UniqueIndex {
  static constexpr std::array<std::string_view, sizeof...(Ms)> kMembers{detail::member_name<Ms>()...};
  static consteval IndexInfo index_info() { return {kMembers, true}; }
};

namespace detail {
template <auto Edge, auto Fk>
consteval void check_remote_edge() {
  static_assert(is_edge_member<Edge>, "this member is not an edge: declare it as orm::Many<...> or orm::One<...>");
  if constexpr (is_edge_v<MemberOf<Edge>>) {
    using Target = typename EdgeTarget<MemberOf<Edge>>::type;
    static_assert(std::is_same_v<OwnerOf<Fk>, Target>,
                  "the foreign key of orm::HasMany and orm::HasOne is a member of the edge's target");
  }
}
}  // namespace detail

// The column Fk of this entity, which holds the target's key, and the edge that leads there. It describes the column
// too: no Field for it. `on_delete_cascade`: this row goes with the target.
template <auto Edge, auto Fk, auto... Options>
struct BelongsTo {
  using Target = typename detail::EdgeTarget<MemberOf<Edge>>::type;
  static consteval ColumnInfo column_info() {
    static_assert(std::is_same_v<OwnerOf<Edge>, OwnerOf<Fk>>,
                  "orm::BelongsTo: the foreign key is a member of the same "
                  "entity as the edge");
    ColumnInfo info = detail::plain_column<Fk>();
    info.references = table_info<Target>;
    (detail::apply(info, Options), ...);
    return info;
  }
};
// The rows of the target whose Fk holds this row's key.
template <auto Edge, auto Fk>
struct HasMany {};
template <auto Edge, auto Fk>
struct HasOne {};
// Through the rows of a third entity: its member Here holds this row's key, There the target's.
template <auto Edge, auto Here, auto There>
struct ManyToMany {};

template <Name N, class... Descriptors>
struct Table : Descriptors... {
  static_assert(N.is_identifier(), "a table's name is made of letters, digits and underscores, 63 at most");
};

namespace detail {

template <class D>
concept IsColumn = requires { D::column_info(); };
template <class D>
concept IsIndex = requires { D::index_info(); };
template <class D>
inline constexpr bool is_key_v = false;
template <auto M, auto... Options>
inline constexpr bool is_key_v<Key<M, Options...>> = true;
template <class D>
inline constexpr bool is_version_v = false;
template <auto M>
inline constexpr bool is_version_v<Version<M>> = true;
template <class D>
inline constexpr bool is_soft_delete_v = false;
template <auto M>
inline constexpr bool is_soft_delete_v<SoftDelete<M>> = true;

// The table as data, from the list of its descriptors.
template <Name N, class... Ds>
struct TableParts {
  static constexpr std::size_t kColumnCount = (std::size_t{0} + ... + (IsColumn<Ds> ? 1 : 0));
  static constexpr std::size_t kIndexCount = (std::size_t{0} + ... + (IsIndex<Ds> ? 1 : 0));
  static_assert((0 + ... + (is_key_v<Ds> ? 1 : 0)) == 1, "a schema needs exactly one orm::Key<&Entity::member>");

  static constexpr auto kColumns = [] {
    std::array<ColumnInfo, kColumnCount> result{};
    std::size_t i = 0;
    const auto add = [&]<class D>() {
      if constexpr (IsColumn<D>) result[i++] = D::column_info();
    };
    (add.template operator()<Ds>(), ...);
    return result;
  }();
  static constexpr auto kIndexes = [] {
    std::array<IndexInfo, kIndexCount> result{};
    std::size_t i = 0;
    const auto add = [&]<class D>() {
      if constexpr (IsIndex<D>) result[i++] = D::index_info();
    };
    (add.template operator()<Ds>(), ...);
    return result;
  }();
  // The descriptor of column number I.
  static consteval std::size_t descriptor_of(std::size_t column) {
    constexpr bool kIsColumn[] = {IsColumn<Ds>...};
    std::size_t i = 0;
    for (;; ++i) {
      if (kIsColumn[i] && column-- == 0) return i;
    }
  }
  template <std::size_t I>
  using ColumnAt = std::tuple_element_t<descriptor_of(I), std::tuple<Ds...>>;

  static constexpr TableInfo make() {
    TableInfo info{.name = kTableName.view(), .columns = kColumns, .indexes = kIndexes};
    std::size_t i = 0;
    const auto role = [&]<class D>() {
      if constexpr (is_key_v<D>) info.key = &kColumns[i];
      if constexpr (is_version_v<D>) info.version = &kColumns[i];
      if constexpr (is_soft_delete_v<D>) info.deleted_at = &kColumns[i];
      if constexpr (IsColumn<D>) ++i;
    };
    (role.template operator()<Ds>(), ...);
    return info;
  }
  static constexpr auto kTableName = N;
  static constexpr TableInfo kInfo = make();
};

template <Name N, class... Ds>
TableParts<N, Ds...> parts_of(const Table<N, Ds...>*);

template <class E>
concept HasSchema = requires { parts_of(static_cast<typename E::schema*>(nullptr)); };

template <class E>
inline constexpr bool has_schema = HasSchema<E>;

template <class E>
consteval void check_schema() {
  static_assert(has_schema<E>,
                "this entity has no schema: declare `struct schema;` in it, and define `struct Entity::schema : "
                "orm::Table<...> {};` before it is used");
}

template <class E>
  requires HasSchema<E>
using PartsOf = decltype(parts_of(static_cast<typename E::schema*>(nullptr)));

// The column of the member M, or npos.
template <auto M>
consteval std::size_t column_index() {
  std::size_t i = 0;
  for (const ColumnInfo& info : PartsOf<OwnerOf<M>>::kColumns) {
    if (info.member == member_name<M>()) return i;
    ++i;
  }
  return std::string_view::npos;
}
template <auto M>
inline constexpr bool is_stored = column_index<M>() != std::string_view::npos;

}  // namespace detail

template <class E>
constexpr const TableInfo& table_info() {
  return detail::PartsOf<E>::kInfo;
}

// The column in which the member M is stored.
template <auto M>
constexpr const ColumnInfo* column_of() {
  using E = OwnerOf<M>;
  detail::check_schema<E>();
  if constexpr (detail::HasSchema<E>) {
    constexpr std::size_t kIndex = detail::column_index<M>();
    static_assert(!detail::is_edge_member<M>,
                  "an edge is no column: load it with .with<&Entity::edge>(), or ask orm::has<&Entity::edge>(...)");
    static_assert(detail::is_edge_member<M> || detail::is_stored<M>,
                  "this member is not stored: add orm::Field<&Entity::member> to the schema");
    if constexpr (kIndex != std::string_view::npos) return &detail::PartsOf<E>::kColumns[kIndex];
  }
  return nullptr;
}

namespace detail {

struct NoEdge {
  static constexpr bool kFound = false;
};
template <auto M, auto Fk, auto... Options>
struct FoundBelongsTo {
  static constexpr bool kFound = true;
  static EdgeInfo info() {
    using Target = typename EdgeTarget<MemberOf<M>>::type;
    const TableInfo& target = table_info<Target>();
    return {member_name<M>(), EdgeKind::kBelongsTo, &target, column_of<Fk>(), target.key};
  }
};
template <auto M, auto Fk, EdgeKind Kind>
struct FoundHas {
  static constexpr bool kFound = true;
  static EdgeInfo info() {
    check_remote_edge<M, Fk>();
    using Target = typename EdgeTarget<MemberOf<M>>::type;
    return {member_name<M>(), Kind, &table_info<Target>(), table_info<OwnerOf<M>>().key, column_of<Fk>()};
  }
};
template <auto M, auto Here, auto There>
struct FoundManyToMany {
  static constexpr bool kFound = true;
  static EdgeInfo info() {
    static_assert(std::is_same_v<OwnerOf<Here>, OwnerOf<There>>,
                  "orm::ManyToMany: both foreign keys are members of the entity between");
    const TableInfo& target = table_info<typename EdgeTarget<MemberOf<M>>::type>();
    return {.name = member_name<M>(),
            .kind = EdgeKind::kManyToMany,
            .target = &target,
            .local = table_info<OwnerOf<M>>().key,
            .remote = target.key,
            .through = &table_info<OwnerOf<Here>>(),
            .through_local = column_of<Here>(),
            .through_remote = column_of<There>()};
  }
};

// Which descriptor of a schema describes the edge M: overload resolution finds the base.
template <auto M, auto Fk, auto... Options>
FoundBelongsTo<M, Fk, Options...> find_edge(const BelongsTo<M, Fk, Options...>*);
template <auto M, auto Fk>
FoundHas<M, Fk, EdgeKind::kHasMany> find_edge(const HasMany<M, Fk>*);
template <auto M, auto Fk>
FoundHas<M, Fk, EdgeKind::kHasOne> find_edge(const HasOne<M, Fk>*);
template <auto M, auto Here, auto There>
FoundManyToMany<M, Here, There> find_edge(const ManyToMany<M, Here, There>*);
template <auto M>
NoEdge find_edge(const void*);

template <auto M>
using EdgeOf = decltype(find_edge<M>(static_cast<typename OwnerOf<M>::schema*>(nullptr)));
template <auto M>
inline constexpr bool is_described = EdgeOf<M>::kFound;

// Static, so that a mistake is told once and first.
template <auto M>
consteval void check_edge() {
  check_schema<OwnerOf<M>>();
  static_assert(is_edge_member<M>,
                "this member is a column, which every row has: only edges (orm::Many, orm::One) are loaded");
  if constexpr (is_edge_v<MemberOf<M>> && HasSchema<OwnerOf<M>>) {
    static_assert(is_described<M>,
                  "this edge is not described: add orm::HasMany, orm::HasOne, orm::BelongsTo or orm::ManyToMany to the "
                  "schema");
  }
}

template <class E>
consteval bool has_soft_delete() {
  return PartsOf<E>::kInfo.deleted_at != nullptr;
}

// The member that is the key.
template <auto M, auto... Options>
consteval auto key_pointer(const Key<M, Options...>*) {
  return M;
}
template <class E>
consteval auto key_member() {
  return key_pointer(static_cast<const typename E::schema*>(nullptr));
}

template <auto M>
EdgeInfo edge_info() {
  check_edge<M>();
  if constexpr (is_edge_v<MemberOf<M>>) {
    if constexpr (EdgeOf<M>::kFound) return EdgeOf<M>::info();
  }
  return {};
}

}  // namespace detail

}  // namespace banyan::orm
