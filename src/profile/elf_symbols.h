// Names of functions and the build id of an ELF file (64 bits, this machine's byte order), read from the file itself.
//
// .symtab has them all where the file was not stripped, else .dynsym those that are exported. Only the tables are read,
// not the code; they are at most kTableBytesMax together. Source: the System V ABI, chapter 4; elf(5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace banyan::profile {

class ElfSymbols {
 public:
  static constexpr std::size_t kTableBytesMax = 256 * 1024 * 1024;

  // Errors: the file cannot be read, or is no such ELF file. A file without symbols is no error. Blocks.
  static Result<ElfSymbols> read(const std::string& path);

  // The function at an offset of the file, demangled; "" where none is known.
  std::string function_at(std::uint64_t file_offset) const;
  const std::string& build_id() const { return build_id_; }
  bool has_functions() const { return !functions_.empty(); }

 private:
  struct Segment {
    std::uint64_t offset;
    std::uint64_t address;
    std::uint64_t bytes;
  };
  struct Function {
    std::uint64_t address;
    std::uint64_t bytes;
    std::uint32_t name;  // offset into names_
  };
  friend class ElfReader;

  std::vector<Segment> segments_;
  std::vector<Function> functions_;  // in order of address
  std::string names_;
  std::string build_id_;
};

// A name of C++ as people write it, without the parameters' templates growing beyond 200 bytes.
std::string demangled(const char* name);

}  // namespace banyan::profile
