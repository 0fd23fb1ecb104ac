"""The unit that bench/orm_compile compiles: 100 entities in 50 pairs, and five queries of each pair.

A pair is what services have most: a parent with unique, indexed, defaulted and nullable columns, and children with a
foreign key, edges in both directions. The queries are a list with its edge, one row by its unique column, a page, a
create and an update; each is a coroutine of its own that uses what it read.
"""

PAIRS = 50
QUERIES = 5 * PAIRS
TABLES = 2 * PAIRS

HEAD = """// Made by bench/orm_compile.
#include <cstdint>
#include <optional>
#include <string>

#include "orm/orm.h"

namespace made {
using namespace banyan;
using orm::f;
enum class Status : std::uint8_t { kActive = 1, kIdle = 2 };
"""

PAIR = """
struct Child@;
struct Parent@ {
  std::int64_t id = 0;
  std::string email;
  std::string name;
  Status status = Status::kActive;
  std::int32_t age = 0;
  std::optional<std::string> note;
  SqlTimestamp created_at;
  orm::Many<Child@> children;
  struct schema;
};
struct Child@ {
  std::int64_t id = 0;
  std::int64_t parent_id = 0;
  std::string title;
  std::int64_t cents = 0;
  bool published = false;
  std::int64_t version = 0;
  orm::One<Parent@> parent;
  struct schema;
};
struct Parent@::schema
    : orm::Table<"parents_@", orm::Key<&Parent@::id>, orm::Field<&Parent@::email, orm::unique>,
                 orm::Field<&Parent@::name>, orm::Field<&Parent@::status, orm::Default{Status::kActive}>,
                 orm::Field<&Parent@::age>, orm::Field<&Parent@::note>,
                 orm::Field<&Parent@::created_at, orm::default_now>, orm::Index<&Parent@::status, &Parent@::age>,
                 orm::HasMany<&Parent@::children, &Child@::parent_id>> {};
struct Child@::schema
    : orm::Table<"children_@", orm::Key<&Child@::id>,
                 orm::BelongsTo<&Child@::parent, &Child@::parent_id, orm::on_delete_cascade>,
                 orm::Field<&Child@::title>, orm::Field<&Child@::cents>,
                 orm::Field<&Child@::published, orm::Default{false}>, orm::Version<&Child@::version>> {};

Task<SqlResult<std::int64_t>> list_@(orm::Database& db, std::int32_t least) {
  const auto rows = co_await try_(orm::query<Parent@>(db)
                                      .where(f<&Parent@::status> == Status::kActive && f<&Parent@::age> >= least)
                                      .order_by(f<&Parent@::name>.asc())
                                      .limit(100)
                                      .with<&Parent@::children>()
                                      .all());
  std::int64_t cents = 0;
  for (const auto& row : rows) {
    for (const Child@& child : row.get<&Parent@::children>()) cents += child.cents;
  }
  co_return cents;
}
Task<SqlResult<std::string>> one_@(orm::Database& db, std::string email) {
  const auto row = co_await try_(orm::query<Parent@>(db).where(f<&Parent@::email> == email).one());
  co_return row->name;
}
Task<SqlResult<std::string>> page_@(orm::Database& db, std::string cursor) {
  const auto page = co_await try_(orm::query<Child@>(db)
                                      .where(f<&Child@::published> == true || f<&Child@::title>.starts_with("a"))
                                      .order_by(f<&Child@::cents>.desc())
                                      .page(50, cursor));
  std::string text = page.next;
  for (const auto& row : page.rows) text += row->title;
  co_return text;
}
Task<SqlResult<Child@>> add_@(orm::Database& db, std::int64_t parent, std::string title) {
  co_return co_await orm::create<Child@>(db)
      .set<&Child@::parent_id>(parent)
      .set<&Child@::title>(title)
      .set<&Child@::cents>(100)
      .save();
}
Task<SqlResult<std::uint64_t>> rename_@(orm::Database& db, std::int64_t id, std::string name) {
  co_return co_await orm::update<Parent@>(db)
      .set<&Parent@::name>(name)
      .set<&Parent@::status>(Status::kIdle)
      .where(f<&Parent@::id> == id)
      .run();
}
"""

TAIL = "\n}  // namespace made\n"


def text(pairs=PAIRS):
    return HEAD + "".join(PAIR.replace("@", str(pair)) for pair in range(pairs)) + TAIL
