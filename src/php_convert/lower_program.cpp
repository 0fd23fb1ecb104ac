// Which functions and classes a file has, then all of them lowered until nothing is learnt any more.
#include "php_convert/lower_program.h"

#include <algorithm>

#include "php_check/builtins.h"
#include "php_convert/lower_lines.h"
#include "php_convert/lower_result_types.h"
#include "php_convert/lowering.h"

namespace banyan::php {

namespace {

constexpr int kRoundsMax = 12;

class ProgramLowering {
 public:
  ProgramLowering(const ParsedFile& file, const ExpressionTypes& types, std::string path, const ConvertOptions& options)
      : is_alone_(options.is_alone) {
    for (const std::string& one : options.reference_takers) shared_.reference_methods.insert(one);
    shared_.is_exact = options.has_exact_operations;
    shared_.file = &file;
    shared_.types = &types;
    shared_.runtime = &go_runtime_table();
    shared_.program.path = std::move(path);
    // Files that include each other share their variables, and whether one is assigned is not seen in one file.
    shared_.program.is_mounted = options.is_mounted;
    shared_.program.uses_globals = options.is_mounted;
    shared_.program.unsets_globals = options.is_mounted;
  }

  hir::Program run() {
    add_function({}, ast().root(), -1, -1);
    shared_.program.functions[0].name = "{file}";
    shared_.program.functions[0].is_main = true;
    find_globals(ast().root(), false);
    find_uses(ast().root());
    declare(ast().root(), 0, true);
    expand_traits();
    note_references();
    order_classes();
    if (autoloads_) refuse_loaded_types();
    lower_all();
    return std::move(shared_.program);
  }

 private:
  using Kind = NodeKind;
  const Ast& ast() const { return shared_.file->tree.ast; }
  std::string_view text(NodeId node) const { return shared_.file->tree.node_text(shared_.file->source, node); }
  std::uint32_t offset(NodeId node) const { return shared_.file->tree.stream.tokens[ast().header(node).first].offset; }
  const Names& names(NodeId node) const { return shared_.file->names_at(offset(node)); }

  // Where a function begins for PHP: behind its attributes and modifiers, which may have lines of their own.
  std::uint32_t declaration_offset(NodeId node) const {
    const Kind kind = ast().kind(node);
    const bool is_function =
        kind == Kind::kFunction || kind == Kind::kMethod || kind == Kind::kClosure || kind == Kind::kArrowFunction;
    const auto& tokens = shared_.file->tree.stream.tokens;
    std::uint32_t at = ast().header(node).first;
    for (const std::uint32_t slot : {function_slot::kAttributes, function_slot::kModifiers}) {
      if (is_function && ast().child(node, slot)) at = std::max(at, ast().header(ast().child(node, slot)).end);
    }
    while (at + 1 < ast().header(node).end && is_trivia(tokens[at].kind)) ++at;
    return tokens[at].offset;
  }

  std::int32_t add_function(std::string name, NodeId node, std::int32_t class_index, std::int32_t outer) {
    hir::Function made;
    made.short_name = name;
    made.name = std::move(name);
    made.class_index = class_index;
    made.offset = node ? declaration_offset(node) : 0;
    made.line = shared_.line_of(made.offset);
    const NodeHeader header = ast().header(node);
    made.end_line = shared_.line_of(shared_.file->tree.stream.tokens[header.end == 0 ? 0 : header.end - 1].offset);
    shared_.program.functions.push_back(std::move(made));
    shared_.nodes.push_back(node);
    shared_.owner.push_back(class_index);
    shared_.outer.push_back(outer);
    return static_cast<std::int32_t>(shared_.program.functions.size()) - 1;
  }

  hir::Function& function(std::int32_t index) { return shared_.program.functions[static_cast<std::size_t>(index)]; }
  hir::Class& class_at(std::int32_t index) { return shared_.program.classes[static_cast<std::size_t>(index)]; }

  // ---- What the file's code shares with its functions ----

  // Whether the name is of a function whose output has the numbers of objects in it.
  static bool shows_object_numbers(std::string_view name) {
    if (name.starts_with('\\')) name.remove_prefix(1);
    return name == "var_dump" || name == "spl_object_id" || name == "spl_object_hash";
  }

  static bool shows_closures(std::string_view name) {
    if (name.starts_with('\\')) name.remove_prefix(1);
    return name == "var_dump" || name == "print_r" || name == "var_export";
  }

  // Whether closures get other objects and classes in the file.
  void note_binding(NodeId node) {
    const Kind kind = ast().kind(node);
    const bool is_call = kind == Kind::kMethodCall || kind == Kind::kNullsafeMethodCall || kind == Kind::kStaticCall;
    if (!is_call || ast().kind(ast().child(node, 1)) != Kind::kIdentifier) return;
    const std::string name = lowered(text(ast().child(node, 1)));
    if (name == "bindto" || (name == "bind" && kind == Kind::kStaticCall)) binds_ = true;
    if (name == "call" && kind != Kind::kStaticCall) calls_ = true;
  }

