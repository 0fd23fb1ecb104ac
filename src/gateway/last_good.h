// The last good answers of routes that fall back to them.
//
// Kept are whole answers 200 to GET that any client may see, by the rules for shared caches (RFC 9111 section 3) and
// beyond: the request had no Range, and nothing that tells who sends it, as it came and before a filter takes that
// away: no certificate, no Cookie, and no field with the name of a secret (ledger/mask.h), as Authorization and
// X-Api-Key are. The answer sets no cookie, is neither private nor no-store and varies by nothing but Accept-Encoding,
// which is part of the key, as the colour is. So nobody gets what was meant for somebody else. An answer is renewed
// once in kRenewEvery at most: copying costs.
//
// Limits: kAnswerBytesMax for each body, kStoreBytesMax for all answers of a process; what was put first goes first.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "exchange/exchange.h"
#include "runtime/futex_lock.h"

namespace banyan {

struct GoodAnswer {
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  TimePoint at{};

  std::size_t bytes() const;
};

// Thread-safe.
class LastGoodStore {
 public:
  static constexpr std::size_t kAnswerBytesMax = 256 * 1024;
  static constexpr std::size_t kStoreBytesMax = 16 * 1024 * 1024;
  static constexpr Duration kRenewEvery = std::chrono::seconds(1);

  // Whether an answer that comes now would be kept.
  bool wants(const std::string& key, TimePoint now) const;
  void put(const std::string& key, GoodAnswer answer);
  // Null where there is none so young.
  std::shared_ptr<const GoodAnswer> find(const std::string& key, Duration age_max, TimePoint now) const;
  std::size_t bytes() const;

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const GoodAnswer> answer;
  };
  void drop(std::list<Entry>::iterator entry);

  mutable FutexLock lock_;
  std::list<Entry> entries_;  // put last first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
  std::size_t bytes_ = 0;
};

// The key of a request as it came whose answers may be kept, but for what else tells answers apart; "" where they may
// not be.
std::string last_good_key(std::string_view route, const RequestHead& head);
// Whether the answer may be kept, and what of its head is.
bool may_be_kept(const ResponseHead& head);
GoodAnswer good_answer_of(const ResponseHead& head, TimePoint now);

}  // namespace banyan
