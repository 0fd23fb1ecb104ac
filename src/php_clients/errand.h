// How the thread of a script has work done that suspends: only tasks may wait for sockets.
#pragma once

#include "runtime/task.h"

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

}  // namespace banyan::php_runtime
