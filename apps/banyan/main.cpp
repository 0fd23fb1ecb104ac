// The program `banyan`: a table of commands. A new command is one line here, one in commands.h and a file.
#include "commands.h"
#include "filters/builtin_filters.h"
#include "php_cli/php_command.h"

int main(int argc, char** argv) {
  banyan::register_builtin_filters();
  const banyan::Command program = {
      .name = "banyan",
      .summary = "moves PHP, Python and Java backends to native services, endpoint by endpoint",
      .examples = {{"banyan gateway -c site.yaml", "serve as site.yaml says"},
                   {"banyan check --help", "what a command does, with an example"}},
      .commands = {
          banyan::gateway_command(),  banyan::check_command(),   banyan::colour_command(),  banyan::import_command(),
          banyan::status_command(),   banyan::tasks_command(),   banyan::profile_command(), banyan::ledger_command(),
          banyan::diff_command(),     banyan::promote_command(), banyan::hold_command(),    banyan::release_command(),
          banyan::rollback_command(), banyan::retire_command(),  banyan::capture_command(), banyan::replay_command(),
          banyan::report_command(),   banyan::php_command(),     banyan::migrate_command(), banyan::new_command(),
          banyan::version_command(),
      }};
  return banyan::run_program(program, argc, argv);
}
