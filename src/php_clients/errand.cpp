#include "php_clients/errand.h"

#include <string>
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

void stop_if_late(const SqlError& error, std::string_view meanwhile) {
  if (error.kind() != SqlErrorKind::kTimeout && error.kind() != SqlErrorKind::kCancelled) return;
  stop("time-limit", "the time of the request was over while " + std::string(meanwhile));
}

void stop_opening(const SqlError& error) {
  const std::string& words = error.message();
  const std::size_t before = words.rfind(": ");
  stop("database", "no connection: " + words.substr(before == std::string::npos ? 0 : before + 2));
}

}  // namespace banyan::php_runtime
