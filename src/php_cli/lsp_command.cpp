// banyan php lsp: a language server over standard input and output.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <thread>

#include "php_cli/flow_findings.h"
#include "php_cli/php_command.h"
#include "php_cli/php_source.h"
#include "php_lsp/lsp_server.h"
#include "php_lsp/message_reader.h"
#include "php_rules/builtin_rules.h"
#include "php_rules/check_source.h"
#include "php_rules/file_types.h"
#include "php_rules/rule_set.h"

namespace banyan {

namespace {

constexpr std::int64_t kThreadsMax = 256;

int fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  return kExitBadUse;
}

void send(std::string_view message) {
  const std::string bytes = php::framed(message);
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  std::fflush(stdout);
}

// Reads standard input to its end, or to exit. What has come is answered before more is waited for.
int serve(php::LspServer& server) {
  php::MessageReader reader;
  std::vector<char> buffer(65536);
  while (true) {
    while (true) {
      Result<std::optional<std::string>> message = reader.next();
      if (!message) return fail(message.error());
      if (!message->has_value()) break;
      if (!server.handle(**message)) return server.exit_code();
    }
    server.idle();
    const ssize_t n = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(Error::from_errno(errno, "reading standard input"));
    if (n == 0) return server.exit_code();
    reader.feed(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
  }
}

std::vector<php::Finding> check_open(const php::RuleSet& rules, const php::OpenFile& file) {
  std::optional<php::LazyTypes> types;
  php::TypeOracle type_of;
  std::vector<php::Finding> flows;
  if (file.project != nullptr) {
    types.emplace(*file.project, file.file, file.tree, file.source);
    type_of = php::type_oracle(*types);
    const std::string& path = file.project->facts().at(file.file).path;
    flows = flow_findings(*file.project, [&path](const std::string& one) { return one == path; })[path];
  }
  return php::check_source(rules, {file.tree, file.source, file.path, type_of}, std::move(flows)).findings;
}

int run_lsp(const Arguments& arguments) {
  const Result<php::ParseOptions> options = php_parse_options(arguments);
  if (!options) return fail(options.error());
  const std::int64_t processors = std::max(1U, std::thread::hardware_concurrency());
  const Result<std::int64_t> threads = arguments.integer("threads", 1, kThreadsMax, std::min(processors, kThreadsMax));
  if (!threads) return fail(threads.error());
  const php::RuleSet rules(php::builtin_rules(), options->features, php::kLevelMax);
  const auto check = [&rules](const php::OpenFile& file) { return check_open(rules, file); };
  php::LspServer server(
      {.parse = *options, .threads = static_cast<std::size_t>(*threads), .version = BANYAN_VERSION, .check = check},
      send);
  return serve(server);
}

}  // namespace

Command php_lsp_command() {
  std::vector<Option> options = php_source_options();
  options.push_back({.name = "threads", .value = "N", .about = "how many threads (default: one per processor)"});
  return {.name = "lsp",
          .summary = "serve an editor: diagnostics, hover, definition, rename, quick fixes",
          .description =
              "Speaks the Language Server Protocol (3.17) over standard input and output; an editor starts it.\n"
              "Exit code 0 if the editor said shutdown before it left, 1 if not, 2 if its messages cannot be read.",
          .options = options,
          .examples = {{"banyan php lsp --php 8.3", "the command line for an editor's settings"}},
          .run = run_lsp};
}

}  // namespace banyan
