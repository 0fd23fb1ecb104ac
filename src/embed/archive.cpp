#include "embed/archive.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/check.h"

namespace banyan {

namespace {

constexpr std::size_t kBlock = 512;
constexpr int kGzip = 15 + 16;  // inflateInit2(): the largest window, a gzip header

}  // namespace

std::string unpack_gzip(std::span<const unsigned char> bytes) {
  z_stream stream{};
  BANYAN_CHECK(inflateInit2(&stream, kGzip) == Z_OK);
  // The last four bytes of gzip are the length of what was compressed (RFC 1952, 2.3.1).
  BANYAN_CHECK(bytes.size() > 18);
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data() + bytes.size() - sizeof length, sizeof length);
  std::string out(length, '\0');
  stream.next_in = const_cast<unsigned char*>(bytes.data());
  stream.avail_in = static_cast<unsigned>(bytes.size());
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = length;
  const int state = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  BANYAN_CHECK(state == Z_STREAM_END && stream.avail_out == 0);
  return out;
}

// Regular files of a tar archive (POSIX pax, "ustar Interchange Format").
std::vector<EmbeddedFile> unpack_archive(const EmbeddedArchive& archive) {
  const std::string tar = unpack_gzip(archive.bytes);
  std::vector<EmbeddedFile> out;
  for (std::size_t at = 0; at + kBlock <= tar.size() && tar[at] != '\0';) {
    std::string name(tar.data() + at, strnlen(tar.data() + at, 100));
    const std::size_t size = std::strtoull(std::string(tar.data() + at + 124, 12).c_str(), nullptr, 8);
    const char type = tar[at + 156];
    at += kBlock;
    BANYAN_CHECK(size <= tar.size() - at);
    if (type == '0' || type == '\0') out.push_back({std::move(name), tar.substr(at, size)});
    at += (size + kBlock - 1) / kBlock * kBlock;
  }
  std::sort(out.begin(), out.end(), [](const EmbeddedFile& a, const EmbeddedFile& b) { return a.path < b.path; });
  return out;
}

std::string take_file(std::vector<EmbeddedFile>& files, std::string_view path) {
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& one) { return one.path == path; });
  BANYAN_CHECK(found != files.end());
  return std::move(found->content);
}

}  // namespace banyan
