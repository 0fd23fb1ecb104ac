// Converted files as sources of one program that CMake builds with Banyan's runtime.
#include <algorithm>
#include <cstdio>

#include "php_convert/module.h"
#include "php_verify/language.h"
#include "php_verify/process.h"

namespace banyan::php {

namespace {

constexpr Duration kBuildTimeMax = std::chrono::minutes(60);
constexpr int kBuildsMax = 6;
constexpr std::string_view kSuffix = ".cpp";

std::string source_name(std::size_t file) { return "p" + std::to_string(file); }

std::string package_of(std::string_view path) {
  path = path.substr(path.rfind('/') + 1);
  return std::string(path.substr(0, path.rfind('.')));
}

std::string read_text(const std::string& path) {
  std::string out;
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return out;
  char bytes[4096];
  while (const std::size_t n = std::fread(bytes, 1, sizeof bytes, file)) out.append(bytes, n);
  std::fclose(file);
  return out;
}

// Names of the class descriptors that a file declares, in order.
std::vector<std::string> class_variables(std::string_view code) {
  std::vector<std::string> out;
  constexpr std::string_view kMark = "\nphp::Class ";
  for (std::size_t at = code.find(kMark); at != code.npos; at = code.find(kMark, at + 1)) {
    const std::size_t name = at + kMark.size();
    out.emplace_back(code.substr(name, code.find('(', name) - name));
  }
  return out;
}

// Declares what a file gives, and the row of the table that runs its own code, or where that was not converted, what
// it declares.
void add_loader(const VerifiedFile& file, std::string& declared, std::string& rows) {
  const std::string space = package_of(file.converted_path);
  std::string body = space + "::script();";
  declared += "namespace " + space + " {\nvoid script();\nvoid register_functions();\n";
  for (const ConvertedFunction& one : file.conversion.functions) {
    if (one.name != "{file}" || one.state != ConversionState::kRefused) continue;
    body = space + "::register_functions();";
    for (const std::string& name : class_variables(file.code)) {
      declared += "extern banyan::php_runtime::Class " + name + ";\n";
      body += " banyan::php_runtime::declare_class(" + space + "::" + name + ");";
    }
  }
  declared += "}\n";
  rows += "    {" + quoted(file.absolute) + ", [] { " + body + " }},\n";
}

Result<void> write_program(const std::string& folder, const std::vector<VerifiedFile>& files) {
  std::string declared, rows, sources;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!files[i].unbuilt.empty()) continue;
    add_loader(files[i], declared, rows);
    sources += " " + source_name(i) + ".cpp";
  }
  BANYAN_TRY_VOID(write_whole_file(
      folder + "/main.cpp", "#include \"php_runtime/builtins.h\"\n#include \"php_runtime/harness.h\"\n\n" + declared +
                                "\nint main(int argc, char** argv) {\n"
                                "  return banyan::php_runtime::answer_calls(argc, argv, {\n" +
                                rows + "  });\n}\n"));
  return write_whole_file(folder + "/CMakeLists.txt",
                          cpp_project_head("verified") + "\nadd_executable(program main.cpp" + sources + ")\n" +
                              cpp_program_settings("program") +
                              "target_compile_definitions(program PRIVATE BANYAN_PHP_NO_MAIN)\n"
                              "target_precompile_headers(program PRIVATE <php_runtime/builtins.h>)\n");
}

// Notes what the compiler said against files; false where it said nothing of any.
bool note_failures(std::string_view output, std::vector<VerifiedFile>& files) {
  bool any = false;
  for (const Said& one : said_of_files(output, files.size(), kSuffix)) {
    std::string& unbuilt = files[one.file].unbuilt;
    if (!one.message.starts_with("error: ") || !unbuilt.empty()) continue;
    unbuilt = "line " + std::to_string(one.line) + ": " + one.message.substr(7);
    any = true;
  }
  // An error within a header of the runtime that the file asked for too much of.
  constexpr std::string_view kFailed = "FAILED: ";
  for (std::size_t at = output.find(kFailed); at != output.npos; at = output.find(kFailed, at + 1)) {
    const std::string_view line = output.substr(at, output.find('\n', at) - at);
    std::size_t file = 0;
    if (!ends_in_file(line.substr(0, line.find(".cpp.o")), files.size(), file)) continue;
    if (files[file].unbuilt.empty()) files[file].unbuilt = "the compiler does not take it";
    any = true;
  }
  return any;
}

