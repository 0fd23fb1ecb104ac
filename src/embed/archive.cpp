#include "embed/archive.h"

#include <brotli/decode.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/check.h"

namespace banyan {

namespace {

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

// The index is a line "BYTES PATH" for each file and ends at an empty one (cmake/banyan_embed.cmake).
std::vector<EmbeddedFile> unpack_archive(const EmbeddedArchive& archive) {
  std::string text(archive.unpacked, '\0');
  std::size_t length = text.size();
  BANYAN_CHECK(BrotliDecoderDecompress(archive.bytes.size(), archive.bytes.data(), &length,
                                       reinterpret_cast<std::uint8_t*>(text.data())) == BROTLI_DECODER_RESULT_SUCCESS);
  BANYAN_CHECK(length == text.size());
  std::size_t begin = text.find("\n\n");
  BANYAN_CHECK(begin != text.npos);
  begin += 2;
  std::vector<EmbeddedFile> out;
  for (char* at = text.data(); *at != '\n';) {
    const std::size_t bytes = std::strtoull(at, &at, 10);
    char* const end = std::strchr(at, '\n');
    BANYAN_CHECK(*at == ' ' && end != nullptr && bytes <= text.size() - begin);
    out.push_back({std::string(at + 1, end), text.substr(begin, bytes)});
    begin += bytes;
    at = end + 1;
  }
  return out;
}

std::string take_file(std::vector<EmbeddedFile>& files, std::string_view path) {
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& one) { return one.path == path; });
  BANYAN_CHECK(found != files.end());
  return std::move(found->content);
}

}  // namespace banyan
