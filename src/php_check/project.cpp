#include <xxhash.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "php_check/analysis.h"
#include "php_check/archive.h"
#include "php_check/archived_facts.h"
#include "php_check/declare.h"
#include "php_check/evaluation.h"
#include "php_check/linker.h"
#include "php_check/parallel.h"

namespace banyan::php {

namespace {

struct ContentHash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const ContentHash&, const ContentHash&) = default;
};

ContentHash hash_of(std::string_view content) {
  const XXH128_hash_t hash = XXH3_128bits(content.data(), content.size());
  return {hash.low64, hash.high64};
}

struct SourceEntry {
  std::string content;
  ContentHash hash;
  std::shared_ptr<const FileDeclarations> declarations;  // none where the content is new
  std::unique_ptr<ParsedFile> parsed;                    // only while an analysis runs
  std::string_view saved;  // in State::restored: how it was saved, while nothing else is known about it
};

// Expression types are asked for after the analysis, when every summary is there. A function sees those it saw when it
// was evaluated, so that its expressions have the types its summary was made from.
class KeptSummaries final : public Summaries {
 public:
  KeptSummaries(const Facts& facts, const EvaluationCache& cache, FunctionId self) : facts_(facts), cache_(cache) {
    self_ = summary_of(self);
  }
  const Summary* find(FunctionId callee) const override {
    if (self_ == nullptr) return nullptr;
    const FunctionInfo& info = facts_.at(callee);
    const auto use = std::lower_bound(
        self_->uses.begin(), self_->uses.end(), info, [](const Summary::Use& one, const FunctionInfo& wanted) {
          return one.file != wanted.file.value ? one.file < wanted.file.value : one.index < wanted.index;
        });
    const bool seen = use != self_->uses.end() && use->file == info.file.value && use->index == info.index;
    return seen && use->usable ? summary_of(callee) : nullptr;
  }

 private:
  const Summary* summary_of(FunctionId function) const {
    const FunctionInfo& info = facts_.at(function);
    return info.file.value < cache_.paths.size() ? cache_.summary(info.file.value, info.index).get() : nullptr;
  }

  const Facts& facts_;
  const EvaluationCache& cache_;
  const Summary* self_;
};

// One file of what save() gives.
struct SavedFile {
  std::string path;
  ContentHash hash;
  std::uint64_t bytes = 0;
};

template <class Archive>
void describe(Archive& archive, SavedFile& file) {
  archive(file.path, file.hash.low, file.hash.high, file.bytes);
}

}  // namespace

struct Project::State {
  ProjectOptions options;
  std::map<std::string, SourceEntry, std::less<>> files;
  Facts facts;
  EvaluationCache cache;
  std::string restored;
  struct Remembered {
    ContentHash hash;
    std::string_view saved;
    std::shared_ptr<const FileDeclarations> declarations;
  };
  std::unordered_map<std::string, Remembered> remembered;  // until the first analysis
};

Project::Project(ProjectOptions options) : state_(std::make_unique<State>()) { state_->options = std::move(options); }
Project::~Project() = default;
Project::Project(Project&&) noexcept = default;
Project& Project::operator=(Project&&) noexcept = default;

void Project::set_file(std::string path, std::string content) {
  const ContentHash hash = hash_of(content);
  const auto known = state_->remembered.find(path);
  SourceEntry& entry = state_->files[std::move(path)];
  if (entry.declarations != nullptr && entry.content == content) return;
  entry.content = std::move(content);
  entry.hash = hash;
  entry.declarations = nullptr;
  entry.saved = {};
  if (known == state_->remembered.end() || known->second.hash != hash) return;
  entry.declarations = known->second.declarations;
  entry.saved = known->second.saved;
}

void Project::remove_file(std::string_view path) {
  const auto found = state_->files.find(path);
  if (found != state_->files.end()) state_->files.erase(found);
}

const Facts& Project::facts() const { return state_->facts; }

std::string_view Project::source(FileId file) const {
  return state_->files.find(facts().at(file).path)->second.content;
}

std::vector<FileId> Project::retyped_files() const { return state_->cache.renewed; }

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
  Analysis(state_->facts, options.threads).run(options.evaluate ? &parsed : nullptr, state_->cache, options.verdicts);
  state_->remembered.clear();
  for (const auto* const list : {&state_->cache.renewed, &state_->cache.moved}) {
    for (const FileId file : *list) state_->files.find(state_->facts.at(file).path)->second.saved = {};
  }
  return state_->facts;
}

// ---- From one run of the program to the next ----

