#include "http/fields.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "http/byte_scan.h"
#include "http/head_lines.h"

namespace banyan {

namespace {
constexpr std::size_t kBlockBytes = 512;
constexpr std::size_t kKeptBytesMax = 4096;  // a larger first block is given back by reset()
}  // namespace

Fields::Fields(Fields&& other) noexcept { take(other); }

Fields& Fields::operator=(Fields&& other) noexcept {
  if (this != &other) take(other);
  return *this;
}

// Heap entries change hands; inline ones are copied. The other is left empty.
void Fields::take(Fields& other) {
  heap_ = std::move(other.heap_);
  arena_ = std::move(other.arena_);
  if (heap_) {
    entries_ = heap_.get();
  } else {
    std::copy_n(other.inline_, other.size_, inline_);
    entries_ = inline_;
  }
  size_ = other.size_;
  capacity_ = other.capacity_;
  present_ = other.present_;
  repeated_ = other.repeated_;
  arena_used_ = other.arena_used_;
  other.entries_ = other.inline_;
  other.capacity_ = kInlineCount;
  other.arena_.clear();
  other.reset();
}

void Fields::grow() {
  const std::size_t capacity = capacity_ * 2;
  auto entries = std::make_unique<Entry[]>(capacity);
  std::copy_n(entries_, size_, entries.get());
  heap_ = std::move(entries);
  entries_ = heap_.get();
  capacity_ = capacity;
}

const Fields::Entry* Fields::find(FieldId id) const {
  if (!has(id)) return nullptr;
  for (const Entry& entry : *this) {
    if (entry.id == id) return &entry;
  }
  return nullptr;
}

const Fields::Entry* Fields::find(std::string_view name) const {
  const FieldId id = field_id(name);
  if (id != FieldId::kOther) return find(id);
  for (const Entry& entry : *this) {
    if (entry.id == FieldId::kOther && equals_ignoring_case(entry.name, name)) return &entry;
  }
  return nullptr;
}

std::string_view Fields::value(FieldId id) const {
  const Entry* entry = find(id);
  return entry != nullptr ? entry->value : std::string_view();
}

std::string_view Fields::value(std::string_view name) const {
  const Entry* entry = find(name);
  return entry != nullptr ? entry->value : std::string_view();
}

char* Fields::allocate(std::size_t size) {
  if (arena_.empty() || arena_.back().size - arena_used_ < size) {
    const std::size_t block_bytes = std::max(kBlockBytes, size);
    arena_.push_back({std::make_unique_for_overwrite<char[]>(block_bytes), block_bytes});
    arena_used_ = 0;
  }
  char* bytes = arena_.back().bytes.get() + arena_used_;
  arena_used_ += size;
  return bytes;
}

std::string_view Fields::keep(std::string_view text) {
  if (text.empty()) return {};
  char* bytes = allocate(text.size());
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

std::string_view Fields::keep_value(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  if (text.empty()) return {};
  char* bytes = allocate(text.size());
  std::memcpy(bytes, text.data(), text.size());
  if (!is_field_value(text)) {
    std::replace_if(bytes, bytes + text.size(), [](char c) { return !byte_scan::is(c, byte_scan::kValue); }, ' ');
  }
  return {bytes, text.size()};
}

void Fields::add_copy(FieldId id, std::string_view value) {
  BANYAN_CHECK(id != FieldId::kOther);
  add_view(id, field_name(id), keep_value(value));
}

bool Fields::add_copy(std::string_view name, std::string_view value) {
  if (!is_token(name)) return false;
  add_view(field_id(name), keep(name), keep_value(value));
  return true;
}

void Fields::replace_first(const Entry* first, std::string_view value) {
  const FieldId id = first->id;
  const std::size_t index = static_cast<std::size_t>(first - entries_);
  const std::string_view name = first->name;
  entries_[index].value = keep_value(value);
  std::size_t seen = 0;
  remove_if([&](const Entry& entry) {
    const bool same = entry.id == id && (id != FieldId::kOther || equals_ignoring_case(entry.name, name));
    return same && seen++ > 0;
  });
}

void Fields::set_copy(FieldId id, std::string_view value) {
  if (const Entry* first = find(id)) return replace_first(first, value);
  add_copy(id, value);
}

bool Fields::set_copy(std::string_view name, std::string_view value) {
  const Entry* first = find(name);
  if (first == nullptr) return add_copy(name, value);
  replace_first(first, value);
  return true;
}

std::size_t Fields::remove(FieldId id) {
  if (!has(id)) return 0;
  return remove_if([id](const Entry& entry) { return entry.id == id; });
}

std::size_t Fields::remove(std::string_view name) {
  const FieldId id = field_id(name);
  if (id != FieldId::kOther) return remove(id);
  return remove_if(
      [name](const Entry& entry) { return entry.id == FieldId::kOther && equals_ignoring_case(entry.name, name); });
}

void Fields::count_again() {
  present_ = 0;
  repeated_ = 0;
  for (const Entry& entry : *this) {
    repeated_ |= present_ & bit(entry.id);
    present_ |= bit(entry.id);
  }
}

void Fields::copy_from(const Fields& other) {
  for (std::size_t i = 0, count = other.size_; i < count; ++i) {
    const Entry entry = other.entries_[i];
    add_view(entry.id, keep(entry.name), keep(entry.value));
  }
}

void Fields::reset() {
  size_ = 0;
  present_ = 0;
  repeated_ = 0;
  arena_used_ = 0;
  if (arena_.size() > 1) arena_.resize(1);
  if (!arena_.empty() && arena_.front().size > kKeptBytesMax) arena_.clear();
}

void Fields::rebase(const char* from, std::size_t length, const char* to) {
  for (std::size_t i = 0; i < size_; ++i) {
    rebase_view(entries_[i].name, from, length, to);
    rebase_view(entries_[i].value, from, length, to);
  }
}

}  // namespace banyan
