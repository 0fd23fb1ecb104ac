#include "old_endpoints.h"

#include <utility>
#include <vector>

#include "base/log.h"
#include "json/parse.h"
#include "rules.h"
#include "user_view.h"

namespace usercenter {

using namespace banyan;
using service::Content;
using service::Context;

namespace {

constexpr std::size_t kIdsMax = 100;
// More than a hundred ids or an address could ever need; a larger body is answered with 413.
constexpr std::size_t kBodyBytesMax = 64 * 1024;

Content json_content(std::string text) { return {"application/json", std::move(text)}; }

// The body as a JSON object; nothing if it is anything else.
Task<Result<std::optional<json::Document>>> read_object(Context& context) {
  const Result<std::string> text = co_await read_all(context.body(), kBodyBytesMax);
  if (!text.ok() && text.error().code() == ErrorCode::kResourceExhausted)
    co_return context.problem(413, "body too large");
  if (!text.ok()) co_return text.error();
  Result<json::Document> document = json::parse(*text);
  if (!document.ok() || !document->root().is_object()) co_return std::optional<json::Document>();
  co_return std::optional(*std::move(document));
}

// An integer, or a string of digits.
std::optional<std::int64_t> id_of(json::Value value) {
  if (const std::optional<std::string_view> text = value.to_string()) return parse_id(*text);
  const std::optional<std::int64_t> number = value.to_int64();
  return number && *number > 0 ? number : std::nullopt;
}

// The ids of a batch; nothing unless there are 1 to 100 and all are valid.
std::optional<std::vector<std::int64_t>> ids_of(json::Value list) {
  if (!list.is_array() || list.size() < 1 || list.size() > kIdsMax) return std::nullopt;
  std::vector<std::int64_t> ids;
  ids.reserve(list.size());
  for (const json::Value value : list.elements()) {
    const std::optional<std::int64_t> id = id_of(value);
    if (!id) return std::nullopt;
    ids.push_back(*id);
  }
  return ids;
}

Task<Result<RedisCache::Value>> load_profile(const UserStore* users, std::int64_t id) {
  const std::optional<User> user = co_await try_(users->find(id));
  if (!user) co_return RedisCache::Value();
  std::string text;
  json::Writer writer(text);
  write_user(writer, *user);
  co_return RedisCache::Value(std::move(text));
}

struct WantedChange {
  UserChange change;
  const char* wrong = nullptr;  // null: nothing is
};

// Name and address as the PHP service takes them, in its order.
WantedChange change_of(const json::Document& body) {
  WantedChange wanted;
  const json::Value name = body.root()["name"];
  if (!name.absent() && !name.is_null()) {
    wanted.change.name = valid_name(name.to_string().value_or(""));
    if (!wanted.change.name) return {.change = {}, .wrong = "invalid name"};
  }
  const json::Value email = body.root()["email"];
  if (!email.absent() && !email.is_null()) {
    wanted.change.email = valid_email(email.to_string().value_or(""));
    if (!wanted.change.email) return {.change = {}, .wrong = "invalid email"};
  }
  if (!wanted.change.name && !wanted.change.email) wanted.wrong = "nothing to update";
  return wanted;
}

}  // namespace

void OldEndpoints::serve(service::Group& app) {
  // The PHP service looks at no method here.
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    app.route(method, "/user/profile", service::typed_endpoint([this](Context& context) { return profile(context); }));
  }
  app.post("/user/batch", [this](Context& context) { return batch(context); }).says("several users by their ids");
  app.post("/user/update", [this](Context& context) { return update(context); }).says("changes the token's user");
  app.get("/healthz", [this](Context& context) { return health(context); }).unlisted();
}

OldEndpoints::Answer OldEndpoints::profile(Context& context) const {
  const std::optional<std::string> parameter = id_parameter(context.head().query);
  const std::optional<std::int64_t> id = parameter ? parse_id(*parameter) : std::nullopt;
  if (!id) co_return context.problem(400, "invalid id");
  Task<Result<RedisCache::Value>> load = load_profile(&users_, *id);
  RedisCache::Value text =
      co_await try_(profiles_ == nullptr ? std::move(load) : profiles_->get(std::to_string(*id), std::move(load)));
  if (!text) co_return context.problem(404, "not found");
  co_return json_content(*std::move(text));
}

OldEndpoints::Answer OldEndpoints::batch(Context& context) const {
  const std::optional<json::Document> body = co_await try_(read_object(context));
  const std::optional<std::vector<std::int64_t>> ids = body ? ids_of(body->root()["ids"]) : std::nullopt;
  if (!ids) co_return context.problem(400, "invalid ids");
  const std::vector<std::optional<User>> users = co_await try_(users_.find_all(*ids));
  std::string text;
  text.reserve(users.size() * 160);
  json::Writer writer(text);
  std::size_t found = 0;
  writer.begin_object().key("users").begin_array();
  for (const std::optional<User>& user : users) {
    if (!user) continue;
    write_batch_user(writer, *user);
    ++found;
  }
  writer.end_array().key("missing").begin_array();
  for (std::size_t i = 0; i < users.size(); ++i) {
    if (users[i]) continue;
    build_ == Build::kFirst ? writer.string(std::to_string((*ids)[i])) : writer.integer((*ids)[i]);
  }
  writer.end_array().key("count").string(std::to_string(found)).end_object();
  co_return json_content(std::move(text));
}

OldEndpoints::Answer OldEndpoints::update(Context& context) const {
  const std::optional<std::int64_t> owner = co_await try_(identity_.by_token(context.head().fields));
  if (!owner) co_return context.problem(401, "unauthorized");
  const std::optional<json::Document> body = co_await try_(read_object(context));
  if (!body) co_return context.problem(400, "invalid body");
  WantedChange wanted = change_of(*body);
  if (wanted.wrong != nullptr) co_return context.problem(400, wanted.wrong);

  const Result<std::optional<User>> user =
      co_await users_.update(*owner, std::move(wanted.change), timestamp(unix_seconds()));
  if (!user.ok() && user.error().code() == ErrorCode::kAlreadyExists) co_return context.problem(409, "email taken");
  if (!user.ok()) co_return user.error();
  if (!*user)
    co_return Error(ErrorCode::kInternal, "a token belongs to user " + std::to_string(*owner) + ", who is not there");
  co_await forget_profile(profiles_, *owner);
  std::string text;
  json::Writer writer(text);
  writer.begin_object().key("result").string("ok").key("user");
  write_user(writer, **user);
  writer.end_object();
  co_return json_content(std::move(text));
}

OldEndpoints::Answer OldEndpoints::health(Context&) const {
  co_await try_(users_.ping());
  co_return json_content(R"({"status":"ok"})");
}

Task<void> forget_profile(RedisCache* profiles, std::int64_t user) {
  if (profiles == nullptr) co_return;
  const Result<void> forgotten = co_await profiles->forget(std::to_string(user));
  if (!forgotten.ok()) log_warn("profile_not_forgotten", {{"user", user}, {"error", forgotten.error().text()}});
}

}  // namespace usercenter
