// Free blocks of one size, kept per thread and exchanged between threads in batches.
#pragma once

#include <mutex>
#include <vector>

namespace banyan::detail {

struct FreeBlock {
  FreeBlock* next;
};

struct FreeBatch {
  FreeBlock* head;
  unsigned count;
};

// Batches that some thread had too many of. Any thread.
class SharedFreeList {
 public:
  void give(FreeBatch batch) {
    std::lock_guard guard(lock_);
    batches_.push_back(batch);
  }
  FreeBatch take() {
    std::lock_guard guard(lock_);
    if (batches_.empty()) return {nullptr, 0};
    const FreeBatch batch = batches_.back();
    batches_.pop_back();
    return batch;
  }

 private:
  std::mutex lock_;
  std::vector<FreeBatch> batches_;
};

// One thread's own blocks.
class ThreadFreeList {
 public:
  static constexpr unsigned kBatch = 128;

  void push(void* block, SharedFreeList* (*shared)(unsigned), unsigned index) {
    auto* free_block = static_cast<FreeBlock*>(block);
    free_block->next = head_;
    head_ = free_block;
    if (++count_ >= 2 * kBatch) [[unlikely]]
      give_away(*shared(index), kBatch);
  }
  // Null when empty.
  void* pop() {
    FreeBlock* block = head_;
    if (block == nullptr) return nullptr;
    head_ = block->next;
    --count_;
    return block;
  }
  // False when the shared list is empty too.
  bool refill(SharedFreeList& shared) {
    const FreeBatch batch = shared.take();
    head_ = batch.head;
    count_ = batch.count;
    return count_ > 0;
  }
  void give_all(SharedFreeList& shared) {
    if (count_ > 0) give_away(shared, count_);
  }

 private:
  void give_away(SharedFreeList& shared, unsigned count) {
    const FreeBatch batch{head_, count};
    FreeBlock* last = head_;
    for (unsigned i = 1; i < count; ++i) last = last->next;
    head_ = last->next;
    count_ -= count;
    last->next = nullptr;
    shared.give(batch);
  }

  FreeBlock* head_ = nullptr;
  unsigned count_ = 0;
};

}  // namespace banyan::detail
