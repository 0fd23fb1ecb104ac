#include "config/gateway_config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "config/gateway_checks.h"
#include "config/gateway_schema.h"
#include "config/yaml.h"

namespace banyan {
namespace {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return "";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Reads up to one byte more than may be, so that the parser can say that the file is too long.
Result<std::string> read_file(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return Error::from_errno(errno, "cannot read the file");
  std::string text;
  char buffer[16384];
  ssize_t bytes = 0;
  while ((bytes = read(descriptor, buffer, sizeof buffer)) > 0 && text.size() <= kYamlBytesMax) {
    text.append(buffer, static_cast<std::size_t>(bytes));
  }
  const int error = errno;
  close(descriptor);
  if (bytes < 0) return Error::from_errno(error, "cannot read the file");
  return text;
}

void check_file(const FileReference& file, Diagnostics& diagnostics) {
  const std::string message = file.what + ": cannot read " + file.path + ": ";
  struct stat status{};
  const bool folder = file.kind == FileReference::Kind::kFolder;
  if (stat(file.path.c_str(), &status) != 0) {
    const char* reason = std::strerror(errno);
    if (folder) {
      diagnostics.warning(file.position, file.what + ": there is no folder " + file.path,
                          "make it, or correct the path");
    } else {
      diagnostics.error(file.position, message + reason, "correct the path; it starts at the folder of this file");
    }
  } else if (folder != S_ISDIR(status.st_mode)) {
    diagnostics.error(file.position, file.what + ": " + file.path + (folder ? " is not a folder" : " is a folder"),
                      folder ? "name the folder that holds it" : "name a file in it");
  } else if (access(file.path.c_str(), R_OK) != 0) {
    diagnostics.error(file.position, message + std::strerror(errno), "let the user this runs as read it");
  }
}

void look_at_filters(const GatewayConfig& config, Diagnostics& diagnostics) {
  for (const FilterConfig& filter : config.filters) filter.type->look(filter, diagnostics);
  for (const RouteConfig& route : config.routes) {
    for (const FilterConfig& filter : route.filters) filter.type->look(filter, diagnostics);
  }
}

}  // namespace

const ClusterConfig* GatewayConfig::cluster(std::string_view name) const {
  const auto found = std::find_if(clusters.begin(), clusters.end(), [&](const auto& c) { return c.name == name; });
  return found == clusters.end() ? nullptr : &*found;
}

std::optional<std::size_t> find_target(const RouteConfig& route, std::string_view name) {
  const auto index_of = [&](auto is_it) -> std::optional<std::size_t> {
    const auto found = std::find_if(route.split.begin(), route.split.end(), is_it);
    if (found == route.split.end()) return std::nullopt;
    return static_cast<std::size_t>(found - route.split.begin());
  };
  const auto by_colour = index_of([&](const SplitConfig& share) { return share.colour_name() == name; });
  return by_colour ? by_colour : index_of([&](const SplitConfig& share) { return share.cluster == name; });
}

std::string target_name(const RouteConfig& route, std::size_t index) {
  const auto end = route.split.begin() + static_cast<std::ptrdiff_t>(index);
  const SplitConfig& share = route.split[index];
  const auto same = [&](const SplitConfig& earlier) { return earlier.cluster == share.cluster; };
  if (std::none_of(route.split.begin(), end, same)) return share.cluster;
  return share.cluster + "/" + share.colour_name();
}

bool GatewayConfig::uses_colours() const {
  const auto labelled = [](const EndpointConfig& endpoint) { return !endpoint.colour.empty(); };
  const auto has_lanes = [&](const ClusterConfig& cluster) {
    return std::any_of(cluster.endpoints.begin(), cluster.endpoints.end(), labelled);
  };
  const auto looks_at_colours = [](const RouteConfig& route) {
    return route.decides() || (route.migrate && !route.migrate->testers.empty());
  };
  return gray || std::any_of(routes.begin(), routes.end(), looks_at_colours) ||
         std::any_of(clusters.begin(), clusters.end(), has_lanes);
}

bool RouteConfig::decides() const {
  const auto coloured = [](const SplitConfig& share) { return !share.colour.empty(); };
  return gray.sticky || !gray.rules.empty() || std::any_of(split.begin(), split.end(), coloured);
}

bool LoadedConfig::ok() const {
  return std::none_of(diagnostics.begin(), diagnostics.end(),
                      [](const Diagnostic& one) { return one.severity == Severity::kError; });
}

GatewayConfig parse_gateway_config(std::string_view text, const std::string& path, Diagnostics& diagnostics,
                                   std::vector<FileReference>& files) {
  GatewayConfig config;
  const std::optional<YamlNode> root = parse_yaml(text, diagnostics);
  if (!root) return config;
  Reading reading(diagnostics, folder_of(path), files);
  read_mapping(gateway_schema(), *root, &config, reading);
  check_gateway_config(config, diagnostics);
  return config;
}

LoadedConfig load_gateway_config(const std::string& path) {
  Diagnostics diagnostics(path);
  LoadedConfig loaded{.path = path};
  if (const Result<std::string> text = read_file(path); text.ok()) {
    std::vector<FileReference> files;
    loaded.config = parse_gateway_config(*text, path, diagnostics, files);
    for (const FileReference& file : files) check_file(file, diagnostics);
    if (!diagnostics.has_errors()) look_at_filters(loaded.config, diagnostics);
  } else {
    diagnostics.error({}, text.error().text());
  }
  loaded.diagnostics = diagnostics.sorted();
  return loaded;
}

}  // namespace banyan
