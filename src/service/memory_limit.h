// How much memory a service may hold, found out where it is set: a flag, the environment, the control group it runs in
// (what Docker, Kubernetes and systemd set), or else three quarters of the machine's.
//
// Of a group's limit a tenth is left to what the kernel charges to the group and no process sees as its own: sockets,
// page tables, pages of files. Both layouts are read, v1 (memory.limit_in_bytes) and v2 (memory.max, memory.high), and
// every group from the process's own up to the one that is mounted, as each of them limits what is below it.
// Source: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of the kernel; proc(5), cgroups(7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace banyan::service {

struct MemoryLimit {
  std::uint64_t bytes = 0;
  std::string source;  // as a person is told of it
};

// What the flag says (megabytes, if it was given), else the environment's BANYAN_MEMORY_MB (null if unset), else the
// control group, else the machine. Errors: the environment's value is no such number. `root` goes before each path
// that is read; "" but in tests.
Result<MemoryLimit> find_memory_limit(std::optional<std::int64_t> flag_mb, const char* environment_mb,
                                      const std::string& root = "");

// The least limit of the process's control groups, in bytes. nullopt: there is none.
std::optional<std::uint64_t> control_group_memory(const std::string& root = "");

}  // namespace banyan::service
