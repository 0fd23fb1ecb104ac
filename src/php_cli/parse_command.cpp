#include <cstdio>

#include "php_cli/php_command.h"
#include "php_cli/php_source.h"
#include "php_parse/syntax_dump.h"

namespace banyan {

namespace {

void print_diagnostics(const std::string& path, std::string_view source, const php::SyntaxTree& tree) {
  const php::LineTable lines(source);
  for (const php::Diagnostic& diagnostic : tree.diagnostics) {
    const php::LineColumn at = lines.at(diagnostic.offset);
    std::fprintf(stderr, "%s:%u:%u: %s: %s\n", path.c_str(), at.line, at.column, diagnostic.code,
                 diagnostic.message.c_str());
  }
}

int fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  return kExitBadUse;
}

int run_parse(const Arguments& arguments) {
  const Result<php::ParseOptions> options = php_parse_options(arguments);
  if (!options) return fail(options.error());
  const std::string path = *arguments.value("FILE");
  const Result<std::string> source = read_source(path);
  if (!source) return fail(source.error());
  const php::SyntaxTree tree = php::parse(*source, *options);
  std::string out;
  if (arguments.flag("print")) {
    const auto printed = php::print_tree(tree, *source);
    if (!printed) return fail(Error(ErrorCode::kInternal, "the nodes of " + path + " do not nest"));
    out = *printed;
  } else {
    out = arguments.flag("json") ? php::dump_json(tree, *source) + "\n" : php::dump_text(tree, *source);
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
  print_diagnostics(path, *source, tree);
  return tree.diagnostics.empty() ? kExitDone : kExitNegative;
}

}  // namespace

Command php_parse_command() {
  std::vector<Option> options = php_source_options();
  options.push_back({.name = "json", .about = "print the tree as one JSON object"});
  options.push_back({.name = "print", .about = "print the file again from its tree, byte for byte"});
  return {
      .name = "parse",
      .summary = "print the syntax tree of a file",
      .description =
          "Prints a tree whatever the file holds: what cannot be read becomes an error node, and is said on standard\n"
          "error as file:line:column: code: what. Exit code 0 if the grammar takes the file, 1 if not.",
      .options = options,
      .positionals = {{.name = "FILE", .about = "the file to read"}},
      .examples = {{"banyan php parse index.php", "the tree, one node a line"},
                   {"banyan php parse --print --php 7.4 old.php | cmp - old.php", "nothing is lost"}},
      .run = run_parse};
}

}  // namespace banyan
