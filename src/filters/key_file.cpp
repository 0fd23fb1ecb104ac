#include "filters/key_file.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

#include "base/ascii.h"
#include "http/field_id.h"

namespace banyan {
namespace {

bool read_hash(std::string_view text, std::array<std::uint8_t, 32>& hash) {
  if (text.size() != 2 * hash.size()) return false;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    hash[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

std::string_view take_word(std::string_view& line) {
  constexpr std::string_view kSpace = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kSpace));
  line.remove_prefix(word.size());
  return word;
}

}  // namespace

Result<KeyFile> KeyFile::parse(std::string_view text) {
  KeyFile keys;
  const auto wrong = [](std::size_t line, const std::string& what) {
    return Error(ErrorCode::kInvalidArgument, "line " + std::to_string(line) + " of the key file: " + what);
  };
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::string_view name = take_word(line);
    if (name.empty() || name.starts_with('#')) continue;
    Entry entry{std::string(name), {}};
    if (!is_token(name)) return wrong(number, "a name has letters, digits and '-' alone");
    if (!read_hash(take_word(line), entry.hash) || !take_word(line).empty()) {
      return wrong(number, "write a name and the SHA-256 of its key, 64 hex digits (printf %s KEY | sha256sum)");
    }
    for (const Entry& other : keys.entries_) {
      if (other.hash == entry.hash) return wrong(number, "the key of '" + other.name + "' once more");
    }
    if (keys.entries_.size() == kApiKeysMax) return wrong(number, "more than 1000 keys");
    keys.entries_.push_back(std::move(entry));
  }
  if (keys.entries_.empty()) return Error(ErrorCode::kInvalidArgument, "the key file has no key");
  return keys;
}

std::optional<std::string_view> KeyFile::owner(std::string_view key) const {
  Hash hash;
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), hash.data());
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {
    if (CRYPTO_memcmp(entry.hash.data(), hash.data(), hash.size()) == 0) found = &entry;
  }
  if (found == nullptr) return std::nullopt;
  return found->name;
}

}  // namespace banyan
