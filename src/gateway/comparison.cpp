#include "gateway/comparison.h"

#include <algorithm>

#include "answers/field_noise.h"
#include "gateway/answer_sample.h"
#include "http/target.h"
#include "runtime/runtime.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLateMax = 20ms;

// Room for answers that are compared, given back at the end.
class AnswerRoom {
 public:
  explicit AnswerRoom(std::atomic<std::size_t>& used) : used_(used) {}
  AnswerRoom(const AnswerRoom&) = delete;
  AnswerRoom& operator=(const AnswerRoom&) = delete;
  ~AnswerRoom() { used_.fetch_sub(mine_, std::memory_order_relaxed); }
  bool take(std::size_t bytes) {
    mine_ += bytes;
    return used_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= kComparedBytesMax;
  }

 private:
  std::atomic<std::size_t>& used_;
  std::size_t mine_ = 0;
};

// How the client called the service, to us and to whoever passed the request on to us.
std::vector<std::string> hosts_of(const MirrorJob& copy) {
  std::vector<std::string> hosts;
  for (const std::string_view host :
       {copy.head.authority, copy.fields.value(FieldId::kHost), copy.fields.value(FieldId::kXForwardedHost)}) {
    if (!host.empty()) hosts.emplace_back(host);
  }
  return hosts;
}

// The parameter stands at the end: to PHP "dry.run" and "dry_run" are one, and the last of them counts.
std::string flagged_target(std::string_view target, const FlagConfig& flag) {
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string out(target.substr(0, question));
  std::string_view rest = target.substr(question);
  char mark = '?';
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find_first_of("&;"), rest.size());
    const std::string_view piece = rest.substr(0, end);
    rest.remove_prefix(end);
    if (piece.empty() || form_equals(piece.substr(0, piece.find('=')), flag.name)) continue;
    out.append(1, mark).append(piece);
    mark = rest.empty() ? '&' : rest.front();
  }
  return out.append(1, out.size() == question ? '?' : '&').append(flag.name).append("=").append(flag.value);
}

class SideComparison {
 public:
  SideComparison(ComparisonJob& job, Observation& out)
      : job_(job), out_(out), room_(job.desk->answer_bytes), hosts_(hosts_of(*job.copy)) {}

  Task<void> run() {
    MirrorAnswer& clients = answers_[job_.client_side];
    clients = std::move(job_.copy->answered);
    if (alone_ && job_.client_side == kNewSide) co_return co_await keep_in_step();
    const std::size_t other = 1 - job_.client_side;
    bool compared = room_.take(clients.body.size());
    if (compared) answers_[other] = co_await ask(other, &compared);
    if (!compared || !room_.take(answers_[other].body.size())) {
      out_.comparison = Comparison::kDropped;
      out_.too_long = answers_[other].too_long;
      co_return;
    }
    see(kOldSide);
    see(kNewSide);
    co_await judge();
    if (job_.timed_first && !out_.sides[kOldSide]->failed && !out_.sides[kNewSide]->failed) co_await time_both();
  }

 private:
  ComparedAnswer view_of(const MirrorAnswer& answer) const {
    ComparedAnswer view;
    view.status = answer.status;
    for (const auto& [name, value] : answer.headers) view.headers.emplace_back(name, value);
    view.body = answer.body;
    view.hosts = hosts_;
    view.addresses = job_.migration->addresses;
    return view;
  }

  void see(std::size_t side) {
    const MirrorAnswer& answer = answers_[side];
    ObservedSide& seen = out_.sides[side].emplace(
        observed_side(view_of(answer), answer.failure.empty(), answer.took, job_.migration->config->build_header));
    tell_build(seen, side == job_.client_side ? *job_.answered_by : *job_.clusters[side]);
  }

  // The client's answer is the new side's, and the sandbox is too.
  Task<void> keep_in_step() {
    see(kNewSide);
    answers_[kNewSide].body = {};
    bool compared = true;
    (void)co_await ask(kNewSide, &compared);
  }

