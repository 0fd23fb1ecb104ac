// StealRing under its owner and two thieves: no item is lost, none is taken twice, and what was written to an item
// before the push is seen by whoever takes it. The ring is so small that slots are reused.
#include "runtime/steal_ring.h"

#include "runtime/models/model.h"

namespace {

constexpr int kItems = 5;

struct Item {
  rl::var<int> content;
};

struct OwnerAndThieves : rl::test_suite<OwnerAndThieves, 3> {
  banyan::StealRing<Item, 2, model::Atomics> ring;
  Item items[kItems];
  int taken[kItems];

  void before() {
    for (int& count : taken) count = 0;
  }

  void take(Item* item) {
    const int index = static_cast<int>(item - items);
    RL_ASSERT(item->content($) == index + 100);
    ++taken[index];
  }

  void owner() {
    for (int i = 0; i < kItems; ++i) {
      items[i].content($) = i + 100;
      while (!ring.push(&items[i])) {
        if (Item* oldest = ring.pop()) take(oldest);
      }
    }
    while (Item* oldest = ring.pop()) take(oldest);
  }

  void thief() {
    for (int round = 0; round < 2; ++round) {
      Item* loot[2];
      const std::uint32_t count = ring.steal(loot, 2);
      for (std::uint32_t i = 0; i < count; ++i) take(loot[i]);
    }
  }

  void thread(unsigned index) { index == 0 ? owner() : thief(); }

  void after() {
    for (int count : taken) RL_ASSERT(count == 1);
  }
};

}  // namespace

int main() { return model::check<OwnerAndThieves>("steal ring: one owner, two thieves", 60000) ? 0 : 1; }
