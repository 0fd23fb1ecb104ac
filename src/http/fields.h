// Header (and trailer) fields of one message, in the order they came (RFC 9110 section 5).
//
// The idea: a request of an everyday browser costs no allocation. Entries are views into the buffer the head was parsed
// from; the first 24 lie inside the object; a word of 64 bits says at once which known names are present. What we add
// ourselves is copied into a small arena of the object's own.
//
// Ownership: entries of add_view() are valid as long as the bytes they were given; the parsed buffer must outlive them
// (or be moved together with RequestHead::rebase). Entries of the *_copy functions live until reset() or destruction.
// Pointers to entries are valid until the next change of the object.
//
// The same structure serves HTTP/2, whose names are lower-case already and whose pseudo fields are not kept here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "http/field_id.h"

namespace banyan {

class Fields {
 public:
  struct Entry {
    std::string_view name;   // as received, case kept
    std::string_view value;  // without white space around it
    FieldId id = FieldId::kOther;
  };
  static constexpr std::size_t kInlineCount = 24;

  Fields() = default;
  Fields(Fields&& other) noexcept;
  Fields& operator=(Fields&& other) noexcept;
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;
  ~Fields() = default;

  const Entry* begin() const { return entries_; }
  const Entry* end() const { return entries_ + size_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Entry& operator[](std::size_t index) const { return entries_[index]; }

  // Whether a known name is present: one bit test. Never ask it about kOther.
  bool has(FieldId id) const { return (present_ & bit(id)) != 0; }
  // Whether a known name has been given on two lines or more since reset().
  bool repeated(FieldId id) const { return (repeated_ & bit(id)) != 0; }
  // The first entry of that name, or null.
  const Entry* find(FieldId id) const;
  const Entry* find(std::string_view name) const;
  // The first value of that name, or "" where it is absent: use has() where the difference counts.
  std::string_view value(FieldId id) const;
  std::string_view value(std::string_view name) const;

  // Appends views as they are. For parsers: `name` must be a token, `value` a field value, `id` field_id(name).
  void add_view(FieldId id, std::string_view name, std::string_view value) {
    if (size_ == capacity_) [[unlikely]]
      grow();
    entries_[size_++] = Entry{name, value, id};
    repeated_ |= present_ & bit(id);
    present_ |= bit(id);
  }

  // Appends a copy. Control characters in the value become spaces, as RFC 9110 section 5.5 allows: what is added here
  // can never end a line. A known name must not be kOther.
  void add_copy(FieldId id, std::string_view value);
  // False, and nothing is added, where `name` is not a token.
  [[nodiscard]] bool add_copy(std::string_view name, std::string_view value);
  // The first entry of that name gets the value and further ones are removed; appended where there was none.
  void set_copy(FieldId id, std::string_view value);
  [[nodiscard]] bool set_copy(std::string_view name, std::string_view value);

  // Remove every entry of that name, keeping the order of the others; they say how many there were.
  std::size_t remove(FieldId id);
  std::size_t remove(std::string_view name);
  template <class Predicate>
  std::size_t remove_if(Predicate predicate);

  // Appends copies of all of the other's entries: independent of where the other's bytes live.
  void copy_from(const Fields& other);
  // Empty again; keeps entry capacity and the arena's first block for reuse.
  void reset();
  // After the parsed buffer [from, from + length) moved to `to`: entries inside it follow.
  void rebase(const char* from, std::size_t length, const char* to);

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };

  static std::uint64_t bit(FieldId id) { return std::uint64_t{1} << static_cast<unsigned>(id); }
  void grow();
  void take(Fields& other);
  void count_again();
  char* allocate(std::size_t size);
  std::string_view keep(std::string_view text);
  std::string_view keep_value(std::string_view text);
  void replace_first(const Entry* first, std::string_view value);

  Entry* entries_ = inline_;
  std::size_t size_ = 0;
  std::size_t capacity_ = kInlineCount;
  std::uint64_t present_ = 0;
  std::uint64_t repeated_ = 0;
  std::vector<Block> arena_;
  std::size_t arena_used_ = 0;  // of the last block
  std::unique_ptr<Entry[]> heap_;
  Entry inline_[kInlineCount];
};

template <class Predicate>
std::size_t Fields::remove_if(Predicate predicate) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    if (!predicate(static_cast<const Entry&>(entries_[i]))) entries_[kept++] = entries_[i];
  }
  const std::size_t removed = size_ - kept;
  size_ = kept;
  if (removed != 0) count_again();
  return removed;
}

}  // namespace banyan
