// What a reader has to say about a file: where, a stable code, and one sentence.
//
// The contract of the whole front end is one diagnostic or more if and only if `php -l` of the version that is read for
// refuses the file. There are therefore no warnings here: what PHP accepts, nobody complains about at this level.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace banyan::php {

struct Diagnostic {
  std::uint32_t offset = 0;  // first byte of what is wrong
  std::uint32_t length = 0;  // bytes; may be 0, as at the end of the file
  const char* code = "";     // stable, such as "parse.unexpected-token"; a string literal
  std::string message;       // one sentence without a final stop
};

// What is beyond these is left out: a file may be all errors, and memory stays bounded.
inline constexpr std::size_t kDiagnosticsMax = 1000;

struct LineColumn {
  std::uint32_t line = 1;    // from 1
  std::uint32_t column = 1;  // from 1, in bytes
};

// Turns offsets into lines and columns. A line ends with \n, \r\n or a \r alone, as in PHP. Building it reads the whole
// text once; `text` is not kept.
class LineTable {
 public:
  explicit LineTable(std::string_view text);
  // For any offset up to and including the size of the text.
  LineColumn at(std::uint32_t offset) const;

 private:
  std::vector<std::uint32_t> starts_;
};

}  // namespace banyan::php
