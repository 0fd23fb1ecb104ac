#include "php_check/linker.h"

#include <algorithm>

#include "php_check/builtins.h"
#include "php_check/names.h"

namespace banyan::php {

namespace {

constexpr int kInheritanceDepthMax = 256;
constexpr std::size_t kAncestorsMax = 256;

// "wp-admin" and "x/../../y.php" as a path without "..": empty where it leads out of the root.
std::string normalized(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (parts.empty()) return {};
      parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  std::string out;
  for (const std::string_view part : parts) {
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash));
}

// The marks of declare_statement.cpp: 1 is the file's folder, 2 the root.
std::string included_path(const std::string& written, std::string_view from) {
  if (written.starts_with('\x01')) return normalized(folder_of(from) + written.substr(1));
  if (written.starts_with('\x02')) return normalized(std::string_view(written).substr(1));
  if (written.starts_with('/')) return normalized(written);
  return normalized(folder_of(from) + "/" + written);
}

}  // namespace

void Linker::link(const FileSet& files) {
  std::size_t functions = 0;
  std::size_t classes = 0;
  for (const auto& [path, declarations] : files) {
    functions += declarations->functions.size();
    classes += declarations->classes.size();
  }
  facts_.files_.reserve(files.size());
  facts_.functions_.reserve(functions);
  facts_.classes_.reserve(classes);
  for (const auto& [path, declarations] : files) add_file(path, declarations);
  index_symbols();
  link_classes();
  link_includes();
}

void Linker::add_file(const std::string& path, const std::shared_ptr<const FileDeclarations>& declarations) {
  const FileId file{static_cast<std::uint32_t>(facts_.files_.size())};
  FileInfo info;
  info.path = path;
  info.declarations = declarations;
  const auto first_class = static_cast<std::uint32_t>(facts_.classes_.size());
  const auto first_function = static_cast<std::uint32_t>(facts_.functions_.size());
  for (const ClassDeclaration& declared : declarations->classes) {
    ClassInfo made;
    made.file = file;
    made.index = static_cast<std::uint32_t>(info.classes.size());
    made.declared = &declared;
    for (const std::int32_t method : declared.methods) {
      made.methods.push_back({first_function + static_cast<std::uint32_t>(method)});
    }
    info.classes.push_back({static_cast<std::uint32_t>(facts_.classes_.size())});
    facts_.classes_.push_back(std::move(made));
  }
  for (const FunctionDeclaration& declared : declarations->functions) {
    FunctionInfo made;
    made.file = file;
    made.index = static_cast<std::uint32_t>(info.functions.size());
    made.declared = &declared;
    if (declared.class_index >= 0) made.owner = {first_class + static_cast<std::uint32_t>(declared.class_index)};
    if (declared.parent_index >= 0) made.parent = {first_function + static_cast<std::uint32_t>(declared.parent_index)};
    made.return_type = declared.has_native_return ? declared.native_return : declared.doc_return;
    if (made.return_type.is_nothing()) made.return_type = Type::mixed();
    info.functions.push_back({static_cast<std::uint32_t>(facts_.functions_.size())});
    facts_.functions_.push_back(std::move(made));
  }
  facts_.files_.push_back(std::move(info));
}

void Linker::index_symbols() {
  for (std::uint32_t i = 0; i < facts_.files_.size(); ++i) {
    const FileInfo& file = facts_.files_[i];
    facts_.file_index_.emplace(file.path, FileId{i});
    for (const ConstantDeclaration& one : file.declarations->constants) {
      facts_.constant_index_.emplace(one.name, &one);
    }
  }
  index_classes();
  for (std::uint32_t i = 0; i < facts_.functions_.size(); ++i) {
    const FunctionDeclaration& declared = *facts_.functions_[i].declared;
    if (declared.kind == FunctionKind::kMethod) facts_.methods_by_name_[declared.key].push_back({i});
    if (declared.kind != FunctionKind::kFunction) continue;
    const auto [at, is_new] = facts_.function_index_.emplace(declared.key, FunctionId{i});
    if (is_new) continue;
    std::vector<FunctionId>& same = facts_.same_functions_[declared.key];
    if (same.empty()) same.push_back(at->second);
    same.push_back({i});
  }
}

// Of several declarations the one that composer would load, or else the first in order of files.
void Linker::index_classes() {
  const auto rank = [this](ClassId id) {
    const ClassInfo& info = facts_.classes_[id.value];
    return autoload_.rank(info.declared->name, facts_.files_[info.file.value].path);
  };
  for (std::uint32_t i = 0; i < facts_.classes_.size(); ++i) {
    const auto [at, is_new] = facts_.class_index_.emplace(facts_.classes_[i].declared->key, ClassId{i});
    if (!is_new && rank({i}) > rank(at->second)) at->second = {i};
  }
}

