#include "filters/cache_store.h"

#include <random>

#include <gtest/gtest.h>

namespace banyan {
namespace {

std::shared_ptr<const CacheItem> item() { return std::make_shared<CacheItem>(); }

TEST(CacheStore, StaysWithinItsMemory) {
  CacheStore store(8 * 10'000);
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::string key = "key" + std::to_string(random() % 3000);
    if (store.find(key) == nullptr) store.put(key, item(), random() % 900);
    if (i % 50 == 0) store.erase("key" + std::to_string(random() % 3000));
    ASSERT_LE(store.memory_bytes(), 8u * 10'000);
  }
  EXPECT_GT(store.evicted(), 1000u);
}

TEST(CacheStore, WhatIsTooLargeForItIsNotKept) {
  CacheStore store(8 * 1000);
  store.put("a", item(), 5000);
  EXPECT_EQ(store.find("a"), nullptr);
  EXPECT_EQ(store.memory_bytes(), 0u);
}

TEST(CacheStore, ReplacesAndForgets) {
  CacheStore store(1 << 20);
  const auto one = item();
  const auto two = item();
  store.put("a", one, 100);
  store.put("a", two, 50);
  EXPECT_EQ(store.find("a"), two);
  EXPECT_EQ(store.memory_bytes(), 51u);
  EXPECT_EQ(store.put_if_absent("a", one, 100), two);
  EXPECT_EQ(store.memory_bytes(), 51u);
  store.erase("a");
  EXPECT_EQ(store.find("a"), nullptr);
  EXPECT_EQ(store.put_if_absent("a", one, 100), one);
  EXPECT_EQ(store.find("a"), one);
  EXPECT_EQ(store.memory_bytes(), 101u);
  store.erase("a");
  EXPECT_EQ(store.memory_bytes(), 0u);
}

// What everybody asks for survives a long scan of what nobody asks for twice.
TEST(CacheStore, AScanDoesNotDisplaceWhatIsUsed) {
  CacheStore store(8 * 100 * 100);  // 100 entries of 100 bytes in each part
  const auto hot = [](int i) { return "hot" + std::to_string(i); };
  for (int i = 0; i < 200; ++i) store.put(hot(i), item(), 90);
  int found = 0;
  for (int round = 0; round < 30; ++round) {
    found = 0;
    for (int i = 0; i < 200; ++i) {
      if (store.find(hot(i)) != nullptr) {
        ++found;
      } else {
        store.put(hot(i), item(), 90);
      }
    }
    for (int i = 0; i < 500; ++i) store.put("scan" + std::to_string(round * 500 + i), item(), 90);
  }
  EXPECT_GT(found, 190);
}

// A model beside it: whatever is found was put and not erased since.
TEST(CacheStore, AgreesWithAModel) {
  CacheStore store(8 * 2000);
  std::map<std::string, std::shared_ptr<const CacheItem>> model;
  std::mt19937 random(11);
  for (int i = 0; i < 50'000; ++i) {
    const std::string key = std::to_string(random() % 400);
    switch (random() % 4) {
      case 0:
        model[key] = item();
        store.put(key, model[key], random() % 120);
        break;
      case 1:
        model.erase(key);
        store.erase(key);
        break;
      default:
        if (const auto found = store.find(key)) ASSERT_EQ(found, model[key]) << "step " << i;
    }
  }
}

TEST(CacheStore, OneFlightForAKey) {
  CacheStore store(1 << 20);
  std::shared_ptr<CacheFlight> other;
  const auto first = store.take_off("a", &other);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(store.take_off("a", &other), nullptr);
  EXPECT_EQ(other, first);
  EXPECT_NE(store.take_off("b", &other), nullptr);
  store.land("a", *first);
  EXPECT_TRUE(first->landed.is_set());
  const auto second = store.take_off("a", &other);
  ASSERT_NE(second, nullptr);
  store.land("a", *first);  // late: must not land the second
  EXPECT_EQ(store.take_off("a", &other), nullptr);
  EXPECT_EQ(other, second);
}

}  // namespace
}  // namespace banyan
