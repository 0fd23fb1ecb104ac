#include "base/diagnostic.h"

#include <algorithm>
#include <utility>

#include "base/json_text.h"

namespace banyan {

std::string Diagnostic::text() const {
  std::string text = file;
  if (position.line > 0) {
    text.append(":").append(std::to_string(position.line)).append(":").append(std::to_string(position.column));
  }
  text.append(": ");
  if (severity == Severity::kWarning) text.append("warning: ");
  text.append(message);
  if (!hint.empty()) text.append(", ").append(hint);
  return text;
}

void Diagnostics::error(SourcePosition position, std::string message, std::string hint) {
  if (++error_count_ <= count_max_) add(Severity::kError, position, std::move(message), std::move(hint));
}

void Diagnostics::warning(SourcePosition position, std::string message, std::string hint) {
  if (++warning_count_ <= count_max_) add(Severity::kWarning, position, std::move(message), std::move(hint));
}

void Diagnostics::add(Severity severity, SourcePosition position, std::string message, std::string hint) {
  const auto later = [](SourcePosition at, const Diagnostic& kept) { return at < kept.position; };
  const auto place = std::upper_bound(kept_.begin(), kept_.end(), position, later);
  kept_.insert(place, {severity, file_, position, std::move(message), std::move(hint)});
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<Diagnostic> sorted = kept_;
  const std::size_t left_out = error_count_ + warning_count_ - kept_.size();
  if (left_out > 0) {
    const Severity severity = error_count_ > count_max_ ? Severity::kError : Severity::kWarning;
    sorted.push_back({severity, file_, {}, std::to_string(left_out) + " more are not shown", "mend these first"});
  }
  return sorted;
}

std::string diagnostics_text(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text.append(diagnostic.text()).append("\n");
  return text;
}

std::string diagnostics_json(const std::vector<Diagnostic>& diagnostics) {
  std::string json = "[";
  for (const Diagnostic& diagnostic : diagnostics) {
    if (json.size() > 1) json.push_back(',');
    json.append(diagnostic.severity == Severity::kError ? R"({"severity":"error","file":)"
                                                        : R"({"severity":"warning","file":)");
    append_json_string(json, diagnostic.file);
    json.append(",\"line\":").append(std::to_string(diagnostic.position.line));
    json.append(",\"column\":").append(std::to_string(diagnostic.position.column));
    json.append(",\"message\":");
    append_json_string(json, diagnostic.message);
    json.append(",\"hint\":");
    append_json_string(json, diagnostic.hint);
    json.push_back('}');
  }
  json.push_back(']');
  return json;
}

}  // namespace banyan
