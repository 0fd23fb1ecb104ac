#include "php_lsp/symbol_query.h"

#include <algorithm>

#include "php_check/builtins.h"

namespace banyan::php {

namespace {

constexpr int kReceiverDepthMax = 8;

class Query {
 public:
  Query(const Facts& facts, const std::string& path, const SourceView& view, std::uint32_t offset)
      : facts_(facts),
        path_(path),
        view_(view),
        offset_(offset),
        nodes_(view.path_to(offset)),
        names_(view.names_at(offset)) {}

  std::optional<SymbolAnswer> run() {
    const NodeId node = nodes_.back();
    answer_.begin = view_.begin(node);
    answer_.end = view_.end(node);
    bool found = false;
    switch (view_.kind(node)) {
      case NodeKind::kVariable:
        found = read_variable(node);
        break;
      case NodeKind::kName:
      case NodeKind::kIdentifier:
        found = read_name(node);
        break;
      case NodeKind::kString:
        found = read_include();
        break;
      default:
        break;
    }
    if (!found) return std::nullopt;
    return std::move(answer_);
  }

 private:
  NodeId above(std::size_t levels) const {
    return nodes_.size() > levels ? nodes_[nodes_.size() - 1 - levels] : NodeId();
  }

  NodeId enclosing(bool (*is_wanted)(NodeKind)) const {
    for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
      if (is_wanted(view_.kind(*node))) return *node;
    }
    return {};
  }

  ClassId enclosing_class() const {
    const NodeId node = enclosing(SourceView::is_class);
    const NodeId name = view_.child(node, class_slot::kName);
    if (!name) return {};
    return facts_.find_class(names_.qualified(view_.text(name)));
  }

  ClassId class_named(std::string_view written) const {
    const std::string key = names_.class_key(written);
    if (key == "self" || key == "static") return enclosing_class();
    if (key == "parent") {
      const ClassId own = enclosing_class();
      return own ? facts_.at(own).parent : ClassId();
    }
    return facts_.find_class(key);
  }

  // ---- What is said ----

  void point_to(FileId file, const Place& place) {
    answer_.locations.push_back({facts_.at(file).path, place.offset, place.end});
  }

  bool say_function(FunctionId id) {
    if (!id) return false;
    const FunctionInfo& function = facts_.at(id);
    point_to(function.file, function.declaration().name_place);
    answer_.signature = "function " + facts_.signature(id);
    answer_.doc = doc_text(function.declaration().doc);
    return true;
  }

  bool say_class(ClassId id) {
    if (!id) return false;
    const ClassInfo& info = facts_.at(id);
    const ClassDeclaration& declaration = info.declaration();
    constexpr std::string_view kWords[] = {"class", "interface", "trait", "enum"};
    point_to(info.file, declaration.name_place);
    answer_.signature = std::string(kWords[static_cast<int>(declaration.kind)]) + " " + declaration.name;
    if (!declaration.parent.empty()) answer_.signature += " extends " + class_text(declaration.parent);
    answer_.doc = doc_text(declaration.doc);
    return true;
  }

  std::string class_text(const std::string& key) const {
    const ClassId id = facts_.find_class(key);
    return id ? facts_.at(id).declaration().name : key;
  }

  bool say_builtin(const std::string& name) {
    const BuiltinFunction* const builtin = find_builtin_function(name);
    if (builtin == nullptr) return false;
    answer_.signature = "function " + std::string(builtin->name) + "(" + std::string(builtin->parameter_text) +
                        "): " + std::string(builtin->return_text);
    answer_.note = "One of PHP's own functions (" + std::string(builtin->extension) + ").";
    return true;
  }

  // ---- Names ----

