// Any bytes as a code base of two files that know each other: facts without a crash, and the same for two threads.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "php_check/facts_dump.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan::php;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const std::size_t half = source.find("<?php", size / 2);
  const auto analyzed = [&](std::size_t threads) {
    Project project({.parse = {.depth_max = 200}, .threads = threads});
    project.set_file("a.php", std::string(source.substr(0, half)));
    if (half != std::string_view::npos) project.set_file("b.php", std::string(source.substr(half)));
    return dump_facts(project.analyze());
  };
  BANYAN_CHECK(analyzed(1) == analyzed(2));
  return 0;
}
