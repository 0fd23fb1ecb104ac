#include "php_cli/run_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace banyan {

namespace {

constexpr std::size_t kFileBytesMax = std::size_t{256} << 20;
constexpr unsigned long long kFolderBytesMax = 1ULL << 30;
constexpr std::size_t kFilesMax = 64;
constexpr std::size_t kChecksumBytes = 16;
constexpr std::string_view kSuffix = ".cache";

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

// In bytes that do not depend on the machine's order.
std::string hash_of(std::string_view bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  return std::string(reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest);
}

std::string hexadecimal(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

// Of the running program's own bytes: two builds never take each other's files.
std::string program_hash() {
  const Descriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!file.is_open() || fstat(file.number(), &status) != 0 || status.st_size <= 0) return {};
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const bytes = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file.number(), 0);
  if (bytes == MAP_FAILED) return {};
  std::string hash = hash_of({static_cast<const char*>(bytes), size});
  munmap(bytes, size);
  return hash;
}

std::string cache_home() {
  const char* const given = std::getenv("XDG_CACHE_HOME");
  if (given != nullptr && given[0] == '/') return given;
  const char* const home = std::getenv("HOME");
  return home != nullptr && home[0] == '/' ? std::string(home) + "/.cache" : std::string();
}

bool make_folders(const std::string& folder) {
  for (std::size_t at = folder.find('/', 1); at != std::string::npos; at = folder.find('/', at + 1)) {
    mkdir(folder.substr(0, at).c_str(), 0700);
  }
  return mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

struct KeptFile {
  std::string path;
  long long seconds = 0;
  unsigned long long bytes = 0;
};

// Takes away what was not used for the longest time until the folder is within its bounds. A file that is being
// written has another ending for as long; one that a crash left behind counts like any other.
void trim(const std::string& folder) {
  DIR* const entries = opendir(folder.c_str());
  if (entries == nullptr) return;
  std::vector<KeptFile> files;
  unsigned long long total = 0;
  while (const dirent* const entry = readdir(entries)) {
    const std::string path = folder + "/" + entry->d_name;
    struct stat status{};
    if (lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    files.push_back({path, status.st_mtim.tv_sec, static_cast<unsigned long long>(status.st_size)});
    total += files.back().bytes;
  }
  closedir(entries);
  std::sort(files.begin(), files.end(), [](const KeptFile& a, const KeptFile& b) {
    return a.seconds != b.seconds ? a.seconds < b.seconds : a.path < b.path;
  });
  for (std::size_t i = 0; i < files.size() && (total > kFolderBytesMax || files.size() - i > kFilesMax); ++i) {
    unlink(files[i].path.c_str());
    total -= files[i].bytes;
  }
}

}  // namespace

Option no_cache_option() { return {.name = "no-cache", .about = "neither use nor keep what an earlier run learnt"}; }

RunCache RunCache::open(std::span<const std::string> key) {
  RunCache cache;
  const std::string home = cache_home();
  const std::string program = program_hash();
  if (home.empty() || program.empty()) return cache;
  std::string all = program;
  for (const std::string& one : key) all += std::to_string(one.size()) + ":" + one;
  cache.folder_ = home + "/banyan/php";
  cache.path_ = cache.folder_ + "/" + hexadecimal(hash_of(all)) + std::string(kSuffix);
  return cache;
}

std::optional<std::string> RunCache::load() const {
  if (path_.empty()) return std::nullopt;
  const Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!file.is_open() || fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  if (status.st_size < static_cast<off_t>(kChecksumBytes) || status.st_size > static_cast<off_t>(kFileBytesMax)) {
    return std::nullopt;
  }
  char checksum[kChecksumBytes];
  if (pread(file.number(), checksum, sizeof checksum, 0) != static_cast<ssize_t>(sizeof checksum)) return std::nullopt;
  std::string bytes;
  const std::size_t size = static_cast<std::size_t>(status.st_size) - kChecksumBytes;
  bytes.resize_and_overwrite(size, [&](char* to, std::size_t) {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t n = pread(file.number(), to + done, size - done, static_cast<off_t>(done + kChecksumBytes));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  });
  if (bytes.size() != size) return std::nullopt;
  if (hash_of(bytes) != std::string_view(checksum, sizeof checksum)) return std::nullopt;
  futimens(file.number(), nullptr);
  return bytes;
}

void RunCache::save(std::string_view bytes) const {
  if (path_.empty() || bytes.empty() || bytes.size() > kFileBytesMax - kChecksumBytes) return;
  if (!make_folders(folder_)) return;
  std::string partial = path_ + ".XXXXXX";
  const Descriptor file(mkostemp(partial.data(), O_CLOEXEC));
  if (!file.is_open()) return;
  const bool written = write_all(file.number(), hash_of(bytes)) && write_all(file.number(), bytes);
  if (!written || rename(partial.c_str(), path_.c_str()) != 0) {
    unlink(partial.c_str());
    return;
  }
  trim(folder_);
}

}  // namespace banyan
