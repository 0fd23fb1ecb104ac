// The compiled form: per host group one radix tree in flat arrays.
//
// A node's label is a run of literal bytes; after it the path may end (exact rules), may go on in any way (prefix
// rules), go on with one of the literal children, told apart by their first byte, or, where a segment begins, with a
// parameter child that takes the rest of the segment. Literal and parameter child are both searched, for the lowest
// rule may be behind either; `lowest` prunes. With R rules a path of S segments visits at most min(nodes, 2^S) nodes.
#include "http/router.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <unordered_map>
#include <utility>

#include "base/ascii.h"
#include "http/target.h"

namespace banyan {

namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kHostBytesMax = 255;

struct FieldCondition {
  FieldId id = FieldId::kOther;
  std::string name;
  std::optional<std::string> value;
};

// What is left to be asked once host and path have matched.
struct Conditions {
  bool any_method = true;
  unsigned methods = 0;  // a bit per known Method
  std::vector<std::string> other_methods;
  std::vector<FieldCondition> fields;
  std::vector<RouteCondition> query;
  std::vector<std::string> captures;
};

struct Node {
  std::string label;
  std::uint32_t lowest = kNone;            // rule here or below
  std::uint32_t parameter = kNone;         // node after a ":name" segment
  std::string first_bytes;                 // of the children's labels
  std::vector<std::uint32_t> children;     // nodes, in the same order
  std::vector<std::uint32_t> exact_rules;  // ascending, as all lists of rules
  std::vector<std::uint32_t> prefix_rules;
};

struct Tree {
  std::vector<Node> nodes = {Node()};

  std::uint32_t add_node() {
    nodes.emplace_back();
    return static_cast<std::uint32_t>(nodes.size() - 1);
  }

  // Cuts a node's label after `size` bytes: what it was moves into a new child.
  void split(std::uint32_t at, std::size_t size) {
    const std::uint32_t below = add_node();
    Node lower = std::move(nodes[at]);
    Node upper;
    upper.label = lower.label.substr(0, size);
    upper.lowest = lower.lowest;
    lower.label.erase(0, size);
    upper.first_bytes.push_back(lower.label[0]);
    upper.children.push_back(below);
    nodes[below] = std::move(lower);
    nodes[at] = std::move(upper);
  }

  // The node reached from the start of `at`'s label by the literal `text`; made where it is not there.
  std::uint32_t insert_literal(std::uint32_t at, std::string_view text, std::uint32_t rule) {
    for (;;) {
      const std::string& label = nodes[at].label;
      const auto limit = std::min(label.size(), text.size());
      std::size_t same = 0;
      while (same < limit && label[same] == text[same]) ++same;
      if (same < label.size()) split(at, same);
      nodes[at].lowest = std::min(nodes[at].lowest, rule);
      text.remove_prefix(same);
      if (text.empty()) return at;
      const std::size_t child = nodes[at].first_bytes.find(text[0]);
      if (child == std::string::npos) {
        const std::uint32_t leaf = add_node();
        nodes[leaf].label = text;
        nodes[leaf].lowest = rule;
        nodes[at].first_bytes.push_back(text[0]);
        nodes[at].children.push_back(leaf);
        return leaf;
      }
      at = nodes[at].children[child];
    }
  }

  // The node after the parameter segment that begins at the end of `at`'s label.
  std::uint32_t insert_parameter(std::uint32_t at, std::uint32_t rule) {
    if (nodes[at].parameter == kNone) {
      const std::uint32_t node = add_node();
      nodes[at].parameter = node;
    }
    const std::uint32_t parameter = nodes[at].parameter;
    nodes[parameter].lowest = std::min(nodes[parameter].lowest, rule);
    return parameter;
  }
};

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
using HostTrees = std::unordered_map<std::string, Tree, StringHash, std::equal_to<>>;

bool method_matches(const Conditions& conditions, const RouteQuery& query) {
  if (conditions.any_method) return true;
  if (query.method != Method::kOther) return (conditions.methods >> static_cast<unsigned>(query.method) & 1) != 0;
  return std::find(conditions.other_methods.begin(), conditions.other_methods.end(), query.method_name) !=
         conditions.other_methods.end();
}

bool field_matches(const FieldCondition& condition, const Fields* fields) {
  if (fields == nullptr || (condition.id != FieldId::kOther && !fields->has(condition.id))) return false;
  return std::any_of(fields->begin(), fields->end(), [&](const Fields::Entry& entry) {
    const bool named = entry.id == condition.id &&
                       (condition.id != FieldId::kOther || equals_ignoring_case(entry.name, condition.name));
    return named && (!condition.value || entry.value == *condition.value);
  });
}

bool parameter_matches(const RouteCondition& condition, std::string_view query) {
  QueryReader reader(query);
  QueryParameter parameter;
  while (reader.next(parameter)) {
    if (!form_equals(parameter.name, condition.name)) continue;
    if (!condition.value || form_equals(parameter.value, *condition.value)) return true;
  }
  return false;
}

bool conditions_match(const Conditions& conditions, const RouteQuery& query) {
  if (!method_matches(conditions, query)) return false;
  for (const FieldCondition& condition : conditions.fields) {
    if (!field_matches(condition, query.fields)) return false;
  }
  for (const RouteCondition& condition : conditions.query) {
    if (!parameter_matches(condition, query.query)) return false;
  }
  return true;
}

// One match in progress: descends a tree and keeps the lowest rule found in all trees so far.
class Search {
 public:
  Search(const std::vector<Conditions>& rules, const RouteQuery& query, Router::Match& match)
      : rules_(rules), query_(query), match_(match) {}

