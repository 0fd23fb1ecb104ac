// The users and tokens in the database that the PHP service uses too.
//
// Reads happen on the worker that asks, through a connection of its own: a look-up by primary key in a file the system
// keeps in memory takes a few microseconds, and a whole profile request about 30 us of processor time, against about 75
// when the call is handed to another thread (blocking()). That holds for these queries and for a database that fits in
// memory. The journal is a write-ahead log (WAL), in which a reader never waits for a writer. Writes wait for the disk,
// so they are made on a blocking thread, one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/sync.h"
#include "runtime/task.h"
#include "sqlite.h"

namespace usercenter {

struct User {
  std::int64_t id = 0;
  std::string name;
  std::string email;
  std::string roles;       // comma separated
  std::int64_t score = 0;  // hundredths
  std::int64_t active = 0;
  std::string settings;  // JSON, or empty
  std::string created_at;
  std::optional<std::string> last_login;
};

// What to change; what is not there stays. The texts must outlive the call.
struct UserChange {
  std::optional<std::string_view> name;
  std::optional<std::string_view> email;
};

// One for each worker. No call suspends.
class UserReader {
 public:
  static banyan::Result<UserReader> open(const std::string& path);

  banyan::Result<std::optional<User>> find(std::int64_t id);
  // As many as ids, in their order, all as they were at one moment.
  banyan::Result<std::vector<std::optional<User>>> find_all(std::span<const std::int64_t> ids);
  // Whose token it is, if it is valid at `now`, in seconds since 1970.
  banyan::Result<std::optional<std::int64_t>> token_owner(std::string_view token, std::int64_t now);
  // Whether the database answers.
  banyan::Result<void> ping();

 private:
  UserReader(Connection connection, Statement find, Statement token_owner, Statement ping);
  Connection connection_;
  Statement find_;
  Statement token_owner_;
  Statement ping_;
};

// One for all workers.
class UserWriter {
 public:
  static banyan::Result<UserWriter> open(const std::string& path);

  // Gives the user after the change; nothing if there is no such user. `updated_at` as "2026-01-31 23:59:59". Errors:
  // kAlreadyExists, another user has that address.
  banyan::Task<banyan::Result<std::optional<User>>> update(std::int64_t id, UserChange change, std::string updated_at);

 private:
  UserWriter(Connection connection, Statement update);
  Connection connection_;
  Statement update_;
  std::unique_ptr<banyan::Mutex> turn_ = std::make_unique<banyan::Mutex>();
};

}  // namespace usercenter
