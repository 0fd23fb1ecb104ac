// The XXH family of fast hashes, after its specification,
// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md, without a seed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace banyan::php_runtime {

// The sum by "xxh32", "xxh64", "xxh3" or "xxh128", the most significant byte first; nothing for any other name.
std::optional<std::string> xxh_sum(std::string_view name, std::string_view data);

}  // namespace banyan::php_runtime