  void run(const Tree& tree) {
    tree_ = &tree;
    visit(0, 0);
  }
  std::uint32_t best() const { return best_; }

 private:
  // `at` is where in the path the node's label begins.
  void visit(std::uint32_t index, std::size_t at) {
    const Node* node = &tree_->nodes[index];
    for (;;) {
      if (node->lowest >= best_) return;
      const std::string_view path = query_.path;
      const std::size_t size = node->label.size();
      if (path.size() - at < size || std::memcmp(path.data() + at, node->label.data(), size) != 0) return;
      at += size;
      try_rules(node->prefix_rules);
      if (at == path.size()) return try_rules(node->exact_rules);
      if (node->parameter != kNone) visit_parameter(node->parameter, at);
      const void* child = std::memchr(node->first_bytes.data(), path[at], node->first_bytes.size());
      if (child == nullptr) return;
      node = &tree_->nodes[node->children[static_cast<std::size_t>(static_cast<const char*>(child) -
                                                                   node->first_bytes.data())]];
    }
  }

  void visit_parameter(std::uint32_t index, std::size_t at) {
    if (tree_->nodes[index].lowest >= best_) return;
    const std::size_t end = std::min(query_.path.find('/', at), query_.path.size());
    if (end == at) return;
    values_[depth_++] = query_.path.substr(at, end - at);
    visit(index, end);
    --depth_;
  }

  void try_rules(const std::vector<std::uint32_t>& rules) {
    for (const std::uint32_t rule : rules) {
      if (rule >= best_) return;
      if (!conditions_match(rules_[rule], query_)) continue;
      best_ = rule;
      match_.capture_count = depth_;
      for (std::size_t i = 0; i < depth_; ++i) match_.captures[i] = {rules_[rule].captures[i], values_[i]};
      return;
    }
  }