  void mark_rebindable() {
    if (!shared_.is_exact || (!binds_ && !(calls_ && !shared_.method_names.contains("call")))) return;
    for (std::size_t i = 0; i < shared_.program.functions.size(); ++i) {
      hir::Function& one = shared_.program.functions[i];
      if (!one.is_closure) continue;
      one.is_rebindable = true;
      one.writes_this = mentions_this(ast().child(shared_.nodes[i], function_slot::kBody));
    }
  }

  // Whether something of that kind is written there, but for what is a function of its own.
  template <class Test>
  bool any_within(NodeId node, const Test& is_wanted) const {
    const Kind kind = ast().kind(node);
    if (is_wanted(node, kind)) return true;
    const bool is_own = kind == Kind::kClosure || kind == Kind::kArrowFunction || kind == Kind::kFunction ||
                        kind == Kind::kClass || kind == Kind::kAnonymousClass;
    const auto list = ast().children(node);
    return !is_own &&
           std::any_of(list.begin(), list.end(), [&](NodeId one) { return one && any_within(one, is_wanted); });
  }
  bool mentions_this(NodeId node) const {
    return any_within(node, [this](NodeId one, Kind kind) { return kind == Kind::kVariable && text(one) == "$this"; });
  }
  bool has_yield(NodeId node) const {
    return any_within(node, [](NodeId, Kind kind) { return kind == Kind::kYield || kind == Kind::kYieldFrom; });
  }

  // What PHP says of a parameter with a default before one without.
  void note_early_default(NodeId function) {
    const auto parameters = ast().children(ast().child(function, function_slot::kParameters));
    const auto has_default = [&](NodeId one) {
      return ast().child(one, parameter_slot::kDefault) || (ast().flags(one) & kFlagVariadic) != 0;
    };
    std::size_t last = parameters.size();
    while (last > 0 && has_default(parameters[last - 1])) --last;
    for (std::size_t i = 0; i + 1 < last; ++i) {
      const NodeId made = ast().child(parameters[i], parameter_slot::kDefault);
      if (!made) continue;
      const NodeId type = ast().child(parameters[i], parameter_slot::kType);
      if (type && !text(type).starts_with('?') && lowered(text(made)) == "null") continue;  // an old way to say ?T
      const auto name = [&](NodeId one) { return std::string(text(ast().child(one, parameter_slot::kVariable))); };
      shared_.program.deprecations.emplace_back(
          shared_.line_of(offset(function)), "Optional parameter " + name(parameters[i]) +
                                                 " declared before required parameter " + name(parameters[last - 1]) +
                                                 " is implicitly treated as a required parameter");
    }
  }

  void find_globals(NodeId node, bool inside) {
    const Kind kind = ast().kind(node);
    if (kind == Kind::kFunction || kind == Kind::kMethod || kind == Kind::kClosure || kind == Kind::kArrowFunction) {
      note_early_default(node);
    }
    if (kind == Kind::kGlobal && inside) {
      for (const NodeId one : ast().children(node)) {
        if (ast().kind(one) != Kind::kVariable) shared_.program.uses_globals = true;
        shared_.program.global_names.insert(std::string(text(one).substr(1)));
      }
    }
    if (kind == Kind::kName && shows_object_numbers(text(node))) shared_.shows_numbers = true;
    if (kind == Kind::kName && shows_closures(text(node))) shared_.program.shows_closures = true;
    if (kind == Kind::kName && text(node).ends_with("spl_autoload_register")) autoloads_ = true;
    note_binding(node);
    if (kind == Kind::kVariable && text(node) == "$GLOBALS") shared_.program.uses_globals = true;
    if (kind == Kind::kVariableVariable && (ast().flags(node) & kFlagInString) != 0 && text(node).starts_with("${")) {
      const NodeId name = ast().child(node, 0);
      const bool is_name = ast().kind(name) == Kind::kIdentifier;
      shared_.program.deprecations.emplace_back(
          shared_.line_of(offset(node)),
          is_name ? "Using ${var} in strings is deprecated, use {$var} instead"
                  : "Using ${expr} (variable variables) in strings is deprecated, use {${expr}} instead");
    }
    if (kind == Kind::kUnset) {
      for (const NodeId one : ast().children(node)) {
        const bool by_name = ast().kind(one) == Kind::kVariableVariable || text(one).starts_with("$GLOBALS");
        shared_.program.unsets_globals = shared_.program.unsets_globals || by_name;
      }
    }
    const bool into = inside || kind == Kind::kFunction || kind == Kind::kMethod || kind == Kind::kClosure ||
                      kind == Kind::kArrowFunction;
    for (const NodeId one : ast().children(node)) {
      if (one) find_globals(one, into);
    }
  }

