#include "php_findings/finding.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/utf8.h"

namespace banyan::php {

namespace {

bool is_line_end(char c) { return c == '\n' || c == '\r'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

auto sort_key(const Finding& finding) {
  return std::tie(finding.file, finding.region.offset, finding.region.length, finding.code, finding.message,
                  finding.hint);
}

bool says_the_same(const Finding& a, const Finding& b) { return sort_key(a) == sort_key(b); }

// FNV-1a, 64 bits: no adversary gains by a collision of fingerprints.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) {
    value ^= static_cast<unsigned char>(c);
    value *= 0x100000001b3;
  }
  return value;
}

std::string hexadecimal(std::uint64_t value) {
  std::string digits(16, '0');
  for (std::size_t i = digits.size(); i-- > 0; value >>= 4) digits[i] = "0123456789abcdef"[value & 15];
  return digits;
}

}  // namespace

std::string_view severity_name(FindingSeverity severity) {
  static constexpr std::string_view kNames[] = {"error", "warning", "note"};
  return kNames[static_cast<unsigned>(severity)];
}

std::uint32_t Locator::unit_column(LineColumn at, std::uint32_t offset) const {
  std::uint32_t units = 1;
  for (std::size_t i = offset - (at.column - 1); i < offset;) {
    const std::size_t bytes = utf8_sequence_bytes(source_, i);
    units += bytes == 4 ? 2 : 1;
    i += bytes == 0 ? 1 : bytes;
  }
  return units;
}

Region Locator::region(std::uint32_t offset, std::uint32_t length) const {
  const LineColumn start = lines_.at(offset);
  const LineColumn end = lines_.at(offset + length);
  return {.offset = offset,
          .length = length,
          .line = start.line,
          .column = start.column,
          .end_line = end.line,
          .end_column = end.column,
          .unit_column = unit_column(start, offset),
          .end_unit_column = unit_column(end, offset + length)};
}

std::string Locator::excerpt(const Region& region) const {
  std::size_t begin = region.offset;
  while (begin > 0 && region.offset - begin < kExcerptBytesMax / 2 && !is_line_end(source_[begin - 1])) --begin;
  std::size_t end = region.offset;
  while (end < source_.size() && end - begin < kExcerptBytesMax && !is_line_end(source_[end])) ++end;
  while (begin < end && is_blank(source_[begin])) ++begin;
  while (begin < end && is_blank(source_[end - 1])) --end;
  return std::string(source_.substr(begin, end - begin));
}

void sort_findings(std::vector<Finding>& findings) {
  const auto before = [](const Finding& a, const Finding& b) { return sort_key(a) < sort_key(b); };
  // Those of many files are put together in order.
  if (!std::is_sorted(findings.begin(), findings.end(), before)) std::sort(findings.begin(), findings.end(), before);
  findings.erase(std::unique(findings.begin(), findings.end(), says_the_same), findings.end());
}

std::vector<std::string> fingerprints(std::span<const Finding> findings) {
  std::map<std::string, int> seen;
  std::vector<std::string> prints;
  prints.reserve(findings.size());
  for (const Finding& finding : findings) {
    std::string text = finding.file + '\0' + finding.code + '\0' + finding.excerpt;
    const int before = seen[text]++;
    prints.push_back(hexadecimal(hash(text + '\0' + std::to_string(before))));
  }
  return prints;
}

}  // namespace banyan::php
