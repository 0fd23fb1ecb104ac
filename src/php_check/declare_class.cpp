// Classes: what they extend, use and declare.
#include "php_check/declarer.h"

namespace banyan::php {

namespace {

constexpr std::uint16_t kVisibility = kFlagPublic | kFlagProtected | kFlagPrivate;

ClassKind class_kind(NodeKind kind) {
  switch (kind) {
    case NodeKind::kInterface:
      return ClassKind::kInterface;
    case NodeKind::kTrait:
      return ClassKind::kTrait;
    case NodeKind::kEnum:
      return ClassKind::kEnum;
    default:
      return ClassKind::kClass;
  }
}

Type literal_type(const Ast& ast, NodeId value, std::string_view text) {
  if (!value) return Type(kTypeNull);
  switch (ast.kind(value)) {
    case NodeKind::kInteger:
      return Type(kTypeInt);
    case NodeKind::kFloat:
      return Type(kTypeFloat);
    case NodeKind::kString:
      if (text.size() >= 2 && text.find('\\') == std::string_view::npos) {
        return Type::string_literal(text.substr(1, text.size() - 2));
      }
      return Type(kTypeString);
    case NodeKind::kArray:
      return Type(kTypeArray);
    case NodeKind::kConstant: {
      const std::string name = lowered(text);
      if (name == "true") return Type(kTypeTrue);
      if (name == "false") return Type(kTypeFalse);
      if (name == "null") return Type(kTypeNull);
      return Type::mixed();
    }
    default:
      return Type::mixed();
  }
}

}  // namespace

void Declarer::enter_class(NodeId node) {
  ClassDeclaration made;
  made.kind = class_kind(kind(node));
  made.node = node;
  made.place = place(node);
  made.end_line = lines_.at(made.place.end).line;
  const NodeId name = child(node, class_slot::kName);
  made.name_place = place(name ? name : node);
  if (name) {
    made.name = names_.qualified(text(name));
    made.key = lowered(made.name);
    made.is_conditional = !top_.contains(node.value);
  } else {
    made.name = "class@anonymous";
    made.key = "class@anonymous:" + std::to_string(out_.content_hash) + ":" + std::to_string(made.place.offset);
  }
  const NodeId modifiers = child(node, class_slot::kModifiers);
  made.modifiers = modifiers ? ast_.flags(modifiers) : 0;
  const NodeId extends = child(node, class_slot::kExtends);
  if (extends && kind(extends) == Kind::kList) {
    for (const NodeId one : ast_.children(extends)) made.interfaces.push_back(names_.class_key(name_text(one)));
  } else if (extends) {
    made.parent = names_.class_key(name_text(extends));
  }
  for (const NodeId one : ast_.children(child(node, class_slot::kImplements))) {
    made.interfaces.push_back(names_.class_key(name_text(one)));
  }
  if (made.is_conditional && frames_.size() > 1) hazard("declares-class", node, made.name);
  if (!made.parent.empty()) mention(made.parent);
  const std::string_view comment = docblock_of(node);
  DocScope scope{resolver_, nullptr, made.key};
  const Docblock doc = parse_docblock(comment, scope);
  made.doc = comment.substr(0, FunctionDeclaration::kDocBytesMax);
  made.templates = doc.templates;
  made.extended = doc.extended;
  for (const DocVariable& claimed : doc.properties) {
    PropertyDeclaration property;
    property.name = claimed.name;
    property.doc = claimed.type;
    property.modifiers = kFlagPublic;
    property.place = made.name_place;
    made.properties.push_back(std::move(property));
  }
  const std::size_t index = out_.classes.size();
  out_.classes.push_back(std::move(made));
  push_leave(node);
  classes_.push_back({index});
  const NodeId members = child(node, class_slot::kMembers);
  declare_members(members);
  push(members);
  push(child(node, class_slot::kArguments));
}

void Declarer::declare_members(NodeId members) {
  for (const NodeId member : ast_.children(members)) {
    switch (kind(member)) {
      case Kind::kProperties:
        declare_properties(member);
        break;
      case Kind::kConstants:
        declare_class_constants(member);
        break;
      case Kind::kTraitUse:
        declare_trait_use(member);
        break;
      case Kind::kEnumCase: {
        ConstantDeclaration made;
        made.name = text(child(member, 1));
        made.type = Type::object(out_.classes[classes_.back().index].key);
        made.modifiers = kFlagPublic;
        made.is_case = true;
        made.place = place(member);
        out_.classes[classes_.back().index].constants.push_back(std::move(made));
        break;
      }
      default:
        break;
    }
  }
}

void Declarer::declare_properties(NodeId node) {
  const NodeId modifiers = child(node, member_slot::kModifiers);
  const Docblock doc = parse_docblock(docblock_of(node), doc_scope());
  for (const NodeId item : ast_.children(child(node, member_slot::kItems))) {
    declare_property(child(item, 0), modifiers ? ast_.flags(modifiers) : 0, child(node, member_slot::kType), doc);
  }
}

void Declarer::declare_property(NodeId variable, std::uint16_t modifiers, NodeId type, const Docblock& doc) {
  PropertyDeclaration made;
  made.name = variable_name(variable);
  made.modifiers = modifiers;
  if ((modifiers & kVisibility) == 0) made.modifiers |= kFlagPublic;
  made.place = place(variable);
  if (type) {
    made.has_native = true;
    made.native = native_type(type);
  }
  for (const DocVariable& claimed : doc.variables) {
    if (claimed.name.empty() || claimed.name == made.name) made.doc = claimed.type;
  }
  for (const DocVariable& claimed : doc.parameters) {
    if (claimed.name == made.name) made.doc = claimed.type;
  }
  out_.classes[classes_.back().index].properties.push_back(std::move(made));
}

void Declarer::declare_class_constants(NodeId node) {
  const NodeId modifiers = child(node, member_slot::kModifiers);
  std::uint16_t flags = modifiers ? ast_.flags(modifiers) : 0;
  if ((flags & kVisibility) == 0) flags |= kFlagPublic;
  for (const NodeId item : ast_.children(child(node, member_slot::kItems))) {
    ConstantDeclaration made;
    made.name = text(child(item, 0));
    const NodeId value = child(item, 1);
    made.type = literal_type(ast_, value, text(value));
    made.modifiers = flags;
    made.place = place(item);
    out_.classes[classes_.back().index].constants.push_back(std::move(made));
  }
}

void Declarer::declare_constants(NodeId node) {
  for (const NodeId item : ast_.children(child(node, member_slot::kItems))) {
    ConstantDeclaration made;
    made.name = names_.qualified(text(child(item, 0)));
    const NodeId value = child(item, 1);
    made.type = literal_type(ast_, value, text(value));
    made.place = place(item);
    out_.constants.push_back(std::move(made));
  }
}

void Declarer::enter_define(NodeId node) {
  const NodeId arguments = child(node, 1);
  const NodeId name = argument(arguments, 0);
  if (!name || kind(name) != Kind::kString) return hazard("dyn-constant", node);
  const std::string_view quoted = text(name);
  if (quoted.size() < 3) return;
  ConstantDeclaration made;
  made.name = quoted.substr(1, quoted.size() - 2);
  const NodeId value = argument(arguments, 1);
  made.type = literal_type(ast_, value, text(value));
  made.place = place(node);
  out_.constants.push_back(std::move(made));
}

void Declarer::declare_trait_use(NodeId node) {
  ClassDeclaration& around = out_.classes[classes_.back().index];
  for (const NodeId name : ast_.children(child(node, 0))) around.traits.push_back(names_.class_key(name_text(name)));
  for (const NodeId one : ast_.children(child(node, 1))) declare_adaptation(one);
}

void Declarer::declare_adaptation(NodeId node) {
  ClassDeclaration& around = out_.classes[classes_.back().index];
  const NodeId method = child(node, 0);
  const NodeId trait = child(method, 0);
  const std::string name = lowered(text(child(method, 1)));
  if (kind(node) == Kind::kTraitPrecedence) {
    for (const NodeId loser : ast_.children(child(node, 1))) {
      around.exclusions.push_back({name, names_.class_key(name_text(loser))});
    }
    return;
  }
  TraitAlias alias;
  alias.trait = trait ? names_.class_key(name_text(trait)) : "";
  alias.method = name;
  const NodeId other = child(node, 2);
  alias.alias = other ? lowered(text(other)) : "";
  const NodeId modifiers = child(node, 1);
  alias.modifiers = modifiers ? ast_.flags(modifiers) : 0;
  around.aliases.push_back(std::move(alias));
}

}  // namespace banyan::php
