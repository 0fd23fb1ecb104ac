// Any bytes as a code base of two files that know each other: facts without a crash, the same for two threads, and the
// same from what another project saved.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "php_check/facts_dump.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan::php;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const std::size_t half = source.find("<?php", size / 2);
  std::string saved;
  const auto analyzed = [&](std::size_t threads, bool restored) {
    Project project({.parse = {.depth_max = 200}, .threads = threads});
    if (restored) BANYAN_CHECK(project.restore(saved));
    project.set_file("a.php", std::string(source.substr(0, half)));
    if (half != std::string_view::npos) project.set_file("b.php", std::string(source.substr(half)));
    std::string dump = dump_facts(project.analyze());
    if (restored) BANYAN_CHECK(project.retyped_files().empty() && project.save() == saved);
    saved = project.save();
    return dump;
  };
  const std::string facts = analyzed(1, false);
  BANYAN_CHECK(facts == analyzed(2, false));
  BANYAN_CHECK(facts == analyzed(1, true));
  return 0;
}