  // The names of imports as they are written, since only their keys are kept elsewhere.
  void find_uses(NodeId node) {
    for (const NodeId one : ast().children(node)) {
      const Kind kind = ast().kind(one);
      if (kind == Kind::kNamespace || kind == Kind::kBlock) find_uses(one);
      if (kind != Kind::kUse) continue;
      const NodeId prefix = ast().child(one, 0);
      for (const NodeId item : ast().children(ast().child(one, 1))) {
        std::string full = (prefix ? std::string(text(prefix)) + "\\" : "") + std::string(text(ast().child(item, 0)));
        if (full.starts_with('\\')) full.erase(0, 1);
        shared_.imports.emplace(lowered(full), full);
      }
    }
  }

  // ---- Declarations ----

  static bool is_statement_list(Kind kind) {
    return kind == Kind::kFile || kind == Kind::kNamespace || kind == Kind::kBlock;
  }

  // `outer` is the function whose code `node` is part of; `top` says that nothing but namespaces is around it.
  void declare(NodeId node, std::int32_t outer, bool top) {
    const Kind kind = ast().kind(node);
    const std::int32_t owner = shared_.owner[static_cast<std::size_t>(outer)];
    switch (kind) {
      case Kind::kFunction:
        return declare_function(node, top);
      case Kind::kClosure:
      case Kind::kArrowFunction: {
        const std::string within = shared_.is_exact ? names(node).current() : "";
        const std::string name = within.empty() ? "{closure}" : within + "\\{closure}";
        const std::int32_t index = add_function(name, node, owner, outer);
        function(index).is_closure = true;
        function(index).is_static = (ast().flags(ast().child(node, function_slot::kModifiers)) & kFlagStatic) != 0;
        finish_function(index);
        shared_.function_of_node[{outer, node.value}] = index;
        return declare_children(node, index);
      }
      case Kind::kClass:
      case Kind::kInterface:
      case Kind::kTrait:
      case Kind::kEnum:
      case Kind::kAnonymousClass:
        return declare_class(node, outer, top);
      case Kind::kDeclare:
        if (text(node).find("strict_types") != std::string_view::npos &&
            text(node).find('1') != std::string_view::npos) {
          shared_.program.strict_types = true;
        }
        break;
      default:
        break;
    }
    for (const NodeId one : ast().children(node)) {
      if (one) declare(one, outer, top && (kind == Kind::kFile || kind == Kind::kNamespace || kind == Kind::kBlock));
    }
  }

  void declare_children(NodeId node, std::int32_t index) {
    for (const NodeId one : ast().children(node)) {
      if (one) declare(one, index, false);
    }
  }

  void finish_function(std::int32_t index) {
    const NodeId node = shared_.nodes[static_cast<std::size_t>(index)];
    hir::Function& made = function(index);
    made.by_reference = (ast().flags(node) & kFlagReference) != 0;
    const NodeId body = ast().child(node, function_slot::kBody);
    made.is_generator = body && has_yield(body);
    declare_parameters(shared_, index);
    const FunctionLowering lowering(shared_, index);
    made.return_type = lowering.type_text(ast().child(node, function_slot::kReturnType));
    const bool gives_text = made.class_index >= 0 && !made.is_closure && lowered(made.short_name) == "__tostring";
    if (made.return_type.empty() && gives_text) made.return_type = "string";  // as PHP adds it
    if (!made.return_type.empty() && made.return_type != "void" && !made.is_generator) {
      made.result = made.return_type == "never" ? hir::Rep::kNothing : rep_of_type(made.return_type);
    }
  }

  void declare_function(NodeId node, bool top) {
    const std::string name = names(node).qualified(text(ast().child(node, function_slot::kName)));
    const std::int32_t index = add_function(name, node, -1, -1);
    function(index).short_name = std::string(text(ast().child(node, function_slot::kName)));
    finish_function(index);
    if (!shared_.functions.emplace(lowered(name), index).second) {
      duplicate_ = true;
    }
    if (!top) {
      shared_.function_of_node[{0, node.value}] = index;
      function(index).is_conditional = true;
    }
    declare_children(node, index);
  }

