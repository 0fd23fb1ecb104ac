// Converted files as packages of one Go module, the runtime beside them.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "php_convert/module.h"
#include "php_convert/runtime_files.h"
#include "php_verify/language.h"
#include "php_verify/process.h"

namespace banyan::php {

namespace {

constexpr Duration kBuildTimeMax = std::chrono::minutes(20);
constexpr int kBuildsMax = 6;
constexpr std::string_view kSuffix = "/main.go";

std::string package_name(std::size_t file) { return "p" + std::to_string(file); }

// Names of the class descriptors that a file declares, in order.
std::vector<std::string> class_variables(std::string_view go) {
  std::vector<std::string> out;
  constexpr std::string_view kMark = " = &php.Class{";
  for (std::size_t at = go.find(kMark); at != go.npos; at = go.find(kMark, at + 1)) {
    const std::size_t line = go.rfind('\n', at) + 1;
    if (go.substr(line, 4) == "var ") out.emplace_back(go.substr(line + 4, at - line - 4));
  }
  return out;
}

// What loads a file: its own code, or where that was not converted, what it declares.
std::string loader(const VerifiedFile& file, std::size_t number) {
  std::string body = "\tscript()\n";
  std::string import;
  for (const ConvertedFunction& one : file.conversion.functions) {
    if (one.name != "{file}" || one.state != ConversionState::kRefused) continue;
    body = "\tregister()\n";
    for (const std::string& name : class_variables(file.code)) {
      body += "\tphp.DeclareClass(" + name + ")\n";
      import = "\nimport \"banyan/php\"\n";
    }
  }
  return "package " + package_name(number) + "\n" + import +
         "\n// VerifyLoad is what require_once does.\nfunc VerifyLoad() {\n" + body + "}\n";
}

// The package's file as it is, but for the name of its package.
std::string as_package(std::string go, std::size_t number) {
  constexpr std::string_view kMain = "package main\n";
  std::size_t at = go.find(kMain);
  while (at != go.npos && at != 0 && go[at - 1] != '\n') at = go.find(kMain, at + 1);
  if (at != go.npos) go.replace(at, kMain.size(), "package " + package_name(number) + "\n");
  return go;
}

Result<void> write_loaders(const std::string& folder, const std::vector<VerifiedFile>& files) {
  std::string imports, rows;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!files[i].unbuilt.empty()) continue;
    imports += "\t\"verified/" + package_name(i) + "\"\n";
    rows += "\t" + quoted(files[i].absolute) + ": " + package_name(i) + ".VerifyLoad,\n";
  }
  return write_whole_file(folder + "/loaders.go", "package main\n\nimport (\n" + imports +
                                                      ")\n\nvar loaders = map[string]func(){\n" + rows + "}\n");
}

Result<void> write_sources(const std::string& folder, const std::vector<VerifiedFile>& files) {
  BANYAN_TRY_VOID(write_whole_file(
      folder + "/go.mod", "module verified\n\ngo 1.19\n\nrequire banyan/php v0.0.0\n\nreplace banyan/php => ./php\n"));
  BANYAN_TRY_VOID(write_whole_file(folder + "/harness.go", verify_file("harness/harness.go")));
  for (const EmbeddedFile& one : runtime_files()) {
    if (!one.path.starts_with("php/")) continue;
    for (std::size_t at = one.path.find('/'); at != one.path.npos; at = one.path.find('/', at + 1)) {
      BANYAN_TRY_VOID(make_folder(folder + "/" + one.path.substr(0, at)));
    }
    BANYAN_TRY_VOID(write_whole_file(folder + "/" + one.path, one.content));
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string package = folder + "/" + package_name(i);
    BANYAN_TRY_VOID(make_folder(package));
    BANYAN_TRY_VOID(write_whole_file(package + "/main.go", as_package(files[i].code, i)));
    BANYAN_TRY_VOID(write_whole_file(package + "/load.go", loader(files[i], i)));
  }
  return {};
}

