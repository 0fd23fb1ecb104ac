// The program around a Service: its command line, sockets, workers and end.
//
// One thread for each processor, all serving the same Service; state it holds is shared between them. SIGTERM or SIGINT
// ends it: /readyz says so, no more connections are taken, what has begun is answered, exit status 0. While the
// process holds more memory than --memory allows, new requests get 503. With a certificate the address of --listen
// speaks TLS, and there HTTP/2 with clients that want it.
#pragma once

#include <string_view>
#include <vector>

#include "cli/command.h"
#include "service/service.h"

namespace banyan::service {

struct Program {
  std::string_view name;
  std::string_view summary;  // one line, lower case, no full stop
  std::string_view version = "0.1.0";
  std::vector<Option> options;  // besides those every service has: --help lists them
  std::vector<Example> examples;
  std::vector<Command> commands;  // beside serving: NAME migrate apply
  // Adds routes, and opens what they need, once, before the sockets. An error ends the program with exit status 2.
  Task<Result<void>> (*build)(Service& service, const Arguments& arguments) = nullptr;
};

// The whole of a main function.
int run_service(const Program& program, int argc, char** argv);

}  // namespace banyan::service
