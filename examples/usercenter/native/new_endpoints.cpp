#include "new_endpoints.h"

#include <cmath>
#include <utility>

#include "old_endpoints.h"
#include "rules.h"
#include "user_view.h"

namespace usercenter {

using namespace banyan;
using json::field;
using service::Context;
using service::query;

// ---- what goes in and comes out ----

service::Inputs SearchUsers::inputs() {
  return {query(field<&SearchUsers::q>().length(0, 100).optional().about("in the name, or at the address's beginning")),
          query(field<&SearchUsers::score_min>().range(-1e9, 1e9).optional()),
          query(field<&SearchUsers::limit>().range(1, 100).optional()),
          query(field<&SearchUsers::cursor>().length(0, 1000).optional().about("the last page's `next`"))};
}
service::Inputs UserId::inputs() { return {service::path(field<&UserId::id>().min(1))}; }
json::Fields ChangeMe::fields() { return {field<&ChangeMe::name>(), field<&ChangeMe::email>()}; }
json::Fields NewPost::fields() {
  return {field<&NewPost::title>().length(1, 200), field<&NewPost::text>().length(1, 10'000)};
}
json::Fields FoundUser::fields() {
  return {field<&FoundUser::id>(), field<&FoundUser::name>(), field<&FoundUser::roles>(), field<&FoundUser::score>()};
}
json::Fields FoundUsers::fields() { return {field<&FoundUsers::users>(), field<&FoundUsers::next>().nullable()}; }
json::Fields PostView::fields() {
  return {field<&PostView::id>(), field<&PostView::title>(), field<&PostView::text>(), field<&PostView::created_at>()};
}
json::Fields ProfileView::fields() { return {field<&ProfileView::city>(), field<&ProfileView::about>()}; }
json::Fields UserView::fields() {
  return {field<&UserView::id>(),    field<&UserView::name>(),  field<&UserView::roles>(),
          field<&UserView::score>(), field<&UserView::posts>(), field<&UserView::profile>().nullable()};
}
json::Fields MyView::fields() {
  return {field<&MyView::id>(), field<&MyView::name>(), field<&MyView::email>(), field<&MyView::roles>(),
          field<&MyView::settings>()};
}

namespace {

PostView view_of_post(Post post) {
  return {.id = post.id,
          .title = std::move(post.title),
          .text = std::move(post.text),
          .created_at = std::move(post.created_at)};
}

MyView view_of_me(const User& user) {
  return {
      .id = user.id, .name = user.name, .email = user.email, .roles = roles_of(user), .settings = {settings_of(user)}};
}

Error invalid(Context& context, const char* pointer, const char* what) {
  return context.problem({.status = 400, .detail = "the request is not valid", .values = {{"body", pointer, what}}});
}

}  // namespace

// ---- the endpoints ----

void NewEndpoints::serve(service::Group& app) {
  app.get("/users/search", [this](SearchUsers in, Context& c) { return search(std::move(in), c); })
      .says("active users by score, page by page");
  app.get("/users/:id", [this](UserId in, Context& c) { return find(in, c); }).says("a user with profile and posts");
  app.get("/users/me", [this](Context& c) { return me(c); }).says("whose token or session it is");
  app.patch("/users/me", [this](ChangeMe in, Context& c) { return change_me(std::move(in), c); }).says("changes it");
  app.post("/users/me/posts", [this](NewPost in, Context& c) { return add_post(std::move(in), c); })
      .answers(201)
      .says("adds a post");
}

Task<Result<FoundUsers>> NewEndpoints::search(SearchUsers in, Context& context) const {
  const auto score_min = static_cast<std::int64_t>(std::ceil(in.score_min * 100 - 1e-6));
  Result<Found> found = co_await users_.search(
      {.text = std::move(in.q), .score_min = score_min, .limit = in.limit, .cursor = std::move(in.cursor)});
  if (!found.ok() && found.error().code() == ErrorCode::kInvalidArgument) {
    const service::InvalidValue cursor{.in = "query", .name = "cursor", .detail = found.error().message()};
    co_return context.problem({.status = 400, .detail = "the request is not valid", .values = {cursor}});
  }
  if (!found.ok()) co_return std::move(found).error();
  FoundUsers out;
  for (User& user : found->users) {
    out.users.push_back(
        {.id = user.id, .name = std::move(user.name), .roles = roles_of(user), .score = score_text(user.score)});
  }
  if (!found->next.empty()) out.next = std::move(found->next);
  co_return out;
}

Task<Result<UserView>> NewEndpoints::find(UserId in, Context& context) const {
  std::optional<WholeUser> whole = co_await try_(users_.find_whole(in.id));
  if (!whole) co_return context.problem(404, "no such user");
  UserView view{.id = whole->user.id,
                .name = whole->user.name,
                .roles = roles_of(whole->user),
                .score = score_text(whole->user.score),
                .profile = {},
                .posts = {}};
  if (whole->profile) view.profile = {std::move(whole->profile->city), std::move(whole->profile->about)};
  for (Post& post : whole->posts) view.posts.push_back(view_of_post(std::move(post)));
  co_return view;
}

Task<Result<MyView>> NewEndpoints::me(Context& context) const {
  const std::int64_t id = co_await try_(identity_.user_of(context));
  const std::optional<User> user = co_await try_(users_.find(id));
  if (!user) co_return context.problem(401, "unauthorized");
  co_return view_of_me(*user);
}

Task<Result<MyView>> NewEndpoints::change_me(ChangeMe in, Context& context) const {
  const std::int64_t id = co_await try_(identity_.user_of(context));
  UserChange change;
  if (in.name) change.name = valid_name(*in.name);
  if (in.name && !change.name) co_return invalid(context, "/name", "must be 1 to 100 bytes without the space around");
  if (in.email) change.email = valid_email(*in.email);
  if (in.email && !change.email) co_return invalid(context, "/email", "must be an address");
  if (!change.name && !change.email) co_return invalid(context, "", "must hold name or email");
  const std::optional<std::string> name = change.name;
  const Result<std::optional<User>> user = co_await users_.update(id, std::move(change), timestamp(unix_seconds()));
  if (!user.ok() && user.error().code() == ErrorCode::kAlreadyExists) co_return context.problem(409, "email taken");
  if (!user.ok()) co_return user.error();
  if (!*user) co_return context.problem(401, "unauthorized");
  co_await forget_profile(profiles_, id);
  if (name) co_await try_(identity_.rename_in_session(context.head().fields, id, *name));
  co_return view_of_me(**user);
}

Task<Result<PostView>> NewEndpoints::add_post(NewPost in, Context& context) const {
  const std::int64_t id = co_await try_(identity_.user_of(context));
  Post post{
      .user_id = id, .title = std::move(in.title), .text = std::move(in.text), .created_at = timestamp(unix_seconds())};
  co_return view_of_post(co_await try_(users_.add_post(std::move(post))));
}

}  // namespace usercenter
