#include <algorithm>

#include "php_check/builtins.h"
#include "php_check/evaluator.h"
#include "php_check/safe_text.h"

namespace banyan::php {

namespace {

// Functions of frameworks that make a value harmless, whatever is in them. Keys; methods with "::" before them.
struct Cleaner {
  std::string_view name;
  SinkMask harmless;
};

constexpr SinkMask kHtml = sink_bit(TaintSink::kHtml);
constexpr SinkMask kSql = sink_bit(TaintSink::kSql);
constexpr SinkMask kHeader = sink_bit(TaintSink::kHeader);
constexpr SinkMask kFiles = sink_bit(TaintSink::kPath) | sink_bit(TaintSink::kCode);

constexpr Cleaner kCleaners[] = {
    {"absint", kAllSinks},
    {"e", kHtml},
    {"esc_attr", kHtml},
    {"esc_html", kHtml},
    {"esc_js", kHtml},
    {"esc_sql", kSql},
    {"esc_textarea", kHtml},
    {"esc_url", kHtml},
    {"esc_url_raw", kHtml},
    {"esc_xml", kHtml},
    {"sanitize_email", kAllSinks},
    {"sanitize_file_name", kAllSinks},
    {"sanitize_hex_color", kAllSinks},
    {"sanitize_html_class", kAllSinks},
    {"sanitize_key", kAllSinks},
    {"sanitize_mime_type", kAllSinks},
    {"sanitize_sql_orderby", kSql},
    {"sanitize_text_field", kHtml},
    {"sanitize_textarea_field", kHtml},
    {"sanitize_title", kAllSinks},
    {"sanitize_user", kHtml},
    {"validate_file_to_edit", kFiles},
    {"wp_json_encode", kHtml},
    {"wp_kses", kHtml},
    {"wp_kses_data", kHtml},
    {"wp_kses_post", kHtml},
    {"wp_parse_id_list", kAllSinks},
    {"wp_safe_redirect", kHeader},
    {"wp_strip_all_tags", kHtml},
    {"wp_validate_redirect", kHeader},
    {"::delete", kSql},  // of database layers: names of tables and columns, and values that are bound
    {"::insert", kSql},
    {"::_escape", kSql},
    {"::escape", kHtml | kSql},
    {"::esc_like", 0},
    {"::prepare", kSql},
    {"::replace", kSql},
    {"::update", kSql},
    {"::quote", kSql},
    {"::quoteidentifier", kSql},
};

// Functions that hand on one of their arguments, whatever else they are given: a filter's other arguments are only
// there to be looked at.
struct Passer {
  std::string_view name;
  std::int32_t parameter;
};

constexpr Passer kPassers[] = {
    {"apply_filters", 1}, {"apply_filters_deprecated", 1}, {"apply_filters_ref_array", 1}, {"wp_unslash", 0}};

const Passer* known_passer(std::string_view key) {
  const auto* const found =
      std::find_if(std::begin(kPassers), std::end(kPassers), [key](const Passer& one) { return one.name == key; });
  return found == std::end(kPassers) ? nullptr : found;
}

// Whether a function says that it gives back what no client can have made: numbers, truths, nothing, or an error.
bool returns_harmless(const FunctionDeclaration& declared) {
  const Type& claimed = declared.has_native_return ? declared.native_return : declared.doc_return;
  if (claimed.is_nothing() || claimed.may_be(kTypeString | kTypeArray | kTypeResource)) return false;
  if (!claimed.may_be(kTypeObject)) return true;
  const std::vector<std::string> classes = claimed.class_names();
  return !classes.empty() && claimed.may_be(kTypeInt | kTypeFloat | kTypeBool) &&
         std::all_of(classes.begin(), classes.end(),
                     [](const std::string& name) { return name.ends_with("error") || name.ends_with("exception"); });
}

struct MethodSink {
  std::string_view class_key;
  std::string_view method;
  TaintSink sink;
};

constexpr MethodSink kMethodSinks[] = {
    {"pdo", "query", TaintSink::kSql},         {"pdo", "exec", TaintSink::kSql},
    {"pdo", "prepare", TaintSink::kSql},       {"mysqli", "query", TaintSink::kSql},
    {"mysqli", "real_query", TaintSink::kSql}, {"mysqli", "multi_query", TaintSink::kSql},
    {"mysqli", "prepare", TaintSink::kSql},    {"sqlite3", "query", TaintSink::kSql},
    {"sqlite3", "exec", TaintSink::kSql},      {"sqlite3", "querysingle", TaintSink::kSql},
    {"sqlite3", "prepare", TaintSink::kSql},
};

constexpr std::pair<std::uint32_t, TaintSink> kSinkTraits[] = {
    {kTaintSinkSql, TaintSink::kSql},       {kTaintSinkHtml, TaintSink::kHtml},
    {kTaintSinkShell, TaintSink::kShell},   {kTaintSinkCode, TaintSink::kCode},
    {kTaintSinkPath, TaintSink::kPath},     {kTaintSinkUnserialize, TaintSink::kUnserialize},
    {kTaintSinkHeader, TaintSink::kHeader},
};

// Whether what a function gives back can carry what it was given.
bool carries(const Type& type) { return type.may_be(kTypeString | kTypeArray | kTypeObject); }

}  // namespace

const CallSite* Evaluator::site_of(NodeId node, std::size_t* index) const {
  const auto found = sites_.find(node.value);
  if (found == sites_.end()) return nullptr;
  if (index != nullptr) *index = found->second;
  return &declared_.calls[found->second];
}

std::vector<Evaluator::Argument> Evaluator::eval_arguments(NodeId arguments) {
  std::vector<Argument> list;
  if (!arguments || kind(arguments) != Kind::kArguments) return list;
  for (const NodeId one : ast_.children(arguments)) {
    const NodeId value = child(one, 1);
    list.push_back({value, eval(value)});
  }
  return list;
}

Value Evaluator::eval_call(NodeId node) {
  const NodeId callee = child(node, 0);
  const CallSite* const site = site_of(node);
  if (site == nullptr || site->kind == CallKind::kDynamic) eval(callee);
  const std::vector<Argument> arguments = eval_arguments(child(node, 1));
  if (child(node, 1) && kind(child(node, 1)) == Kind::kCallablePlaceholder) return {Type::object("closure"), nullptr};
  if (site == nullptr || site->kind != CallKind::kFunction) {
    forget_properties();
    return {Type::mixed(), nullptr};
  }
  return call_result(resolver_.resolve(info_, *site), node, arguments, nullptr);
}

Value Evaluator::eval_method_call(NodeId node, const Value& object) {
  std::size_t index = 0;
  const CallSite* const site = site_of(node, &index);
  const std::vector<Argument> arguments = eval_arguments(child(node, 2));
  if (site == nullptr || site->kind != CallKind::kMethod) {
    if (kind(child(node, 1)) != Kind::kIdentifier) eval(child(node, 1));
    forget_properties();
    return {Type::mixed(), nullptr};
  }
  const bool typed = object.type.may_be(kTypeObject) && !object.type.detail().classes.empty();
  const bool declared = site->receiver != ReceiverKind::kUnknown;
  if (typed && !declared) summary_.receivers[index] = join(summary_.receivers[index], object.type);
  const Call call = resolver_.resolve(info_, *site, typed && !declared ? &object.type : nullptr);
  Value result = call_result(call, node, arguments, &object.type);
  if (kind(node) == Kind::kNullsafeMethodCall && object.type.may_be(kTypeNull)) {
    result.type = join(result.type, Type(kTypeNull));
  }
  return result;
}

Value Evaluator::eval_static_call(NodeId node) {
  if (kind(child(node, 0)) != Kind::kName) eval(child(node, 0));
  const CallSite* const site = site_of(node);
  const std::vector<Argument> arguments = eval_arguments(child(node, 2));
  if (site == nullptr || site->kind != CallKind::kStatic) return {Type::mixed(), nullptr};
  const std::string key = class_of(child(node, 0));
  const Type receiver = key.empty() ? Type(kTypeObject) : Type::object(key);
  return call_result(resolver_.resolve(info_, *site), node, arguments, &receiver);
}

Value Evaluator::eval_new(NodeId node) {
  const NodeId name = child(node, 0);
  if (kind(name) == Kind::kAnonymousClass) {
    eval_arguments(child(name, class_slot::kArguments));
    for (const ClassId id : facts_.at(info_.file).classes) {
      if (facts_.at(id).declared->node == name) return {Type::object(facts_.at(id).declared->key), nullptr};
    }
    return {Type(kTypeObject), nullptr};
  }
  if (kind(name) != Kind::kName) eval(name);
  const std::vector<Argument> arguments = eval_arguments(child(node, 1));
  const std::string key = class_of(name);
  if (key.empty()) return {Type(kTypeObject), nullptr};
  Type made = Type::object(key, class_arguments(key, arguments));
  if (const CallSite* const site = site_of(node)) {
    const Call call = resolver_.resolve(info_, *site);
    call_result(call, node, arguments, &made);
  }
  return {made, nullptr};
}

Value Evaluator::call_result(const Call& call, NodeId node, const std::vector<Argument>& arguments,
                             const Type* receiver) {
  write_references(call, arguments);
  if (call.builtin != nullptr) return builtin_result(*call.builtin, node, arguments);
  forget_properties();
  if (call.by_name_only && call.targets.size() != 1) return {Type::mixed(), nullptr};
  Value result;
  for (const FunctionId target : call.targets) {
    result = join(result, function_result(target, node, arguments, receiver));
  }
  if (call.builtin_class != nullptr) {
    builtin_method_sinks(call, node, arguments);
    const BuiltinMethod* const method = find_builtin_method(lowered(call.builtin_class->name), call.site->name);
    result.type = join(result.type, method == nullptr ? Type::mixed() : method->return_type());
  }
  // Nothing comes back from what always ends otherwise, or, in a circle of calls, has not come back yet.
  const bool never = result.type.only(kTypeNever) || (result.type.is_nothing() && !call.targets.empty());
  if (never) {
    state_.reachable = false;
  } else if (result.type.is_nothing()) {
    result.type = Type::mixed();
  }
  return result;
}

void Evaluator::builtin_method_sinks(const Call& call, NodeId node, const std::vector<Argument>& arguments) {
  const std::string key = lowered(call.builtin_class->name);
  for (const MethodSink& one : kMethodSinks) {
    if (one.method != call.site->name || !is_builtin_descendant(key, one.class_key) || arguments.empty()) continue;
    check_sink(one.sink, arguments[0].value, node, std::string(one.class_key) + "::" + std::string(one.method));
  }
}

// What by-reference parameters write is not followed: the variable may be anything afterwards.
void Evaluator::write_references(const Call& call, const std::vector<Argument>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    bool by_reference = call.builtin != nullptr && call.builtin->takes_reference(i);
    for (const FunctionId target : call.targets) {
      const std::vector<ParameterDeclaration>& list = facts_.at(target).declared->parameters;
      if (!list.empty())
        by_reference |= list[std::min(i, list.size() - 1)].by_reference && (i < list.size() || list.back().variadic);
    }
    if (!by_reference) continue;
    Taint taint = arguments[i].value.taint;
    for (const Argument& one : arguments) taint = join_taints(taint, one.value.taint);
    if (call.builtin != nullptr && call.builtin->name == "settype" && arguments.size() > 1) {
      const std::string* const wanted = arguments[1].value.type.literal_string();
      const bool text = wanted == nullptr || *wanted == "string" || *wanted == "array" || *wanted == "object";
      if (!text) taint = nullptr;
    }
    const bool sorts = call.builtin != nullptr && call.builtin->name.ends_with("sort");
    const bool matches = call.builtin != nullptr && call.builtin->name.starts_with("preg_match");
    Type type = Type::mixed();
    if (sorts && arguments[i].value.type.only(kTypeArray)) type = Type(kTypeArray);
    if (matches)
      type = Type::array(Type(kTypeInt | kTypeString),
                         call.builtin->name == "preg_match" ? Type(kTypeString) : Type::mixed());
    const NodeId node = arguments[i].node;
    if (node && (kind(node) == Kind::kVariable || kind(node) == Kind::kProperty)) assign(node, {type, taint});
  }
}

