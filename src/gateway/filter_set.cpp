#include "gateway/filter_set.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "gateway/filter_factory.h"
#include "runtime/env.h"

namespace banyan {
namespace {

// What it says, and which files it has read.
std::string identity_of(const FilterConfig& filter, std::size_t position) {
  std::string text = std::to_string(position) + '\n' + filter.text;
  for (const std::string& path : filter.files) {
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) continue;
    text.append("\n").append(path);
    for (const auto number :
         {static_cast<std::uint64_t>(status.st_ino), static_cast<std::uint64_t>(status.st_size),
          static_cast<std::uint64_t>(status.st_mtim.tv_sec), static_cast<std::uint64_t>(status.st_mtim.tv_nsec)}) {
      text.append(" ").append(std::to_string(number));
    }
  }
  return text;
}

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  current_env().fill_random(std::as_writable_bytes(std::span(&seed, 1)));
  return seed;
}

Result<FilterInstance> make_instance(const FilterConfig& filter, const std::string& route, std::size_t workers) {
  const FilterSite site{route, workers, random_seed()};
  Result<std::shared_ptr<Filter>> made = factory_of(filter).make(filter.options.get(), site);
  const std::string name(filter.type->name());
  if (!made.ok()) {
    return std::move(made).error().add_context("line " + std::to_string(filter.position.line) + ", filter " + name);
  }
  return FilterInstance{name, *std::move(made), std::make_shared<PerWorker<Counter>>(workers)};
}

using Events = std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t>;

struct Counting {
  Events& events;
  const PlacedFilter& placed;
};

void count_event(void* to, std::string_view event, std::uint64_t value) {
  const Counting& counting = *static_cast<Counting*>(to);
  counting.events[{counting.placed.route, counting.placed.instance.name, std::string(event)}] += value;
}

}  // namespace

void FilterFactory::look(const FilterConfig& filter, Diagnostics& diagnostics) const {
  const Result<std::shared_ptr<Filter>> made = make(filter.options.get(), FilterSite{});
  if (!made.ok()) diagnostics.error(filter.position, std::string(name()) + ": " + made.error().text());
}

Result<FilterChain> FilterSet::add(const std::vector<FilterConfig>& filters, const std::string& route,
                                   const FilterSet* previous, std::size_t workers) {
  FilterChain chain;
  for (const FilterConfig& filter : filters) {
    PlacedFilter placed{route, identity_of(filter, chain.size()), {}};
    const auto same = [&](const PlacedFilter& old) {
      return old.route == placed.route && old.identity == placed.identity;
    };
    const bool may_keep = previous != nullptr;
    const auto old = may_keep ? std::find_if(previous->placed_.begin(), previous->placed_.end(), same)
                              : std::vector<PlacedFilter>::const_iterator();
    if (may_keep && old != previous->placed_.end()) {
      placed.instance = old->instance;
    } else {
      BANYAN_TRY(placed.instance, make_instance(filter, route, workers));
    }
    chain.push_back(placed.instance);
    placed_.push_back(std::move(placed));
  }
  return chain;
}

void FilterSet::write_metrics(MetricsText& text) const {
  if (placed_.empty()) return;
  Events events;
  for (const PlacedFilter& placed : placed_) {
    Counting counting{events, placed};
    count_event(&counting, "answered", placed.instance.answered->total());
    placed.instance.filter->report(&count_event, &counting);
  }
  text.family(MetricKind::kCounter, "banyan_filter_events_total",
              "What filters did; answered: requests they answered in place of the route. Route \"\": of every route.");
  for (const auto& [key, value] : events) {
    text.sample({{"route", std::get<0>(key)}, {"filter", std::get<1>(key)}, {"event", std::get<2>(key)}}, value);
  }
}

}  // namespace banyan
