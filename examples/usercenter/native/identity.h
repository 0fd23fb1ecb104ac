// Who asks: by a token, as the apps do, or by the session of a browser that signed in to the PHP service.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "php_session/php_session.h"
#include "service/context.h"
#include "user_store.h"

namespace usercenter {

// Where the PHP service keeps its sessions.
struct SessionOptions {
  std::string save_path;  // session.save_path: a folder, or tcp://... or unix://... of phpredis; empty: none are read
  banyan::PhpSessionFormat format = banyan::PhpSessionFormat::kPhp;
  bool locking = false;  // redis.session.locking_enabled
};
// Null where there is no save path.
banyan::Result<std::unique_ptr<banyan::PhpSessionStore>> open_sessions(const SessionOptions& options);

class Identity {
 public:
  // Both must outlive it; `sessions` may be null.
  Identity(const UserStore& users, const banyan::PhpSessionStore* sessions) : users_(users), sessions_(sessions) {}

  // The user whose valid token came along; nothing without one.
  banyan::Task<banyan::Result<std::optional<std::int64_t>>> by_token(const banyan::Fields& fields) const;
  // The user by token or by session; a problem (401) without one.
  banyan::Task<banyan::Result<std::int64_t>> user_of(banyan::service::Context& context) const;
  // Gives the session of the request, if it is that of this user, the new name: the PHP service's pages show it.
  banyan::Task<banyan::Result<void>> rename_in_session(const banyan::Fields& fields, std::int64_t user,
                                                       std::string name) const;

 private:
  // The session the request's cookie names, held; nothing where there is none.
  banyan::Task<banyan::Result<std::optional<banyan::PhpSession>>> session_of(const banyan::Fields& fields) const;

  const UserStore& users_;
  const banyan::PhpSessionStore* sessions_;
};

}  // namespace usercenter
