// Files that are part of the program: tables, pages, the runtime of converted code. They are compressed when the build
// is configured (cmake/banyan_embed.cmake) and unpacked by whoever needs them, once.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace banyan {

// Files behind their index, compressed with brotli; lives as long as the program.
struct EmbeddedArchive {
  std::span<const unsigned char> bytes;
  std::size_t unpacked = 0;  // bytes
};

struct EmbeddedFile {
  std::string path;  // relative to the folder it was packed from
  std::string content;
};

// What gzip compressed into `bytes`. Ends the program where its own bytes cannot be read, as all of this does.
std::string unpack_gzip(std::span<const unsigned char> bytes);

// Every file, in order of path.
std::vector<EmbeddedFile> unpack_archive(const EmbeddedArchive& archive);

// The content of the file with that path, taken out of `files`; it must be there.
std::string take_file(std::vector<EmbeddedFile>& files, std::string_view path);

}  // namespace banyan
