#include "redis/redis_command.h"

#include <algorithm>
#include <array>

namespace banyan {
namespace {

std::string upper(std::string_view word) {
  std::string text(word);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

constexpr std::array<std::string_view, 9> kWaiting = {"BLPOP",    "BRPOP",    "BRPOPLPUSH", "BLMOVE", "BLMPOP",
                                                      "BZPOPMIN", "BZPOPMAX", "BZMPOP",     "WAIT"};
constexpr std::array<std::string_view, 20> kChanging = {
    "SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "SSUBSCRIBE", "SUNSUBSCRIBE", "MONITOR",
    "SYNC",      "PSYNC",       "HELLO",      "AUTH",         "SELECT",     "QUIT",         "RESET",
    "MULTI",     "EXEC",        "DISCARD",    "WATCH",        "UNWATCH",    "CLIENT"};

}  // namespace

RedisCommand::RedisCommand(std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) add(word);
}

RedisCommand& RedisCommand::add(std::string_view word) {
  if (words_ == 0) name_ = upper(word.substr(0, 64));
  if (word.size() == 5 && (name_ == "XREAD" || name_ == "XREADGROUP") && upper(word) == "BLOCK") has_block_ = true;
  body_.append("$").append(std::to_string(word.size())).append("\r\n").append(word).append("\r\n");
  ++words_;
  return *this;
}

void RedisCommand::append_to(std::string& out) const {
  out.append("*").append(std::to_string(words_)).append("\r\n").append(body_);
}

const char* RedisCommand::needs_own_connection() const {
  if (words_ == 0) return "is empty";
  if (has_block_ || std::find(kWaiting.begin(), kWaiting.end(), name_) != kWaiting.end()) {
    return "waits in the server and would hold up the commands of others; ask again and again without waiting";
  }
  if (std::find(kChanging.begin(), kChanging.end(), name_) != kChanging.end()) {
    return "changes the connection, which others share; see transaction(), and RedisOptions for user and database";
  }
  return nullptr;
}

}  // namespace banyan
