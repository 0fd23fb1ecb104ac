#include "php_clients/errand.h"

#include <utility>

#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

thread_local ErrandRunner* runner_here = nullptr;

}  // namespace

ErrandRunner* use_errand_runner(ErrandRunner* runner) { return std::exchange(runner_here, runner); }

void run_errand(Task<void> (*work)(void* state), void* state) {
  if (runner_here == nullptr) stop("database", "nothing here can wait for a database's server");
  runner_here->run(work, state);
}

}  // namespace banyan::php_runtime
