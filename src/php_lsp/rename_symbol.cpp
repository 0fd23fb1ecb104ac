#include "php_lsp/rename_symbol.h"

#include <algorithm>

#include "php_parse/name_scope.h"

namespace banyan::php {

namespace {

Error refused(std::string sentence) { return Error(ErrorCode::kUnsupported, std::move(sentence)); }

bool is_identifier(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  };
  if (name.empty() || !is_letter(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

class Renamer {
 public:
  Renamer(const SourceView& view, std::uint32_t offset) : view_(view), nodes_(view.path_to(offset)) {}

  Result<RenameTarget> run() {
    const NodeId node = nodes_.back();
    const NodeId parent = nodes_.size() > 1 ? nodes_[nodes_.size() - 2] : NodeId();
    const NodeKind parent_kind = view_.kind(parent);
    if (parent_kind == NodeKind::kPropertyItem || parent_kind == NodeKind::kStaticProperty) {
      return member(view_.variable(node), node, NodeKind::kProperties);
    }
    if (!view_.variable(node).empty()) return local(node);
    if (view_.kind(node) != NodeKind::kIdentifier) {
      if (view_.kind(node) == NodeKind::kName) return refused("Only local variables and private members are renamed");
      return Error(ErrorCode::kNotFound, "No name stands here");
    }
    switch (parent_kind) {
      case NodeKind::kMethod:
      case NodeKind::kMethodCall:
      case NodeKind::kNullsafeMethodCall:
      case NodeKind::kStaticCall:
        return member(view_.text(node), node, NodeKind::kMethod);
      case NodeKind::kProperty:
      case NodeKind::kNullsafeProperty:
        return member(view_.text(node), node, NodeKind::kProperties);
      case NodeKind::kClassConstant:
      case NodeKind::kConstantItem:
        return member(view_.text(node), node, NodeKind::kConstants);
      default:
        return refused("Only local variables and private members are renamed");
    }
  }

 private:
  template <class Visit>
  void each(NodeId from, Visit visit) const {
    std::vector<NodeId> open = {from};
    while (!open.empty()) {
      const NodeId node = open.back();
      open.pop_back();
      if (!visit(node)) continue;
      for (const NodeId one : view_.children(node)) {
        if (one) open.push_back(one);
      }
    }
  }

  RenameTarget target(std::string_view name, NodeId asked, const std::vector<NodeId>& nodes) const {
    RenameTarget result{.name = std::string(name)};
    const auto range = [&](NodeId node) {
      const std::uint32_t skip = view_.text(node).starts_with('$') ? 1 : 0;
      return NameRange{view_.begin(node) + skip, view_.end(node)};
    };
    for (const NodeId node : nodes) result.ranges.push_back(range(node));
    std::sort(result.ranges.begin(), result.ranges.end(),
              [](const auto& a, const auto& b) { return a.begin < b.begin; });
    result.asked = range(asked);
    return result;
  }

  // ---- Local variables ----

  bool has_parameter(NodeId function, std::string_view name) const {
    const auto parameters = view_.children(view_.child(function, function_slot::kParameters));
    return std::any_of(parameters.begin(), parameters.end(),
                       [&](NodeId one) { return view_.variable(view_.child(one, parameter_slot::kVariable)) == name; });
  }

  bool captures(NodeId closure, std::string_view name) const {
    const auto uses = view_.children(view_.child(closure, function_slot::kUses));
    return std::any_of(uses.begin(), uses.end(),
                       [&](NodeId use) { return view_.variable(view_.child(use, 0)) == name; });
  }

  // The function whose variable it is: closures and arrow functions may take it from around them. None: the file's.
  NodeId scope_of(std::string_view name) const {
    for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
      if (!SourceView::is_function(view_.kind(*node))) continue;
      const bool is_arrow = view_.kind(*node) == NodeKind::kArrowFunction;
      const bool from_outside = is_arrow ? !has_parameter(*node, name) : captures(*node, name);
      if (!from_outside) return *node;
    }
    return {};
  }

  Result<RenameTarget> local(NodeId asked) const {
    const std::string_view name = view_.variable(asked);
    if (name == "this") return refused("$this cannot be renamed");
    if (is_superglobal(name)) return refused("$" + std::string(name) + " is one of PHP's own variables");
    const NodeId scope = scope_of(name);
    if (!scope) return refused("A variable outside of functions may be used by files that include this one");
    std::vector<NodeId> found;
    std::string reason;
    find_uses(scope, scope, name, found, reason);
    if (!reason.empty()) return refused(std::move(reason));
    std::erase_if(found, [&](NodeId node) { return is_property_name(node); });
    RenameTarget result = target(name, asked, found);
    result.is_local = true;
    return result;
  }

  // What an anonymous class is made with belongs to the function around it, and the class itself does not.
  void find_uses(NodeId from, NodeId scope, std::string_view name, std::vector<NodeId>& found,
                 std::string& reason) const {
    each(from, [&](NodeId node) {
      if (node != scope && hides(node, name)) {
        const bool is_anonymous = view_.kind(node) == NodeKind::kAnonymousClass;
        const NodeId arguments = is_anonymous ? view_.child(node, class_slot::kArguments) : NodeId();
        if (arguments) find_uses(arguments, scope, name, found, reason);
        return false;
      }
      if (view_.variable(node) == name) found.push_back(node);
      if (reason.empty()) reason = obstacle(node, name);
      return true;
    });
  }

  // A function inside that has its own variable of that name, or is a scope of its own.
  bool hides(NodeId node, std::string_view name) const {
    const NodeKind kind = view_.kind(node);
    if (SourceView::is_class(kind) || kind == NodeKind::kFunction) return true;
    if (kind == NodeKind::kArrowFunction) return has_parameter(node, name);
    return kind == NodeKind::kClosure && !captures(node, name);
  }

  bool is_property_name(NodeId variable) const {
    const std::vector<NodeId> path = view_.path_to(view_.begin(variable) + 1);
    if (path.size() < 2) return false;
    const NodeId parent = path[path.size() - 2];
    return view_.kind(parent) == NodeKind::kStaticProperty && view_.child(parent, 1) == variable;
  }

  // Why the variables of a function that has this node cannot be renamed; empty where they can.
  std::string obstacle(NodeId node, std::string_view name) const {
    switch (view_.kind(node)) {
      case NodeKind::kVariableVariable:
        return "The function uses variables whose names are computed";
      case NodeKind::kEval:
        return "The function runs code made by eval";
      case NodeKind::kInclude:
        return "The function includes a file, which sees its variables";
      case NodeKind::kGlobal:
        for (const NodeId one : view_.children(node)) {
          if (view_.variable(one) == name) return "$" + std::string(name) + " is a global variable";
        }
        return "";
      case NodeKind::kParameter:
        if (view_.child(node, parameter_slot::kModifiers) &&
            view_.variable(view_.child(node, parameter_slot::kVariable)) == name) {
          return "$" + std::string(name) + " is also a property";
        }
        return "";
      case NodeKind::kCall: {
        std::string called = lowered(view_.text(view_.child(node, 0)));
        if (called.starts_with('\\')) called.erase(0, 1);
        for (const std::string_view one : {"compact", "extract", "get_defined_vars", "parse_str"}) {
          if (called == one) return "The function calls " + called + "(), which names variables by texts";
        }
        return "";
      }
      default:
        return "";
    }
  }

  // ---- Private members ----

  Result<RenameTarget> member(std::string_view name, NodeId asked, NodeKind kind) const {
    NodeId owner;
    for (const NodeId node : nodes_) {
      if (SourceView::is_class(view_.kind(node))) owner = node;
    }
    if (!owner) return refused("Only private members are renamed, inside of their class");
    if (view_.kind(owner) == NodeKind::kTrait) return refused("Members of a trait are used by other classes");
    std::vector<NodeId> found;
    NodeId declared;
    std::string reason;
    for (const NodeId one : view_.children(view_.child(owner, class_slot::kMembers))) {
      if (view_.kind(one) == NodeKind::kTraitUse) reason = "The class uses traits, which may use the member";
      if (view_.kind(one) != kind) continue;
      if (const NodeId at = declared_name(one, name)) {
        declared = at;
        if ((view_.flags(view_.child(one, 1)) & kFlagPrivate) == 0) {
          return refused("It is not private, so other classes and files may use it");
        }
      }
    }
    if (!declared) return refused("It is not declared in this class as a private member");
    if (lowered(name).starts_with("__")) return refused("PHP itself calls it by this name");
    found.push_back(declared);
    each(owner, [&](NodeId node) {
      if (node != owner && SourceView::is_class(view_.kind(node))) return false;
      collect_use(node, name, kind, found, reason);
      return true;
    });
    if (!reason.empty()) return refused(std::move(reason));
    return target(name, asked, found);
  }

  NodeId declared_name(NodeId member, std::string_view name) const {
    if (view_.kind(member) == NodeKind::kMethod) {
      const NodeId at = view_.child(member, function_slot::kName);
      return lowered(view_.text(at)) == lowered(name) ? at : NodeId();
    }
    for (const NodeId item : view_.children(view_.child(member, member_slot::kItems))) {
      const NodeId at = view_.child(item, 0);
      const std::string_view text = view_.text(at).starts_with('$') ? view_.text(at).substr(1) : view_.text(at);
      if (text == name) return at;
    }
    return {};
  }

  bool is_own_class(NodeId written) const {
    const std::string text = lowered(view_.text(written));
    return text == "self" || text == "static" || text == "$this";
  }

  void collect_use(NodeId node, std::string_view name, NodeKind kind, std::vector<NodeId>& found,
                   std::string& reason) const {
    const NodeKind use = view_.kind(node);
    if (use == NodeKind::kString && view_.text(node).size() == name.size() + 2 &&
        view_.text(node).substr(1, name.size()) == name) {
      reason = "The class has the name as a text, which may mean the member";
      return;
    }
    const bool is_method =
        use == NodeKind::kMethodCall || use == NodeKind::kNullsafeMethodCall || use == NodeKind::kStaticCall;
    const bool is_property =
        use == NodeKind::kProperty || use == NodeKind::kNullsafeProperty || use == NodeKind::kStaticProperty;
    const bool fits = (kind == NodeKind::kMethod && is_method) || (kind == NodeKind::kProperties && is_property) ||
                      (kind == NodeKind::kConstants && use == NodeKind::kClassConstant);
    if (!fits) return;
    const NodeId at = view_.child(node, 1);
    if (view_.kind(at) != NodeKind::kIdentifier && view_.kind(at) != NodeKind::kVariable) {
      reason = "The class uses members whose names are computed";
      return;
    }
    const bool is_static = use == NodeKind::kStaticProperty;
    const std::string_view text =
        is_static && view_.text(at).starts_with('$') ? view_.text(at).substr(1) : view_.text(at);
    const bool same = kind == NodeKind::kMethod ? lowered(text) == lowered(name) : text == name;
    if (!is_static && view_.kind(at) == NodeKind::kVariable) {
      reason = "The class uses members whose names are computed";
    } else if (same && is_own_class(view_.child(node, 0))) {
      found.push_back(at);
    } else if (same) {
      reason = "The class uses a member of this name on another object, whose class is not known";
    }
  }

  const SourceView& view_;
  std::vector<NodeId> nodes_;
};

}  // namespace

Result<RenameTarget> find_rename(const SourceView& view, std::uint32_t offset) { return Renamer(view, offset).run(); }

Result<void> check_new_name(const SourceView& view, const RenameTarget& target, std::string_view name) {
  if (name.starts_with('$')) name.remove_prefix(1);
  if (!is_identifier(name) || name == "this") {
    return Error(ErrorCode::kInvalidArgument,
                 "'" + std::string(name) + "' is no name: letters, digits and _, a letter first");
  }
  if (is_superglobal(name))
    return Error(ErrorCode::kInvalidArgument, "$" + std::string(name) + " is one of PHP's own variables");
  // The function or class around the first place: whatever is called so there would become the same thing.
  NodeId around = view.tree().ast.root();
  for (const NodeId node : view.path_to(target.ranges.front().begin)) {
    const NodeKind kind = view.kind(node);
    if (target.is_local ? SourceView::is_function(kind) : SourceView::is_class(kind)) around = node;
  }
  std::vector<NodeId> open = {around};
  while (!open.empty()) {
    const NodeId node = open.back();
    open.pop_back();
    const bool is_name =
        !target.is_local && view.kind(node) == NodeKind::kIdentifier && lowered(view.text(node)) == lowered(name);
    if (is_name || view.variable(node) == name) {
      return Error(ErrorCode::kAlreadyExists, "'" + std::string(name) + "' is taken there");
    }
    for (const NodeId one : view.children(node)) {
      if (one) open.push_back(one);
    }
  }
  return {};
}

}  // namespace banyan::php
