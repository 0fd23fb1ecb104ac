// Twenty versions of a schema, planned, written as files and applied one after another on a real SQLite and a real
// PostgreSQL and a real MariaDB, with rows in the tables; and what descriptors say was called otherwise.
#include <algorithm>
#include <deque>

#include <gtest/gtest.h>

#include "migrate/text_rows.h"
#include "orm/orm.h"
#include "orm_migrate/databases_test.h"
#include "runtime/scope.h"

namespace banyan::orm {
namespace {

// A table as a program of some version describes it.
struct Model {
  std::deque<ColumnInfo> columns;
  std::vector<std::vector<std::string_view>> indexes;
  std::vector<bool> unique;

  ColumnInfo& add(std::string_view name, ColumnType type) {
    return columns.emplace_back(ColumnInfo{.name = name, .member = name, .type = type});
  }
  ColumnInfo& at(std::string_view name) { return *std::ranges::find(columns, name, &ColumnInfo::name); }
  void drop(std::string_view name) { columns.erase(std::ranges::find(columns, name, &ColumnInfo::name)); }
  void index(std::vector<std::string_view> members, bool is_unique = false) {
    indexes.push_back(std::move(members));
    unique.push_back(is_unique);
  }
};

struct Schema {
  Model users, posts, teams;
  bool has_posts = false, has_teams = false;
};

// The tables of one version, as data that lives until the next is made.
struct Tables {
  std::vector<ColumnInfo> columns[3];
  std::vector<IndexInfo> indexes[3];
  TableInfo infos[3];
  std::vector<const TableInfo*> list;
};
Tables g_tables;
const TableInfo& users_table() { return g_tables.infos[0]; }
const TableInfo& teams_table() { return g_tables.infos[2]; }

std::vector<const TableInfo*> tables_of(const Schema& schema) {
  const Model* const models[] = {&schema.users, &schema.posts, &schema.teams};
  const char* const names[] = {"users", "posts", "teams"};
  for (std::size_t i = 0; i < 3; ++i) {
    g_tables.columns[i].assign(models[i]->columns.begin(), models[i]->columns.end());
    g_tables.indexes[i].clear();
    for (std::size_t k = 0; k < models[i]->indexes.size(); ++k) {
      g_tables.indexes[i].push_back({models[i]->indexes[k], models[i]->unique[k]});
    }
    g_tables.infos[i] = {.name = names[i], .columns = g_tables.columns[i], .indexes = g_tables.indexes[i]};
    g_tables.infos[i].key = g_tables.columns[i].data();
  }
  std::vector<const TableInfo*> list;
  if (schema.has_posts) list.push_back(&g_tables.infos[1]);  // in an order that has to be mended
  list.push_back(&g_tables.infos[0]);
  if (schema.has_teams) list.push_back(&g_tables.infos[2]);
  return list;
}

using Step = void (*)(Schema& schema);
const Step kLadder[] = {
    [](Schema& s) {
      s.users.add("id", ColumnType::kInt64).generated = true;
      s.users.add("email", ColumnType::kText);
      s.posts.add("id", ColumnType::kInt64).generated = true;
      s.teams.add("code", ColumnType::kText);
    },
    [](Schema& s) { s.users.add("name", ColumnType::kText).nullable = true; },
    [](Schema& s) { s.users.at("email").unique = true; },
    [](Schema& s) { s.users.add("age", ColumnType::kInt32).initial.kind = DefaultInfo::Kind::kInteger; },
    [](Schema& s) { s.users.index({"age"}); },
    [](Schema& s) {
      s.has_posts = true;
      s.posts.add("user_id", ColumnType::kInt64).references = users_table;
      s.posts.add("title", ColumnType::kText);
    },
    [](Schema& s) { s.posts.at("title").initial = {DefaultInfo::Kind::kText, 0, 0, "it's untitled"}; },
    [](Schema& s) { s.users.at("age").type = ColumnType::kInt64; },
    [](Schema& s) { s.users.add("score", ColumnType::kDouble).initial = {DefaultInfo::Kind::kReal, 0, 0.5, ""}; },
    [](Schema& s) { s.posts.add("body", ColumnType::kText).nullable = true; },
    [](Schema& s) { s.users.add("created_at", ColumnType::kTimestamp).initial.kind = DefaultInfo::Kind::kNow; },
    [](Schema& s) { s.users.indexes[0] = {"email", "age"}; },
    [](Schema& s) { s.posts.drop("body"); },
    [](Schema& s) { s.posts.at("user_id").cascade = true; },
    [](Schema& s) { s.has_teams = true; },
    [](Schema& s) {
      ColumnInfo& column = s.users.add("team_code", ColumnType::kText);
      column.references = teams_table;
      column.nullable = true;
    },
    [](Schema& s) { s.posts.index({"user_id", "title"}, true); },
    [](Schema& s) { s.users.at("score").initial = {}; },
    [](Schema& s) { s.users.add("verified", ColumnType::kBool).initial.kind = DefaultInfo::Kind::kInteger; },
    [](Schema& s) {
      s.has_teams = false;
      s.users.drop("team_code");
    },
};
// Versions, from 1, that destroy something. In MariaDB a text that becomes part of an index becomes shorter, too.
std::vector<std::size_t> destroying(SqlDialect dialect) {
  return dialect == SqlDialect::kMariadb ? std::vector<std::size_t>{3, 12, 13, 17, 20}
                                         : std::vector<std::size_t>{12, 13, 20};
}

Task<SqlResult<void>> climb(SqlDatabase& database, std::string folder) {
  Schema schema;
  for (std::size_t version = 1; version <= std::size(kLadder); ++version) {
    kLadder[version - 1](schema);
    const std::vector<const TableInfo*> tables = tables_of(schema);
    const Plan plan = co_await try_(plan_for(database, tables));
    for (const std::string& sentence : plan.refused) ADD_FAILURE() << version << ": " << sentence;
    const bool destroys = std::ranges::any_of(plan.steps, [](const PlanStep& step) { return !step.destroys.empty(); });
    const std::vector<std::size_t> destroying_ones = destroying(database.dialect());
    EXPECT_EQ(destroys, std::ranges::count(destroying_ones, version) == 1) << version << ":\n" << plan.sql();
    // To SQLite every integer is the same: it has nothing to do for one of these versions.
    EXPECT_EQ(plan.steps.empty(), version == 8 && database.dialect() == SqlDialect::kSqlite) << version;
    (void)co_await try_(migrate::add_migration(folder, "version_" + std::to_string(version), plan.sql()));
    auto files = co_await try_(migrate::read_migrations(folder));
    const auto applied = co_await try_(migrate::apply_migrations(database, std::move(files)));
    EXPECT_EQ(applied.size(), 1U) << version;
    const Plan after = co_await try_(plan_for(database, tables));
    EXPECT_TRUE(after.empty()) << version << " leaves:\n" << after.sql();
    if (version == 1) co_await try_(execute(database, "INSERT INTO users (email) VALUES ('ann@x')"));
    if (version == 6) co_await try_(execute(database, "INSERT INTO posts (user_id, title) VALUES (1, 'first')"));
  }
  co_return {};
}

// What the last version holds of the rows of the first ones, read by the database alone.
class Text : public SqlRowSink {
 public:
  bool row(std::span<const SqlValueView> values) override {
    for (const SqlValueView& value : values) {
      const bool number = value.type == SqlType::kInteger;
      text += number ? std::to_string(value.integer) + " " : std::string(value.text) + " ";
    }
    return true;
  }
  std::string text;
};
Task<SqlResult<void>> check_rows(SqlDatabase& database) {
  SqlLease lease = co_await try_(database.acquire(SqlAccess::kRead));
  Text rows;
  (void)co_await try_(
      lease->execute("SELECT u.id, u.email, u.age, p.title FROM users u JOIN posts p ON p.user_id = u.id", {}, &rows));
  EXPECT_EQ(rows.text, "1 ann@x 0 first ");
  co_return {};
}

Task<SqlResult<void>> ladder(SqlDatabase& database, SqlDatabase& second, std::string folder) {
  co_await try_(climb(database, folder));
  co_await try_(check_rows(database));
  // All files at once on an empty database lead to the same schema.
  auto files = co_await try_(migrate::read_migrations(folder));
  const auto applied = co_await try_(migrate::apply_migrations(second, std::move(files)));
  EXPECT_EQ(applied.size(), std::size(kLadder));
  co_await try_(execute(second, "INSERT INTO users (email, score) VALUES ('x', 1)"));
  Schema schema;
  for (const Step step : kLadder) step(schema);
  const Plan plan = co_await try_(plan_for(second, tables_of(schema)));
  EXPECT_TRUE(plan.empty()) << plan.sql();
  co_return {};
}

// A table of three: a field that rows have no value for is refused; everything of another program's is not touched.
Task<SqlResult<void>> refusals(SqlDatabase& database) {
  co_await try_(execute(database, "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL)"));
  Schema schema;
  kLadder[0](schema);
  schema.users.add("height", ColumnType::kInt32);
  const Plan plan = co_await try_(plan_for(database, tables_of(schema)));
  EXPECT_EQ(plan.refused.size(), 1U);
  EXPECT_TRUE(!plan.refused.empty() && plan.refused[0].starts_with("users.height is not null and has no default"));
  co_return {};
}

Task<SqlResult<void>> sqlite_ladder(std::string directory) {
  const auto first = co_await try_(migrate::open_database("sqlite:" + directory + "/first.db"));
  const auto second = co_await try_(migrate::open_database("sqlite:" + directory + "/second.db"));
  co_return co_await ladder(*first, *second, directory + "/migrations");
}
TEST(OrmMigrate, TwentyVersionsOnSqlite) {
  const oracle::TemporaryFolder folder;
  EXPECT_EQ(error_of(sqlite_ladder(folder.path())), "");
}

Task<SqlResult<void>> postgres_ladder(std::string directory) {
  const auto first = co_await try_(postgres_database("ladder_first"));
  const auto second = co_await try_(postgres_database("ladder_second"));
  co_return co_await ladder(*first, *second, directory + "/migrations");
}
TEST(OrmMigrate, TwentyVersionsOnPostgres) {
  if (TestPostgres::instance() == nullptr) GTEST_SKIP() << TestPostgres::kNotInstalled;
  const oracle::TemporaryFolder folder;
  EXPECT_EQ(error_of(postgres_ladder(folder.path())), "");
}

Task<SqlResult<void>> mariadb_ladder(std::string directory) {
  const auto first = co_await try_(mariadb_database("ladder_first"));
  const auto second = co_await try_(mariadb_database("ladder_second"));
  co_return co_await ladder(*first, *second, directory + "/migrations");
}
TEST(OrmMigrate, TwentyVersionsOnMariadb) {
  if (TestMariadb::instance() == nullptr) GTEST_SKIP() << TestMariadb::kNotInstalled;
  const oracle::TemporaryFolder folder;
  EXPECT_EQ(error_of(mariadb_ladder(folder.path())), "");
}

Task<SqlResult<void>> sqlite_refusals(std::string path) {
  const auto database = co_await try_(migrate::open_database("sqlite:" + path));
  co_return co_await refusals(*database);
}
TEST(OrmMigrate, WhatRowsHaveNoValueForIsRefused) {
  const oracle::TemporaryFolder folder;
  EXPECT_EQ(error_of(sqlite_refusals(folder.path() + "/test.db")), "");
}

// A table that is made anew gives no key to another row that a row had which is gone.
Task<SqlResult<void>> keys_given_before(std::string path, std::string removal) {
  const auto database = co_await try_(migrate::open_database("sqlite:" + path));
  Schema schema;
  kLadder[0](schema);
  const Plan before = co_await try_(plan_for(*database, tables_of(schema)));
  (void)co_await try_(migrate::apply_migrations(*database, {{1, "0001_a.sql", before.sql(), "a"}}));
  co_await try_(execute(*database, "INSERT INTO users (email) VALUES ('ann@x'), ('bob@x')"));
  co_await try_(execute(*database, removal));
  schema.users.add("created_at", ColumnType::kTimestamp).initial.kind = DefaultInfo::Kind::kNow;
  const Plan plan = co_await try_(plan_for(*database, tables_of(schema)));
  EXPECT_NE(plan.sql().find("DROP TABLE"), std::string::npos) << plan.sql();
  (void)co_await try_(
      migrate::apply_migrations(*database, {{1, "0001_a.sql", before.sql(), "a"}, {2, "0002_b.sql", plan.sql(), "b"}}));
  co_await try_(execute(*database, "INSERT INTO users (email) VALUES ('cid@x')"));
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
  Text rows;
  (void)co_await try_(lease->execute("SELECT id FROM users WHERE email = 'cid@x'", {}, &rows));
  EXPECT_EQ(rows.text, "3 ") << removal;
  co_return {};
}
TEST(OrmMigrate, ATableMadeAnewGivesNoKeyTwice) {
  for (const char* removal : {"DELETE FROM users WHERE id = 2", "DELETE FROM users"}) {
    const oracle::TemporaryFolder folder;
    EXPECT_EQ(error_of(keys_given_before(folder.path() + "/test.db", removal)), "");
  }
}

// ---- two who apply ----

struct Turns {
  SqlDatabase* database;
  SqlConnection* first;
};
Task<Result<void>> apply_second(SqlDatabase* database) {
  const std::string sql = "CREATE TABLE other (id integer)";
  (void)co_await try_(migrate::apply_migrations(*database, {{1, "0001_other.sql", sql, migrate::sha256_hex(sql)}}));
  co_return {};
}
// The first has the lock of those who apply, and builds an index while the second waits for its turn.
Task<SqlResult<void>> index_beside_one_who_waits() {
  const auto database = co_await try_(postgres_database("turns"));
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kWrite));
  (void)co_await try_(lease->execute("CREATE TABLE t (a integer)"));
  (void)co_await try_(lease->execute("SELECT pg_advisory_lock(8301734229)"));
  Turns turns{database.get(), lease.get()};
  co_return co_await with_scope(turns, [](Scope& scope, Turns& state) -> Task<SqlResult<void>> {
    scope.spawn("second", apply_second(state.database));
    migrate::TextRows asked;
    while (asked.rows.empty()) {
      co_await try_(co_await sleep_for(std::chrono::milliseconds(1)));
      (void)co_await try_(state.first->execute(
          "SELECT pid FROM pg_stat_activity WHERE datname = 'turns' AND pid <> pg_backend_pid() AND "
          "query LIKE '%advisory_lock%'",
          {}, &asked));
    }
    (void)co_await try_(state.first->execute("CREATE INDEX CONCURRENTLY t_a ON t (a)"));
    (void)co_await try_(state.first->execute("SELECT pg_advisory_unlock(8301734229)"));
    co_await try_(co_await scope.join());
    co_return {};
  });
}
TEST(OrmMigrate, WhoWaitsToApplyHoldsUpNoIndexThatIsBuilt) {
  if (TestPostgres::instance() == nullptr) GTEST_SKIP() << TestPostgres::kNotInstalled;
  EXPECT_EQ(error_of(index_beside_one_who_waits()), "");
}

