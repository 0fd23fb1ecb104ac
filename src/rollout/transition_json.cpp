#include "rollout/transition_json.h"

#include <array>
#include <optional>

#include "json/parse.h"
#include "json/write.h"
#include "rollout/rollout.h"

namespace banyan {
namespace {

constexpr std::array kStages = {Stage::kLegacy,  Stage::kMirrored, Stage::kVerified,
                                Stage::kShifted, Stage::kNative,   Stage::kRetired};

void write_position(json::Writer& out, std::string_view name, const Position& position) {
  out.key(name).begin_object().key("stage").string(stage_name(position.stage));
  out.key("hundredths").unsigned_integer(position.hundredths).end_object();
}

void write_pairs(json::Writer& out, std::string_view name, const DiscordantPairs& pairs) {
  out.key(name).begin_object().key("new").unsigned_integer(pairs.new_bad);
  out.key("old").unsigned_integer(pairs.old_bad).end_object();
}

void write_evidence(json::Writer& out, const Evidence& evidence) {
  out.key("evidence").begin_object();
  out.key("compared").unsigned_integer(evidence.answers.compared);
  out.key("different").unsigned_integer(evidence.answers.different);
  out.key("eligible").unsigned_integer(evidence.eligible);
  out.key("dropped").unsigned_integer(evidence.dropped);
  out.key("races").unsigned_integer(evidence.races);
  out.key("pairs").unsigned_integer(evidence.pairs);
  write_pairs(out, "failures", evidence.failures);
  write_pairs(out, "slow", evidence.slow);
  out.end_object();
}

// Reads members of one object and remembers the first that is wrong.
class MemberReader {
 public:
  MemberReader(json::Value object, std::string path, std::string& wrong)
      : object_(object), path_(std::move(path)), wrong_(wrong) {
    if (!object.is_object()) blame("");
  }
  std::uint64_t count(std::string_view name) {
    const std::optional<std::int64_t> number = object_[name].to_int64();
    if (!number || *number < 0) blame(name);
    return static_cast<std::uint64_t>(number.value_or(0));
  }
  std::int64_t integer(std::string_view name) {
    const std::optional<std::int64_t> number = object_[name].to_int64();
    if (!number) blame(name);
    return number.value_or(0);
  }
  std::string text(std::string_view name) {
    const std::optional<std::string_view> text = object_[name].to_string();
    if (!text) blame(name);
    return std::string(text.value_or(""));
  }
  bool flag(std::string_view name) {
    const std::optional<bool> flag = object_[name].to_bool();
    if (!flag) blame(name);
    return flag.value_or(false);
  }
  json::Value value(std::string_view name) const { return object_[name]; }
  MemberReader object(std::string_view name) { return {object_[name], path_of(name), wrong_}; }
  void blame(std::string_view name) {
    if (wrong_.empty()) wrong_ = path_of(name);
  }

 private:
  std::string path_of(std::string_view name) const {
    return name.empty() ? path_ : path_.empty() ? std::string(name) : path_ + "." + std::string(name);
  }

  json::Value object_;
  std::string path_;
  std::string& wrong_;
};

Position read_position(MemberReader in) {
  Position position;
  const std::string name = in.text("stage");
  bool known = false;
  for (const Stage stage : kStages) {
    if (stage_name(stage) != name) continue;
    position.stage = stage;
    known = true;
  }
  if (!known) in.blame("stage");
  const std::uint64_t hundredths = in.count("hundredths");
  if (hundredths > RolloutPolicy::kAllOfRequests) in.blame("hundredths");
  position.hundredths = static_cast<std::uint32_t>(hundredths);
  return position;
}

DiscordantPairs read_pairs(MemberReader in) { return {.new_bad = in.count("new"), .old_bad = in.count("old")}; }

Evidence read_evidence(MemberReader in) {
  Evidence evidence;
  evidence.answers = {.compared = in.count("compared"), .different = in.count("different")};
  if (evidence.answers.different > evidence.answers.compared) in.blame("different");
  evidence.eligible = in.count("eligible");
  evidence.dropped = in.count("dropped");
  evidence.races = in.count("races");
  evidence.pairs = in.count("pairs");
  evidence.failures = read_pairs(in.object("failures"));
  evidence.slow = read_pairs(in.object("slow"));
  return evidence;
}

}  // namespace

void append_transition(std::string& text, const Transition& transition) {
  json::Writer out(text);
  out.begin_object();
  out.key("sequence").unsigned_integer(transition.sequence).key("epoch").unsigned_integer(transition.epoch);
  out.key("key").begin_object().key("old").string(transition.key.old_build);
  out.key("new").string(transition.key.new_build).key("rules").string(transition.key.rules).end_object();
  write_position(out, "from", transition.from);
  write_position(out, "to", transition.to);
  out.key("hold");
  if (transition.hold) {
    out.begin_object().key("by_alarm").boolean(transition.hold->by_alarm);
    out.key("reason").string(transition.hold->reason).end_object();
  } else {
    out.null();
  }
  out.key("by").string(transition.by).key("why").string(transition.why);
  out.key("at_ns").integer(transition.at.time_since_epoch().count());
  write_evidence(out, transition.evidence);
  out.end_object();
}

Result<Transition> parse_transition(std::string_view text) {
  Result<json::Document> document = json::parse(text);
  if (!document.ok()) return Error(ErrorCode::kDataLoss, "not JSON: " + document.error().message());
  std::string wrong;
  MemberReader in(document->root(), "", wrong);
  if (!document->root().is_object()) return Error(ErrorCode::kDataLoss, "not a JSON object");
  Transition made;
  made.sequence = in.count("sequence");
  made.epoch = in.count("epoch");
  MemberReader key = in.object("key");
  made.key = {.old_build = key.text("old"), .new_build = key.text("new"), .rules = key.text("rules")};
  made.from = read_position(in.object("from"));
  made.to = read_position(in.object("to"));
  if (!in.value("hold").is_null()) {
    MemberReader hold = in.object("hold");
    made.hold = Hold{.by_alarm = hold.flag("by_alarm"), .reason = hold.text("reason")};
  }
  made.by = in.text("by");
  made.why = in.text("why");
  made.at = WallTime(Duration(in.integer("at_ns")));
  made.evidence = read_evidence(in.object("evidence"));
  if (!wrong.empty()) return Error(ErrorCode::kDataLoss, "the member '" + wrong + "' is missing or wrong");
  return made;
}

}  // namespace banyan