  // A failure is an answer too; `*compared` says where our own limits were met instead.
  Task<MirrorAnswer> ask(std::size_t side, bool* compared) {
    const TimePoint start = now();
    const CopyTarget target{*job_.clusters[side], job_.scripts[side].name, job_.scripts[side].path_info};
    Result<MirrorAnswer> answer =
        co_await with_timeout(job_.migration->config->mirror.timeout, ask_copy(*job_.copy, target));
    if (answer.ok()) {
      *compared = !answer->too_long;
      co_return *std::move(answer);
    }
    // A timer that was late by itself says that this process was, not the side.
    const bool late = now() - start > job_.migration->config->mirror.timeout + kLateMax;
    *compared = answer.error().code() != ErrorCode::kResourceExhausted && !late;
    MirrorAnswer failed;
    failed.took = now() - start;
    failed.failure = answer.error().text();
    co_return failed;
  }

  // Incomplete, and known to be crowded out, where too many wait to be compared.
  Task<AnswerComparison> compare(const MirrorAnswer& old_answer, const MirrorAnswer& new_answer) {
    const AnswerComparer& comparer = job_.migration->comparer;
    std::optional<AnswerComparison> found = co_await blocking_on(
        comparison_pool(), [&] { return comparer.compare(view_of(old_answer), view_of(new_answer)); });
    if (found) co_return *std::move(found);
    crowded_out_ = true;
    AnswerComparison none;
    none.complete = false;
    co_return none;
  }

  Task<void> judge() {
    const MirrorAnswer& old_answer = answers_[kOldSide];
    if (!old_answer.failure.empty()) co_return;  // nothing to be held against
    AnswerComparison found;
    if (answers_[kNewSide].failure.empty()) {
      found = co_await compare(old_answer, answers_[kNewSide]);
    } else {
      found.differences.push_back({"status", std::to_string(old_answer.status), answers_[kNewSide].failure});
    }
    out_.differences = places_of(found);
    out_.all_places = found.all_places;
    out_.comparison = found.equal() || all_noise(found, *noise_) ? Comparison::kEqual : Comparison::kDifferent;
    if (!found.complete && found.differences.empty()) {
      out_.comparison = Comparison::kDropped;
      out_.too_long = !crowded_out_;
    }
    // That both fail alike, as without their database, says nothing of what they answer when they are well.
    if (out_.comparison == Comparison::kEqual && out_.sides[kOldSide]->failed) {
      out_.comparison.reset();
      co_return;
    }
    if (out_.comparison == Comparison::kDifferent && !alone_) co_await ask_again();
    if (crowded_out_) {
      out_.comparison = Comparison::kDropped;
      out_.differences.clear();
    }
    if (job_.twice && out_.comparison != Comparison::kDropped) co_await ask_twice();
    if (out_.comparison != Comparison::kDifferent && out_.comparison != Comparison::kRace) co_return;
    if (job_.migration->route->samples_left.fetch_sub(1, std::memory_order_relaxed) > 0) keep_sample(found);
  }

  static std::vector<DifferentPlace> places_of(const AnswerComparison& found) {
    std::vector<DifferentPlace> places;
    for (const AnswerDifference& one : found.differences) {
      places.push_back({general_place(one.place), std::string(kind_of(one))});
    }
    return places;
  }

  static bool all_noise(const AnswerComparison& found, const PlaceSet& noise) {
    return found.complete && is_all_noise(places_of(found), found.all_places, noise);
  }

  // Nothing where the side gives no answer, or our own limits are met.
  Task<std::optional<MirrorAnswer>> look(std::size_t side) {
    bool compared = true;
    MirrorAnswer answer = co_await ask(side, &compared);
    if (!compared || !answer.failure.empty()) co_return std::nullopt;
    co_return std::optional(std::move(answer));
  }

  // The old side, the new one and the old one again: a difference that vanishes was a race, and so is one where the old
  // side does not agree with itself either, as somebody changes meanwhile what is asked for.
  Task<void> ask_again() {
    if (!answers_[kNewSide].failure.empty()) co_return;
    const std::optional<MirrorAnswer> before = co_await look(kOldSide);
    if (!before) co_return;
    const std::optional<MirrorAnswer> other = co_await look(kNewSide);
    if (!other) co_return;
    const AnswerComparison second = co_await compare(*before, *other);
    bool race = second.equal() || all_noise(second, *noise_);
    if (!race) {
      const std::optional<MirrorAnswer> after = co_await look(kOldSide);
      if (!after) co_return;
      PlaceSet excused = *noise_;
      for (DifferentPlace& one : places_of(co_await compare(*before, *after))) excused.insert(std::move(one));
      race = all_noise(second, excused);
    }
    if (race) out_.comparison = Comparison::kRace;
  }

