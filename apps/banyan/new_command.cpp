#include <cstdio>
#include <string>

#include "commands.h"
#include "scaffold/service_files.h"

namespace banyan {
namespace {

int complain(const Error& error) {
  std::fprintf(stderr, "banyan new service: %s\n", error.text().c_str());
  return kExitBadUse;
}

int run_new_service(const Arguments& arguments) {
  const std::string name = *arguments.value("NAME");
  if (const Result<void> fits = check_service_name(name); !fits.ok()) return complain(fits.error());
  const std::string folder = arguments.value_or("into", ".") + "/" + name;
  const std::string source = arguments.value_or("banyan", "/usr/src/banyan");
  if (const Result<void> written = write_scaffold(folder, service_files(name, source)); !written.ok())
    return complain(written.error());
  std::printf("%s is there. Its README.md says how it is built, tested and run.\n", folder.c_str());
  return kExitDone;
}

}  // namespace

Command new_command() {
  return {
      .name = "new",
      .summary = "start something new",
      .commands = {
          {.name = "service",
           .summary = "write the files of a native service",
           .description = "Writes a service that builds, is tested and runs as it stands: handlers, "
                          "tests, CMakeLists.txt, Dockerfile, a unit of systemd and a README.",
           .options = {{.name = "into", .value = "FOLDER", .about = "where its folder is made (.)"},
                       {.name = "banyan", .value = "FOLDER", .about = "where Banyan's sources are (/usr/src/banyan)"}},
           .positionals = {{.name = "NAME", .about = "small letters, digits and dashes"}},
           .examples = {{"banyan new service user-centre", "write the folder user-centre"}},
           .run = run_new_service}}};
}

}  // namespace banyan
