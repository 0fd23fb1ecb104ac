// Which content coding an answer gets: RFC 9110 section 12.5.3. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "http/fields.h"

namespace banyan {

enum class Coding : std::uint8_t { kGzip, kBrotli, kZstd };

// "gzip", "br", "zstd".
std::string_view coding_name(Coding coding);
std::optional<Coding> coding_named(std::string_view name);

// Of those offered the one the client likes best; of several it likes as much the one offered first. Nothing where it
// accepts none, likes the answer as it is better than any, or says nothing: a client that sends no Accept-Encoding may
// understand none.
std::optional<Coding> choose_coding(const Fields& request, const std::vector<Coding>& offered);

}  // namespace banyan
