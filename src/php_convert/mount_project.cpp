// The project of a service whose endpoints are converted PHP: what `banyan php mount` writes.
#include "php_convert/cpp_printer.h"
#include "php_convert/module.h"

namespace banyan::php {

namespace {

std::string main_source(const std::vector<ConvertedFile>& converted, const MountPlan& plan) {
  const std::string& front = converted.front().absolute;
  const std::size_t root = plan.document_root.size();
  std::string out = "// The service that banyan php mount made of " + front.substr(front.rfind('/') + 1) +
                    ".\n#include \"php_mount/mount.h\"\n\n";
  std::string files;
  for (const ConvertedFile& one : converted) {
    const std::string space = mount_namespace(one.path);
    out += "namespace " + space + " {\nvoid script();\n}\n";
    files += "    {" + cpp_string(one.absolute, true) + ", &" + space + "::script},\n";
  }
  out += "\nnamespace {\n\nconstexpr banyan::php_runtime::ProgramFile kFiles[] = {\n" + files + "};\n\n" +
         "constexpr banyan::php_mount::Endpoint kEndpoints[] = {\n";
  for (const auto& [method, path] : plan.routes) {
    out += "    {" + cpp_string(method, true) + ", " + cpp_string(path, true) + "},\n";
  }
  return out + "};\n\n}  // namespace\n\nint main(int argc, char** argv) {\n" +
         "  return banyan::php_mount::run_mounted({.name = " + cpp_string(plan.name, true) +
         ",\n                                         .front = kFiles[0].path,\n" +
         "                                         .document_root = " + cpp_string(plan.document_root, true) +
         ",\n                                         .script_name = " + cpp_string(front.substr(root), true) +
         ",\n                                         .files = kFiles,\n" +
         "                                         .endpoints = kEndpoints},\n" +
         "                                        argc, argv);\n}\n";
}

}  // namespace

// Apart from the C library, which has an index() and more at the top.
std::string mount_namespace(std::string_view path) { return "php_" + std::string(path.substr(0, path.rfind('.'))); }

std::vector<ModuleFile> mount_files(const std::vector<ConvertedFile>& converted, const MountPlan& plan) {
  std::vector<ModuleFile> out;
  std::string sources = "main.cpp";
  for (const ConvertedFile& one : converted) {
    sources += " " + one.path;
    out.push_back({one.path, one.conversion.cpp});
  }
  out.push_back({"main.cpp", main_source(converted, plan)});
  out.push_back({"CMakeLists.txt", cpp_project_head(plan.name, "banyan_php_mount") + "\nadd_executable(" + plan.name +
                                       " " + sources + ")\n" + cpp_program_settings(plan.name, "banyan_php_mount") +
                                       "target_compile_definitions(" + plan.name + " PRIVATE BANYAN_PHP_NO_MAIN)\n" +
                                       "target_precompile_headers(" + plan.name +
                                       " PRIVATE <php_runtime/builtins.h>)\n"});
  add_manifest(out);
  return out;
}

}  // namespace banyan::php
