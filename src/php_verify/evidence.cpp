#include "php_verify/evidence.h"

#include <algorithm>

#include "json/write.h"

namespace banyan::php {

namespace {

constexpr std::size_t kSourceBytesMax = 64 * 1024;

// The lines from `first` to `last`, from 1.
std::string_view lines_of(std::string_view text, std::uint32_t first, std::uint32_t last) {
  std::size_t begin = 0;
  for (std::uint32_t line = 1; line < first && begin < text.size(); ++line) {
    begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  }
  std::size_t end = begin;
  for (std::uint32_t line = first; line <= last && end < text.size(); ++line) {
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  }
  return text.substr(begin, std::min(end - begin, kSourceBytesMax));
}

void write_tool(json::Writer& writer, const Tool& tool) {
  writer.key(tool.name).begin_object().key("version").string(tool.version);
  if (!tool.problem.empty()) writer.key("problem").string(tool.problem);
  writer.end_object();
}

void write_example(json::Writer& writer, const std::string& language, const Counterexample& example) {
  writer.key("example").begin_object();
  writer.key("call").string(example.call).key("php").string(example.php);
  writer.key(language).string(example.converted);
  writer.key("steps").unsigned_integer(example.steps);
  if (example.after_earlier) writer.key("after_earlier").boolean(true);
  if (example.is_slow) writer.key("slow").boolean(true);
  writer.end_object();
}

void write_source(json::Writer& writer, std::string_view name, const std::string& path, std::string_view text,
                  std::pair<std::uint32_t, std::uint32_t> lines) {
  if (lines.first == 0) return;
  writer.key(name).begin_object().key("path").string(path);
  writer.key("line").unsigned_integer(lines.first).key("end_line").unsigned_integer(lines.second);
  writer.key("source").string(lines_of(text, lines.first, lines.second)).end_object();
}

void write_findings(json::Writer& writer, const Evidence& evidence, const FunctionEvidence& one) {
  writer.key("findings").begin_array();
  for (const CheckerFinding& finding : evidence.build.findings) {
    if (finding.file != one.file || finding.line < one.converted_line || finding.line > one.converted_end_line)
      continue;
    writer.begin_object().key("tool").string(finding.tool).key("line").unsigned_integer(finding.line);
    writer.key("message").string(finding.message).end_object();
  }
  writer.end_array();
}

void write_function(json::Writer& writer, const Evidence& evidence, const FunctionEvidence& one) {
  const VerifiedFile& file = evidence.files[one.file];
  writer.begin_object().key("name").string(one.name).key("state").string(verify_state_name(one.state));
  if (!one.reason.empty()) writer.key("reason").string(one.reason);
  if (!one.why.empty()) writer.key("why").string(one.why);
  writer.key("dynamic").boolean(one.dynamic);
  writer.key("inputs").unsigned_integer(one.inputs).key("compared").unsigned_integer(one.compared);
  writer.key("differing").unsigned_integer(one.differing).key("stopped").unsigned_integer(one.stopped);
  if (one.example) write_example(writer, evidence.language, *one.example);
  write_findings(writer, evidence, one);
  write_source(writer, "php", file.path, file.text, {one.line, one.end_line});
  write_source(writer, evidence.language, file.converted_path, file.code, {one.converted_line, one.converted_end_line});
  writer.end_object();
}

}  // namespace

std::string_view verify_state_name(VerifyState state) {
  constexpr std::string_view kNames[] = {"equal", "different", "stopped", "undecided", "not_run", "refused", "unbuilt"};
  return kNames[static_cast<std::size_t>(state)];
}

std::size_t Evidence::count(VerifyState state) const {
  return static_cast<std::size_t>(std::count_if(functions.begin(), functions.end(),
                                                [&](const FunctionEvidence& one) { return one.state == state; }));
}

std::string evidence_json(const Evidence& evidence) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("schema").integer(1);
  writer.key("language")
      .string(evidence.language)
      .key("seed")
      .unsigned_integer(evidence.seed)
      .key("inputs")
      .unsigned_integer(evidence.inputs);
  writer.key("tools").begin_object().key("php").string(evidence.php);
  write_tool(writer, {evidence.language, evidence.build.compiler.version, ""});
  for (const Tool& one : evidence.build.checkers) write_tool(writer, one);
  writer.end_object().key("counts").begin_object();
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(VerifyState::kUnbuilt); ++i) {
    const auto state = static_cast<VerifyState>(i);
    writer.key(verify_state_name(state)).unsigned_integer(evidence.count(state));
  }
  writer.end_object().key("functions").begin_array();
  for (const FunctionEvidence& one : evidence.functions) write_function(writer, evidence, one);
  writer.end_array().end_object();
  return out + "\n";
}

std::string evidence_page(const Evidence& evidence) {
  std::string page = verify_file("page/evidence.html");
  constexpr std::string_view kPlace = "@EVIDENCE@";
  std::string data;
  for (const char c : evidence_json(evidence)) {  // nothing in it may end the element it stands in
    if (c == '<') {
      data += "\\u003c";
    } else {
      data += c;
    }
  }
  page.replace(page.find(kPlace), kPlace.size(), data);
  return page;
}

}  // namespace banyan::php
