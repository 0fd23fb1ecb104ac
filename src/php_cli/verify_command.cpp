// banyan php verify: PHP and its conversion side by side, function by function.
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/table.h"
#include "php_cli/file_output.h"
#include "php_cli/file_workers.h"
#include "php_cli/php_command.h"
#include "php_cli/php_source.h"
#include "php_convert/module.h"
#include "php_verify/verification.h"

namespace banyan {

namespace {

constexpr std::int64_t kInputsMax = 100'000;
constexpr std::size_t kShownMax = 20;

std::string absolute(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(realpath(path.c_str(), nullptr), std::free);
  return real == nullptr ? path : real.get();
}

// The folder for the build: the one given, which stays, or one of its own, which goes.
class WorkFolder {
 public:
  WorkFolder() = default;
  ~WorkFolder() {
    if (!stays_ && !path_.empty()) php::remove_folder(path_);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  Result<void> open(const std::optional<std::string>& given) {
    if (given) {
      stays_ = true;
      if (mkdir(given->c_str(), 0777) != 0) return Error::from_errno(errno, "making --work " + *given);
      path_ = absolute(*given);
      return {};
    }
    const char* const base = std::getenv("TMPDIR");
    std::string name = std::string(base != nullptr ? base : "/tmp") + "/banyan-verify-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) return Error::from_errno(errno, "making a folder like " + name);
    path_ = name;
    return {};
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool stays_ = false;
};

Result<std::vector<php::VerifySource>> read_sources(const Arguments& arguments, const php::Language& language) {
  BANYAN_TRY(const std::vector<std::string> paths, find_sources(arguments.values("PATH")));
  if (paths.empty()) return Error(ErrorCode::kNotFound, "no file ends in .php under the given paths");
  const std::vector<std::string> converted = language.paths(paths);
  std::vector<php::VerifySource> out;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    BANYAN_TRY(std::string text, read_source(paths[i]));
    php::VerifySource source{paths[i], absolute(paths[i]), std::move(text), converted[i], ""};
    if (const auto folder = arguments.value("converted")) {
      source.converted_path = *folder + "/" + converted[i];
      BANYAN_TRY(source.edited, read_source(source.converted_path));
    }
    out.push_back(std::move(source));
  }
  return out;
}

Result<php::VerifyOptions> read_options(const Arguments& arguments) {
  php::VerifyOptions out;
  const std::string target = arguments.value_or("to", "go");
  if (target == "cpp") {
    out.language = &php::kCpp;
  } else if (target != "go") {
    return Error(ErrorCode::kInvalidArgument, "--to " + target + " is unknown: give go or cpp");
  }
  BANYAN_TRY(out.parse, php_parse_options(arguments));
  BANYAN_TRY(const std::int64_t inputs, arguments.integer("inputs", 1, kInputsMax, 200));
  BANYAN_TRY(const std::int64_t seed, arguments.integer("seed", 0, INT64_MAX, 1));
  out.inputs = static_cast<std::size_t>(inputs);
  out.seed = static_cast<std::uint64_t>(seed);
  out.php_version = arguments.value_or("php", "8.2");
  out.php = arguments.value_or("php-program", "php" + out.php_version);
  out.tools.go = arguments.value_or("go-program", out.tools.go);
  out.tools.cxx = arguments.value_or("cxx-program", out.tools.cxx);
  const char* const built = std::getenv("banyan_DIR");
  out.tools.banyan = absolute(arguments.value_or("banyan-dir", built == nullptr ? "" : built));
  BANYAN_TRY(const std::vector<std::string> tests, find_sources(arguments.values("tests")));
  for (const std::string& path : tests) {
    BANYAN_TRY(std::string text, read_source(path));
    out.tests.push_back(std::move(text));
  }
  const std::string report = arguments.value_or("report", "x.html");
  if (!report.ends_with(".html") && !report.ends_with(".json")) {
    return Error(ErrorCode::kInvalidArgument, "--report " + report + " ends in neither .html nor .json");
  }
  return out;
}

void print_example(const php::Evidence& evidence, const php::FunctionEvidence& one) {
  const php::VerifiedFile& file = evidence.files[one.file];
  std::printf("%s:%u: %s %s\n", file.path.c_str(), one.line, one.name.c_str(),
              one.state == php::VerifyState::kDifferent ? "differs" : "stops");
  const int width = 5;  // of "call "
  const char* const title = evidence.title.c_str();
  if (one.converted_line != 0) {
    std::printf("  %-*s %s:%u\n", width, title, file.converted_path.c_str(), one.converted_line);
  }
  if (!one.example) return static_cast<void>(std::printf("  %s: %s\n", one.reason.c_str(), one.why.c_str()));
  std::printf("  call  %s%s\n  PHP   %s\n  %-*s %s\n", one.example->call.c_str(),
              one.example->after_earlier ? "   (after the calls before it)" : "", one.example->php.c_str(), width,
              title, one.example->converted.c_str());
}

// What a person has to look at, then how many functions came out how.
void print_summary(const php::Evidence& evidence) {
  std::size_t shown = 0;
  for (const php::FunctionEvidence& one : evidence.functions) {
    const char* const path = evidence.files[one.file].path.c_str();
    if (one.state == php::VerifyState::kDifferent || one.state == php::VerifyState::kStopped) {
      if (shown++ < kShownMax) print_example(evidence, one);
    } else if (one.state == php::VerifyState::kUnbuilt) {
      std::printf("%s:%u: %s does not build: %s\n", path, one.line, one.name.c_str(), one.why.c_str());
    } else if (one.state != php::VerifyState::kEqual) {
      const std::string why = one.why.empty() ? "" : " (" + one.why + ")";
      std::printf("%s:%u: %s was not compared: %s%s\n", path, one.line, one.name.c_str(),
                  one.state == php::VerifyState::kUndecided ? "PHP answered nothing in time" : one.reason.c_str(),
                  why.c_str());
    }
  }
  if (shown > kShownMax) std::printf("and %zu more, which --report shows\n", shown - kShownMax);
  for (const php::CheckerFinding& one : evidence.build.findings) {
    std::printf("%s:%u: %s: %s\n", evidence.files[one.file].converted_path.c_str(), one.line, one.tool.c_str(),
                one.message.c_str());
  }
  for (const php::Tool& one : evidence.build.checkers) {
    if (!one.problem.empty()) std::printf("%s\n", one.problem.c_str());
  }
  std::string counts;
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(php::VerifyState::kUnbuilt); ++i) {
    const auto state = static_cast<php::VerifyState>(i);
    const std::size_t count = evidence.count(state);
    std::string name(php::verify_state_name(state));
    if (state == php::VerifyState::kNotRun) name = "not compared";
    if (count > 0 || i == 0) counts += (counts.empty() ? "" : ", ") + std::to_string(count) + " " + name;
  }
  std::printf("%zu functions: %s\n", evidence.functions.size(), counts.c_str());
}

Result<int> verify(const Arguments& arguments) {
  BANYAN_TRY(php::VerifyOptions options, read_options(arguments));
  BANYAN_TRY(const std::size_t threads, thread_count(arguments));
  BANYAN_TRY(std::vector<php::VerifySource> sources, read_sources(arguments, *options.language));
  WorkFolder folder;
  BANYAN_TRY_VOID(folder.open(arguments.value("work")));
  options.folder = folder.path();
  BANYAN_TRY(php::Verification verification, php::Verification::prepare(std::move(sources), options));
  for_each_file(verification.count(), threads, "comparing", [&](std::size_t i) { verification.run(i); });
  const php::Evidence& evidence = verification.evidence();
  if (const auto report = arguments.value("report")) {
    const bool page = report->ends_with(".html");
    BANYAN_TRY_VOID(write_file(*report, page ? php::evidence_page(evidence) : php::evidence_json(evidence)));
  }
  print_summary(evidence);
  const std::size_t bad = evidence.count(php::VerifyState::kDifferent) + evidence.count(php::VerifyState::kStopped) +
                          evidence.count(php::VerifyState::kUnbuilt) + evidence.build.findings.size();
  return bad > 0 || evidence.count(php::VerifyState::kEqual) == 0 ? kExitNegative : kExitDone;
}

int run_verify(const Arguments& arguments) {
  const Result<int> done = verify(arguments);
  if (done) return *done;
  std::fprintf(stderr, "%s\n", done.error().text().c_str());
  return kExitBadUse;
}

}  // namespace

Command php_verify_command() {
  std::vector<Option> options = {
      {.name = "to", .value = "LANGUAGE", .about = "go (default) or cpp"},
      {.name = "inputs", .value = "N", .about = "different inputs for each function (default 200)"},
      {.name = "seed", .value = "S", .about = "of the inputs: the same ones for the same number (default 1)"},
      {.name = "report", .value = "FILE", .about = "the evidence for each function, as .html or .json"},
      {.name = "tests",
       .value = "PATH",
       .about = "tests whose literal arguments and data providers are inputs too",
       .repeated = true},
      {.name = "converted", .value = "DIR", .about = "compare the code in this folder, which `convert -o` wrote"},
      {.name = "php-program", .value = "FILE", .about = "the PHP to compare with (default php8.2, by --php)"},
      {.name = "go-program", .value = "FILE", .about = "the Go to build with (default go)"},
      {.name = "cxx-program", .value = "FILE", .about = "the clang to build C++ with (default clang++-19)"},
      {.name = "banyan-dir", .value = "DIR", .about = "Banyan's build tree, for C++ (default $banyan_DIR)"},
      {.name = "work", .value = "DIR", .about = "build in this new folder, and leave it"},
      threads_option()};
  for (const Option& option : php_source_options()) options.push_back(option);
  return {
      .name = "verify",
      .summary = "run PHP and its conversion side by side, and show where they differ",
      .description =
          "Each function that can be called on its own is called by real PHP and by its conversion, with inputs made\n"
          "by type, and compared by what it returns, leaves in its arguments, prints and throws. An input that shows "
          "a\n"
          "difference is made as small as it can be. Functions that need files, time, chance or a server are listed\n"
          "and never count as equal.\n"
          "Exit status: 0 all that was compared is equal, 1 something differs, stops, does not build or was found by\n"
          "go vet or staticcheck, or nothing could be compared, 2 it could not be tried.",
      .options = options,
      .positionals = {{.name = "PATH", .about = "files and folders of PHP", .repeated = true}},
      .examples = {{"banyan php verify src --report evidence.html", "every function of a folder, on one page"},
                   {"banyan php verify src --converted go --inputs 1000",
                    "the Go in go/, with what was changed by hand"}},
      .run = run_verify};
}

}  // namespace banyan
