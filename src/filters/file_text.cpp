#include "filters/file_text.h"

#include <cerrno>
#include <cstdio>
#include <memory>

namespace banyan {

Result<std::string> read_file_text(const std::string& path, std::size_t bytes_max) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (file == nullptr) return Error::from_errno(errno, path);
  std::string text;
  char buffer[4096];
  std::size_t read = 0;
  while ((read = std::fread(buffer, 1, sizeof buffer, file.get())) > 0) {
    text.append(buffer, read);
    if (text.size() > bytes_max) {
      return Error(ErrorCode::kResourceExhausted, path + " has more than " + std::to_string(bytes_max) + " bytes");
    }
  }
  if (std::ferror(file.get()) != 0) return Error::from_errno(EIO, path);
  return text;
}

}  // namespace banyan
