#include "php_verify/seeds.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <optional>

#include "base/ascii.h"
#include "php_rules/literal_value.h"

namespace banyan::php {

namespace {

using Kind = NodeKind;
using Values = std::vector<InputValue>;

constexpr int kDepthMax = 400;

// A call in a test whose arguments are literals and parameters of the test.
struct Template {
  std::string name;
  std::vector<std::string> providers;
  std::vector<std::string> parameters;
  std::vector<std::pair<std::string, InputValue>> arguments;  // a parameter's name, or empty and a literal
};

class Finder {
 public:
  Finder(const SyntaxTree& tree, std::string_view source) : tree_(tree), ast_(tree.ast), source_(source) {}

  FileSeeds run() {
    visit(ast_.root(), 0);
    for (const Template& one : templates_) fill(one);
    return std::move(out_);
  }

 private:
  std::string_view text(NodeId node) const { return tree_.node_text(source_, node); }

  std::optional<InputValue> scalar(NodeId node) const {
    const std::string_view written = text(node);
    switch (ast_.kind(node)) {
      case Kind::kInteger:
        if (const auto value = integer_literal_value(written)) return InputValue::of_int(*value);
        return std::nullopt;
      case Kind::kFloat: {
        std::string digits(written);
        std::erase(digits, '_');
        return InputValue::of_float(std::strtod(digits.c_str(), nullptr));
      }
      case Kind::kString:
        if (const auto value = string_literal_value(written)) return InputValue::of_string(*value);
        return std::nullopt;
      case Kind::kConstant: {
        const std::string name = ascii_lower(written);
        if (name == "null") return InputValue::null();
        if (name == "true" || name == "false") return InputValue::boolean(name == "true");
        if (name == "php_int_max") return InputValue::of_int(INT64_MAX);
        if (name == "php_int_min") return InputValue::of_int(INT64_MIN);
        return std::nullopt;
      }
      default:
        return std::nullopt;
    }
  }

  std::optional<InputValue> literal(NodeId node, int depth = 0) const {
    if (depth > 20) return std::nullopt;
    if (ast_.kind(node) == Kind::kParenthesized) return literal(ast_.child(node, 0), depth + 1);
    if (ast_.kind(node) == Kind::kArray) return array(node, depth);
    if (ast_.kind(node) != Kind::kUnary || !text(node).starts_with('-')) return scalar(node);
    std::optional<InputValue> value = scalar(ast_.child(node, 0));
    if (!value) return value;
    if (value->kind == ValueKind::kFloat) return InputValue::of_float(-value->number);
    if (value->kind != ValueKind::kInt || value->integer == INT64_MIN) return std::nullopt;
    return InputValue::of_int(-value->integer);
  }

  std::optional<InputValue> array(NodeId node, int depth) const {
    InputValue out{.kind = ValueKind::kArray};
    std::int64_t next = 0;
    for (const NodeId item : ast_.children(node)) {
      if (ast_.kind(item) != Kind::kArrayItem || ast_.flags(item) != 0) return std::nullopt;
      const std::optional<InputValue> value = literal(ast_.child(item, 1), depth + 1);
      if (!value) return std::nullopt;
      InputValue key = InputValue::of_int(next);
      if (const NodeId written = ast_.child(item, 0)) {
        const std::optional<InputValue> given = scalar(written);
        if (!given || (given->kind != ValueKind::kInt && given->kind != ValueKind::kString)) return std::nullopt;
        key = given->kind == ValueKind::kInt ? *given : array_key(given->text);
      }
      for (std::size_t i = 0; i < out.items.size(); i += 2) {
        if (out.items[i] == key) return std::nullopt;
      }
      if (key.kind == ValueKind::kInt) next = std::max(next, key.integer == INT64_MAX ? next : key.integer + 1);
      out.items.push_back(std::move(key));
      out.items.push_back(*value);
    }
    return out;
  }

  void visit(NodeId node, int depth) {
    if (!node || depth > kDepthMax) return;
    const Kind kind = ast_.kind(node);
    const bool is_test = kind == Kind::kMethod;
    Template outer;
    if (is_test) {
      outer = std::exchange(test_, described(node));
      rows_from_ = ascii_lower(text(ast_.child(node, function_slot::kName)));
    }
    if (kind == Kind::kCall || kind == Kind::kStaticCall || kind == Kind::kMethodCall) add_call(node, kind);
    if (kind == Kind::kReturn || kind == Kind::kYield) add_rows(node, kind);
    const auto value = scalar(node);
    if (value && out_.literals.size() < FileSeeds::kLiteralsMax) {
      out_.literals.emplace_back(tree_.stream.tokens[ast_.header(node).first].offset, *value);
    }
    const auto list = ast_.children(node);
    for (const NodeId child : std::vector<NodeId>(list.begin(), list.end())) visit(child, depth + 1);
    if (is_test) test_ = std::move(outer);
  }

