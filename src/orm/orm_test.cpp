// The whole module on a real SQLite file, on a real PostgreSQL and on a real MariaDB, with the statements counted.
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mariadb/mariadb_database.h"
#include "mariadb/mariadb_server_test.h"
#include "orm/sample_entities.h"
#include "postgres/postgres_database.h"
#include "postgres/test_server.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"
#include "sqlite/sqlite_database.h"

namespace banyan::orm {
namespace {

using namespace sample;
using namespace std::chrono_literals;

class Statements : public SqlObserver {
 public:
  void statement_ended(const Statement& statement) override {
    const std::lock_guard guard(lock_);
    texts_.emplace_back(statement.text);
  }
  // Those since the last call.
  std::vector<std::string> take() {
    const std::lock_guard guard(lock_);
    return std::exchange(texts_, {});
  }

 private:
  std::mutex lock_;
  std::vector<std::string> texts_;
};

struct World {
  Database& db;
  Statements& statements;
  SqlDialect dialect;
};
using Body = Task<SqlResult<void>> (*)(World world);

Task<SqlResult<void>> in_world(SqlDatabase* database, Body body) {
  Statements statements;
  database->set_observer(&statements);
  Database db(*database);
  // Named in an order that has to be mended: posts refer to users.
  co_await try_(create_tables<Membership, Post, Profile, User, Team>(db));
  co_await try_(create_tables<User, Post>(db));  // a second time: nothing to do
  statements.take();
  co_return co_await body({db, statements, database->dialect()});
}

Task<SqlResult<void>> in_sqlite(std::string path, Body body) {
  auto sqlite = co_await try_(SqliteDatabase::open({.path = path}));
  co_return co_await in_world(sqlite.get(), body);
}

Task<SqlResult<void>> in_postgres(Body body) {
  auto postgres = co_await try_(PostgresDatabase::open(TestPostgres::instance()->options()));
  {
    SqlLease lease = co_await try_(postgres->acquire(SqlAccess::kWrite));
    (void)co_await try_(lease->execute("DROP SCHEMA public CASCADE"));
    (void)co_await try_(lease->execute("CREATE SCHEMA public"));
  }
  co_return co_await in_world(postgres.get(), body);
}

Task<SqlResult<void>> in_mariadb(Body body) {
  auto mariadb = co_await try_(MariadbDatabase::open(TestMariadb::instance()->options()));
  {
    SqlLease lease = co_await try_(mariadb->acquire(SqlAccess::kWrite));
    co_await try_(MariadbDatabase::connection(lease).run_script(
        "DROP DATABASE banyan; CREATE DATABASE banyan CHARACTER SET utf8mb4; USE banyan"));
  }
  co_return co_await in_world(mariadb.get(), body);
}

Task<int> report(Task<SqlResult<void>> work) {
  const SqlResult<void> done = co_await std::move(work);
  if (!done.ok()) ADD_FAILURE() << done.error().text();
  co_return 0;
}

void on_sqlite(Body body) {
  std::string directory = ::testing::TempDir() + "orm_XXXXXX";
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  EXPECT_EQ(run({.workers = 2}, report(in_sqlite(directory + "/test.db", body))), 0);
  std::filesystem::remove_all(directory);
}

User user(std::string email, int age, Status status = Status::kActive) {
  User made;
  made.email = std::move(email);
  made.age = age;
  made.status = status;
  return made;
}

// Ann (30) with two posts and a profile, Bob (40, idle) with one post, Cid (50) with nothing; Ann and Bob in a team.
Task<SqlResult<std::vector<User>>> populate(Database& db) {
  std::vector<User> people{user("ann@x", 30), user("bob@x", 40, Status::kIdle), user("cid@x", 50)};
  people = co_await try_(insert_all(db, people));
  for (const int author : {0, 0, 1}) {
    (void)co_await try_(create<Post>(db).set<&Post::author_id>(people[static_cast<std::size_t>(author)].id).save());
  }
  (void)co_await try_(create<Profile>(db).set<&Profile::user_id>(people[0].id).set<&Profile::bio>("writes").save());
  (void)co_await try_(create<Team>(db).set<&Team::code>("red").set<&Team::name>("Red").save());
  for (const std::size_t member : {0U, 1U}) {
    (void)co_await try_(
        create<Membership>(db).set<&Membership::user_id>(people[member].id).set<&Membership::team_code>("red").save());
  }
  co_return people;
}

Task<SqlResult<void>> rows_return(World world) {
  User ann = user("ann@x", 30, Status::kIdle);
  ann.score = 1.5;
  ann.verified = true;
  ann.nickname = "Ännchen";
  ann = co_await try_(insert(world.db, ann));
  EXPECT_EQ(ann.id, 1);
  const Row<User> found = co_await try_(find<User>(world.db, ann.id));
  EXPECT_EQ(found->email, "ann@x");
  EXPECT_EQ(found->status, Status::kIdle);
  EXPECT_EQ(found->age, 30);
  EXPECT_EQ(found->score, 1.5);
  EXPECT_TRUE(found->verified);
  EXPECT_EQ(found->nickname, "Ännchen");
  // What is left out gets the database's default.
  const User bob = co_await try_(create<User>(world.db).set<&User::email>("bob@x").set<&User::age>(5).save());
  EXPECT_EQ(bob.status, Status::kActive);
  EXPECT_EQ(bob.score, 0.5);
  EXPECT_FALSE(bob.nickname.has_value());
  const Post post = co_await try_(create<Post>(world.db).set<&Post::author_id>(bob.id).save());
  EXPECT_EQ(post.title, "it's new");
  co_return {};
}
TEST(Orm, RowsReturnAsTheyWent) { on_sqlite(rows_return); }

Task<SqlResult<void>> edges_cost_one_statement_each(World world) {
  (void)co_await try_(populate(world.db));
  for (int more = 0; more < 2; ++more) {
    world.statements.take();
    const auto users = co_await try_(query<User>(world.db)
                                         .order_by(f<&User::id>.asc())
                                         .with<&User::posts>()
                                         .with<&User::profile>()
                                         .with<&User::teams>()
                                         .all());
    EXPECT_EQ(world.statements.take().size(), 4U);
    EXPECT_EQ(users.size(), more == 0 ? 3U : 503U);
    EXPECT_EQ(users[0].get<&User::posts>().size(), 2U);
    EXPECT_EQ(users[0].get<&User::profile>()->bio, "writes");
    EXPECT_EQ(users[1].get<&User::teams>().at(0).name, "Red");
    EXPECT_EQ(users[1].get<&User::posts>().size(), 1U);
    EXPECT_FALSE(users[2].get<&User::profile>().has_value());
    EXPECT_TRUE(users[2].get<&User::teams>().empty());
    std::vector<User> crowd;
    for (int i = 0; i < 500; ++i) crowd.push_back(user("crowd" + std::to_string(i), i));
    if (more == 0) (void)co_await try_(insert_all(world.db, crowd));
  }
  // To one and back: both posts of Ann get their author, in one statement more.
  world.statements.take();
  const auto posts = co_await try_(query<Post>(world.db).with<&Post::author>().all());
  EXPECT_EQ(world.statements.take().size(), 2U);
  EXPECT_EQ(posts.at(0).get<&Post::author>()->email, "ann@x");
  EXPECT_EQ(posts.at(1).get<&Post::author>()->email, "ann@x");
  const auto filtered = co_await try_(query<User>(world.db)
                                          .where(f<&User::email> == "ann@x")
                                          .with<&User::posts>(f<&Post::id> > 1, f<&Post::id>.desc())
                                          .one());
  EXPECT_EQ(filtered.get<&User::posts>().size(), 1U);
  const auto teams = co_await try_(query<Team>(world.db).with<&Team::members>().one());
  EXPECT_EQ(teams.get<&Team::members>().size(), 2U);
  co_return {};
}
TEST(Orm, AnEdgeCostsOneStatementWhateverTheRows) { on_sqlite(edges_cost_one_statement_each); }

Task<SqlResult<void>> edges_of_edges_cost_one_statement_each(World world) {
  const std::vector<User> people = co_await try_(populate(world.db));
  world.statements.take();
  const auto teams =
      co_await try_(query<Team>(world.db)
                        .with<&Team::members>(f<&User::email>.desc(), f<&User::age> < 50,
                                              orm::with<&User::posts>(f<&Post::id>.desc(), orm::with<&Post::author>()),
                                              orm::with<&User::profile>())
                        .all());
  EXPECT_EQ(world.statements.take().size(), 5U);
  const auto& members = teams.at(0).get<&Team::members>();
  EXPECT_EQ(members.size(), 2U);
  EXPECT_EQ(members.at(0)->email, "bob@x");
  EXPECT_EQ(members.at(1)->email, "ann@x");
  EXPECT_EQ(members[0].get<&User::posts>().size(), 1U);
  const auto& posts = members[1].get<&User::posts>();
  EXPECT_EQ(posts.size(), 2U);
  EXPECT_GT(posts.at(0)->id, posts.at(1)->id);
  EXPECT_EQ(posts[1].get<&Post::author>()->email, "ann@x");
  EXPECT_FALSE(members[0].get<&User::profile>().has_value());
  EXPECT_EQ(members[1].get<&User::profile>()->bio, "writes");

  // Along an edge to one, shared by several rows: each has all of it. And page by page.
  const auto page = co_await try_(
      query<Post>(world.db).with<&Post::author>(orm::with<&User::teams>(), orm::with<&User::posts>()).page(2));
  EXPECT_EQ(world.statements.take().size(), 4U);
  EXPECT_EQ(page.rows.size(), 2U);
  for (const auto& post : page.rows) {
    EXPECT_EQ((*post.get<&Post::author>())->id, people[0].id);
    EXPECT_EQ(post.get<&Post::author>()->get<&User::posts>().size(), 2U);
    EXPECT_EQ(post.get<&Post::author>()->get<&User::teams>().at(0).code, "red");
  }
  // Where there is nobody, nothing is asked of them.
  const auto nobody =
      co_await try_(query<Team>(world.db).with<&Team::members>(f<&User::age> > 99, orm::with<&User::posts>()).one());
  EXPECT_EQ(world.statements.take().size(), 2U);
  EXPECT_TRUE(nobody.get<&Team::members>().empty());
  co_return {};
}
TEST(Orm, AnEdgeOfAnEdgeCostsOneStatementWhateverTheRows) { on_sqlite(edges_of_edges_cost_one_statement_each); }

Task<SqlResult<void>> conditions_select(World world) {
  (void)co_await try_(populate(world.db));
  const auto count = [&](Where<User> where) { return query<User>(world.db).where(std::move(where)).count(); };
  EXPECT_EQ(*co_await count(f<&User::age> >= 40), 2);
  EXPECT_EQ(*co_await count(f<&User::age> > 30 && f<&User::status> == Status::kActive), 1);
  EXPECT_EQ(*co_await count(f<&User::age> < 35 || f<&User::age> == 50), 2);
  EXPECT_EQ(*co_await count(!(f<&User::email>.starts_with("ann"))), 2);
  EXPECT_EQ(*co_await count(f<&User::email>.in({"ann@x", "cid@x", "nobody"})), 2);
  EXPECT_EQ(*co_await count(f<&User::email>.in(std::vector<std::string>{})), 0);
  EXPECT_EQ(*co_await count(f<&User::nickname>.is_null()), 3);
  EXPECT_EQ(*co_await count(has<&User::posts>()), 2);
  EXPECT_EQ(*co_await count(has<&User::teams>(f<&Team::name> == "Red") && !has<&User::profile>()), 1);
  EXPECT_EQ(*co_await count(unsafe_condition<User>("length(email) = ?", {std::int64_t{5}})), 3);
  auto second_page = query<User>(world.db);
  second_page.order_by(f<&User::id>.asc()).limit(2).offset(2);
  EXPECT_EQ((co_await second_page.all())->size(), 1U);
  EXPECT_EQ(*co_await second_page.count(), 3);
  EXPECT_EQ(*co_await second_page.max<&User::age>(), 50);
  EXPECT_FALSE(*co_await query<User>(world.db).where(f<&User::age> > 99).exists());
  EXPECT_EQ(*co_await query<User>(world.db).sum<&User::age>(), 120);
  EXPECT_EQ(*co_await query<User>(world.db).average<&User::age>(), 40.0);
  EXPECT_EQ(*co_await query<User>(world.db).min<&User::email>(), "ann@x");
  EXPECT_EQ(*co_await query<User>(world.db).where(f<&User::age> > 99).max<&User::age>(), std::nullopt);
  const auto groups = co_await try_(query<User>(world.db).count_by<&User::status>());
  EXPECT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups.at(0), (std::pair<Status, std::int64_t>(Status::kActive, 2)));
  co_return {};
}
TEST(Orm, ConditionsAndAggregates) { on_sqlite(conditions_select); }

constexpr std::string_view kEvil[] = {"\\' OR 1=1 -- ",
                                      "' OR '1'='1",
                                      "\"; DROP TABLE users; --",
                                      "%' OR 1=1 --",
                                      "\\\\'; SELECT 1",
                                      "`",
                                      "$1 ? :name @x",
                                      "a\\",
                                      "100%",
                                      "a_b",
                                      "!%",
                                      "\xe2\x80\x99 OR 1"};

Task<SqlResult<void>> injections_are_values(World world) {
  (void)co_await try_(populate(world.db));
  for (const std::string_view evil : kEvil) {
    EXPECT_EQ(*co_await query<User>(world.db).where(f<&User::email> == evil).count(), 0) << evil;
    EXPECT_EQ(*co_await query<User>(world.db).where(f<&User::email>.contains(evil)).count(), 0) << evil;
    const std::vector<std::string> list{std::string(evil)};
    EXPECT_EQ(*co_await query<User>(world.db).where(f<&User::email>.in(list)).count(), 0) << evil;
    const User stored = co_await try_(create<User>(world.db).set<&User::email>(evil).set<&User::age>(1).save());
    EXPECT_EQ(stored.email, evil);
    const auto back = co_await try_(query<User>(world.db).where(f<&User::email>.contains(evil)).all());
    EXPECT_EQ(back.size(), 1U) << evil;
    EXPECT_EQ(*co_await update<User>(world.db).set<&User::nickname>(evil).where(f<&User::email> == evil).run(), 1U);
    EXPECT_EQ(*co_await remove<User>(world.db).where(f<&User::nickname> == evil).purge(), 1U);
  }
  for (const std::string& text : world.statements.take()) EXPECT_EQ(text.find("1=1"), std::string::npos) << text;
  EXPECT_EQ(*co_await query<User>(world.db).count(), 3);
  co_return {};
}
TEST(Orm, InjectionsAreValuesLikeOthers) { on_sqlite(injections_are_values); }

Task<SqlResult<void>> errors_are_told_apart(World world) {
  (void)co_await try_(populate(world.db));
  auto found = co_await find<User>(world.db, 77);
  EXPECT_EQ(found.error().kind(), SqlErrorKind::kNotFound);
  auto one = co_await query<User>(world.db).where(f<&User::age> > 0).one();
  EXPECT_EQ(one.error().kind(), SqlErrorKind::kNotSingular);
  auto twice = co_await insert(world.db, user("ann@x", 1));
  EXPECT_TRUE(twice.error().is_constraint(SqlConstraintKind::kUnique)) << twice.error().text();
  const bool sqlite = world.dialect == SqlDialect::kSqlite;
  EXPECT_EQ(twice.error().constraint_name(), sqlite ? "users.email" : "users_email_key");
  auto orphan = co_await create<Post>(world.db).set<&Post::author_id>(77).save();
  EXPECT_TRUE(orphan.error().is_constraint(SqlConstraintKind::kForeignKey));
  // SQLite's columns take any integer; the others refuse.
  const auto widened = co_await unsafe_execute(world.db, "UPDATE users SET age = 5000000000 WHERE email = 'bob@x'", {});
  EXPECT_EQ(widened.ok(), sqlite);
  const auto too_wide = co_await query<User>(world.db).all();
  EXPECT_EQ(too_wide.ok(), !sqlite);
  const SqlError& wide_error = sqlite ? too_wide.error() : widened.error();
  EXPECT_EQ(wide_error.kind(), SqlErrorKind::kInvalid);
  if (sqlite) EXPECT_EQ(wide_error.message(), "column users.age holds a value the member cannot hold (integer)");
  const auto late = co_await with_timeout(0ns, query<User>(world.db).all());
  EXPECT_EQ(late.error().kind(), SqlErrorKind::kTimeout);
  co_return {};
}
TEST(Orm, ErrorsAreToldApart) { on_sqlite(errors_are_told_apart); }

Task<SqlResult<void>> pages_miss_nothing(World world) {
  std::vector<User> crowd;
  for (int i = 0; i < 25; ++i) crowd.push_back(user("u" + std::to_string(i), i / 4));
  (void)co_await try_(insert_all(world.db, crowd));
  auto ordered = query<User>(world.db);
  ordered.order_by(f<&User::age>.desc(), f<&User::verified>.asc());
  std::vector<std::int64_t> seen;
  std::string cursor;
  int pages = 0;
  do {
    const auto page = co_await try_(ordered.page(4, cursor));
    for (const auto& row : page.rows) seen.push_back(row->id);
    cursor = page.next;
    ++pages;
    // A row that comes in before the position disturbs nobody.
    (void)co_await try_(insert(world.db, user("new" + std::to_string(pages), 100)));
  } while (!cursor.empty());
  EXPECT_EQ(pages, 7);
  EXPECT_EQ(seen.size(), 25U);
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_NE(seen[i - 1], seen[i]);
  for (const std::string bad : {"zz", "i00", "b0000000000000000", "t41-t41-t41", "-", "i0000000000000000"}) {
    EXPECT_EQ((co_await ordered.page(4, bad)).error().kind(), SqlErrorKind::kInvalid) << bad;
  }
  EXPECT_EQ((co_await ordered.page(0)).error().kind(), SqlErrorKind::kInvalid);
  auto by_null = query<User>(world.db);
  by_null.order_by(f<&User::nickname>.asc());
  EXPECT_EQ((co_await by_null.page(4)).error().kind(), SqlErrorKind::kInvalid);
  co_return {};
}
TEST(Orm, PagesMissNothingAndRepeatNothing) { on_sqlite(pages_miss_nothing); }

Task<SqlResult<void>> changes_change(World world) {
  (void)co_await try_(populate(world.db));
  EXPECT_EQ(
      *co_await update<User>(world.db).add<&User::age>(1).set<&User::verified>(true).where(f<&User::age> < 45).run(),
      2U);
  EXPECT_EQ(*co_await query<User>(world.db).sum<&User::age>(), 122);
  // Upserts.
  User ann = user("ann@x", 99);
  const User merged = co_await try_((upsert<&User::email>(world.db, ann)));
  EXPECT_EQ(merged.id, 1);
  EXPECT_EQ(merged.age, 99);
  const auto ignored =
      co_await create<User>(world.db).set<&User::email>("ann@x").set<&User::age>(1).save_or_ignore<&User::email>();
  EXPECT_EQ(ignored.error().kind(), SqlErrorKind::kNotFound);
  const auto updated = co_await try_(
      create<User>(world.db).set<&User::email>("ann@x").set<&User::age>(7).save_or_update<&User::email>());
  EXPECT_EQ(updated.age, 7);
  EXPECT_TRUE(!updated.verified);  // from upsert(); not touched by save_or_update()
  // Soft delete.
  EXPECT_EQ(*co_await remove<User>(world.db).where(f<&User::id> == 1).run(), 1U);
  EXPECT_EQ(*co_await query<User>(world.db).count(), 2);
  EXPECT_EQ(*co_await query<User>(world.db).with_deleted().count(), 3);
  EXPECT_FALSE(
      (co_await query<Post>(world.db).with<&Post::author>().first())->value().get<&Post::author>().has_value());
  // What is gone is changed only by who says so, and comes back.
  auto restore = update<User>(world.db);
  restore.set<&User::deleted_at>(std::nullopt);
  EXPECT_EQ(*co_await restore.where(f<&User::id> == 1).run(), 0U);
  EXPECT_EQ(*co_await restore.with_deleted().where(f<&User::id> == 1).run(), 1U);
  EXPECT_EQ(*co_await query<User>(world.db).count(), 3);
  EXPECT_EQ(*co_await remove<User>(world.db).where(f<&User::id> == 1).run(), 1U);
  EXPECT_EQ(*co_await remove<User>(world.db).where(f<&User::id> == 3).purge(), 1U);
  EXPECT_EQ(*co_await query<User>(world.db).with_deleted().count(), 2);
  co_return {};
}
TEST(Orm, UpdatesUpsertsAndSoftDelete) { on_sqlite(changes_change); }

struct Ticket {
  std::int64_t id = 0;
  struct schema;
};
struct Ticket::schema : Table<"tickets", Key<&Ticket::id>> {};

// An entity of a key alone: several are made at once, and one that is there is given.
Task<SqlResult<void>> keys_alone(World world) {
  co_await try_(create_tables<Ticket>(world.db));
  const std::vector<Ticket> three = co_await try_(insert_all(world.db, std::vector<Ticket>(3)));
  EXPECT_EQ(three.size(), 3U);
  for (const std::int64_t id : {three[2].id, three[2].id, std::int64_t{70}}) {
    EXPECT_EQ((co_await try_(upsert<&Ticket::id>(world.db, Ticket{.id = id}))).id, id);
    EXPECT_EQ((co_await try_(create<Ticket>(world.db).set<&Ticket::id>(id).save_or_update<&Ticket::id>())).id, id);
  }
  EXPECT_EQ(*co_await query<Ticket>(world.db).count(), 4);
  co_return {};
}
TEST(Orm, AnEntityMayBeAKeyAlone) { on_sqlite(keys_alone); }

struct Price {
  std::int64_t id = 0;
  SqlDecimal amount;
  struct schema;
};
struct Price::schema : Table<"prices", Key<&Price::id>, Field<&Price::amount>> {};

Task<SqlResult<void>> decimals_compare(World world) {
  co_await try_(create_tables<Price>(world.db));
  for (const std::string amount : {"9.5", "10", "-2", "100.25"}) {
    (void)co_await try_(create<Price>(world.db).set<&Price::amount>(SqlDecimal{amount}).save());
  }
  const auto count = [&](Where<Price> where) { return query<Price>(world.db).where(std::move(where)).count(); };
  EXPECT_EQ(*co_await count(f<&Price::amount> > SqlDecimal{"9.75"}), 2);
  EXPECT_EQ(*co_await count(f<&Price::amount> == SqlDecimal{"10.00"}), 1);
  EXPECT_EQ(*co_await count(f<&Price::amount>.in(std::vector<SqlDecimal>{{"-2.0"}, {"9"}})), 1);
  const auto most = co_await try_(query<Price>(world.db).max<&Price::amount>());
  EXPECT_TRUE(most.has_value() && most->text.starts_with("100.25"));
  auto ordered = query<Price>(world.db);
  ordered.order_by(f<&Price::amount>.asc());
  std::vector<std::int64_t> ids;
  std::string cursor;
  do {
    const auto page = co_await try_(ordered.page(1, cursor));
    for (const auto& row : page.rows) ids.push_back(row->id);
    cursor = page.next;
  } while (!cursor.empty());
  EXPECT_EQ(ids, (std::vector<std::int64_t>{3, 1, 2, 4}));
  co_return {};
}
TEST(Orm, DecimalsCompareByTheirValue) { on_sqlite(decimals_compare); }

struct Club;
struct Seat;
struct Person {
  std::int64_t id = 0;
  std::string name;
  Many<Club> clubs;
  struct schema;
};
struct Club {
  std::int64_t id = 0;
  std::string name;
  struct schema;
};
struct Seat {
  std::int64_t id = 0;
  std::int64_t person_id = 0;
  std::int64_t club_id = 0;
  std::optional<SqlTimestamp> left_at;
  One<Person> person;
  One<Club> club;
  struct schema;
};
struct Person::schema : Table<"persons", Key<&Person::id>, Field<&Person::name>,
                              ManyToMany<&Person::clubs, &Seat::person_id, &Seat::club_id>> {};
struct Club::schema : Table<"clubs", Key<&Club::id>, Field<&Club::name>> {};
struct Seat::schema : Table<"seats", Key<&Seat::id>, BelongsTo<&Seat::person, &Seat::person_id>,
                            BelongsTo<&Seat::club, &Seat::club_id>, SoftDelete<&Seat::left_at>> {};

// A link that was removed, and is kept with the time of it, leads nowhere.
Task<SqlResult<void>> links_end(World world) {
  co_await try_(create_tables<Person, Club, Seat>(world.db));
  const Person ann = co_await try_(create<Person>(world.db).set<&Person::name>("ann").save());
  for (const std::string name : {"chess", "rowing"}) {
    const Club club = co_await try_(create<Club>(world.db).set<&Club::name>(name).save());
    (void)co_await try_(create<Seat>(world.db).set<&Seat::person_id>(ann.id).set<&Seat::club_id>(club.id).save());
  }
  EXPECT_EQ(*co_await remove<Seat>(world.db).where(f<&Seat::club_id> == 1).run(), 1U);
  const auto row = co_await try_(query<Person>(world.db).with<&Person::clubs>().one());
  EXPECT_EQ(row.get<&Person::clubs>().size(), 1U);
  EXPECT_EQ(row.get<&Person::clubs>().at(0).name, "rowing");
  const auto in = [&](std::string_view club) {
    return query<Person>(world.db).where(has<&Person::clubs>(f<&Club::name> == club)).count();
  };
  EXPECT_EQ(*co_await in("rowing"), 1);
  EXPECT_EQ(*co_await in("chess"), 0);
  co_return {};
}
TEST(Orm, ALinkThatWasRemovedLeadsNowhere) { on_sqlite(links_end); }

Task<SqlResult<void>> versions_conflict(World world) {
  (void)co_await try_(populate(world.db));
  const Post first = *co_await try_(find<Post>(world.db, 1));
  Post mine = first;
  mine.title = "mine";
  mine = co_await try_(save(world.db, mine));
  EXPECT_EQ(mine.version, 1);
  Post theirs = first;
  theirs.title = "theirs";
  EXPECT_EQ((co_await save(world.db, theirs)).error().kind(), SqlErrorKind::kConflict);
  mine.title = "mine again";
  EXPECT_EQ((*co_await save(world.db, mine)).version, 2);
  Post nowhere = mine;
  nowhere.id = 99;
  EXPECT_EQ((co_await save(world.db, nowhere)).error().kind(), SqlErrorKind::kNotFound);
  EXPECT_EQ((*co_await find<Post>(world.db, 1))->title, "mine again");
  // An upsert is a change like others, whatever version its entity has.
  Post read = *co_await try_(find<Post>(world.db, 1));
  Post pushed = first;
  pushed.title = "pushed";
  pushed = co_await try_((upsert<&Post::id>(world.db, pushed)));
  EXPECT_EQ(pushed.version, 3);
  EXPECT_EQ((co_await save(world.db, read)).error().kind(), SqlErrorKind::kConflict);
  pushed = co_await try_(create<Post>(world.db)
                             .set<&Post::id>(1)
                             .set<&Post::author_id>(first.author_id)
                             .set<&Post::version>(0)
                             .save_or_update<&Post::id>());
  EXPECT_EQ(pushed.version, 4);
  EXPECT_EQ(pushed.title, "pushed");
  co_return {};
}
TEST(Orm, AStaleVersionConflicts) { on_sqlite(versions_conflict); }

struct Attempts {
  int runs = 0;
  int fail_until = 0;
};
Task<SqlResult<void>> transactions_hold(World world) {
  // An error rolls everything back; a savepoint only its own.
  const auto body = [](Transaction& tx, Attempts& state) -> Task<SqlResult<int>> {
    ++state.runs;
    (void)co_await try_(insert(tx, user("outer", 1)));
    const auto inner = co_await transaction(tx, 0, [](Transaction& nested, int&) -> Task<SqlResult<int>> {
      (void)co_await try_(insert(nested, user("inner", 2)));
      (void)co_await try_(insert(nested, user("outer", 3)));
      co_return 1;
    });
    EXPECT_TRUE(inner.error().is_constraint(SqlConstraintKind::kUnique));
    (void)co_await try_(query<User>(tx).for_update().all());
    if (state.runs < state.fail_until) co_return SqlError(SqlErrorKind::kSerialization, "run me again");
    co_return state.runs;
  };
  EXPECT_EQ(*co_await transaction(world.db, Attempts{0, 3}, body), 3);
  EXPECT_EQ(*co_await query<User>(world.db).count(), 1);
  const auto given_up = co_await transaction(world.db, Attempts{0, 99}, body, {.attempts = 2});
  EXPECT_FALSE(given_up.ok());
  const auto failed = co_await transaction(world.db, 0, [](Transaction& tx, int&) -> Task<SqlResult<void>> {
    (void)co_await try_(remove<User>(tx).every_row().purge());
    co_return SqlError(SqlErrorKind::kInvalid, "no");
  });
  EXPECT_EQ(failed.error().message(), "no");
  EXPECT_EQ(*co_await query<User>(world.db).count(), 1);
  co_return {};
}
TEST(Orm, TransactionsRollBackRetryAndNest) { on_sqlite(transactions_hold); }

Task<SqlResult<void>> increment(Database* db, int times) {
  for (int i = 0; i < times; ++i) {
    (void)co_await try_(transaction(*db, 0, [](Transaction& tx, int&) -> Task<SqlResult<void>> {
      Row<User> row = co_await try_(query<User>(tx).where(f<&User::email> == "n").for_update().one());
      ++row->age;
      (void)co_await try_(save(tx, *row));
      co_return {};
    }));
  }
  co_return {};
}
Task<Result<void>> increment_plain(Database* db, int times) {
  co_await try_(increment(db, times));
  co_return {};
}
Task<SqlResult<void>> nothing_is_lost(World world) {
  (void)co_await try_(insert(world.db, user("n", 0)));
  const Result<void> done = co_await with_scope(&world.db, [](Scope& scope, Database*& db) -> Task<Result<void>> {
    for (int i = 0; i < 8; ++i) scope.spawn("increment", increment_plain(db, 10));
    co_return co_await scope.join();
  });
  EXPECT_TRUE(done.ok());
  EXPECT_EQ((*co_await query<User>(world.db).one())->age, 80);
  co_return {};
}
TEST(Orm, ConcurrentTransactionsLoseNoUpdate) { on_sqlite(nothing_is_lost); }

Task<SqlResult<void>> hooks_run(World world) {
  int after = 0;
  world.db.before<User>([](Mutation<User>& mutation) -> SqlResult<void> {
    if (mutation.kind() == Mutating::kRemove) return SqlError(SqlErrorKind::kForbidden, "users stay");
    const std::optional<std::string> email = mutation.value<&User::email>();
    if (email.has_value() && email->find('@') == std::string::npos) {
      return SqlError(SqlErrorKind::kInvalid, "an address has an @");
    }
    mutation.set<&User::nickname>("hooked");
    return {};
  });
  world.db.after<User>([&after](Mutation<User>& mutation) -> SqlResult<void> {
    after += static_cast<int>(mutation.rows());
    return {};
  });
  std::vector<User> people{user("a@x", 1), user("b@x", 2)};
  people = co_await try_(insert_all(world.db, people));
  EXPECT_EQ(people.at(1).nickname, "hooked");
  EXPECT_EQ((co_await insert(world.db, user("c", 3))).error().message(), "an address has an @");
  EXPECT_EQ(*co_await update<User>(world.db).set<&User::age>(9).where(f<&User::id> == 1).run(), 1U);
  EXPECT_EQ((co_await remove<User>(world.db).every_row().run()).error().kind(), SqlErrorKind::kForbidden);
  EXPECT_EQ(after, 3);
  // An entity that was saved is as its row is.
  people[0].nickname = "mine";
  const User saved = co_await try_(save(world.db, people[0]));
  EXPECT_EQ(saved.nickname, "hooked");
  // What a hook adds reaches a row that is there.
  (void)co_await try_(unsafe_execute(world.db, "UPDATE users SET nick = 'other'"));
  const User updated =
      co_await try_(create<User>(world.db).set<&User::email>("a@x").set<&User::age>(3).save_or_update<&User::email>());
  EXPECT_EQ(updated.nickname, "hooked");
  co_return {};
}
TEST(Orm, HooksChangeRefuseAndSee) { on_sqlite(hooks_run); }

Task<SqlResult<void>> large_lists(World world) {
  std::vector<User> crowd;
  for (int i = 0; i < 20000; ++i) crowd.push_back(user("u" + std::to_string(i), i));
  world.statements.take();
  const auto stored = co_await try_(insert_all(world.db, crowd));  // 7 columns: more values than a statement takes
  EXPECT_EQ(stored.size(), 20000U);
  // Begin, commit, and as few inserts as a statement's 32766 or 65535 values allow.
  EXPECT_EQ(world.statements.take().size(), world.dialect == SqlDialect::kSqlite ? 7U : 5U);
  std::vector<std::int64_t> keys(70000);
  for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = static_cast<std::int64_t>(i);
  const auto refused = co_await query<User>(world.db).where(f<&User::id>.in(keys)).all();
  EXPECT_EQ(refused.error().kind(), SqlErrorKind::kExhausted);
  crowd[0].email = "unique again";
  EXPECT_FALSE((co_await insert_all(world.db, crowd)).ok());  // all or none
  EXPECT_EQ(*co_await query<User>(world.db).count(), 20000);
  co_return {};
}
TEST(Orm, ListsPassTheLimitOfValues) { on_sqlite(large_lists); }

struct Named {
  const char* name;
  Body body;
};
class OrmOnPostgres : public testing::TestWithParam<Named> {};
TEST_P(OrmOnPostgres, Works) {
  if (TestPostgres::instance() == nullptr) GTEST_SKIP() << TestPostgres::kNotInstalled;
  EXPECT_EQ(run({.workers = 2}, report(in_postgres(GetParam().body))), 0);
}
class OrmOnMariadb : public testing::TestWithParam<Named> {};
TEST_P(OrmOnMariadb, Works) {
  if (TestMariadb::instance() == nullptr) GTEST_SKIP() << TestMariadb::kNotInstalled;
  EXPECT_EQ(run({.workers = 2}, report(in_mariadb(GetParam().body))), 0);
}

constexpr Named kBodies[] = {{"rows", rows_return},
                             {"edges", edges_cost_one_statement_each},
                             {"nested_edges", edges_of_edges_cost_one_statement_each},
                             {"conditions", conditions_select},
                             {"injections", injections_are_values},
                             {"errors", errors_are_told_apart},
                             {"pages", pages_miss_nothing},
                             {"changes", changes_change},
                             {"keys", keys_alone},
                             {"decimals", decimals_compare},
                             {"links", links_end},
                             {"versions", versions_conflict},
                             {"transactions", transactions_hold},
                             {"concurrent", nothing_is_lost},
                             {"hooks", hooks_run},
                             {"lists", large_lists}};

// The lines of a log that hold a mark.
std::string lines_with(std::string_view mark, const std::string& log) {
  std::string lines;
  std::istringstream all(log);
  for (std::string line; std::getline(all, line);) {
    if (line.find(mark) != std::string::npos) lines += line + "\n";
  }
  return lines;
}
void expect_no_evil(const std::string& statements) {
  EXPECT_NE(statements, "");
  for (const std::string_view evil : {"1=1", "'1'='1", "DROP TABLE"}) {
    EXPECT_EQ(lines_with(evil, statements), "");
  }
}
// The server's own log is the witness: what it was given to understand as SQL holds none of the values.
TEST(Orm, PostgresSawNoInjection) {
  TestPostgres* const server = TestPostgres::instance();
  if (server == nullptr) GTEST_SKIP() << TestPostgres::kNotInstalled;
  const std::string path = server->directory() + "/server.log";
  const std::size_t before = oracle::read_file(path).size();
  ASSERT_TRUE(server->psql("ALTER ROLE banyan SET log_statement = 'all'"));
  EXPECT_EQ(run({.workers = 2}, report(in_postgres(injections_are_values))), 0);
  ASSERT_TRUE(server->psql("ALTER ROLE banyan RESET log_statement"));
  const std::string log = oracle::read_file(path).substr(before);
  expect_no_evil(lines_with("LOG:  execute ", log) + lines_with("LOG:  statement: ", log));
  EXPECT_NE(lines_with("DETAIL:  parameters: $1 = '\\'' OR 1=1 -- '", log), "") << log;
}
TEST(Orm, MariadbSawNoInjection) {
  TestMariadb* const server = TestMariadb::instance();
  if (server == nullptr) GTEST_SKIP() << TestMariadb::kNotInstalled;
  const std::size_t before = server->general_log().size();
  EXPECT_EQ(run({.workers = 2}, report(in_mariadb(injections_are_values))), 0);
  const std::string log = server->general_log().substr(before);
  expect_no_evil(lines_with("Prepare\t", log) + lines_with("Query\t", log));
  // What the log shows of an execution has the values in it, as literals.
  EXPECT_NE(lines_with("`users`.`email` = '\\\\\\' OR 1=1 -- '", lines_with("Execute\t", log)), "") << log;
}

std::string name_of(const testing::TestParamInfo<Named>& param) { return param.param.name; }
INSTANTIATE_TEST_SUITE_P(Bodies, OrmOnPostgres, testing::ValuesIn(kBodies), name_of);
INSTANTIATE_TEST_SUITE_P(Bodies, OrmOnMariadb, testing::ValuesIn(kBodies), name_of);

TEST(Cursor, DecodesWhatItEncodesAndNothingElse) {
  const std::vector<SqlValue> values{std::int64_t{-1}, 2.5, std::string("a-b\\'"), SqlTimestamp{9}, true};
  std::vector<SqlValue> back;
  EXPECT_TRUE(detail::decode_values(detail::encode_values(values), back));
  EXPECT_EQ(back, values);
  for (const std::string_view bad : {"", "-", "i", "iff", "q00", "n", "t4", "t4G", "i0000000000000000-"}) {
    EXPECT_FALSE(detail::decode_values(bad, back)) << bad;
  }
}

}  // namespace
}  // namespace banyan::orm
