#include "gateway/admin_profile.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "http/target.h"
#include "profile/cpu_profile.h"
#include "profile/cpu_sampler.h"
#include "profile/memory_map.h"
#include "runtime/blocking.h"
#include "runtime/env.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

constexpr std::int64_t kSecondsDefault = 30;  // pprof's own
constexpr std::int64_t kSecondsMax = 60;
constexpr std::size_t kTopRows = 40;
constexpr std::size_t kTasksMax = 100'000;
constexpr Duration kRefresh = std::chrono::milliseconds(250);

// 0 where it is no number of seconds that is allowed.
std::int64_t seconds_of(const std::string& query) {
  std::string text;
  if (!query_value(query, "seconds", text)) return kSecondsDefault;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool number = error == std::errc() && end == text.data() + text.size();
  return number && seconds >= 1 && seconds <= kSecondsMax ? seconds : 0;
}

// Binary for pprof, or with `format=text` a table for people.
ProfileAnswer shown(const profile::Profile& profile, std::size_t kind, const std::string& query) {
  std::string format;
  if (query_value(query, "format", format) && format == "text") {
    return {.type = "text/plain; charset=utf-8", .body = profile::top_text(profile, kind, kTopRows)};
  }
  return {.type = "application/octet-stream", .body = profile::encode_gzipped(profile)};
}

Task<ProfileAnswer> cpu(std::string query) {
  const std::int64_t seconds = seconds_of(query);
  if (seconds == 0) {
    co_return ProfileAnswer{400, "", "seconds is a number from 1 to " + std::to_string(kSecondsMax)};
  }
  auto sampler = co_await blocking([] { return profile::CpuSampler::start(); });
  if (!sampler.ok()) {
    const bool busy = sampler.error().code() == ErrorCode::kFailedPrecondition;
    co_return ProfileAnswer{busy ? 409 : 503, "", sampler.error().message()};
  }
  const std::int64_t wall = current_env().wall_nanoseconds();
  const TimePoint begin = now();
  const TimePoint end = begin + std::chrono::seconds(seconds);
  while (now() < end) {
    if (!(co_await sleep_until(std::min(end, now() + kRefresh))).ok()) break;  // cancelled: what there is will do
    co_await blocking([&] { (*sampler)->refresh(); });
  }
  (*sampler)->stop();
  const Duration took = now() - begin;
  co_return co_await blocking([&] {
    profile::Profile profile = profile::make_cpu_profile((*sampler)->samples(), profile::read_memory_map());
    profile.time_ns = wall;
    profile.duration_ns = took.count();
    if ((*sampler)->lost() > 0) profile.comment = std::to_string((*sampler)->lost()) + " samples were lost";
    return shown(profile, 1, query);
  });
}

// A task is a stack of what it waits for upon its name.
Task<ProfileAnswer> tasks(std::string query) {
  std::map<std::pair<std::string, std::string>, std::int64_t> counts;
  for (TaskInfo& task : dump_tasks(kTasksMax)) ++counts[{std::move(task.state), std::move(task.name)}];
  std::vector<profile::NamedStack> stacks;
  for (const auto& [names, count] : counts) stacks.push_back({{names.first, names.second}, count});
  profile::Profile profile = profile::make_named_profile(stacks, {"tasks", "count"});
  profile.time_ns = current_env().wall_nanoseconds();
  co_return shown(profile, 0, query);
}

}  // namespace

Task<ProfileAnswer> answer_profile(std::string path, std::string query) {
  if (path == "profile") co_return co_await cpu(std::move(query));
  if (path == "tasks") co_return co_await tasks(std::move(query));
  co_return ProfileAnswer{404, "", "there is /debug/pprof/profile and /debug/pprof/tasks"};
}

}  // namespace banyan
