#include "php_report/migration_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

#include "json/write.h"
#include "php_report/reach.h"
#include "php_report/report_page.h"

namespace banyan::php {

namespace {

constexpr std::size_t kBlockersMax = 200;
constexpr std::size_t kUnmatchedMax = 100;
constexpr std::size_t kFlowsMax = 1000;

double rounded(double value, double parts) { return std::round(value * parts) / parts; }

double milliseconds(Duration duration) {
  return rounded(std::chrono::duration<double, std::milli>(duration).count(), 1000);
}

struct RankedEndpoint {
  std::size_t index = 0;  // in the set
  Reach reach;
  EndpointTraffic traffic;
  double score = 0;
};

// How much a function that is not convertible holds up.
struct Hold {
  std::uint32_t function = 0;
  std::uint32_t endpoints = 0;
  std::uint64_t requests = 0;
};

class ReportWriter {
 public:
  explicit ReportWriter(const ReportInput& input)
      : input_(input), facts_(input.facts), finder_(input.facts), out_(text_), shown_(facts_.functions().size(), -1) {}

  std::string run() {
    choose_functions();
    rank_endpoints();
    out_.begin_object();
    write_head();
    write_totals();
    write_codes();
    write_files();
    write_functions();
    write_endpoints();
    write_blockers();
    write_traffic();
    write_flows();
    out_.end_object();
    return std::move(text_);
  }

 private:
  // Methods without a body hold nothing to convert, nor does a file that only declares.
  bool is_shown(const FunctionInfo& function) const {
    const FunctionDeclaration& declaration = function.declaration();
    if (declaration.kind == FunctionKind::kFile) return !function.calls.empty() || function.own_effects != 0;
    return declaration.has_body;
  }

  void choose_functions() {
    for (std::uint32_t i = 0; i < shown_.size(); ++i) {
      if (!is_shown(facts_.functions()[i])) continue;
      shown_[i] = static_cast<std::int32_t>(functions_.size());
      functions_.push_back(i);
    }
  }

  // "/*" takes whatever no other endpoint takes, so it moves after all of them.
  bool is_fallback(std::size_t index) const {
    const Endpoint& endpoint = input_.endpoints.endpoints[index];
    return endpoint.path.has_rest() && endpoint.path.segments().empty();
  }

  void rank_endpoints() {
    std::vector<Hold> holds(facts_.functions().size());
    for (std::size_t i = 0; i < input_.endpoints.endpoints.size(); ++i) {
      RankedEndpoint one{.index = i, .reach = finder_.of(input_.endpoints.endpoints[i])};
      if (input_.traffic != nullptr) one.traffic = input_.traffic->of(i);
      one.score = is_fallback(one.index)
                      ? 0
                      : one.reach.readiness * (input_.traffic != nullptr ? static_cast<double>(one.traffic.count) : 1);
      for (const FunctionId id : one.reach.functions) {
        ++holds[id.value].endpoints;
        holds[id.value].requests += one.traffic.count;
      }
      one.reach.functions = {};
      ranked_.push_back(std::move(one));
    }
    std::sort(ranked_.begin(), ranked_.end(), [](const RankedEndpoint& a, const RankedEndpoint& b) {
      if (a.score != b.score) return a.score > b.score;
      if (a.traffic.count != b.traffic.count) return a.traffic.count > b.traffic.count;
      return a.index < b.index;
    });
    for (std::uint32_t i = 0; i < holds.size(); ++i) {
      holds[i].function = i;
      if (facts_.functions()[i].readiness == Readiness::kConvertible || holds[i].endpoints == 0) continue;
      if (shown_[i] >= 0) holds_.push_back(holds[i]);
    }
    const auto rank = [&](const Hold& hold) {
      const bool refused = facts_.functions()[hold.function].readiness == Readiness::kRefused;
      return std::tuple(!refused, ~hold.requests, ~hold.endpoints, hold.function);
    };
    std::sort(holds_.begin(), holds_.end(), [&](const Hold& a, const Hold& b) { return rank(a) < rank(b); });
    if (holds_.size() > kBlockersMax) holds_.resize(kBlockersMax);
  }

  void write_head() {
    out_.key("format").string("banyan-php-report");
    out_.key("version").integer(1);
    out_.key("title").string(input_.title);
    out_.key("php").string(input_.version.text());
    out_.key("public_folders").begin_array();
    for (const std::string& folder : input_.endpoints.public_folders) out_.string(folder);
    out_.end_array();
  }

