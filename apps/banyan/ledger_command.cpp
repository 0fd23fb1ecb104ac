#include <cstdio>
#include <string>

#include "admin_answer.h"
#include "cli/table.h"

namespace banyan {
namespace {

std::string text_of(json::Value value) { return std::string(value.to_string().value_or("")); }

std::string percent_text(json::Value value, double scale) {
  const std::optional<double> number = value.to_double();
  if (!number) return "-";
  char text[64];
  std::snprintf(text, sizeof text, "%.4g%%", *number * scale);
  return text;
}

std::string count_text(json::Value value) { return std::to_string(value.to_int64().value_or(0)); }

std::string bound_text(json::Value route) {
  return route["unverified"].to_bool().value_or(false) ? "unverified" : percent_text(route["bound"], 100);
}

void print_ledger(json::Value ledger) {
  constexpr Align kRight = Align::kRight;
  Table table({Align::kLeft, Align::kLeft, kRight, kRight, kRight, kRight, Align::kLeft});
  table.add({"ROUTE", "STAGE", "SHARE", "COMPARED", "DIFFERENT", "BOUND", "WAITS FOR"});
  for (json::Value route : ledger["routes"].elements()) {
    table.add({text_of(route["id"]), text_of(route["stage"]), percent_text(route["share_hundredths"], 0.01),
               count_text(route["compared"]), count_text(route["different"]), bound_text(route),
               text_of(route["blocked_by"])});
  }
  std::fputs(table.text().c_str(), stdout);
  if (!ledger["writable"].to_bool().value_or(false)) {
    std::printf("\nthe ledger cannot be written, so nothing is promoted: %s\n", text_of(ledger["error"]).c_str());
  }
}

int run_ledger(const Arguments& arguments) { return show_admin_answer(arguments, "/ledger", &print_ledger); }

}  // namespace

Command ledger_command() {
  return {
      .name = "ledger",
      .summary = "show how far each route that migrates has come",
      .description = "Asks the admin API of the gateway that runs with this file. Exit code 1 if none answers.",
      .options = {{.name = "config", .letter = 'c', .value = "FILE", .about = "its configuration", .required = true},
                  {.name = "json", .about = "print the answer of the admin API as it is"}},
      .examples = {{"banyan ledger -c site.yaml", "stage, share and evidence of each route"}},
      .run = run_ledger};
}

}  // namespace banyan
