// What unicode_text_tables.h holds, read where it is first asked for. Its form is in runtimes/go/unicode.php.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace banyan::php_runtime {

// Runs of characters that have a value in common.
class RuneRuns {
 public:
  // `table` must outlive it; `valued` says whether its runs have values, which are 0 otherwise.
  RuneRuns(std::string_view table, bool valued);
  bool has(std::uint32_t rune) const { return find(rune) != nullptr; }
  // 0 where no run has it.
  int value(std::uint32_t rune) const;

 private:
  struct Run {
    std::uint32_t first, last;
    int value;
  };
  const Run* find(std::uint32_t rune) const;

  std::vector<Run> runs_;
};

// What stands for a character, and its mark.
struct RuneReplacement {
  std::vector<std::uint32_t> text;
  bool is_marked = false;
};

std::unordered_map<std::uint32_t, RuneReplacement> read_rune_texts(std::string_view table);

}  // namespace banyan::php_runtime
