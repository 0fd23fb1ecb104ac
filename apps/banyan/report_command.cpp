#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "ledger/ledger_file.h"
#include "ledger/masked_sample.h"
#include "ledger_report/route_report.h"

namespace banyan {
namespace {

int refuse(const std::string& what) {
  std::fprintf(stderr, "banyan report: %s\n", what.c_str());
  return kExitBadUse;
}

Result<void> write_file(const std::string& path, const std::string& text) {
  std::FILE* const file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return Error::from_errno(errno, path);
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (!written || !closed) return Error::from_errno(errno, path);
  return {};
}

int run_report(const Arguments& arguments) {
  const std::string output = arguments.value_or("output", "");
  if (!output.empty() && !output.ends_with(".html") && !output.ends_with(".json")) {
    return refuse("the report is written as its name says: end '" + output + "' in .html or .json");
  }
  const Result<std::unique_ptr<LedgerFile>> ledger =
      LedgerFile::open_to_read(arguments.value_or("ledger", "banyan.db"));
  if (!ledger.ok()) return refuse(ledger.error().text());
  const std::vector<std::string>& places = arguments.values("mask");
  const Result<Mask> mask = Mask::parse(places);
  if (!mask.ok()) return refuse(mask.error().text());
  Result<RouteReport> report = read_route_report(**ledger, *arguments.value("ROUTE"), wall_now());
  if (!report.ok()) return refuse(report.error().text());
  for (Sample& sample : report->samples) {
    if (!places.empty()) mask_again(sample, *mask);
  }
  if (output.empty()) {
    std::fputs(report_text(*report).c_str(), stdout);
    return kExitDone;
  }
  const std::string text = output.ends_with(".html") ? report_page(*report) : report_json(*report);
  const Result<void> written = write_file(output, text);
  return written.ok() ? kExitDone : refuse(written.error().text());
}

}  // namespace

Command report_command() {
  return {.name = "report",
          .summary = "show or write what the ledger knows of a route, for an auditor",
          .description =
              "Reads the ledger's file, also while a gateway writes it, and changes nothing. The page needs no "
              "network and runs\nno script. For PHP source there is another command: banyan php report.",
          .options = {{.name = "ledger", .value = "FILE", .about = "the ledger (default: banyan.db)"},
                      {.name = "mask",
                       .value = "PLACE",
                       .about = "hide this in samples too: $.email, header:x-session or query:code",
                       .repeated = true},
                      {.name = "output",
                       .letter = 'o',
                       .value = "FILE",
                       .about = "where to write: a name that ends in .html or .json (default: the terminal)"}},
          .positionals = {{.name = "ROUTE", .about = "the route's id"}},
          .examples = {{"banyan report user-profile -o user-profile.html", "one page, to be kept or mailed"},
                       {"banyan report user-profile", "where it stands, what differs by itself, and its latest moves"}},
          .run = run_report};
}

}  // namespace banyan
