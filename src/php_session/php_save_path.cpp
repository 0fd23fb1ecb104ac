#include "php_session/php_save_path.h"

#include <algorithm>
#include <charconv>

namespace banyan {
namespace {

Result<unsigned> number(std::string_view text, int base, unsigned max, const char* what) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error == std::errc() && end == text.data() + text.size() && value <= max) return value;
  return Error(ErrorCode::kInvalidArgument, "session.save_path: " + std::string(what) + ", not '" + std::string(text) +
                                                "'; write /path, N;/path or N;MODE;/path");
}

}  // namespace

bool is_php_session_id(std::string_view id) {
  return !id.empty() && id.size() <= kPhpSessionIdBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ',' || c == '-';
  });
}

Result<PhpSavePath> PhpSavePath::parse(std::string_view text) {
  PhpSavePath path;
  const std::size_t first = text.find(';');
  if (first != std::string_view::npos) {
    BANYAN_TRY(path.depth, number(text.substr(0, first), 10, kPhpSavePathDepthMax, "the depth is a number up to 32"));
    text.remove_prefix(first + 1);
    const std::size_t second = text.find(';');
    if (second != std::string_view::npos) {
      BANYAN_TRY(path.mode, number(text.substr(0, second), 8, 0777, "the mode is octal and at most 777"));
      text.remove_prefix(second + 1);
    }
  }
  if (text.find('\0') != std::string_view::npos) {
    return Error(ErrorCode::kInvalidArgument, "session.save_path: there is a zero byte in it");
  }
  if (!text.empty()) path.folder = text;
  while (path.folder.size() > 1 && path.folder.back() == '/') path.folder.pop_back();
  return path;
}

Result<std::string> PhpSavePath::file_of(std::string_view id) const {
  if (!is_php_session_id(id) || id.size() <= depth) {
    return Error(ErrorCode::kInvalidArgument, "php session: this is not an id of a session");
  }
  std::string path = folder;
  for (unsigned i = 0; i < depth; ++i) path.append("/").push_back(id[i]);
  return path.append("/sess_").append(id);
}

}  // namespace banyan
