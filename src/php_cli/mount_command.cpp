// banyan php mount: an endpoint's PHP as a native service, without a line written by hand.
#include <algorithm>
#include <cstdio>
#include <string>

#include "php_cli/converted_output.h"
#include "php_cli/php_command.h"
#include "php_cli/php_source.h"

namespace banyan {

namespace {

using Routes = std::vector<std::pair<std::string, std::string>>;

// "GET /user/profile".
Result<Routes> routes_of(const std::vector<std::string>& given) {
  Routes out;
  for (const std::string& one : given) {
    const std::size_t space = one.find(' ');
    const std::string method = one.substr(0, space);
    const std::string path = space == std::string::npos ? "" : one.substr(space + 1);
    const bool is_method =
        !method.empty() && method.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == std::string::npos;
    if (!is_method || !path.starts_with('/') || path.find(' ') != std::string::npos) {
      return Error(ErrorCode::kInvalidArgument,
                   "--route '" + one + "' is not a method and a path: give it as 'GET /user/profile'");
    }
    out.emplace_back(method, path);
  }
  return out;
}

// The front file first, each once, by their absolute paths.
Result<std::vector<std::string>> sources_of(const Arguments& arguments) {
  BANYAN_TRY(std::vector<std::string> front, find_sources({*arguments.value("FRONT")}));
  if (front.size() != 1) return Error(ErrorCode::kInvalidArgument, "FRONT is one file of PHP, which requests run");
  BANYAN_TRY(const std::vector<std::string> more, find_sources(arguments.values("PATH")));
  std::vector<std::string> out = {front[0]};
  for (const std::string& one : more) {
    const bool known = std::any_of(
        out.begin(), out.end(), [&](const std::string& other) { return absolute_path(other) == absolute_path(one); });
    if (!known) out.push_back(one);
  }
  return out;
}

Result<std::vector<php::ConvertedFile>> converted_files(const std::vector<std::string>& sources,
                                                        const php::ParseOptions& parse) {
  const std::vector<std::string> paths = php::cpp_paths(sources);
  std::vector<std::string> texts;
  // Methods of PDO and mysqli that take references are not declared in any file.
  php::ConvertOptions options{.parse = parse,
                              .is_alone = false,
                              .reference_takers = {"bindparam", "bindcolumn", "bind_param", "bind_result",
                                                   "mysqli_stmt_bind_param", "mysqli_stmt_bind_result"},
                              .is_mounted = true};
  for (const std::string& one : sources) {
    BANYAN_TRY(std::string text, read_source(one));
    for (std::string& name : php::reference_takers(text, parse)) options.reference_takers.push_back(std::move(name));
    texts.push_back(std::move(text));
  }
  std::vector<php::ConvertedFile> out;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::string absolute = absolute_path(sources[i]);
    options.package = php::mount_namespace(paths[i]);
    out.push_back({sources[i], paths[i], php::convert_to_cpp(absolute, texts[i], options), absolute});
  }
  return out;
}

Result<int> mount(const Arguments& arguments) {
  BANYAN_TRY(const php::ParseOptions parse, php_parse_options(arguments));
  BANYAN_TRY(const Routes routes, routes_of(arguments.values("route")));
  BANYAN_TRY(const std::vector<std::string> sources, sources_of(arguments));
  BANYAN_TRY(const std::vector<php::ConvertedFile> converted, converted_files(sources, parse));
  const std::string& front = converted.front().absolute;
  const std::string folder = *arguments.value("output");
  php::MountPlan plan{.name = arguments.value_or("name", php::module_name(folder)),
                      .document_root = front.substr(0, front.rfind('/')),
                      .routes = routes};
  if (const auto root = arguments.value("document-root")) plan.document_root = absolute_path(*root);
  if (!front.starts_with(plan.document_root + "/")) {
    return Error(ErrorCode::kInvalidArgument, "FRONT is not under --document-root " + plan.document_root);
  }
  BANYAN_TRY_VOID(write_converted(php::mount_files(converted, plan), folder, arguments.flag("force")));
  if (const auto report = arguments.value("report")) {
    BANYAN_TRY_VOID(write_whole(*report, php::conversion_report(converted)));
  }
  return print_conversion(converted) ? kExitNegative : kExitDone;
}

int run_mount(const Arguments& arguments) {
  const Result<int> done = mount(arguments);
  if (done) return *done;
  std::fprintf(stderr, "%s\n", done.error().text().c_str());
  return kExitBadUse;
}

}  // namespace

Command php_mount_command() {
  std::vector<Option> options = {
      {.name = "output", .letter = 'o', .value = "DIR", .about = "the folder of the project", .required = true},
      {.name = "route",
       .value = "'METHOD PATH'",
       .about = "an endpoint the service answers",
       .required = true,
       .repeated = true},
      {.name = "name", .value = "NAME", .about = "the program's name (default: the folder's)"},
      {.name = "document-root", .value = "DIR", .about = "$_SERVER['DOCUMENT_ROOT'] (default: FRONT's folder)"},
      {.name = "report", .value = "FILE", .about = "what became of each function, and which line is which, as JSON"},
      {.name = "force", .about = "replace files that were edited since they were written"}};
  for (const Option& option : php_source_options()) options.push_back(option);
  return {.name = "mount",
          .summary = "make a native service of an endpoint's PHP",
          .description =
              "FRONT is the file that each request runs, such as public/index.php; PATH are the files and folders it\n"
              "includes. All are converted to C++ and become a CMake project of one program, which serves the given\n"
              "routes as php-fpm would. What cannot be converted is refused with its line and a code; a request that\n"
              "comes to it gets 500 and a line in the log.\n"
              "Exit status: 0 all converted, 1 something was refused, 2 nothing was written.",
          .options = options,
          .positionals = {{.name = "FRONT", .about = "the file that requests run"},
                          {.name = "PATH", .about = "what it includes", .required = false, .repeated = true}},
          .examples = {{"banyan php mount public/index.php includes config.php --route 'GET /user/profile' -o profile",
                        "one endpoint as a service"}},
          .run = run_mount};
}

}  // namespace banyan
