// The flags and errors of PHP's JSON functions.
#pragma once

#include <string_view>

#include "php_runtime/builtin.h"

namespace banyan::php_runtime {

inline constexpr Int kJsonHexTag = 1, kJsonHexAmp = 2, kJsonHexApos = 4, kJsonHexQuot = 8, kJsonForceObject = 16,
                     kJsonNumericCheck = 32, kJsonUnescapedSlashes = 64, kJsonPrettyPrint = 128,
                     kJsonUnescapedUnicode = 256, kJsonPartialOutput = 512, kJsonPreserveZero = 1024,
                     kJsonUnescapedLineEnds = 2048, kJsonObjectAsArray = 1, kJsonBigintAsString = 2,
                     kJsonInvalidIgnore = 1 << 20, kJsonInvalidSubstitute = 1 << 21, kJsonThrow = 1 << 22;

enum JsonError {
  kJsonNone,
  kJsonDepth,
  kJsonMismatch,
  kJsonControl,
  kJsonSyntax,
  kJsonUtf8,
  kJsonRecursion,
  kJsonInfinite,
  kJsonUnsupported,
  kJsonPropertyName,
  kJsonUtf16,
  kJsonNonBacked,
};

// What json_last_error() tells.
struct JsonState {
  JsonError last = kJsonNone;
};

std::string_view json_message(JsonError code);
[[noreturn]] void throw_json(JsonError code);

}  // namespace banyan::php_runtime