  bool read_name(NodeId node) {
    const NodeId parent = above(1);
    const std::string_view written = view_.text(node);
    switch (view_.kind(parent)) {
      case NodeKind::kCall:
        return read_function(written);
      case NodeKind::kFunction:
        return say_function(facts_.find_function(names_.qualified(written)));
      case NodeKind::kMethod:
        return say_function(own_method(written));
      case NodeKind::kMethodCall:
      case NodeKind::kNullsafeMethodCall:
        return read_method(view_.child(parent, 0), written);
      case NodeKind::kProperty:
      case NodeKind::kNullsafeProperty:
        return read_property(class_of(view_.child(parent, 0), 0), written);
      case NodeKind::kStaticCall:
        if (node == view_.child(parent, 0)) return say_class(class_named(written));
        return read_method_of(class_named(view_.text(view_.child(parent, 0))), written);
      case NodeKind::kClassConstant:
        if (node == view_.child(parent, 0)) return say_class(class_named(written));
        return read_class_constant(class_named(view_.text(view_.child(parent, 0))), written);
      case NodeKind::kConstantItem:
      case NodeKind::kEnumCase:
        return read_class_constant(enclosing_class(), written);
      case NodeKind::kConstant:
        return read_constant(written);
      case NodeKind::kUseItem:
        return read_import(written, above(3));
      case NodeKind::kNew:
      case NodeKind::kInstanceof:
      case NodeKind::kStaticProperty:
      case NodeKind::kNamedType:
      case NodeKind::kAttribute:
      case NodeKind::kList:
      case NodeKind::kTraitMethod:
        return say_class(class_named(written));
      default:
        if (SourceView::is_class(view_.kind(parent))) {
          return node == view_.child(parent, class_slot::kName) ? say_class(enclosing_class())
                                                                : say_class(class_named(written));
        }
        return false;
    }
  }

  bool read_function(std::string_view written) {
    const ResolvedName name = names_.function_key(written);
    if (say_function(facts_.find_function(name.key))) return true;
    if (!name.fallback.empty() && say_function(facts_.find_function(name.fallback))) return true;
    return say_builtin(name.fallback.empty() ? name.key : name.fallback);
  }

  FunctionId own_method(std::string_view name) const {
    const ClassId own = enclosing_class();
    return own ? facts_.find_method(own, name) : FunctionId();
  }

  bool read_method(NodeId object, std::string_view name) { return read_method_of(class_of(object, 0), name); }

  bool read_method_of(ClassId owner, std::string_view name) {
    return owner && say_function(facts_.find_method(owner, name));
  }

  bool read_property(ClassId of, std::string_view name) {
    ClassId owner;
    const PropertyDeclaration* const property = of ? facts_.find_property(of, name, &owner) : nullptr;
    if (property == nullptr) return false;
    point_to(facts_.at(owner).file, property->place);
    const Type& type = property->has_native ? property->native : property->doc;
    const std::string text = type.is_nothing() ? "" : facts_.type_text(type) + " ";
    answer_.signature = text + facts_.at(owner).declaration().name + "::$" + property->name;
    return true;
  }

  bool read_class_constant(ClassId of, std::string_view name) {
    ClassId owner;
    const ConstantDeclaration* const constant = of ? facts_.find_class_constant(of, name, &owner) : nullptr;
    if (constant == nullptr) return false;
    point_to(facts_.at(owner).file, constant->place);
    answer_.signature =
        (constant->is_case ? "case " : "const ") + facts_.at(owner).declaration().name + "::" + constant->name;
    return true;
  }

  bool read_constant(std::string_view written) {
    const ResolvedName name = names_.constant_key(written);
    for (const std::string& key : {name.key, name.fallback}) {
      const ConstantDeclaration* const constant = key.empty() ? nullptr : facts_.find_constant(key);
      if (constant == nullptr) continue;
      for (const FileInfo& file : facts_.files()) {
        for (const ConstantDeclaration& one : file.declarations->constants) {
          if (&one == constant) answer_.locations.push_back({file.path, one.place.offset, one.place.end});
        }
      }
      answer_.signature = "const " + constant->name;
      if (!constant->type.is_nothing()) answer_.signature += " = " + constant->type.text();
      return true;
    }
    return false;
  }

