// What a check has to say about a PHP file, and how it may be mended: the one form that rules, facts, the command line
// and the editor server share.
//
// A finding is made with the source at hand (Locator turns offsets into regions) and is complete in itself afterwards:
// writers, baselines and editors need no source. Columns come in bytes, as compilers count, and in UTF-16 code units,
// as SARIF and editors count. Whoever shows findings sorts them first (sort_findings), so that the same input gives the
// same bytes whatever the threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "php_lex/diagnostic.h"

namespace banyan::php {

enum class FindingSeverity : std::uint8_t { kError, kWarning, kNote };

// "error", "warning", "note".
std::string_view severity_name(FindingSeverity severity);

// How much a check says: a finding is shown where its level is at most the one asked for.
inline constexpr int kLevelMax = 5;
inline constexpr int kLevelDefault = 4;

// A stretch of a file. Lines and columns start at 1, the end is exclusive. Line 0 means the file as a whole.
struct Region {
  std::uint32_t offset = 0;  // in bytes from the start of the file
  std::uint32_t length = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;  // in bytes
  std::uint32_t end_line = 0;
  std::uint32_t end_column = 0;
  std::uint32_t unit_column = 0;  // in UTF-16 code units; a byte that is not UTF-8 counts as one
  std::uint32_t end_unit_column = 0;

  friend bool operator==(const Region&, const Region&) = default;
};

// Replaces a region by a text; a region of length 0 inserts.
struct Edit {
  Region region;
  std::string text;
  friend bool operator==(const Edit&, const Edit&) = default;
};

// One way to mend a finding: all of its edits, or none. Edits are in order of offset and do not overlap. A safe fix
// changes no behaviour; an unsafe one wants a look.
struct Fix {
  bool safe = false;
  std::string title;  // "Replace sizeof by count"
  std::vector<Edit> edits;
  friend bool operator==(const Fix&, const Fix&) = default;
};

// A step on the way of a value, for findings that follow one from its source to where it does harm.
struct FindingStep {
  std::string file;
  Region region;
  std::string message;
  friend bool operator==(const FindingStep&, const FindingStep&) = default;
};

struct Finding {
  std::string code;  // stable: "security.sql-concatenation"
  FindingSeverity severity = FindingSeverity::kWarning;
  int level = 0;  // 0 to kLevelMax
  std::string message;
  std::string file;  // relative to where the check was started, with '/'
  Region region;
  std::string hint;     // what to do about it; may be empty
  std::string excerpt;  // the first line of the region without the blanks around it, at most kExcerptBytesMax
  std::vector<Fix> fixes;
  std::vector<FindingStep> flow;  // in the order the value takes; may be empty

  friend bool operator==(const Finding&, const Finding&) = default;
};

inline constexpr std::size_t kExcerptBytesMax = 200;

// What the writers say about a code beyond its findings.
struct CodeInfo {
  std::string code;
  std::string summary;      // one sentence
  std::string explanation;  // paragraphs; may be empty
  std::string category;     // "security"; may be empty
  FindingSeverity severity = FindingSeverity::kWarning;
  int level = 0;
};

// Regions and excerpts of one source, which must outlive it. Building it reads the whole source once.
class Locator {
 public:
  explicit Locator(std::string_view source) : source_(source), lines_(source) {}

  // `offset` + `length` is at most the size of the source.
  Region region(std::uint32_t offset, std::uint32_t length) const;
  std::string excerpt(const Region& region) const;

 private:
  std::uint32_t unit_column(LineColumn at, std::uint32_t offset) const;

  std::string_view source_;
  LineTable lines_;
};

// By file, place, code and message, and without those that say the same twice.
void sort_findings(std::vector<Finding>& findings);

// For each finding 16 hexadecimal digits that stay the same while lines move around it: of file, code, excerpt and how
// many findings equal in these came before it. `findings` are sorted.
std::vector<std::string> fingerprints(std::span<const Finding> findings);

}  // namespace banyan::php