  void declare_class(NodeId node, std::int32_t outer, bool top) {
    hir::Class made;
    const Kind kind = ast().kind(node);
    made.kind = kind == Kind::kInterface ? "interface"
                : kind == Kind::kTrait   ? "trait"
                : kind == Kind::kEnum    ? "enum"
                                         : "class";
    made.is_anonymous = kind == Kind::kAnonymousClass;
    made.modifiers = ast().flags(ast().child(node, class_slot::kModifiers));
    made.offset = offset(node);
    made.line = shared_.line_of(made.offset);
    made.name =
        made.is_anonymous ? "class@anonymous" : names(node).qualified(text(ast().child(node, class_slot::kName)));
    made.key = lowered(made.name);
    made.is_hoisted = top;
    const NodeId attributes = ast().child(node, class_slot::kAttributes);
    made.allows_dynamic = attributes && text(attributes).find("AllowDynamicProperties") != std::string_view::npos;
    const auto index = static_cast<std::int32_t>(shared_.program.classes.size());
    made.target = class_target(made);
    shared_.program.classes.push_back(std::move(made));
    shared_.class_nodes.push_back(node);
    if (kind != Kind::kAnonymousClass && !shared_.classes.emplace(class_at(index).key, index).second) duplicate_ = true;
    shared_.class_of_node.emplace(node.value, index);
    initializers_.push_back(add_function("{class}", node, index, -1));
    class_at(index).initializer = initializers_.back();
    members_.emplace_back(index, node);
    for (const NodeId argument : ast().children(ast().child(node, class_slot::kArguments)))
      declare(argument, outer, false);
    for (const NodeId member : ast().children(ast().child(node, class_slot::kMembers))) {
      if (ast().kind(member) == Kind::kMethod) add_method(index, member);
    }
  }

  std::string class_target(const hir::Class& made) {
    std::string out = made.is_anonymous ? "anonymous" + std::to_string(++anonymous_) : made.name;
    std::string target;
    bool upper = false;
    for (const char c : out) {
      if (c == '\\' || c == '_') {
        upper = true;
        continue;
      }
      target += upper && !target.empty() ? static_cast<char>(std::toupper(c)) : c;
      upper = false;
    }
    if (!target.empty()) target[0] = static_cast<char>(std::tolower(target[0]));
    target = "class" + std::string(1, static_cast<char>(std::toupper(target.empty() ? 'x' : target[0]))) +
             (target.empty() ? "" : target.substr(1));
    std::string unique = target;
    for (int i = 2; !targets_.insert(unique).second; ++i) unique = target + std::to_string(i);
    return unique;
  }

  void add_method(std::int32_t index, NodeId node) {
    const std::string name(text(ast().child(node, function_slot::kName)));
    hir::MethodSpec spec;
    spec.name = name;
    spec.modifiers = ast().flags(ast().child(node, function_slot::kModifiers));
    const std::int32_t made = add_function(class_at(index).name + "::" + name, node, index, -1);
    function(made).short_name = name;
    function(made).is_static = (spec.modifiers & kFlagStatic) != 0;
    finish_function(made);
    spec.function = ast().child(node, function_slot::kBody) ? made : -1;
    spec.signature = made;
    if (lowered(name) == "__destruct") {
      // When an object dies is known to PHP alone.
      function(0).reasons.push_back({"destructor", function(made).line});
    }
    class_at(index).methods.push_back(std::move(spec));
    if (ast().child(node, function_slot::kBody)) declare_children(node, made);
  }

  // ---- Traits: their methods become methods of the class, lowered again in its scope ----

  void expand_traits() {
    for (std::size_t i = 0; i < shared_.program.classes.size(); ++i) {
      if (shared_.program.classes[i].kind != "trait") expand_traits_of(static_cast<std::int32_t>(i), 0);
    }
  }

  void read_trait_uses(std::vector<std::int32_t>& traits, std::vector<hir::TraitRule>& rules, std::int32_t of) {
    const FunctionLowering lowering(shared_, initializers_[static_cast<std::size_t>(of)]);
    for (const NodeId member :
         ast().children(ast().child(shared_.class_nodes[static_cast<std::size_t>(of)], class_slot::kMembers))) {
      if (ast().kind(member) != Kind::kTraitUse) continue;
      for (const NodeId name : ast().children(ast().child(member, 0))) {
        const auto found = shared_.classes.find(lowered(lowering.class_written(name)));
        if (found == shared_.classes.end()) {
          function(0).reasons.push_back({"unknown-trait", shared_.line_of(offset(name))});
          const std::string written = lowering.class_written(name);
          std::vector<std::string>& known = class_at(of).traits;
          if (std::ranges::find(known, written) == known.end()) known.push_back(written);
        } else {
          traits.push_back(found->second);
        }
      }
      for (const NodeId rule : ast().children(ast().child(member, 1))) rules.push_back(read_rule(rule, lowering));
    }
  }

