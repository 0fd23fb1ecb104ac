// A pool of connections to one database server.
//
// A connection is opened when one is wanted, none is free and connections_max are not reached; beyond that whoever
// wants one waits in line. One that was given back is used again, the last one first, until it is idle_max unused or
// lifetime_max old. One in a transaction is closed, and by that rolled back, and so is one whose session is not as it
// was. A connection whose server has gone is noticed when it is taken and replaced without a word, so a server that was
// restarted is found again by the next statement; only statements under way are lost (kConnection).
//
// Safe to use from all workers. A connection is best used on the worker that opened it, so that one is preferred.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/futex_lock.h"
#include "runtime/sync.h"
#include "sql/sql_database.h"
#include "sql/sql_server_options.h"

namespace banyan {

struct SqlPoolStatistics {
  std::size_t open = 0;  // in use and idle
  std::size_t idle = 0;
  std::uint64_t acquired = 0;   // connections given out so far
  std::uint64_t connected = 0;  // connections opened so far
  std::uint64_t failed = 0;     // attempts to open one that came to nothing
  std::uint64_t exhausted = 0;  // times that wait_max passed in line
};

// What a pool wants to know of a connection.
class SqlPooledConnection : public SqlConnection {
 public:
  // Whether the next one may have it, now that it was given back; else it is closed.
  virtual bool reusable() const { return usable() && !in_transaction(); }
  // Whether the server has gone, or, with `look`, has something to say that was not asked for. Does not suspend;
  // looking costs a system call.
  virtual bool stale(bool look) = 0;
  // Asks the server for a sign of life.
  virtual Task<SqlResult<void>> check() = 0;
  // Gives memory beyond the usual back.
  virtual void release_memory() = 0;
};

class SqlPool : public SqlDatabase {
 public:
  // All leases have been given back.
  ~SqlPool() override;

  // kExhausted: no connection became free within wait_max. kConnection, kDenied: none can be opened.
  Task<SqlResult<SqlLease>> acquire(SqlAccess access) override;
  std::size_t parameters_max() const override { return 65535; }
  SqlPlace place() const override {
    return {options_.database, options_.host, options_.is_unix_socket() ? std::uint16_t{0} : options_.port};
  }
  SqlPoolStatistics statistics() const;

 protected:
  // `server`: its name, for messages. Both must live until the derived class's destructor has run.
  SqlPool(const SqlServerOptions& options, std::string_view server);
  virtual Task<SqlResult<std::unique_ptr<SqlPooledConnection>>> open_connection() = 0;

 private:
  struct Kept {
    std::unique_ptr<SqlPooledConnection> connection;
    TimePoint opened;
    TimePoint given_back;
    unsigned worker = 0;  // that opened it
  };
  void release(SqlConnection* connection) override;
  Task<SqlResult<void>> wait_in_line();
  Task<SqlResult<SqlConnection*>> take();
  // An idle connection; without one, if there is none.
  Kept take_idle();
  void drop_old(std::vector<Kept>* dropped);

  const SqlServerOptions& options_;
  std::string_view server_;
  Semaphore permits_;  // one for each connection that may be in use
  mutable FutexLock lock_;
  std::vector<Kept> idle_;  // the last given back is last
  std::vector<Kept> taken_;
  SqlPoolStatistics statistics_;
};

}  // namespace banyan
