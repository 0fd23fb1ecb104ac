#include "profile/memory_map.h"

#include <charconv>
#include <cstdio>
#include <memory>

namespace banyan::profile {
namespace {

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

bool read_hex(std::string_view text, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc() && end == text.data() + text.size();
}

// 55d0c0a00000-55d0c0a21000 r-xp 00001000 fd:00 1234   /usr/bin/banyan
bool parse_line(std::string_view line, MappedRange& range) {
  const std::string_view addresses = take_word(line);
  const std::size_t dash = addresses.find('-');
  if (dash == addresses.npos || !read_hex(addresses.substr(0, dash), range.start) ||
      !read_hex(addresses.substr(dash + 1), range.end)) {
    return false;
  }
  const std::string_view permissions = take_word(line);
  range.executable = permissions.find('x') != permissions.npos;
  range.writable = permissions.find('w') != permissions.npos;
  if (!read_hex(take_word(line), range.offset)) return false;
  take_word(line);  // device
  take_word(line);  // inode
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  range.path = line;
  return range.start < range.end;
}

}  // namespace

std::vector<MappedRange> parse_memory_map(std::string_view text) {
  std::vector<MappedRange> ranges;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    MappedRange range;
    if (parse_line(line, range)) ranges.push_back(std::move(range));
  }
  return ranges;
}

std::vector<MappedRange> read_memory_map() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/maps", "re"), std::fclose);
  std::string text;
  char buffer[16384];
  for (std::size_t n; file != nullptr && (n = std::fread(buffer, 1, sizeof buffer, file.get())) > 0;) {
    text.append(buffer, n);
  }
  return parse_memory_map(text);
}

}  // namespace banyan::profile