  // The data providers of a method and its parameters.
  Template described(NodeId method) const {
    Template out;
    for (const NodeId one : ast_.children(ast_.child(method, function_slot::kParameters))) {
      out.parameters.emplace_back(text(ast_.child(one, parameter_slot::kVariable)));
    }
    const std::uint32_t begin = tree_.stream.tokens[ast_.header(method).first].offset;
    std::string_view before = source_.substr(0, begin);
    while (!before.empty() && std::isspace(static_cast<unsigned char>(before.back())) != 0) before.remove_suffix(1);
    std::string about(text(ast_.child(method, function_slot::kAttributes)));
    if (before.ends_with("*/") && before.rfind("/**") != before.npos) about += before.substr(before.rfind("/**"));
    for (const std::string_view mark : {"@dataProvider ", "DataProvider('", "DataProvider(\""}) {
      for (std::size_t at = about.find(mark); at != about.npos; at = about.find(mark, at + 1)) {
        std::size_t end = at += mark.size();
        while (end < about.size() && (std::isalnum(static_cast<unsigned char>(about[end])) != 0 || about[end] == '_')) {
          ++end;
        }
        out.providers.push_back(ascii_lower(about.substr(at, end - at)));
      }
    }
    return out;
  }

  void add_call(NodeId node, Kind kind) {
    const NodeId callee = ast_.child(node, kind == Kind::kCall ? 0 : 1);
    if (out_.calls.size() >= FileSeeds::kCallsMax) return;
    if (ast_.kind(callee) != Kind::kName && ast_.kind(callee) != Kind::kIdentifier) return;
    const std::string_view written = text(callee);
    Template call = test_;
    call.name = ascii_lower(written.substr(written.rfind('\\') == written.npos ? 0 : written.rfind('\\') + 1));
    bool whole = true;
    for (const NodeId argument : ast_.children(ast_.child(node, kind == Kind::kCall ? 1 : 2))) {
      const NodeId value = ast_.kind(argument) == Kind::kArgument ? ast_.child(argument, 1) : argument;
      if (ast_.flags(argument) != 0 || (value != argument && ast_.child(argument, 0))) return;
      std::optional<InputValue> known = literal(value);
      const bool is_parameter =
          std::find(call.parameters.begin(), call.parameters.end(), text(value)) != call.parameters.end();
      if (!known && !is_parameter) return;
      whole = whole && known.has_value();
      call.arguments.emplace_back(known ? "" : std::string(text(value)), known.value_or(InputValue()));
    }
    if (!whole) {
      if (!call.providers.empty()) templates_.push_back(std::move(call));
      return;
    }
    Values arguments;
    for (auto& [name, value] : call.arguments) arguments.push_back(std::move(value));
    out_.calls.push_back({std::move(call.name), std::move(arguments)});
  }

  // "return [[1, 2], [3, 4]]" and "yield [1, 2]" of what may be a data provider.
  void add_rows(NodeId node, Kind kind) {
    const NodeId value = ast_.child(node, kind == Kind::kReturn ? 0 : 1);
    if (!value || ast_.kind(value) != Kind::kArray) return;
    const auto add = [&](NodeId row) {
      const std::optional<InputValue> known = literal(row);
      if (known && known->kind == ValueKind::kArray) rows_[rows_from_].push_back(*known);
    };
    if (kind == Kind::kYield) return add(value);
    for (const NodeId item : ast_.children(value)) add(ast_.child(item, 1));
  }

  void fill(const Template& call) {
    for (const std::string& provider : call.providers) {
      for (const InputValue& row : rows_[provider]) {
        Values arguments;
        for (const auto& [name, value] : call.arguments) {
          if (name.empty()) {
            arguments.push_back(value);
            continue;
          }
          const auto found = std::find(call.parameters.begin(), call.parameters.end(), name);
          const auto at = static_cast<std::size_t>(found - call.parameters.begin()) * 2 + 1;
          if (at < row.items.size()) arguments.push_back(row.items[at]);
        }
        if (arguments.size() == call.arguments.size() && out_.calls.size() < FileSeeds::kCallsMax) {
          out_.calls.push_back({call.name, std::move(arguments)});
        }
      }
    }
  }

  const SyntaxTree& tree_;
  const Ast& ast_;
  std::string_view source_;
  Template test_;
  std::string rows_from_;
  std::vector<Template> templates_;
  std::map<std::string, Values> rows_;
  FileSeeds out_;
};

}  // namespace

FileSeeds find_seeds(const SyntaxTree& tree, std::string_view source) { return Finder(tree, source).run(); }

}  // namespace banyan::php
