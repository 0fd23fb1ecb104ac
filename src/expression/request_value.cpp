#include "expression/request_value.h"

#include <algorithm>
#include <array>

namespace banyan {
namespace {

constexpr std::array<std::string_view, 8> kWords = {"header", "cookie", "query", "jwt", "ip", "method", "host", "path"};

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

bool takes_name(ValueKind kind) { return kind < ValueKind::kIp; }

std::string_view kind_word(ValueKind kind) { return kWords[static_cast<std::size_t>(kind)]; }

std::optional<ValueKind> kind_of_word(std::string_view word) {
  const auto found = std::find(kWords.begin(), kWords.end(), word);
  if (found == kWords.end()) return std::nullopt;
  return static_cast<ValueKind>(found - kWords.begin());
}

std::string ValueName::text() const {
  std::string text(kind_word(kind));
  if (takes_name(kind)) text.append(":").append(name);
  return text;
}

Result<ValueName> parse_value_name(std::string_view text) {
  const auto refuse = [&](const std::string& what) {
    return Error(ErrorCode::kInvalidArgument, std::string("'").append(text).append("' ").append(what));
  };
  const std::size_t colon = text.find(':');
  const std::optional<ValueKind> kind = kind_of_word(text.substr(0, colon));
  if (!kind) {
    return refuse(
        "is no value of a request, write header:NAME, cookie:NAME, query:NAME, jwt:CLAIM, ip, method, host or "
        "path");
  }
  const std::string_view name = colon == text.npos ? std::string_view() : text.substr(colon + 1);
  if (!takes_name(*kind)) {
    if (colon == text.npos) return ValueName{*kind, {}};
    return refuse("has a name, write only " + std::string(kind_word(*kind)));
  }
  if (name.empty() || name.size() > kValueNameBytesMax || !is_visible(name)) {
    return refuse("has no usable name, write " + std::string(kind_word(*kind)) +
                  ":NAME with up to 128 visible characters");
  }
  return ValueName{*kind, std::string(name)};
}

}  // namespace banyan
