// Evaluates all functions from the leaves of the call graph up, and again only what may have changed. Private.
//
// Components of one level do not call each other, so they are evaluated side by side. A function sees the summaries of
// its own component and of lower levels only, whatever was evaluated meanwhile: so the order of threads shows nowhere.
//
// A summary, and with it the types of the function's expressions, is kept while its file is the same, no symbol that
// the function names has changed, and the summaries that it asked for are as they were. When files come or go all is
// evaluated anew. Files that an earlier run saved are woken (archived_facts.h) where that is not so.
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

// A function by its file's place in the list of all files, and its own among the file's functions.
struct FunctionPlace {
  std::uint32_t file = 0;
  std::uint32_t index = 0;
};

class SleepingFile;  // archived_facts.h

// What is kept from one analysis to the next, by file.
struct EvaluationCache {
  std::vector<std::string> paths;
  std::vector<std::shared_ptr<const FileDeclarations>> declarations;
  std::vector<std::shared_ptr<SleepingFile>> restored;           // it holds what stands below; none elsewhere
  std::vector<std::vector<SummaryPointer>> summaries;            // of its functions
  std::vector<std::vector<std::vector<FunctionPlace>>> callees;  // of its functions, as the declarations alone tell
  std::vector<FileId> renewed;                                   // what the last evaluation looked at again
  std::vector<FileId> moved;                                     // whose callees have other places than before it

  // Wakes the file.
  const SummaryPointer& summary(std::uint32_t file, std::uint32_t index) const;
  const std::vector<std::vector<FunctionPlace>>& callees_of(std::size_t file) const;
};

// prepare(), then the call graph is made, then run().
class Evaluation {
 public:
  Evaluation(const Facts& facts, const Components& components, ParsedFiles& files, std::size_t threads,
             EvaluationCache& cache);
  // Finds out what a change may concern, once the symbols are linked, and wakes those files.
  void prepare();
  // Of a function whose file sleeps; none where its calls are there to be resolved.
  const std::vector<FunctionPlace>* known_callees(const FunctionInfo& function) const;
  // Uses the cache and puts what is now known into it.
  void run();

  // After run().
  const Summary* at(FunctionId function) const;
  // Whether a function of the file may have flows: to look wakes it.
  bool may_have_flows(FileId file) const;

 private:
  class View;
  enum class From : unsigned char { kNowhere, kCache, kHere };  // where the summary of a function is, if there is one

  bool is_same(std::size_t file) const;
  void find_changed_names();
  void add_relatives(const FileDeclarations& file);
  void add_members(ClassId id);
  void add_descendants();
  void find_moved();
  bool names_changed(const FunctionDeclaration& declared) const;
  void find_kept();
  const Summary& kept(FunctionId function) const;
  void evaluate_component(std::uint32_t component);
  bool is_stale(FunctionId function) const;
  SummaryPointer evaluate(FunctionId function, const View& view);
  EvaluationCache next_cache() const;

  static constexpr int kRoundsMax = 4;

  const Facts& facts_;
  const Components& components_;
  ParsedFiles& files_;
  std::size_t threads_;
  EvaluationCache& cache_;
  bool same_files_ = false;
  std::unordered_set<std::string> changed_names_;
  std::vector<FileId> moved_;
  std::vector<unsigned char> sleeps_;  // by file: it did when the calls were resolved
  // By function.
  std::vector<unsigned char> is_kept_;  // its own file and names are the same: what the cache has may be right
  std::vector<unsigned char> changed_;  // its summary is not what it was
  std::vector<From> from_;
  std::vector<SummaryPointer> summaries_;  // made here
};

}  // namespace banyan::php