// ---- PHP's own functions ----

Value Evaluator::builtin_result(const BuiltinFunction& builtin, NodeId node, const std::vector<Argument>& arguments) {
  for (const auto& [trait, sink] : kSinkTraits) {
    if ((builtin.taint & trait) == 0 || builtin.sink_argument >= arguments.size()) continue;
    if (builtin.name == "print_r" && arguments.size() > 1) continue;
    Value value = arguments[builtin.sink_argument].value;
    if (builtin.name == "printf") value.taint = text_taint(builtin, arguments);
    check_sink(sink, value, node, builtin.name);
  }
  Value result{builtin_type_of(builtin, arguments), nullptr};
  if (result.type.only(kTypeNever)) state_.reachable = false;
  if (carries(result.type)) result.taint = builtin_taint(builtin, node, arguments);
  return result;
}

Taint Evaluator::builtin_taint(const BuiltinFunction& builtin, NodeId node, const std::vector<Argument>& arguments) {
  const bool filters = builtin.name == "filter_var" || builtin.name == "filter_input";
  if (filters && filter_cleans(arguments, builtin.name == "filter_var" ? 1 : 2)) return nullptr;
  if ((builtin.taint & kTaintSource) != 0) {
    return make_taint({-1, kAllSinks, with_step(TaintPath(), step_at(node, std::string(builtin.name) + "()"))});
  }
  if ((builtin.taint & kCleansAll) != 0) return nullptr;
  // What is read from outside by the name a client gave is another matter than what it gave.
  constexpr Effects kReads = kEffectFileRead | kEffectNetwork | kEffectDatabase;
  const bool escapes = (builtin.taint & (kCleansSql | kCleansHtml | kCleansShell | kCleansPath)) != 0;
  if ((builtin.effects & kReads) != 0 && !escapes) return nullptr;
  return cleaned(text_taint(builtin, arguments), cleaned_by(builtin, arguments));
}

