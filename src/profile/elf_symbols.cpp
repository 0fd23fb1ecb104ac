#include "profile/elf_symbols.h"

#include <cxxabi.h>
#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace banyan::profile {

class ElfReader {
 public:
  ElfReader(int file, std::string path) : file_(file), path_(std::move(path)) {}
  ~ElfReader() { close(file_); }
  ElfReader(const ElfReader&) = delete;

  Result<ElfSymbols> read() {
    Elf64_Ehdr header{};
    if (!read_at(0, &header, sizeof header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_shentsize != sizeof(Elf64_Shdr) ||
        header.e_phentsize != sizeof(Elf64_Phdr)) {
      return Error(ErrorCode::kUnsupported, path_ + " is no ELF file of 64 bits");
    }
    ElfSymbols symbols;
    read_segments(header, symbols);
    std::vector<Elf64_Shdr> sections(header.e_shnum);
    if (!read_at(header.e_shoff, sections.data(), sections.size() * sizeof(Elf64_Shdr))) return symbols;
    for (std::uint32_t type : {std::uint32_t{SHT_SYMTAB}, std::uint32_t{SHT_DYNSYM}}) {
      if (symbols.functions_.empty()) read_symbols(sections, type, symbols);
    }
    return symbols;
  }

 private:
  bool read_at(std::uint64_t offset, void* into, std::size_t bytes) {
    return pread(file_, into, bytes, static_cast<off_t>(offset)) == static_cast<ssize_t>(bytes);
  }

  void read_segments(const Elf64_Ehdr& header, ElfSymbols& symbols) {
    std::vector<Elf64_Phdr> segments(header.e_phnum);
    if (!read_at(header.e_phoff, segments.data(), segments.size() * sizeof(Elf64_Phdr))) return;
    for (const Elf64_Phdr& segment : segments) {
      if (segment.p_type == PT_LOAD) symbols.segments_.push_back({segment.p_offset, segment.p_vaddr, segment.p_filesz});
      if (segment.p_type == PT_NOTE && segment.p_filesz <= 64 * 1024) read_notes(segment, symbols);
    }
  }

  void read_notes(const Elf64_Phdr& segment, ElfSymbols& symbols) {
    std::string notes(segment.p_filesz, '\0');
    if (!read_at(segment.p_offset, notes.data(), notes.size())) return;
    const auto padded = [](std::uint64_t bytes) { return (bytes + 3) / 4 * 4; };
    for (std::size_t at = 0; at + sizeof(Elf64_Nhdr) <= notes.size();) {
      Elf64_Nhdr note;
      std::memcpy(&note, notes.data() + at, sizeof note);
      const std::uint64_t content = at + sizeof note + padded(note.n_namesz);
      const std::uint64_t end = content + padded(note.n_descsz);
      if (end > notes.size() || end <= at) return;
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
          std::memcmp(notes.data() + at + sizeof note, "GNU", 4) == 0) {
        for (std::size_t i = 0; i < note.n_descsz; ++i) {
          const auto byte = static_cast<unsigned char>(notes[content + i]);
          symbols.build_id_ += "0123456789abcdef"[byte >> 4];
          symbols.build_id_ += "0123456789abcdef"[byte & 15];
        }
      }
      at = end;
    }
  }

  void read_symbols(const std::vector<Elf64_Shdr>& sections, std::uint32_t type, ElfSymbols& symbols) {
    const auto table = std::find_if(sections.begin(), sections.end(),
                                    [type](const Elf64_Shdr& section) { return section.sh_type == type; });
    if (table == sections.end() || table->sh_link >= sections.size()) return;
    const Elf64_Shdr& names = sections[table->sh_link];
    if (table->sh_size + names.sh_size > ElfSymbols::kTableBytesMax) return;
    std::vector<Elf64_Sym> all(table->sh_size / sizeof(Elf64_Sym));
    symbols.names_.resize(names.sh_size);
    if (!read_at(table->sh_offset, all.data(), all.size() * sizeof(Elf64_Sym)) ||
        !read_at(names.sh_offset, symbols.names_.data(), names.sh_size)) {
      return;
    }
    for (const Elf64_Sym& symbol : all) {
      const bool function = ELF64_ST_TYPE(symbol.st_info) == STT_FUNC || ELF64_ST_TYPE(symbol.st_info) == STT_GNU_IFUNC;
      if (!function || symbol.st_shndx == SHN_UNDEF || symbol.st_name >= names.sh_size) continue;
      symbols.functions_.push_back({symbol.st_value, symbol.st_size, symbol.st_name});
    }
    std::sort(symbols.functions_.begin(), symbols.functions_.end(),
              [](const auto& a, const auto& b) { return a.address < b.address; });
  }

  int file_;
  std::string path_;
};

Result<ElfSymbols> ElfSymbols::read(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Error::from_errno(errno, path);
  return ElfReader(file, path).read();
}

std::string ElfSymbols::function_at(std::uint64_t file_offset) const {
  const auto segment = std::find_if(segments_.begin(), segments_.end(), [file_offset](const Segment& one) {
    return file_offset >= one.offset && file_offset - one.offset < one.bytes;
  });
  if (segment == segments_.end()) return "";
  const std::uint64_t address = file_offset - segment->offset + segment->address;
  auto next = std::upper_bound(functions_.begin(), functions_.end(), address,
                               [](std::uint64_t value, const Function& one) { return value < one.address; });
  if (next == functions_.begin()) return "";
  const Function& function = *--next;
  // Code written in assembly often has no size.
  if (function.bytes != 0 && address - function.address >= function.bytes) return "";
  const char* const name = names_.data() + function.name;
  if (std::memchr(name, '\0', names_.size() - function.name) == nullptr) return "";
  return demangled(name);
}

std::string demangled(const char* name) {
  constexpr std::size_t kBytesMax = 200;
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
  std::string out = status == 0 && text != nullptr ? text.get() : name;
  if (out.size() > kBytesMax) out = out.substr(0, kBytesMax - 3) + "...";
  return out;
}

}  // namespace banyan::profile