ClassId Linker::known_class(const std::string& key) const {
  const auto found = facts_.class_index_.find(key);
  return found == facts_.class_index_.end() ? ClassId{} : found->second;
}

void Linker::link_classes() {
  const auto count = static_cast<std::uint32_t>(facts_.classes_.size());
  for (std::uint32_t i = 0; i < count; ++i)
    facts_.classes_[i].parent = known_class(facts_.classes_[i].declared->parent);
  seen_by_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i) add_ancestors(facts_.classes_[i], {i});
  facts_.method_tables_.resize(count);
  table_done_.assign(count, false);
  for (std::uint32_t i = 0; i < count; ++i) fill_method_table({i}, 0);
  for (std::uint32_t i = 0; i < count; ++i) note_magic(facts_.classes_[i], {i});
}

// Breadth first, each once; what leads back to the class itself is a cycle, which PHP refuses when it loads it.
void Linker::add_ancestors(ClassInfo& info, ClassId self) {
  std::vector<const ClassDeclaration*> queue = {info.declared};
  for (std::size_t at = 0; at < queue.size(); ++at) {
    const ClassDeclaration& from = *queue[at];
    const auto follow = [&](const std::string& key) {
      if (key.empty()) return;
      const ClassId id = known_class(key);
      if (!id || info.ancestors.size() == kAncestorsMax) {
        if (id || find_builtin_class(key) == nullptr) info.has_unknown_ancestor = true;
        return;
      }
      if (id == self) {
        info.is_in_cycle = true;
        return;
      }
      if (seen_by_[id.value] == self) return;
      seen_by_[id.value] = self;
      info.ancestors.push_back(id);
      queue.push_back(facts_.classes_[id.value].declared);
      if (at == 0) facts_.classes_[id.value].children.push_back(self);
    };
    follow(from.parent);
    for (const std::string& one : from.interfaces) follow(one);
    for (const std::string& one : from.traits) follow(one);
  }
}

void Linker::fill_method_table(ClassId id, int depth) {
  if (table_done_[id.value] || depth > kInheritanceDepthMax) return;
  table_done_[id.value] = true;
  const ClassInfo& info = facts_.classes_[id.value];
  for (const FunctionId method : info.methods) {
    facts_.method_tables_[id.value].emplace(facts_.at(method).declared->key, method);
  }
  for (const std::string& key : info.declared->traits) {
    const ClassId trait = known_class(key);
    if (!trait || trait == id) continue;
    fill_method_table(trait, depth + 1);
    add_trait_methods(id, facts_.classes_[trait.value], key);
  }
}

void Linker::add_trait_methods(ClassId id, const ClassInfo& trait, const std::string& trait_key) {
  const ClassDeclaration& declared = *facts_.classes_[id.value].declared;
  const ClassId trait_id = known_class(trait.declared->key);
  std::vector<std::pair<std::string_view, FunctionId>> found(facts_.method_tables_[trait_id.value].begin(),
                                                             facts_.method_tables_[trait_id.value].end());
  std::sort(found.begin(), found.end());
  for (const auto& [name, method] : found) {
    for (const TraitAlias& alias : declared.aliases) {
      const bool fits = alias.method == name && (alias.trait.empty() || alias.trait == trait_key);
      if (fits && !alias.alias.empty()) facts_.method_tables_[id.value].emplace(alias.alias, method);
    }
    const bool excluded =
        std::any_of(declared.exclusions.begin(), declared.exclusions.end(),
                    [&](const TraitExclusion& one) { return one.method == name && one.trait == trait_key; });
    if (!excluded) facts_.method_tables_[id.value].emplace(name, method);
  }
}

void Linker::note_magic(ClassInfo& info, ClassId id) {
  info.has_magic_call = facts_.find_method(id, "__call") || facts_.find_method(id, "__callstatic");
  info.has_magic_properties = facts_.find_method(id, "__get") || facts_.find_method(id, "__set");
}

void Linker::link_includes() {
  for (FileInfo& file : facts_.files_) {
    for (const IncludeSite& site : file.declarations->includes) {
      const FileId target = site.is_constant ? facts_.find_file(included_path(site.path, file.path)) : FileId{};
      file.include_targets.push_back(target);
      if (target && std::find(file.includes.begin(), file.includes.end(), target) == file.includes.end()) {
        file.includes.push_back(target);
      }
    }
  }
}

}  // namespace banyan::php
