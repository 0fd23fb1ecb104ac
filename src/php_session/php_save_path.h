// Where PHP's `files` handler keeps sessions: session.save_path as php.ini has it, and the name of a session's file.
//
// "/var/lib/php/sessions", "N;/path" with N levels of folders named by the first N characters of the id, or
// "N;MODE;/path" with the mode of new files in octal (https://www.php.net/manual/en/session.configuration.php). Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace banyan {

inline constexpr std::size_t kPhpSessionIdBytesMax = 256;
inline constexpr unsigned kPhpSavePathDepthMax = 32;

// What PHP takes for an id: 1 to 256 letters, digits, `,` and `-`. Ids come from cookies; no other reaches the disk.
bool is_php_session_id(std::string_view id);

struct PhpSavePath {
  unsigned depth = 0;
  unsigned mode = 0600;
  std::string folder = "/tmp";  // without a slash at the end

  // An empty text is /tmp, as in PHP. kInvalidArgument: what is wrong with it.
  static Result<PhpSavePath> parse(std::string_view text);
  // kInvalidArgument: not an id, or too short for the depth. The message does not tell the id, which is a secret.
  Result<std::string> file_of(std::string_view id) const;
};

}  // namespace banyan
