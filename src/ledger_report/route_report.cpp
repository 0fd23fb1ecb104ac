#include "ledger_report/route_report.h"

#include <utility>

#include "evidence/mismatch_bound.h"
#include "json/parse.h"
#include "json/write.h"
#include "ledger/place_counts.h"
#include "rollout/transition_json.h"

namespace banyan {
namespace {

constexpr std::size_t kTransitionsMax = 1'000'000;
constexpr std::size_t kRoutesNamed = 20;

// Text from the file, which somebody may have changed: JSON stays, anything else becomes a string.
void write_json_text(json::Writer& out, std::string_view text) {
  if (json::parse(text).ok()) {
    out.raw(text);
  } else {
    out.string(text);
  }
}

void write_evidence(json::Writer& out, const Evidence& seen) {
  out.begin_object();
  out.key("compared").unsigned_integer(seen.answers.compared);
  out.key("different").unsigned_integer(seen.answers.different);
  out.key("bound").number(shown_mismatch_bound(seen.answers));
  out.key("eligible").unsigned_integer(seen.eligible).key("dropped").unsigned_integer(seen.dropped);
  out.key("races").unsigned_integer(seen.races).key("pairs").unsigned_integer(seen.pairs);
  out.key("failures").begin_object().key("old").unsigned_integer(seen.failures.old_bad);
  out.key("new").unsigned_integer(seen.failures.new_bad).end_object();
  out.key("slow").begin_object().key("old").unsigned_integer(seen.slow.old_bad);
  out.key("new").unsigned_integer(seen.slow.new_bad).end_object();
  out.end_object();
}

void write_samples(json::Writer& out, const std::vector<Sample>& samples) {
  out.key("samples").begin_array();
  for (const Sample& sample : samples) {
    out.begin_object().key("at").string(rfc3339(sample.at)).key("epoch").unsigned_integer(sample.epoch);
    out.key("request").string(sample.request_line).key("request_id").string(sample.request_id);
    out.key("race").boolean(sample.race).key("old");
    write_json_text(out, sample.old_answer);
    out.key("new");
    write_json_text(out, sample.new_answer);
    out.key("differences");
    write_json_text(out, sample.differences);
    out.end_object();
  }
  out.end_array();
}

void write_places(json::Writer& out, const RouteReport& report) {
  const PlaceSet noise = report.places.noise();
  out.key("noise").begin_object().key("since").string(rfc3339(report.epoch_began));
  out.key("asked_twice").unsigned_integer(report.places.replays()).key("places").begin_array();
  for (const auto& [place, seen] : report.places.fields()) {
    out.begin_object().key("place").string(place.place).key("kind").string(place.kind);
    out.key("noise").boolean(noise.contains(place));
    out.key("old_against_old").unsigned_integer(seen.replayed);
    out.key("only_old_against_old").unsigned_integer(seen.pairs.old_bad);
    out.key("only_old_against_new").unsigned_integer(seen.pairs.new_bad);
    out.key("different").unsigned_integer(seen.different).end_object();
  }
  out.end_array().end_object();
}

Error no_such_route(std::string_view route, const std::vector<RouteHistory>& routes) {
  std::string names;
  for (std::size_t i = 0; i < routes.size() && i < kRoutesNamed; ++i) names += (i == 0 ? "" : ", ") + routes[i].route;
  if (routes.size() > kRoutesNamed) names += ", ...";
  return {ErrorCode::kNotFound, "the ledger knows no route '" + std::string(route) + "'; " +
                                    (names.empty() ? "it has none yet" : "there are: " + names)};
}

// A hold and a release are moves too, and leave the position as it is.
WallTime position_since(const std::vector<Transition>& newest_first) {
  for (std::size_t i = 0; i < newest_first.size(); ++i) {
    const Transition& move = newest_first[i];
    const bool begins_epoch = i + 1 == newest_first.size() || newest_first[i + 1].epoch != move.epoch;
    if (begins_epoch || move.to != move.from) return move.at;
  }
  return {};
}

}  // namespace

Result<RouteReport> read_route_report(const LedgerFile& ledger, std::string_view route, WallTime now) {
  BANYAN_TRY(std::vector<RouteHistory> routes, ledger.routes());
  RouteReport report{.made_at = now};
  for (RouteHistory& candidate : routes) {
    if (candidate.route == route) report.route = candidate;
  }
  if (report.route.route.empty()) return no_such_route(route, routes);
  BANYAN_TRY(report.transitions, ledger.transitions(route, kTransitionsMax));
  BANYAN_TRY(report.curve, ledger.evidence(route));
  BANYAN_TRY(report.samples, ledger.samples(route, RouteReport::kSamplesMax));
  BANYAN_TRY(const std::vector<PlaceCount> places, ledger.places(route, report.route.last.epoch));
  report.places = noise_of(places);
  for (const Transition& move : report.transitions) {
    if (move.epoch == report.route.last.epoch) report.epoch_began = move.at;
  }
  report.position_since = position_since(report.transitions);
  return report;
}

std::string report_json(const RouteReport& report) {
  const Transition& last = report.route.last;
  std::string text;
  json::Writer out(text);
  out.begin_object().key("report").string("banyan ledger").key("version").integer(1);
  out.key("route").string(report.route.route).key("made_at").string(rfc3339(report.made_at));
  out.key("stage").string(stage_name(last.to.stage)).key("share_hundredths").unsigned_integer(last.to.hundredths);
  out.key("epoch").unsigned_integer(last.epoch).key("rules").string(last.key.rules);
  out.key("old_build").string(last.key.old_build).key("new_build").string(last.key.new_build);
  out.key("hold_reason");
  if (last.hold) {
    out.string(last.hold->reason);
  } else {
    out.null();
  }
  out.key("evidence");
  write_evidence(out, report.route.since);
  out.key("transitions").begin_array();
  for (const Transition& transition : report.transitions) {
    std::string line;
    append_transition(line, transition);
    out.raw(line);
  }
  out.end_array().key("curve").begin_array();
  for (const EvidenceAt& point : report.curve) {
    out.begin_object().key("sequence").unsigned_integer(point.sequence).key("at").string(rfc3339(point.at));
    out.key("evidence");
    write_evidence(out, point.evidence);
    out.end_object();
  }
  out.end_array();
  write_places(out, report);
  write_samples(out, report.samples);
  out.end_object();
  return text + "\n";
}

}  // namespace banyan
