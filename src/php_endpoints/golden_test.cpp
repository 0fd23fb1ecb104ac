// Code bases in one file each (testdata/*.txt: "=== path" before each of their files) and the endpoints found in them.
// BANYAN_UPDATE=1 rewrites what is expected.
#include <dirent.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "php_endpoints/endpoint_set.h"
#include "php_endpoints/route_file.h"

namespace banyan::php {
namespace {

struct Case {
  std::vector<std::pair<std::string, std::string>> files;
  std::string head;  // the text up to the expectation
  std::string expected;
};

Case read_case(const std::string& path) {
  Case result;
  std::ifstream in(path);
  std::string line;
  bool is_expected = false;
  while (std::getline(in, line)) {
    if (line.starts_with("=== ")) {
      is_expected = line == "=== expected";
      if (!is_expected) result.files.emplace_back(line.substr(4), "");
    } else if (is_expected) {
      result.expected += line + "\n";
      continue;
    } else if (!line.starts_with("--- ")) {
      result.files.back().second += line + "\n";
    }
    result.head += line + "\n";
  }
  return result;
}

std::string endpoint_line(const Endpoint& endpoint) {
  constexpr std::string_view kKinds[] = {"function", "method", "file", "code"};
  std::string out;
  if (endpoint.framework != Framework::kPlain) out += std::string(framework_name(endpoint.framework)) + " ";
  out += endpoint_title(endpoint) + " -> " + std::string(kKinds[static_cast<int>(endpoint.handler.kind)]) + " ";
  if (endpoint.handler.kind == HandlerKind::kCode) {
    out += endpoint.handler.file + ":" + std::to_string(endpoint.handler.line) + "-" +
           std::to_string(endpoint.handler.end_line) + " [";
    for (const std::string& call : endpoint.handler.calls) out += (out.ends_with('[') ? "" : " ") + call;
    out += "]";
  } else {
    out += endpoint.handler.name;
  }
  return out + ", " + std::string(confidence_name(endpoint.confidence)) + "\n";
}

std::string endpoints_of(const std::vector<std::pair<std::string, std::string>>& sources) {
  std::vector<FileEndpoints> files;
  for (const auto& [path, source] : sources) {
    files.push_back(is_route_file(path) ? read_route_file(path, source)
                                        : find_endpoints(path, source, parse(source, {})));
  }
  std::string out;
  for (const Endpoint& endpoint : assemble_endpoints(std::move(files)).endpoints) out += endpoint_line(endpoint);
  return out;
}

std::vector<std::string> case_paths() {
  std::vector<std::string> paths;
  DIR* const folder = opendir(BANYAN_TESTDATA);
  while (const dirent* const entry = readdir(folder)) {
    const std::string name = entry->d_name;
    if (name.ends_with(".txt")) paths.push_back(std::string(BANYAN_TESTDATA) + "/" + name);
  }
  closedir(folder);
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST(Endpoints, Golden) {
  ASSERT_GE(case_paths().size(), 7U);
  for (const std::string& path : case_paths()) {
    const Case one = read_case(path);
    const std::string actual = endpoints_of(one.files);
    EXPECT_EQ(actual, one.expected) << path;
    if (actual != one.expected && std::getenv("BANYAN_UPDATE") != nullptr) std::ofstream(path) << one.head << actual;
  }
}

TEST(Endpoints, TheOrderOfFilesDoesNotMatter) {
  for (const std::string& path : case_paths()) {
    Case one = read_case(path);
    std::reverse(one.files.begin(), one.files.end());
    EXPECT_EQ(endpoints_of(one.files), one.expected) << path;
  }
}

// Whatever is left of a file, reading it ends.
TEST(Endpoints, CutFilesAreRead) {
  for (const std::string& path : case_paths()) {
    for (const auto& [name, source] : read_case(path).files) {
      for (std::size_t size = 0; size < source.size(); size += 7) {
        const std::string cut = source.substr(0, size);
        EXPECT_LE(find_endpoints(name, cut, parse(cut, {})).endpoints.size(), 100U);
        EXPECT_LE(read_route_file(name, cut).endpoints.size(), 100U);
      }
    }
  }
}

TEST(Endpoints, LongChainsDoNotNest) {
  std::string source = "<?php $app";
  for (int i = 0; i < 20'000; ++i) source += "->get('/x', 'f')";
  source += "; $path = $_SERVER['REQUEST_URI']; if ($path == '/a'";
  for (int i = 0; i < 20'000; ++i) source += " && $a . 'b'";
  source += ") {} Route::get('/x'";
  for (int i = 0; i < 20'000; ++i) source += " . 'y'";
  source += ", 'f');";
  EXPECT_LE(find_endpoints("a.php", source, parse(source, {})).endpoints.size(), kEndpointsPerFileMax);
}

}  // namespace
}  // namespace banyan::php
