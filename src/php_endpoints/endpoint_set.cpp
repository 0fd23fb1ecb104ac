#include "php_endpoints/endpoint_set.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace banyan::php {

namespace {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::size_t depth_of(const std::string& path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

bool has_part(const std::string& path, std::string_view part) {
  const std::string framed = "/" + path;
  return framed.find("/" + std::string(part) + "/") != std::string::npos;
}

// Code that no server hands to PHP on request.
bool is_apart(const std::string& path) {
  for (const std::string_view part : {"vendor", "node_modules", "tests", "test", "bin", "database", "migrations",
                                      "config", "templates", "views", "lang", "languages"}) {
    if (has_part(path, part)) return true;
  }
  return false;
}

// "b/c.php" of "a/b/c.php": whether some include ends so.
class IncludedFiles {
 public:
  explicit IncludedFiles(const std::vector<FileEndpoints>& files) {
    for (const FileEndpoints& file : files) {
      for (const std::string& one : file.includes) tails_.insert({one, folder_of(file.path)});
    }
    for (const auto& [tail, folder] : tails_) plain_.insert(tail);
  }

  bool holds(const std::string& path) const {
    // The end of a path is enough where the include names a folder; a bare name means a file beside the one including.
    for (std::size_t at = 0; at != std::string::npos;) {
      const std::string tail = path.substr(at);
      if (tail.find('/') != std::string::npos && plain_.contains(tail)) return true;
      const std::size_t slash = path.find('/', at);
      at = slash == std::string::npos ? slash : slash + 1;
    }
    const std::string name(name_of(path));
    return plain_.contains(name) && tails_.contains({name, folder_of(path)});
  }

 private:
  struct Hash {
    std::size_t operator()(const std::pair<std::string, std::string>& pair) const {
      return std::hash<std::string>()(pair.first) * 31 + std::hash<std::string>()(pair.second);
    }
  };
  std::unordered_set<std::pair<std::string, std::string>, Hash> tails_;  // what is included, and from which folder
  std::unordered_set<std::string> plain_;
};

std::vector<std::string> find_public_folders(const std::vector<FileEndpoints>& files) {
  static constexpr std::string_view kNames[] = {"public", "web", "htdocs", "www", "public_html", "webroot", "docroot"};
  std::vector<std::string> named, shallowest;
  std::size_t depth = std::string::npos;
  for (const FileEndpoints& file : files) {
    if (name_of(file.path) != "index.php" || is_apart(file.path) || !file.answers) continue;
    const std::string folder = folder_of(file.path);
    if (std::find(std::begin(kNames), std::end(kNames), name_of(folder)) != std::end(kNames)) named.push_back(folder);
    if (depth_of(file.path) < depth) shallowest.clear();
    depth = std::min(depth, depth_of(file.path));
    if (depth_of(file.path) == depth) shallowest.push_back(folder);
  }
  if (named.empty()) named = shallowest;
  if (named.empty()) named.emplace_back();
  std::sort(named.begin(), named.end());
  return named;
}

// The prefixes that imports put before the routes of a file, from the outermost in.
class Prefixes {
 public:
  explicit Prefixes(const std::vector<FileEndpoints>& files) {
    for (const FileEndpoints& file : files) {
      for (const RouteImport& import : file.imports) imports_.push_back({&file.path, &import});
    }
  }

  PathPattern of(const std::string& path, int depth = 0) const {
    if (depth == kDepthMax) return {};
    for (const auto& [from, import] : imports_) {
      if (*from != path && takes_in(*import, path)) return of(*from, depth + 1).join(import->prefix);
    }
    return {};
  }

 private:
  static constexpr int kDepthMax = 8;

  static bool takes_in(const RouteImport& import, const std::string& path) {
    const std::string& resource = import.resource;
    const std::size_t at = import.anywhere ? path.find(resource) : 0;
    if (at == std::string::npos || (at > 0 && path[at - 1] != '/')) return false;
    const std::string_view rest = std::string_view(path).substr(at);
    if (!rest.starts_with(resource)) return false;
    return rest.size() == resource.size() || resource.empty() || resource.ends_with('/') ||
           rest[resource.size()] == '/';
  }

  std::vector<std::pair<const std::string*, const RouteImport*>> imports_;
};

class Assembler {
 public:
  explicit Assembler(std::vector<FileEndpoints> files) : files_(std::move(files)), included_(files_) {
    std::sort(files_.begin(), files_.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    set_.public_folders = find_public_folders(files_);
    for (const FileEndpoints& file : files_) {
      if (name_of(file.path) == "wp-load.php") wordpress_ = folder_of(file.path), is_wordpress_ = true;
    }
    if (is_wordpress_) set_.public_folders = {wordpress_};
  }

  EndpointSet run() {
    const Prefixes prefixes(files_);
    for (FileEndpoints& file : files_) {
      const PathPattern prefix = prefixes.of(file.path);
      for (Endpoint& endpoint : file.endpoints) {
        if (endpoint.framework == Framework::kSymfony) endpoint.path = prefix.join(endpoint.path);
        add(std::move(endpoint));
      }
    }
    for (const FileEndpoints& file : files_) add_direct(file);
    std::vector<Endpoint>& all = set_.endpoints;
    // A branch says more than the file it stands in.
    const auto is_file = [](const Endpoint& one) { return one.handler.kind == HandlerKind::kFile; };
    const auto request = [](const Endpoint& one) { return std::tie(one.path, one.query, one.methods); };
    const auto place = [](const Endpoint& one) {
      return std::tie(one.confidence, one.file, one.line, one.handler.name);
    };
    std::sort(all.begin(), all.end(), [&](const Endpoint& a, const Endpoint& b) {
      if (request(a) != request(b)) return request(a) < request(b);
      return is_file(a) != is_file(b) ? is_file(b) : place(a) < place(b);
    });
    // The same request twice is one endpoint: the one that is surer, or written first.
    const auto same = [&](const Endpoint& a, const Endpoint& b) { return request(a) == request(b); };
    all.erase(std::unique(all.begin(), all.end(), same), all.end());
    return std::move(set_);
  }

 private:
  void add(Endpoint endpoint) {
    if (has_part(endpoint.file, "tests") || has_part(endpoint.file, "vendor")) return;
    if (endpoint.handler.kind == HandlerKind::kFile) resolve_file(endpoint);
    set_.endpoints.push_back(std::move(endpoint));
  }

  // An include names the end of a path; the handler is the file of the code base that ends so.
  void resolve_file(Endpoint& endpoint) const {
    const std::string tail = "/" + endpoint.handler.name;
    const std::string* best = nullptr;
    for (const FileEndpoints& file : files_) {
      if (!("/" + file.path).ends_with(tail)) continue;
      if (best == nullptr || file.path.size() < best->size()) best = &file.path;
    }
    if (best != nullptr) endpoint.handler.name = endpoint.handler.file = *best;
  }

  // The address of a file; nothing where it lies outside of the public folders.
  bool address_of(const std::string& path, std::string& address) const {
    for (const std::string& folder : set_.public_folders) {
      if (!folder.empty() && !path.starts_with(folder + "/")) continue;
      address = folder.empty() ? "/" + path : path.substr(folder.size());
      if (name_of(address) == "index.php") address.resize(address.size() - std::string_view("index.php").size());
      return true;
    }
    return false;
  }

  bool is_page_of_wordpress(const std::string& address) const {
    return !address.starts_with("/wp-includes/") && !address.starts_with("/wp-content/") &&
           !address.starts_with("/wp-admin/includes/");
  }

  void add_direct(const FileEndpoints& file) {
    std::string address;
    if (file.guarded || !file.answers || is_apart(file.path) || !address_of(file.path, address)) return;
    if (included_.holds(file.path) && name_of(file.path) != "index.php") return;
    if (is_wordpress_ && !is_page_of_wordpress(address)) return;
    const Framework framework = is_wordpress_ ? Framework::kWordPress : Framework::kPlain;
    Endpoint endpoint{.path = PathPattern::from_literal(address),
                      .handler = {.kind = HandlerKind::kFile, .name = file.path, .file = file.path},
                      .file = file.path,
                      .line = 1,
                      .framework = framework,
                      .confidence = Confidence::kLikely};
    for (Endpoint one : file.of_file) {
      one.path = endpoint.path;
      one.framework = framework;
      set_.endpoints.push_back(std::move(one));
    }
    if (is_wordpress_ && address == "/") {  // whatever no other file answers
      Endpoint rest = endpoint;
      rest.path.append_rest();
      set_.endpoints.push_back(std::move(rest));
    }
    set_.endpoints.push_back(std::move(endpoint));
  }

  std::vector<FileEndpoints> files_;
  IncludedFiles included_;
  bool is_wordpress_ = false;
  std::string wordpress_;
  EndpointSet set_;
};

}  // namespace

EndpointSet assemble_endpoints(std::vector<FileEndpoints> files) { return Assembler(std::move(files)).run(); }

}  // namespace banyan::php