// ---- what was called otherwise ----

struct Writer {
  std::int64_t id = 0;
  std::string full_name;
  struct schema;
};
struct Essay {
  std::int64_t id = 0;
  std::int64_t writer_id = 0;
  std::string title;
  One<Writer> writer;
  struct schema;
};
struct Writer::schema : Table<"writers", RenamedFrom<"authors">, Key<&Writer::id>,
                              Field<&Writer::full_name, unique, renamed_from<"name">>> {};
struct Essay::schema
    : Table<"essays", Key<&Essay::id>, BelongsTo<&Essay::writer, &Essay::writer_id, renamed_from<"author_id">>,
            Field<&Essay::title>> {};

Task<SqlResult<void>> renames(SqlDatabase& database) {
  // As the version before described it.
  const ColumnInfo author_columns[] = {{.name = "id", .member = "id", .generated = true},
                                       {.name = "name", .member = "name", .type = ColumnType::kText, .unique = true}};
  static TableInfo authors{.name = "authors"};
  authors.columns = author_columns;
  authors.key = author_columns;
  const ColumnInfo essay_columns[] = {
      {.name = "id", .member = "id", .generated = true},
      {.name = "author_id", .member = "author_id", .references = +[]() -> const TableInfo& { return authors; }},
      {.name = "title", .member = "title", .type = ColumnType::kText}};
  const TableInfo essays{.name = "essays", .columns = essay_columns, .key = essay_columns};
  const Plan before = co_await try_(plan_for(database, {&authors, &essays}));
  (void)co_await try_(migrate::apply_migrations(database, {{1, "0001_a.sql", before.sql(), "a"}}));
  co_await try_(execute(database, "INSERT INTO authors (name) VALUES ('Ann')"));
  co_await try_(execute(database, "INSERT INTO essays (author_id, title) VALUES (1, 'On names')"));

  const Plan plan = co_await try_(plan_for(database, {&table_info<Writer>(), &table_info<Essay>()}));
  EXPECT_TRUE(plan.refused.empty());
  EXPECT_EQ(plan.steps.size(), 3U) << plan.sql();
  for (const PlanStep& step : plan.steps) EXPECT_EQ(step.destroys, "") << step.sql;
  (void)co_await try_(
      migrate::apply_migrations(database, {{1, "0001_a.sql", before.sql(), "a"}, {2, "0002_b.sql", plan.sql(), "b"}}));
  const Plan after = co_await try_(plan_for(database, {&table_info<Writer>(), &table_info<Essay>()}));
  EXPECT_TRUE(after.empty()) << after.sql();
  Database db(database);
  const auto essay = co_await try_(query<Essay>(db).with<&Essay::writer>().one());
  EXPECT_TRUE(essay.get<&Essay::writer>().has_value() && essay.get<&Essay::writer>()->full_name == "Ann");
  co_return {};
}
Task<SqlResult<void>> sqlite_renames(std::string path) {
  const auto database = co_await try_(migrate::open_database("sqlite:" + path));
  co_return co_await renames(*database);
}
Task<SqlResult<void>> postgres_renames() {
  const auto database = co_await try_(postgres_database("renames"));
  co_return co_await renames(*database);
}
Task<SqlResult<void>> mariadb_renames() {
  const auto database = co_await try_(mariadb_database("renames"));
  co_return co_await renames(*database);
}
TEST(OrmMigrate, RenamesWhatADescriptorSaysInSqlite) {
  const oracle::TemporaryFolder folder;
  EXPECT_EQ(error_of(sqlite_renames(folder.path() + "/test.db")), "");
}
TEST(OrmMigrate, RenamesWhatADescriptorSaysInPostgres) {
  if (TestPostgres::instance() == nullptr) GTEST_SKIP() << TestPostgres::kNotInstalled;
  EXPECT_EQ(error_of(postgres_renames()), "");
}
TEST(OrmMigrate, RenamesWhatADescriptorSaysInMariadb) {
  if (TestMariadb::instance() == nullptr) GTEST_SKIP() << TestMariadb::kNotInstalled;
  EXPECT_EQ(error_of(mariadb_renames()), "");
}

}  // namespace
}  // namespace banyan::orm
