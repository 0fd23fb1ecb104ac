// What a file's text tells about likely inputs: its literals, and the arguments that its calls of functions have, those
// that rows of a data provider stand for included.
//
// Only literals count: numbers, strings, true, false, null, and arrays of such. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "php_parse/parse.h"
#include "php_verify/value.h"

namespace banyan::php {

struct SeedCall {
  std::string name;  // of the function or method, in lower case, without namespace or class
  std::vector<InputValue> arguments;
};

struct FileSeeds {
  static constexpr std::size_t kLiteralsMax = 20'000;
  static constexpr std::size_t kCallsMax = 20'000;
  std::vector<std::pair<std::uint32_t, InputValue>> literals;  // with their offsets in the file, in order
  std::vector<SeedCall> calls;
};

FileSeeds find_seeds(const SyntaxTree& tree, std::string_view source);

}  // namespace banyan::php
