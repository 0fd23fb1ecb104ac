// Apart from migrate_command.cpp, so that a program that does not call it is linked without the clients of servers.
#include "migrate/migrate_command.h"
#include "migrate/open_database.h"

namespace banyan::migrate {

Command migrate_command() {
  return migrate_command({.apply = [](const Arguments& arguments) { return run_apply(arguments, open_database); },
                          .status = [](const Arguments& arguments) { return run_status(arguments, open_database); },
                          .import = [](const Arguments& arguments) { return run_import(arguments, open_database); }});
}

}  // namespace banyan::migrate
