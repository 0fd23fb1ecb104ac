// Text to Document: a strict RFC 8259 parser.
//
// What the RFC leaves to the parser is refused, as PHP's json_decode does: a byte order mark, bytes that are not UTF-8
// (section 8.1), escapes of lone surrogates (section 8.2). Numbers keep their text, so none is too large. Duplicate
// keys are kept, or refused on request.
//
// One pass over the text without recursion: while a container is open its node remembers its parent, so nesting costs
// no stack. Strings are scanned 16 bytes at a time.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace banyan::json {

// No document is nested deeper, whatever the caller allows: what walks a document may recurse.
inline constexpr std::size_t kDepthCeiling = 1024;

struct ParseOptions {
  std::size_t bytes_max = std::size_t{16} << 20;  // of text; at most 1 GiB
  std::size_t nodes_max = std::size_t{1} << 20;   // values and keys, 16 bytes of memory each
  std::size_t depth_max = 512;                    // containers inside each other; at most kDepthCeiling
  bool refuse_duplicate_keys = false;
};

// The document of `text`, which is copied: it need not outlive the call. Memory: the text, and 16 bytes per node
// (doubling as it grows). Errors: kInvalidArgument for text that is not JSON, kResourceExhausted for a limit; the
// message begins "line 3, column 14 (byte 42): " where column counts characters from 1 and byte from 0.
Result<Document> parse(std::string_view text, const ParseOptions& options = {});

}  // namespace banyan::json
