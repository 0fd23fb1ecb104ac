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

#include <cstddef>

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
template <Name N>
struct RenamedOption {
  static constexpr auto kName = N;
};
// What the column was called in versions before: migrations rename it. Nothing is ever guessed to be renamed.
template <Name N>
inline constexpr RenamedOption<N> renamed_from;
template <Name N>
struct SqlTypeOption {
  static constexpr auto kName = N;
};
// The column's type as the database spells it, for a schema that is older than the program: "varchar(40)", "jsonb".
template <Name N>
inline constexpr SqlTypeOption<N> sql_type;
struct NotIndexedOption {};
inline constexpr NotIndexedOption not_indexed;  // of orm::BelongsTo: without the index that foreign keys have
// A default in the database; a value of the field's type, or a literal of text.
template <class T>
struct Default {
  T value;
};
template <class T>
Default(T) -> Default<T>;
void default_text_holds_no_backslash();  // databases disagree about what it means; not defined: the compiler says it
template <std::size_t N>
struct DefaultText {
  char text[N]{};
  consteval DefaultText(const char (&from)[N]) {  // NOLINT: a literal is one
    for (std::size_t i = 0; i < N; ++i) {
      if (from[i] == '\\') default_text_holds_no_backslash();
      text[i] = from[i];
    }
  }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

// A default as the database spells it. It becomes SQL as it is.
template <std::size_t N>
struct UnsafeDefault {
  char text[N]{};
  consteval UnsafeDefault(const char (&from)[N]) {  // NOLINT: a literal is one
    for (std::size_t i = 0; i < N; ++i) text[i] = from[i];
  }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

template <class E>
constexpr const TableInfo& table_info();

namespace detail {

consteval bool is_sql_type(std::string_view text) {
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && !std::string_view("_ (),'[]").contains(c)) return false;
  }
  return !text.empty();
}

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

constexpr void apply(ColumnInfo& info, UniqueOption) { info.unique = true; }
constexpr void apply(ColumnInfo& info, CascadeOption) { info.cascade = true; }
constexpr void apply(ColumnInfo& info, NotIndexedOption) { info.not_indexed = true; }
constexpr void apply(ColumnInfo& info, NowOption) { info.initial.kind = DefaultInfo::Kind::kNow; }
template <Name N>
constexpr void apply(ColumnInfo& info, ColumnOption<N>) {
  static_assert(N.is_identifier(), "a column's name is made of letters, digits and underscores, 63 at most");
  info.name = ColumnOption<N>::kName.view();
}
template <Name N>
constexpr void apply(ColumnInfo& info, RenamedOption<N>) {
  static_assert(N.is_identifier(), "a column's name is made of letters, digits and underscores, 63 at most");
  info.renamed_from = RenamedOption<N>::kName.view();
}
template <Name N>
constexpr void apply(ColumnInfo& info, SqlTypeOption<N>) {
  static_assert(is_sql_type(N.view()), "orm::sql_type is made of letters, digits, spaces and _(),'[]");
  info.sql_type = SqlTypeOption<N>::kName.view();
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
template <std::size_t N>
constexpr void apply(ColumnInfo& info, const UnsafeDefault<N>& option) {
  info.initial = {DefaultInfo::Kind::kSql, 0, 0, option.view()};
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
  info.name = info.member = member_id<M>;
  info.id = &member_id<M>;
  if constexpr (Storable<T>) {
    info.type = ColumnTrait<T>::kType;
    info.nullable = is_optional_v<T>;
    info.to_value = member_to_value<T>;
    info.from_view = member_from_view<T>;
  }
  return info;
}

// A descriptor writes itself down: `describe(list)` adds its columns and indexes and says which role they have.
struct TableList {
  ColumnInfo* columns;
  IndexInfo* indexes;
  std::size_t column_count = 0;
  std::size_t index_count = 0;
  std::size_t keys = 0;
  std::size_t key = kNone;
  std::size_t version = kNone;
  std::size_t deleted_at = kNone;
  std::string_view renamed_from;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  constexpr void add(const ColumnInfo& column) { columns[column_count++] = column; }
};
// How many it adds.
struct OneColumn {
  static constexpr std::size_t kColumns = 1;
  static constexpr std::size_t kIndexes = 0;
};
struct NoColumn {
  static constexpr std::size_t kColumns = 0;
  static constexpr std::size_t kIndexes = 0;
  static constexpr void describe(TableList&) {}
};
template <bool Unique, auto First, auto... Ms>
struct IndexMembers {
  static constexpr std::size_t kColumns = 0;
  static constexpr std::size_t kIndexes = 1;
  static constexpr auto kMember = First;
  static constexpr std::string_view kMembers[]{member_id<First>, member_id<Ms>...};
  static consteval void describe(TableList& list) { list.indexes[list.index_count++] = {kMembers, Unique}; }
};

}  // namespace detail

// The primary key. An integer is made by the database unless it is set; anything else has to be set.
template <auto M, auto... Options>
struct Key : detail::OneColumn {
  static constexpr auto kMember = M;
  static consteval void describe(detail::TableList& list) {
    ColumnInfo info = detail::plain_column<M>();
    static_assert(!detail::is_optional_v<MemberOf<M>>, "a key cannot be optional");
    info.generated = detail::is_integer_v<MemberOf<M>>;
    (detail::apply(info, Options), ...);
    list.key = list.column_count;
    ++list.keys;
    list.add(info);
  }
};
// A column.
template <auto M, auto... Options>
struct Field : detail::OneColumn {
  static constexpr auto kMember = M;
  static consteval void describe(detail::TableList& list) {
    ColumnInfo info = detail::plain_column<M>();
    (detail::apply(info, Options), ...);
    list.add(info);
  }
};
// An integer that every update raises: save() fails with kConflict if the row has changed since it was read.
template <auto M>
struct Version : detail::OneColumn {
  static constexpr auto kMember = M;
  static consteval void describe(detail::TableList& list) {
    static_assert(detail::is_integer_v<MemberOf<M>>, "orm::Version needs an integer");
    ColumnInfo info = detail::plain_column<M>();
    info.initial.kind = DefaultInfo::Kind::kInteger;
    list.version = list.column_count;
    list.add(info);
  }
};
// Null while the row lives; remove() puts the time here and queries leave such rows out.
template <auto M>
struct SoftDelete : detail::OneColumn {
  static constexpr auto kMember = M;
  static consteval void describe(detail::TableList& list) {
    static_assert(std::is_same_v<MemberOf<M>, std::optional<SqlTimestamp>>,
                  "orm::SoftDelete needs a std::optional<SqlTimestamp>");
    list.deleted_at = list.column_count;
    list.add(detail::plain_column<M>());
  }
};
// What the table was called in versions before.
template <Name N>
struct RenamedFrom : detail::NoColumn {
  static_assert(N.is_identifier(), "a table's name is made of letters, digits and underscores, 63 at most");
  static constexpr auto kName = N;
  static constexpr void describe(detail::TableList& list) { list.renamed_from = kName.view(); }
};
template <auto... Ms>
struct Index : detail::IndexMembers<false, Ms...> {};
template <auto... Ms>
struct UniqueIndex : detail::IndexMembers<true, Ms...> {};

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
struct BelongsTo : detail::OneColumn {
  static constexpr auto kMember = Fk;
  using Target = typename detail::EdgeTarget<MemberOf<Edge>>::type;
  static consteval void describe(detail::TableList& list) {
    static_assert(std::is_same_v<OwnerOf<Edge>, OwnerOf<Fk>>,
                  "orm::BelongsTo: the foreign key is a member of the same "
                  "entity as the edge");
    ColumnInfo info = detail::plain_column<Fk>();
    info.references = table_info<Target>;
    (detail::apply(info, Options), ...);
    list.add(info);
  }
};
// The rows of the target whose Fk holds this row's key.
template <auto Edge, auto Fk>
struct HasMany : detail::NoColumn {
  static constexpr auto kMember = Edge;
};
template <auto Edge, auto Fk>
struct HasOne : detail::NoColumn {
  static constexpr auto kMember = Edge;
};
// Through the rows of a third entity: its member Here holds this row's key, There the target's.
template <auto Edge, auto Here, auto There>
struct ManyToMany : detail::NoColumn {
  static constexpr auto kMember = Edge;
};

template <Name N, class... Descriptors>
struct Table : Descriptors... {
  static_assert(N.is_identifier(), "a table's name is made of letters, digits and underscores, 63 at most");
};

namespace detail {

// The table as data, from the list of its descriptors.
template <std::size_t Columns, std::size_t Indexes>
struct TableData {
  ColumnInfo columns[Columns == 0 ? 1 : Columns];
  IndexInfo indexes[Indexes == 0 ? 1 : Indexes];
  TableList list;
};
template <Name N, class... Ds>
consteval auto describe_table(const Table<N, Ds...>*) {
  TableData<(std::size_t{0} + ... + Ds::kColumns), (std::size_t{0} + ... + Ds::kIndexes)> data{};
  data.list.columns = data.columns;
  data.list.indexes = data.indexes;
  (Ds::describe(data.list), ...);
  data.list.columns = nullptr;
  data.list.indexes = nullptr;
  return data;
}
template <class Descriptor, class E>
[[gnu::always_inline]] inline void write_member(E* entity, void**& out) {
  if constexpr (Descriptor::kColumns == 1) *out++ = &(entity->*Descriptor::kMember);
}
// Where the members of its columns are. Part of its one caller, since its own name would be as long as the schema.
template <class E, Name N, class... Ds>
[[gnu::always_inline]] inline void write_members(const Table<N, Ds...>*, E* entity, void** out) {
  (write_member<Ds>(entity, out), ...);
}
template <Name N, class... Ds>
consteval std::string_view name_of(const Table<N, Ds...>*) {
  return N.view();
}
// The descriptor of column number `Column`.
template <std::size_t Column, Name N, class... Ds>
auto descriptor_at(const Table<N, Ds...>*) {
  constexpr std::size_t kAt = [] {
    std::size_t left = Column;
    std::size_t i = 0;
    constexpr std::size_t kCounts[] = {Ds::kColumns...};
    for (; kCounts[i] == 0 || left-- > 0; ++i) {
    }
    return i;
  }();
  return static_cast<__type_pack_element<kAt, Ds...>*>(nullptr);
}
template <Name N, class... Ds>
void any_table(const Table<N, Ds...>*);

template <class E>
concept HasSchema = requires { any_table(static_cast<typename E::schema*>(nullptr)); };

template <class E>
inline constexpr bool has_schema = HasSchema<E>;

template <class E>
consteval void check_schema() {
  static_assert(has_schema<E>,
                "this entity has no schema: declare `struct schema;` in it, and define `struct Entity::schema : "
                "orm::Table<...> {};` before it is used");
}

// The schema of an entity as data.
template <class E>
struct TableOf {
  static constexpr typename E::schema* kSchema = nullptr;
  static constexpr auto kData = describe_table(kSchema);
  static_assert(kData.list.keys == 1, "a schema needs exactly one orm::Key<&Entity::member>");