  void write_totals() {
    std::array<std::uint64_t, 3> functions{}, lines{}, states{};
    std::uint64_t unknown = 0, unused = 0, file_lines = 0;
    for (const std::uint32_t i : functions_) {
      const FunctionInfo& function = facts_.functions()[i];
      const auto readiness = static_cast<std::size_t>(function.readiness);
      ++functions[readiness];
      if (function.declaration().kind != FunctionKind::kFile) lines[readiness] += lines_of(function);
      if (is_unused(function)) ++unused;
    }
    for (const FileInfo& file : facts_.files()) file_lines += file.declarations->lines;
    for (const RankedEndpoint& one : ranked_) {
      one.reach.state == EndpointState::kUnknown ? ++unknown : ++states[static_cast<std::size_t>(one.reach.state)];
    }
    out_.key("totals").begin_object();
    out_.key("files").unsigned_integer(facts_.files().size());
    out_.key("lines").unsigned_integer(file_lines);
    out_.key("classes").unsigned_integer(facts_.classes().size());
    out_.key("functions").unsigned_integer(functions_.size());
    write_counts("by_readiness", {"convertible", "review", "refused"}, functions);
    write_counts("lines_by_readiness", {"convertible", "review", "refused"}, lines);
    out_.key("unused_functions").unsigned_integer(unused);
    out_.key("endpoints").unsigned_integer(ranked_.size());
    write_counts("endpoints_by_state", {"ready", "review", "blocked"}, states);
    out_.key("endpoints_unknown").unsigned_integer(unknown);
    out_.end_object();
  }

  void write_counts(std::string_view key, const std::array<std::string_view, 3>& names,
                    const std::array<std::uint64_t, 3>& counts) {
    out_.key(key).begin_object();
    for (std::size_t i = 0; i < 3; ++i) out_.key(names[i]).unsigned_integer(counts[i]);
    out_.end_object();
  }

  static std::uint32_t lines_of(const FunctionInfo& function) {
    const FunctionDeclaration& declaration = function.declaration();
    return declaration.end_line >= declaration.place.line ? declaration.end_line - declaration.place.line + 1 : 1;
  }

  static bool is_unused(const FunctionInfo& function) {
    return !function.is_referenced && function.callers.empty() &&
           function.declaration().kind == FunctionKind::kFunction;
  }

  // Only codes that occur, in order of how many functions have them.
  void write_codes() {
    std::map<std::string, std::uint32_t> counts;
    for (const std::uint32_t i : functions_) {
      std::string last;
      for (const Reason& reason : facts_.functions()[i].reasons) {
        if (reason.code != last) ++counts[reason.code];
        last = reason.code;
      }
    }
    std::vector<std::pair<std::string, std::uint32_t>> order(counts.begin(), counts.end());
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    out_.key("codes").begin_array();
    for (const auto& [code, count] : order) {
      const VerdictCode* const known = find_verdict_code(code);
      code_index_.emplace(code, code_index_.size());
      out_.begin_object();
      out_.key("code").string(code);
      out_.key("refuses").boolean(known != nullptr && known->refuses);
      out_.key("title").string(known != nullptr ? known->title : "");
      out_.key("explanation").string(known != nullptr ? known->explanation : "");
      out_.key("functions").unsigned_integer(count);
      out_.end_object();
    }
    out_.end_array();
    out_.key("effects").begin_array();
    for (const std::string_view name : kEffectNames) out_.string(name);
    out_.end_array();
  }

  void write_files() {
    out_.key("files").begin_object();
    column("path", facts_.files(), [&](const FileInfo& file) { out_.string(file.path); });
    column("lines", facts_.files(), [&](const FileInfo& file) { out_.unsigned_integer(file.declarations->lines); });
    column("broken", facts_.files(),
           [&](const FileInfo& file) { out_.integer(file.declarations->has_syntax_errors ? 1 : 0); });
    if (input_.churn != nullptr) {
      const auto churn_of = [&](const FileInfo& file) {
        const auto found = input_.churn->find(file.path);
        return found == input_.churn->end() ? FileChurn() : found->second;
      };
      column("commits", facts_.files(), [&](const FileInfo& file) { out_.unsigned_integer(churn_of(file).commits); });
      column("churned_lines", facts_.files(),
             [&](const FileInfo& file) { out_.unsigned_integer(churn_of(file).lines); });
    }
    out_.end_object();
    out_.key("churn").begin_object();
    out_.key("known").boolean(input_.churn != nullptr);
    out_.key("missing_because").string(input_.churn_missing);
    out_.end_object();
  }

  template <class Range, class Write>
  void column(std::string_view name, const Range& range, const Write& write) {
    out_.key(name).begin_array();
    for (const auto& one : range) write(one);
    out_.end_array();
  }