  hir::TraitRule read_rule(NodeId node, const FunctionLowering& lowering) const {
    hir::TraitRule out;
    const NodeId method = ast().child(node, 0);
    if (ast().child(method, 0)) out.trait = lowered(lowering.class_written(ast().child(method, 0)));
    out.method = lowered(text(ast().child(method, 1)));
    if (ast().kind(node) == Kind::kTraitPrecedence) {
      for (const NodeId name : ast().children(ast().child(node, 1))) {
        out.instead_of.push_back(lowered(lowering.class_written(name)));
      }
      return out;
    }
    out.is_alias = true;
    if (ast().child(node, 1)) out.modifiers = ast().flags(ast().child(node, 1));
    if (ast().child(node, 2)) out.alias = std::string(text(ast().child(node, 2)));
    return out;
  }

  void add_trait_method(std::int32_t index, const hir::MethodSpec& from, const std::string& name,
                        std::uint16_t modifiers) {
    if (is_enum_method(index, lowered(name))) return;
    auto& methods = class_at(index).methods;
    const auto old =
        std::ranges::find_if(methods, [&](const hir::MethodSpec& own) { return lowered(own.name) == lowered(name); });
    const bool is_promised = old != methods.end() && old->from_trait && old->function < 0 && from.function >= 0;
    if (old != methods.end() && !is_promised) return;
    const auto place = static_cast<std::size_t>(old - methods.begin());
    const NodeId node = shared_.nodes[static_cast<std::size_t>(from.signature)];
    hir::MethodSpec spec;
    spec.name = name;
    constexpr std::uint16_t kVisibility = kFlagPublic | kFlagProtected | kFlagPrivate;
    spec.modifiers = static_cast<std::uint16_t>(
        (modifiers & kVisibility) != 0 ? (from.modifiers & ~kVisibility) | modifiers : from.modifiers | modifiers);
    const std::int32_t made = add_function(class_at(index).name + "::" + name, node, index, -1);
    function(made).short_name = std::string(text(ast().child(node, function_slot::kName)));
    function(made).is_static = (from.modifiers & kFlagStatic) != 0;
    finish_function(made);
    spec.function = from.function >= 0 ? made : -1;
    spec.signature = made;
    spec.from_trait = true;
    auto& list = class_at(index).methods;
    if (!is_promised) list.emplace_back();
    list[place] = std::move(spec);
    if (ast().child(node, function_slot::kBody)) declare_children(node, made);
  }

  // Whether PHP itself gives the enum the method, which one of a trait does not replace.
  bool is_enum_method(std::int32_t index, std::string_view low) const {
    const auto at = static_cast<std::size_t>(index);
    if (shared_.program.classes[at].kind != "enum") return false;
    const bool is_backed = static_cast<bool>(ast().child(shared_.class_nodes[at], class_slot::kBacking));
    return low == "cases" || (is_backed && (low == "from" || low == "tryfrom"));
  }

  void expand_traits_of(std::int32_t index, int depth) {
    if (depth > 16) return;
    std::vector<std::int32_t> traits;
    std::vector<hir::TraitRule> rules;
    read_trait_uses(traits, rules, index);
    for (const std::int32_t trait : traits) {
      const std::string trait_key = class_at(trait).key;
      std::vector<hir::MethodSpec> methods = methods_of_trait(trait, 0);
      for (const hir::MethodSpec& method : methods) {
        bool excluded = false;
        std::uint16_t modifiers = 0;
        for (const hir::TraitRule& rule : rules) {
          if (rule.method != lowered(method.name) || (!rule.trait.empty() && rule.is_alias && rule.trait != trait_key))
            continue;
          if (!rule.is_alias) {
            excluded = excluded || std::count(rule.instead_of.begin(), rule.instead_of.end(), trait_key) > 0;
          } else if (rule.alias.empty()) {
            modifiers = rule.modifiers;
          } else {
            add_trait_method(index, method, rule.alias, rule.modifiers);
          }
        }
        if (!excluded) add_trait_method(index, method, method.name, modifiers);
      }
      class_at(index).traits.push_back(class_at(trait).name);
      trait_members_.emplace_back(index, trait);
    }
  }

  // With those of the traits it uses itself.
  std::vector<hir::MethodSpec> methods_of_trait(std::int32_t trait, int depth) {
    std::vector<hir::MethodSpec> out = class_at(trait).methods;
    if (depth > 16) return out;
    std::vector<std::int32_t> traits;
    std::vector<hir::TraitRule> rules;
    read_trait_uses(traits, rules, trait);
    if (!rules.empty()) function(0).reasons.push_back({"trait-adaptation-in-trait", class_at(trait).line});
    for (const std::int32_t inner : traits) {
      for (hir::MethodSpec& method : methods_of_trait(inner, depth + 1)) {
        const bool own = std::any_of(out.begin(), out.end(),
                                     [&](const hir::MethodSpec& m) { return lowered(m.name) == lowered(method.name); });
        if (!own) out.push_back(std::move(method));
      }
    }
    return out;
  }

