// What is wrong with a text somebody wrote, and where. Parsers return these instead of failing at the first mistake:
// the reader sees every one at once, each as "file:line:column: what, and what to do".
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace banyan {

// Lines and columns start at 1; columns count bytes, as compilers do. Line 0 means the file as a whole.
struct SourcePosition {
  int line = 0;
  int column = 0;
  friend auto operator<=>(const SourcePosition&, const SourcePosition&) = default;
};

enum class Severity : unsigned char { kError, kWarning };

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string file;
  SourcePosition position;
  std::string message;  // what is wrong: "unknown key 'lisen'"
  std::string hint;     // what to do about it: "did you mean 'listen'?"; may be empty

  // "site.yaml:3:5: unknown key 'lisen', did you mean 'listen'?"; a warning says "warning: " before its sentence.
  std::string text() const;
};

// Collects the diagnostics of one file, at most `count_max` of each severity; what is beyond is only counted.
class Diagnostics {
 public:
  explicit Diagnostics(std::string file, std::size_t count_max = 100) : file_(std::move(file)), count_max_(count_max) {}

  void error(SourcePosition position, std::string message, std::string hint = {});
  void warning(SourcePosition position, std::string message, std::string hint = {});

  bool has_errors() const { return error_count_ > 0; }
  std::size_t error_count() const { return error_count_; }
  std::size_t warning_count() const { return warning_count_; }
  const std::string& file() const { return file_; }

  // In order of position. Where some were left out, the last one says how many.
  std::vector<Diagnostic> sorted() const;

 private:
  void add(Severity severity, SourcePosition position, std::string message, std::string hint);

  std::string file_;
  std::size_t count_max_;
  std::size_t error_count_ = 0;
  std::size_t warning_count_ = 0;
  std::vector<Diagnostic> kept_;  // in order of position
};

// One line of text each, with a final newline.
std::string diagnostics_text(const std::vector<Diagnostic>& diagnostics);

// A JSON array of {"severity","file","line","column","message","hint"}, without a final newline.
std::string diagnostics_json(const std::vector<Diagnostic>& diagnostics);

}  // namespace banyan
