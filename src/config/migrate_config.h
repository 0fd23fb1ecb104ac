// A route that moves from one cluster to another on evidence, as the configuration says it. See docs/migrate.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "answers/answer_comparer.h"
#include "base/clock.h"
#include "base/diagnostic.h"

namespace banyan {

struct MigrateMirrorConfig {
  std::int64_t hundredths = 10'000;  // of the requests that can be compared
  Duration timeout = std::chrono::seconds(1);
};

// A header or a parameter of the query as it is sent; no name: none.
struct FlagConfig {
  std::string name;
  std::string value;
};

// What keeps copies from changing anything that lasts.
struct SandboxConfig {
  SourcePosition position;  // of `cluster`
  FlagConfig header;        // of every copy: neither side does anything lasting for it
  FlagConfig query;         // likewise
  std::string cluster;      // gets the new side's copies in place of `to`; "": none

  bool given() const { return !header.name.empty() || !query.name.empty() || !cluster.empty(); }
  // Whether the old side must get no copies, since nothing would tell it that they are.
  bool new_side_alone() const { return !cluster.empty() && header.name.empty() && query.name.empty(); }
};

struct MigrateConfig {
  SourcePosition position;
  std::string from;
  std::string to;  // another cluster
  MigrateMirrorConfig mirror;
  AnswerRules compare;
  std::int64_t mismatch_bound_hundredths = 10;                    // at least 1, below 100%
  std::vector<std::int64_t> steps = {500, 2'500, 5'000, 10'000};  // in hundredths of a percent; rising, the last is all
  Duration hold = std::chrono::minutes(10);
  std::string build_header;             // of answers; empty: builds are not known
  std::int64_t noise_hundredths = 200;  // of comparisons for which the old side is asked twice
  SandboxConfig sandbox;
  std::vector<std::string> testers;  // colours of requests that the new side answers, whatever its share

  bool is_tester(std::string_view colour) const;
};

struct LedgerConfig {
  SourcePosition position;
  std::string file;  // path
  Duration samples_keep = std::chrono::hours(7 * 24);
  std::vector<std::string> mask;  // JSON paths, and "header:NAME"
};

}  // namespace banyan
