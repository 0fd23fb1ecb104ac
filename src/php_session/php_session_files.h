// Sessions that a PHP application keeps in files, opened from native code as session_start() opens them. Start here.
//
//   PhpSessionFiles sessions(co_await try_(PhpSavePath::parse("/var/lib/php/sessions")));
//   PhpSession session = co_await try_(sessions.open(cookie));
//   const PhpValue* user = session.data.get("user");
//   session.data.set("seen", PhpValue::number(1));
//   co_await try_(session.save());
//
// One request at a time has a session: the file is locked (flock) from open() until the session is saved, destroyed,
// released or gone, and PHP's requests wait meanwhile, as ours wait for theirs. It is written in place under that lock,
// for PHP keeps its lock on that very file. Files and folders are those of PHP, so the process must run as the same
// user; a file of a user who is neither that one nor root is refused, as PHP does.
//
// The file system is only called on the blocking pool; a lock that another has is tried again after growing pauses, in
// which no thread is held. So order of arrival is not kept. Lives and works on a local file system.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "php_session/php_save_path.h"
#include "php_session/php_session_data.h"
#include "runtime/task.h"

namespace banyan {

class PhpSession {
 public:
  PhpSession(PhpSession&& other) noexcept;
  PhpSession& operator=(PhpSession&& other) noexcept;
  ~PhpSession() { release(); }

  // Changed freely, and written by save() alone.
  PhpSessionData data;
  // What the cookie holds. A secret: whoever knows it is that user.
  const std::string& id() const { return id_; }
  bool locked() const { return fd_ >= 0; }

  // Writes `data` and releases the lock. Not stopped by deadline or cancellation. kInvalidArgument: the format cannot
  // hold it; kResourceExhausted: the disk is full. After an error the old contents stand, as far as the disk obeys, and
  // the lock is still held. kFailedPrecondition: the lock is not held.
  Task<Result<void>> save();
  // Removes the session; the id is worth nothing from then on. kFailedPrecondition as above.
  Task<Result<void>> destroy();
  // Lets others have it; what was not saved is not written. `data` and `id` stay.
  void release();

 private:
  friend class PhpSessionFiles;
  PhpSession(std::string id, std::string path, PhpSessionFormat format, int fd)
      : id_(std::move(id)), path_(std::move(path)), format_(format), fd_(fd) {}

  std::string id_;
  std::string path_;
  PhpSessionFormat format_;
  int fd_;
};

class PhpSessionFiles {
 public:
  // `format` is the application's session.serialize_handler. A lock is waited for at most `lock_timeout`, or until the
  // ambient deadline.
  explicit PhpSessionFiles(PhpSavePath path, PhpSessionFormat format = PhpSessionFormat::kPhp,
                           Duration lock_timeout = std::chrono::seconds(30))
      : path_(std::move(path)), format_(format), lock_timeout_(lock_timeout) {}

  // The session of that id, locked and read; its file counts as used now, for PHP's garbage collection. This object
  // must outlive the call, not the session.
  // kInvalidArgument: not an id. kNotFound: there is no such session, and none is made, as under
  // session.use_strict_mode: create() one. kPermissionDenied: not our file. kDeadlineExceeded: others had the lock all
  // the time. kDataLoss: the contents are not what PHP writes in that format.
  Task<Result<PhpSession>> open(std::string id) const;
  // A new, empty, locked session with an id of 128 random bits. For a user who logs in: copy `data` into a new session
  // and destroy the old one, so that nobody who knew the old id is logged in as well.
  // kNotFound: there is no such folder; PHP does not make the folders of a depth either.
  Task<Result<PhpSession>> create() const;

 private:
  Task<Result<void>> lock(const PhpSession& session) const;

  PhpSavePath path_;
  PhpSessionFormat format_;
  Duration lock_timeout_;
};

}  // namespace banyan
