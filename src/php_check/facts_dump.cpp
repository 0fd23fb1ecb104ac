#include "php_check/facts_dump.h"

#include <bit>

#include "php_check/builtins.h"

namespace banyan::php {

namespace {

std::string place_text(const Place& place) { return std::to_string(place.line) + ":" + std::to_string(place.column); }

std::string effects_text(Effects effects) {
  std::string out;
  for (; effects != 0; effects &= effects - 1) {
    if (!out.empty()) out += ' ';
    out += effect_name(effects & -effects);
  }
  return out;
}

class Dumper {
 public:
  explicit Dumper(const Facts& facts) : facts_(facts) {}

  std::string run() {
    for (const FileInfo& file : facts_.files()) dump_file(file);
    for (const TaintFlow& flow : facts_.taint_flows()) dump_flow(flow);
    for (const DeadCode& dead : facts_.dead_code()) {
      out_ += "dead " + std::string(kDeadKindNames[static_cast<unsigned>(dead.kind)]) + " " +
              facts_.at(dead.file).path + ":" + place_text(dead.place) + (dead.name.empty() ? "" : " " + dead.name) +
              "\n";
    }
    return std::move(out_);
  }

 private:
  void line(int depth, const std::string& text) {
    out_ += std::string(static_cast<std::size_t>(depth) * 2, ' ') + text + "\n";
  }

  void dump_file(const FileInfo& file) {
    line(0, "file " + file.path);
    for (const FileId include : file.includes) line(1, "includes " + facts_.at(include).path);
    for (const ConstantDeclaration& one : file.declarations->constants) {
      line(1, "constant " + one.name + ": " + facts_.type_text(one.type));
    }
    for (const ClassId id : file.classes) dump_class(facts_.at(id));
    for (const FunctionId id : file.functions) dump_function(id);
  }

  void dump_class(const ClassInfo& info) {
    static constexpr std::string_view kKinds[] = {"class", "interface", "trait", "enum"};
    const ClassDeclaration& declared = *info.declared;
    std::string text = std::string(kKinds[static_cast<unsigned>(declared.kind)]) + " " + declared.name;
    if (!declared.parent.empty()) text += " extends " + declared.parent;
    for (const std::string& one : declared.interfaces) text += " implements " + one;
    for (const std::string& one : declared.traits) text += " uses " + one;
    if (info.has_unknown_ancestor) text += " [unknown-ancestor]";
    if (info.has_magic_call) text += " [magic-call]";
    if (info.has_magic_properties) text += " [magic-properties]";
    if (info.is_in_cycle) text += " [cycle]";
    line(1, text);
    for (const PropertyDeclaration& one : declared.properties) {
      const Type& type = one.has_native ? one.native : one.doc;
      line(2, "property $" + one.name + (type.is_nothing() ? "" : ": " + facts_.type_text(type)) +
                  (type.is_unverified() ? " (docblock)" : ""));
    }
    for (const ConstantDeclaration& one : declared.constants) {
      line(2, "constant " + one.name + ": " + facts_.type_text(one.type));
    }
  }

  void dump_function(FunctionId id) {
    const FunctionInfo& info = facts_.at(id);
    const FunctionDeclaration& declared = *info.declared;
    if (declared.kind == FunctionKind::kFile && info.calls.empty() && declared.effects.empty()) return;
    line(1, "function " + facts_.signature(id) + (info.return_type.is_unverified() ? " (docblock)" : ""));
    if (info.was_evaluated && !info.inferred_return.is_nothing()) {
      line(2, "gives " + facts_.type_text(info.inferred_return));
    }
    if (info.doc_return_contradicted) line(2, "docblock contradicted");
    if (info.own_effects != 0) line(2, "does " + effects_text(info.own_effects));
    if (info.effects != info.own_effects) line(2, "does or causes " + effects_text(info.effects));
    for (const std::string& one : info.throws) line(2, "throws " + one);
    for (const Call& call : info.calls) line(2, call_text(call));
    line(2, std::string(readiness_name(info.readiness)) + ", level " + std::to_string(info.level));
    for (const Reason& reason : info.reasons) {
      line(3, reason.text() + " at " + place_text(reason.place) +
                  (reason.count > 1 ? " and " + std::to_string(reason.count - 1) + " more" : ""));
    }
  }

  std::string call_text(const Call& call) const {
    static constexpr std::string_view kNames[] = {"", "builtin", "candidates", "unknown"};
    std::string text = "calls " + call.site->written + " at " + place_text(call.site->place) + " ->";
    const std::string_view name = kNames[static_cast<unsigned>(call.resolution)];
    if (!name.empty()) text += " " + std::string(name);
    if (call.is_undefined) text += " undefined";
    if (call.by_name_only) text += " by-name";
    for (const FunctionId target : call.targets) text += " " + facts_.at(target).declared->name;
    return text;
  }

  void dump_flow(const TaintFlow& flow) {
    line(0, "taint " + std::string(kTaintSinkNames[static_cast<unsigned>(flow.sink)]) + " " + flow.sink_name + " in " +
                facts_.at(flow.function).declared->name);
    for (const FlowStep& step : flow.steps) {
      line(1, facts_.at(step.file).path + ":" + place_text(step.place) + " " + step.text);
    }
  }

  const Facts& facts_;
  std::string out_;
};

}  // namespace

std::string dump_facts(const Facts& facts) { return Dumper(facts).run(); }

}  // namespace banyan::php
