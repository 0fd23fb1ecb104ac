// Asks a running gateway's admin API, for the commands that show or change what it does.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace banyan {

// The body of GET `target` from the admin listener that the configuration file names, with its token. Errors:
// kInvalidArgument (the file or its admin section), kUnavailable (no gateway answers), kPermissionDenied (the token).
// Blocks, for at most `timeout`.
Result<std::string> ask_admin(const std::string& config_path, const std::string& target,
                              Duration timeout = std::chrono::seconds(5));

// Who takes the pieces of an answer as they come.
class AdminSink {
 public:
  virtual ~AdminSink() = default;
  // False: enough.
  virtual bool take(std::string_view piece) = 0;
};

// The same for an answer that lasts: hands it to `sink` until that has enough, the gateway ends it or `timeout` is
// over, which are no errors.
Result<void> stream_admin(const std::string& config_path, const std::string& target, Duration timeout, AdminSink& sink);

// The same for POST `target` with that JSON. Errors besides: kNotFound, kFailedPrecondition and kInvalidArgument, with
// the sentence of the gateway, where it refuses.
Result<std::string> post_admin(const std::string& config_path, const std::string& target, std::string body);

}  // namespace banyan
