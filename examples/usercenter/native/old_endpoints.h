// The endpoints the PHP service has too, with its answers to the letter: examples/usercenter/README.md is their
// contract. They read their input as PHP does, and not by declarations: what PHP takes, clients send.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "identity.h"
#include "redis/redis_cache.h"
#include "service/service.h"
#include "user_store.h"

namespace usercenter {

// Two builds of the service exist. The first writes the ids in a batch's `missing` as strings, as every other value of
// that answer is; the PHP service writes them as numbers, and clients read numbers. Only a batch with an unknown id
// shows it. The second is right.
enum class Build : std::uint8_t { kFirst, kSecond };

class OldEndpoints {
 public:
  // All must outlive it; `profiles`, the texts of profiles by id, may be null.
  OldEndpoints(UserStore& users, const Identity& identity, banyan::RedisCache* profiles, Build build)
      : users_(users), identity_(identity), profiles_(profiles), build_(build) {}
  // Adds its routes to `app`, which it outlives.
  void serve(banyan::service::Group& app);

 private:
  using Context = banyan::service::Context;
  using Answer = banyan::Task<banyan::Result<banyan::service::Content>>;
  Answer profile(Context& context) const;
  Answer batch(Context& context) const;
  Answer update(Context& context) const;
  Answer health(Context& context) const;

  UserStore& users_;
  const Identity& identity_;
  banyan::RedisCache* profiles_;
  Build build_;
};

// Forgets the profile in the cache, where there is one. A cache that cannot be reached is logged, and fails nothing.
banyan::Task<void> forget_profile(banyan::RedisCache* profiles, std::int64_t user);

}  // namespace usercenter
