#include "filters/cache_store.h"

#include <algorithm>
#include <functional>

namespace banyan {
namespace {

constexpr std::uint8_t kUsesMax = 3;
constexpr std::size_t kGhostsMin = 64;
constexpr std::size_t kFlightsMax = 1024;  // of a part; beyond, everybody flies alone

std::uint64_t hash_of(const std::string& key) { return std::hash<std::string>()(key); }

}  // namespace

CacheStore::CacheStore(std::size_t bytes_max) : part_bytes_max_(bytes_max / kParts) {}

CacheStore::Part& CacheStore::part_of(const std::string& key) { return parts_[hash_of(key) >> 32 & (kParts - 1)]; }

std::shared_ptr<const CacheItem> CacheStore::find(const std::string& key) {
  Part& part = part_of(key);
  const std::lock_guard guard(part.lock);
  const auto found = part.entries.find(key);
  if (found == part.entries.end()) return nullptr;
  Entry& entry = *found->second;
  entry.uses = static_cast<std::uint8_t>(std::min<int>(entry.uses + 1, kUsesMax));
  return entry.item;
}

void CacheStore::insert(Part& part, Entry entry) {
  Queue& queue = entry.in_main ? part.main : part.small;
  queue.push_front(std::move(entry));
  part.entries[queue.front().key] = queue.begin();
  (queue.front().in_main ? part.main_bytes : part.small_bytes) += queue.front().bytes;
  make_room(part);
}

void CacheStore::put(const std::string& key, std::shared_ptr<const CacheItem> item, std::size_t memory_bytes) {
  Part& part = part_of(key);
  const std::lock_guard guard(part.lock);
  std::uint8_t uses = 0;
  bool in_main = part.ghost_set.contains(hash_of(key));
  if (const auto old = part.entries.find(key); old != part.entries.end()) {
    uses = old->second->uses;
    in_main = old->second->in_main;
    remove(part, old->second);
  }
  insert(part, {key, std::move(item), memory_bytes + key.size(), uses, in_main});
}

std::shared_ptr<const CacheItem> CacheStore::put_if_absent(const std::string& key,
                                                           std::shared_ptr<const CacheItem> item,
                                                           std::size_t memory_bytes) {
  Part& part = part_of(key);
  const std::lock_guard guard(part.lock);
  if (const auto found = part.entries.find(key); found != part.entries.end()) return found->second->item;
  insert(part, {key, item, memory_bytes + key.size(), 0, part.ghost_set.contains(hash_of(key))});
  return item;
}

void CacheStore::erase(const std::string& key) {
  Part& part = part_of(key);
  const std::lock_guard guard(part.lock);
  if (const auto found = part.entries.find(key); found != part.entries.end()) remove(part, found->second);
}

void CacheStore::remove(Part& part, Queue::iterator entry) {
  part.entries.erase(entry->key);
  (entry->in_main ? part.main_bytes : part.small_bytes) -= entry->bytes;
  (entry->in_main ? part.main : part.small).erase(entry);
}

void CacheStore::remember(Part& part, const std::string& key) {
  const std::uint64_t hash = hash_of(key);
  if (!part.ghost_set.insert(hash).second) return;
  part.ghosts.push_front(hash);
  const std::size_t ghosts_max = std::max(part.main.size(), kGhostsMin);
  while (part.ghosts.size() > ghosts_max) {
    part.ghost_set.erase(part.ghosts.back());
    part.ghosts.pop_back();
  }
}

void CacheStore::make_room(Part& part) {
  while (part.small_bytes + part.main_bytes > part_bytes_max_) {
    const bool from_small = !part.small.empty() && (part.small_bytes > part_bytes_max_ / 10 || part.main.empty());
    Queue& queue = from_small ? part.small : part.main;
    const auto last = std::prev(queue.end());
    if (last->uses == 0) {
      if (from_small) remember(part, last->key);
      remove(part, last);
      ++part.evicted;
    } else if (from_small) {
      part.small_bytes -= last->bytes;
      part.main_bytes += last->bytes;
      last->uses = 0;
      last->in_main = true;
      part.main.splice(part.main.begin(), part.small, last);
    } else {
      --last->uses;
      part.main.splice(part.main.begin(), part.main, last);
    }
  }
}

std::shared_ptr<CacheFlight> CacheStore::take_off(const std::string& key, std::shared_ptr<CacheFlight>* other) {
  Part& part = part_of(key);
  const std::lock_guard guard(part.lock);
  if (const auto found = part.flights.find(key); found != part.flights.end()) {
    *other = found->second;
    return nullptr;
  }
  auto flight = std::make_shared<CacheFlight>();
  if (part.flights.size() < kFlightsMax) part.flights[key] = flight;
  return flight;
}

void CacheStore::land(const std::string& key, CacheFlight& flight) {
  Part& part = part_of(key);
  {
    const std::lock_guard guard(part.lock);
    const auto found = part.flights.find(key);
    if (found != part.flights.end() && found->second.get() == &flight) part.flights.erase(found);
  }
  flight.landed.set();
}

std::size_t CacheStore::memory_bytes() const {
  std::size_t bytes = 0;
  for (const Part& part : parts_) {
    const std::lock_guard guard(part.lock);
    bytes += part.small_bytes + part.main_bytes;
  }
  return bytes;
}

std::uint64_t CacheStore::evicted() const {
  std::uint64_t count = 0;
  for (const Part& part : parts_) {
    const std::lock_guard guard(part.lock);
    count += part.evicted;
  }
  return count;
}

}  // namespace banyan
