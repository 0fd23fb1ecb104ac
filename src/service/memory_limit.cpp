#include "service/memory_limit.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string_view>
#include <vector>

namespace banyan::service {
namespace {

constexpr std::uint64_t kMegabyte = 1024 * 1024;
constexpr std::uint64_t kNoLimitFrom = std::uint64_t{1} << 60;  // v1 writes "none" as the largest multiple of a page
constexpr std::int64_t kMegabytesMax = 1'000'000;

// "" where it cannot be read. Files of /proc say nothing of their length.
std::string read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  std::string text;
  if (file == nullptr) return text;
  char piece[4096];
  for (std::size_t n = 0; (n = std::fread(piece, 1, sizeof piece, file.get())) > 0;) text.append(piece, n);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool has(std::string_view list, std::string_view word) {
  for (const std::string_view part : split(list, ',')) {
    if (part == word) return true;
  }
  return false;
}

void lower(std::optional<std::uint64_t>& least, const std::string& path) {
  const std::string text = read_file(path);
  std::uint64_t bytes = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), bytes).ec != std::errc()) return;  // none, or "max"
  if (bytes < kNoLimitFrom) least = std::min(least.value_or(bytes), bytes);
}

// Where the groups of one layout are mounted, and which of them that is. In a container it is often the process's own.
struct Mount {
  std::string_view group;
  std::string_view path;
};

// mountinfo: id, parent, device, root, mount point, options, optional fields, "-", type, source, super options.
std::optional<Mount> find_mount(std::string_view mountinfo, bool v2) {
  for (const std::string_view line : split(mountinfo, '\n')) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const std::vector<std::string_view> fields = split(line.substr(0, dash), ' ');
    const std::vector<std::string_view> type = split(line.substr(dash + 3), ' ');
    if (fields.size() < 5 || type.size() < 3) continue;
    if (v2 ? type[0] == "cgroup2" : type[0] == "cgroup" && has(type[2], "memory")) return Mount{fields[3], fields[4]};
  }
  return std::nullopt;
}

// cgroup: hierarchy, controllers, path.
std::optional<std::string_view> find_group(std::string_view cgroup, bool v2) {
  for (const std::string_view line : split(cgroup, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    if (v2 ? controllers.empty() : has(controllers, "memory")) return line.substr(second + 1);
  }
  return std::nullopt;
}

void lower_by_layout(std::optional<std::uint64_t>& least, const std::string& root, bool v2) {
  const std::string mountinfo = read_file(root + "/proc/self/mountinfo");
  const std::string cgroup = read_file(root + "/proc/self/cgroup");
  const std::optional<Mount> mount = find_mount(mountinfo, v2);
  std::optional<std::string_view> group = find_group(cgroup, v2);
  if (!mount || !group) return;
  if (mount->group != "/" && group->starts_with(mount->group)) group->remove_prefix(mount->group.size());
  std::string below = *group == "/" ? "" : std::string(*group);
  for (;;) {
    const std::string folder = root + std::string(mount->path) + below;
    if (v2) {
      lower(least, folder + "/memory.max");
      lower(least, folder + "/memory.high");
    } else {
      lower(least, folder + "/memory.limit_in_bytes");
    }
    if (below.empty()) return;
    below.resize(std::min(below.rfind('/'), below.size() - 1));
  }
}

}  // namespace

std::optional<std::uint64_t> control_group_memory(const std::string& root) {
  std::optional<std::uint64_t> least;
  lower_by_layout(least, root, false);
  lower_by_layout(least, root, true);
  return least;
}

Result<MemoryLimit> find_memory_limit(std::optional<std::int64_t> flag_mb, const char* environment_mb,
                                      const std::string& root) {
  if (flag_mb) return MemoryLimit{static_cast<std::uint64_t>(*flag_mb) * kMegabyte, "--memory-mb"};
  if (environment_mb != nullptr) {
    const std::string_view text = environment_mb;
    std::int64_t megabytes = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), megabytes);
    if (error != std::errc() || end != text.data() + text.size() || megabytes < 1 || megabytes > kMegabytesMax) {
      return Error(ErrorCode::kInvalidArgument, "BANYAN_MEMORY_MB is '" + std::string(text) +
                                                    "': it must be a whole number of megabytes from 1 to 1000000");
    }
    return MemoryLimit{static_cast<std::uint64_t>(megabytes) * kMegabyte, "BANYAN_MEMORY_MB"};
  }
  const auto machine =
      static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 4 * 3;
  if (const std::optional<std::uint64_t> group = control_group_memory(root); group && *group / 10 * 9 < machine) {
    return MemoryLimit{*group / 10 * 9, "nine tenths of the control group's"};
  }
  return MemoryLimit{machine, "three quarters of the machine's"};
}

}  // namespace banyan::service