  void write_functions() {
    const auto each = [&](std::string_view name, const std::function<void(const FunctionInfo&)>& write) {
      column(name, functions_, [&](std::uint32_t i) { write(facts_.functions()[i]); });
    };
    const auto number = [&](std::string_view name, const std::function<std::uint64_t(const FunctionInfo&)>& value) {
      each(name, [&](const FunctionInfo& function) { out_.unsigned_integer(value(function)); });
    };
    out_.key("functions").begin_object();
    each("name", [&](const FunctionInfo& function) { out_.string(shown_name(function)); });
    each("kind", [&](const FunctionInfo& function) { out_.integer(static_cast<int>(function.declaration().kind)); });
    number("file", [](const FunctionInfo& function) { return function.file.value; });
    number("line", [](const FunctionInfo& function) { return function.declaration().place.line; });
    number("lines", [](const FunctionInfo& function) { return lines_of(function); });
    number("readiness", [](const FunctionInfo& function) { return static_cast<std::uint64_t>(function.readiness); });
    each("reasons", [&](const FunctionInfo& function) { write_reasons(function); });
    number("effects", [](const FunctionInfo& function) { return function.effects; });
    number("own_effects", [](const FunctionInfo& function) { return function.own_effects; });
    number("level", [](const FunctionInfo& function) { return function.level; });
    number("component", [](const FunctionInfo& function) { return function.component; });
    number("unused", [](const FunctionInfo& function) { return is_unused(function) ? 1U : 0U; });
    column("callees", functions_, [&](std::uint32_t i) { write_ids(finder_.next(FunctionId{i})); });
    out_.end_object();
  }

  // "{closure} in A\f", "index.php" for the code of a file itself.
  std::string shown_name(const FunctionInfo& function) const {
    const FunctionDeclaration& declaration = function.declaration();
    if (declaration.kind == FunctionKind::kFile) return facts_.at(function.file).path;
    if (!function.parent || function.parent.value >= facts_.functions().size()) return declaration.name;
    const FunctionInfo& parent = facts_.at(function.parent);
    if (parent.declaration().kind == FunctionKind::kFile) return declaration.name;
    return declaration.name + " in " + parent.declaration().name;
  }

  // [code, line, count, subject]
  void write_reasons(const FunctionInfo& function) {
    out_.begin_array();
    for (const Reason& reason : function.reasons) {
      out_.begin_array();
      out_.unsigned_integer(code_index_.at(reason.code));
      out_.unsigned_integer(reason.place.line);
      out_.unsigned_integer(reason.count);
      if (!reason.subject.empty()) out_.string(reason.subject);
      out_.end_array();
    }
    out_.end_array();
  }

  void write_ids(const std::vector<FunctionId>& ids) {
    out_.begin_array();
    for (const FunctionId id : ids) {
      if (shown_[id.value] >= 0) out_.integer(shown_[id.value]);
    }
    out_.end_array();
  }

  void write_endpoints() {
    out_.key("endpoints").begin_array();
    for (const RankedEndpoint& one : ranked_) write_endpoint(one, input_.endpoints.endpoints[one.index]);
    out_.end_array();
  }

