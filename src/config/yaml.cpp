// The only file that knows yaml-cpp, whose events it turns into nodes. yaml-cpp reports by exception, so this file
// catches, and ends a parse that goes over a limit in the same way; nothing leaves it.
#include "config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "config/yaml_text.h"

namespace banyan {
namespace {

SourcePosition position_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};
}

// Thrown by the builder to end a parse; never seen outside parse_yaml().
struct LimitReached {};

struct Frame {
  YamlNode node;
  bool has_key = false;
  bool drop_value = false;  // its key was refused
  std::string key;
  SourcePosition key_position;
};

class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  YamlNode take_root() { return std::move(root_); }
  int documents() const { return documents_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    diagnostics_.error(position_of(mark), "a second document", "one file holds one document: delete the line '---'");
    throw LimitReached();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node = make(YamlNode::Kind::kNull, mark, "", anchor);
    // yaml-cpp gives the place of whatever follows; a missing value is looked for at its key.
    if (!stack_.empty() && stack_.back().has_key) node.position = stack_.back().key_position;
    add(std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    diagnostics_.error(position_of(mark), "an alias (*name)", "aliases are not supported: write the value out");
    add(make(YamlNode::Kind::kRefused, mark, "", 0));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = make(YamlNode::Kind::kScalar, mark, tag, anchor);
    node.plain = tag == "?";
    node.text = value;
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make(YamlNode::Kind::kList, mark, tag, anchor));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(make(YamlNode::Kind::kMapping, mark, tag, anchor));
  }
  void OnMapEnd() override { close(); }

 private:
  YamlNode make(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    const SourcePosition position = position_of(mark);
    if (++nodes_ > kYamlNodesMax) {
      diagnostics_.error(position, "more than " + std::to_string(kYamlNodesMax) + " values", "shorten the file");
      throw LimitReached();
    }
    if (anchor != 0) {
      diagnostics_.error(position, "an anchor (&name)", "anchors are not supported: write the value where it is used");
    }
    if (!tag.empty() && tag != "?" && tag != "!") {
      diagnostics_.error(position, "a tag (!name)", "tags are not supported: delete it");
    }
    YamlNode node;
    node.kind = kind;
    node.position = position;
    return node;
  }

  void open(YamlNode node) {
    if (stack_.size() == kYamlDepthMax) {
      diagnostics_.error(node.position, "more than " + std::to_string(kYamlDepthMax) + " levels", "nest less deeply");
      throw LimitReached();
    }
    stack_.push_back({.node = std::move(node)});
  }

  void close() {
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (stack_.empty()) {
      root_ = std::move(node);
    } else if (Frame& frame = stack_.back(); frame.node.kind == YamlNode::Kind::kList) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.has_key) {
      take_key(frame, std::move(node));
    } else {
      take_value(frame, std::move(node));
    }
  }

  void take_key(Frame& frame, YamlNode node) {
    frame.has_key = true;
    frame.key_position = node.position;
    frame.drop_value = true;
    if (node.kind == YamlNode::Kind::kRefused) return;
    if (node.kind != YamlNode::Kind::kScalar) {
      diagnostics_.error(node.position, node.description() + " as a key", "a key is text: write 'name: value'");
      return;
    }
    const auto same = [&](const YamlEntry& entry) { return entry.key == node.text; };
    const auto first = std::find_if(frame.node.entries.begin(), frame.node.entries.end(), same);
    if (first != frame.node.entries.end()) {
      diagnostics_.error(node.position, "the key '" + node.text + "' is given twice",
                         "the first is in line " + std::to_string(first->key_position.line) + ": keep one of them");
      return;
    }
    frame.key = std::move(node.text);
    frame.drop_value = false;
  }

  void take_value(Frame& frame, YamlNode node) {
    frame.has_key = false;
    if (frame.drop_value) return;
    frame.node.entries.push_back({std::move(frame.key), frame.key_position, std::move(node)});
  }

  Diagnostics& diagnostics_;
  std::vector<Frame> stack_;
  YamlNode root_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

// The mistakes people make, in words that help; yaml-cpp names them after its own states.
struct Translation {
  std::string_view theirs;
  const char* message;
  const char* hint;
};
constexpr Translation kTranslations[] = {
    {"illegal map value", "a ':' where no value can stand", "put text that holds ': ' in quotes"},
    {"end of map flow not found", "a '{' is not closed, or a ',' is missing", "look before this place"},
    {"end of sequence flow not found", "a '[' is not closed, or a ',' is missing", "look before this place"},
    {"end of map not found", "this line does not fit the mapping around it", "check its indentation"},
    {"end of sequence not found", "this line does not fit the list around it",
     "check its indentation, and that each item begins with '- '"},
    {"illegal block entry", "a '-' where no list item can stand", "put the list on lines of its own, or write [a, b]"},
    {"illegal map key", "a '?' where no key can stand", "put text that begins with '?' in quotes"},
    {"illegal flow end", "a bracket that closes no other of its kind", "pair each '[' with ']' and each '{' with '}'"},
    {"unknown token", "a character no value can begin with", "put the text in quotes"},
    {"illegal EOF in scalar", "a quoted text does not end", "close the quotes"},
    {"illegal document indicator in scalar", "a quoted text does not end", "close the quotes"},
};

void report(const YAML::Exception& exception, Diagnostics& diagnostics) {
  const SourcePosition position = position_of(exception.mark);
  for (const Translation& translation : kTranslations) {
    if (exception.msg.find(translation.theirs) == std::string::npos) continue;
    return diagnostics.error(position, translation.message, translation.hint);
  }
  diagnostics.error(position, "not YAML: " + exception.msg, "check the indentation, quotes and brackets here");
}

bool parse_events(std::string_view text, TreeBuilder& builder, Diagnostics& diagnostics) {
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return true;
  } catch (const YAML::Exception& exception) {
    report(exception, diagnostics);
  } catch (const LimitReached&) {
  }
  return false;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const YamlEntry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::string YamlNode::description() const {
  switch (kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kList:
      return "a list";
    case Kind::kMapping:
      return "a mapping";
    case Kind::kRefused:
      return "what was refused";
    case Kind::kScalar:
      break;
  }
  std::string shown = text;
  if (shown.size() > 60) shown = shown.substr(0, 57) + "...";
  return (plain ? "'" : "the text '") + shown + "'";
}

std::optional<YamlNode> parse_yaml(std::string_view text, Diagnostics& diagnostics) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a byte order mark says nothing in UTF-8
  if (!check_yaml_text(text, diagnostics)) return std::nullopt;
  TreeBuilder builder(diagnostics);
  if (!parse_events(text, builder, diagnostics)) return std::nullopt;
  YamlNode root = builder.take_root();
  if (root.kind == YamlNode::Kind::kMapping) return root;
  if (root.kind == YamlNode::Kind::kNull) {
    diagnostics.error({}, "the file is empty", "begin it with 'version: 1'");
  } else {
    diagnostics.error(root.position, "the file holds " + root.description(),
                      "it must be a mapping, lines of 'key: value'");
  }
  return std::nullopt;
}

}  // namespace banyan
