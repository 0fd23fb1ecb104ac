// The entities that the tests of this module store, and which must-not-compile snippets misuse.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "orm/orm.h"

namespace banyan::orm::sample {

enum class Status : std::uint8_t { kActive = 1, kIdle = 2, kBanned = 3 };

struct Post;
struct Profile;
struct Team;

struct User {
  std::int64_t id = 0;
  std::string email;
  Status status = Status::kActive;
  std::int32_t age = 0;
  double score = 0;
  bool verified = false;
  std::optional<std::string> nickname;
  std::optional<SqlTimestamp> deleted_at;
  int session_count = 0;  // not stored
  Many<Post> posts;
  One<Profile> profile;
  Many<Team> teams;
  One<Team> forgotten;  // an edge that no descriptor describes
  struct schema;
};

struct Post {
  std::int64_t id = 0;
  std::int64_t author_id = 0;
  std::string title;
  bool published = false;
  std::int64_t version = 0;
  One<User> author;
  struct schema;
};

struct Profile {
  std::int64_t id = 0;
  std::int64_t user_id = 0;
  std::string bio;
  One<User> user;
  struct schema;
};

struct Team {
  std::string code;  // a key that is a text
  std::string name;
  Many<User> members;
  struct schema;
};

struct Membership {
  std::int64_t id = 0;
  std::int64_t user_id = 0;
  std::string team_code;
  One<User> user;
  One<Team> team;
  struct schema;
};

struct User::schema
    : Table<"users", Key<&User::id>, Field<&User::email, unique>, Field<&User::status, Default{Status::kActive}>,
            Field<&User::age>, Field<&User::score, Default{0.5}>, Field<&User::verified, Default{false}>,
            Field<&User::nickname, column<"nick">>, SoftDelete<&User::deleted_at>, Index<&User::status, &User::age>,
            HasMany<&User::posts, &Post::author_id>, HasOne<&User::profile, &Profile::user_id>,
            ManyToMany<&User::teams, &Membership::user_id, &Membership::team_code>> {};
struct Post::schema : Table<"posts", Key<&Post::id>, BelongsTo<&Post::author, &Post::author_id, on_delete_cascade>,
                            Field<&Post::title, DefaultText{"it's new"}>, Field<&Post::published, Default{false}>,
                            Version<&Post::version>> {};
struct Profile::schema
    : Table<"profiles", Key<&Profile::id>, BelongsTo<&Profile::user, &Profile::user_id, unique>, Field<&Profile::bio>> {
};
struct Team::schema : Table<"teams", Key<&Team::code>, Field<&Team::name>,
                            ManyToMany<&Team::members, &Membership::team_code, &Membership::user_id>> {};
struct Membership::schema
    : Table<"memberships", Key<&Membership::id>, BelongsTo<&Membership::user, &Membership::user_id>,
            BelongsTo<&Membership::team, &Membership::team_code>,
            UniqueIndex<&Membership::user_id, &Membership::team_code>> {};

}  // namespace banyan::orm::sample
