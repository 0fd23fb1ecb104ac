#include "handlers.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "json/parse.h"
#include "json/write.h"
#include "rules.h"

namespace usercenter {

using namespace banyan;

namespace {

constexpr std::size_t kIdsMax = 100;

std::int64_t unix_seconds() { return current_env().wall_nanoseconds() / 1'000'000'000; }

// The body as a JSON object; nothing if it is anything else. Errors: as read_all() has them.
Task<Result<std::optional<json::Document>>> read_object(Exchange& exchange) {
  const std::string text = co_await try_(read_all(exchange.body(), kBodyBytesMax));
  Result<json::Document> document = json::parse(text);
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

std::string_view token_of(const Fields& fields) {
  if (const auto token = bearer_token(fields.value(FieldId::kAuthorization))) return *token;
  return fields.value("X-Token");
}

// A user without settings has a list, as PHP's empty array came out; clients rely on it.
void write_settings(json::Writer& writer, const std::string& settings) {
  const Result<json::Document> document = json::parse(settings.empty() ? "[]" : settings);
  if (!document.ok()) {
    writer.null();
  } else if (document->root().is_object() && document->root().size() == 0) {
    writer.raw("[]");
  } else {
    writer.raw(settings.empty() ? "[]" : settings);
  }
}

void write_user(json::Writer& writer, const User& user) {
  writer.begin_object().key("id").integer(user.id);
  writer.key("name").string(user.name).key("email").string(user.email);
  writer.key("roles").begin_array();
  for (std::string_view rest = user.roles;;) {
    const std::size_t comma = rest.find(',');
    writer.string(rest.substr(0, comma));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  writer.end_array();
  writer.key("score").string(score_text(user.score)).key("active").string(std::to_string(user.active));
  writer.key("settings");
  write_settings(writer, user.settings);
  writer.key("created_at").string(user.created_at).key("last_login");
  user.last_login ? writer.string(*user.last_login) : writer.null();
  writer.end_object();
}

// In a batch a user is shorter, and every value is a string.
void write_batch_user(json::Writer& writer, const User& user) {
  writer.begin_object().key("id").string(std::to_string(user.id));
  writer.key("name").string(user.name).key("email").string(user.email);
  writer.key("roles").string(user.roles).key("score").string(score_text(user.score)).end_object();
}

}  // namespace

UserCentre::Endpoint UserCentre::endpoint_at(std::string_view path) {
  constexpr std::pair<std::string_view, Endpoint> kEndpoints[] = {
      {"/user/profile", &UserCentre::profile},
      {"/user/batch", &UserCentre::batch},
      {"/user/update", &UserCentre::update},
      {"/healthz", &UserCentre::health},
  };
  for (const auto& [name, endpoint] : kEndpoints) {
    if (path == name) return endpoint;
  }
  return &UserCentre::unknown;
}

UserCentre::Answer UserCentre::failure(int status, std::string_view text) {
  Answer answer{.status = status, .json = {}};
  json::Writer(answer.json).begin_object().key("error").string(text).end_object();
  return answer;
}

Task<void> UserCentre::handle(Exchange& exchange) {
  Result<Answer> answer = co_await (this->*endpoint_at(exchange.head().path))(exchange);
  if (!answer.ok()) {
    const Error& error = answer.error();
    if (error.code() == ErrorCode::kInternal) {
      log_error("request_failed", {{"path", exchange.head().path}, {"error", error.text()}});
      answer = failure(500, "internal error");
    } else if (error.code() == ErrorCode::kResourceExhausted) {
      answer = failure(413, "body too large");
    } else {  // the client went away, or its body broke off: nobody waits for an answer
      exchange.abort();
      co_return;
    }
  }
  Fields fields;
  fields.add_copy(FieldId::kContentType, "application/json");
  (void)fields.add_copy("X-Build", build_ == Build::kFirst ? "native-1" : "native-2");
  if (answer->status == 405) fields.add_copy(FieldId::kAllow, "POST");
  (void)co_await exchange.respond(answer->status, fields, answer->json);
}

Task<Result<UserCentre::Answer>> UserCentre::profile(Exchange& exchange) {
  const std::optional<std::string> parameter = id_parameter(exchange.head().query);
  const std::optional<std::int64_t> id = parameter ? parse_id(*parameter) : std::nullopt;
  if (!id) co_return failure(400, "invalid id");
  const std::optional<User> user = co_await try_(reader_.find(*id));
  if (!user) co_return failure(404, "not found");
  Answer answer;
  json::Writer writer(answer.json);
  write_user(writer, *user);
  co_return answer;
}

Task<Result<UserCentre::Answer>> UserCentre::batch(Exchange& exchange) {
  if (exchange.head().method != Method::kPost) co_return failure(405, "method not allowed");
  const std::optional<json::Document> body = co_await try_(read_object(exchange));
  const std::optional<std::vector<std::int64_t>> ids = body ? ids_of(body->root()["ids"]) : std::nullopt;
  if (!ids) co_return failure(400, "invalid ids");
  const std::vector<std::optional<User>> users = co_await try_(reader_.find_all(*ids));
  Answer answer;
  json::Writer writer(answer.json);
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
  co_return answer;
}

Task<Result<UserCentre::Answer>> UserCentre::update(Exchange& exchange) {
  if (exchange.head().method != Method::kPost) co_return failure(405, "method not allowed");
  const std::int64_t now_s = unix_seconds();
  const auto owner = co_await try_(reader_.token_owner(token_of(exchange.head().fields), now_s));
  if (!owner) co_return failure(401, "unauthorized");
  const std::optional<json::Document> body = co_await try_(read_object(exchange));
  if (!body) co_return failure(400, "invalid body");

  UserChange change;
  std::optional<std::string> email;
  const json::Value new_name = body->root()["name"];
  if (!new_name.absent() && !new_name.is_null()) {
    change.name = valid_name(new_name.to_string().value_or(""));
    if (!change.name) co_return failure(400, "invalid name");
  }
  const json::Value new_email = body->root()["email"];
  if (!new_email.absent() && !new_email.is_null()) {
    email = valid_email(new_email.to_string().value_or(""));
    if (!email) co_return failure(400, "invalid email");
    change.email = *email;
  }
  if (!change.name && !change.email) co_return failure(400, "nothing to update");

  const Result<std::optional<User>> user = co_await writer_.update(*owner, change, timestamp(now_s));
  if (!user.ok() && user.error().code() == ErrorCode::kAlreadyExists) co_return failure(409, "email taken");
  if (!user.ok()) co_return user.error();
  if (!*user)
    co_return Error(ErrorCode::kInternal, "a token belongs to user " + std::to_string(*owner) + ", who is not there");
  Answer answer;
  json::Writer writer(answer.json);
  writer.begin_object().key("result").string("ok").key("user");
  write_user(writer, **user);
  writer.end_object();
  co_return answer;
}

Task<Result<UserCentre::Answer>> UserCentre::health(Exchange&) {
  co_await try_(reader_.ping());
  co_return Answer{.status = 200, .json = R"({"status":"ok"})"};
}

Task<Result<UserCentre::Answer>> UserCentre::unknown(Exchange&) { co_return failure(404, "not found"); }

}  // namespace usercenter
