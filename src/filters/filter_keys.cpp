#include "filters/filter_keys.h"

#include "http/field_id.h"

namespace banyan::filter_keys_detail {

bool any_text(const std::string&, const YamlNode&, Reading&) { return true; }

bool check_field_name(const std::string& text, const YamlNode& node, Reading& reading) {
  if (!is_token(text)) {
    reading.diagnostics.error(node.position, "'" + text + "' is not the name of a header field",
                              "write one like x-user");
    return false;
  }
  switch (field_id(text)) {
    case FieldId::kContentLength:
    case FieldId::kTransferEncoding:
    case FieldId::kConnection:
    case FieldId::kUpgrade:
    case FieldId::kTe:
    case FieldId::kTrailer:
    case FieldId::kKeepAlive:
    case FieldId::kProxyConnection:
      reading.diagnostics.error(node.position, "the gateway alone writes '" + text + "'", "leave it out");
      return false;
    default:
      return true;
  }
}

std::optional<bool> read_flag(const KeySpec& key, const YamlNode& node, Reading& reading) {
  if (node.kind == YamlNode::Kind::kScalar && node.plain && node.text == "true") return true;
  if (node.kind == YamlNode::Kind::kScalar && node.plain && node.text == "false") return false;
  reading.wrong_type(key.name, node, "true or false");
  return std::nullopt;
}

std::string show_flag(bool value) { return value ? "true" : "false"; }

std::optional<VariableText> read_variable_text(const KeySpec& key, const YamlNode& node, Reading& reading) {
  const auto text = reading.text(key.name, node, "text");
  if (!text) return std::nullopt;
  Result<VariableText> parsed = VariableText::parse(*text);
  if (parsed.ok()) return *std::move(parsed);
  reading.diagnostics.error(node.position, std::string(key.name) + ": " + parsed.error().text());
  return std::nullopt;
}

std::vector<FieldText> read_field_texts(const KeySpec& key, const YamlNode& node, Reading& reading) {
  std::vector<FieldText> fields;
  if (!reading.want_mapping(key.name, node)) return fields;
  for (const YamlEntry& entry : node.entries) {
    YamlNode name{.kind = YamlNode::Kind::kScalar, .position = entry.key_position};
    if (!check_field_name(entry.key, name, reading)) continue;
    if (auto text = read_variable_text(key, entry.value, reading)) fields.emplace_back(entry.key, *std::move(text));
  }
  return fields;
}

std::vector<std::pair<std::string, std::string>> read_name_fields(const KeySpec& key, const YamlNode& node,
                                                                  Reading& reading) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (!reading.want_mapping(key.name, node)) return pairs;
  for (const YamlEntry& entry : node.entries) {
    const auto field = reading.text(entry.key, entry.value, "the name of a header field");
    if (field && check_field_name(*field, entry.value, reading)) pairs.emplace_back(entry.key, *field);
  }
  return pairs;
}

std::vector<IpNetwork> read_networks(const KeySpec& key, const YamlNode& node, Reading& reading) {
  std::vector<IpNetwork> networks;
  for (const YamlNode* item : reading.items(key.name, node, true)) {
    if (const auto network = schema_detail::read_network(key.name, *item, "a network, like 10.0.0.0/8", reading)) {
      networks.push_back(*network);
    }
  }
  return networks;
}

}  // namespace banyan::filter_keys_detail
