// What statements look like in each dialect: testdata/render.txt, written anew with BANYAN_UPDATE_GOLDEN=1.
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "orm/sample_entities.h"

namespace banyan::orm {
namespace {

using namespace sample;

constexpr SqlDialect kDialects[] = {SqlDialect::kSqlite, SqlDialect::kPostgres, SqlDialect::kMariadb};

std::string show(const SqlValue& value) {
  const SqlValueView view = view_of(value);
  const std::string type(sql_type_name(view.type));
  if (view.is_null()) return type;
  if (view.type == SqlType::kReal) return type + " " + std::to_string(view.real);
  const bool number = view.type == SqlType::kBool || view.type == SqlType::kInteger || view.type == SqlType::kTimestamp;
  return type + " " + (number ? std::to_string(view.integer) : std::string(view.text));
}

template <class Statement>
void add(std::string& out, const std::string& title, const Statement& statement) {
  out += "== " + title + "\n";
  for (const SqlDialect dialect : kDialects) {
    const Rendered rendered = render(dialect, statement);
    out += std::string(sql_dialect_name(dialect)) + ": " + rendered.text + "\n";
    if (dialect != SqlDialect::kMariadb) continue;
    for (const SqlValue& value : rendered.parameters) out += "  with " + show(value) + "\n";
  }
}

Select users(Condition where) { return {.table = &table_info<User>(), .where = std::move(where)}; }

void add_selects(std::string& out) {
  add(out, "everything", users({}));
  add(out, "and, or, not, lists, null, patterns",
      users(((f<&User::status> == Status::kActive && f<&User::age> >= 18 && f<&User::age> < 100) ||
             !(f<&User::email>.contains("100%_!\\' or 1=1 -- ")) || f<&User::nickname>.is_null() ||
             f<&User::id>.in({1, 2, 3}) || f<&User::id>.not_in(std::vector<std::int64_t>{}) ||
             f<&User::nickname> != f<&User::email>)
                .condition));
  add(out, "along edges",
      users(
          (has<&User::posts>(f<&Post::published> == true) && has<&User::teams>() && !has<&User::profile>()).condition));
  add(out, "unsafe text", users(unsafe_condition<User>("lower(email) = ? AND '?' <> nick", {"x"}).condition));
  Select page = users((f<&User::verified> == true).condition);
  page.order = {{column_of<&User::age>(), true}, {column_of<&User::id>(), false}};
  page.after = {std::int64_t{30}, std::int64_t{7}};
  page.limit = 11;
  add(out, "a page", page);
  Select locked{.table = &table_info<Post>(), .limit = 1, .offset = 2, .lock = Lock::kForUpdateSkipLocked};
  add(out, "row locks", locked);
  locked.limit.reset();
  locked.lock = Lock::kForShare;
  add(out, "an offset alone", locked);
  Select average = users({});
  average.aggregate = Aggregate::kAverage;
  average.aggregated = column_of<&User::age>();
  add(out, "an aggregate", average);
  Select groups = users({});
  groups.aggregate = Aggregate::kCount;
  groups.group = column_of<&User::status>();
  groups.with_deleted = true;
  add(out, "groups", groups);
}

void add_edges(std::string& out) {
  const EdgeInfo posts = detail::edge_info<&User::posts>();
  Select many{.table = posts.target, .where = (f<&Post::published> == true).condition, .along = &posts};
  many.order = {{column_of<&Post::id>(), true}};
  many.keys = {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}};
  add(out, "edge to many", many);
  const EdgeInfo author = detail::edge_info<&Post::author>();
  add(out, "edge to one", Select{.table = author.target, .along = &author, .keys = {std::int64_t{1}}});
  const EdgeInfo teams = detail::edge_info<&User::teams>();
  add(out, "edge many to many", Select{.table = teams.target, .along = &teams, .keys = {std::int64_t{1}}});
}

void add_changes(std::string& out) {
  const std::vector<const ColumnInfo*> columns{column_of<&User::email>(), column_of<&User::age>()};
  Insert insert{
      .table = &table_info<User>(), .columns = columns, .values = {"a", std::int64_t{1}, "b", std::int64_t{2}}};
  insert.rows = 2;
  add(out, "insert", insert);
  insert.on_conflict = {OnConflict::Kind::kIgnore, {columns[0]}, {}};
  add(out, "insert or ignore", insert);
  insert.on_conflict = {OnConflict::Kind::kUpdate, {columns[0]}, columns};
  add(out, "upsert", insert);
  add(out, "insert of defaults", Insert{.table = &table_info<Team>()});
  add(out, "several of defaults", Insert{.table = &table_info<User>(), .rows = 2});
  Update update{.table = &table_info<User>()};
  update.set = {{column_of<&User::status>(), std::int64_t{2}, false}, {column_of<&User::age>(), std::int64_t{1}, true}};
  update.where = (f<&User::id> == 7).condition;
  add(out, "update", update);
  add(out, "delete", Delete{.table = &table_info<User>(), .where = (f<&User::email> == "x").condition});
}

void add_tables(std::string& out) {
  const TableInfo* const tables[] = {&table_info<User>(), &table_info<Post>(), &table_info<Membership>(),
                                     &table_info<Team>()};
  for (const TableInfo* table : tables) {
    out += "== table " + std::string(table->name) + "\n";
    for (const SqlDialect dialect : kDialects) {
      for (const std::string& text : render_create(dialect, *table)) {
        out += std::string(sql_dialect_name(dialect)) + ": " + text + "\n";
      }
    }
  }
}

TEST(Render, EachDialectIsAsWritten) {
  std::string out;
  add_selects(out);
  add_edges(out);
  add_changes(out);
  add_tables(out);
  const std::string path = std::string(BANYAN_TESTDATA) + "/render.txt";
  if (std::getenv("BANYAN_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << out;
  std::stringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(out, golden.str());
}

TEST(Render, NoValueIsEverPartOfTheText) {
  const std::string evil = "zq\\' OR 1=1; DROP TABLE users; -- \"`$1?";
  const Condition conditions[] = {(f<&User::email> == evil).condition, (f<&User::email>.contains(evil)).condition,
                                  (f<&User::nickname>.in(std::vector<std::string>{evil, evil})).condition};
  for (const Condition& condition : conditions) {
    for (const SqlDialect dialect : kDialects) {
      const Rendered rendered = render(dialect, users(condition));
      EXPECT_EQ(rendered.text.find("zq"), std::string::npos) << rendered.text;
      EXPECT_FALSE(rendered.parameters.empty());
    }
  }
}

TEST(Render, DefaultsAreTheNumbersTheyAre) {
  for (const auto& [number, text] :
       {std::pair(0.5, "0.500000"), std::pair(1e-7, "1e-07"), std::pair(1.1234567, "1.1234567")}) {
    const ColumnInfo columns[] = {{.name = "id", .member = "id"},
                                  {.name = "rate",
                                   .member = "rate",
                                   .type = ColumnType::kDouble,
                                   .initial = {DefaultInfo::Kind::kReal, 0, number, {}}}};
    const TableInfo table{.name = "rates", .columns = columns, .key = columns};
    for (const SqlDialect dialect : kDialects) {
      const std::string sql = render_create(dialect, table).at(0);
      EXPECT_NE(sql.find(std::string(" DEFAULT ") + text), std::string::npos) << sql;
    }
  }
}

TEST(Condition, LongChainsStayFlat) {
  Condition chain;
  for (int i = 0; i < 20000; ++i) chain = Condition::join(Op::kOr, std::move(chain), (f<&User::id> == i).condition);
  EXPECT_EQ(chain.nodes.front().count, 20000U);
  EXPECT_EQ(render(SqlDialect::kSqlite, users(chain)).parameters.size(), 20000U);
}

}  // namespace
}  // namespace banyan::orm