  bool read_import(std::string_view written, NodeId use) {
    std::string full(view_.text(view_.child(use, 0)));
    full = full.empty() ? std::string(written) : full + "\\" + std::string(written);
    return say_class(facts_.find_class(full)) || say_function(facts_.find_function(full));
  }

  // ---- Variables ----

  bool read_variable(NodeId node) {
    const std::string_view name = view_.variable(node);
    if (name == "this") return say_class(enclosing_class());
    const NodeId parent = above(1);
    if (view_.kind(parent) == NodeKind::kStaticProperty) {
      return read_property(class_named(view_.text(view_.child(parent, 0))), name);
    }
    if (view_.kind(parent) == NodeKind::kPropertyItem) return read_property(enclosing_class(), name);
    NodeId scope = enclosing(SourceView::is_function);
    if (!scope) scope = view_.tree().ast.root();
    const NodeId first = first_mention(scope, name);
    answer_.locations.push_back({"", view_.begin(first), view_.end(first)});
    const ClassId owner = class_of(node, 0);
    const std::string type = owner ? facts_.at(owner).declaration().name : parameter_type(scope, name);
    answer_.signature = (type.empty() ? "" : type + " ") + std::string(view_.text(node));
    return true;
  }

  NodeId first_mention(NodeId scope, std::string_view name) const {
    NodeId first = nodes_.back();
    std::vector<NodeId> open = {scope};
    while (!open.empty()) {
      const NodeId node = open.back();
      open.pop_back();
      if (view_.variable(node) == name && view_.begin(node) < view_.begin(first)) first = node;
      for (const NodeId one : view_.children(node)) {
        if (one) open.push_back(one);
      }
    }
    return first;
  }

  std::string parameter_type(NodeId function, std::string_view name) const {
    if (!SourceView::is_function(view_.kind(function))) return "";
    for (const NodeId one : view_.children(view_.child(function, function_slot::kParameters))) {
      if (view_.variable(view_.child(one, parameter_slot::kVariable)) == name) {
        return std::string(view_.text(view_.child(one, parameter_slot::kType)));
      }
    }
    return "";
  }

  // The class of an object, where it can be told.
  ClassId class_of(NodeId object, int depth) const {
    while (view_.kind(object) == NodeKind::kParenthesized) object = view_.child(object, 0);
    if (depth > kReceiverDepthMax) return {};
    switch (view_.kind(object)) {
      case NodeKind::kNew: {
        const NodeId name = view_.child(object, 0);
        return view_.kind(name) == NodeKind::kName ? class_named(view_.text(name)) : ClassId();
      }
      case NodeKind::kClone:
        return class_of(view_.child(object, 0), depth + 1);
      case NodeKind::kVariable:
        if (view_.variable(object) == "this") return enclosing_class();
        return class_of_local(view_.variable(object), depth);
      case NodeKind::kProperty: {
        const ClassId owner = class_of(view_.child(object, 0), depth + 1);
        const PropertyDeclaration* const property =
            owner ? facts_.find_property(owner, view_.text(view_.child(object, 1))) : nullptr;
        return property == nullptr ? ClassId() : class_of_type(property->has_native ? property->native : property->doc);
      }
      case NodeKind::kMethodCall: {
        const ClassId owner = class_of(view_.child(object, 0), depth + 1);
        return owner ? class_returned(facts_.find_method(owner, view_.text(view_.child(object, 1)))) : ClassId();
      }
      case NodeKind::kStaticCall: {
        const ClassId owner = class_named(view_.text(view_.child(object, 0)));
        return owner ? class_returned(facts_.find_method(owner, view_.text(view_.child(object, 1)))) : ClassId();
      }
      case NodeKind::kCall:
        return class_returned(facts_.find_function(names_.function_key(view_.text(view_.child(object, 0))).key));
      default:
        return {};
    }
  }

  ClassId class_of_type(const Type& type) const {
    const std::vector<std::string> names = type.class_names();
    return names.size() == 1 ? facts_.find_class(names[0]) : ClassId();
  }

