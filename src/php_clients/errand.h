// How the thread of a script has work done that suspends: only tasks may wait for sockets.
#pragma once

#include <string_view>

#include "runtime/task.h"
#include "sql/sql_error.h"

namespace banyan::php_runtime {

class ErrandRunner {
 public:
  virtual ~ErrandRunner() = default;
  // A task runs work(state); this returns when that has ended. `work` fails in no other way than through `state`. It is
  // told to stop when the time of the script is over.
  virtual void run(Task<void> (*work)(void* state), void* state) = 0;
};

// From now on that of this thread; null: none. Gives the one before.
ErrandRunner* use_errand_runner(ErrandRunner* runner);

// Stops the script where there is nobody who could do it.
void run_errand(Task<void> (*work)(void* state), void* state);

// Stops the script that could not be given a connection, where PHP has no words for why. Those of the error are told
// without what stands before them: the names of a server, a database and a user are not for a log.
[[noreturn]] void stop_opening(const SqlError& error);
// Stops the script where the time of its request was over.
void stop_if_late(const SqlError& error, std::string_view meanwhile);

}  // namespace banyan::php_runtime
