#include "php_check/archived_facts.h"

#include "php_check/archive.h"

namespace banyan::php {

namespace {

// Several truths as the bits of one number.
template <class Archive>
void flags(Archive& archive, std::initializer_list<bool*> list) {
  std::uint32_t packed = 0;
  std::uint32_t bit = 1;
  for (const bool* const one : list) {
    packed |= *one ? bit : 0;
    bit <<= 1;
  }
  archive(packed);
  bit = 1;
  for (bool* const one : list) {
    *one = (packed & bit) != 0;
    bit <<= 1;
  }
}

}  // namespace

// ---- Types ----

template <class Archive>
void describe(Archive& archive, ClassType& one) {
  archive(one.name, one.arguments);
}

template <class Archive>
void describe(Archive& archive, ShapeKey& one) {
  archive(one.key, one.is_integer, one.optional, one.value);
}

template <class Archive>
void describe(Archive& archive, TypeDetail& one) {
  flags(archive, {&one.has_range, &one.has_array, &one.is_list, &one.non_empty, &one.is_sealed});
  if (one.has_range) archive(one.low, one.high);
  archive(one.strings, one.classes);
  if (one.has_array) archive(one.key, one.value, one.shape);
}

template <class Archive>
void describe(Archive& archive, Type& type) {
  std::uint32_t bits = type.bits();
  bool unverified = type.is_unverified();
  bool has_detail = type.has_detail();
  archive(bits);
  flags(archive, {&unverified, &has_detail});
  if constexpr (Archive::kReads) {
    TypeDetail detail;
    if (has_detail && archive.enter()) archive(detail);
    if (has_detail) archive.leave();
    type = Type::with_detail(bits, std::move(detail)).unverified(unverified);
  } else if (has_detail) {
    archive(type.detail());
  }
}

// ---- Declarations ----

template <class Archive>
void describe(Archive& archive, NodeId& node) {
  archive(node.value);
}

// The end is written as a length, and so is short.
template <class Archive>
void describe(Archive& archive, Place& place) {
  std::uint32_t length = place.end - place.offset;
  archive(place.offset, length, place.line, place.column);
  place.end = place.offset + length;
}

template <class Archive>
void describe(Archive& archive, ParameterDeclaration& one) {
  archive(one.name, one.native, one.doc, one.default_text);
  flags(archive, {&one.has_native, &one.by_reference, &one.variadic, &one.optional, &one.promoted});
}

template <class Archive>
void describe(Archive& archive, CallSite& one) {
  archive(one.kind, one.receiver, one.arguments, one.node, one.place, one.name, one.written, one.fallback,
          one.class_name);
  flags(archive, {&one.doc_only, &one.spreads});
}

// A code is one of a closed list, whose texts live as long as the program.
template <class Archive>
void describe(Archive& archive, Hazard& one) {
  std::string code = one.code;
  archive(code, one.subject, one.place);
  if constexpr (Archive::kReads) {
    const VerdictCode* const known = find_verdict_code(code);
    if (known == nullptr) return archive.fail();
    one.code = known->code.data();
  }
}

template <class Archive>
void describe(Archive& archive, EffectSite& one) {
  archive(one.effect, one.place);
}

template <class Archive>
void describe(Archive& archive, ThrowSite& one) {
  archive(one.class_name, one.place);
}

template <class Archive>
void describe(Archive& archive, TryRange& one) {
  archive(one.begin, one.end, one.catches);
}

template <class Archive>
void describe(Archive& archive, FunctionDeclaration& one) {
  archive(one.kind, one.name, one.key, one.class_index, one.parent_index, one.node, one.place, one.name_place,
          one.end_line, one.modifiers);
  flags(archive, {&one.by_reference, &one.is_generator, &one.is_conditional, &one.has_body, &one.has_native_return,
                  &one.is_deprecated});
  archive(one.native_return, one.doc_return, one.templates, one.parameters, one.doc_globals, one.doc_throws, one.calls,
          one.hazards, one.effects, one.throws, one.tries, one.unreachable, one.mentions, one.doc, one.statements,
          one.branches);
}

template <class Archive>
void describe(Archive& archive, PropertyDeclaration& one) {
  archive(one.name, one.native, one.doc, one.has_native, one.modifiers, one.place);
}

template <class Archive>
void describe(Archive& archive, ConstantDeclaration& one) {
  archive(one.name, one.type, one.modifiers, one.is_case, one.place);
}

template <class Archive>
void describe(Archive& archive, TraitAlias& one) {
  archive(one.trait, one.method, one.alias, one.modifiers);
}

template <class Archive>
void describe(Archive& archive, TraitExclusion& one) {
  archive(one.method, one.trait);
}

template <class Archive>
void describe(Archive& archive, ClassDeclaration& one) {
  archive(one.kind, one.name, one.key, one.parent, one.interfaces, one.traits, one.aliases, one.exclusions,
          one.templates, one.extended, one.modifiers, one.is_conditional, one.methods, one.properties, one.constants,
          one.node, one.place, one.name_place, one.end_line, one.doc);
}

template <class Archive>
void describe(Archive& archive, IncludeSite& one) {
  flags(archive, {&one.once, &one.required, &one.is_constant});
  archive(one.path, one.place, one.function);
}

template <class Archive>
void describe(Archive& archive, FileDeclarations& one) {
  archive(one.content_hash, one.bytes, one.lines, one.has_syntax_errors, one.functions, one.classes, one.constants,
          one.includes);
}

// ---- Summaries ----

template <class Archive>
void describe(Archive& archive, FlowStep& one) {
  archive(one.file.value, one.place, one.text);
}

template <class Archive>
void describe(Archive& archive, TaintPath& path) {
  std::vector<FlowStep> steps;
  if constexpr (!Archive::kReads) steps = steps_of(path);
  archive(steps);
  if constexpr (Archive::kReads) {
    for (FlowStep& step : steps) path = with_step(path, std::move(step));
  }
}

template <class Archive>
void describe(Archive& archive, TaintOrigin& one) {
  archive(one.parameter, one.dangerous, one.path);
}

template <class Archive>
void describe(Archive& archive, ParameterSink& one) {
  archive(one.parameter, one.sink, one.name, one.path);
}

template <class Archive>
void describe(Archive& archive, Summary::Flow& one) {
  archive(one.sink, one.name, one.path);
}

template <class Archive>
void describe(Archive& archive, Summary::Use& one) {
  archive(one.file, one.index, one.usable);
}

template <class Archive>
void describe(Archive& archive, Summary& one) {
  archive(one.was_evaluated, one.returned, one.to_return, one.sinks, one.flows, one.receivers, one.uses);
}

// ---- Files ----

std::string archived(const LearntFile& file) {
  ArchiveWriter writer;
  writer(*file.declarations);
  writer.number(file.summaries.size());
  for (const SummaryPointer& one : file.summaries) writer(*one);
  return writer.bytes();
}

std::optional<LearntFile> unarchived(std::string_view bytes) {
  ArchiveReader reader(bytes);
  auto declarations = std::make_shared<FileDeclarations>();
  reader(*declarations);
  LearntFile file;
  const std::size_t count = reader.count();
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    auto summary = std::make_shared<Summary>();
    reader(*summary);
    file.summaries.push_back(std::move(summary));
  }
  const bool fits = count == 0 || count == declarations->functions.size();
  if (!reader.ok() || !reader.at_end() || !fits || declarations->functions.empty()) return std::nullopt;
  file.declarations = std::move(declarations);
  return file;
}

}  // namespace banyan::php
