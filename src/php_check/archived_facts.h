// What was learnt about one file, as bytes: its declarations, whom its functions call, and their summaries. Private.
//
// Whoever starts from such bytes after a change of one file needs little of all the others: what they declare, which
// names they use, whom they call. That stands first and is read at once; the rest, most of it, is read when a function
// of the file is looked at: until then the file sleeps.
//
// Functions are named by the place of their file in the list of all files, so summaries and calls hold only beside the
// same list (evaluation.h looks after that); declarations hold wherever the file's bytes are the same.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "php_check/declarations.h"
#include "php_check/evaluation.h"

namespace banyan::php {

// Of each function of the file; nothing may be missing.
std::string archived(const FileDeclarations& declarations, std::span<const SummaryPointer> summaries,
                     std::span<const std::vector<FunctionPlace>> callees);

// What a name that a function uses is compared by; different names may have the same.
std::uint32_t name_hash(std::string_view name);

// Several threads may use one.
class SleepingFile {
 public:
  // None where the bytes are not whole, as far as it reads them. They are for the same build of the program, and must
  // outlive this.
  static std::shared_ptr<SleepingFile> open(std::string_view bytes);

  // Until it is woken its functions have neither calls nor anything else that only their own evaluation needs.
  const std::shared_ptr<FileDeclarations>& declarations() const { return declarations_; }
  const std::vector<std::vector<FunctionPlace>>& callees() const { return callees_; }
  const std::vector<std::vector<Summary::Use>>& uses() const { return uses_; }  // of the summaries
  bool has_flows() const { return has_flows_; }                                 // in any summary
  // Whether one of the hashes is that of a name its functions use, or of a class it declares.
  bool names_any(std::span<const std::uint32_t> hashes) const;

  bool is_awake() const { return awake_.load(std::memory_order_acquire); }
  // Completes the declarations and reads the summaries, once. False where the bytes are not whole.
  bool wake();
  // Wakes it; the bytes have to be whole.
  const std::vector<SummaryPointer>& summaries();

 private:
  void read_rest();

  std::shared_ptr<FileDeclarations> declarations_;
  std::vector<std::uint32_t> names_;  // hashes, sorted
  std::vector<std::vector<FunctionPlace>> callees_;
  std::vector<std::vector<Summary::Use>> uses_;
  std::vector<SummaryPointer> summaries_;
  bool has_flows_ = false;
  bool whole_ = false;
  std::string_view rest_;
  std::once_flag once_;
  std::atomic<bool> awake_ = false;
};

}  // namespace banyan::php
