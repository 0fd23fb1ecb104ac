#include "redis/redis_command.h"

#include <algorithm>
#include <array>
#include <span>

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
constexpr std::array<std::string_view, 2> kWatching = {"WATCH", "UNWATCH"};
constexpr std::array<std::string_view, 3> kTransaction = {"MULTI", "EXEC", "DISCARD"};
constexpr std::array<std::string_view, 6> kSubscribing = {"SUBSCRIBE",    "UNSUBSCRIBE", "PSUBSCRIBE",
                                                          "PUNSUBSCRIBE", "SSUBSCRIBE",  "SUNSUBSCRIBE"};
constexpr std::array<std::string_view, 9> kChanging = {"MONITOR", "SYNC", "PSYNC", "HELLO", "AUTH",
                                                       "SELECT",  "QUIT", "RESET", "CLIENT"};

bool is_among(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

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

const char* RedisCommand::refused_when_shared() const {
  if (has_block_ || is_among(name_, kWaiting)) {
    return "waits in the server and would hold up the commands of others; give it on a lease()";
  }
  if (is_among(name_, kWatching)) return "would watch for whoever comes next; give it on a lease()";
  return refused_when_leased();
}

const char* RedisCommand::refused_when_leased() const {
  if (words_ == 0) return "is empty";
  if (is_among(name_, kTransaction)) return "is a part of transaction(), which gives all of it";
  if (is_among(name_, kSubscribing)) return "makes another thing of the connection; use RedisSubscriber";
  if (is_among(name_, kChanging)) return "changes the connection; user, database and protocol are in RedisOptions";
  return nullptr;
}

}  // namespace banyan
