#include "filters/variable_text.h"

#include <cstdio>

#include "filters/path_rewrite.h"
#include "http/target.h"

namespace banyan {

const std::vector<VariableText::Name>& VariableText::names() {
  static const std::vector<Name> names = {
      {"client", Variable::kClient},        {"colour", Variable::kColour}, {"host", Variable::kHost},
      {"method", Variable::kMethod},        {"path", Variable::kPath},     {"query", Variable::kQuery},
      {"request_id", Variable::kRequestId}, {"route", Variable::kRoute},   {"scheme", Variable::kScheme},
      {"trace_id", Variable::kTraceId},     {"uri", Variable::kUri}};
  return names;
}

Result<VariableText> VariableText::parse(std::string_view text) {
  VariableText parsed;
  while (!text.empty()) {
    const std::size_t start = text.find("${");
    if (start != 0) parsed.parts_.push_back({Variable::kNone, std::string(text.substr(0, start))});
    if (start == text.npos) break;
    const std::size_t end = text.find('}', start);
    if (end == text.npos) return Error(ErrorCode::kInvalidArgument, "'${' without '}'");
    const std::string_view word = text.substr(start + 2, end - start - 2);
    text.remove_prefix(end + 1);
    Part part;
    if (word.starts_with("header:") && is_token(word.substr(7)))
      part = {Variable::kHeader, std::string(word.substr(7))};
    std::string known;
    for (const Name& name : names()) {
      if (name.word == word) part.variable = name.variable;
      known.append(name.word).append(" ");
    }
    if (part.variable == Variable::kNone) {
      return Error(ErrorCode::kInvalidArgument,
                   "unknown variable '" + std::string(word) + "'; known: " + known + "header:NAME");
    }
    parsed.parts_.push_back(std::move(part));
  }
  return parsed;
}

void VariableText::append(const Part& part, FilterCall& call, std::string& out) {
  const RequestHead& head = call.head();
  const FilterContext& context = call.context();
  switch (part.variable) {
    case Variable::kNone:
      out.append(part.text);
      break;
    case Variable::kClient:
      out.append(context.client);
      break;
    case Variable::kColour:
      out.append(context.colour);
      break;
    case Variable::kHost:
      out.append(head.authority);
      break;
    case Variable::kMethod:
      out.append(head.method_name);
      break;
    case Variable::kPath:
      append_path(normal_path(head), out);
      break;
    case Variable::kQuery:
      out.append(head.query);
      break;
    case Variable::kRequestId:
      out.append(context.request_id);
      break;
    case Variable::kRoute:
      out.append(context.route);
      break;
    case Variable::kScheme:
      out.append(call.connection().secure() ? "https" : "http");
      break;
    case Variable::kTraceId: {
      char text[33];
      std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(context.trace.self.trace_high),
                    static_cast<unsigned long long>(context.trace.self.trace_low));
      out.append(text);
      break;
    }
    case Variable::kUri:
      append_path(normal_path(head), out);
      if (head.has_query) out.append("?").append(head.query);
      break;
    case Variable::kHeader:
      out.append(head.fields.value(part.text));
      break;
  }
}

std::string VariableText::expand(FilterCall& call) const {
  std::string out;
  for (const Part& part : parts_) append(part, call, out);
  return out;
}

std::string normal_path(const RequestHead& head) {
  std::string storage;
  const auto path = normalize_path(head.path, PathForm::kRouting, storage);
  // What cannot be made normal has matched no route and met no filter.
  return path ? std::string(*path) : "/";
}

}  // namespace banyan
