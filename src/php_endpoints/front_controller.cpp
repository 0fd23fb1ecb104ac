// Endpoints of code that looks at the request itself:
//
//   $path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
//   switch ($path) { case '/user/profile': action_profile(); break; ... }
//   if ($method === 'POST' && preg_match('#^/users/(\d+)$#', $path, $m)) { ... }
//   $routes = ['GET /a' => 'a']; $routes["$method $path"]();
//
// The idea: in each function, and in the file outside of them, variables have roles (the path, its segments, the
// method, one field of the query) by what is assigned to them; a condition on a role is a guard, guards of nested
// conditions add up, and the innermost branch with a guard on the path is an endpoint. Flow is not followed: a variable
// has its role everywhere in the function.
#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "php_endpoints/handler.h"
#include "php_endpoints/route_reader.h"
#include "php_parse/name_scope.h"

namespace banyan::php {

namespace {

enum class RoleKind : std::uint8_t { kNone, kPath, kMethod, kQuery, kSegments, kSegment, kMethodAndPath };

struct Role {
  RoleKind kind = RoleKind::kNone;
  std::string name;       // of kQuery: the field
  std::size_t index = 0;  // of kSegment
  bool trimmed = false;   // of kPath and kSegments: the slash at the beginning was cut off
  explicit operator bool() const { return kind != RoleKind::kNone; }
};

// What must hold of a request for a branch to run. Empty lists ask for nothing.
struct Guard {
  std::vector<PathPattern> paths;
  std::vector<std::string> methods;
  std::vector<std::string> queries;
  Confidence confidence = Confidence::kLikely;

