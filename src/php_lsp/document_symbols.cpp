#include "php_lsp/document_symbols.h"

namespace banyan::php {

namespace {

// LSP's SymbolKind.
enum class Kind : std::uint8_t {
  kNamespace = 3,
  kClass = 5,
  kMethod = 6,
  kProperty = 7,
  kConstructor = 9,
  kEnum = 10,
  kInterface = 11,
  kFunction = 12,
  kConstant = 14,
  kEnumMember = 22,
};

class Outline {
 public:
  Outline(const SourceView& view, const TextDocument& text, json::Writer& out) : view_(view), text_(text), out_(out) {}

  void write(NodeId node) {
    switch (view_.kind(node)) {
      case NodeKind::kNamespace: {
        const NodeId body = view_.child(node, 1);
        if (!body) return;  // its declarations stand beside it
        begin(node, view_.child(node, 0), Kind::kNamespace);
        write_all(body);
        end();
        return;
      }
      case NodeKind::kFunction:
        leaf(node, view_.child(node, function_slot::kName), Kind::kFunction);
        return;
      case NodeKind::kMethod: {
        const NodeId name = view_.child(node, function_slot::kName);
        leaf(node, name, view_.text(name) == "__construct" ? Kind::kConstructor : Kind::kMethod);
        return;
      }
      case NodeKind::kClass:
      case NodeKind::kTrait:
        write_class(node, Kind::kClass);
        return;
      case NodeKind::kInterface:
        write_class(node, Kind::kInterface);
        return;
      case NodeKind::kEnum:
        write_class(node, Kind::kEnum);
        return;
      case NodeKind::kEnumCase:
        leaf(node, view_.child(node, 1), Kind::kEnumMember);
        return;
      case NodeKind::kProperties:
        write_items(view_.child(node, member_slot::kItems), Kind::kProperty);
        return;
      case NodeKind::kConstants:
        write_items(view_.child(node, member_slot::kItems), Kind::kConstant);
        return;
      default:
        return;
    }
  }

  void write_all(NodeId list) {
    for (const NodeId one : view_.children(list)) write(one);
  }

 private:
  void write_class(NodeId node, Kind kind) {
    begin(node, view_.child(node, class_slot::kName), kind);
    write_all(view_.child(node, class_slot::kMembers));
    end();
  }

  void write_items(NodeId items, Kind kind) {
    for (const NodeId item : view_.children(items)) leaf(item, view_.child(item, 0), kind);
  }

  void leaf(NodeId node, NodeId name, Kind kind) {
    begin(node, name, kind);
    end();
  }

  void begin(NodeId node, NodeId name, Kind kind) {
    out_.begin_object();
    const std::string_view text = view_.text(name);
    out_.key("name").string(text.empty() ? "?" : text);
    out_.key("kind").integer(static_cast<int>(kind));
    out_.key("range");
    write_range(node);
    out_.key("selectionRange");
    write_range(text.empty() ? node : name);
    out_.key("children").begin_array();
  }

  void end() { out_.end_array().end_object(); }

  void write_range(NodeId node) {
    out_.begin_object();
    for (const auto& [key, offset] : {std::pair("start", view_.begin(node)), std::pair("end", view_.end(node))}) {
      const TextPosition position = text_.position(offset);
      out_.key(key).begin_object().key("line").unsigned_integer(position.line);
      out_.key("character").unsigned_integer(position.character).end_object();
    }
    out_.end_object();
  }

  const SourceView& view_;
  const TextDocument& text_;
  json::Writer& out_;
};

}  // namespace

void write_document_symbols(const SourceView& view, const TextDocument& text, json::Writer& out) {
  Outline(view, text, out).write_all(view.tree().ast.root());
}

}  // namespace banyan::php
