// How often files change, from git's history: what changes often is dear to keep in two languages, so the order of a
// migration depends on it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace banyan::php {

struct FileChurn {
  std::uint32_t commits = 0;
  std::uint64_t lines = 0;  // added and removed
};

using Churn = std::map<std::string, FileChurn, std::less<>>;  // by path, relative to the folder asked about

// Reads the output of `git log --numstat --format=%x01`, in pieces of any size.
class ChurnReader {
 public:
  void feed(std::string_view bytes);
  Churn take() { return std::move(churn_); }

 private:
  void read_line(std::string_view line);

  std::string partial_;
  Churn churn_;
};

// Runs git in the folder. Errors: kNotFound where it is in no repository or there is no git, kDeadlineExceeded where
// the history is too long to be read in that time (git is ended).
Result<Churn> read_churn(const std::string& folder, Duration time_limit);

}  // namespace banyan::php
