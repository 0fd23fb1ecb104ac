// Findings that are known and let pass, so that a check of old code fails on what is new.
//
// The problem: lines move with every change, so a baseline of lines goes stale at once. The idea: an entry is a file, a
// code, a message and how many such findings the file may have; where they stand counts for nothing. Of more findings
// than an entry allows the last ones are new. The file is JSON with one entry a line, in order, so that two branches
// merge.
#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "php_findings/finding.h"

namespace banyan::php {

struct BaselineKey {
  std::string file;
  std::string code;
  std::string message;
  friend auto operator<=>(const BaselineKey&, const BaselineKey&) = default;
};

class Baseline {
 public:
  // What was written by text(). Errors say where the text is not understood. At most 1,000,000 entries, 256 MiB.
  static Result<Baseline> parse(std::string_view text);
  // One that lets `findings` pass.
  static Baseline of(std::span<const Finding> findings);

  // Takes out of `findings`, which are sorted, what the baseline allows, and gives how many that were.
  std::size_t apply(std::vector<Finding>& findings) const;
  // The baseline without what `findings` (all of them, before apply) no longer hold: never more than it allowed.
  Baseline pruned(std::span<const Finding> findings) const;

  std::string text() const;
  // Findings allowed in all.
  std::size_t size() const;

 private:
  std::map<BaselineKey, std::size_t> counts_;
};

}  // namespace banyan::php