  void note_references() {
    for (const hir::Function& one : shared_.program.functions) {
      for (const hir::Parameter& parameter : one.parameters) {
        if (!parameter.by_reference) continue;
        shared_.has_reference_parameters = true;
        if (one.class_index >= 0 && !one.is_closure) shared_.reference_methods.insert(lowered(one.short_name));
        if (one.is_closure) shared_.reference_methods.insert("__invoke");
      }
    }
    // Aliases of trait methods, and what __call stands for.
    for (const hir::Class& one : shared_.program.classes) {
      for (const hir::MethodSpec& method : one.methods) {
        shared_.method_names.insert(lowered(method.name));
        for (const hir::Parameter& parameter : function(method.signature).parameters) {
          if (parameter.by_reference) shared_.reference_methods.insert(lowered(method.name));
        }
      }
    }
    mark_rebindable();
    if (duplicate_) function(0).reasons.push_back({"declared-twice", 1});
    kept_ = function(0).reasons;
  }

  // ---- Classes in the order in which they can be declared ----

  void read_class(std::int32_t index) {
    const NodeId node = shared_.class_nodes[static_cast<std::size_t>(index)];
    const FunctionLowering lowering(shared_, initializers_[static_cast<std::size_t>(index)]);
    hir::Class& made = class_at(index);
    const auto extends = ast().children(ast().child(node, class_slot::kExtends));
    if (made.kind == "interface") {
      for (const NodeId name : extends) made.interfaces.push_back(lowering.class_written(name));
    } else if (ast().child(node, class_slot::kExtends)) {
      const NodeId name = extends.empty() ? ast().child(node, class_slot::kExtends) : extends[0];
      made.parent = lowering.class_written(name);
      shared_.has_children.insert(lowered(made.parent));
    }
    for (const NodeId name : ast().children(ast().child(node, class_slot::kImplements))) {
      made.interfaces.push_back(lowering.class_written(name));
    }
    if (made.kind == "enum" && ast().child(node, class_slot::kBacking)) {
      made.backing = lowered(text(ast().child(node, class_slot::kBacking)));
    }
  }

  void order_classes() {
    for (std::size_t i = 0; i < shared_.program.classes.size(); ++i) read_class(static_cast<std::int32_t>(i));
    for (const hir::Class& one : shared_.program.classes) {
      if (!is_alone_ && !one.is_anonymous) shared_.has_children.insert(one.key);
    }
    std::vector<int> state(shared_.program.classes.size());
    for (std::size_t i = 0; i < state.size(); ++i) place(static_cast<std::int32_t>(i), state, 0);
  }

  void place(std::int32_t index, std::vector<int>& state, int depth) {
    int& mine = state[static_cast<std::size_t>(index)];
    if (mine != 0 || depth > 256) return;
    mine = 1;
    hir::Class& made = class_at(index);
    std::vector<std::string> needs = made.interfaces;
    if (!made.parent.empty()) needs.push_back(made.parent);
    for (const std::string& name : needs) {
      const auto found = shared_.classes.find(lowered(name));
      if (found == shared_.classes.end()) {
        if (find_builtin_class(lowered(name)) == nullptr) made.is_hoisted = false;
        continue;
      }
      place(found->second, state, depth + 1);
      if (!class_at(found->second).is_hoisted) made.is_hoisted = false;
    }
    made.is_bound = made.is_hoisted && is_bound_early(index);
    made.is_early = made.is_bound || (made.is_hoisted && !shared_.is_exact);
    if (made.is_early) shared_.program.hoisted.push_back(index);
    note_result_types(index);
  }

  // PHP 8.2 declares classes as it compiles if they have neither interfaces nor traits, and a parent that is there.
  bool is_bound_early(std::int32_t index) {
    const hir::Class& made = class_at(index);
    const auto members =
        ast().children(ast().child(shared_.class_nodes[static_cast<std::size_t>(index)], class_slot::kMembers));
    const bool has_traits =
        std::any_of(members.begin(), members.end(), [&](NodeId one) { return ast().kind(one) == Kind::kTraitUse; });
    const bool has_text =
        made.kind != "trait" && std::any_of(made.methods.begin(), made.methods.end(),
                                            [](const auto& one) { return lowered(one.name) == "__tostring"; });
    if (made.kind == "enum" || !made.interfaces.empty() || has_traits || has_text) return false;
    const auto parent = shared_.classes.find(lowered(made.parent));
    if (made.parent.empty() || parent == shared_.classes.end()) return true;
    return class_at(parent->second).is_bound && class_at(parent->second).offset < made.offset;
  }

  // What PHP says of missing types of results: as it compiles, or where the class is declared.
  void note_result_types(std::int32_t index) {
    hir::Class& made = class_at(index);
    if (made.kind == "trait") return;
    for (auto& [line, message] : result_type_deprecations(shared_, index)) {
      if (message == "result-type") {
        kept_.push_back({"result-type", line});
      } else {
        (made.is_bound ? shared_.program.deprecations : made.deprecations).emplace_back(line, std::move(message));
      }
    }
  }

