// A command: words that are any bytes, in the form in which they go to the server (an array of bulk strings).
//
//   RedisCommand{"SET", key, value}
//   RedisCommand("XADD").add(key).add("*").add(fields)
//
// Words never need quoting. A command owns its bytes, so it may be built from what lives no longer than the expression.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace banyan {

class RedisCommand {
 public:
  explicit RedisCommand(std::string_view name) : RedisCommand({name}) {}
  RedisCommand(std::initializer_list<std::string_view> words);  // NOLINT: a list of words is a command

  RedisCommand& add(std::string_view word);
  RedisCommand& add(std::integral auto number) { return add(std::string_view(std::to_string(number))); }

  // Its first word in upper case, as metrics show it.
  const std::string& name() const { return name_; }
  std::size_t words() const { return words_; }
  // Its size on the wire, within a few bytes.
  std::size_t size() const { return body_.size() + 16; }
  void append_to(std::string& out) const;
  // Why it cannot share a connection with other commands: it waits in the server, or changes what the connection is.
  // Null: it can.
  const char* refused_when_shared() const;
  // Why not even a leased connection takes it. Null: it does.
  const char* refused_when_leased() const;

 private:
  std::string name_;
  std::string body_;
  std::size_t words_ = 0;
  bool has_block_ = false;
};

}  // namespace banyan
