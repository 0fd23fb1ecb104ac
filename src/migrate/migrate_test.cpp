// Files, statements and lint by themselves, and versions applied to a real SQLite file.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "migrate/apply.h"
#include "migrate/import.h"
#include "migrate/lint.h"
#include "migrate/migration_folder.h"
#include "migrate/sql_script.h"
#include "migrate/text_rows.h"
#include "runtime/runtime.h"
#include "sqlite/sqlite_database.h"

namespace banyan::migrate {
namespace {

class Folder {
 public:
  Folder() {
    path_ = ::testing::TempDir() + "migrate_XXXXXX";
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string path(const std::string& name) const { return path_ + "/" + name; }
  std::string migrations() const { return path("migrations"); }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(migrations());
    std::ofstream(migrations() + "/" + name) << text;
  }

 private:
  std::string path_;
};

std::vector<std::string> texts(std::string_view script) {
  std::vector<std::string> result;
  for (const SqlStatement& statement : split_sql(script)) result.push_back(statement.text);
  return result;
}

TEST(SqlScript, StatementsEndWhereTheyEnd) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(texts("a; b"), (Texts{"a", "b"}));
  EXPECT_EQ(texts("-- c;\n ;; a 'x;''y' \"p;q\"; /* ; */ b -- ;\n c"), (Texts{"a 'x;''y' \"p;q\"", "b -- ;\n c"}));
  EXPECT_EQ(texts("do $body$ begin; end $body$; x"), (Texts{"do $body$ begin; end $body$", "x"}));
  EXPECT_EQ(texts("create trigger t after insert on a begin delete from b; delete from c; end; x").size(), 2U);
  EXPECT_EQ(texts("  "), Texts());
  EXPECT_EQ(split_sql("a;\n\nb")[1].line, 3);
  EXPECT_EQ(sql_words("Alter TABLE \"My t\" add x'not' (1,2) -- no"),
            (Texts{"ALTER", "TABLE", "My t", "ADD", "X", "(", "1", ",", "2", ")"}));
}

std::string rules(std::string_view script, SqlDialect dialect = SqlDialect::kPostgres) {
  std::string all;
  for (const LintFinding& finding : lint_sql(script, dialect)) {
    all += std::to_string(finding.line) + ":" + std::string(finding.rule) + " ";
  }
  return all;
}

TEST(Lint, NamesWhatIsDangerous) {
  EXPECT_EQ(rules("DROP TABLE a;\nTRUNCATE b;\nALTER TABLE c DROP COLUMN d"), "1:drop 2:drop 3:drop ");
  EXPECT_EQ(rules("ALTER TABLE a ADD COLUMN b int NOT NULL"), "1:not-null ");
  EXPECT_EQ(rules("ALTER TABLE a ADD COLUMN b int NOT NULL DEFAULT 1"), "");
  EXPECT_EQ(rules("CREATE INDEX i ON a (b)"), "1:index ");
  EXPECT_EQ(rules("CREATE INDEX CONCURRENTLY i ON a (b)"), "");
  EXPECT_EQ(rules("CREATE INDEX i ON a (b)", SqlDialect::kSqlite), "");
  EXPECT_EQ(rules("CREATE TABLE a (b int);\nCREATE INDEX i ON a (b)"), "");
  EXPECT_EQ(rules("ALTER TABLE a ALTER COLUMN b TYPE text"), "1:rewrite ");
  EXPECT_EQ(rules("ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (d)"), "1:lock ");
  EXPECT_EQ(rules("ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (d) NOT VALID"), "");
  EXPECT_EQ(rules("UPDATE a SET b = 'x WHERE y'"), "1:no-where ");
  EXPECT_EQ(rules("ALTER TABLE a RENAME TO b"), "1:rename ");
  EXPECT_EQ(rules("-- lint: allow drop\nDROP TABLE a;\nDROP TABLE b"), "3:drop ");
  EXPECT_EQ(rules("INSERT INTO a VALUES ('DROP TABLE b')"), "");
}

TEST(Import, SaysWhatItLeavesOut) {
  const CatalogueColumn id{.name = "id", .type = "bigint", .kind = ColumnKind::kInt64, .generated = true};
  const CatalogueColumn odd{.name = "odd name", .type = "text"};
  const Catalogue catalogue{.tables = {{.name = "log", .columns = {id}},
                                       {.name = "order_tags", .columns = {id, odd}, .key = {"id", "odd name"}},
                                       {.name = "people", .columns = {id, odd}, .key = {"id"}}}};
  const std::string text = entities_of(catalogue, SqlDialect::kPostgres, "shop");
  for (const char* part : {"The table log is left out: it has no primary key", "The table order_tags is left out",
                           "The column \"odd name\" is left out", "struct People", "Key<&People::id>> {};"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(MigrationFolder, KeepsWhatWasAddedAsItIs) {
  const Folder folder;
  EXPECT_EQ(*add_migration(folder.migrations(), "users", "CREATE TABLE users (id INTEGER PRIMARY KEY)"),
            "0001_users.sql");
  EXPECT_EQ(*add_migration(folder.migrations(), "posts", "SELECT 1"), "0002_posts.sql");
  const auto files = read_migrations(folder.migrations());
  ASSERT_TRUE(files.ok()) << files.error().text();
  ASSERT_EQ(files->size(), 2U);
  EXPECT_EQ((*files)[1].version, 2U);
  // As sha256sum says it.
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  folder.write("0001_users.sql", "CREATE TABLE other (id INTEGER)");
  const auto changed = read_migrations(folder.migrations());
  ASSERT_FALSE(changed.ok());
  EXPECT_NE(changed.error().text().find("0001_users.sql has changed"), std::string::npos);
  ASSERT_TRUE(write_checksums(folder.migrations()).ok());
  EXPECT_TRUE(read_migrations(folder.migrations()).ok());
  folder.write("0002_again.sql", "SELECT 2");
  EXPECT_NE(read_migrations(folder.migrations()).error().text().find("the same number"), std::string::npos);
  folder.write("third.sql", "");
  EXPECT_NE(read_migrations(folder.migrations()).error().text().find("NNNN_name.sql"), std::string::npos);
  EXPECT_FALSE(add_migration(folder.migrations(), "../up", "").ok());
}

// What `path` holds in the table t, or why it cannot be read.
Task<SqlResult<std::string>> apply_and_read(std::string path, std::vector<Migration> files) {
  const auto database = co_await try_(SqliteDatabase::open({.path = path}));
  const SqlResult<std::vector<std::string>> done = co_await apply_migrations(*database, std::move(files));
  std::string text = done.ok() ? std::to_string(done->size()) : done.error().message();
  SqlLease lease = co_await try_(database->acquire(SqlAccess::kRead));
  TextRows rows;
  (void)co_await try_(lease->execute("SELECT group_concat(a) FROM t", {}, &rows));
  const std::vector<Applied> applied = co_await try_(read_applied(*lease));
  co_return text + " [" + rows.rows[0][0] + "] " + std::to_string(applied.size());
}

std::string outcome(const std::string& path, std::vector<Migration> files) {
  static std::string text;
  struct Body {
    static Task<int> run(std::string where, std::vector<Migration> what) {
      const SqlResult<std::string> done = co_await apply_and_read(std::move(where), std::move(what));
      text = done.ok() ? *done : done.error().text();
      co_return 0;
    }
  };
  run({.workers = 1, .stall_threshold = std::chrono::seconds(10)}, Body::run(path, std::move(files)));
  return text;
}

TEST(Apply, EachVersionWhollyOrNotAtAll) {
  const Folder folder;
  const std::string database = folder.path("test.db");
  const auto version = [](std::uint32_t number, const std::string& sql) {
    return Migration{number, "000" + std::to_string(number) + "_x.sql", sql, sha256_hex(sql)};
  };
  std::vector<Migration> files{version(1, "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)")};
  EXPECT_EQ(outcome(database, files), "1 [1] 1");
  EXPECT_EQ(outcome(database, files), "0 [1] 1");
  files.push_back(version(2, "INSERT INTO t VALUES (2);\nINSERT INTO nowhere VALUES (3)"));
  const std::string failed = outcome(database, files);
  EXPECT_TRUE(failed.starts_with("0002_x.sql:2: ")) << failed;
  EXPECT_TRUE(failed.ends_with(" [1] 1")) << failed;  // the first statement of the failed version is undone
  files[1] = version(2, "INSERT INTO t VALUES (2)");
  EXPECT_EQ(outcome(database, files), "1 [1,2] 2");
  files[0] = version(1, "CREATE TABLE t (b INTEGER)");
  EXPECT_NE(outcome(database, files).find("0001_x.sql is not what was applied"), std::string::npos);
  files.erase(files.begin());
  EXPECT_NE(outcome(database, files).find("is not among the files"), std::string::npos);
}

TEST(Apply, RowsThatReferToNothingUndoAVersion) {
  const Folder folder;
  const std::string sql =
      "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a INTEGER REFERENCES p (id)); INSERT INTO t VALUES (7)";
  const std::string first = "CREATE TABLE t (a INTEGER)";
  const std::vector<Migration> files{{1, "0001_t.sql", first, sha256_hex(first)},
                                     {2, "0002_p.sql", "DROP TABLE t;" + sql, sha256_hex(sql)}};
  const std::string said = outcome(folder.path("test.db"), files);
  EXPECT_TRUE(said.starts_with("0002_p.sql: afterwards rows of t refer to rows of p")) << said;
  EXPECT_TRUE(said.ends_with(" [] 1")) << said;
}

}  // namespace
}  // namespace banyan::migrate
