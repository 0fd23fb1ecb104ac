// Reads many files in one process: what bench/php_lint and bench/php_parse run. FILE may be @LIST, a file of paths.
//   php_parse_lint_bench lint [-v8.2] [-s] FILE...   "ok FILE" or "no FILE:LINE:COLUMN: CODE: MESSAGE" for each
//   php_parse_lint_bench print FILE...               "same FILE" or "differs FILE": whether the tree prints the file
//   php_parse_lint_bench time lex|parse|lint FILE... MB (10^6 bytes) per second of CPU time, one thread, one pass
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "php_parse/parse.h"
#include "php_parse/syntax_dump.h"

namespace {

using namespace banyan::php;

std::string read_file(const char* path) {
  std::string bytes;
  std::FILE* const file = std::fopen(path, "rb");
  if (file == nullptr) return bytes;
  char buffer[65536];
  std::size_t n;
  while ((n = std::fread(buffer, 1, sizeof buffer, file)) > 0) bytes.append(buffer, n);
  std::fclose(file);
  return bytes;
}

void lint_file(const char* path, const ParseOptions& options) {
  const std::string source = read_file(path);
  const SyntaxTree tree = lint(source, options);
  if (tree.diagnostics.empty()) {
    std::printf("ok %s\n", path);
    return;
  }
  const Diagnostic& first = tree.diagnostics.front();
  const LineColumn where = LineTable(source).at(first.offset);
  std::printf("no %s:%u:%u: %s: %s\n", path, where.line, where.column, first.code, first.message.c_str());
}

void print_file(const char* path) {
  const std::string source = read_file(path);
  const auto printed = print_tree(parse(source, {}), source);
  std::printf("%s %s\n", printed == source ? "same" : "differs", path);
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Reading the files is not measured.
void time_files(const std::string& what, const std::vector<std::string>& paths) {
  std::vector<std::string> sources;
  std::size_t bytes = 0;
  for (const std::string& path : paths) bytes += sources.emplace_back(read_file(path.c_str())).size();
  const ParseOptions options;
  std::size_t sum = 0;
  const double begin = cpu_seconds();
  for (const std::string& source : sources) {
    if (what == "lex") sum += lex(source, {.features = options.features}).tokens.size();
    if (what == "parse") sum += parse(source, options).ast.bytes();
    if (what == "lint") sum += lint(source, options).ast.bytes();
  }
  const double spent = cpu_seconds() - begin;
  std::printf("%.3f MB/s, %zu bytes, %zu\n", static_cast<double>(bytes) / 1e6 / spent, bytes, sum);
}

void add_paths(const std::string& argument, std::vector<std::string>& paths) {
  if (!argument.starts_with('@')) return paths.push_back(argument);
  std::string list = read_file(argument.c_str() + 1);
  for (std::size_t from = 0; from < list.size();) {
    const std::size_t line = std::min(list.find('\n', from), list.size());
    if (line > from) paths.push_back(list.substr(from, line - from));
    from = line + 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> paths;
  ParseOptions options;
  const std::string mode = argc > 1 ? argv[1] : "";
  for (int i = mode == "time" ? 3 : 2; i < argc; ++i) {
    if (std::strncmp(argv[i], "-v", 2) == 0) {
      options.features = Features(parse_php_version(argv[i] + 2).value_or(PhpVersion{}));
    } else if (std::strcmp(argv[i], "-s") == 0) {
      options.short_tags = true;
    } else {
      add_paths(argv[i], paths);
    }
  }
  if (mode == "time" && argc > 2) {
    time_files(argv[2], paths);
    return 0;
  }
  for (const std::string& path : paths) mode == "print" ? print_file(path.c_str()) : lint_file(path.c_str(), options);
  return paths.empty() ? 2 : 0;
}
