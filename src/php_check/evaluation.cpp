#include "php_check/evaluation.h"

#include <algorithm>
#include <map>

#include "php_check/parallel.h"

namespace banyan::php {

// ---- Trees ----

const Names& ParsedFile::names_at(std::uint32_t offset) const {
  std::size_t best = 0;
  for (std::size_t i = 0; i < names.size() && names[i].first <= offset; ++i) best = i;
  return names[best].second;
}

void complete(ParsedFile& file) {
  const SyntaxTree& tree = file.tree;
  file.lines = std::make_unique<LineTable>(file.source);
  file.names.emplace_back(0, Names(tree, file.source));
  const auto take = [&](const auto& self, NodeId list) -> void {
    for (const NodeId one : tree.ast.children(list)) {
      if (tree.ast.kind(one) == NodeKind::kUse) file.names.back().second.enter_use(one);
      if (tree.ast.kind(one) != NodeKind::kNamespace) continue;
      const std::string_view text = tree.node_text(file.source, one);
      Names next(tree, file.source);
      next.enter_namespace(one);
      file.names.emplace_back(static_cast<std::uint32_t>(text.data() - file.source.data()), std::move(next));
      self(self, tree.ast.child(one, 1));
    }
  };
  take(take, tree.ast.root());
}

ParsedFile parse_file(std::string_view source, const ParseOptions& options) {
  ParsedFile file;
  file.tree = parse(source, options);
  file.source = source;
  return file;
}

ParsedFiles::ParsedFiles(std::vector<std::string_view> sources, ParseOptions options)
    : sources_(std::move(sources)), options_(options), parsed_(sources_.size()), once_(sources_.size()) {}

void ParsedFiles::adopt(std::size_t file, std::unique_ptr<ParsedFile> parsed) { parsed_[file] = std::move(parsed); }

const ParsedFile& ParsedFiles::at(FileId file) {
  std::call_once(once_[file.value], [&] {
    std::unique_ptr<ParsedFile>& one = parsed_[file.value];
    if (one == nullptr) one = std::make_unique<ParsedFile>(parse_file(sources_[file.value], options_));
    complete(*one);
  });
  return *parsed_[file.value];
}

// ---- What may have changed ----

namespace {

// What others can see of a symbol, as text to compare.
using Interfaces = std::map<std::string, std::string>;

std::string interface_of(const FunctionDeclaration& one) {
  std::string text = one.native_return.text() + "|" + one.doc_return.text() + "|" + std::to_string(one.modifiers) +
                     "|" + std::to_string(one.by_reference) + std::to_string(one.has_body) +
                     std::to_string(one.is_generator) + std::to_string(one.statements > 0);
  for (const ParameterDeclaration& parameter : one.parameters) {
    text += ";" + parameter.native.text() + "|" + parameter.doc.text() + (parameter.by_reference ? "&" : "") +
            (parameter.variadic ? "." : "");
  }
  for (const std::string& name : one.templates) text += "#" + name;
  return text;
}

void add_class(const ClassDeclaration& one, Interfaces& out) {
  std::string text = one.parent + "|" + std::to_string(static_cast<int>(one.kind)) + std::to_string(one.modifiers);
  for (const std::string& name : one.interfaces) text += ";" + name;
  for (const std::string& name : one.traits) text += "," + name;
  for (const TraitAlias& alias : one.aliases) text += ":" + alias.trait + "::" + alias.method + ">" + alias.alias;
  for (const TraitExclusion& out_of : one.exclusions) text += "-" + out_of.trait + "::" + out_of.method;
  for (const std::string& name : one.templates) text += "#" + name;
  out[one.key] += text;
  for (const PropertyDeclaration& property : one.properties) {
    out["->" + property.name] += one.key + property.native.text() + "|" + property.doc.text() + ";";
  }
  for (const ConstantDeclaration& constant : one.constants) {
    out["::" + constant.name] += one.key + constant.type.text() + ";";
  }
}

Interfaces interfaces_of(const FileDeclarations& file) {
  Interfaces out;
  for (const ClassDeclaration& one : file.classes) add_class(one, out);
  for (const FunctionDeclaration& one : file.functions) {
    if (one.key.empty()) continue;
    const bool in_class = one.class_index >= 0;
    const std::string owner = in_class ? file.classes[static_cast<std::size_t>(one.class_index)].key : "";
    out[one.key] += owner + interface_of(one) + ";";
  }
  for (const ConstantDeclaration& one : file.constants) out["#" + key_of_constant(one.name)] += one.type.text() + ";";
  return out;
}

}  // namespace

Evaluation::Evaluation(const Facts& facts, const Components& components, ParsedFiles& files, std::size_t threads)
    : facts_(facts), components_(components), files_(files), threads_(threads) {
  summaries_.resize(facts.functions().size());
  kept_.resize(facts.functions().size());
  changed_.assign(facts.functions().size(), 1);
}

void Evaluation::find_changed_names(const EvaluationCache& cache) {
  for (std::size_t i = 0; i < cache.declarations.size(); ++i) {
    const std::shared_ptr<const FileDeclarations>& now = facts_.files()[i].declarations;
    if (now == cache.declarations[i]) continue;
    const Interfaces before = interfaces_of(*cache.declarations[i]);
    const Interfaces after = interfaces_of(*now);
    for (const auto& [name, text] : before) {
      const auto found = after.find(name);
      if (found == after.end() || found->second != text) changed_names_.insert(name);
    }
    for (const auto& [name, text] : after) {
      if (!before.contains(name)) changed_names_.insert(name);
    }
  }
  add_descendants();
}

// What a class inherits is its own to others.
void Evaluation::add_descendants() {
  std::vector<ClassId> queue;
  for (std::uint32_t i = 0; i < facts_.classes().size(); ++i) {
    if (changed_names_.contains(facts_.classes()[i].declared->key)) queue.push_back({i});
  }
  std::vector<bool> seen(facts_.classes().size());
  for (std::size_t at = 0; at < queue.size(); ++at) {
    if (seen[queue[at].value]) continue;
    seen[queue[at].value] = true;
    const ClassInfo& info = facts_.at(queue[at]);
    changed_names_.insert(info.declared->key);
    for (const FunctionId method : info.methods) changed_names_.insert(facts_.at(method).declared->key);
    for (const PropertyDeclaration& one : info.declared->properties) changed_names_.insert("->" + one.name);
    for (const ConstantDeclaration& one : info.declared->constants) changed_names_.insert("::" + one.name);
    queue.insert(queue.end(), info.children.begin(), info.children.end());
  }
}

bool Evaluation::names_changed(const FunctionDeclaration& declared) const {
  if (changed_names_.empty()) return false;
  const auto changed = [this](const std::string& name) { return !name.empty() && changed_names_.contains(name); };
  for (const CallSite& site : declared.calls) {
    if (changed(site.name) || changed(site.fallback) || changed(site.class_name)) return true;
    if (site.receiver == ReceiverKind::kProperty && changed("->" + site.class_name)) return true;
  }
  return std::any_of(declared.mentions.begin(), declared.mentions.end(), changed);
}

void Evaluation::find_kept(const EvaluationCache& cache) {
  const std::span<const FileInfo> files = facts_.files();
  const bool same_files = std::equal(files.begin(), files.end(), cache.paths.begin(), cache.paths.end(),
                                     [](const FileInfo& file, const std::string& path) { return file.path == path; });
  if (!same_files) return;
  find_changed_names(cache);
  in_parallel(files.size(), threads_, [&](std::size_t i) {
    if (files[i].declarations != cache.declarations[i]) return;
    const std::vector<FunctionId>& functions = files[i].functions;
    for (std::size_t k = 0; k < functions.size(); ++k) {
      const FunctionInfo& info = facts_.at(functions[k]);
      const bool owner_changed = info.owner && changed_names_.contains(facts_.at(info.owner).declared->key);
      if (!owner_changed && !names_changed(*info.declared)) kept_[functions[k].value] = cache.summaries[i][k];
    }
  });
}

// ---- The walk over the components ----

// What one component may see.
class Evaluation::View final : public Summaries {
 public:
  View(const Evaluation& all, std::uint32_t component) : all_(all), component_(component) {}
  const Summary* find(FunctionId callee) const override {
    const std::uint32_t theirs = all_.components_.of[callee.value];
    const bool visible = theirs == component_ || all_.components_.level[theirs] < all_.components_.level[component_];
    return visible ? all_.summaries_[callee.value].get() : nullptr;
  }

