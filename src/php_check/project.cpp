#include <map>

#include "php_check/analysis.h"
#include "php_check/declare.h"
#include "php_check/linker.h"
#include "php_check/parallel.h"

namespace banyan::php {

namespace {

struct SourceEntry {
  std::string content;
  std::shared_ptr<const FileDeclarations> declarations;  // none where the content is new
};

}  // namespace

struct Project::State {
  ProjectOptions options;
  std::map<std::string, SourceEntry, std::less<>> files;
  Facts facts;
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
  std::vector<SourceEntry*> changed;
  for (auto& [path, entry] : state_->files) {
    if (entry.declarations == nullptr) changed.push_back(&entry);
  }
  in_parallel(changed.size(), state_->options.threads, [&](std::size_t index) {
    SourceEntry& entry = *changed[index];
    const SyntaxTree tree = parse(entry.content, state_->options.parse);
    entry.declarations = std::make_shared<const FileDeclarations>(declare(tree, entry.content));
  });
  FileSet files;
  for (const auto& [path, entry] : state_->files) files.emplace_hint(files.end(), path, entry.declarations);
  state_->facts = Facts();
  Linker(state_->facts).link(files);
  Analysis(state_->facts, state_->options.threads).run();
  return state_->facts;
}

ExpressionTypes Project::expression_types(FileId, const SyntaxTree&, std::string_view) const { return {}; }

}  // namespace banyan::php
