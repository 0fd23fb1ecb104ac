// Kinds of values several filters' options have, as rows for their schemas (config/schema.h).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/schema.h"
#include "config/schema_values.h"
#include "filters/variable_text.h"

namespace banyan {

// A field's name and the text of its value.
using FieldText = std::pair<std::string, VariableText>;

namespace filter_keys_detail {

bool any_text(const std::string& text, const YamlNode& node, Reading& reading);
// A field name, and not one of those that say where a message ends or how its connection goes on.
bool check_field_name(const std::string& text, const YamlNode& node, Reading& reading);
std::optional<bool> read_flag(const KeySpec& key, const YamlNode& node, Reading& reading);
std::string show_flag(bool value);
std::optional<VariableText> read_variable_text(const KeySpec& key, const YamlNode& node, Reading& reading);
std::vector<FieldText> read_field_texts(const KeySpec& key, const YamlNode& node, Reading& reading);
std::vector<std::pair<std::string, std::string>> read_name_fields(const KeySpec& key, const YamlNode& node,
                                                                  Reading& reading);
std::vector<IpNetwork> read_networks(const KeySpec& key, const YamlNode& node, Reading& reading);

template <auto M, auto Read>
void fill_value(const KeySpec& key, const YamlNode& node, void* object, Reading& reading) {
  schema_detail::at<M>(object) = Read(key, node, reading);
}

}  // namespace filter_keys_detail

template <auto M>
KeySpec flag_key(std::string_view name, std::string_view about) {
  namespace d = filter_keys_detail;
  return {.name = name,
          .type = "true or false",
          .about = about,
          .read = schema_detail::fill<M, d::read_flag>,
          .default_text = schema_detail::show<M, d::show_flag>};
}
template <auto M>
KeySpec texts_key(std::string_view name, std::string_view about) {
  return {.name = name,
          .type = "text or list of texts",
          .about = about,
          .read = schema_detail::read_texts<M, filter_keys_detail::any_text>,
          .default_text = schema_detail::show<M, schema_detail::show_texts>};
}
template <auto M>
KeySpec field_names_key(std::string_view name, std::string_view about) {
  return {.name = name,
          .type = "field name or list of them",
          .about = about,
          .read = schema_detail::read_texts<M, filter_keys_detail::check_field_name>,
          .default_text = schema_detail::show<M, schema_detail::show_texts>};
}
// Field names to texts with variables.
template <auto M>
KeySpec field_texts_key(std::string_view name, std::string_view about) {
  namespace d = filter_keys_detail;
  return {.name = name,
          .type = "mapping of field names to text",
          .about = about,
          .read = d::fill_value<M, d::read_field_texts>};
}
// Names of any kind to field names.
template <auto M>
KeySpec name_fields_key(std::string_view name, std::string_view about) {
  namespace d = filter_keys_detail;
  return {.name = name,
          .type = "mapping of names to field names",
          .about = about,
          .read = d::fill_value<M, d::read_name_fields>};
}
template <auto M>
KeySpec variable_text_key(std::string_view name, std::string_view about) {
  namespace d = filter_keys_detail;
  return {.name = name,
          .type = "text with variables",
          .about = about,
          .read = schema_detail::fill<M, d::read_variable_text>};
}
template <auto M>
KeySpec networks_key(std::string_view name, std::string_view about) {
  namespace d = filter_keys_detail;
  return {
      .name = name, .type = "network or list of networks", .about = about, .read = d::fill_value<M, d::read_networks>};
}

}  // namespace banyan
