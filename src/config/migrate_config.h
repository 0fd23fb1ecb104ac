// A route that moves from one cluster to another on evidence, as the configuration says it. See docs/migrate.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "answers/answer_comparer.h"
#include "base/clock.h"
#include "base/diagnostic.h"

namespace banyan {

struct MigrateMirrorConfig {
  std::int64_t hundredths = 10'000;  // of the requests that can be compared
  Duration timeout = std::chrono::seconds(1);
};

// One header as it is sent; no name: none.
struct HeaderConfig {
  std::string name;
  std::string value;
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
  HeaderConfig sandbox;                 // of copies: what carries it changes nothing
};

struct LedgerConfig {
  SourcePosition position;
  std::string file;  // path
  Duration samples_keep = std::chrono::hours(7 * 24);
  std::vector<std::string> mask;  // JSON paths, and "header:NAME"
};

}  // namespace banyan