// Whether a filter is named, and one that lets only harmless values pass; that is, any but the one that changes
// nothing.
bool Evaluator::filter_cleans(const std::vector<Argument>& arguments, std::size_t filter) const {
  if (arguments.size() <= filter || !arguments[filter].node) return false;
  const std::string_view name = text(arguments[filter].node);
  return !name.ends_with("FILTER_DEFAULT") && !name.ends_with("FILTER_UNSAFE_RAW");
}

// What stands in the text a function makes of its arguments: of sprintf() and printf() not what becomes a number.
Taint Evaluator::text_taint(const BuiltinFunction& builtin, const std::vector<Argument>& arguments) const {
  std::vector<bool> is_text(arguments.size(), true);
  const std::string* const format = arguments.empty() ? nullptr : arguments[0].value.type.literal_string();
  if (format != nullptr && (builtin.name == "sprintf" || builtin.name == "printf")) mark_texts(*format, is_text);
  Taint taint;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (is_text[i]) taint = join_taints(taint, arguments[i].value.taint);
  }
  return taint;
}

SinkMask Evaluator::cleaned_by(const BuiltinFunction& builtin, const std::vector<Argument>& arguments) const {
  SinkMask harmless = (builtin.taint & kCleansAll) != 0 ? kAllSinks : SinkMask{0};
  if ((builtin.taint & kCleansSql) != 0) harmless |= sink_bit(TaintSink::kSql);
  if ((builtin.taint & kCleansHtml) != 0) harmless |= sink_bit(TaintSink::kHtml);
  if ((builtin.taint & kCleansShell) != 0) harmless |= sink_bit(TaintSink::kShell);
  if ((builtin.taint & kCleansPath) != 0) harmless |= sink_bit(TaintSink::kPath);
  if (builtin.name == "array_map" && arguments.size() == 2) harmless |= cleaned_by_mapping(arguments);
  if (builtin.name == "array_filter" && arguments.size() == 2) {
    const std::string* const test = arguments[1].value.type.literal_string();
    if (test != nullptr && proves_harmless(lowered(*test))) harmless = kAllSinks;
  }
  if (builtin.name == "preg_replace" && arguments.size() > 2) {
    const std::string* const pattern = arguments[0].value.type.literal_string();
    const std::string* const replacement = arguments[1].value.type.literal_string();
    if (pattern != nullptr && replacement != nullptr) harmless |= harmless_after_replacing(*pattern, *replacement);
  }
  return harmless;
}

