// Reads what serialize() has written; behind PhpSessionData::parse().
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "php_session/php_session_data.h"

namespace banyan {

class PhpSessionParser {
 public:
  explicit PhpSessionParser(std::string_view bytes) : bytes_(bytes) {}
  Result<PhpSessionData> parse(PhpSessionFormat format);

 private:
  Result<PhpValue> value(std::size_t depth);
  Result<PhpValue> plain(char mark, std::size_t depth);
  Result<PhpValue> back_reference(char mark);
  Result<std::vector<PhpEntry>> entries(std::size_t depth);
  Result<PhpKey> key();
  Result<std::int64_t> integer(char end);
  Result<std::string> quoted();
  Result<void> expect(std::string_view text);
  Error wrong(const char* what) const;
  void share(std::vector<PhpEntry>& entries, std::uint64_t& number, std::vector<PhpValue>& nodes);

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::uint64_t count_ = 0;                        // values that have a number, so far
  std::size_t values_ = 0;                         // all of them
  std::map<std::uint64_t, std::int64_t> targets_;  // numbers that are referred to, and the index of their node
  std::map<std::uint64_t, bool> hard_;             // whether a PHP reference is among those that refer
};

}  // namespace banyan
