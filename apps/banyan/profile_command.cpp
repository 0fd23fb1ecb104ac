#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>

#include "commands.h"
#include "gateway/admin_client.h"

namespace banyan {
namespace {

int fail(const Error& error) {
  std::fprintf(stderr, "banyan profile: %s\n", error.text().c_str());
  return error.code() == ErrorCode::kUnavailable ? kExitNegative : kExitBadUse;
}

Result<void> write_profile(const std::string& path, const std::string& bytes) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wbe"), std::fclose);
  if (file == nullptr) return Error::from_errno(errno, path);
  if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size() || std::fflush(file.get()) != 0) {
    return Error::from_errno(errno, path);
  }
  return {};
}

int run_profile(const Arguments& arguments) {
  const Result<std::int64_t> seconds = arguments.integer("seconds", 1, 60, 10);
  if (!seconds.ok()) return fail(seconds.error());
  const bool top = arguments.flag("top");
  if (top && arguments.value("output")) {
    return fail(Error(ErrorCode::kInvalidArgument, "--top prints and -o writes a file: choose one"));
  }
  const std::string target = "/debug/pprof/profile?seconds=" + std::to_string(*seconds) + (top ? "&format=text" : "");
  const Result<std::string> answer = ask_admin(*arguments.value("config"), target, std::chrono::seconds(*seconds + 30));
  if (!answer.ok()) return fail(answer.error());
  if (top) {
    std::fputs(answer->c_str(), stdout);
    return kExitDone;
  }
  const std::string path = arguments.value_or("output", "banyan-profile.pb.gz");
  if (const Result<void> written = write_profile(path, *answer); !written.ok()) return fail(written.error());
  std::printf("wrote %s; look at it with `go tool pprof -top %s`, or at https://speedscope.app\n", path.c_str(),
              path.c_str());
  return kExitDone;
}

}  // namespace

Command profile_command() {
  return {
      .name = "profile",
      .summary = "see what a running gateway does with the processor",
      .description =
          "Samples the stacks of all threads for some seconds, and writes them in pprof's format or prints "
          "the functions that cost most. Exit code 1 if no gateway answers.",
      .options = {{.name = "config", .letter = 'c', .value = "FILE", .about = "its configuration", .required = true},
                  {.name = "seconds", .value = "N", .about = "for how long, 1 to 60; 10 by default"},
                  {.name = "output", .letter = 'o', .value = "FILE", .about = "banyan-profile.pb.gz by default"},
                  {.name = "top", .about = "print the functions that cost most"}},
      .examples = {{"banyan profile -c site.yaml --top", "where 10 seconds of it went"},
                   {"banyan profile -c site.yaml --seconds 30 -o cpu.pb.gz", "for `go tool pprof`"}},
      .run = run_profile};
}

}  // namespace banyan
