#include <map>

#include "php_check/analysis.h"
#include "php_check/declare.h"
#include "php_check/evaluation.h"
#include "php_check/linker.h"
#include "php_check/parallel.h"

namespace banyan::php {

namespace {

struct SourceEntry {
  std::string content;
  std::shared_ptr<const FileDeclarations> declarations;  // none where the content is new
  std::unique_ptr<ParsedFile> parsed;                    // only while an analysis runs
};

// Expression types are asked for after the analysis, when every summary is there.
class KeptSummaries final : public Summaries {
 public:
  KeptSummaries(const Facts& facts, const EvaluationCache& cache) : facts_(facts), cache_(cache) {}
  const Summary* find(FunctionId callee) const override {
    const FunctionInfo& info = facts_.at(callee);
    return info.file.value < cache_.summaries.size() ? cache_.summaries[info.file.value][info.index].get() : nullptr;
  }

 private:
  const Facts& facts_;
  const EvaluationCache& cache_;
};

}  // namespace

struct Project::State {
  ProjectOptions options;
  std::map<std::string, SourceEntry, std::less<>> files;
  Facts facts;
  EvaluationCache cache;
};

Project::Project(ProjectOptions options) : state_(std::make_unique<State>()) { state_->options = std::move(options); }
Project::~Project() = default;
Project::Project(Project&&) noexcept = default;
Project& Project::operator=(Project&&) noexcept = default;

void Project::set_file(std::string path, std::string content) {
  SourceEntry& entry = state_->files[std::move(path)];
  if (entry.declarations != nullptr && entry.content == content) return;
  entry.content = std::move(content);
  entry.declarations = nullptr;
}

void Project::remove_file(std::string_view path) {
  const auto found = state_->files.find(path);
  if (found != state_->files.end()) state_->files.erase(found);
}

const Facts& Project::facts() const { return state_->facts; }

const Facts& Project::analyze() {
  const ProjectOptions& options = state_->options;
  std::vector<SourceEntry*> changed;
  for (auto& [path, entry] : state_->files) {
    if (entry.declarations == nullptr) changed.push_back(&entry);
  }
  in_parallel(changed.size(), options.threads, [&](std::size_t index) {
    SourceEntry& entry = *changed[index];
    entry.parsed = std::make_unique<ParsedFile>(parse_file(entry.content, options.parse));
    entry.declarations = std::make_shared<const FileDeclarations>(declare(entry.parsed->tree, entry.content));
  });
  FileSet files;
  std::vector<std::string_view> sources;
  for (const auto& [path, entry] : state_->files) {
    files.emplace_hint(files.end(), path, entry.declarations);
    sources.push_back(entry.content);
  }
  ParsedFiles parsed(std::move(sources), options.parse);
  std::size_t index = 0;
  for (auto& [path, entry] : state_->files) parsed.adopt(index++, std::move(entry.parsed));
  state_->facts = Facts();
  Linker(state_->facts, options.autoload).link(files);
  Analysis(state_->facts, options.threads).run(options.evaluate ? &parsed : nullptr, state_->cache);
  return state_->facts;
}

ExpressionTypes Project::expression_types(FileId file, const SyntaxTree& tree, std::string_view source) const {
  ExpressionTypes types;
  ParsedFile parsed;
  parsed.source = source;
  parsed.tree = tree;
  complete(parsed);
  const KeptSummaries summaries(state_->facts, state_->cache);
  for (const FunctionId function : state_->facts.at(file).functions) {
    Evaluator(state_->facts, parsed, function, summaries, &types).run();
  }
  return types;
}

}  // namespace banyan::php
