// PHP that `banyan php mount` converted, as endpoints of a service. Start here.
//
//   constexpr php_runtime::ProgramFile kFiles[] = {{"/srv/app/public/index.php", &index::script}};
//   constexpr php_mount::Endpoint kEndpoints[] = {{"GET", "/user/profile"}};
//   int main(int argc, char** argv) {
//     return php_mount::run_mounted({.name = "app", .front = kFiles[0].path, .document_root = "/srv/app/public",
//                                    .script_name = "/index.php", .files = kFiles, .endpoints = kEndpoints}, argc,
//                                    argv);
//   }
//
// Each request runs the front file from its beginning, as under php-fpm: with globals, constants and classes of its
// own,
// $_GET and its kin filled from the request, and its output as the answer's body. Scripts run on the pool for blocking
// calls, a bounded number at once, so that no worker waits for them. What php-fpm writes into its log goes into the
// service's, as event `php`; an exception that nobody catches is a line there and the status 500. A script that would
// no longer do what PHP does (php_runtime::stop()) is a line `php_stopped` and the status 500.
#pragma once

#include <span>
#include <string_view>

#include "php_runtime/context.h"

namespace banyan::php_mount {

struct Endpoint {
  std::string_view method;
  std::string_view path;  // as http/router.h has it
};

// Views live as long as the program.
struct Program {
  std::string_view name;           // of the service
  std::string_view front;          // the file each request runs; the path is among `files`
  std::string_view document_root;  // $_SERVER['DOCUMENT_ROOT']
  std::string_view script_name;    // $_SERVER['SCRIPT_NAME']: "/index.php"
  std::span<const php_runtime::ProgramFile> files;
  std::span<const Endpoint> endpoints;
};

// The whole of a main function: a service (service/server.h) with these endpoints.
int run_mounted(const Program& program, int argc, char** argv);

}  // namespace banyan::php_mount
