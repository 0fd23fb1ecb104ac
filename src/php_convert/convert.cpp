#include "php_convert/convert.h"

#include <algorithm>
#include <set>

#include "php_convert/cpp_printer.h"
#include "php_convert/go_printer.h"
#include "php_convert/lower_program.h"

namespace banyan::php {

namespace {

std::vector<std::uint32_t> line_starts(std::string_view source) {
  std::vector<std::uint32_t> out = {0};
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\n' || (source[i] == '\r' && (i + 1 == source.size() || source[i + 1] != '\n'))) {
      out.push_back(static_cast<std::uint32_t>(i + 1));
    }
  }
  return out;
}

ConvertedFunction describe(const hir::Function& function) {
  ConvertedFunction out{.name = function.name,
                        .target = function.target,
                        .line = function.line,
                        .end_line = function.end_line,
                        .reasons = {}};
  for (const hir::Reason& reason : function.reasons) out.reasons.push_back({reason.code, reason.line});
  for (const hir::Variable& variable : function.variables) {
    if (variable.name.empty()) continue;
    ++out.variables;
    out.dynamic_variables += variable.rep == hir::Rep::kValue ? 1 : 0;
  }
  bool dynamic = out.dynamic_variables > 0 || (function.result == hir::Rep::kValue && !function.is_main);
  for (const hir::Parameter& parameter : function.parameters) dynamic = dynamic || parameter.rep == hir::Rep::kValue;
  out.state = !out.reasons.empty() ? ConversionState::kRefused
              : dynamic            ? ConversionState::kDynamic
                                   : ConversionState::kTyped;
  return out;
}

// "1:3,4:5,7=9": lines of Go and of PHP, only where the latter changes; with "=" where a function begins.
std::string encoded(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& lines,
                    const std::set<std::uint32_t>& declarations) {
  std::string out;
  std::uint32_t last = 0;
  std::uint32_t last_declared = 0;
  for (const auto& [go, php] : lines) {
    const bool declares = go != last_declared && declarations.contains(go);
    if (php == last && !declares) continue;
    last = php;
    if (declares) last_declared = go;
    if (!out.empty()) out += ',';
    out += std::to_string(go) + (declares ? "=" : ":") + std::to_string(php);
  }
  return out;
}

std::vector<ConvertedFunction> described(const hir::Program& program) {
  std::vector<ConvertedFunction> out;
  for (const hir::Function& function : program.functions) {
    if (function.name == "{class}") continue;
    const bool in_trait =
        function.class_index >= 0 && program.classes[static_cast<std::size_t>(function.class_index)].kind == "trait";
    if (!in_trait) out.push_back(describe(function));
  }
  return out;
}

}  // namespace

std::string_view conversion_state_name(ConversionState state) {
  constexpr std::string_view kNames[] = {"typed", "dynamic", "refused"};
  return kNames[static_cast<std::size_t>(state)];
}

bool Conversion::refused() const {
  return std::any_of(functions.begin(), functions.end(),
                     [](const ConvertedFunction& one) { return one.state == ConversionState::kRefused; });
}

Conversion convert_to_go(std::string path, std::string_view source, const ConvertOptions& options) {
  hir::Program program = lower_program(std::move(path), source, options);
  GoPrinter printer(program);
  printer.set_line_table(line_starts(source));
  Conversion out;
  out.go = printer.run(options.package);
  out.lines = printer.lines();
  std::sort(out.lines.begin(), out.lines.end());
  out.go += "\nfunc init() {\n\tphp.SourceMap(" + go_string(program.path) + ", " +
            go_string(encoded(out.lines, printer.declarations())) + ")\n";
  if (const std::string mentions = printer.mentions(); !mentions.empty()) out.go += "\t" + mentions + "\n";
  out.go += "}\n";
  out.functions = described(program);
  return out;
}

Conversion convert_to_cpp(std::string path, std::string_view source, const ConvertOptions& options) {
  ConvertOptions lowered = options;
  lowered.has_exact_operations = false;
  hir::Program program = lower_program(std::move(path), source, lowered);
  refuse_missing_in_cpp(program);
  CppPrinter printer(program);
  printer.set_line_table(line_starts(source));
  Conversion out;
  out.cpp = printer.run(options.package);
  out.lines = printer.lines();
  std::sort(out.lines.begin(), out.lines.end());
  out.functions = described(program);
  return out;
}

}  // namespace banyan::php