  // What differs now differs by itself.
  Task<void> ask_twice() {
    const std::optional<MirrorAnswer> again = co_await look(kOldSide);
    if (!again) co_return;
    const AnswerComparison itself = co_await compare(answers_[kOldSide], *again);
    if (itself.complete) out_.again = places_of(itself);
  }

  // No answer in time is a time; what failed otherwise is none.
  Task<void> time_both() {
    const Duration most = job_.migration->config->mirror.timeout;
    std::array<Duration, 2> took;
    for (const std::size_t side : {*job_.timed_first, 1 - *job_.timed_first}) {
      bool counts = true;
      const MirrorAnswer answer = co_await ask(side, &counts);
      const bool failed = !answer.failure.empty() || answer.status >= 500;
      if (!counts || (failed && answer.took < most)) co_return;
      took[side] = answer.took;
    }
    if (took[kOldSide] >= most && took[kNewSide] >= most) co_return;
    out_.timed = TimedPair{.old_took = took[kOldSide], .new_took = took[kNewSide]};
  }

  void keep_sample(const AnswerComparison& found) {
    Sample& sample = out_.sample.emplace();
    sample.route = job_.migration->route->id;
    sample.at = WallTime(Duration(current_env().wall_nanoseconds()));
    sample.request_line = job_.request_line.substr(0, Sample::kRequestBytesMax);
    sample.request_id = job_.request_id.substr(0, Sample::kRequestBytesMax);
    const Mask& mask = job_.copy->snapshot->sample_mask;
    bool body_hidden = false;
    sample.old_answer = sample_of(view_of(answers_[kOldSide]), mask, &body_hidden);
    sample.new_answer = sample_of(view_of(answers_[kNewSide]), mask, &body_hidden);
    sample.differences = sample_differences(found.differences, mask, body_hidden);
    sample.race = out_.comparison == Comparison::kRace;
  }

  ComparisonJob& job_;
  Observation& out_;
  AnswerRoom room_;
  const std::vector<std::string> hosts_;
  bool crowded_out_ = false;
  const bool alone_ = job_.migration->config->sandbox.new_side_alone();
  const std::shared_ptr<const PlaceSet> noise_ = job_.migration->route->noise();
  std::array<MirrorAnswer, 2> answers_;
};

}  // namespace

ObservedSide observed_side(const ComparedAnswer& answer, bool answered, Duration took,
                           const std::string& build_header) {
  ObservedSide side;
  side.failed = !answered || answer.status >= 500;
  side.took = took;
  if (!build_header.empty()) side.build = answer.header(build_header).substr(0, ObservedSide::kBuildBytesMax);
  return side;
}

void tell_build(ObservedSide& side, WorkerCluster& cluster) {
  if (side.build.empty()) side.build = cluster.state().health_build();
}

bool is_all_noise(const std::vector<DifferentPlace>& places, bool all_places, const PlaceSet& noise) {
  return all_places && !places.empty() &&
         std::all_of(places.begin(), places.end(), [&](const DifferentPlace& one) { return noise.contains(one); });
}

void ObservationDesk::tell(std::unique_ptr<Observation> observation) {
  const std::shared_ptr<RolloutRoute> route = observation->route;
  if (!queue.try_send(std::move(observation))) route->lost.fetch_add(1, std::memory_order_relaxed);
}

void enter_sandbox(MirrorJob& copy, const SandboxConfig& sandbox) {
  const FlagConfig& header = sandbox.header;
  if (!header.name.empty()) {
    for (Fields* fields : {&copy.fields, &copy.head.fields}) {
      fields->remove(header.name);
      (void)fields->add_copy(header.name, header.value);
    }
  }
  if (!sandbox.query.name.empty()) copy.set_target(flagged_target(copy.target, sandbox.query));
}

Task<void> run_comparison(std::unique_ptr<ComparisonJob> job, std::shared_ptr<unsigned> under_way) {
  auto out = std::make_unique<Observation>();
  out->route = job->migration->route;
  {
    SideComparison comparison(*job, *out);
    co_await comparison.run();
  }
  job->desk->tell(std::move(out));
  --*under_way;
}

}  // namespace banyan