// array_map('intval', $list): what the named function cleans is clean.
SinkMask Evaluator::cleaned_by_mapping(const std::vector<Argument>& arguments) const {
  const std::string* const name = arguments[0].value.type.literal_string();
  if (name == nullptr) return 0;
  const FunctionId function = facts_.find_function(*name);
  if (function) {
    const FunctionDeclaration& declared = *facts_.at(function).declared;
    return returns_harmless(declared) ? kAllSinks : known_cleaner(declared);
  }
  const BuiltinFunction* const builtin = find_builtin_function(lowered(*name));
  return builtin == nullptr ? SinkMask{0} : cleaned_by(*builtin, {});
}

// Where the declared type says less than what the arguments tell.
Type Evaluator::builtin_type_of(const BuiltinFunction& builtin, const std::vector<Argument>& arguments) const {
  const std::string_view name = builtin.name;
  constexpr std::int64_t kMost = INT64_MAX;
  if (name == "count" || name == "sizeof" || name == "strlen" || name == "mb_strlen") return Type::integer(0, kMost);
  const Type first = arguments.empty() ? Type() : arguments[0].value.type;
  const TypeDetail& detail = first.detail();
  const bool array = first.only(kTypeArray) && detail.has_array && !detail.value.is_nothing();
  if (array && name == "array_values") return Type::list(detail.value);
  if (array && name == "array_keys") return Type::list(detail.key);
  if (array && (name == "array_filter" || name == "array_slice" || name == "array_unique" || name == "array_reverse")) {
    return Type::array(detail.key.widened(), detail.value);
  }
  if (array &&
      (name == "array_pop" || name == "array_shift" || name == "end" || name == "reset" || name == "current")) {
    const bool null = name.starts_with("array");
    return join(detail.value, Type(null ? kTypeNull : kTypeFalse));
  }
  if (name == "explode") return Type::list(Type(kTypeString), true);
  if (name == "str_split" || name == "mb_str_split" || name == "preg_grep")
    return Type::array(Type(kTypeInt), Type(kTypeString));
  if (name == "range") return builtin.return_type();
  if (name == "abs" && first.only(kTypeInt)) return Type(kTypeInt | kTypeFloat);
  if ((name == "max" || name == "min") && arguments.size() > 1) {
    Type type;
    for (const Argument& one : arguments) type = join(type, one.value.type);
    return type;
  }
  if ((name == "str_replace" || name == "preg_replace") && arguments.size() > 2 &&
      arguments[2].value.type.only(kTypeString)) {
    return Type(name == "str_replace" ? kTypeString : kTypeString | kTypeNull);
  }
  if (name == "microtime" && !arguments.empty() && first.only(kTypeTrue)) return Type(kTypeFloat);
  return builtin.return_type();
}

