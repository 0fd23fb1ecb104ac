// Reads files and says how fast and what was found: the tool behind bench/php_parse and bench/php_lint.
//   php_parse_lint lint [-v8.2] [-s] FILE...      one line a file: "ok FILE" or "no FILE:LINE:COLUMN: CODE: MESSAGE"
//   php_parse_lint time ROUNDS lex|parse|lint FILE...    MB/s, best and median of the rounds
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "php_parse/parse.h"

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

int time_files(int rounds, const std::string& what, const std::vector<const char*>& paths) {
  std::vector<std::string> sources;
  std::size_t bytes = 0;
  for (const char* path : paths) bytes += sources.emplace_back(read_file(path)).size();
  const ParseOptions options;
  std::vector<double> speeds;
  std::size_t sum = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    for (const std::string& source : sources) {
      if (what == "lex") sum += lex(source, {.features = options.features}).tokens.size();
      if (what == "parse") sum += parse(source, options).ast.bytes();
      if (what == "lint") sum += lint(source, options).ast.bytes();
    }
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    speeds.push_back(static_cast<double>(bytes) / 1e6 / spent.count());
  }
  std::sort(speeds.begin(), speeds.end());
  std::printf("%s %zu bytes, best %.1f MB/s, median %.1f MB/s (%zu)\n", what.c_str(), bytes, speeds.back(),
              speeds[speeds.size() / 2], sum / static_cast<std::size_t>(rounds));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<const char*> paths;
  ParseOptions options;
  if (argc > 3 && std::strcmp(argv[1], "time") == 0) {
    for (int i = 4; i < argc; ++i) paths.push_back(argv[i]);
    return time_files(std::atoi(argv[2]), argv[3], paths);
  }
  for (int i = 2; i < argc; ++i) {
    if (std::strncmp(argv[i], "-v", 2) == 0) {
      options.features = Features(parse_php_version(argv[i] + 2).value_or(PhpVersion{}));
    } else if (std::strcmp(argv[i], "-s") == 0) {
      options.short_tags = true;
    } else {
      lint_file(argv[i], options);
    }
  }
  return 0;
}
