// banyan php report: facts, endpoints, traffic and churn of a code base, as one HTML page or as JSON.
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <thread>

#include "cli/progress_bar.h"
#include "php_cli/folder_check.h"
#include "php_cli/php_command.h"
#include "php_cli/php_source.h"
#include "php_cli/run_cache.h"
#include "php_endpoints/route_file.h"
#include "php_report/migration_report.h"

namespace banyan {

namespace {

constexpr std::int64_t kThreadsMax = 256;
constexpr Duration kGitTimeMax = std::chrono::seconds(20);

int fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  return kExitBadUse;
}

bool is_folder(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// The folder that paths are shown relative to: the one given, else the one we are in.
std::string root_of(const std::vector<std::string>& paths) {
  if (paths.size() != 1) return ".";
  std::string root = paths[0];
  if (!is_folder(root)) root.resize(root.rfind('/') == std::string::npos ? 0 : root.rfind('/'));
  while (root.size() > 1 && root.ends_with('/')) root.pop_back();
  return root.empty() ? "." : root;
}

std::string relative_path(const std::string& path, const std::string& root) {
  std::string_view rest = path;
  if (root != "." && rest.starts_with(root)) rest.remove_prefix(root.size());
  while (rest.starts_with("/") && root != ".") rest.remove_prefix(1);
  while (rest.starts_with("./")) rest.remove_prefix(2);
  return std::string(rest);
}

std::string title_of(const std::string& root) {
  const std::unique_ptr<char, void (*)(void*)> absolute(realpath(root.c_str(), nullptr), std::free);
  const std::string path = absolute != nullptr ? absolute.get() : root;
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.empty() ? "PHP" : name;
}

struct Sources {
  std::vector<std::string> paths;  // as found
  std::vector<std::string> names;  // relative to the root
  std::vector<std::string> texts;
  std::vector<php::FileEndpoints> endpoints;
};

// Reads every file and finds its endpoints. The calling thread works too, and draws the progress.
Result<void> read_sources(Sources& sources, const php::ParseOptions& options, std::size_t threads) {
  const std::size_t count = sources.paths.size();
  sources.texts.resize(count);
  sources.endpoints.resize(count);
  std::vector<std::unique_ptr<Error>> errors(count);
  std::atomic<std::size_t> next = 0;
  const auto take_one = [&] {
    const std::size_t i = next.fetch_add(1, std::memory_order_relaxed);
    if (i >= count) return false;
    Result<std::string> text = read_source(sources.paths[i]);
    if (!text) {
      errors[i] = std::make_unique<Error>(text.error());
      return true;
    }
    sources.texts[i] = *std::move(text);
    const php::SyntaxTree tree = php::parse(sources.texts[i], options);
    sources.endpoints[i] = php::find_endpoints(sources.names[i], sources.texts[i], tree);
    return true;
  };
  std::vector<std::thread> workers;
  for (std::size_t i = 1; i < std::min(threads, count); ++i) {
    workers.emplace_back([&take_one] {
      while (take_one()) {
      }
    });
  }
  {
    ProgressBar progress("reading", count);
    while (take_one()) progress.update(std::min(next.load(std::memory_order_relaxed), count));
    for (std::thread& worker : workers) worker.join();
  }
  for (const auto& error : errors) {
    if (error != nullptr) return *error;
  }
  return {};
}

// Larger ones are no files of routes.
constexpr std::size_t kRouteFileBytesMax = std::size_t{1} << 20;

Result<void> read_route_files(const std::vector<std::string>& paths, const std::string& root, Sources& sources) {
  BANYAN_TRY(const std::vector<std::string> files, find_route_files(paths));
  for (const std::string& path : files) {
    BANYAN_TRY(const std::string text, read_source(path));
    if (text.size() > kRouteFileBytesMax) continue;
    sources.endpoints.push_back(php::read_route_file(relative_path(path, root), text));
  }
  return {};
}

Result<void> read_log(const std::string& path, php::Traffic& traffic, php::AccessLogSummary& summary) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (file == nullptr) return Error::from_errno(errno, "opening " + path);
  struct stat status{};
  if (fstat(fileno(file.get()), &status) != 0) return Error::from_errno(errno, "reading " + path);
  if (S_ISDIR(status.st_mode)) return Error(ErrorCode::kInvalidArgument, path + " is a folder, give an access log");
  php::AccessLogReader reader([&](const php::LoggedRequest& request) { traffic.add(request); });
  ProgressBar progress("access log", static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 1)));
  std::vector<char> buffer(std::size_t{1} << 20);
  std::uint64_t done = 0;
  std::size_t n;
  while ((n = std::fread(buffer.data(), 1, buffer.size(), file.get())) > 0) {
    reader.feed(std::string_view(buffer.data(), n));
    progress.update(done += n);
  }
  if (std::ferror(file.get()) != 0) return Error::from_errno(errno, "reading " + path);
  reader.finish();
  summary = {
      .name = path.substr(path.rfind('/') + 1), .lines = reader.line_count(), .unreadable = reader.unreadable_count()};
  if (reader.line_count() > 0 && reader.line_count() == reader.unreadable_count()) {
    return Error(ErrorCode::kInvalidArgument, path +
                                                  " has no line in a form that is read: give the gateway's JSON access "
                                                  "log, or the combined form of nginx or Apache");
  }
  return {};
}

Result<void> write_file(const std::string& path, std::string_view text) {
  if (path == "-") {
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0
               ? Result<void>()
               : Error::from_errno(errno, "writing the report");
  }
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return Error::from_errno(errno, "opening " + path);
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int write_errno = errno;
  if (std::fclose(file) != 0) return Error::from_errno(errno, "writing " + path);
  return written ? Result<void>() : Error::from_errno(write_errno, "writing " + path);
}

