// Runs a fuzzer once over every file of the folders and files named on the command line, so that each corpus is also a
// plain test in every build. The folder must exist and hold at least one file: an empty corpus tests nothing.
#include <dirent.h>
#include <sys/stat.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

bool run_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  std::vector<std::uint8_t> bytes;
  std::uint8_t buffer[65536];
  std::size_t n;
  while ((n = std::fread(buffer, 1, sizeof buffer, file)) > 0) bytes.insert(bytes.end(), buffer, buffer + n);
  std::fclose(file);
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  return true;
}

int run_path(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return 0;
  if (!S_ISDIR(status.st_mode)) return run_file(path) ? 1 : 0;
  int count = 0;
  DIR* folder = opendir(path.c_str());
  while (dirent* entry = folder != nullptr ? readdir(folder) : nullptr) {
    if (entry->d_name[0] != '.') count += run_path(path + "/" + entry->d_name);
  }
  if (folder != nullptr) closedir(folder);
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  int count = 0;
  for (int i = 1; i < argc; ++i) count += run_path(argv[i]);
  std::printf("%d corpus files\n", count);
  return count > 0 ? 0 : 1;
}