// ---- Functions of the code base ----

SinkMask Evaluator::known_cleaner(const FunctionDeclaration& declared) const {
  const bool method = declared.kind == FunctionKind::kMethod;
  const std::string name = method ? "::" + declared.key : declared.key;
  for (const Cleaner& one : kCleaners) {
    if (one.name == name) return one.harmless;
  }
  return 0;
}

// Template parameters get their types from the arguments and from what the object was made for.
Type Evaluator::bound_type(const FunctionInfo& callee, Type type, const std::vector<Argument>& arguments,
                           const Type* receiver) const {
  const FunctionDeclaration& declared = *callee.declared;
  const ClassDeclaration* const owner = callee.owner ? facts_.at(callee.owner).declared : nullptr;
  if (declared.templates.empty() && (owner == nullptr || owner->templates.empty())) return type;
  std::vector<TypeBinding> bindings;
  for (const std::string& one : declared.templates) {
    const std::string wanted = "#" + one;
    Type bound;
    for (std::size_t i = 0; i < std::min(arguments.size(), declared.parameters.size()); ++i) {
      const TypeDetail& claimed = declared.parameters[i].doc.detail();
      const TypeDetail& given = arguments[i].value.type.detail();
      const auto names = [&wanted](const TypeDetail& detail) {
        return detail.classes.size() == 1 && detail.classes[0].name == wanted;
      };
      if (names(claimed)) bound = join(bound, arguments[i].value.type);
      if (claimed.has_array && names(claimed.value.detail()) && given.has_array) bound = join(bound, given.value);
    }
    bindings.push_back({wanted, bound.is_nothing() ? Type::mixed() : bound});
  }
  if (owner != nullptr && receiver != nullptr) {
    for (const ClassType& one : receiver->detail().classes) {
      for (std::size_t i = 0; i < std::min(one.arguments.size(), owner->templates.size()); ++i) {
        if (one.name == owner->key) bindings.push_back({"#" + owner->templates[i], one.arguments[i]});
      }
    }
  }
  return substituted(type, bindings);
}