// Builds what can be built.
Result<void> build_program(const std::string& folder, const std::string& go, std::vector<VerifiedFile>& files) {
  for (int i = 0; i < kBuildsMax; ++i) {
    BANYAN_TRY_VOID(write_loaders(folder, files));
    BANYAN_TRY(const RunResult done,
               run_program({go, "build", "-gcflags=verified/...=-e", "-o", "program", "."}, folder, kBuildTimeMax));
    if (done.timed_out) return Error(ErrorCode::kDeadlineExceeded, "go build takes longer than 20 minutes");
    if (done.status == 0) return {};
    const std::vector<Said> said = said_of_files(done.output, files.size(), kSuffix);
    if (said.empty()) {
      return Error(ErrorCode::kFailedPrecondition, go + " build failed:\n" + done.output.substr(0, 4000));
    }
    for (const Said& one : said) {
      std::string& unbuilt = files[one.file].unbuilt;
      if (unbuilt.empty()) unbuilt = "line " + std::to_string(one.line) + ": " + one.message;
    }
  }
  return Error(ErrorCode::kFailedPrecondition, go + " build fails again and again");
}

std::vector<std::string> built_packages(const std::vector<VerifiedFile>& files) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].unbuilt.empty()) out.push_back("./" + package_name(i));
  }
  return out;
}

// Runs a checker over the packages and notes what it says.
Tool check_with(std::vector<std::string> argv, const std::string& name, const std::string& folder,
                const std::vector<VerifiedFile>& files, std::vector<CheckerFinding>& findings) {
  Tool tool{.name = name.substr(name.rfind(' ') + 1)};
  for (std::string& package : built_packages(files)) argv.push_back(std::move(package));
  const Result<RunResult> done = run_program(argv, folder, kBuildTimeMax);
  if (!done) {
    tool.problem = name + " is not there";
    return tool;
  }
  tool.version = name;
  const std::vector<Said> said = said_of_files(done->output, files.size(), kSuffix);
  for (const Said& one : said) {
    // In the program that `banyan php convert` writes, main is the start.
    if (one.message.find("func main is unused") != std::string::npos) continue;
    if (one.message.ends_with("(compile)")) {
      tool.problem = name + " cannot read the code: " + one.message;
      return tool;
    }
    findings.push_back({name, one.file, one.line, one.message});
  }
  if (done->timed_out || (done->status != 0 && said.empty())) {
    tool.problem =
        name + " did not finish: " + done->output.substr(0, std::min(done->output.find('\n'), std::size_t{300}));
  }
  return tool;
}

std::string package_of(std::string_view) { return "main"; }

std::pair<std::uint32_t, std::uint32_t> function_lines(std::string_view code, const std::string& target) {
  const std::size_t found = target.empty() ? code.npos : code.find("\nfunc " + target + "(");
  return found == code.npos ? std::pair(0U, 0U) : lines_to_brace(code, found + 1);
}

Result<Build> build(const std::string& folder, const BuildTools& tools, std::vector<VerifiedFile>& files) {
  const std::string& go = tools.go;
  // The converted program needs nothing but what is in the folder, and the network is left alone.
  setenv("GOFLAGS", "-mod=mod", 1);
  setenv("GOPROXY", "off", 1);
  setenv("GOTOOLCHAIN", "local", 1);
  setenv("GOWORK", "off", 1);
  Build out{.program = folder + "/program", .checkers = {{.name = "vet"}, {.name = "staticcheck"}}};
  const Result<RunResult> version = run_program({go, "version"}, folder, std::chrono::seconds(60));
  if (!version || version->status != 0) {
    return Error(ErrorCode::kNotFound, "Go cannot be run as " + go + ": install golang-go, or give --go-program");
  }
  out.compiler.version = first_line(version->output);
  BANYAN_TRY_VOID(write_sources(folder, files));
  BANYAN_TRY_VOID(build_program(folder, go, files));
  if (built_packages(files).empty()) return out;
  out.checkers[0] = check_with({go, "vet"}, "go vet", folder, files, out.findings);
  // Debian calls it go-staticcheck. It asks the Go that it finds first.
  if (go.find('/') != go.npos) {
    const char* const path = std::getenv("PATH");
    setenv("PATH", (go.substr(0, go.rfind('/')) + ":" + (path != nullptr ? path : "/usr/bin:/bin")).c_str(), 1);
  }
  for (const char* const name : {"staticcheck", "go-staticcheck"}) {
    out.checkers[1] = check_with({name}, "staticcheck", folder, files, out.findings);
    if (!out.checkers[1].version.empty()) break;
  }
  return out;
}

}  // namespace

const Language kGo = {"go", "Go", convert_to_go, &Conversion::go, package_of, go_paths, function_lines, build};

}  // namespace banyan::php
