// What a PHP session holds, read from and written to the two formats of session.serialize_handler: `php` (the default)
// and `php_serialize`. Pure.
//
// What is not understood is written back as it was, byte for byte, wherever nothing before it has changed; the numbers
// that references use are counted anew when it is written. The input is not trusted: depth and the number of values are
// bounded, and no class is ever made alive.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "php_session/php_value.h"

namespace banyan {

enum class PhpSessionFormat : std::uint8_t { kPhp, kPhpSerialize };

inline constexpr std::size_t kPhpSessionBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kPhpSessionDepthMax = 128;
inline constexpr std::size_t kPhpSessionValuesMax = 1'000'000;

class PhpSessionData {
 public:
  // kDataLoss: this is not what PHP writes in that format (the sentence says at which byte), or it passes a limit
  // above.
  static Result<PhpSessionData> parse(std::string_view bytes, PhpSessionFormat format);
  // kInvalidArgument: `php` cannot hold a key with `|` in it, nor one that is an integer.
  Result<std::string> write(PhpSessionFormat format) const;

  // The value under the key, through references; null where there is none. Valid until the next change.
  const PhpValue* get(std::string_view key) const;
  // What a kShared points at; any other value is itself.
  const PhpValue& resolve(const PhpValue& value) const;
  // A key whose value is a PHP reference keeps being one: all its places change, as in PHP. `value` holds no kShared.
  void set(std::string_view key, PhpValue value);
  void erase(std::string_view key);
  const std::vector<PhpEntry>& entries() const { return entries_; }

 private:
  friend class PhpSessionParser;
  std::vector<PhpEntry> entries_;
  std::vector<PhpValue> shared_;
};

}  // namespace banyan
