// A session that a PHP application and native services share, whatever keeps it: php_session_files.h, and
// php_session_redis.h. Start there.
//
//   PhpSession session = co_await try_(sessions.open(cookie));
//   const PhpValue* user = session.data.get("user");
//   session.data.set("seen", PhpValue::number(1));
//   co_await try_(session.save());
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "php_session/php_session_data.h"
#include "runtime/task.h"

namespace banyan {

// What a store does for one session that is open. Its end lets others have the session.
class PhpSessionHold {
 public:
  virtual ~PhpSessionHold() = default;
  // What the session holds from now on. After an error the old contents stand, as far as the store obeys.
  virtual Task<Result<void>> write(const std::string& bytes) = 0;
  virtual Task<Result<void>> destroy() = 0;
};

class PhpSession {
 public:
  PhpSession(std::string id, PhpSessionFormat format, std::unique_ptr<PhpSessionHold> hold)
      : id_(std::move(id)), format_(format), hold_(std::move(hold)) {}

  // Changed freely, and written by save() alone.
  PhpSessionData data;
  // What the cookie holds. A secret: whoever knows it is that user.
  const std::string& id() const { return id_; }
  // It was not saved, destroyed or released yet; where the store locks, others wait.
  bool held() const { return hold_ != nullptr; }

  // Writes `data` and releases the session. kInvalidArgument: the format cannot hold it, or it is larger than
  // kPhpSessionBytesMax; others are the store's. After an error it is still held. kFailedPrecondition: it was released
  // before, or the lock had run out.
  Task<Result<void>> save();
  // Removes the session; the id is worth nothing from then on. Errors as above.
  Task<Result<void>> destroy();
  // Lets others have it; what was not saved is not written. `data` and `id` stay.
  void release() { hold_ = nullptr; }

 private:
  std::string id_;
  PhpSessionFormat format_;
  std::unique_ptr<PhpSessionHold> hold_;
};

// Where an application keeps its sessions. Safe to use from all workers.
class PhpSessionStore {
 public:
  virtual ~PhpSessionStore() = default;
  // The session of that id, held and read; it counts as used now. The store must outlive the call, not the session.
  // kInvalidArgument: not an id. kNotFound: there is no such session, and none is made, as under
  // session.use_strict_mode: create() one. kDeadlineExceeded: others had its lock all the time. kDataLoss: the contents
  // are not what PHP writes in that format.
  virtual Task<Result<PhpSession>> open(std::string id) const = 0;
  // A new, empty, held session with an id of 128 random bits. For a user who logs in: copy `data` into a new session
  // and destroy the old one, so that nobody who knew the old id is logged in as well.
  virtual Task<Result<PhpSession>> create() const = 0;
};

// 128 random bits in hexadecimal, from the environment of the running task.
std::string new_php_session_id();

}  // namespace banyan
