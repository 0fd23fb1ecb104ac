// The gateway as a process: reads its configuration, listens, follows changes, and ends without losing a request.
//
//   SIGHUP, or a change of the file or of a certificate   read the configuration again; a bad one leaves the old
//   serving SIGUSR1                                               open the log files anew SIGQUIT write all tasks to
//   standard error SIGTERM, SIGINT                                       stop listening, finish what is under way, end;
//   twice: at once
#pragma once

#include <string>

namespace banyan {

struct GatewayOptions {
  std::string config_path;
  std::string version;  // shown by the admin API
};

// Runs until told to end. The exit code: 0; 2 where the configuration is bad or an address cannot be listened on.
int run_gateway(const GatewayOptions& options);

}  // namespace banyan
