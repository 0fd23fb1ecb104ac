#include "php_check/evaluation.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "php_check/archived_facts.h"
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

// Whether each function that was there is still at its place.
bool same_places(const FileDeclarations& before, const FileDeclarations& after) {
  const auto owner = [](const FileDeclarations& file, const FunctionDeclaration& one) {
    return one.class_index < 0 ? std::string_view() : file.classes[static_cast<std::size_t>(one.class_index)].key;
  };
  return before.functions.size() <= after.functions.size() &&
         std::equal(before.functions.begin(), before.functions.end(), after.functions.begin(),
                    [&](const FunctionDeclaration& a, const FunctionDeclaration& b) {
                      return a.kind == b.kind && a.key == b.key && owner(before, a) == owner(after, b);
                    });
}

}  // namespace

const SummaryPointer& EvaluationCache::summary(std::uint32_t file, std::uint32_t index) const {
  return restored[file] != nullptr ? restored[file]->summaries()[index] : summaries[file][index];
}

const std::vector<std::vector<FunctionPlace>>& EvaluationCache::callees_of(std::size_t file) const {
  return restored[file] != nullptr ? restored[file]->callees() : callees[file];
}

Evaluation::Evaluation(const Facts& facts, const Components& components, ParsedFiles& files, std::size_t threads,
                       EvaluationCache& cache)
    : facts_(facts), components_(components), files_(files), threads_(threads), cache_(cache) {
  const std::size_t count = facts.functions().size();
  summaries_.resize(count);
  from_.resize(count);
  is_kept_.resize(count);
  changed_.assign(count, 1);
  sleeps_.resize(facts.files().size());
}

bool Evaluation::is_same(std::size_t file) const {
  return same_files_ && facts_.files()[file].declarations == cache_.declarations[file];
}

void Evaluation::prepare() {
  const std::span<const FileInfo> files = facts_.files();
  same_files_ = std::equal(files.begin(), files.end(), cache_.paths.begin(), cache_.paths.end(),
                           [](const FileInfo& file, const std::string& path) { return file.path == path; });
  if (same_files_) {
    find_changed_names();
    find_moved();
  }
  std::vector<std::uint32_t> hashes;
  for (const std::string& name : changed_names_) hashes.push_back(name_hash(name));
  in_parallel(cache_.restored.size(), threads_, [&](std::size_t i) {
    SleepingFile* const file = cache_.restored[i].get();
    if (file == nullptr) return;
    const bool concerned = !same_files_ || file->names_any(hashes) ||
                           std::binary_search(moved_.begin(), moved_.end(), FileId{static_cast<std::uint32_t>(i)});
    if (concerned) BANYAN_CHECK(file->wake());
    if (same_files_) sleeps_[i] = is_same(i) && !file->is_awake();
  });
}

void Evaluation::find_changed_names() {
  const auto same = [&](std::size_t i) { return facts_.files()[i].declarations == cache_.declarations[i]; };
  for (std::size_t i = 0; i < cache_.declarations.size(); ++i) {
    if (same(i)) continue;
    const Interfaces before = interfaces_of(*cache_.declarations[i]);
    const Interfaces after = interfaces_of(*facts_.files()[i].declarations);
    for (const auto& [name, text] : before) {
      const auto found = after.find(name);
      if (found == after.end() || found->second != text) changed_names_.insert(name);
    }
    for (const auto& [name, text] : after) {
      if (!before.contains(name)) changed_names_.insert(name);
    }
  }
  if (changed_names_.empty()) return;
  add_descendants();
  for (std::size_t i = 0; i < cache_.declarations.size(); ++i) {
    if (same(i)) continue;
    add_relatives(*cache_.declarations[i]);
    add_relatives(*facts_.files()[i].declarations);
  }
}

