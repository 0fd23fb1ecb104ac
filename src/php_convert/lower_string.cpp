// Strings with variables in them, and heredocs with their indentation taken away.
#include "php_convert/lowering.h"
#include "php_rules/literal_value.h"

namespace banyan::php {

using hir::ExprKind;
using hir::ExprPtr;
using hir::Rep;

namespace {

// Escapes as in double quotes; in heredocs and backticks a quote stands for itself.
std::string unescaped(std::string_view text, bool quoted) {
  std::string written = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      if (!quoted && text[i + 1] == '"') written += "\\\\";
      written += text[i];
      written += text[++i];
      if (!quoted && text[i] == '"') {
        written.resize(written.size() - 2);
        written += "\\\"";
      }
    } else if (text[i] == '"') {
      written += "\\\"";
    } else {
      written += text[i];
    }
  }
  return string_literal_value(written + "\"").value_or(std::string(text));
}

std::string unindented(std::string_view text, std::size_t indent, bool at_line_start) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    if (at_line_start) {
      std::size_t skipped = 0;
      while (skipped < indent && at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at, ++skipped;
    }
    at_line_start = false;
    while (at < text.size()) {
      out += text[at];
      if (text[at++] == '\n') {
        at_line_start = true;
        break;
      }
    }
  }
  return out;
}

}  // namespace

ExprPtr FunctionLowering::lower_interpolated(NodeId node) {
  const bool heredoc = kind(node) == Kind::kHeredoc;
  const bool nowdoc = heredoc && (flags(node) & kFlagNowdoc) != 0;
  std::size_t indent = 0;
  if (heredoc) {
    const std::string_view written = text(node);
    const std::size_t line = written.find_last_of("\r\n");
    for (std::size_t i = line + 1; i < written.size() && (written[i] == ' ' || written[i] == '\t'); ++i) ++indent;
  }
  std::vector<ExprPtr> parts;
  bool line_start = true;
  const auto list = children(node);
  const std::vector<NodeId> nodes(list.begin(), list.end());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const NodeId part = nodes[i];
    if (kind(part) != Kind::kStringText) {
      parts.push_back(told(convert(expression(part), Rep::kString)));
      line_start = false;
      continue;
    }
    std::string raw(text_whole(part));
    if (heredoc) {
      raw = unindented(raw, indent, line_start);
      if (i + 1 == nodes.size()) {  // the line end before the closing mark is not part of it
        if (raw.ends_with('\n')) raw.pop_back();
        if (raw.ends_with('\r')) raw.pop_back();
      }
    }
    parts.push_back(literal(nowdoc ? raw : unescaped(raw, !heredoc)));
    line_start = false;
  }
  if (parts.empty()) return literal("");
  return joined(std::move(parts), node);
}

ExprPtr FunctionLowering::joined(std::vector<ExprPtr> parts, NodeId node) const {
  ExprPtr out;
  for (ExprPtr& part : parts) {
    if (part->kind == ExprKind::kString && part->text.empty() && parts.size() > 1) continue;
    if (out == nullptr) {
      out = std::move(part);
    } else if (out->kind == ExprKind::kString && part->kind == ExprKind::kString) {
      out->text += part->text;
    } else if (out->kind == ExprKind::kBinary && out->children[1]->kind == ExprKind::kString &&
               part->kind == ExprKind::kString) {
      out->children[1]->text += part->text;
    } else {
      out = native("+", Rep::kString, std::move(out), std::move(part));
    }
  }
  if (out == nullptr) return literal("");
  if (node) out->offset = offset_of(node);
  return out;
}

}  // namespace banyan::php
