#include "config/schema_values.h"

namespace banyan::schema_detail {

std::optional<Address> read_address(std::string_view key, const YamlNode& node, Reading& reading) {
  const auto text = reading.text(key, node, "an address: HOST:PORT or unix:PATH");
  if (!text) return std::nullopt;
  Result<Address> address = parse_address(*text);
  if (!address.ok()) {
    reading.diagnostics.error(node.position, address.error().text());
    return std::nullopt;
  }
  if (address->kind != Address::Kind::kUnix) return std::move(*address);
  address->path = reading.resolve(address->path);
  if (address->path.size() <= kSocketPathBytesMax) return std::move(*address);
  reading.diagnostics.error(node.position, "the socket's path is longer than the system's 107 bytes: " + address->path,
                            "choose a shorter one");
  return std::nullopt;
}

std::optional<Address> read_own_address(std::string_view key, const YamlNode& node, Reading& reading) {
  std::optional<Address> address = read_address(key, node, reading);
  if (!address || address->kind != Address::Kind::kName) return address;
  reading.diagnostics.error(node.position, "cannot listen on the name '" + address->host + "'",
                            "write an IP address, like 127.0.0.1 or 0.0.0.0");
  return std::nullopt;
}

std::optional<IpNetwork> read_network(std::string_view key, const YamlNode& node, std::string_view expected,
                                      Reading& reading) {
  const auto text = reading.text(key, node, expected);
  if (!text) return std::nullopt;
  const Result<IpNetwork> network = parse_network(*text);
  if (network.ok()) return *network;
  reading.diagnostics.error(node.position, network.error().text());
  return std::nullopt;
}

std::string show_texts(const std::vector<std::string>& texts) {
  std::string shown;
  for (const std::string& text : texts) shown.append(shown.empty() ? "" : ", ").append(text);
  return shown;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == name.npos;
}

void check_name(const std::string& what, const std::string& name, SourcePosition position, Reading& reading) {
  if (is_name(name)) return;
  reading.diagnostics.error(position, what + " '" + name + "' has characters no name may have",
                            "use up to 64 letters, digits, '-', '_' and '.'");
}

}  // namespace banyan::schema_detail
