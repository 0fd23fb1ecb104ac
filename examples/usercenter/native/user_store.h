// Every question the user centre asks of its database, whichever that is. The queries are compiled here and nowhere
// else. All suspend, and obey the request's deadline.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entities.h"

namespace usercenter {

// `place`: the URL of a PostgreSQL ("postgresql://...") or a MariaDB ("mariadb://..."), or the file of a SQLite
// database that is there.
banyan::Task<banyan::Result<std::unique_ptr<banyan::SqlDatabase>>> open_database(std::string place);

// What to change; what is not there stays.
struct UserChange {
  std::optional<std::string> name;
  std::optional<std::string> email;
};

// A user with what hangs on them.
struct WholeUser {
  User user;
  std::optional<Profile> profile;
  std::vector<Post> posts;  // the newest first
};

struct Search {
  std::string text;            // in the name, or at the beginning of the address; empty: everybody
  std::int64_t score_min = 0;  // hundredths
  int limit = 20;              // 1 to 100
  std::string cursor;          // where the last page ended; empty: from the best
};
struct Found {
  std::vector<User> users;  // active ones, by score from the best, then by id
  std::string next;         // empty: that was the last page
};

class UserStore {
 public:
  // `database` must outlive it.
  explicit UserStore(banyan::SqlDatabase& database) : db_(database) {}

  banyan::Task<banyan::Result<std::optional<User>>> find(std::int64_t id) const;
  // As many as ids, in their order, all as they were at one moment. One statement.
  banyan::Task<banyan::Result<std::vector<std::optional<User>>>> find_all(std::vector<std::int64_t> ids) const;
  // Three statements.
  banyan::Task<banyan::Result<std::optional<WholeUser>>> find_whole(std::int64_t id) const;
  // kInvalidArgument: the cursor is none of ours.
  banyan::Task<banyan::Result<Found>> search(Search search) const;

  // Whose token it is, if it is valid at `now`, in seconds since 1970.
  banyan::Task<banyan::Result<std::optional<std::int64_t>>> token_owner(std::string token, std::int64_t now) const;

  // Gives the user after the change; nothing if there is no such user. kAlreadyExists: another has that address.
  banyan::Task<banyan::Result<std::optional<User>>> update(std::int64_t id, UserChange change, std::string now);
  // `post` without its id.
  banyan::Task<banyan::Result<Post>> add_post(Post post);

  // Whether the database answers.
  banyan::Task<banyan::Result<void>> ping() const;

 private:
  banyan::orm::Database db_;
};

}  // namespace usercenter
