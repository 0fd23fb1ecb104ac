#include "user_store.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "mariadb/mariadb_database.h"
#include "postgres/postgres_database.h"
#include "sqlite/sqlite_database.h"

namespace usercenter {

using namespace banyan;
using orm::f;

namespace {

template <class Row>
std::optional<User> user_of(std::optional<Row> row) {
  if (!row.has_value()) return std::nullopt;
  return std::move(**row);
}

struct Wanted {
  std::int64_t id;
  UserChange change;
  std::string now;
};

// The change and the look afterwards see one state of the database.
Task<SqlResult<std::optional<User>>> update_in(orm::Transaction& tx, Wanted& wanted) {
  auto update = orm::update<User>(tx);
  update.set<&User::updated_at>(wanted.now);
  if (wanted.change.name) update.set<&User::name>(*wanted.change.name);
  if (wanted.change.email) update.set<&User::email>(*wanted.change.email);
  const std::uint64_t rows = co_await try_(update.where(f<&User::id> == wanted.id).run());
  if (rows == 0) co_return std::optional<User>();
  co_return user_of(co_await try_(orm::query<User>(tx).where(f<&User::id> == wanted.id).first()));
}

}  // namespace

Task<Result<std::unique_ptr<SqlDatabase>>> open_database(std::string place) {
  if (place.starts_with("postgresql://") || place.starts_with("postgres://")) {
    co_return co_await try_(PostgresDatabase::open(co_await try_(PostgresOptions::parse(place))));
  }
  if (place.starts_with("mariadb://") || place.starts_with("mysql://")) {
    co_return co_await try_(MariadbDatabase::open(co_await try_(MariadbOptions::parse(place))));
  }
  if (const std::size_t scheme = place.find("://"); scheme != std::string::npos) {
    co_return Error(ErrorCode::kInvalidArgument,
                    "--database: no database is known by " + place.substr(0, scheme) +
                        "://; give postgresql://..., mariadb://... or the file of a SQLite database");
  }
  co_return co_await try_(SqliteDatabase::open({.path = std::move(place), .create = false, .inline_reads = true}));
}

Task<Result<std::optional<User>>> UserStore::find(std::int64_t id) const {
  co_return user_of(co_await try_(orm::query<User>(db_).where(f<&User::id> == id).first()));
}

Task<Result<std::vector<std::optional<User>>>> UserStore::find_all(std::vector<std::int64_t> ids) const {
  auto rows = co_await try_(orm::query<User>(db_).where(f<&User::id>.in(ids)).all());
  std::unordered_map<std::int64_t, std::size_t> first;  // where each id is asked for first
  for (std::size_t i = 0; i < ids.size(); ++i) first.emplace(ids[i], i);
  std::vector<std::optional<User>> users(ids.size());
  for (auto& row : rows) users[first.at(row->id)] = std::move(*row);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (const std::size_t at = first.at(ids[i]); at != i) users[i] = users[at];
  }
  co_return users;
}

Task<Result<std::optional<WholeUser>>> UserStore::find_whole(std::int64_t id) const {
  auto row = co_await try_(orm::query<User>(db_)
                               .where(f<&User::id> == id)
                               .with<&User::profile>()
                               .with<&User::posts>(f<&Post::id> > 0, f<&Post::id>.desc())
                               .first());
  if (!row.has_value()) co_return std::optional<WholeUser>();
  co_return WholeUser{.user = std::move(**row),
                      .profile = std::move(row->get<&User::profile>()),
                      .posts = std::move(row->get<&User::posts>())};
}

Task<Result<Found>> UserStore::search(Search search) const {
  auto query = orm::query<User>(db_).where(f<&User::active> == 1 && f<&User::score> >= search.score_min);
  if (!search.text.empty()) {
    query.where(f<&User::name>.contains(search.text) || f<&User::email>.starts_with(search.text));
  }
  query.order_by(f<&User::score>.desc(), f<&User::id>.asc());
  auto page = co_await query.page(static_cast<std::uint64_t>(search.limit), search.cursor);
  if (!page.ok() && page.error().kind() == SqlErrorKind::kInvalid && !search.cursor.empty()) {
    co_return Error(ErrorCode::kInvalidArgument, "this cursor is none of ours");
  }
  if (!page.ok()) co_return page.error().to_error();
  Found found{.users = {}, .next = std::move(page->next)};
  for (auto& row : page->rows) found.users.push_back(std::move(*row));
  co_return found;
}

Task<Result<std::optional<std::int64_t>>> UserStore::token_owner(std::string token, std::int64_t now) const {
  const auto row =
      co_await try_(orm::query<Token>(db_).where(f<&Token::token> == token && f<&Token::expires_at> > now).first());
  if (!row.has_value()) co_return std::optional<std::int64_t>();
  co_return (*row)->user_id;
}

Task<Result<std::optional<User>>> UserStore::update(std::int64_t id, UserChange change, std::string now) {
  co_return co_await try_(orm::transaction(db_, Wanted{id, std::move(change), std::move(now)},
                                           [](orm::Transaction& tx, Wanted& wanted) { return update_in(tx, wanted); }));
}

Task<Result<Post>> UserStore::add_post(Post post) { co_return co_await try_(orm::insert(db_, post)); }

Task<Result<void>> UserStore::ping() const {
  (void)co_await try_(orm::query<User>(db_).limit(1).exists());
  co_return {};
}

}  // namespace usercenter
