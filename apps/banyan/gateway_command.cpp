#include "gateway/gateway.h"

#include "base/log_sink.h"
#include "build_version.h"
#include "commands.h"

namespace banyan {
namespace {

int run_gateway_command(const Arguments& arguments) {
  flush_logs_on_abort();
  GatewayOptions options;
  options.config_path = *arguments.value("config");
  options.version = kBuildVersion.version;
  return run_gateway(options);
}

}  // namespace

Command gateway_command() {
  return {
      .name = "gateway",
      .summary = "run the gateway",
      .description =
          "Listens as the file says and runs in the foreground. A change of the file or of a certificate takes effect\n"
          "by itself without dropping a request; a file with mistakes leaves the old one serving.\n"
          "SIGHUP reads the file again, SIGUSR1 opens the logs anew, SIGQUIT prints all tasks, SIGTERM finishes what "
          "is\n"
          "under way and ends; a second SIGTERM ends at once. Exit code 2 if the file is bad or an address is taken.",
      .options = {{.name = "config", .letter = 'c', .value = "FILE", .about = "the configuration", .required = true}},
      .examples = {{"banyan gateway -c site.yaml", "serve as site.yaml says"}},
      .run = run_gateway_command};
}

}  // namespace banyan