  static constexpr const ColumnInfo* column(std::size_t index) {
    return index == TableList::kNone ? nullptr : &kData.columns[index];
  }
  static void members(void* entity, void** out) { write_members(kSchema, static_cast<E*>(entity), out); }
  static constexpr TableInfo kInfo{.name = name_of(kSchema),
                                   .columns = {kData.columns, kData.list.column_count},
                                   .indexes = {kData.indexes, kData.list.index_count},
                                   .key = column(kData.list.key),
                                   .version = column(kData.list.version),
                                   .deleted_at = column(kData.list.deleted_at),
                                   .renamed_from = kData.list.renamed_from,
                                   .members = members};
};

// The column of the member M, or kNone.
template <auto M>
consteval std::size_t column_index() {
  using Of = TableOf<OwnerOf<M>>;
  for (std::size_t i = 0; i < Of::kData.list.column_count; ++i) {
    if (Of::kData.columns[i].id == &member_id<M>) return i;
  }
  return TableList::kNone;
}
template <auto M>
inline constexpr bool is_stored = column_index<M>() != TableList::kNone;

}  // namespace detail

template <class E>
constexpr const TableInfo& table_info() {
  return detail::TableOf<E>::kInfo;
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
    if constexpr (kIndex != detail::TableList::kNone) return &detail::TableOf<E>::kData.columns[kIndex];
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
    return {member_id<M>, &table_info<OwnerOf<M>>(), EdgeKind::kBelongsTo, &target, column_of<Fk>(), target.key};
  }
};
template <auto M, auto Fk, EdgeKind Kind>
struct FoundHas {
  static constexpr bool kFound = true;
  static EdgeInfo info() {
    check_remote_edge<M, Fk>();
    using Target = typename EdgeTarget<MemberOf<M>>::type;
    const TableInfo& owner = table_info<OwnerOf<M>>();
    return {member_id<M>, &owner, Kind, &table_info<Target>(), owner.key, column_of<Fk>()};
  }
};
template <auto M, auto Here, auto There>
struct FoundManyToMany {
  static constexpr bool kFound = true;
  static EdgeInfo info() {
    static_assert(std::is_same_v<OwnerOf<Here>, OwnerOf<There>>,
                  "orm::ManyToMany: both foreign keys are members of the entity between");
    const TableInfo& target = table_info<typename EdgeTarget<MemberOf<M>>::type>();
    return {.name = member_id<M>,
            .owner = &table_info<OwnerOf<M>>(),
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
consteval void check_soft_delete() {
  static_assert(TableOf<E>::kInfo.deleted_at != nullptr,
                "this entity has no soft delete: add orm::SoftDelete<&Entity::deleted_at> to its schema");
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
