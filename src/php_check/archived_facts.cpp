#include "php_check/archived_facts.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
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

// What others may ask about a function, and what stands only in its own evaluation and verdict.
template <class Archive>
void describe(Archive& archive, FunctionDeclaration& one) {
  archive(one.kind, one.name, one.key, one.class_index, one.parent_index, one.place, one.modifiers);
  flags(archive, {&one.by_reference, &one.is_generator, &one.is_conditional, &one.has_body, &one.has_native_return,
                  &one.is_deprecated});
  archive(one.native_return, one.doc_return, one.templates, one.parameters, one.statements);
}
template <class Archive>
void describe_rest(Archive& archive, FunctionDeclaration& one) {
  archive(one.node, one.name_place, one.end_line, one.doc_globals, one.doc_throws, one.calls, one.hazards, one.effects,
          one.throws, one.tries, one.unreachable, one.mentions, one.doc, one.branches);
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
          one.node, one.place, one.name_place, one.end_line);
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
  archive(one.was_evaluated, one.returned, one.to_return, one.sinks, one.flows, one.receivers);  // uses stand in front
}

template <class Archive>
void describe(Archive& archive, FunctionPlace& one) {
  archive(one.file, one.index);
}

// ---- Files ----

namespace {

// Everything by which a change elsewhere may concern a function (Evaluation::names_changed), and the classes, which
// may inherit a change.
std::vector<std::uint32_t> used_names(const FileDeclarations& declarations) {
  std::vector<std::uint32_t> hashes;
  const auto add = [&hashes](const std::string& name) {
    if (!name.empty()) hashes.push_back(name_hash(name));
  };
  for (const ClassDeclaration& one : declarations.classes) add(one.key);
  for (const FunctionDeclaration& one : declarations.functions) {
    for (const CallSite& site : one.calls) {
      for (const std::string* name : {&site.name, &site.fallback, &site.class_name}) add(*name);
      if (site.receiver == ReceiverKind::kProperty) add("->" + site.class_name);
    }
    for (const std::string& name : one.mentions) add(name);
  }
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

template <class Archive>
void archive_rest(Archive& archive, FileDeclarations& declarations) {
  for (FunctionDeclaration& one : declarations.functions) describe_rest(archive, one);
  for (ClassDeclaration& one : declarations.classes) archive(one.doc);
}

}  // namespace

std::uint32_t name_hash(std::string_view name) {
  return static_cast<std::uint32_t>(XXH3_64bits(name.data(), name.size()));
}

std::string archived(const FileDeclarations& declarations, std::span<const SummaryPointer> summaries,
                     std::span<const std::vector<FunctionPlace>> callees) {
  ArchiveWriter head;
  head(declarations);
  const std::vector<std::uint32_t> names = used_names(declarations);
  head.text(std::string(reinterpret_cast<const char*>(names.data()), names.size() * sizeof names[0]));
  bool has_flows = false;
  for (const SummaryPointer& one : summaries) has_flows = has_flows || !one->flows.empty();
  head.number(has_flows ? 1 : 0);
  for (const std::vector<FunctionPlace>& one : callees) head(one);
  for (const SummaryPointer& one : summaries) head(one->uses);
  ArchiveWriter rest;
  archive_rest(rest, const_cast<FileDeclarations&>(declarations));  // a writer only reads
  for (const SummaryPointer& one : summaries) rest(*one);
  return head.bytes() + rest.bytes();
}

std::shared_ptr<SleepingFile> SleepingFile::open(std::string_view bytes) {
  auto file = std::make_shared<SleepingFile>();
  file->declarations_ = std::make_shared<FileDeclarations>();
  ArchiveReader reader(bytes);
  reader(*file->declarations_);
  const std::string_view names = reader.text();
  file->names_.resize(names.size() / sizeof(std::uint32_t));
  if (!file->names_.empty())
    std::memcpy(file->names_.data(), names.data(), file->names_.size() * sizeof(std::uint32_t));
  file->has_flows_ = reader.number() != 0;
  const std::size_t count = file->declarations_->functions.size();
  file->callees_.resize(count);
  file->uses_.resize(count);
  for (auto& one : file->callees_) reader(one);
  for (auto& one : file->uses_) reader(one);
  if (!reader.ok() || count == 0) return nullptr;
  file->rest_ = reader.rest();
  return file;
}

bool SleepingFile::names_any(std::span<const std::uint32_t> hashes) const {
  return std::any_of(hashes.begin(), hashes.end(),
                     [this](std::uint32_t one) { return std::binary_search(names_.begin(), names_.end(), one); });
}

void SleepingFile::read_rest() {
  ArchiveReader reader(rest_);
  archive_rest(reader, *declarations_);
  for (std::size_t i = 0; i < declarations_->functions.size(); ++i) {
    auto summary = std::make_shared<Summary>();
    reader(*summary);
    summary->uses = uses_[i];
    summaries_.push_back(std::move(summary));
  }
  whole_ = reader.ok() && reader.at_end();
  awake_.store(true, std::memory_order_release);
}

bool SleepingFile::wake() {
  std::call_once(once_, [this] { read_rest(); });
  return whole_;
}

const std::vector<SummaryPointer>& SleepingFile::summaries() {
  BANYAN_CHECK(wake());
  return summaries_;
}

}  // namespace banyan::php
