#include "php_verify/subject.h"

#include <algorithm>
#include <bit>
#include <set>

namespace banyan::php {

namespace {

constexpr Effects kNotCalled = kEffectFileRead | kEffectFileWrite | kEffectNetwork | kEffectDatabase | kEffectProcess |
                               kEffectSuperglobalRead | kEffectSuperglobalWrite | kEffectSession | kEffectTime |
                               kEffectRandom | kEffectInclude | kEffectExit;

void refuse(Subject& subject, std::string code, std::string why) {
  if (!subject.not_run.empty()) return;
  subject.not_run = std::move(code);
  subject.why = std::move(why);
}

void look_at_effects(const Facts& facts, Subject& subject) {
  const Effects found = facts.at(subject.function).effects & kNotCalled;
  if (found == 0) return;
  const Effects first = Effects{1} << std::countr_zero(found);
  std::string why;
  for (const FunctionId id : facts.why(subject.function, first)) {
    if (id != subject.function) why += (why.empty() ? "through " : ", ") + facts.at(id).declaration().name;
  }
  refuse(subject, "effect:" + std::string(effect_name(first)), why);
}

// The class whose object a method is called on: its own, or the first below it that does not replace the method.
ClassId receiver(const Facts& facts, ClassId id, std::string_view method, FunctionId function, int depth = 0) {
  const ClassInfo& info = facts.at(id);
  const bool concrete =
      info.declaration().kind == ClassKind::kEnum ||
      (info.declaration().kind == ClassKind::kClass && (info.declaration().modifiers & kFlagAbstract) == 0);
  if (concrete) return facts.find_method(id, method) == function ? id : ClassId();
  for (const ClassId child : info.children) {
    const ClassId found = depth < 8 ? receiver(facts, child, method, function, depth + 1) : ClassId();
    if (found) return found;
  }
  return {};
}

void look_at_method(const Facts& facts, Subject& subject) {
  const FunctionInfo& info = facts.at(subject.function);
  const FunctionDeclaration& declared = info.declaration();
  if (!info.owner) return;
  subject.class_name = facts.at(info.owner).declaration().name;
  subject.of = info.owner;
  subject.form = (declared.modifiers & kFlagStatic) != 0 ? CallForm::kStatic : CallForm::kMethod;
  if (subject.class_name == "class@anonymous") return refuse(subject, "anonymous-class", "");
  if (declared.key == "__construct" || declared.key == "__destruct") {
    return refuse(subject, "constructor", "runs when an object is made for a method");
  }
  if (subject.form == CallForm::kStatic) return;
  subject.of = receiver(facts, info.owner, declared.key, subject.function);
  if (!subject.of) return refuse(subject, "abstract-class", "no class below it can be made");
  const FunctionId constructor = facts.find_method(subject.of, "__construct");
  if (constructor && (facts.at(constructor).effects & kNotCalled) != 0) {
    return refuse(subject, "effect:constructor", "the constructor does more than compute");
  }
  Generator generator(facts, 1);
  if (constructor) {
    const std::string type = generator.obstacle(facts.at(constructor).declaration());
    if (!type.empty()) return refuse(subject, "argument:" + type, "of the constructor");
  }
  for (int i = 0; i < 4; ++i) {
    if (generator.object(subject.of)) return;
  }
  refuse(subject, "constructor", "no object of " + facts.at(subject.of).declaration().name + " can be made");
}

void look_at(const Facts& facts, Subject& subject) {
  if (subject.converted->state == ConversionState::kRefused) {
    refuse(subject, "refused", subject.converted->reasons[0].code);
  }
  if (!subject.function) return refuse(subject, "not-analysed", "");
  look_at_effects(facts, subject);
  look_at_method(facts, subject);
  const FunctionDeclaration& declared = facts.at(subject.function).declaration();
  if (declared.is_conditional && subject.form == CallForm::kFunction)
    refuse(subject, "conditional", "declared by the code");
  const std::string type = Generator(facts, 1).obstacle(declared);
  if (!type.empty()) refuse(subject, "argument:" + type, "no value of it can be made");
}

void visit(const Facts& facts, FileId file, std::set<std::uint32_t>& seen, std::vector<FileId>& out) {
  if (!file || !seen.insert(file.value).second) return;
  const FileInfo& info = facts.at(file);
  for (const ClassId id : info.classes) {
    const std::vector<ClassId>& ancestors = facts.at(id).ancestors;
    for (auto it = ancestors.rbegin(); it != ancestors.rend(); ++it) visit(facts, facts.at(*it).file, seen, out);
  }
  for (const FunctionId id : info.functions) {
    for (const FunctionId callee : facts.at(id).callees) {
      const FunctionInfo& called = facts.at(callee);
      if (called.declaration().kind == FunctionKind::kFunction) visit(facts, called.file, seen, out);
    }
  }
  out.push_back(file);
}

bool takes_reference(const FunctionDeclaration& function, std::size_t i) {
  if (function.parameters.empty()) return false;
  const ParameterDeclaration& last = function.parameters.back();
  if (i < function.parameters.size()) return function.parameters[i].by_reference;
  return last.variadic && last.by_reference;
}

}  // namespace

std::vector<Subject> find_subjects(const Facts& facts, std::string_view path, const Conversion& conversion,
                                   std::size_t file) {
  std::vector<Subject> out;
  const FileId id = facts.find_file(path);
  std::set<std::uint32_t> taken;
  for (const ConvertedFunction& one : conversion.functions) {
    if (one.name == "{file}" || one.name.ends_with("{closure}")) continue;
    Subject subject{.file = file, .converted = &one};
    for (const FunctionId function : id ? facts.at(id).functions : std::vector<FunctionId>()) {
      if (facts.at(function).declaration().name != one.name || taken.contains(function.value)) continue;
      taken.insert(function.value);
      subject.function = function;
      break;
    }
    look_at(facts, subject);
    out.push_back(std::move(subject));
  }
  return out;
}

std::string call_line(const Facts& facts, const Subject& subject, const std::string& object,
                      const std::vector<InputValue>& arguments) {
  const FunctionDeclaration& function = facts.at(subject.function).declaration();
  std::string out;
  switch (subject.form) {
    case CallForm::kFunction:
      out = "F\t" + function.name;
      break;
    case CallForm::kStatic:
      out = "S\t" + subject.class_name + "\t" + function.name.substr(function.name.rfind(':') + 1);
      break;
    case CallForm::kMethod:
      out = "M\t" + subject.class_name + "\t" + function.name.substr(function.name.rfind(':') + 1) + "\t" + object;
      break;
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    out += takes_reference(function, i) ? "\t&" : "\t";
    encode(arguments[i], out);
  }
  return out;
}

std::string readable_call(const Facts& facts, const Subject& subject, const InputValue& object,
                          const std::vector<InputValue>& arguments) {
  const FunctionDeclaration& function = facts.at(subject.function).declaration();
  std::string out = function.name;
  if (subject.form == CallForm::kMethod) {
    out = "(" + readable(encoded(object)) + ")->" + function.name.substr(function.name.rfind(':') + 1);
  }
  out += "(";
  for (std::size_t i = 0; i < arguments.size(); ++i)
    out += (i == 0 ? "" : ", ") + readable(encoded(arguments[i]), 2000);
  return out + ")";
}

std::vector<FileId> load_order(const Facts& facts, FileId file) {
  std::set<std::uint32_t> seen;
  std::vector<FileId> out;
  visit(facts, file, seen, out);
  return out;
}

}  // namespace banyan::php
