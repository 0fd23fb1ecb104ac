// The endpoints that only the native service has: inputs and outputs are declared, checked and described in
// /openapi.json, and problems are as RFC 9457 has them.
#pragma once

#include "identity.h"
#include "redis/redis_cache.h"
#include "service/service.h"
#include "user_store.h"

namespace usercenter {

struct SearchUsers {
  std::string q;
  double score_min = 0;
  int limit = 20;
  std::string cursor;
  static banyan::service::Inputs inputs();
};

struct UserId {
  std::int64_t id = 0;
  static banyan::service::Inputs inputs();
};

struct ChangeMe {
  std::optional<std::string> name;
  std::optional<std::string> email;
  static banyan::json::Fields fields();
};

struct NewPost {
  std::string title;
  std::string text;
  static banyan::json::Fields fields();
};

struct FoundUser {
  std::int64_t id = 0;
  std::string name;
  std::vector<std::string> roles;
  std::string score;
  static banyan::json::Fields fields();
};

struct FoundUsers {
  std::vector<FoundUser> users;
  std::optional<std::string> next;  // for `cursor`; null on the last page
  static banyan::json::Fields fields();
};

struct PostView {
  std::int64_t id = 0;
  std::string title;
  std::string text;
  std::string created_at;
  static banyan::json::Fields fields();
};

struct ProfileView {
  std::string city;
  std::string about;
  static banyan::json::Fields fields();
};

struct UserView {
  std::int64_t id = 0;
  std::string name;
  std::vector<std::string> roles;
  std::string score;
  std::optional<ProfileView> profile;
  std::vector<PostView> posts;
  static banyan::json::Fields fields();
};

struct MyView {
  std::int64_t id = 0;
  std::string name;
  std::string email;
  std::vector<std::string> roles;
  banyan::json::Raw settings;
  static banyan::json::Fields fields();
};

class NewEndpoints {
 public:
  // All must outlive it; `profiles` may be null.
  NewEndpoints(UserStore& users, const Identity& identity, banyan::RedisCache* profiles)
      : users_(users), identity_(identity), profiles_(profiles) {}
  // Adds its routes to `app`, which it outlives.
  void serve(banyan::service::Group& app);

 private:
  using Context = banyan::service::Context;
  banyan::Task<banyan::Result<FoundUsers>> search(SearchUsers in, Context& context) const;
  banyan::Task<banyan::Result<UserView>> find(UserId in, Context& context) const;
  banyan::Task<banyan::Result<MyView>> me(Context& context) const;
  banyan::Task<banyan::Result<MyView>> change_me(ChangeMe in, Context& context) const;
  banyan::Task<banyan::Result<PostView>> add_post(NewPost in, Context& context) const;

  UserStore& users_;
  const Identity& identity_;
  banyan::RedisCache* profiles_;
};

}  // namespace usercenter
