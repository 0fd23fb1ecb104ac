#include <cstdio>
#include <string>

#include "admin_answer.h"
#include "cli/table.h"

namespace banyan {
namespace {

std::string text_of(json::Value value) { return std::string(value.to_string().value_or("")); }

std::string number_text(json::Value value, int decimals) {
  const std::optional<double> number = value.to_double();
  if (!number) return "-";
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, *number);
  return text;
}

void print_routes(json::Value status) {
  constexpr Align kRight = Align::kRight;
  Table table({Align::kLeft, Align::kLeft, kRight, kRight, kRight, kRight, kRight, kRight});
  table.add({"ROUTE", "CLUSTER", "REQUESTS", "ERRORS", "P50 MS", "P99 MS", "COMPARED", "DIFFERENT"});
  for (json::Value route : status["routes"].elements()) {
    bool first = true;
    for (const json::Member& cluster : route["clusters"].members()) {
      json::Value mirror = route["mirror"];
      table.add({first ? text_of(route["id"]) : "", std::string(cluster.key), number_text(cluster.value["requests"], 0),
                 number_text(cluster.value["errors"], 0), number_text(cluster.value["p50_ms"], 2),
                 number_text(cluster.value["p99_ms"], 2), first ? number_text(mirror["compared"], 0) : "",
                 first ? number_text(mirror["different"], 0) : ""});
      first = false;
    }
    if (first) {
      table.add({text_of(route["id"]), "(files)", number_text(route["requests"], 0), "", "", "", "", ""});
    }
  }
  std::fputs(table.text().c_str(), stdout);
}

std::string breaker_text(json::Value breaker) {
  if (!breaker.is_object()) return "-";
  const std::string forced = text_of(breaker["forced"]);
  return text_of(breaker["state"]) + (forced == "none" ? "" : " (forced)");
}

void print_clusters(json::Value status) {
  constexpr Align kRight = Align::kRight;
  Table table({Align::kLeft, kRight, kRight, kRight, kRight, kRight, Align::kLeft});
  table.add({"CLUSTER", "REQUESTS", "RETRIES", "REFUSED", "FALLBACKS", "WELL", "BREAKER"});
  for (json::Value cluster : status["clusters"].elements()) {
    std::size_t all = 0;
    std::size_t well = 0;
    for (json::Value endpoint : cluster["endpoints"].elements()) {
      ++all;
      well += endpoint["healthy"].to_bool().value_or(false) && !endpoint["ejected"].to_bool().value_or(true);
    }
    table.add({text_of(cluster["name"]), number_text(cluster["requests"], 0), number_text(cluster["retries"], 0),
               number_text(cluster["refused"], 0), number_text(cluster["fallbacks"], 0),
               std::to_string(well) + "/" + std::to_string(all), breaker_text(cluster["breaker"])});
  }
  std::printf("\n%s", table.text().c_str());
}

void print_status(json::Value status) {
  std::printf("banyan %s, up %s s, configuration %s, %s connections, %s requests under way\n\n",
              text_of(status["version"]).c_str(), number_text(status["uptime_s"], 0).c_str(),
              number_text(status["config_revision"], 0).c_str(), number_text(status["connections"], 0).c_str(),
              number_text(status["requests_in_flight"], 0).c_str());
  if (status["config_error"].is_string()) {
    std::printf("the file on disk is not the one in use:\n%s\n", text_of(status["config_error"]).c_str());
  }
  print_routes(status);
  print_clusters(status);
}

int run_status(const Arguments& arguments) { return show_admin_answer(arguments, "/status", &print_status); }

}  // namespace

Command status_command() {
  return {
      .name = "status",
      .summary = "show what a running gateway is doing",
      .description = "Asks the admin API of the gateway that runs with this file. Exit code 1 if none answers.",
      .options = {{.name = "config", .letter = 'c', .value = "FILE", .about = "its configuration", .required = true},
                  {.name = "json", .about = "print the answer of the admin API as it is"}},
      .examples = {{"banyan status -c site.yaml", "requests, errors and latencies of each route"}},
      .run = run_status};
}

}  // namespace banyan
