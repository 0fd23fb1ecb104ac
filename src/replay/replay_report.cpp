#include "replay/replay_report.h"

#include <algorithm>

#include "cli/table.h"
#include "json/write.h"

namespace banyan {
namespace {

constexpr std::size_t kPathsMax = 1000;
constexpr std::size_t kPlacesMax = 8;

std::string place_text(const ReplayPath::Place& place) {
  return place.place + " (" + std::to_string(place.count) + "): " + place.old_side + " -> " + place.new_side;
}

}  // namespace

ReplayPath& ReplayReport::path_of(const CapturedRequest& request) {
  std::string name = request.method + " " + request.path.substr(0, request.path.find('?'));
  if (paths_.size() >= kPathsMax && !paths_.contains(name)) name = "(other paths)";
  return paths_[name];
}

void ReplayReport::add_compared(const CapturedRequest& request, const AnswerComparison& comparison) {
  ReplayPath& path = path_of(request);
  ++path.compared;
  ++compared_;
  if (comparison.equal()) return;
  ++path.different;
  ++different_;
  for (const AnswerDifference& difference : comparison.differences) {
    const auto known = std::find_if(path.places.begin(), path.places.end(),
                                    [&](const ReplayPath::Place& place) { return place.place == difference.place; });
    if (known != path.places.end()) {
      ++known->count;
    } else if (path.places.size() < kPlacesMax) {
      path.places.push_back({difference.place, 1, difference.old_side, difference.new_side});
    }
  }
}

void ReplayReport::add_failed(const CapturedRequest& request, const std::string& why) {
  ReplayPath& path = path_of(request);
  if (path.failed++ == 0) path.first_failure = why;
  ++failed_;
}

std::string ReplayReport::table() const {
  Table table({Align::kLeft, Align::kRight, Align::kRight, Align::kRight});
  table.add({"request", "compared", "different", "failed", "first differences (times): old -> new"});
  for (const auto& [name, path] : paths_) {
    std::vector<std::string> notes;
    for (const ReplayPath::Place& place : path.places) notes.push_back(place_text(place));
    if (path.failed > 0) notes.push_back(path.first_failure);
    table.add({name, std::to_string(path.compared), std::to_string(path.different), std::to_string(path.failed),
               notes.empty() ? "" : notes[0]});
    for (std::size_t i = 1; i < notes.size(); ++i) table.add({"", "", "", "", notes[i]});
  }
  return table.text() + std::to_string(compared_) + " compared, " + std::to_string(different_) + " different, " +
         std::to_string(failed_) + " failed, " + std::to_string(skipped_) + " skipped\n" +
         (masked_ == 0 ? ""
                       : std::to_string(masked_) +
                             " of them had been masked when they were recorded: both sides "
                             "were asked without the secrets their clients sent\n");
}

std::string ReplayReport::json() const {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("compared").unsigned_integer(compared_).key("different").unsigned_integer(different_);
  writer.key("failed").unsigned_integer(failed_).key("skipped").unsigned_integer(skipped_);
  writer.key("masked").unsigned_integer(masked_).key("equal").boolean(equal()).key("paths").begin_array();
  for (const auto& [name, path] : paths_) {
    writer.begin_object().key("request").string(name).key("compared").unsigned_integer(path.compared);
    writer.key("different").unsigned_integer(path.different).key("failed").unsigned_integer(path.failed);
    writer.key("first_failure").string(path.first_failure).key("places").begin_array();
    for (const ReplayPath::Place& place : path.places) {
      writer.begin_object().key("place").string(place.place).key("count").unsigned_integer(place.count);
      writer.key("old").string(place.old_side).key("new").string(place.new_side).end_object();
    }
    writer.end_array().end_object();
  }
  writer.end_array().end_object();
  return out + "\n";
}

}  // namespace banyan
