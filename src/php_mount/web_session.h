// Sessions of a script, wherever they are kept; see php_session/php_session.h.
#pragma once

#include <string>

#include "base/result.h"

namespace banyan::php_mount {

// Those of one request. Blocks.
class WebSessions {
 public:
  virtual ~WebSessions() = default;
  struct Opened {
    std::string id;
    std::string data;  // in PHP's format `php`
    bool is_new = false;
  };
  // The session of that id, or a new one where there is none; others wait until it is saved, destroyed or released.
  virtual Result<Opened> open(const std::string& id) = 0;
  virtual Result<void> save(const std::string& data) = 0;
  virtual Result<void> destroy() = 0;
  virtual void release() = 0;
};

// session_start() and its kin, and their constants, for the script that runs.
void register_session_functions();
void define_session_constants();
// Saves an open session, as PHP does when a script has ended.
void close_session();

}  // namespace banyan::php_mount
