// The report in short: every text of the ledger is made harmless for a terminal on its way in.
#include <algorithm>
#include <utility>

#include "cli/table.h"
#include "evidence/mismatch_bound.h"
#include "ledger_report/report_words.h"

namespace banyan {
namespace {

constexpr std::size_t kMovesShown = 10;

std::string line(const std::string& text) { return printable(text) + "\n"; }

std::string places_table(const RouteReport& report) {
  Table table({Align::kLeft, Align::kLeft, Align::kLeft, Align::kRight, Align::kRight, Align::kRight});
  table.add({"PLACE", "KIND", "NOISE", "OLD AGAINST ITSELF", "ONLY AGAINST NEW", "OLD AGAINST NEW"});
  const PlaceSet noise = report.places.noise();
  for (const auto& [place, seen] : report.places.fields()) {
    table.add({place.place, place.kind, noise.contains(place) ? "yes" : "no", twice_text(report, seen),
               std::to_string(seen.pairs.new_bad), std::to_string(seen.different)});
  }
  return report.places.fields().empty() ? "" : table.text();
}

std::string moves_table(const RouteReport& report) {
  Table table;
  table.add({"AT", "FROM", "TO", "WHO", "WHY"});
  const std::size_t shown = std::min(report.transitions.size(), kMovesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Transition& move = report.transitions[i];
    table.add({rfc3339(move.at), position_text(move.from), position_text(move.to), move.by, move.why});
  }
  return table.text();
}

}  // namespace

std::string report_text(const RouteReport& report) {
  const Transition& last = report.route.last;
  const Evidence& seen = report.route.since;
  std::string out =
      line(report.route.route + ": " + position_text(last.to) + " since " + rfc3339(report.position_since));
  if (last.hold) out += line("held: " + last.hold->reason);
  out += line("builds: old " + known(last.key.old_build) + ", new " + known(last.key.new_build));
  out += line("evidence: " + std::to_string(seen.answers.compared) + " compared, " +
              std::to_string(seen.answers.different) + " different, " + std::to_string(seen.dropped) + " dropped, " +
              std::to_string(seen.races) + " races; shown bound " + percent(shown_mismatch_bound(seen.answers)));
  return out + "\n" + line(noise_sentence(report)) + places_table(report) + "\n" + moves_table(report);
}

}  // namespace banyan
