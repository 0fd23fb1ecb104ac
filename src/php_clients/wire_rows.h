// Rows as a server sent them, one after the other in one piece of memory. They are taken apart when the script asks for
// them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace banyan::php_runtime {

class WireRows {
 public:
  // What the rows of one answer may take, as memory_limit would bound it; each row counts for its place, too.
  static constexpr std::size_t kBytesMax = std::size_t{128} << 20;
  static std::size_t bytes_of(std::string_view row) { return row.size() + sizeof(std::size_t); }

  void add(std::string_view row) {
    bytes_.append(row);
    ends_.push_back(bytes_.size());
  }
  std::size_t count() const { return ends_.size(); }
  std::string_view row(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(bytes_).substr(begin, ends_[i] - begin);
  }

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

}  // namespace banyan::php_runtime