 private:
  const Evaluation& all_;
  std::uint32_t component_;
};

bool Evaluation::is_stale(FunctionId function) const {
  const SummaryPointer& kept = kept_[function.value];
  if (kept == nullptr) return true;
  const std::uint32_t component = components_.of[function.value];
  for (const Summary::Use& use : kept->uses) {
    const std::vector<FunctionId>& functions = facts_.files()[use.file].functions;
    if (use.index >= functions.size()) return true;
    const FunctionId callee = functions[use.index];
    const std::uint32_t theirs = components_.of[callee.value];
    if (theirs == component) continue;  // stale together or not at all
    const bool usable = components_.level[theirs] < components_.level[component];
    if (usable != use.usable || (usable && changed_[callee.value] != 0)) return true;
  }
  return false;
}

SummaryPointer Evaluation::evaluate(FunctionId function, const View& view) {
  const ParsedFile& file = files_.at(facts_.at(function).file);
  std::optional<Summary> made = Evaluator(facts_, file, function, view).run();
  Summary summary = made ? std::move(*made) : Summary();
  std::sort(summary.uses.begin(), summary.uses.end(), [](const Summary::Use& a, const Summary::Use& b) {
    return a.file != b.file ? a.file < b.file : a.index != b.index ? a.index < b.index : a.usable < b.usable;
  });
  const auto same = [](const Summary::Use& a, const Summary::Use& b) { return a.file == b.file && a.index == b.index; };
  summary.uses.erase(std::unique(summary.uses.begin(), summary.uses.end(), same), summary.uses.end());
  summary.receivers.resize(facts_.at(function).declared->calls.size());
  return std::make_shared<const Summary>(std::move(summary));
}

// Round and round until the summaries of the component stay the same, or often enough; from the third round on what is
// given back is widened, so that it does not grow for ever.
void Evaluation::evaluate_component(std::uint32_t component) {
  const std::vector<std::uint32_t>& members = components_.members[component];
  const bool stale = std::any_of(members.begin(), members.end(), [this](std::uint32_t one) { return is_stale({one}); });
  if (!stale) {
    for (const std::uint32_t one : members) {
      summaries_[one] = kept_[one];
      changed_[one] = 0;
    }
    return;
  }
  const View view(*this, component);
  const std::vector<FunctionId>& callees = facts_.at(FunctionId{members.front()}).callees;
  const bool recursive =
      members.size() > 1 || std::binary_search(callees.begin(), callees.end(), FunctionId{members.front()});
  if (recursive) {
    Summary nothing_yet;
    nothing_yet.was_evaluated = true;
    for (const std::uint32_t one : members) summaries_[one] = std::make_shared<const Summary>(nothing_yet);
  }
  for (int round = 0; round < kRoundsMax; ++round) {
    bool more = false;
    for (const std::uint32_t one : members) {
      SummaryPointer made = evaluate({one}, view);
      if (round >= 2) {
        Summary wide = *made;
        wide.returned = join(wide.returned, summaries_[one]->returned).widened();
        // What still grows says no more than its simple types.
        if (round + 1 == kRoundsMax && !(wide.returned == summaries_[one]->returned)) {
          wide.returned = Type(wide.returned.bits()).unverified(wide.returned.is_unverified());
        }
        made = std::make_shared<const Summary>(std::move(wide));
      }
      more = more || summaries_[one] == nullptr || !same_for_callers(*summaries_[one], *made);
      summaries_[one] = std::move(made);
    }
    if (!recursive || !more) break;
  }
  for (const std::uint32_t one : members) {
    changed_[one] = kept_[one] == nullptr || !same_for_callers(*kept_[one], *summaries_[one]) ? 1 : 0;
  }
}

std::vector<FileId> Evaluation::renewed_files() const {
  std::vector<FileId> files;
  for (std::uint32_t i = 0; i < facts_.files().size(); ++i) {
    const std::vector<FunctionId>& functions = facts_.files()[i].functions;
    const bool renewed = std::any_of(functions.begin(), functions.end(),
                                     [this](FunctionId one) { return summaries_[one.value] != kept_[one.value]; });
    if (renewed) files.push_back({i});
  }
  return files;
}

void Evaluation::run(EvaluationCache& cache) {
  find_kept(cache);
  std::vector<std::vector<std::uint32_t>> levels;
  for (std::uint32_t i = 0; i < components_.members.size(); ++i) {
    if (levels.size() <= components_.level[i]) levels.resize(components_.level[i] + 1);
    levels[components_.level[i]].push_back(i);
  }
  for (const std::vector<std::uint32_t>& level : levels) {
    const std::size_t threads = level.size() < 64 && !cache.paths.empty() ? 1 : threads_;
    in_parallel(level.size(), threads, [&](std::size_t i) { evaluate_component(level[i]); });
  }
  cache = {};
  cache.renewed = renewed_files();
  for (const FileInfo& file : facts_.files()) {
    cache.paths.push_back(file.path);
    cache.declarations.push_back(file.declarations);
    std::vector<SummaryPointer>& list = cache.summaries.emplace_back();
    for (const FunctionId function : file.functions) list.push_back(summaries_[function.value]);
  }
}

}  // namespace banyan::php
