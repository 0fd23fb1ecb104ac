#include "php_convert/module.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "json/parse.h"
#include "json/write.h"
#include "php_convert/cpp_names.h"
#include "php_convert/go_names.h"
#include "php_convert/runtime_files.h"

namespace banyan::php {

// FNV-1a of 64 bits: it tells whether a file was changed, not whether somebody meant to deceive.
std::string content_hash(std::string_view content) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; hash >>= 4) out[i] = "0123456789abcdef"[hash & 15];
  return out;
}

std::vector<std::string> go_paths(const std::vector<std::string>& sources) {
  if (sources.size() == 1) return {"main.go"};
  std::vector<std::string> out;
  std::set<std::string> taken = {"php"};
  for (const std::string& source : sources) {
    std::string stem = source.substr(source.rfind('/') + 1);
    stem = stem.substr(0, stem.rfind('.'));
    std::string name;
    for (const char c : go_name(stem)) name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::string unique = name;
    for (int i = 2; !taken.insert(unique).second; ++i) unique = name + std::to_string(i);
    out.push_back(unique + "/main.go");
  }
  return out;
}

std::string module_name(std::string_view folder) {
  while (folder.ends_with('/')) folder.remove_suffix(1);
  std::string out;
  for (const char c : folder.substr(folder.rfind('/') + 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte) != 0) out += static_cast<char>(std::tolower(byte));
    if ((c == '-' || c == '_' || c == '.') && !out.empty()) out += c;
  }
  return out.empty() || out == "php" ? "converted" : out;
}

// Sorts by path and says what was written.
void add_manifest(std::vector<ModuleFile>& out) {
  std::sort(out.begin(), out.end(), [](const ModuleFile& a, const ModuleFile& b) { return a.path < b.path; });
  std::string manifest;
  json::Writer writer(manifest);
  writer.begin_object().key("files").begin_object();
  for (const ModuleFile& one : out) writer.key(one.path).string(content_hash(one.content));
  writer.end_object().end_object();
  out.push_back({std::string(kManifestName), manifest + "\n"});
}

Result<std::vector<ModuleFile>> module_files(const std::vector<ConvertedFile>& converted, const std::string& name) {
  std::vector<ModuleFile> out;
  out.push_back(
      {"go.mod", "module " + name + "\n\ngo 1.19\n\nrequire banyan/php v0.0.0\n\nreplace banyan/php => ./php\n"});
  for (const ConvertedFile& one : converted) out.push_back({one.path, one.conversion.go});
  for (EmbeddedFile& one : runtime_files()) {
    if (one.path.starts_with("php/")) out.push_back({std::move(one.path), std::move(one.content)});
  }
  add_manifest(out);
  return out;
}

std::vector<std::string> cpp_paths(const std::vector<std::string>& sources) {
  std::vector<std::string> out;
  std::set<std::string> taken = {"banyan", "php", "std"};
  for (const std::string& source : sources) {
    std::string stem = source.substr(source.rfind('/') + 1);
    const std::string name = cpp_operation(stem.substr(0, stem.rfind('.')));
    std::string unique = name;
    for (int i = 2; !taken.insert(unique).second; ++i) unique = name + "_" + std::to_string(i);
    out.push_back(unique + ".cpp");
  }
  return out;
}

std::string cpp_project_head(const std::string& name, const std::string& module) {
  return "cmake_minimum_required(VERSION 3.25)\nproject(" + name + R"( LANGUAGES CXX)

# Banyan as it was built: cmake -Dbanyan_DIR=.../banyan/build/release (after `tools/build release )" +
         module + R"(`).
find_package(banyan REQUIRED)
# PHP evaluates arguments from the left, and so does clang; other compilers need not.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "clang is needed: cmake -DCMAKE_CXX_COMPILER=clang++-19")
endif()
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()
)";
}

std::string cpp_program_settings(const std::string& program, const std::string& module) {
  return "target_link_libraries(" + program + " PRIVATE " + module + ")\ntarget_compile_options(" + program +
         " PRIVATE -Wall -Wextra -Werror -Wno-shadow -Wno-conversion)\n";
}

Result<std::vector<ModuleFile>> project_files(const std::vector<ConvertedFile>& converted, const std::string& name) {
  std::vector<ModuleFile> out;
  std::string cmake = cpp_project_head(name);
  std::string first;
  for (const ConvertedFile& one : converted) {
    const std::string stem = one.path.substr(0, one.path.rfind('.'));
    cmake += "\nadd_executable(" + stem + " " + one.path + ")\n" + cpp_program_settings(stem);
    cmake += first.empty() ? "target_precompile_headers(" + stem + " PRIVATE <php_runtime/builtins.h>)\n"
                           : "target_precompile_headers(" + stem + " REUSE_FROM " + first + ")\n";
    if (first.empty()) first = stem;
    out.push_back({one.path, one.conversion.cpp});
  }
  out.push_back({"CMakeLists.txt", cmake});
  add_manifest(out);
  return out;
}

std::map<std::string, std::string> read_manifest(std::string_view text) {
  std::map<std::string, std::string> out;
  const Result<json::Document> document = json::parse(text);
  if (!document) return out;
  for (const auto& [name, value] : document->root()["files"].members()) {
    out.emplace(std::string(name), std::string(value.to_string().value_or("")));
  }
  return out;
}

static void write_function(json::Writer& writer, const ConvertedFunction& one, std::string_view language) {
  writer.begin_object().key("name").string(one.name);
  if (!one.target.empty()) writer.key(language).string(one.target);
  writer.key("state").string(conversion_state_name(one.state));
  writer.key("line").unsigned_integer(one.line).key("end_line").unsigned_integer(one.end_line);
  writer.key("variables").unsigned_integer(one.variables);
  writer.key("dynamic_variables").unsigned_integer(one.dynamic_variables);
  writer.key("reasons").begin_array();
  for (const ConversionReason& reason : one.reasons) {
    writer.begin_object().key("code").string(reason.code).key("line").unsigned_integer(reason.line).end_object();
  }
  writer.end_array().end_object();
}

std::string conversion_report(const std::vector<ConvertedFile>& converted) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("files").begin_array();
  for (const ConvertedFile& one : converted) {
    const std::string_view language = one.conversion.cpp.empty() ? "go" : "cpp";
    writer.begin_object().key("php").string(one.source).key(language).string(one.path).key("functions").begin_array();
    for (const ConvertedFunction& function : one.conversion.functions) write_function(writer, function, language);
    writer.end_array().key("lines").begin_array();
    for (const auto& [made, php] : one.conversion.lines) {
      writer.begin_object().key(language).unsigned_integer(made).key("php").unsigned_integer(php).end_object();
    }
    writer.end_array().end_object();
  }
  writer.end_array().end_object();
  return out + "\n";
}

}  // namespace banyan::php