// What the facts depend on besides the files and the program.
RunCache open_cache(const php::ParseOptions& options, const php::ComposerAutoload& autoload, const std::string& root) {
  const std::vector<std::string> key = {"report",
                                        options.features.version().text(),
                                        options.short_tags ? "short tags" : "",
                                        autoload.text(),
                                        working_folder(),
                                        root};
  return RunCache::open(key);
}

// Takes the texts of the sources.
const php::Facts& analyze(php::Project& project, Sources& sources, const RunCache& cache) {
  std::optional<std::string> kept = cache.load();
  const bool restored = kept && project.restore(*std::move(kept));
  for (std::size_t i = 0; i < sources.names.size(); ++i) {
    project.set_file(sources.names[i], std::move(sources.texts[i]));
  }
  const php::Facts& facts = project.analyze();
  if (!restored || !project.retyped_files().empty()) cache.save(project.save());
  return facts;
}

Result<void> report(const Arguments& arguments) {
  BANYAN_TRY(const php::ParseOptions options, php_parse_options(arguments));
  const std::string format = arguments.value_or("format", "html");
  if (format != "html" && format != "json") {
    return Error(ErrorCode::kInvalidArgument, "--format " + format + " is unknown: give html or json");
  }
  const std::int64_t processors = std::max(1U, std::thread::hardware_concurrency());
  BANYAN_TRY(const std::int64_t threads,
             arguments.integer("threads", 1, kThreadsMax, std::min(processors, kThreadsMax)));
  const std::string root = root_of(arguments.values("PATH"));
  Sources sources;
  BANYAN_TRY(sources.paths, find_sources(arguments.values("PATH")));
  if (sources.paths.empty()) return Error(ErrorCode::kNotFound, "no file ends in .php under the given paths");
  for (const std::string& path : sources.paths) sources.names.push_back(relative_path(path, root));
  BANYAN_TRY_VOID(read_sources(sources, options, static_cast<std::size_t>(threads)));
  BANYAN_TRY_VOID(read_route_files(arguments.values("PATH"), root, sources));
  const php::EndpointSet endpoints = php::assemble_endpoints(std::move(sources.endpoints));

  php::Traffic traffic(endpoints.endpoints);
  php::AccessLogSummary log;
  const auto log_path = arguments.value("access-log");
  if (log_path) BANYAN_TRY_VOID(read_log(*log_path, traffic, log));

  BANYAN_TRY(php::ComposerAutoload autoload, read_autoload(root));
  RunCache cache;
  if (!arguments.flag("no-cache")) cache = open_cache(options, autoload, root);
  php::Project project(
      {.parse = options, .threads = static_cast<std::size_t>(threads), .autoload = std::move(autoload)});
  const php::Facts& facts = analyze(project, sources, cache);

  const Result<php::Churn> churn = arguments.flag("no-git")
                                       ? Result<php::Churn>(Error(ErrorCode::kNotFound, "git was not to be asked"))
                                       : php::read_churn(root, kGitTimeMax);
  const std::string title = arguments.value_or("title", title_of(root));
  const std::string json = php::report_json({.title = title,
                                             .version = options.features.version(),
                                             .facts = facts,
                                             .endpoints = endpoints,
                                             .traffic = log_path ? &traffic : nullptr,
                                             .log = log,
                                             .churn = churn ? &*churn : nullptr,
                                             .churn_missing = churn ? "" : churn.error().message()});
  const std::string output = arguments.value_or("output", "-");
  BANYAN_TRY_VOID(write_file(output, format == "json" ? json + "\n" : php::report_html(title, json)));
  if (output != "-") std::fprintf(stderr, "%s: open it in a browser\n", output.c_str());
  return {};
}

int run_report(const Arguments& arguments) {
  const Result<void> done = report(arguments);
  return done ? kExitDone : fail(done.error());
}

}  // namespace

Command php_report_command() {
  std::vector<Option> options = {
      {.name = "output", .letter = 'o', .value = "FILE", .about = "where the report goes (default: standard output)"},
      {.name = "access-log", .value = "FILE", .about = "weigh endpoints by the requests of this log"},
      {.name = "format", .value = "FORMAT", .about = "html (default) or json"},
      {.name = "title", .value = "TEXT", .about = "the report's title (default: the folder's name)"},
      {.name = "no-git", .about = "leave out how often files change"},
      no_cache_option(),
      {.name = "threads", .value = "N", .about = "how many threads (default: one per processor)"}};
  for (const Option& option : php_source_options()) options.push_back(option);
  return {
      .name = "report",
      .summary = "show what to move first, and why, as one HTML page",
      .description =
          "Reads a code base without running it and writes one file that needs no network: the endpoints ranked by\n"
          "traffic and by how ready everything they reach is, the functions that hold up most, the order from the\n"
          "leaves up, and every function with its verdict, effects, callers and callees.\n"
          "The access log may be the gateway's (JSON) or the combined form of nginx or Apache.",
      .options = options,
      .positionals = {{.name = "PATH",
                       .about = "the folder of the code base, or several files and folders",
                       .repeated = true}},
      .examples = {{"banyan php report -o report.html .", "the page for the code base here"},
                   {"banyan php report -o report.html --access-log access.log shop", "ranked by real traffic"},
                   {"banyan php report --format json shop", "the same as data"}},
      .run = run_report};
}

}  // namespace banyan