  bool chooses() const { return !paths.empty() || !queries.empty(); }
};

constexpr std::size_t kAlternativesMax = 64;
constexpr int kSegmentMax = 16;

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  for (const T& one : from) {
    if (to.size() < kAlternativesMax) to.push_back(one);
  }
}

// Both must hold: the inner one is more exact wherever both speak.
Guard both(const Guard& outer, const Guard& inner) {
  Guard result = inner;
  if (result.paths.empty()) result.paths = outer.paths;
  if (result.methods.empty()) result.methods = outer.methods;
  if (result.queries.empty()) result.queries = outer.queries;
  result.confidence = std::max(outer.confidence, inner.confidence);
  return result;
}

// Names of query fields by which old applications dispatch.
bool is_dispatch_field(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "action", "act",    "do",   "page", "route", "r", "module", "mod", "controller", "c", "op", "cmd",
      "task",   "method", "func", "view", "p",     "q", "path",   "url", "mode",       "a", "m"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// Functions that give back the path, or a part of it, that they were given; with the position of that argument.
std::optional<std::size_t> passes_on(std::string_view function) {
  static constexpr std::string_view kFirst[] = {
      "parse_url",           "trim",         "rtrim",     "ltrim",      "strtolower",       "strtoupper", "urldecode",
      "rawurldecode",        "strtok",       "substr",    "explode",    "array_shift",      "current",    "reset",
      "array_filter",        "array_values", "strstr",    "filter_var", "htmlspecialchars", "basename",   "strval",
      "sanitize_text_field", "sanitize_key", "wp_unslash"};
  if (function == "explode" || function == "preg_split") return 1;
  if (function == "str_replace" || function == "preg_replace") return 2;
  if (std::find(std::begin(kFirst), std::end(kFirst), function) != std::end(kFirst)) return 0;
  return std::nullopt;
}

// A path as it is compared with: some applications cut the slashes off first.
PathPattern written_path(const std::string& text) {
  return PathPattern::from_literal(canonical_request_path(text.starts_with('/') ? text : "/" + text));
}

class Scope {
 public:
  Scope(const TreeView& view, std::unordered_map<std::string, Role>& properties, std::vector<Endpoint>& out,
        std::vector<Endpoint>& of_file)
      : view_(view), properties_(properties), out_(out), of_file_(of_file) {}

  // `body` is a function's body or the file. Gives whether any variable had a role.
  void run(NodeId body, NodeId scope_class) {
    class_ = scope_class;
    const bool is_file = view_.kind(body) == NodeKind::kFile;
    for (int pass = 0; pass < 2; ++pass) read_assignments(body);
    if (variables_.empty() && properties_.empty() && !mentions_request(body)) return;
    const std::size_t before = of_file_.size();
    visit(body, {});
    if (!is_file) of_file_.resize(before);
  }

 private:
  static bool is_function_or_class(NodeKind kind) {
    return kind >= NodeKind::kFunction && kind <= NodeKind::kEnum && kind != NodeKind::kParameter &&
           kind != NodeKind::kClosureUse;
  }

  template <class Visit>
  void each_inside(NodeId from, Visit visit) const {
    std::vector<NodeId> open = {from};
    while (!open.empty()) {
      const NodeId node = open.back();
      open.pop_back();
      if (node != from && is_function_or_class(view_.kind(node))) continue;
      visit(node);
      const auto children = view_.children(node);
      for (auto one = children.rbegin(); one != children.rend(); ++one) {
        if (*one) open.push_back(*one);
      }
    }
  }

  bool mentions_request(NodeId body) const {
    bool found = false;
    each_inside(body, [&](NodeId node) {
      if (view_.kind(node) == NodeKind::kIndex) found = found || static_cast<bool>(role_of(node));
    });
    return found;
  }

  void read_assignments(NodeId body) {
    each_inside(body, [this](NodeId node) {
      if (view_.kind(node) != NodeKind::kAssign) return;
      const NodeId target = view_.child(node, 0);
      const NodeId value = view_.bare(view_.child(node, 1));
      const std::string name(view_.text(target));
      if (view_.kind(target) == NodeKind::kVariable && view_.kind(value) == NodeKind::kArray) tables_[name] = value;
      const Role role = role_of(value);
      if (!role) return;
      if (view_.kind(target) == NodeKind::kVariable) variables_[name] = role;
      if (view_.kind(target) == NodeKind::kProperty) properties_[name] = role;
    });
  }

  Role role_of(NodeId node) const { return role_of(node, 0); }

  Role role_of(NodeId node, int depth) const {
    node = view_.bare(node);
    if (!node || depth > 12) return {};
    switch (view_.kind(node)) {
      case NodeKind::kVariable:
        return look_up(variables_, node);
      case NodeKind::kProperty:
        return look_up(properties_, node);
      case NodeKind::kIndex:
        return role_of_index(node, depth);
      case NodeKind::kCast:
        return role_of(view_.child(node, 0), depth + 1);
      case NodeKind::kAssign:
        return role_of(view_.child(node, 1), depth + 1);
      case NodeKind::kTernary: {
        const Role then = role_of(view_.child(node, 1), depth + 1);
        return then ? then : role_of(view_.child(node, view_.child(node, 1) ? 2 : 0), depth + 1);
      }
      case NodeKind::kBinary:
        if (view_.op(node) == TokenKind::kCoalesce) return role_of(view_.child(node, 0), depth + 1);
        return role_of_pair(node, depth);
      case NodeKind::kInterpolated:
      case NodeKind::kArray:
        return role_of_pair(node, depth);
      case NodeKind::kCall:
        return role_of_call(node, depth);
      case NodeKind::kMethodCall:
        return role_of_method(node);
      default:
        return {};
    }
  }

  Role look_up(const std::unordered_map<std::string, Role>& roles, NodeId node) const {
    const auto found = roles.find(std::string(view_.text(node)));
    return found == roles.end() ? Role() : found->second;
  }

  Role role_of_index(NodeId node, int depth) const {
    const std::string_view base = view_.variable(view_.child(node, 0));
    const NodeId index = view_.child(node, 1);
    if (base == "_SERVER" || base == "_GET" || base == "_POST" || base == "_REQUEST") {
      const auto key = view_.text_of(index, {});
      if (!key) return {};
      if (base != "_SERVER") return {.kind = RoleKind::kQuery, .name = *key};
      if (*key == "REQUEST_METHOD") return {.kind = RoleKind::kMethod};
      const bool is_path = *key == "REQUEST_URI" || *key == "PATH_INFO" || *key == "REDIRECT_URL" ||
                           *key == "ORIG_PATH_INFO" || *key == "DOCUMENT_URI";
      return is_path ? Role{.kind = RoleKind::kPath} : Role();
    }
    const Role role = role_of(view_.child(node, 0), depth + 1);
    if (role.kind == RoleKind::kPath) return view_.text_of(index, {}) == "path" ? role : Role();
    if (role.kind != RoleKind::kSegments) return {};
    const std::string number(view_.text(index));
    if (number.empty() || number.size() > 2 || number.find_first_not_of("0123456789") != number.npos) return {};
    // explode('/', '/a/b') has an empty text first, explode('/', trim(...)) has not.
    const int at = std::stoi(number) - (role.trimmed ? 0 : 1);
    if (at < 0 || at > kSegmentMax) return {};
    return {.kind = RoleKind::kSegment, .index = static_cast<std::size_t>(at)};
  }

  // "$method $path", $method . ' ' . $path, [$method, $path].
  Role role_of_pair(NodeId node, int depth) const {
    std::vector<Role> roles;
    const bool is_binary = view_.kind(node) == NodeKind::kBinary;
    if (is_binary && view_.op(node) != TokenKind::kDot) return {};
    std::vector<NodeId> parts;
    if (is_binary) {
      NodeId left = node;
      while (view_.kind(left) == NodeKind::kBinary && parts.size() < 4) {
        parts.push_back(view_.child(left, 1));
        left = view_.bare(view_.child(left, 0));
      }
      parts.push_back(left);
      std::reverse(parts.begin(), parts.end());
    } else {
      for (const NodeId one : view_.children(node)) {
        parts.push_back(view_.kind(one) == NodeKind::kArrayItem ? view_.child(one, 1) : one);
      }
    }
    if (parts.size() > 4) return {};
    for (const NodeId part : parts) {
      if (const Role role = role_of(part, depth + 1)) roles.push_back(role);
    }
    const bool fits = roles.size() == 2 && roles[0].kind == RoleKind::kMethod && roles[1].kind == RoleKind::kPath;
    return fits ? Role{.kind = RoleKind::kMethodAndPath} : Role();
  }

  Role role_of_call(NodeId node, int depth) const {
    const std::string name = lowered(TreeView::last_part(view_.text(view_.child(node, 0))));
    const auto at = passes_on(name);
    if (!at) return {};
    Role role = role_of(view_.argument(node, *at), depth + 1);
    if (name == "trim" || name == "ltrim") role.trimmed = true;
    if ((name == "explode" || name == "preg_split") && role.kind == RoleKind::kPath) {
      if (view_.text_of(view_.argument(node, 0), {}) != "?") role.kind = RoleKind::kSegments;
      return role;
    }
    if (role.kind == RoleKind::kSegments && (name == "current" || name == "reset" || name == "array_shift")) {
      return {.kind = RoleKind::kSegment, .index = 0};
    }
    return role;
  }

  Role role_of_method(NodeId node) const {
    const std::string name = lowered(view_.member_name(node));
    const std::string object = lowered(view_.text(view_.child(node, 0)));
    if (object.find("request") == std::string::npos && name != "getpath") return {};
    if (name == "getpathinfo" || name == "getrequesturi") return {.kind = RoleKind::kPath};
    if (name == "getmethod" || name == "getrequestmethod") return {.kind = RoleKind::kMethod};
    if (name == "getpath" && object.ends_with("geturi()")) return {.kind = RoleKind::kPath};
    return {};
  }

  // ---- Guards ----

  void compare(const Role& role, const std::string& value, Guard& guard) const {
    switch (role.kind) {
      case RoleKind::kPath:
        guard.paths.push_back(written_path(value));
        break;
      case RoleKind::kMethod:
        if (is_http_method(upper_case(value))) guard.methods.push_back(upper_case(value));
        break;
      case RoleKind::kQuery:
        if (is_dispatch_field(role.name)) guard.queries.push_back(role.name + "=" + value);
        break;
      case RoleKind::kSegment:
        if (!value.empty()) guard.paths.push_back(segment_path(role.index, value));
        break;
      case RoleKind::kMethodAndPath: {
        const std::size_t space = value.find(' ');
        if (space == std::string::npos || !is_http_method(value.substr(0, space))) break;
        guard.methods.push_back(value.substr(0, space));
        guard.paths.push_back(written_path(value.substr(space + 1)));
        break;
      }
      case RoleKind::kNone:
      case RoleKind::kSegments:
        break;
    }
  }

  static PathPattern segment_path(std::size_t index, const std::string& value) {
    PathPattern path;
    for (std::size_t i = 0; i < index; ++i) {
      path.append_literal("/");
      path.append_parameter(std::to_string(i + 1));
    }
    path.append_literal("/" + value);
    path.append_rest();
    return path;
  }

  // What must hold for the condition to be true, as far as it is about the request.
  Guard guard_of(NodeId condition, int depth = 0) const {
    condition = view_.bare(condition);
    Guard guard;
    if (depth > 50) return guard;
    switch (view_.kind(condition)) {
      case NodeKind::kBinary:
        return guard_of_binary(condition, depth);
      case NodeKind::kCall:
        return guard_of_call(condition);
      default:
        return guard;
    }
  }

  Guard guard_of_binary(NodeId condition, int depth) const {
    Guard guard;
    const TokenKind op = view_.op(condition);
    const NodeId left = view_.child(condition, 0);
    const NodeId right = view_.child(condition, 1);
    if (op == TokenKind::kAndAnd || op == TokenKind::kLogicalAnd) {
      return both(guard_of(left, depth + 1), guard_of(right, depth + 1));
    }
    if (op == TokenKind::kOrOr || op == TokenKind::kLogicalOr) {
      guard = guard_of(left, depth + 1);
      const Guard other = guard_of(right, depth + 1);
      // One side that asks for nothing makes the whole ask for nothing.
      if (guard.paths.empty() || other.paths.empty()) guard.paths.clear();
      if (guard.methods.empty() || other.methods.empty()) guard.methods.clear();
      if (guard.queries.empty() || other.queries.empty()) guard.queries.clear();
      if (!guard.paths.empty()) append(guard.paths, other.paths);
      if (!guard.methods.empty()) append(guard.methods, other.methods);
      if (!guard.queries.empty()) append(guard.queries, other.queries);
      return guard;
    }
    if (op != TokenKind::kEqual && op != TokenKind::kIdentical) return guard;
    for (const auto& [subject, value] : {std::pair(left, right), std::pair(right, left)}) {
      if (is_prefix_test(subject) && view_.text(view_.bare(value)) == "0") return prefix_guard(view_.bare(subject));
      const Role role = role_of(subject);
      const auto text = view_.text_of(value, class_);
      if (!role || !text) continue;
      compare(role, *text, guard);
      break;
    }
    return guard;
  }

  bool is_prefix_test(NodeId node) const {
    node = view_.bare(node);
    if (view_.kind(node) != NodeKind::kCall) return false;
    const std::string name = lowered(TreeView::last_part(view_.text(view_.child(node, 0))));
    return name == "strpos" || name == "stripos" || name == "strncmp" || name == "strncasecmp";
  }

  // strpos($path, '/api'), str_starts_with($path, '/api').
  Guard prefix_guard(NodeId call) const {
    Guard guard;
    const Role role = role_of(view_.argument(call, 0));
    if (role.kind != RoleKind::kPath) return guard;
    const auto text = view_.text_of(view_.argument(call, 1), class_);
    if (!text || *text == "/" || text->empty() || !(role.trimmed || text->starts_with('/'))) return guard;
    PathPattern path = written_path(*text);
    path.append_rest();
    guard.paths.push_back(std::move(path));
    guard.confidence = Confidence::kGuess;
    return guard;
  }

  Guard guard_of_call(NodeId call) const {
    Guard guard;
    const std::string name = lowered(TreeView::last_part(view_.text(view_.child(call, 0))));
    if (name == "str_starts_with") return prefix_guard(call);
    if (name == "in_array") {
      const Role role = role_of(view_.argument(call, 0));
      for (const std::string& text : view_.texts_of(view_.argument(call, 1), class_)) {
        if (role && guard.paths.size() < kAlternativesMax) compare(role, text, guard);
      }
      return guard;
    }
    if (name != "preg_match") return guard;
    const Role role = role_of(view_.argument(call, 1));
    const auto regex = view_.text_of(view_.argument(call, 0), class_);
    if (role.kind != RoleKind::kPath || !regex || regex->size() < 2) return guard;
    const char open = regex->front();
    const char close = open == '(' ? ')' : open == '{' ? '}' : open == '[' ? ']' : open == '<' ? '>' : open;
    const std::size_t end = regex->rfind(close);
    if (end == 0 || end == std::string::npos) return guard;
    std::string_view inside = std::string_view(*regex).substr(1, end - 1);
    const bool has_slash = inside.starts_with("^/") || inside.starts_with("^\\/") || !inside.starts_with('^');
    const std::string rooted = has_slash ? std::string(inside) : "^/" + std::string(inside.substr(1));
    if (auto path = PathPattern::from_regex(rooted)) guard.paths.push_back(std::move(*path));
    return guard;
  }

  // ---- Statements ----

  void visit(NodeId node, const Guard& guard) {
    switch (view_.kind(node)) {
      case NodeKind::kIf:
        for (const NodeId branch : view_.children(node)) {
          branch_out(guard, view_.child(branch, 0) ? guard_of(view_.child(branch, 0)) : Guard(), view_.child(branch, 1),
                     branch);
        }
        return;
      case NodeKind::kSwitch:
        visit_switch(node, guard);
        return;
      case NodeKind::kFile:
      case NodeKind::kBlock:
      case NodeKind::kList:
      case NodeKind::kTry:
      case NodeKind::kCatch:
      case NodeKind::kWhile:
      case NodeKind::kDoWhile:
      case NodeKind::kFor:
      case NodeKind::kForeach:
      case NodeKind::kDeclare:
      case NodeKind::kNamespace:
        for (const NodeId one : view_.children(node)) {
          if (one) visit(one, guard);
        }
        return;
      default:
        if (!is_function_or_class(view_.kind(node))) visit_expression(node, guard);
        return;
    }
  }

  // The body runs under both guards. Where nothing inside is more exact, it is what answers.
  void branch_out(const Guard& outer, const Guard& inner, NodeId body, NodeId at) {
    const bool says_something = inner.chooses() || !inner.methods.empty();
    const Guard guard = both(outer, inner);
    const std::size_t before = out_.size() + of_file_.size();
    if (body) visit(body, guard);
    if (!says_something || out_.size() + of_file_.size() != before) return;
    emit(guard, body, at);
  }

  void emit(const Guard& guard, NodeId body, NodeId at) {
    if (!guard.chooses() || !body) return;
    const bool is_list = view_.kind(body) == NodeKind::kBlock || view_.kind(body) == NodeKind::kList;
    const auto statements = is_list ? view_.children(body) : std::span<const NodeId>(&body, 1);
    const Handler handler = is_list || !is_value(body) ? code_handler(view_, statements, class_) : value_handler(body);
    if (handler.kind == HandlerKind::kCode && handler.line == 0) return;  // an empty branch answers nothing
    Endpoint endpoint{.methods = method_set(guard.methods),
                      .handler = handler,
                      .file = view_.path(),
                      .line = view_.line(at),
                      .confidence = guard.confidence};
    for (const PathPattern& path : guard.paths) {
      endpoint.path = path;
      endpoint.query = guard.queries.size() == 1 ? guard.queries[0] : "";
      out_.push_back(endpoint);
    }
    if (!guard.paths.empty()) return;
    endpoint.path = {};
    for (const std::string& query : guard.queries) {
      endpoint.query = query;
      of_file_.push_back(endpoint);
    }
  }

  // An arm of match or an entry of a table may name its handler in place of calling it.
  bool is_value(NodeId node) const {
    switch (view_.kind(node)) {
      case NodeKind::kString:
      case NodeKind::kArray:
      case NodeKind::kClosure:
      case NodeKind::kArrowFunction:
      case NodeKind::kClassConstant:
        return true;
      default:
        return false;
    }
  }

  Handler value_handler(NodeId node) const { return make_handler(view_, node, class_); }

  void visit_switch(NodeId node, const Guard& outer) {
    const NodeId subject = view_.bare(view_.child(node, 0));
    const Role role = role_of(subject);
    const bool is_true = lowered(view_.text(subject)) == "true";
    Guard guard;
    bool is_default = false;
    for (const NodeId branch : view_.children(view_.child(node, 1))) {
      const NodeId body = view_.child(branch, 1);
      if (const NodeId condition = view_.child(branch, 0)) {
        const Guard one = is_true ? guard_of(condition) : comparison(role, condition);
        append(guard.paths, one.paths);
        append(guard.methods, one.methods);
        append(guard.queries, one.queries);
      } else {
        is_default = true;
      }
      if (view_.children(body).empty()) continue;  // falls through to the next
      branch_out(outer, is_default ? Guard() : guard, body, branch);
      guard = {};
      is_default = false;
    }
  }

  Guard comparison(const Role& role, NodeId value) const {
    Guard guard;
    if (!role) return guard;
    const NodeId bare = view_.bare(value);
    if (role.kind == RoleKind::kMethodAndPath && view_.kind(bare) == NodeKind::kArray) {
      const auto texts = view_.texts_of(bare, class_);
      if (texts.size() == 2) compare(role, upper_case(texts[0]) + " " + texts[1], guard);
    } else if (const auto text = view_.text_of(value, class_)) {
      compare(role, *text, guard);
    }
    return guard;
  }

  // match ($path) { ... } and $table[$path] anywhere inside of an expression.
  void visit_expression(NodeId expression, const Guard& outer) {
    each_inside(expression, [&](NodeId node) {
      if (view_.kind(node) == NodeKind::kMatch) visit_match(node, outer);
      if (view_.kind(node) == NodeKind::kIndex) visit_table(node, outer);
    });
  }

  void visit_match(NodeId node, const Guard& outer) {
    const NodeId subject = view_.bare(view_.child(node, 0));
    const Role role = role_of(subject);
    const bool is_true = lowered(view_.text(subject)) == "true";
    if (!role && !is_true) return;
    for (const NodeId arm : view_.children(view_.child(node, 1))) {
      Guard guard;
      for (const NodeId condition : view_.children(view_.child(arm, 0))) {
        const Guard one = is_true ? guard_of(condition) : comparison(role, condition);
        append(guard.paths, one.paths);
        append(guard.methods, one.methods);
        append(guard.queries, one.queries);
      }
      if (guard.chooses()) emit(both(outer, guard), view_.child(arm, 1), arm);
    }
  }

  void visit_table(NodeId index, const Guard& outer) {
    const auto table = tables_.find(std::string(view_.text(view_.child(index, 0))));
    const Role role = table == tables_.end() ? Role() : role_of(view_.child(index, 1));
    if (!role || std::find(tables_read_.begin(), tables_read_.end(), table->second) != tables_read_.end()) return;
    tables_read_.push_back(table->second);
    for (const NodeId item : view_.children(table->second)) {
      const NodeId value = view_.bare(view_.child(item, 1));
      const auto key = view_.text_of(view_.child(item, 0), class_);
      if (!key || !value) continue;
      const bool by_method = role.kind == RoleKind::kMethod && view_.kind(value) == NodeKind::kArray;
      Guard guard;
      compare(role, *key, guard);
      if (!by_method) {
        if (is_value(value)) emit(both(outer, guard), value, item);
        continue;
      }
      for (const NodeId inner : view_.children(value)) {  // $routes[$method][$path]
        const auto path = view_.text_of(view_.child(inner, 0), class_);
        if (!path || !path->starts_with('/')) continue;
        guard.paths = {written_path(*path)};
        if (is_value(view_.bare(view_.child(inner, 1))))
          emit(both(outer, guard), view_.bare(view_.child(inner, 1)), inner);
      }
    }
  }

  const TreeView& view_;
  std::unordered_map<std::string, Role>& properties_;
  std::vector<Endpoint>& out_;
  std::vector<Endpoint>& of_file_;
  std::unordered_map<std::string, Role> variables_;
  std::unordered_map<std::string, NodeId> tables_;
  std::vector<NodeId> tables_read_;
  NodeId class_;
};

// A field with one value only is a question, not a dispatch.
void keep_dispatches(std::vector<Endpoint>& endpoints) {
  std::map<std::string, int> counts;
  const auto field = [](const Endpoint& one) { return one.query.substr(0, one.query.find('=')); };
  for (const Endpoint& one : endpoints) ++counts[field(one)];
  std::erase_if(endpoints, [&](const Endpoint& one) { return counts[field(one)] < 2; });
}

}  // namespace

void read_front_controller(const TreeView& view, std::vector<Endpoint>& out, std::vector<Endpoint>& of_file) {
  std::unordered_map<std::string, Role> properties;
  Scope(view, properties, out, of_file).run(view.root(), {});
  walk_tree(view, view.root(), {}, [&](NodeId node, NodeId scope_class) {
    const NodeKind kind = view.kind(node);
    if (kind == NodeKind::kFunction || kind == NodeKind::kMethod || kind == NodeKind::kClosure) {
      Scope(view, properties, out, of_file).run(view.child(node, function_slot::kBody), scope_class);
    }
  });
  keep_dispatches(of_file);
}

}  // namespace banyan::php
