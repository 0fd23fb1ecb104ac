#include <algorithm>
#include <array>
#include <chrono>

#include "orm/database.h"
#include "runtime/env.h"
#include "runtime/scope.h"
#include "runtime/wait.h"

namespace banyan::orm::detail {
namespace {

// How long undoing may take once the task itself has no more time.
constexpr Duration kCleanUp = std::chrono::seconds(5);

}  // namespace

Task<SqlResult<Attempt>> begin_attempt(Source source, SqlTransactionOptions options) {
  Attempt attempt;
  const SqlAccess access = options.read_only ? SqlAccess::kRead : SqlAccess::kWrite;
  attempt.lease = co_await try_(source.database->acquire(access));
  attempt.connection = attempt.lease.get();
  co_await try_(attempt.connection->begin(options));
  co_return attempt;
}

Task<SqlResult<void>> end_attempt(SqlConnection* connection, const SqlError* failed) {
  if (failed == nullptr) {
    SqlResult<void> committed = co_await connection->commit();
    if (committed.ok()) co_return committed;
    if (connection->in_transaction()) (void)co_await shielded(time_after(kCleanUp), connection->rollback());
    co_return committed;
  }
  // A failed statement may have ended the transaction already.
  if (connection->in_transaction()) (void)co_await shielded(time_after(kCleanUp), connection->rollback());
  co_return {};
}

Task<SqlResult<void>> begin_savepoint(SqlConnection* connection, unsigned level) {
  return connection->savepoint(level);
}

Task<SqlResult<void>> end_savepoint(SqlConnection* connection, unsigned level, const SqlError* failed) {
  if (failed == nullptr) co_return co_await connection->release_savepoint(level);
  if (!connection->in_transaction()) co_return {};
  SqlResult<void> undone = co_await shielded(time_after(kCleanUp), connection->rollback_to_savepoint(level));
  if (!undone.ok()) co_return undone;
  co_return co_await shielded(time_after(kCleanUp), connection->release_savepoint(level));
}

Task<SqlResult<void>> pause_before_attempt(unsigned next) {
  // Full jitter: two that collided should not meet again.
  std::array<std::byte, 1> chance{};
  current_env().fill_random(chance);
  const auto most = std::chrono::milliseconds(1) * (1U << std::min(next, 8U));
  co_await try_(co_await sleep_for(most * std::to_integer<unsigned>(chance[0]) / 256));
  co_return {};
}

}  // namespace banyan::orm::detail
