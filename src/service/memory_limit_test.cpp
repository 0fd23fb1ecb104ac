#include "service/memory_limit.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace banyan::service {
namespace {

namespace fs = std::filesystem;

// A machine's /proc and /sys, as far as they tell of control groups.
class MemoryLimits : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "banyan-memory-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  void v2(const std::string& group, const std::string& mounted_root = "/") {
    write("/proc/self/cgroup", "0::" + group + "\n");
    write("/proc/self/mountinfo", "22 1 0:20 / /proc rw - proc proc rw\n31 23 0:28 " + mounted_root +
                                      " /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
  }
  void v1(const std::string& group, const std::string& mounted_root = "/") {
    write("/proc/self/cgroup", "5:cpu,cpuacct:/cpu\n4:memory:" + group + "\n0::/\n");
    write("/proc/self/mountinfo", "33 31 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n35 31 0:32 " +
                                      mounted_root + " /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n");
  }

  std::string root_;
};

TEST_F(MemoryLimits, OfVersion2IsTheLeastOfAllGroupsAbove) {
  v2("/pods/shop/web");
  write("/sys/fs/cgroup/pods/shop/web/memory.max", "max\n");
  EXPECT_EQ(control_group_memory(root_), std::nullopt);
  write("/sys/fs/cgroup/pods/shop/memory.max", "300000000\n");
  write("/sys/fs/cgroup/pods/memory.max", "200000000\n");
  EXPECT_EQ(control_group_memory(root_), 200'000'000U);
  write("/sys/fs/cgroup/pods/shop/web/memory.high", "100000000\n");  // beyond it the kernel makes the group slow
  EXPECT_EQ(control_group_memory(root_), 100'000'000U);
}

TEST_F(MemoryLimits, OfVersion1TheLargestNumberIsNone) {
  v1("/docker/abc");
  write("/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(control_group_memory(root_), std::nullopt);
  write("/sys/fs/cgroup/memory/docker/memory.limit_in_bytes", "268435456\n");
  EXPECT_EQ(control_group_memory(root_), 268'435'456U);
}

TEST_F(MemoryLimits, InAContainerItsOwnGroupIsWhatIsMounted) {
  v1("/docker/abc", "/docker/abc");
  write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "134217728\n");
  EXPECT_EQ(control_group_memory(root_), 134'217'728U);
  v2("/");
  write("/sys/fs/cgroup/memory.max", "67108864\n");
  EXPECT_EQ(control_group_memory(root_), 67'108'864U);
}

TEST_F(MemoryLimits, TheFlagGoesBeforeTheEnvironmentAndThatBeforeTheGroup) {
  v2("/a");
  write("/sys/fs/cgroup/a/memory.max", "104857600\n");
  EXPECT_EQ(find_memory_limit(64, "32", root_)->bytes, 64U << 20);
  EXPECT_EQ(find_memory_limit(64, "32", root_)->source, "--memory-mb");
  EXPECT_EQ(find_memory_limit(std::nullopt, "32", root_)->bytes, 32U << 20);
  EXPECT_EQ(find_memory_limit(std::nullopt, nullptr, root_)->bytes, 94'371'840U) << "nine tenths";
  fs::remove_all(root_ + "/sys");
  const MemoryLimit machine = *find_memory_limit(std::nullopt, nullptr, root_);
  EXPECT_GT(machine.bytes, 64U << 20);
  EXPECT_EQ(machine.source, "three quarters of the machine's");
}

TEST_F(MemoryLimits, AnEnvironmentThatIsNoNumberIsRefused) {
  for (const char* text : {"", "0", "-1", "64MB", "1000001", "99999999999999999999"}) {
    const Result<MemoryLimit> limit = find_memory_limit(std::nullopt, text, root_);
    ASSERT_FALSE(limit.ok()) << text;
    EXPECT_NE(limit.error().message().find("BANYAN_MEMORY_MB is '" + std::string(text) + "'"), std::string::npos);
  }
}

}  // namespace
}  // namespace banyan::service
