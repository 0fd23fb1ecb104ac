#include "php_endpoints/route_file.h"

#include <algorithm>

#include "config/yaml.h"
#include "php_endpoints/route_reader.h"
#include "php_endpoints/xml_reader.h"
#include "php_parse/name_scope.h"

namespace banyan::php {

namespace {

struct WrittenRoute {
  std::vector<std::string> paths;  // one for each locale
  std::vector<std::string> methods;
  std::string controller;
  std::uint32_t line = 1;
};

// "GET|POST", "GET, POST".
void add_methods(std::string_view text, std::vector<std::string>& out) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("|, \t"), text.size());
    if (end > 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// "/%app.prefix%/x": what is between percent signs is known only at run time.
std::string with_unknown(std::string_view path) {
  std::string out;
  bool is_inside = false;
  for (const char c : path) {
    if (c != '%') {
      out += c;
      continue;
    }
    out += is_inside ? kUnknownEnd : kUnknownBegin;
    is_inside = !is_inside;
  }
  return is_inside ? std::string(path) : out;
}

// "App\C::m"; "App\C", which is called itself; "service:m" and "Bundle:Blog:list", whose classes are not known here.
Handler handler_of(std::string controller, const std::string& file) {
  while (controller.starts_with('\\')) controller.erase(0, 1);
  if (controller.empty()) return {.kind = HandlerKind::kCode, .file = file};
  const std::size_t colons = controller.find("::");
  if (colons != controller.npos) {
    const std::string owner = controller.substr(0, colons);
    const bool is_class = owner.find('.') == owner.npos;
    return {.kind = HandlerKind::kMethod, .name = is_class ? controller : "?" + controller.substr(colons)};
  }
  const std::size_t last = controller.rfind(':');
  if (last != controller.npos) {
    const bool has_bundle = controller.find(':') != last;
    return {.kind = HandlerKind::kMethod, .name = "?::" + controller.substr(last + 1) + (has_bundle ? "Action" : "")};
  }
  if (controller.find('\\') == controller.npos) return {.kind = HandlerKind::kMethod, .name = "?::__invoke"};
  return {.kind = HandlerKind::kMethod, .name = controller + "::__invoke"};
}

class RouteFile {
 public:
  explicit RouteFile(const std::string& path) { out_.path = path; }

  void add(const WrittenRoute& route) {
    for (const std::string& written : route.paths) {
      const std::string path = with_unknown(written);
      const bool is_known = path.find(kUnknownBegin) == path.npos;
      for (const PathPattern& pattern : PathPattern::from_braces(path)) {
        if (out_.endpoints.size() == kEndpointsPerFileMax) return;
        out_.endpoints.push_back({.methods = method_set(route.methods),
                                  .path = pattern,
                                  .handler = handler_of(route.controller, out_.path),
                                  .file = out_.path,
                                  .line = route.line,
                                  .framework = Framework::kSymfony,
                                  .confidence = is_known ? Confidence::kCertain : Confidence::kGuess});
      }
    }
  }

  // `resource` as it is written: relative to this file's folder, or to a bundle ("@ShopBundle/Controller/").
  void add_import(std::string_view resource, std::string_view prefix) {
    if (resource.empty() || out_.imports.size() == kEndpointsPerFileMax) return;
    RouteImport import;
    import.prefix = PathPattern::from_braces(with_unknown(prefix)).front();
    resource = resource.substr(0, resource.find('*'));
    if (resource.starts_with('@')) {
      import.anywhere = true;
      import.resource = resource.substr(1);
    } else {
      const std::size_t slash = out_.path.rfind('/');
      const std::string folder = slash == std::string::npos ? "" : out_.path.substr(0, slash + 1);
      import.resource = joined(folder, resource);
    }
    out_.imports.push_back(std::move(import));
  }

  FileEndpoints take() { return std::move(out_); }

 private:
  // "config/" and "../src/Controller/" as "src/Controller/".
  static std::string joined(std::string folder, std::string_view resource) {
    while (true) {
      if (resource.starts_with("./")) {
        resource.remove_prefix(2);
      } else if (resource.starts_with("../")) {
        resource.remove_prefix(3);
        if (!folder.empty()) folder.pop_back();
        const std::size_t slash = folder.rfind('/');
        folder.resize(slash == std::string::npos ? 0 : slash + 1);
      } else {
        return folder + std::string(resource);
      }
    }
  }

  FileEndpoints out_;
};

// ---- YAML ----

std::vector<std::string> texts_of(const YamlNode* node) {
  std::vector<std::string> texts;
  if (node == nullptr) return texts;
  if (node->kind == YamlNode::Kind::kScalar) texts.push_back(node->text);
  for (const YamlNode& one : node->items) texts.push_back(one.text);
  for (const YamlEntry& one : node->entries) texts.push_back(one.value.text);  // by locale
  return texts;
}

std::string text_of(const YamlNode* node) { return node == nullptr ? "" : node->text; }

void read_yaml_route(const YamlEntry& entry, RouteFile& file) {
  const YamlNode& node = entry.value;
  WrittenRoute route{.line = static_cast<std::uint32_t>(entry.key_position.line)};
  route.paths = texts_of(node.find("path"));
  if (route.paths.empty()) route.paths = texts_of(node.find("pattern"));  // before Symfony 3
  for (const std::string& one : texts_of(node.find("methods"))) add_methods(one, route.methods);
  route.controller = text_of(node.find("controller"));
  const YamlNode* const defaults = node.find("defaults");
  if (route.controller.empty() && defaults != nullptr) route.controller = text_of(defaults->find("_controller"));
  const YamlNode* const requirements = node.find("requirements");
  if (requirements != nullptr) add_methods(text_of(requirements->find("_method")), route.methods);
  file.add(route);
}

void read_yaml_import(const YamlNode& node, RouteFile& file) {
  const YamlNode& resource = *node.find("resource");
  const std::vector<std::string> prefixes = texts_of(node.find("prefix"));
  std::vector<std::string> resources = texts_of(&resource);
  if (const YamlNode* const path = resource.find("path")) resources = texts_of(path);
  for (const std::string& one : resources) file.add_import(one, prefixes.empty() ? "" : prefixes.front());
}

void read_yaml(const YamlNode& node, RouteFile& file) {
  for (const YamlEntry& entry : node.entries) {
    if (entry.value.kind != YamlNode::Kind::kMapping) continue;
    if (entry.key.starts_with("when@")) {
      if (entry.key == "when@prod") read_yaml(entry.value, file);
    } else if (entry.value.find("resource") != nullptr) {
      read_yaml_import(entry.value, file);
    } else {
      read_yaml_route(entry, file);
    }
  }
}

// ---- XML ----

void read_xml_route(const XmlElement& element, RouteFile& file) {
  WrittenRoute route{.line = element.line};
  for (const std::string_view name : {"path", "pattern"}) {
    if (const std::string_view path = element.attribute(name); !path.empty()) route.paths.emplace_back(path);
  }
  add_methods(element.attribute("methods"), route.methods);
  route.controller = element.attribute("controller");
  for (const XmlElement& one : element.children) {
    if (one.name == "path") route.paths.push_back(one.text);
    if (one.name == "default" && one.attribute("key") == "_controller") route.controller = one.text;
    if (one.name == "requirement" && one.attribute("key") == "_method") add_methods(one.text, route.methods);
  }
  file.add(route);
}

void read_xml(const XmlElement& routes, RouteFile& file) {
  for (const XmlElement& one : routes.children) {
    if (one.name == "route") read_xml_route(one, file);
    if (one.name == "when" && one.attribute("env") == "prod") read_xml(one, file);
    if (one.name != "import") continue;
    std::string prefix(one.attribute("prefix"));
    for (const XmlElement& child : one.children) {
      if (child.name == "prefix" && prefix.empty()) prefix = child.text;
    }
    file.add_import(one.attribute("resource"), prefix);
  }
}

}  // namespace

bool is_route_file(std::string_view path) {
  const bool is_data = path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".xml");
  if (!is_data) return false;
  const std::size_t slash = path.rfind('/');
  const std::size_t above = slash == path.npos || slash == 0 ? path.npos : path.rfind('/', slash - 1);
  const std::string last = lowered(path.substr(above == path.npos ? 0 : above + 1));
  return last.find("route") != last.npos || last.find("routing") != last.npos;
}

FileEndpoints read_route_file(const std::string& path, std::string_view text) {
  RouteFile file(path);
  if (path.ends_with(".xml")) {
    const std::optional<XmlElement> root = parse_xml(text);
    if (root && root->name == "routes") read_xml(*root, file);
    return file.take();
  }
  Diagnostics ignored(path);
  const std::optional<YamlNode> root = text.size() > kYamlBytesMax ? std::nullopt : parse_yaml(text, ignored);
  if (root) read_yaml(*root, file);
  return file.take();
}

}  // namespace banyan::php