Result<RunResult> run_step(const std::vector<std::string>& argv, const std::string& folder) {
  Result<RunResult> done = run_program(argv, folder, kBuildTimeMax);
  if (!done) return Error(ErrorCode::kNotFound, argv[0] + " cannot be run: install cmake and ninja-build");
  if (done->timed_out) return Error(ErrorCode::kDeadlineExceeded, argv[0] + " takes longer than an hour");
  return done;
}

// Builds what can be built.
Result<void> build_program(const std::string& folder, const BuildTools& tools, std::vector<VerifiedFile>& files) {
  BANYAN_TRY_VOID(write_program(folder, files));
  BANYAN_TRY(const RunResult configured,
             run_step({"cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DCMAKE_CXX_COMPILER=" + tools.cxx,
                       "-Dbanyan_DIR=" + tools.banyan, "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g1"},
                      folder));
  if (configured.status != 0) {
    return Error(ErrorCode::kFailedPrecondition, "cmake failed:\n" + configured.output.substr(0, 4000));
  }
  for (int i = 0; i < kBuildsMax; ++i) {
    BANYAN_TRY(const RunResult done, run_step({"cmake", "--build", "build", "--", "-k", "0"}, folder));
    if (done.status == 0) return {};
    if (!note_failures(done.output, files)) {
      return Error(ErrorCode::kFailedPrecondition, "the build failed:\n" + done.output.substr(0, 4000) +
                                                       "\nWas `tools/build PRESET banyan_php_runtime` run?");
    }
    BANYAN_TRY_VOID(write_program(folder, files));
  }
  return Error(ErrorCode::kFailedPrecondition, "the build fails again and again");
}

// "...\nstd::int64_t f(std::int64_t n) {\n": its definition, which alone ends so.
std::pair<std::uint32_t, std::uint32_t> function_lines(std::string_view code, const std::string& target) {
  const std::string mark = " " + target + "(";
  for (std::size_t at = code.find(mark); !target.empty() && at != code.npos; at = code.find(mark, at + 1)) {
    const std::size_t begin = code.rfind('\n', at) + 1;
    const std::string_view line = code.substr(begin, code.find('\n', at) - begin);
    if (line[0] != ' ' && line.ends_with(" {")) return lines_to_brace(code, begin);
  }
  return {0, 0};
}

Result<Build> build(const std::string& folder, const BuildTools& tools, std::vector<VerifiedFile>& files) {
  const Result<RunResult> version = run_program({tools.cxx, "--version"}, folder, std::chrono::seconds(60));
  if (!version || version->status != 0) {
    return Error(ErrorCode::kNotFound,
                 "clang cannot be run as " + tools.cxx + ": install clang-19, or give --cxx-program");
  }
  const std::string config = read_text(tools.banyan + "/banyan-config.cmake");
  if (config.empty()) {
    return Error(ErrorCode::kNotFound, "no build of Banyan is in \"" + tools.banyan +
                                           "\": run `tools/build release banyan_php_runtime` in its source and give "
                                           "its build/release with --banyan-dir, or as banyan_DIR in the environment");
  }
  Build out{.program = folder + "/build/program",
            .is_sanitized = config.find("-fsanitize=address") != config.npos,
            .compiler = {.version = first_line(version->output)}};
  for (std::size_t i = 0; i < files.size(); ++i) {
    BANYAN_TRY_VOID(write_whole_file(folder + "/" + source_name(i) + ".cpp", files[i].code));
  }
  BANYAN_TRY_VOID(build_program(folder, tools, files));
  return out;
}

}  // namespace

const Language kCpp = {"cpp", "C++", convert_to_cpp, &Conversion::cpp, package_of, cpp_paths, function_lines, build};

}  // namespace banyan::php
