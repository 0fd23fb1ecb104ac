#include "gray/colour_question.h"

#include "base/edit_distance.h"
#include "gray/colour_fields.h"
#include "gray/explain.h"

namespace banyan {
namespace {

constexpr std::string_view kKeyForm = "write KIND:NAME=VALUE, like header:x-user-id=42, or ip=192.0.2.1";

Error refuse(const std::string& what) { return Error(ErrorCode::kInvalidArgument, what); }

Result<GivenValues> read_values(const std::vector<std::string>& keys) {
  GivenValues values;
  for (const std::string& text : keys) {
    const std::size_t equals = text.find('=');
    if (equals == text.npos) return refuse("key: '" + text + "' has no '=', " + std::string(kKeyForm));
    const Result<ValueName> name = parse_value_name(std::string_view(text).substr(0, equals));
    if (!name.ok()) return refuse("key: " + name.error().message() + ", then =VALUE");
    values.set(*name, text.substr(equals + 1));
  }
  return values;
}

Result<std::int64_t> read_time(const ColourQuestion& question) {
  if (!question.at) return question.now_unix_s;
  const Result<WindowEdge> edge = parse_window_edge(*question.at);
  if (edge.ok() && !edge->daily) return edge->seconds;
  return refuse("at: '" + *question.at + "' is no moment, write it in UTC, like 2026-12-01T09:00");
}

// The route, which must be one that sends requests on.
Result<const RouteConfig*> find_route(const GatewayConfig& config, const std::string& id) {
  std::vector<std::string_view> ids;
  for (const RouteConfig& route : config.routes) {
    if (route.id != id) {
      ids.push_back(route.id);
      continue;
    }
    if (!route.split.empty()) return &route;
    return refuse("route: '" + id + "' serves files, which have no colour");
  }
  const std::string_view nearest = nearest_name(id, ids);
  std::string hint = "did you mean '" + std::string(nearest) + "'?";
  if (nearest.empty()) {
    hint = "there are:";
    for (const std::string_view name : ids) hint.append(" ").append(name);
  }
  return refuse("route: there is no route '" + id + "', " + hint);
}

}  // namespace

Result<std::string> answer_colour(const GatewayConfig& config, const ColourQuestion& question, ColourAnswer form) {
  BANYAN_TRY(const RouteConfig* found, find_route(config, question.route));
  RouteConfig route = *found;
  if (route.migrate) {
    route.split.front().hundredths = kAllHundredths - question.moved;
    route.split.back().hundredths = question.moved;
  }
  BANYAN_TRY(const GivenValues values, read_values(question.keys));
  GrayInput input;
  BANYAN_TRY(input.unix_seconds, read_time(question));
  if (question.tag && !is_colour(*question.tag)) {
    return refuse("tag: '" + *question.tag + "' is no colour, use up to 64 letters, digits, '-', '_' and '.'");
  }
  if (question.tag) input.colour = *question.tag;
  // A colour does not choose where one side of a migration has all (docs/migrate.md).
  GrayInput heard = input;
  if (route.migrate && (question.moved == 0 || question.moved == kAllHundredths)) heard.colour = {};
  const GrayProgram program(route);
  const bool tester = route.migrate && route.migrate->is_tester(input.colour);
  const std::size_t new_side = route.split.size() - 1;
  const Explained explained{
      config,  route,
      program, values,
      input,   tester ? GrayDecision{.by = DecidedBy::kColour, .target = new_side} : program.decide(values, heard)};
  return form == ColourAnswer::kJson ? explain_json(explained) + "\n" : explain_text(explained);
}

}  // namespace banyan