// What a class is and has through others comes and goes with it, and who calls it by the name of an interface, or of
// nothing at all, does not name the class.
void Evaluation::add_relatives(const FileDeclarations& file) {
  const auto add = [this](const std::string& key) {
    if (key.empty()) return;
    changed_names_.insert(key);
    const ClassId id = facts_.find_class(key);
    if (!id) return;
    add_members(id);
    for (const ClassId ancestor : facts_.at(id).ancestors) add_members(ancestor);
  };
  for (const ClassDeclaration& one : file.classes) {
    if (!changed_names_.contains(one.key)) continue;
    add(one.parent);
    for (const std::string& key : one.interfaces) add(key);
    for (const std::string& key : one.traits) add(key);
    for (const TraitAlias& alias : one.aliases) {
      if (!alias.alias.empty()) changed_names_.insert(alias.alias);
    }
  }
}

void Evaluation::add_members(ClassId id) {
  const ClassInfo& info = facts_.at(id);
  changed_names_.insert(info.declared->key);
  for (const FunctionId method : info.methods) changed_names_.insert(facts_.at(method).declared->key);
  for (const PropertyDeclaration& one : info.declared->properties) changed_names_.insert("->" + one.name);
  for (const ConstantDeclaration& one : info.declared->constants) changed_names_.insert("::" + one.name);
}

// What a class inherits is its own to others; what it extends may have come or gone.
void Evaluation::add_descendants() {
  const auto changed = [this](const std::string& key) { return changed_names_.contains(key); };
  std::vector<ClassId> queue;
  for (std::uint32_t i = 0; i < facts_.classes().size(); ++i) {
    const ClassDeclaration& one = *facts_.classes()[i].declared;
    const bool concerned = changed(one.key) || (!one.parent.empty() && changed(one.parent)) ||
                           std::any_of(one.interfaces.begin(), one.interfaces.end(), changed) ||
                           std::any_of(one.traits.begin(), one.traits.end(), changed);
    if (concerned) queue.push_back({i});
  }
  std::vector<bool> seen(facts_.classes().size());
  for (std::size_t at = 0; at < queue.size(); ++at) {
    if (seen[queue[at].value]) continue;
    seen[queue[at].value] = true;
    const ClassInfo& info = facts_.at(queue[at]);
    add_members(queue[at]);
    queue.insert(queue.end(), info.children.begin(), info.children.end());
  }
}

// Functions that stand elsewhere in their file are called by another place.
void Evaluation::find_moved() {
  std::vector<bool> shifted(facts_.files().size());
  bool any = false;
  for (std::size_t i = 0; i < shifted.size(); ++i) {
    shifted[i] = !is_same(i) && !same_places(*cache_.declarations[i], *facts_.files()[i].declarations);
    any = any || shifted[i];
  }
  for (std::uint32_t i = 0; any && i < shifted.size(); ++i) {
    const auto into_shifted = [&](const std::vector<FunctionPlace>& callees) {
      return std::any_of(callees.begin(), callees.end(), [&](const FunctionPlace& one) { return shifted[one.file]; });
    };
    const auto& callees = cache_.callees_of(i);
    if (std::any_of(callees.begin(), callees.end(), into_shifted)) moved_.push_back({i});
  }
}

