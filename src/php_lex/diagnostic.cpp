#include "php_lex/diagnostic.h"

#include <algorithm>

namespace banyan::php {

LineTable::LineTable(std::string_view text) {
  starts_.push_back(0);
  const bool has_returns = text.find('\r') != text.npos;
  const auto next_end = [text, has_returns](std::size_t from) {
    if (!has_returns) return text.find('\n', from);  // far quicker than looking for either
    const std::size_t end = text.find_first_of("\r\n", from);
    return end != text.npos && text.substr(end, 2) == "\r\n" ? end + 1 : end;
  };
  for (std::size_t end = next_end(0); end != text.npos; end = next_end(end + 1)) {
    starts_.push_back(static_cast<std::uint32_t>(end + 1));
  }
}

LineColumn LineTable::at(std::uint32_t offset) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<std::uint32_t>(next - starts_.begin());
  return {line, offset - starts_[line - 1] + 1};
}

}  // namespace banyan::php
