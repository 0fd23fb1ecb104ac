#include <cstdio>
#include <string>

#include "admin_answer.h"
#include "cli/table.h"

namespace banyan {
namespace {

void print_tasks(json::Value answer) {
  Table table({Align::kRight, Align::kLeft, Align::kLeft, Align::kRight});
  table.add({"ID", "NAME", "STATE", "AGE S"});
  for (json::Value task : answer["tasks"].elements()) {
    char age[32];
    std::snprintf(age, sizeof age, "%.1f", task["age_s"].to_double().value_or(0));
    table.add({std::to_string(task["id"].to_int64().value_or(0)), std::string(task["name"].to_string().value_or("")),
               std::string(task["state"].to_string().value_or("")), age});
  }
  std::fputs(table.text().c_str(), stdout);
}

int run_tasks(const Arguments& arguments) { return show_admin_answer(arguments, "/tasks", &print_tasks); }

}  // namespace

Command tasks_command() {
  return {
      .name = "tasks",
      .summary = "list the tasks of a running gateway and what each waits for",
      .description = "Asks the admin API of the gateway that runs with this file. Exit code 1 if none answers.",
      .options = {{.name = "config", .letter = 'c', .value = "FILE", .about = "its configuration", .required = true},
                  {.name = "json", .about = "print the answer of the admin API as it is"}},
      .examples = {{"banyan tasks -c site.yaml", "every task with its age"}},
      .run = run_tasks};
}

}  // namespace banyan
