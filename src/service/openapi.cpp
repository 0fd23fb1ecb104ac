#include "service/openapi.h"

#include <map>
#include <vector>

#include "base/ascii.h"
#include "http/status.h"
#include "json/write.h"
#include "json_bind/schema.h"
#include "service/service.h"

namespace banyan::service {
namespace {

// "/users/:id" as OpenAPI writes it: "/users/{id}".
std::string template_of(std::string_view path) {
  std::string text;
  while (!path.empty()) {
    const std::size_t end = path.find('/', 1);
    const std::string_view segment = path.substr(0, end);
    text += segment.starts_with("/:") ? "/{" + std::string(segment.substr(2)) + "}" : std::string(segment);
    path.remove_prefix(segment.size());
  }
  return text;
}

class Describer {
 public:
  explicit Describer(std::string& out) : out_(out), schemas_("#/components/schemas/") {}

  void write(std::string_view title, std::string_view version, const std::deque<Route>& routes) {
    out_.begin_object().key("openapi").string("3.1.0");
    out_.key("info").begin_object().key("title").string(title).key("version").string(version).end_object();
    std::map<std::string, std::vector<const Route*>> paths;
    for (const Route& route : routes) {
      if (route.listed) paths[template_of(route.path)].push_back(&route);
    }
    out_.key("paths").begin_object();
    for (const auto& [path, its_routes] : paths) {
      out_.key(path).begin_object();
      for (const Route* route : its_routes) write_operation(*route);
      out_.end_object();
    }
    out_.end_object();
    out_.key("components").begin_object().key("schemas").begin_object();
    schemas_.write_definitions(out_);
    write_problem();
    out_.end_object().end_object().end_object();
  }

 private:
  void write_operation(const Route& route) {
    out_.key(ascii_lower(route.method)).begin_object();
    if (!route.summary.empty()) out_.key("summary").string(route.summary);
    write_parameters(route);
    write_body(route);
    out_.key("responses").begin_object();
    write_answer(route);
    out_.key("default").begin_object().key("description").string("what went wrong");
    const bool standard = route.rules.style == problem_json;
    out_.key("content").begin_object().key(standard ? "application/problem+json" : "application/json").begin_object();
    out_.key("schema").begin_object();
    if (standard) out_.key("$ref").string("#/components/schemas/Problem");
    out_.end_object().end_object().end_object().end_object();
    out_.end_object().end_object();
  }

  void write_parameters(const Route& route) {
    if (route.endpoint.input == nullptr) return;
    constexpr std::string_view kPlaces[] = {"path", "query", "header"};
    out_.key("parameters").begin_array();
    for (const Input& input : route.endpoint.input->inputs) {
      if (input.source == Source::kBody) continue;
      out_.begin_object().key("name").string(input.field.name);
      out_.key("in").string(kPlaces[static_cast<std::size_t>(input.source)]);
      out_.key("required").boolean(input.source == Source::kPath || !input.field.may_be_absent);
      out_.key("schema");
      schemas_.write_field(out_, input.field);
      out_.end_object();
    }
    out_.end_array();
  }

  void write_body(const Route& route) {
    const InputType* const input = route.endpoint.input;
    const bool json = input != nullptr && input->wants_body();
    if (!json && route.body_type.empty()) return;
    const Input* const part = json ? input->body() : nullptr;
    out_.key("requestBody").begin_object();
    out_.key("required").boolean(part == nullptr || !part->field.may_be_absent);
    out_.key("content").begin_object().key(json ? "application/json" : route.body_type).begin_object().key("schema");
    if (part != nullptr) {
      schemas_.write_field(out_, part->field);
    } else if (json) {
      schemas_.write(out_, *input->whole_body);
    } else {
      out_.begin_object().key("type").string("object").end_object();
    }
    out_.end_object().end_object().end_object();
  }

  void write_answer(const Route& route) {
    const int status = route.endpoint.has_body ? route.status : 204;
    out_.key(std::to_string(status)).begin_object().key("description").string(reason_phrase(status));
    if (route.endpoint.output != nullptr) {
      out_.key("content").begin_object().key("application/json").begin_object().key("schema");
      schemas_.write(out_, *route.endpoint.output);
      out_.end_object().end_object();
    }
    out_.end_object();
  }

  // RFC 9457, as problem_json() writes it.
  void write_problem() {
    out_.key("Problem").raw(
        R"({"type":"object","properties":{"type":{"type":"string"},"title":{"type":"string"},)"
        R"("status":{"type":"integer"},"detail":{"type":"string"},"errors":{"type":"array","items":{"type":"object",)"
        R"("properties":{"in":{"type":"string"},"pointer":{"type":"string"},"name":{"type":"string"},)"
        R"("detail":{"type":"string"}},"required":["in","detail"]}}},"required":["type","title","status"]})");
  }

  json::Writer out_;
  json::SchemaWriter schemas_;
};

}  // namespace

std::string describe_openapi(std::string_view title, std::string_view version, const std::deque<Route>& routes) {
  std::string text;
  Describer(text).write(title, version, routes);
  return text;
}

}  // namespace banyan::service
