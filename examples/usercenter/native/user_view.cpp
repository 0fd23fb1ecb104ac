#include "user_view.h"

#include "json/parse.h"
#include "rules.h"

namespace usercenter {

using namespace banyan;

std::vector<std::string> roles_of(const User& user) {
  std::vector<std::string> roles;
  for (std::string_view rest = user.roles;;) {
    const std::size_t comma = rest.find(',');
    roles.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) return roles;
    rest.remove_prefix(comma + 1);
  }
}

// A user without settings has a list, as PHP's empty array came out; clients rely on it.
std::string settings_of(const User& user) {
  if (user.settings.empty()) return "[]";
  const Result<json::Document> document = json::parse(user.settings);
  if (!document.ok()) return "null";
  return document->root().is_object() && document->root().size() == 0 ? "[]" : user.settings;
}

void write_user(json::Writer& writer, const User& user) {
  writer.begin_object().key("id").integer(user.id);
  writer.key("name").string(user.name).key("email").string(user.email);
  writer.key("roles").begin_array();
  for (const std::string& role : roles_of(user)) writer.string(role);
  writer.end_array();
  writer.key("score").string(score_text(user.score)).key("active").string(std::to_string(user.active));
  writer.key("settings").raw(settings_of(user));
  writer.key("created_at").string(user.created_at).key("last_login");
  user.last_login ? writer.string(*user.last_login) : writer.null();
  writer.end_object();
}

void write_batch_user(json::Writer& writer, const User& user) {
  writer.begin_object().key("id").string(std::to_string(user.id));
  writer.key("name").string(user.name).key("email").string(user.email);
  writer.key("roles").string(user.roles).key("score").string(score_text(user.score)).end_object();
}

}  // namespace usercenter
