// GET /debug/pprof/...: where the processor's time goes, and which tasks there are, as pprof reads them
// (docs/admin-api.md). For holders of the admin token alone; the caller has checked it.
#pragma once

#include <string>

#include "runtime/task.h"

namespace banyan {

struct ProfileAnswer {
  int status = 200;
  std::string type;
  std::string body;  // of an error: the sentence
};

// `path` is below /debug/pprof/: "profile" or "tasks"; `query` as received. A CPU profile takes as long as it says, and
// another one meanwhile is refused with 409. Suspends; ends early when its task is cancelled.
Task<ProfileAnswer> answer_profile(std::string path, std::string query);

}  // namespace banyan
