#include "php_check/archive.h"

namespace banyan::php {

void ArchiveWriter::number(std::uint64_t value) {
  while (value >= 0x80) {
    out_ += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out_ += static_cast<char>(value);
}

// A new string is 0, its length and its bytes; one that came before is its number, from 1.
void ArchiveWriter::text(const std::string& value) {
  const auto [known, is_new] = known_.try_emplace(value, known_.size() + 1);
  if (!is_new) return number(known->second);
  number(0);
  number(value.size());
  out_ += value;
}

void ArchiveReader::fail() {
  ok_ = false;
  at_ = bytes_.size();
}

std::uint64_t ArchiveReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (at_ == bytes_.size()) break;
    const auto byte = static_cast<unsigned char>(bytes_[at_++]);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  fail();
  return 0;
}

std::size_t ArchiveReader::count() {
  const std::uint64_t value = number();
  if (value <= bytes_.size() - at_) return static_cast<std::size_t>(value);
  fail();
  return 0;
}

std::string_view ArchiveReader::text() {
  const std::uint64_t index = number();
  if (!ok_) return {};
  if (index != 0) {
    if (index <= known_.size()) return known_[static_cast<std::size_t>(index - 1)];
    fail();
    return {};
  }
  const std::size_t length = count();
  const std::string_view value = bytes_.substr(at_, length);
  at_ += length;
  if (ok_) known_.push_back(value);
  return value;
}

bool ArchiveReader::enter() {
  ++depth_;
  if (depth_ <= kDepthMax) return ok_;
  fail();
  return false;
}

}  // namespace banyan::php
