// Bodies as they were before they were compressed for the way (RFC 9110 section 8.4).
//
// Two services that agree may compress differently, so bodies are compared uncoded. Gzip, deflate, brotli and zstd,
// alone or several one after the other. The size of what comes out is bounded: a few bytes can stand for gigabytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace banyan {

// `coding` is the value of Content-Encoding, "" for none. Errors: kUnsupported for a coding not known here,
// kInvalidArgument for bytes that are not in it, kResourceExhausted past `bytes_max`.
Result<std::string> decode_body(std::string_view coding, std::string_view body, std::size_t bytes_max);

}  // namespace banyan
