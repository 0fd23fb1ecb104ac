// Structures as bytes and back, by one description of each.
//
// The problem: what is kept on the disk from one run to the next has hundreds of fields, and a writer and a reader that
// list them separately drift apart. The idea: a structure has one function describe(archive, value) that names its
// fields in order; given a writer it writes them, given a reader it fills them. Numbers take as few bytes as they need
// (LEB128), strings are written once and named by their number afterwards.
//
// The bytes are for the same build of the program only: there is no form that outlives a change of a structure. A
// reader trusts nothing all the same: counts and lengths are held against the bytes there are, nesting is bounded, and
// after a mistake everything else reads as empty and ok() is false.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace banyan::php {

class ArchiveWriter {
 public:
  static constexpr bool kReads = false;

  template <class... Fields>
  void operator()(Fields&... fields) {
    (field(fields), ...);
  }
  void number(std::uint64_t value);
  void text(const std::string& value);
  // Everything written so far.
  const std::string& bytes() const { return out_; }

 private:
  template <class Field>
  void field(Field& value);

  std::string out_;
  std::unordered_map<std::string, std::uint64_t> known_;
};

class ArchiveReader {
 public:
  static constexpr bool kReads = true;
  static constexpr int kDepthMax = 64;

  explicit ArchiveReader(std::string_view bytes) : bytes_(bytes) {}

  template <class... Fields>
  void operator()(Fields&... fields) {
    (field(fields), ...);
  }
  std::uint64_t number();
  std::string_view text();
  // A count of things that take a byte each at least; 0 and a mistake where there cannot be so many.
  std::size_t count();
  void fail();
  bool ok() const { return ok_; }
  bool at_end() const { return at_ == bytes_.size(); }
  std::string_view rest() const { return bytes_.substr(at_); }
  // One level deeper, where that is allowed; after it leave().
  bool enter();
  void leave() { --depth_; }

 private:
  template <class Field>
  void field(Field& value);

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::vector<std::string_view> known_;
  int depth_ = 0;
  bool ok_ = true;
};

namespace archive_detail {

template <class T>
concept Sequence = requires(T& value) { value.emplace_back(); } && !std::same_as<T, std::string>;

template <class T>
struct IsPair : std::false_type {};
template <class A, class B>
struct IsPair<std::pair<A, B>> : std::true_type {};

// The sign goes to the lowest bit, so that small negative numbers are short.
constexpr std::uint64_t folded(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unfolded(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

}  // namespace archive_detail

template <class Field>
void ArchiveWriter::field(Field& value) {
  using T = std::remove_const_t<Field>;
  if constexpr (std::same_as<T, std::string>) {
    text(value);
  } else if constexpr (std::is_enum_v<T>) {
    number(static_cast<std::uint64_t>(value));
  } else if constexpr (std::signed_integral<T>) {
    number(archive_detail::folded(value));
  } else if constexpr (std::integral<T>) {
    number(value);
  } else if constexpr (archive_detail::IsPair<T>::value) {
    field(value.first);
    field(value.second);
  } else if constexpr (archive_detail::Sequence<T>) {
    number(value.size());
    for (auto& one : value) field(one);
  } else {
    describe(*this, const_cast<T&>(value));  // a description only names the fields, and a writer only reads them
  }
}

template <class Field>
void ArchiveReader::field(Field& value) {
  if constexpr (std::same_as<Field, std::string>) {
    value = text();
  } else if constexpr (std::is_enum_v<Field>) {
    value = static_cast<Field>(number());
  } else if constexpr (std::signed_integral<Field>) {
    value = static_cast<Field>(archive_detail::unfolded(number()));
  } else if constexpr (std::integral<Field>) {
    value = static_cast<Field>(number());
  } else if constexpr (archive_detail::IsPair<Field>::value) {
    field(value.first);
    field(value.second);
  } else if constexpr (archive_detail::Sequence<Field>) {
    const std::size_t size = count();
    value.clear();
    for (std::size_t i = 0; i < size && ok_; ++i) field(value.emplace_back());
  } else {
    describe(*this, value);
  }
}

}  // namespace banyan::php