  // Where a method has other types than the one above it, PHP loads the classes they name to compare them.
  void refuse_loaded_types() {
    for (const hir::Class& one : shared_.program.classes) {
      for (const hir::MethodSpec& method : one.methods) {
        if (function(method.signature).return_type.empty() && function(method.signature).parameters.empty()) continue;
        if (loads_types(one, method)) kept_.push_back({"autoload-types", one.line});
      }
    }
  }

  bool loads_types(const hir::Class& of, const hir::MethodSpec& method) {
    std::vector<std::string> above = of.interfaces;
    if (!of.parent.empty()) above.push_back(of.parent);
    return std::any_of(above.begin(), above.end(), [&](const std::string& name) {
      const auto found = shared_.classes.find(lowered(name));
      if (found == shared_.classes.end()) return false;
      for (const hir::MethodSpec& inherited : class_at(found->second).methods) {
        if (lowered(inherited.name) != lowered(method.name)) continue;
        const hir::Function& a = function(method.signature);
        const hir::Function& b = function(inherited.signature);
        bool loads = compares_unknown(a.return_type, b.return_type);
        for (std::size_t i = 0; i < std::min(a.parameters.size(), b.parameters.size()); ++i) {
          loads = loads || compares_unknown(a.parameters[i].type, b.parameters[i].type);
        }
        if (loads) return true;
      }
      return false;
    });
  }

  // Whether two types differ and one is a class that is not there from the start.
  bool compares_unknown(const std::string& a, const std::string& b) const {
    const auto is_unknown = [&](const std::string& type) {
      if (type.empty() || rep_of_type(type) != hir::Rep::kValue) return false;
      const std::string key = lowered(type[0] == '?' ? type.substr(1) : type);
      constexpr std::string_view kWords =
          " mixed object callable iterable self static parent void never null false true ";
      if (kWords.find(" " + key + " ") != std::string_view::npos || key.find_first_of("|&") != std::string::npos)
        return false;
      const auto found = shared_.classes.find(key);
      if (found == shared_.classes.end()) return find_builtin_class(key) == nullptr;
      return !shared_.program.classes[static_cast<std::size_t>(found->second)].is_hoisted;
    };
    return lowered(a) != lowered(b) && (is_unknown(a) || is_unknown(b));
  }

  // ---- Members ----

  void lower_members(std::int32_t index) {
    hir::Class& made = class_at(index);
    made.constants.clear();
    made.properties.clear();
    FunctionLowering lowering(shared_, initializers_[static_cast<std::size_t>(index)]);
    add_members(made, shared_.class_nodes[static_cast<std::size_t>(index)], lowering);
    for (const auto& [user, trait] : trait_members_) {
      if (user == index) add_trait_members(made, trait, lowering, 0);
    }
  }

  void add_trait_members(hir::Class& made, std::int32_t trait, FunctionLowering& lowering, int depth) {
    add_members(made, shared_.class_nodes[static_cast<std::size_t>(trait)], lowering);
    std::vector<std::int32_t> traits;
    std::vector<hir::TraitRule> rules;
    read_trait_uses(traits, rules, trait);
    for (const std::int32_t inner : traits) {
      if (depth < 16) add_trait_members(made, inner, lowering, depth + 1);
    }
  }

  void add_members(hir::Class& made, NodeId node, FunctionLowering& lowering) {
    for (const NodeId member : ast().children(ast().child(node, class_slot::kMembers))) {
      switch (ast().kind(member)) {
        case Kind::kConstants:
          for (const NodeId item : ast().children(ast().child(member, member_slot::kItems))) {
            made.constants.push_back({std::string(text(ast().child(item, 0))),
                                      ast().flags(ast().child(member, member_slot::kModifiers)), false,
                                      lowering.constant_expression(ast().child(item, 1))});
          }
          break;
        case Kind::kEnumCase: {
          hir::ExprPtr value = ast().child(member, 2) ? lowering.constant_expression(ast().child(member, 2)) : nullptr;
          made.constants.push_back({std::string(text(ast().child(member, 1))), 0, true, std::move(value)});
          break;
        }
        case Kind::kProperties:
          add_properties(made, member, lowering);
          break;
        case Kind::kMethod:
          if (lowered(text(ast().child(member, function_slot::kName))) == "__construct") {
            add_promoted(made, member, lowering);
          }
          break;
        default:
          break;
      }
    }
  }

  static bool has_property(const hir::Class& made, std::string_view name) {
    return std::any_of(made.properties.begin(), made.properties.end(),
                       [&](const hir::PropertySpec& one) { return one.name == name; });
  }

