// The files are a tar archive, compressed with gzip when the build is configured (CMakeLists.txt).
#include "php_convert/runtime_files.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

namespace banyan::php {

extern const unsigned char kRuntimeArchive[];
extern const std::size_t kRuntimeArchiveBytes;

namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kArchiveBytesMax = std::size_t{32} << 20;

Result<std::string> inflated() {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return Error(ErrorCode::kInternal, "the runtime cannot be unpacked");
  std::string out;
  std::vector<char> buffer(std::size_t{1} << 16);
  stream.next_in = const_cast<unsigned char*>(kRuntimeArchive);
  stream.avail_in = static_cast<unsigned>(kRuntimeArchiveBytes);
  int state = Z_OK;
  while (state == Z_OK && out.size() < kArchiveBytesMax) {
    stream.next_out = reinterpret_cast<unsigned char*>(buffer.data());
    stream.avail_out = static_cast<unsigned>(buffer.size());
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) return Error(ErrorCode::kInternal, "the runtime in this program is damaged");
  return out;
}

// Regular files of a tar archive (POSIX ustar, section "ustar Interchange Format").
std::vector<RuntimeFile> unpacked(const std::string& tar) {
  std::vector<RuntimeFile> out;
  for (std::size_t at = 0; at + kBlock <= tar.size() && tar[at] != '\0';) {
    const std::string name(tar.data() + at, strnlen(tar.data() + at, 100));
    const std::size_t size = std::strtoull(std::string(tar.data() + at + 124, 12).c_str(), nullptr, 8);
    const char type = tar[at + 156];
    at += kBlock;
    if (at + size > tar.size()) break;
    if (type == '0' || type == '\0') out.push_back({name, tar.substr(at, size)});
    at += (size + kBlock - 1) / kBlock * kBlock;
  }
  std::sort(out.begin(), out.end(), [](const RuntimeFile& a, const RuntimeFile& b) { return a.path < b.path; });
  return out;
}

}  // namespace

Result<std::vector<RuntimeFile>> runtime_files() {
  BANYAN_TRY(const std::string tar, inflated());
  return unpacked(tar);
}

std::string_view runtime_builtins() {
  static const std::string table = [] {
    const Result<std::vector<RuntimeFile>> files = runtime_files();
    BANYAN_CHECK(files.ok());
    for (const RuntimeFile& one : *files) {
      if (one.path.ends_with("builtins.tsv")) return one.content;
    }
    return std::string();
  }();
  return table;
}

}  // namespace banyan::php