// new Box($user) of a class with @template T whose constructor takes T is a Box<User>.
std::vector<Type> Evaluator::class_arguments(const std::string& key, const std::vector<Argument>& arguments) const {
  const ClassId id = facts_.find_class(key);
  if (!id || facts_.at(id).declared->templates.empty()) return {};
  const FunctionId constructor = facts_.find_method(id, "__construct");
  std::vector<Type> types;
  for (const std::string& one : facts_.at(id).declared->templates) {
    Type bound;
    const std::size_t count = constructor ? facts_.at(constructor).declared->parameters.size() : 0;
    for (std::size_t i = 0; i < std::min(arguments.size(), count); ++i) {
      const TypeDetail& claimed = facts_.at(constructor).declared->parameters[i].doc.detail();
      const Type& given = arguments[i].value.type;
      const auto is_it = [&one](const TypeDetail& detail) {
        return detail.classes.size() == 1 && detail.classes[0].name == "#" + one;
      };
      if (is_it(claimed)) bound = join(bound, given.widened());
      if (claimed.has_array && is_it(claimed.value.detail()) && given.detail().has_array) {
        bound = join(bound, given.detail().value.widened());
      }
    }
    types.push_back(bound.is_nothing() ? Type::mixed() : bound);
  }
  return types;
}

Value Evaluator::function_result(FunctionId callee, NodeId node, const std::vector<Argument>& arguments,
                                 const Type* receiver) {
  const FunctionInfo& info = facts_.at(callee);
  const FunctionDeclaration& declared = *info.declared;
  const Summary* const summary = summaries_.find(callee);
  summary_.uses.push_back({info.file.value, info.index, summary != nullptr});
  const Type& claimed = declared.has_native_return ? declared.native_return : declared.doc_return;
  const bool doc_helps = !declared.doc_return.is_nothing() && !declared.templates.empty();
  Value result{claimed, nullptr};
  if (summary != nullptr && summary->was_evaluated && !doc_helps) {
    const bool fits = declared.has_native_return && (summary->returned.bits() & ~claimed.bits()) != 0;
    if (!fits) result.type = summary->returned;
    if (summary->returned.is_mixed() && !claimed.is_nothing()) result.type = claimed;
  }
  if (!declared.doc_return.is_nothing() && (declared.templates.size() > 0 || info.owner)) {
    result.type = bound_type(info, result.type, arguments, receiver);
  }
  if (result.type.may_be(kTypeVoid)) result.type = join(result.type.without(kTypeVoid), Type(kTypeNull));
  if (result.type.is_nothing() && (summary == nullptr || !summary->was_evaluated)) result.type = Type::mixed();
  if (summary == nullptr) return result;
  const FlowStep back = step_at(node, "given back by " + declared.name + "()");
  const SinkMask harmless = known_cleaner(declared);
  const auto argument_taint = [&](std::size_t parameter) -> Taint {
    if (parameter < declared.parameters.size() && declared.parameters[parameter].variadic) {
      Taint all;
      for (std::size_t i = parameter; i < arguments.size(); ++i) all = join_taints(all, arguments[i].value.taint);
      return all;
    }
    return parameter < arguments.size() ? arguments[parameter].value.taint : nullptr;
  };
  const Passer* const passer = info.owner ? nullptr : known_passer(declared.key);
  for (const TaintOrigin& origin : summary->to_return) {
    if (passer != nullptr && origin.parameter != passer->parameter) continue;
    Taint taint;
    if (origin.parameter < 0) {
      taint = make_taint({-1, origin.dangerous, origin.path});
    } else {
      taint = cleaned(argument_taint(static_cast<std::size_t>(origin.parameter)),
                      static_cast<SinkMask>(kAllSinks & ~origin.dangerous));
    }
    result.taint = join_taints(result.taint, with_step(cleaned(taint, harmless), back));
  }
  if (returns_harmless(declared)) result.taint = nullptr;
  if (passer != nullptr) return result;
  for (const ParameterSink& sink : summary->sinks) {
    const Taint taint = argument_taint(sink.parameter);
    if (taint == nullptr || (harmless & sink_bit(sink.sink)) != 0) continue;
    for (const TaintOrigin& origin : *taint) {
      if ((origin.dangerous & sink_bit(sink.sink)) == 0) continue;
      add_flow(sink.sink, sink.name, origin, step_at(node, "passed to " + declared.name + "()"), sink.path);
    }
  }
  return result;
}

