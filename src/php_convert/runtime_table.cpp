#include "php_convert/runtime_table.h"

#include "php_convert/runtime_files.h"

namespace banyan::php {

namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t at = text.find(separator);
    out.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

RuntimeParameter read_parameter(std::string_view text) {
  RuntimeParameter out;
  for (; !text.empty(); text.remove_prefix(1)) {
    if (text[0] == '&') {
      out.by_reference = true;
    } else if (text[0] == '>') {
      out.by_reference = out.written_only = true;
    } else {
      break;
    }
  }
  if (text.starts_with("...")) {
    out.variadic = true;
    text.remove_prefix(3);
  }
  const std::size_t equals = text.find('=');
  if (equals != std::string_view::npos) {
    out.optional = true;
    out.default_json = text.substr(equals + 1);
    text = text.substr(0, equals);
  }
  const std::size_t colon = text.find(':');
  out.name = text.substr(0, colon);
  if (colon != std::string_view::npos) out.type = text.substr(colon + 1);
  return out;
}

}  // namespace

bool RuntimeFunction::boxes(std::size_t position) const {
  const RuntimeParameter* at = parameter(position);
  return at != nullptr && at->by_reference;
}

const RuntimeParameter* RuntimeFunction::parameter(std::size_t position) const {
  if (position < parameters.size()) return &parameters[position];
  return !parameters.empty() && parameters.back().variadic ? &parameters.back() : nullptr;
}

RuntimeTable::RuntimeTable(std::string_view table) {
  for (const std::string_view line : split(table, '\n')) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string_view> columns = split(line, '\t');
    if (columns.size() < 4) continue;
    RuntimeFunction function{.name = columns[0], .target = columns[1], .result = columns[2], .flags = columns[3]};
    for (std::size_t i = 4; i < columns.size(); ++i) {
      if (!columns[i].empty()) function.parameters.push_back(read_parameter(columns[i]));
    }
    functions_.emplace(columns[0], std::move(function));
  }
  for (const auto& [name, function] : functions_) by_target_.emplace(function.target, &function);
}

const RuntimeFunction* RuntimeTable::find(std::string_view name) const {
  const auto it = functions_.find(name);
  return it == functions_.end() ? nullptr : &it->second;
}

const RuntimeFunction* RuntimeTable::find_target(std::string_view target) const {
  const auto it = by_target_.find(target);
  return it == by_target_.end() ? nullptr : it->second;
}

const RuntimeTable& go_runtime_table() {
  static const RuntimeTable table(runtime_builtins());
  return table;
}

}  // namespace banyan::php
