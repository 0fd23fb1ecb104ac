// The answers a cache keeps, in bounded memory, and who is fetching which of them at the moment.
//
// What gives way when memory is short is chosen by S3-FIFO (Yang et al., SOSP 2023): new entries wait in a small queue
// of a tenth of the memory; those that were asked for again by its end move to the main queue, the others go, and only
// the hashes of their keys are remembered for a while: who comes back enters the main queue at once. So a scan of many
// addresses that nobody asks for twice cannot displace what everybody asks for. In the main queue an entry that was
// used goes round once more. A hit writes one small number and moves nothing.
//
// Limits: `bytes_max` of memory for entries; readers keep alive what they are sending. Thread-safe: 8 parts with a lock
// each, chosen by the key's hash; a lock is held for a look-up, never while an answer is read.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "filters/cache_rules.h"
#include "runtime/sync.h"

namespace banyan {

// What is known under a key: an answer, or by which fields of the request answers differ, or that it is not kept, or
// alone which generation of answers counts.
struct CacheItem {
  std::shared_ptr<const StoredAnswer> answer;
  std::vector<std::string> vary;  // not empty: answers lie under keys with these fields' values
  std::uint64_t generation = 0;   // part of the keys of answers that go with this item
  TimePoint pass_until{};         // neither: answers were not to be kept; until then nobody waits for another's
};

// A fetch under way, which others with the same key may wait for.
struct CacheFlight {
  Event landed;
};

class CacheStore {
 public:
  explicit CacheStore(std::size_t bytes_max);

  std::shared_ptr<const CacheItem> find(const std::string& key);
  // `memory_bytes`: what the item holds beside the key.
  void put(const std::string& key, std::shared_ptr<const CacheItem> item, std::size_t memory_bytes);
  // The same where there is none yet. Gives the one that is there then.
  std::shared_ptr<const CacheItem> put_if_absent(const std::string& key, std::shared_ptr<const CacheItem> item,
                                                 std::size_t memory_bytes);
  void erase(const std::string& key);

  // Null: somebody is on the way already, in `*other`. Else the caller is: it must call land() with what it was given.
  std::shared_ptr<CacheFlight> take_off(const std::string& key, std::shared_ptr<CacheFlight>* other);
  void land(const std::string& key, CacheFlight& flight);

  std::size_t memory_bytes() const;
  std::uint64_t evicted() const;

 private:
  static constexpr std::size_t kParts = 8;
  struct Entry {
    std::string key;
    std::shared_ptr<const CacheItem> item;
    std::size_t bytes = 0;
    std::uint8_t uses = 0;  // up to 3
    bool in_main = false;
  };
  using Queue = std::list<Entry>;  // front: newest
  struct Part {
    mutable std::mutex lock;
    Queue small;
    Queue main;
    std::unordered_map<std::string_view, Queue::iterator> entries;  // views of Entry::key
    std::list<std::uint64_t> ghosts;                                // hashes of keys, newest first
    std::unordered_set<std::uint64_t> ghost_set;
    std::unordered_map<std::string, std::shared_ptr<CacheFlight>> flights;
    std::size_t small_bytes = 0;
    std::size_t main_bytes = 0;
    std::uint64_t evicted = 0;
  };

  Part& part_of(const std::string& key);
  void insert(Part& part, Entry entry);
  void remove(Part& part, Queue::iterator entry);
  void make_room(Part& part);
  void remember(Part& part, const std::string& key);

  const std::size_t part_bytes_max_;
  std::array<Part, kParts> parts_;
};

}  // namespace banyan
