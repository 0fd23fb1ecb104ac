// banyan-migrate: `banyan migrate` with the clients of all databases. It lies beside banyan, which has no room for them
// and becomes it where a server is asked for.
#include "cli/command.h"
#include "migrate/migrate_command.h"

int main(int argc, char** argv) {
  const banyan::Command program = {.name = "banyan-migrate",
                                   .summary = "migrations on PostgreSQL, MariaDB and SQLite, for `banyan migrate`",
                                   .commands = {banyan::migrate::migrate_command()}};
  return banyan::run_program(program, argc, argv);
}
