// Evaluates all functions from the leaves of the call graph up, and again only what may have changed. Private.
//
// Components of one level do not call each other, so they are evaluated side by side. A function sees the summaries of
// its own component and of lower levels only, whatever was evaluated meanwhile: so the order of threads shows nowhere.
//
// A summary, and with it the types of the function's expressions, is kept while its file is the same, no symbol that
// the function names has changed, and the summaries that it asked for are as they were. When files come or go all is
// evaluated anew.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "php_check/components.h"
#include "php_check/evaluator.h"

namespace banyan::php {

// The files as text, in the order of FileId, and their trees as they are needed.
class ParsedFiles {
 public:
  ParsedFiles(std::vector<std::string_view> sources, ParseOptions options);
  // Gives a tree that is there already.
  void adopt(std::size_t file, std::unique_ptr<ParsedFile> parsed);
  const ParsedFile& at(FileId file);
  std::string_view source(FileId file) const { return sources_[file.value]; }

 private:
  std::vector<std::string_view> sources_;
  ParseOptions options_;
  std::vector<std::unique_ptr<ParsedFile>> parsed_;
  std::vector<std::once_flag> once_;
};

using SummaryPointer = std::shared_ptr<const Summary>;

// What is kept from one analysis to the next.
struct EvaluationCache {
  std::vector<std::string> paths;
  std::vector<std::shared_ptr<const FileDeclarations>> declarations;
  std::vector<std::vector<SummaryPointer>> summaries;  // by file and function in it
  std::vector<FileId> renewed;                         // what the last evaluation looked at again
};

class Evaluation {
 public:
  Evaluation(const Facts& facts, const Components& components, ParsedFiles& files, std::size_t threads);
  // Uses the cache and puts what is now known into it.
  void run(EvaluationCache& cache);
  const Summary* at(FunctionId function) const { return summaries_[function.value].get(); }

 private:
  class View;
  void find_kept(const EvaluationCache& cache);
  void find_changed_names(const EvaluationCache& cache);
  void add_descendants();
  bool names_changed(const FunctionDeclaration& declared) const;
  void evaluate_component(std::uint32_t component);
  bool is_stale(FunctionId function) const;
  SummaryPointer evaluate(FunctionId function, const View& view);
  std::vector<FileId> renewed_files() const;

  static constexpr int kRoundsMax = 4;

  const Facts& facts_;
  const Components& components_;
  ParsedFiles& files_;
  std::size_t threads_;
  std::vector<SummaryPointer> summaries_;
  std::vector<SummaryPointer> kept_;    // from the cache, where its own file and names are the same
  std::vector<unsigned char> changed_;  // by function: its summary is not what it was
  std::unordered_set<std::string> changed_names_;
};

}  // namespace banyan::php