  void write_endpoint(const RankedEndpoint& one, const Endpoint& endpoint) {
    constexpr std::string_view kKinds[] = {"function", "method", "file", "code"};
    out_.begin_object();
    out_.key("methods").begin_array();
    for (const std::string& method : endpoint.methods) out_.string(method);
    out_.end_array();
    out_.key("path").string(endpoint.path.text());
    out_.key("query").string(endpoint.query);
    out_.key("framework").string(framework_name(endpoint.framework));
    out_.key("confidence").string(confidence_name(endpoint.confidence));
    out_.key("file").string(endpoint.file);
    out_.key("line").unsigned_integer(endpoint.line);
    out_.key("handler").begin_object();
    out_.key("kind").string(kKinds[static_cast<int>(endpoint.handler.kind)]);
    out_.key("name").string(endpoint.handler.name);
    out_.key("file").string(endpoint.handler.file);
    out_.key("line").unsigned_integer(endpoint.handler.line);
    out_.key("end_line").unsigned_integer(endpoint.handler.end_line);
    out_.end_object();
    out_.key("entries");
    write_ids(one.reach.entries);
    out_.key("state").string(endpoint_state_name(one.reach.state));
    const auto& counts = one.reach.by_readiness;
    write_counts("reaches", {"convertible", "review", "refused"}, {counts[0], counts[1], counts[2]});
    out_.key("lines").unsigned_integer(one.reach.lines);
    write_main_reasons(one.reach);
    out_.key("readiness").number(rounded(one.reach.readiness, 10'000));
    out_.key("score").number(rounded(one.score, 10'000));
    if (input_.traffic != nullptr) write_endpoint_traffic(one.traffic);
    out_.end_object();
  }

  // The codes most of the reached functions have: those that refuse first. [code, functions]
  void write_main_reasons(const Reach& reach) {
    std::vector<std::tuple<bool, std::uint32_t, std::string>> order;
    for (const auto& [code, count] : reach.reasons) {
      const VerdictCode* const known = find_verdict_code(code);
      order.emplace_back(!(known != nullptr && known->refuses), ~count, code);
    }
    std::sort(order.begin(), order.end());
    out_.key("reasons").begin_array();
    for (std::size_t i = 0; i < std::min<std::size_t>(order.size(), 6); ++i) {
      const auto found = code_index_.find(std::get<2>(order[i]));
      if (found == code_index_.end()) continue;
      out_.begin_array().unsigned_integer(found->second).unsigned_integer(~std::get<1>(order[i])).end_array();
    }
    out_.end_array();
  }

  void write_endpoint_traffic(const EndpointTraffic& traffic) {
    out_.key("requests").unsigned_integer(traffic.count);
    out_.key("by_status").begin_array();
    for (const std::uint64_t count : traffic.by_class) out_.unsigned_integer(count);
    out_.end_array();
    for (const auto& [name, part] : {std::pair("p50_ms", 0.5), std::pair("p95_ms", 0.95), std::pair("p99_ms", 0.99)}) {
      if (const auto value = traffic.latency.quantile(part)) out_.key(name).number(milliseconds(*value));
    }
  }

  void write_blockers() {
    out_.key("blockers").begin_array();
    for (const Hold& hold : holds_) {
      out_.begin_object();
      out_.key("function").integer(shown_[hold.function]);
      out_.key("endpoints").unsigned_integer(hold.endpoints);
      if (input_.traffic != nullptr) out_.key("requests").unsigned_integer(hold.requests);
      out_.end_object();
    }
    out_.end_array();
  }

  void write_traffic() {
    out_.key("traffic");
    if (input_.traffic == nullptr) {
      out_.null();
      return;
    }
    const Traffic& traffic = *input_.traffic;
    out_.begin_object();
    out_.key("log").string(input_.log.name);
    out_.key("lines").unsigned_integer(input_.log.lines);
    out_.key("unreadable").unsigned_integer(input_.log.unreadable);
    out_.key("requests").unsigned_integer(traffic.request_count());
    out_.key("matched").unsigned_integer(traffic.matched_count());
    out_.key("assets").unsigned_integer(traffic.asset_count());
    out_.key("unmatched").begin_array();
    for (const UnmatchedPath& one : traffic.unmatched(kUnmatchedMax)) {
      out_.begin_array().string(one.path).unsigned_integer(one.count).end_array();
    }
    out_.end_array();
    out_.end_object();
  }

  void write_flows() {
    out_.key("taint_flows").begin_array();
    for (std::size_t i = 0; i < std::min(facts_.taint_flows().size(), kFlowsMax); ++i) {
      const TaintFlow& flow = facts_.taint_flows()[i];
      out_.begin_object();
      out_.key("sink").string(kTaintSinkNames[static_cast<std::size_t>(flow.sink)]);
      out_.key("function").integer(flow.function ? shown_[flow.function.value] : -1);
      out_.key("name").string(flow.sink_name);
      out_.key("steps").begin_array();
      for (const auto& step : flow.steps) {
        out_.begin_array()
            .unsigned_integer(step.file.value)
            .unsigned_integer(step.place.line)
            .string(step.text)
            .end_array();
      }
      out_.end_array();
      out_.end_object();
    }
    out_.end_array();
    out_.key("taint_flow_count").unsigned_integer(facts_.taint_flows().size());
  }

  const ReportInput& input_;
  const Facts& facts_;
  ReachFinder finder_;
  std::string text_;
  json::Writer out_;
  std::vector<std::int32_t> shown_;  // by function: its number in the report, or -1
  std::vector<std::uint32_t> functions_;
  std::map<std::string, std::size_t, std::less<>> code_index_;
  std::vector<RankedEndpoint> ranked_;
  std::vector<Hold> holds_;
};

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string report_json(const ReportInput& input) { return ReportWriter(input).run(); }

std::string report_html(std::string_view title, std::string_view json) {
  std::string data;
  data.reserve(json.size() + 16);
  for (const char c : json) {  // "</script>" and "<!--" must not end the element
    if (c == '<') {
      data += "\\u003c";
    } else {
      data += c;
    }
  }
  const ReportPage page = report_page();
  const std::string shown_title = html_escaped(title);
  const std::pair<std::string_view, std::string_view> parts[] = {
      {"{{title}}", shown_title}, {"{{css}}", page.css}, {"{{data}}", data}, {"{{js}}", page.js}};
  std::string out;
  std::string_view rest = page.html;
  while (!rest.empty()) {
    const std::size_t at = std::min(rest.find("{{"), rest.size());
    out += rest.substr(0, at);
    rest.remove_prefix(at);
    const auto part =
        std::find_if(std::begin(parts), std::end(parts), [&](const auto& one) { return rest.starts_with(one.first); });
    if (part != std::end(parts)) {
      out += part->second;
      rest.remove_prefix(part->first.size());
    } else if (!rest.empty()) {
      out += rest.front();
      rest.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace banyan::php