  ClassId class_returned(FunctionId id) const { return id ? class_of_type(facts_.at(id).return_type) : ClassId(); }

  // By the last assignment before the cursor, else by the parameter's type.
  ClassId class_of_local(std::string_view name, int depth) const {
    NodeId scope = enclosing(SourceView::is_function);
    if (!scope) scope = view_.tree().ast.root();
    NodeId value;
    std::vector<NodeId> open = {scope};
    while (!open.empty()) {
      const NodeId node = open.back();
      open.pop_back();
      const bool is_assignment = view_.kind(node) == NodeKind::kAssign && view_.variable(view_.child(node, 0)) == name;
      if (is_assignment && view_.begin(node) < offset_ && (!value || view_.begin(value) < view_.begin(node))) {
        value = view_.child(node, 1);
      }
      for (const NodeId one : view_.children(node)) {
        if (one) open.push_back(one);
      }
    }
    if (value && view_.end(value) < offset_) return class_of(value, depth + 1);
    std::string type = parameter_type(scope, name);
    if (type.starts_with('?')) type.erase(0, 1);
    return type.empty() ? ClassId() : class_named(type);
  }

  // include __DIR__ . '/a.php': the file, where its path is known.
  bool read_include() {
    const bool is_include =
        std::any_of(nodes_.begin(), nodes_.end(), [&](NodeId node) { return view_.kind(node) == NodeKind::kInclude; });
    const FileId own = facts_.find_file(path_);
    if (!is_include || !own) return false;
    for (const IncludeSite& include : facts_.at(own).declarations->includes) {
      const FileId file = include.is_constant ? facts_.find_file(include.path) : FileId();
      if (!file || include.place.offset > offset_ || include.place.end < offset_) continue;
      answer_.locations.push_back({facts_.at(file).path, 0, 0});
      answer_.note = "Includes " + facts_.at(file).path + ".";
      return true;
    }
    return false;
  }

  const Facts& facts_;
  const std::string& path_;
  const SourceView& view_;
  std::uint32_t offset_;
  std::vector<NodeId> nodes_;
  Names names_;
  SymbolAnswer answer_;
};

}  // namespace

NodeId expression_at(const SourceView& view, std::uint32_t offset) {
  const std::vector<NodeId> nodes = view.path_to(offset);
  if (nodes.size() < 2) return {};
  const NodeId node = nodes.back();
  const NodeId parent = nodes[nodes.size() - 2];
  const bool is_name = view.kind(node) == NodeKind::kName || view.kind(node) == NodeKind::kIdentifier;
  switch (is_name ? view.kind(parent) : view.kind(node)) {
    case NodeKind::kProperty:
    case NodeKind::kNullsafeProperty:
    case NodeKind::kMethodCall:
    case NodeKind::kNullsafeMethodCall:
    case NodeKind::kCall:
    case NodeKind::kStaticCall:
    case NodeKind::kClassConstant:
    case NodeKind::kConstant:
    case NodeKind::kIndex:
    case NodeKind::kBinary:
    case NodeKind::kVariable:
      return is_name ? parent : node;
    default:
      return {};
  }
}

std::optional<SymbolAnswer> query_symbol(const Facts& facts, const std::string& path, const SourceView& view,
                                         std::uint32_t offset) {
  return Query(facts, path, view, offset).run();
}

std::string doc_text(std::string_view comment) {
  std::string out;
  if (comment.starts_with("/**")) comment.remove_prefix(3);
  if (comment.ends_with("*/")) comment.remove_suffix(2);
  while (!comment.empty()) {
    const std::size_t end = std::min(comment.find('\n'), comment.size());
    std::string_view line = comment.substr(0, end);
    comment.remove_prefix(std::min(end + 1, comment.size()));
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t' || line.front() == '*')) line.remove_prefix(1);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) line.remove_suffix(1);
    if (line.empty() && (out.empty() || out.ends_with("\n\n"))) continue;
    out += std::string(line) + "\n";
  }
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

}  // namespace banyan::php
