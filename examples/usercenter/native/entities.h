// What the user centre stores. The tables are legacy/schema.sql's: the PHP service owns them, so nothing here makes or
// changes one. Passwords are the PHP service's alone: no member holds them, so no query can load them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "orm/orm.h"

namespace usercenter {

struct Post;
struct Profile;

struct User {
  std::int64_t id = 0;
  std::string name;
  std::string email;
  std::string roles;       // comma separated
  std::int64_t score = 0;  // hundredths
  std::int64_t active = 0;
  std::string settings;    // JSON, or empty
  std::string created_at;  // "2026-01-31 23:59:59", UTC
  std::string updated_at;
  std::optional<std::string> last_login;
  banyan::orm::Many<Post> posts;
  banyan::orm::One<Profile> profile;
  struct schema;
};

struct Profile {
  std::int64_t id = 0;
  std::int64_t user_id = 0;
  std::string city;
  std::string about;
  banyan::orm::One<User> user;
  struct schema;
};

struct Post {
  std::int64_t id = 0;
  std::int64_t user_id = 0;
  std::string title;
  std::string text;
  std::string created_at;
  banyan::orm::One<User> author;
  struct schema;
};

struct Token {
  std::string token;  // 40 hexadecimal digits
  std::int64_t user_id = 0;
  std::int64_t expires_at = 0;  // seconds since 1970
  struct schema;
};

struct User::schema
    : banyan::orm::Table<"users", banyan::orm::Key<&User::id>, banyan::orm::Field<&User::name>,
                         banyan::orm::Field<&User::email, banyan::orm::unique>, banyan::orm::Field<&User::roles>,
                         banyan::orm::Field<&User::score>, banyan::orm::Field<&User::active>,
                         banyan::orm::Field<&User::settings>, banyan::orm::Field<&User::created_at>,
                         banyan::orm::Field<&User::updated_at>, banyan::orm::Field<&User::last_login>,
                         banyan::orm::HasMany<&User::posts, &Post::user_id>,
                         banyan::orm::HasOne<&User::profile, &Profile::user_id>> {};
struct Profile::schema
    : banyan::orm::Table<"profiles", banyan::orm::Key<&Profile::id>,
                         banyan::orm::BelongsTo<&Profile::user, &Profile::user_id, banyan::orm::unique>,
                         banyan::orm::Field<&Profile::city>, banyan::orm::Field<&Profile::about>> {};
struct Post::schema
    : banyan::orm::Table<"posts", banyan::orm::Key<&Post::id>, banyan::orm::BelongsTo<&Post::author, &Post::user_id>,
                         banyan::orm::Field<&Post::title>, banyan::orm::Field<&Post::text>,
                         banyan::orm::Field<&Post::created_at>> {};
struct Token::schema : banyan::orm::Table<"tokens", banyan::orm::Key<&Token::token>,
                                          banyan::orm::Field<&Token::user_id>, banyan::orm::Field<&Token::expires_at>> {
};

}  // namespace usercenter
