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
#include <utility>

#include "base/clock.h"
#include "php_session/php_save_path.h"
#include "php_session/php_session.h"

namespace banyan {

class PhpSessionFiles final : public PhpSessionStore {
 public:
  // `format` is the application's session.serialize_handler. A lock is waited for at most `lock_timeout`, or until the
  // ambient deadline.
  explicit PhpSessionFiles(PhpSavePath path, PhpSessionFormat format = PhpSessionFormat::kPhp,
                           Duration lock_timeout = std::chrono::seconds(30))
      : path_(std::move(path)), format_(format), lock_timeout_(lock_timeout) {}

  // As the store has it; its file counts as used now, for PHP's garbage collection. kPermissionDenied: not our file.
  Task<Result<PhpSession>> open(std::string id) const override;
  // As the store has it. kNotFound: there is no such folder; PHP does not make the folders of a depth either.
  // save(): not stopped by deadline or cancellation. kResourceExhausted: the disk is full.
  Task<Result<PhpSession>> create() const override;

 private:
  Task<Result<void>> lock(int fd) const;

  PhpSavePath path_;
  PhpSessionFormat format_;
  Duration lock_timeout_;
};

}  // namespace banyan
