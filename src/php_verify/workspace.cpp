#include "php_verify/workspace.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "embed/archive.h"
#include "php_convert/runtime_files.h"
#include "php_verify/process.h"

namespace banyan {
extern const EmbeddedArchive kVerifyFiles;
}

namespace banyan::php {

namespace {

constexpr Duration kBuildTimeMax = std::chrono::minutes(20);
constexpr int kBuildsMax = 6;
constexpr int kOpenFoldersMax = 32;

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
    for (const std::string& name : class_variables(file.go)) {
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

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(c));
    const bool plain = c >= ' ' && c < 127 && c != '"' && c != '\\';
    out += plain ? std::string(1, c) : std::string(escape);
  }
  return out + "\"";
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

Result<void> make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return Error::from_errno(errno, "making " + path);
  return {};
}

Result<void> write_sources(const std::string& folder, const std::vector<VerifiedFile>& files) {
  BANYAN_TRY_VOID(write_whole_file(
      folder + "/go.mod", "module verified\n\ngo 1.19\n\nrequire banyan/php v0.0.0\n\nreplace banyan/php => ./php\n"));
  BANYAN_TRY_VOID(write_whole_file(folder + "/harness.go", verify_file("harness/harness.go")));
  BANYAN_TRY_VOID(write_whole_file(folder + "/harness.php", verify_file("harness/harness.php")));
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
    BANYAN_TRY_VOID(write_whole_file(package + "/main.go", as_package(files[i].go, i)));
    BANYAN_TRY_VOID(write_whole_file(package + "/load.go", loader(files[i], i)));
  }
  return {};
}

struct Said {
  std::size_t file;
  std::uint32_t line;
  std::string message;
};

// The lines "p12/main.go:34:5: message" of what a program of Go's said.
std::vector<Said> said_of_files(std::string_view output, std::size_t files) {
  std::vector<Said> out;
  while (!output.empty()) {
    std::string_view line = output.substr(0, output.find('\n'));
    output.remove_prefix(std::min(line.size() + 1, output.size()));
    if (line.starts_with("vet: ")) line.remove_prefix(5);
    if (line.starts_with("./")) line.remove_prefix(2);
    const std::size_t name = line.find("/main.go:");
    if (name == line.npos || name < 2 || line[0] != 'p') continue;
    Said one{};
    if (std::from_chars(line.data() + 1, line.data() + name, one.file).ptr != line.data() + name) continue;
    line.remove_prefix(name + 9);
    std::from_chars(line.data(), line.data() + line.size(), one.line);
    const std::size_t message = line.find(": ");
    if (message == line.npos || one.file >= files) continue;
    one.message = line.substr(message + 2);
    out.push_back(std::move(one));
  }
  return out;
}

// Builds what can be built.
Result<void> build_program(const std::string& folder, const std::string& go, std::vector<VerifiedFile>& files) {
  for (int i = 0; i < kBuildsMax; ++i) {
    BANYAN_TRY_VOID(write_loaders(folder, files));
    BANYAN_TRY(const RunResult done,
               run_program({go, "build", "-gcflags=verified/...=-e", "-o", "program", "."}, folder, kBuildTimeMax));
    if (done.timed_out) return Error(ErrorCode::kDeadlineExceeded, "go build takes longer than 20 minutes");
    if (done.status == 0) return {};
    const std::vector<Said> said = said_of_files(done.output, files.size());
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
                const std::vector<VerifiedFile>& files, std::vector<GoFinding>& findings) {
  Tool tool;
  for (std::string& package : built_packages(files)) argv.push_back(std::move(package));
  const Result<RunResult> done = run_program(argv, folder, kBuildTimeMax);
  if (!done) {
    tool.problem = name + " is not there";
    return tool;
  }
  tool.version = name;
  const std::vector<Said> said = said_of_files(done->output, files.size());
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

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::string verify_file(std::string_view path) {
  std::vector<EmbeddedFile> files = unpack_archive(kVerifyFiles);
  return take_file(files, path);
}

Result<void> write_whole_file(const std::string& path, std::string_view content) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return Error::from_errno(errno, "opening " + path);
  const bool written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  const int write_errno = errno;
  if (std::fclose(file) != 0) return Error::from_errno(errno, "writing " + path);
  return written ? Result<void>() : Error::from_errno(write_errno, "writing " + path);
}

void remove_folder(const std::string& folder) {
  nftw(
      folder.c_str(), [](const char* path, const struct stat*, int, FTW*) { return std::remove(path); },
      kOpenFoldersMax, FTW_DEPTH | FTW_PHYS);
}

std::pair<std::uint32_t, std::uint32_t> go_function_lines(std::string_view go, const std::string& target) {
  const std::size_t found = go.find("\nfunc " + target + "(");
  if (target.empty() || found == go.npos) return {0, 0};
  const std::size_t end = std::min(go.find("\n}\n", found), go.size() - 1);
  const auto line_of = [&](std::size_t at) {
    return static_cast<std::uint32_t>(std::count(go.begin(), go.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1);
  };
  return {line_of(found + 1), line_of(end + 1)};
}

Result<Build> build_workspace(const std::string& folder, const std::string& go, std::vector<VerifiedFile>& files) {
  // The converted program needs nothing but what is in the folder, and the network is left alone.
  setenv("GOFLAGS", "-mod=mod", 1);
  setenv("GOPROXY", "off", 1);
  setenv("GOTOOLCHAIN", "local", 1);
  setenv("GOWORK", "off", 1);
  Build out{.program = folder + "/program"};
  const Result<RunResult> version = run_program({go, "version"}, folder, std::chrono::seconds(60));
  if (!version || version->status != 0) {
    return Error(ErrorCode::kNotFound, "Go cannot be run as " + go + ": install golang-go, or give --go-program");
  }
  out.go.version = first_line(version->output);
  BANYAN_TRY_VOID(write_sources(folder, files));
  BANYAN_TRY_VOID(build_program(folder, go, files));
  if (built_packages(files).empty()) return out;
  out.vet = check_with({go, "vet"}, "go vet", folder, files, out.findings);
  // Debian calls it go-staticcheck. It asks the Go that it finds first.
  if (go.find('/') != go.npos) {
    const char* const path = std::getenv("PATH");
    setenv("PATH", (go.substr(0, go.rfind('/')) + ":" + (path != nullptr ? path : "/usr/bin:/bin")).c_str(), 1);
  }
  for (const char* const name : {"staticcheck", "go-staticcheck"}) {
    out.staticcheck = check_with({name}, "staticcheck", folder, files, out.findings);
    if (!out.staticcheck.version.empty()) break;
  }
  return out;
}

}  // namespace banyan::php