bool Project::restore(std::string saved) {
  state_->restored = std::move(saved);
  ArchiveReader reader(state_->restored);
  const std::size_t index_bytes = reader.count();
  if (!reader.ok()) return false;
  std::string_view rest = reader.rest();
  std::vector<SavedFile> files;
  ArchiveReader index(rest.substr(0, index_bytes));
  index(files);
  if (!index.ok() || !index.at_end()) return false;
  rest.remove_prefix(index_bytes);
  std::vector<std::string_view> parts;
  for (const SavedFile& file : files) {
    if (file.bytes > rest.size()) return false;
    parts.push_back(rest.substr(0, static_cast<std::size_t>(file.bytes)));
    rest.remove_prefix(static_cast<std::size_t>(file.bytes));
  }
  // Verdicts are about every function, and need all of it.
  const bool all = state_->options.verdicts || !state_->options.evaluate;
  std::vector<std::shared_ptr<SleepingFile>> learnt(files.size());
  in_parallel(files.size(), state_->options.threads, [&](std::size_t i) {
    learnt[i] = SleepingFile::open(parts[i]);
    if (all && learnt[i] != nullptr && !learnt[i]->wake()) learnt[i] = nullptr;
  });
  if (!rest.empty() || std::find(learnt.begin(), learnt.end(), nullptr) != learnt.end()) return false;
  EvaluationCache& cache = state_->cache;
  for (std::size_t i = 0; i < files.size(); ++i) {
    state_->remembered.emplace(files[i].path, State::Remembered{files[i].hash, parts[i], learnt[i]->declarations()});
    cache.paths.push_back(std::move(files[i].path));
    cache.declarations.push_back(learnt[i]->declarations());
  }
  cache.summaries.resize(files.size());
  cache.callees.resize(files.size());
  cache.restored = std::move(learnt);
  return true;
}

std::string Project::save() const {
  const std::size_t count = state_->files.size();
  if (state_->cache.paths.size() != count) return {};  // not analysed, or without evaluation
  std::vector<SavedFile> files;
  std::vector<std::string_view> parts;
  for (const auto& [path, entry] : state_->files) {
    files.push_back({path, entry.hash, 0});
    parts.push_back(entry.saved);
  }
  std::vector<std::string> made(count);
  in_parallel(count, state_->options.threads, [&](std::size_t i) {
    if (!parts[i].empty()) return;
    const EvaluationCache& cache = state_->cache;
    made[i] = archived(*cache.declarations[i], cache.summaries[i], cache.callees[i]);
    parts[i] = made[i];
  });
  for (std::size_t i = 0; i < count; ++i) files[i].bytes = parts[i].size();
  ArchiveWriter index;
  index(files);
  ArchiveWriter out;
  out.number(index.bytes().size());
  std::size_t size = out.bytes().size() + index.bytes().size();
  for (const std::string_view part : parts) size += part.size();
  std::string bytes;
  bytes.reserve(size);
  bytes += out.bytes();
  bytes += index.bytes();
  for (const std::string_view part : parts) bytes += part;
  return bytes;
}

// ---- Types of expressions ----

ExpressionTypes Project::expression_types(FileId file, const SyntaxTree& tree, std::string_view source) const {
  ExpressionTypes types;
  ParsedFile parsed;
  parsed.source = source;
  parsed.tree = tree;
  complete(parsed);
  for (const FunctionId function : state_->facts.at(file).functions) {
    const KeptSummaries summaries(state_->facts, state_->cache, function);
    Evaluator(state_->facts, parsed, function, summaries, &types).run();
  }
  return types;
}

struct LazyTypes::State {
  const Project& project;
  FileId file;
  const SyntaxTree& tree;
  std::string_view source;
  std::unique_ptr<ParsedFile> parsed;  // none before the first question
  std::vector<bool> seen;              // by function of the file
  ExpressionTypes types;
};

LazyTypes::LazyTypes(const Project& project, FileId file, const SyntaxTree& tree, std::string_view source)
    : state_(new State{project, file, tree, source, nullptr, {}, {}}) {}
LazyTypes::~LazyTypes() = default;
LazyTypes::LazyTypes(LazyTypes&&) noexcept = default;
LazyTypes& LazyTypes::operator=(LazyTypes&&) noexcept = default;

Type LazyTypes::at(NodeId node) {
  State& state = *state_;
  const Project::State& known = *state.project.state_;
  if (state.parsed == nullptr) {
    state.parsed = std::make_unique<ParsedFile>();
    state.parsed->source = state.source;
    state.parsed->tree = state.tree;
    complete(*state.parsed);
    state.seen.resize(known.facts.at(state.file).functions.size());
  }
  const std::string_view text = state.tree.node_text(state.source, node);
  if (text.data() == nullptr) return {};
  const auto offset = static_cast<std::uint32_t>(text.data() - state.source.data());
  const FunctionId function = known.facts.function_at(state.file, offset);
  const std::uint32_t index = known.facts.at(function).index;
  if (!state.seen[index]) {
    state.seen[index] = true;
    const KeptSummaries summaries(known.facts, known.cache, function);
    Evaluator(known.facts, *state.parsed, function, summaries, &state.types).run();
  }
  return state.types.at(node);
}

}  // namespace banyan::php