  void add_properties(hir::Class& made, NodeId member, FunctionLowering& lowering) {
    for (const NodeId item : ast().children(ast().child(member, member_slot::kItems))) {
      hir::PropertySpec spec;
      spec.name = std::string(text(ast().child(item, 0)).substr(1));
      if (has_property(made, spec.name)) continue;
      spec.type = lowering.type_text(ast().child(member, member_slot::kType), false);
      spec.modifiers = ast().flags(ast().child(member, member_slot::kModifiers));
      if ((made.modifiers & kFlagReadonly) != 0) spec.modifiers |= kFlagReadonly;
      spec.has_default = static_cast<bool>(ast().child(item, 1));
      if (spec.has_default) spec.value = lowering.constant_expression(ast().child(item, 1));
      made.properties.push_back(std::move(spec));
    }
  }

  void add_promoted(hir::Class& made, NodeId method, FunctionLowering& lowering) {
    for (const NodeId parameter : ast().children(ast().child(method, function_slot::kParameters))) {
      const NodeId modifiers = ast().child(parameter, parameter_slot::kModifiers);
      const std::uint16_t flags = modifiers ? ast().flags(modifiers) : std::uint16_t{0};
      if ((flags & (kFlagPublic | kFlagProtected | kFlagPrivate | kFlagReadonly)) == 0) continue;
      hir::PropertySpec spec;
      spec.name = std::string(text(ast().child(parameter, parameter_slot::kVariable)).substr(1));
      if (has_property(made, spec.name)) continue;
      spec.type = lowering.type_text(ast().child(parameter, parameter_slot::kType), false);
      if (spec.type.empty()) spec.promoted_untyped = true;
      spec.modifiers = flags;
      if ((made.modifiers & kFlagReadonly) != 0) spec.modifiers |= kFlagReadonly;
      made.properties.push_back(std::move(spec));
    }
  }

  // ---- Rounds ----

  void lower_all() {
    for (int round = 0;; ++round) {
      shared_.changed = false;
      shared_.widen = round >= kRoundsMax;
      for (std::size_t i = 0; i < shared_.program.functions.size(); ++i) {
        if (is_lowered(i)) FunctionLowering(shared_, static_cast<std::int32_t>(i)).run();
      }
      for (std::size_t i = 0; i < shared_.program.classes.size(); ++i) lower_members(static_cast<std::int32_t>(i));
      if (!shared_.changed || round >= 2 * kRoundsMax) break;
    }
    for (const hir::Reason& reason : kept_) shared_.program.functions[0].reasons.push_back(reason);
    tell_lines_of_new(shared_.program, [this](std::uint32_t offset) { return shared_.line_of(offset); });
  }

  // Bodies of traits are lowered in the classes that use them.
  bool is_lowered(std::size_t index) const {
    if (std::find(initializers_.begin(), initializers_.end(), static_cast<std::int32_t>(index)) !=
        initializers_.end()) {
      return false;
    }
    if (index == 0) return true;
    return static_cast<bool>(ast().child(shared_.nodes[index], function_slot::kBody)) && !stands_in_trait(index);
  }

  bool stands_in_trait(std::size_t index) const {
    const std::int32_t owner = shared_.owner[index];
    return owner >= 0 && shared_.program.classes[static_cast<std::size_t>(owner)].kind == "trait";
  }

  FileLowering shared_;
  std::vector<std::int32_t> initializers_;  // by class
  std::vector<std::pair<std::int32_t, NodeId>> members_;
  std::vector<std::pair<std::int32_t, std::int32_t>> trait_members_;
  std::set<std::string> targets_;
  std::vector<hir::Reason> kept_;
  int anonymous_ = 0;
  bool is_alone_ = true;
  bool duplicate_ = false;
  bool binds_ = false;      // closures by a method that only they have
  bool calls_ = false;      // a method call(), which closures have too
  bool autoloads_ = false;  // functions that load classes are registered
};

}  // namespace

hir::Program lower_program(std::string path, std::string_view source, const ConvertOptions& options) {
  ParsedFile file = parse_file(source, options.parse);
  complete(file);
  if (!lint(source, options.parse).diagnostics.empty()) {
    hir::Program refused;
    refused.path = std::move(path);
    refused.functions.emplace_back();
    refused.functions[0].name = "{file}";
    refused.functions[0].is_main = true;
    refused.functions[0].reasons.push_back({"syntax", 1});
    return refused;
  }
  Project project({.parse = options.parse});
  project.set_file("program.php", std::string(source));
  const Facts& facts = project.analyze();
  const ExpressionTypes types = project.expression_types(facts.find_file("program.php"), file.tree, source);
  return ProgramLowering(file, types, std::move(path), options).run();
}

}  // namespace banyan::php