  const std::vector<Conditions>& rules_;
  const RouteQuery& query_;
  Router::Match& match_;
  const Tree* tree_ = nullptr;
  std::uint32_t best_ = kNone;
  std::size_t depth_ = 0;
  std::array<std::string_view, Router::kCapturesMax> values_;
};

Error rule_error(std::size_t rule, std::string_view what) {
  return Error(ErrorCode::kInvalidArgument, "rule " + std::to_string(rule) + ": " + std::string(what));
}

// "*.example.com" or "example.com", in lower case already.
bool is_host_pattern(std::string_view host) {
  if (host.starts_with("*.")) host.remove_prefix(2);
  if (host.empty() || host.size() > kHostBytesMax || host.starts_with('.') || host.ends_with('.')) return false;
  return host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._~[]:") == std::string_view::npos;
}

Result<Conditions> compile_conditions(const RouteRule& rule, std::size_t index) {
  Conditions conditions;
  conditions.any_method = rule.methods.empty();
  for (const std::string& name : rule.methods) {
    if (!is_token(name)) return rule_error(index, "the method \"" + name + "\" is not a token");
    const Method method = method_from_name(name);
    conditions.methods |= 1U << static_cast<unsigned>(method);
    if (method == Method::kOther) conditions.other_methods.push_back(name);
  }
  for (const RouteCondition& header : rule.headers) {
    if (!is_token(header.name)) return rule_error(index, "the header \"" + header.name + "\" is not a field name");
    conditions.fields.push_back({field_id(header.name), header.name, header.value});
  }
  for (const RouteCondition& parameter : rule.query) {
    if (parameter.name.empty()) return rule_error(index, "a query condition needs a parameter's name");
    conditions.query.push_back(parameter);
  }
  return conditions;
}

bool is_capture_name(std::string_view name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  return !name.empty() && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

// Puts a path with ":name" segments into the tree and its names into `captures`.
Result<void> insert_path(const RouteRule& rule, std::uint32_t index, Tree& tree, std::vector<std::string>& captures) {
  std::string_view rest = rule.path;
  std::uint32_t node = 0;
  while (!rest.empty()) {
    const std::size_t colon = rest.find("/:");
    const std::string_view literal = rest.substr(0, colon == std::string_view::npos ? colon : colon + 1);
    node = tree.insert_literal(node, literal, index);
    rest.remove_prefix(literal.size());
    if (rest.empty()) break;
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string name(rest.substr(1, end - 1));
    if (!is_capture_name(name)) {
      return rule_error(index, "the path \"" + rule.path + "\" has a ':' without a name of letters, digits and '_'");
    }
    if (captures.size() == Router::kCapturesMax) return rule_error(index, "the path has more than 16 names");
    if (std::find(captures.begin(), captures.end(), name) != captures.end()) {
      return rule_error(index, "the path \"" + rule.path + "\" has the name \"" + name + "\" twice");
    }
    captures.push_back(name);
    node = tree.insert_parameter(node, index);
    rest.remove_prefix(end);
  }
  tree.nodes[node].exact_rules.push_back(index);
  return {};
}

Result<void> insert_rule(const RouteRule& rule, std::uint32_t index, Tree& tree, std::vector<std::string>& captures) {
  if (!rule.path.empty() && !rule.prefix.empty()) return rule_error(index, "path and prefix exclude each other");
  if (rule.path.empty()) {
    if (!rule.prefix.empty() && rule.prefix[0] != '/') return rule_error(index, "the prefix must begin with '/'");
    const std::uint32_t node = tree.insert_literal(0, rule.prefix, index);
    tree.nodes[node].prefix_rules.push_back(index);
    return {};
  }
  if (rule.path[0] != '/') return rule_error(index, "the path must begin with '/'");
  return insert_path(rule, index, tree, captures);
}

}  // namespace

struct Router::Table {
  std::vector<Conditions> rules;
  Tree any_host;
  HostTrees exact_hosts;
  HostTrees wildcard_hosts;  // by what follows the '*', with its dot: ".example.com"

  Tree& tree_for(std::string_view host) {
    if (host.empty()) return any_host;
    if (host.starts_with('*')) return wildcard_hosts[std::string(host.substr(1))];
    return exact_hosts[std::string(host)];
  }

  void search_hosts(std::string_view host, Search& search) const {
    if (const auto found = exact_hosts.find(host); found != exact_hosts.end()) search.run(found->second);
    if (wildcard_hosts.empty()) return;
    for (std::size_t dot = host.find('.'); dot != std::string_view::npos; dot = host.find('.', dot + 1)) {
      const auto found = wildcard_hosts.find(host.substr(dot));
      if (dot != 0 && found != wildcard_hosts.end()) search.run(found->second);
    }
  }
};

Router::Router(std::unique_ptr<const Table> table) : table_(std::move(table)) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

std::size_t Router::size() const { return table_->rules.size(); }

std::string_view Router::Match::capture(std::string_view name) const {
  for (const Capture& capture : captured()) {
    if (capture.name == name) return capture.value;
  }
  return {};
}

Result<Router> Router::compile(std::span<const RouteRule> rules) {
  auto table = std::make_unique<Table>();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string host = ascii_lower(rules[i].host);
    if (!host.empty() && !is_host_pattern(host)) {
      return rule_error(i, "the host \"" + rules[i].host + "\" is neither a host name nor \"*.\" before one");
    }
    BANYAN_TRY(Conditions conditions, compile_conditions(rules[i], i));
    BANYAN_TRY_VOID(insert_rule(rules[i], static_cast<std::uint32_t>(i), table->tree_for(host), conditions.captures));
    table->rules.push_back(std::move(conditions));
  }
  return Router(std::move(table));
}

Router::Match Router::match(const RouteQuery& query) const {
  Match match;
  Search search(table_->rules, query, match);
  const bool by_host = !table_->exact_hosts.empty() || !table_->wildcard_hosts.empty();
  if (by_host && !query.host.empty() && query.host.size() <= kHostBytesMax + 1) {
    char buffer[kHostBytesMax + 1];
    std::transform(query.host.begin(), query.host.end(), buffer, [](char c) { return ascii_lower(c); });
    std::string_view host(buffer, query.host.size());
    if (host.ends_with('.')) host.remove_suffix(1);
    table_->search_hosts(host, search);
  }
  search.run(table_->any_host);
  if (search.best() != kNone) match.rule = search.best();
  return match;
}

}  // namespace banyan
