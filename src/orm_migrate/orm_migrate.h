// `NAME migrate diff|apply|status|lint|import|checksums` for a program with entities:
//
//   int main(int argc, char** argv) {
//     const banyan::Command program = {.name = "shop", .summary = "the shop's data",
//                                      .commands = {banyan::orm::migrate_command<Customer, Order>()}};
//     return banyan::run_program(program, argc, argv);
//   }
#pragma once

#include <vector>

#include "cli/command.h"
#include "migrate/migrate_command.h"
#include "orm/schema.h"

namespace banyan::orm {

namespace detail {
int run_diff(const Arguments& arguments, std::vector<const TableInfo*> tables);
}  // namespace detail

// The entities are all there are: a table that none of them is stored in is planned to be dropped.
template <class... Es>
Command migrate_command() {
  (detail::check_schema<Es>(), ...);
  Command command = migrate::migrate_command();
  command.commands.insert(command.commands.begin(), migrate::diff_command([](const Arguments& arguments) {
                            return detail::run_diff(arguments, {&table_info<Es>()...});
                          }));
  return command;
}

}  // namespace banyan::orm
