// Reads a code base in one process: what bench/php_check runs. FILE may be @LIST, a file of paths.
//   php_check_facts_bench time [-jTHREADS] [-rREPEAT] FILE...   seconds cold, seconds after one file changed, RSS in MB
//   php_check_facts_bench dump FILE...                         the facts as text
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "php_check/facts.h"
#include "php_check/facts_dump.h"

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

double wall_seconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
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

// The folder all paths have in common.
std::size_t root_bytes(const std::vector<std::string>& paths) {
  std::size_t same = paths.front().size();
  for (const std::string& path : paths) {
    std::size_t i = 0;
    while (i < std::min(same, path.size()) && path[i] == paths.front()[i]) ++i;
    same = i;
  }
  const std::size_t slash = paths.front().rfind('/', same == 0 ? 0 : same - 1);
  return slash == std::string::npos ? 0 : slash + 1;
}

// What a change of one function's body costs: a file in the middle gets another statement at its end.
double time_change(Project& project, const std::string& path, const std::string& content, int round) {
  const double begin = wall_seconds();
  project.set_file(path, content + "\nfunction banyan_change_" + std::to_string(round) + "() { return 1; }\n");
  project.analyze();
  return wall_seconds() - begin;
}

// The same for a project that starts from what another one saved, as a run of the command line does; without reading.
void time_restored(const std::vector<std::string>& paths, std::size_t threads, const std::string& saved) {
  const std::size_t root = root_bytes(paths);
  std::vector<std::string> texts;
  for (const std::string& path : paths) texts.push_back(read_file(path.c_str()));
  texts[texts.size() / 2] += "\nfunction banyan_change() { return 1; }\n";
  const double begin = wall_seconds();
  Project project({.threads = threads});
  if (!project.restore(saved)) std::abort();
  const double restored = wall_seconds();
  for (std::size_t i = 0; i < paths.size(); ++i) project.set_file(paths[i].substr(root), std::move(texts[i]));
  project.analyze();
  const double analyzed = wall_seconds();
  const std::size_t bytes = project.save().size();
  std::fprintf(stderr, "from %zu saved bytes: restored in %.3f s, analysed in %.3f s, saved in %.3f s (%zu bytes)\n",
               saved.size(), restored - begin, analyzed - restored, wall_seconds() - analyzed, bytes);
}

int time_project(const std::vector<std::string>& paths, std::size_t threads, int repeat) {
  const std::size_t root = root_bytes(paths);
  double begin = wall_seconds();
  Project project({.threads = threads});
  for (const std::string& path : paths) project.set_file(path.substr(root), read_file(path.c_str()));
  const double read = wall_seconds() - begin;
  const Facts& facts = project.analyze();
  const double cold = wall_seconds() - begin;
  std::size_t calls = 0;
  for (const FunctionInfo& function : facts.functions()) calls += function.calls.size();
  std::fprintf(stderr, "read %.3f s, %zu files, %zu classes, %zu functions, %zu calls, %zu flows, %zu dead\n", read,
               facts.files().size(), facts.classes().size(), facts.functions().size(), calls,
               facts.taint_flows().size(), facts.dead_code().size());
  const std::string saved = project.save();
  const std::string& middle = paths[paths.size() / 2];
  const std::string content = read_file(middle.c_str());
  std::vector<double> changes;
  for (int i = 0; i < repeat; ++i) changes.push_back(time_change(project, middle.substr(root), content, i));
  std::sort(changes.begin(), changes.end());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  time_restored(paths, threads, saved);
  std::printf("%.4f %.4f %.1f\n", cold, changes.empty() ? 0.0 : changes[changes.size() / 2],
              static_cast<double>(usage.ru_maxrss) / 1024);
  return 0;
}

int dump_project(const std::vector<std::string>& paths, std::size_t threads) {
  const std::size_t root = root_bytes(paths);
  Project project({.threads = threads});
  for (const std::string& path : paths) project.set_file(path.substr(root), read_file(path.c_str()));
  const std::string out = dump_facts(project.analyze());
  std::fwrite(out.data(), 1, out.size(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> paths;
  std::size_t threads = 2;
  int repeat = 5;
  const std::string mode = argc > 1 ? argv[1] : "";
  for (int i = 2; i < argc; ++i) {
    if (std::strncmp(argv[i], "-j", 2) == 0) {
      threads = static_cast<std::size_t>(std::atoi(argv[i] + 2));
    } else if (std::strncmp(argv[i], "-r", 2) == 0) {
      repeat = std::atoi(argv[i] + 2);
    } else {
      add_paths(argv[i], paths);
    }
  }
  if (paths.empty() || (mode != "time" && mode != "dump")) return 2;
  return mode == "time" ? time_project(paths, threads, repeat) : dump_project(paths, threads);
}