// ---- Taint ----

FlowStep Evaluator::step_at(NodeId node, std::string text_of_step) const {
  const std::string_view inside = text(node);
  FlowStep step;
  step.file = info_.file;
  step.place.offset = inside.data() == nullptr ? 0 : static_cast<std::uint32_t>(inside.data() - file_.source.data());
  step.place.end = step.place.offset + static_cast<std::uint32_t>(inside.size());
  const LineColumn at = file_.lines->at(step.place.offset);
  step.place.line = at.line;
  step.place.column = at.column;
  step.text = std::move(text_of_step);
  return step;
}

// The same where it is read again: what a client sent is shown from there on.
Taint Evaluator::read_here(const Taint& taint, NodeId node) const {
  if (taint == nullptr) return nullptr;
  std::vector<TaintOrigin> origins = *taint;
  for (TaintOrigin& one : origins) {
    if (one.parameter < 0) one.path = with_step(TaintPath(), step_at(node, std::string(text(node).substr(0, 60))));
  }
  return std::make_shared<const std::vector<TaintOrigin>>(std::move(origins));
}

// What a text can still harm when it stands behind another one. A redirect goes where a client wants only if the
// client's text begins the address; no header can be divided, since PHP refuses line breaks.
Taint Evaluator::appended(const Type& before, const Taint& taint) {
  if (taint == nullptr) return taint;
  if (const std::string* const literal = before.literal_string()) {
    std::string text = lowered(*literal);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.pop_back();
    const bool begins = text.empty() || text.ends_with("location:") || text.ends_with("refresh:") ||
                        text.ends_with("url=") || text.ends_with("//");
    if (begins) return taint;
  }
  return cleaned(taint, sink_bit(TaintSink::kHeader));
}

void Evaluator::check_sink(TaintSink sink, const Value& value, NodeId node, std::string_view name) {
  if (value.taint == nullptr) return;
  for (const TaintOrigin& origin : *value.taint) {
    if ((origin.dangerous & sink_bit(sink)) == 0) continue;
    add_flow(sink, std::string(name), origin, step_at(node, std::string(name)), nullptr);
  }
}

void Evaluator::add_flow(TaintSink sink, std::string name, const TaintOrigin& origin, FlowStep step,
                         const TaintPath& after) {
  const TaintPath path = joined_path(with_step(origin.path, std::move(step)), after);
  if (origin.parameter < 0) {
    const auto same = std::find_if(summary_.flows.begin(), summary_.flows.end(), [&](const Summary::Flow& one) {
      return one.sink == sink && same_path(one.path, path);
    });
    if (same == summary_.flows.end() && summary_.flows.size() < Summary::kFlowsMax) {
      summary_.flows.push_back({sink, std::move(name), path});
    }
    return;
  }
  const auto parameter = static_cast<std::uint16_t>(origin.parameter);
  const auto same = std::find_if(summary_.sinks.begin(), summary_.sinks.end(), [&](const ParameterSink& one) {
    return one.parameter == parameter && one.sink == sink;
  });
  if (same == summary_.sinks.end() && summary_.sinks.size() < Summary::kSinksMax) {
    summary_.sinks.push_back({parameter, sink, std::move(name), path});
  }
}

}  // namespace banyan::php