const std::vector<FunctionPlace>* Evaluation::known_callees(const FunctionInfo& function) const {
  const std::uint32_t file = function.file.value;
  return sleeps_[file] != 0 ? &cache_.restored[file]->callees()[function.index] : nullptr;
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

void Evaluation::find_kept() {
  in_parallel(facts_.files().size(), threads_, [&](std::size_t i) {
    if (!is_same(i)) return;
    for (const FunctionId function : facts_.files()[i].functions) {
      const FunctionInfo& info = facts_.at(function);
      const bool owner_changed = info.owner && changed_names_.contains(facts_.at(info.owner).declared->key);
      is_kept_[function.value] = sleeps_[i] != 0 || (!owner_changed && !names_changed(*info.declared));
    }
  });
}

const Summary& Evaluation::kept(FunctionId function) const {
  const FunctionInfo& info = facts_.at(function);
  return *cache_.summary(info.file.value, info.index);
}

const Summary* Evaluation::at(FunctionId function) const {
  if (from_[function.value] == From::kCache) return &kept(function);
  return summaries_[function.value].get();
}

bool Evaluation::may_have_flows(FileId file) const {
  const std::shared_ptr<SleepingFile>& restored = cache_.restored[file.value];
  return restored == nullptr || restored->has_flows();
}

// ---- The walk over the components ----

// What one component may see.
class Evaluation::View final : public Summaries {
 public:
  View(const Evaluation& all, std::uint32_t component) : all_(all), component_(component) {}
  const Summary* find(FunctionId callee) const override {
    const std::uint32_t theirs = all_.components_.of[callee.value];
    const bool visible = theirs == component_ || all_.components_.level[theirs] < all_.components_.level[component_];
    return visible ? all_.at(callee) : nullptr;
  }

 private:
  const Evaluation& all_;
  std::uint32_t component_;
};

bool Evaluation::is_stale(FunctionId function) const {
  if (is_kept_[function.value] == 0) return true;
  const FunctionInfo& info = facts_.at(function);
  const bool sleeps = sleeps_[info.file.value] != 0;
  const std::uint32_t component = components_.of[function.value];
  for (const Summary::Use& use : sleeps ? cache_.restored[info.file.value]->uses()[info.index] : kept(function).uses) {
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
  const FileId id = facts_.at(function).file;
  if (sleeps_[id.value] != 0) BANYAN_CHECK(cache_.restored[id.value]->wake());
  const ParsedFile& file = files_.at(id);
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
      from_[one] = From::kCache;
      changed_[one] = 0;
    }
    return;
  }
  for (const std::uint32_t one : members) from_[one] = From::kHere;
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
    changed_[one] = is_kept_[one] == 0 || !same_for_callers(kept({one}), *summaries_[one]) ? 1 : 0;
  }
}

// Of a file in which nothing was looked at again stays what was restored.
EvaluationCache Evaluation::next_cache() const {
  EvaluationCache next;
  next.moved = moved_;
  for (std::uint32_t i = 0; i < facts_.files().size(); ++i) {
    const FileInfo& file = facts_.files()[i];
    const bool renewed = std::any_of(file.functions.begin(), file.functions.end(),
                                     [this](FunctionId one) { return from_[one.value] != From::kCache; });
    if (renewed) next.renewed.push_back({i});
    next.paths.push_back(file.path);
    next.declarations.push_back(file.declarations);
    next.restored.push_back(sleeps_[i] != 0 && !renewed ? cache_.restored[i] : nullptr);
    std::vector<SummaryPointer>& summaries = next.summaries.emplace_back();
    auto& callees = next.callees.emplace_back();
    if (next.restored.back() != nullptr) continue;
    for (std::uint32_t k = 0; k < file.functions.size(); ++k) {
      const std::uint32_t function = file.functions[k].value;
      summaries.push_back(from_[function] == From::kCache ? cache_.summary(i, k) : summaries_[function]);
      std::vector<FunctionPlace>& places = callees.emplace_back();
      for (const FunctionId one : facts_.functions()[function].callees) {
        places.push_back({facts_.at(one).file.value, facts_.at(one).index});
      }
    }
  }
  return next;
}

void Evaluation::run() {
  find_kept();
  std::vector<std::vector<std::uint32_t>> levels;
  for (std::uint32_t i = 0; i < components_.members.size(); ++i) {
    if (levels.size() <= components_.level[i]) levels.resize(components_.level[i] + 1);
    levels[components_.level[i]].push_back(i);
  }
  for (const std::vector<std::uint32_t>& level : levels) {
    const std::size_t threads = level.size() < 64 && !cache_.paths.empty() ? 1 : threads_;
    in_parallel(level.size(), threads, [&](std::size_t i) { evaluate_component(level[i]); });
  }
  cache_ = next_cache();
}

}  // namespace banyan::php
