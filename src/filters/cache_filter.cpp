// `cache`: a shared cache of answers (RFC 9111), in memory.
//
// What may be kept and used is in cache_rules.h, where it lies in cache_store.h. Here: one request. Of several that
// want the same at once and cannot be served, one goes to the route and the others wait for what it brings, for a
// bounded time; where that is not to be kept they all go, and for a while nobody waits for anybody. Every answer says
// in Cache-Status (RFC 9211) what the cache did.
#include <array>
#include <atomic>

#include "base/ascii.h"
#include "filters/builtin_filters.h"
#include "filters/cache_bodies.h"
#include "filters/cache_store.h"
#include "filters/filter_keys.h"
#include "filters/list_field.h"
#include "http/message_framing.h"
#include "runtime/runtime.h"

namespace banyan {
namespace {

using namespace std::chrono_literals;

struct Options {
  std::int64_t memory = 64 * schema_detail::kMiB;
  std::int64_t body_bytes = schema_detail::kMiB;
  Duration default_ttl{};
  Duration stale_if_error{};
  Duration wait = 5s;
};

const Schema& cache_schema() {
  using schema_detail::kMiB;
  static const Schema schema = {
      "cache",
      "Keeps answers to GET in memory and uses them as RFC 9111 lets a shared cache.",
      &schema_detail::defaults<Options>(),
      {size_key<&Options::memory>("memory", kMiB, 64 * 1024 * kMiB, "for all that is kept"),
       size_key<&Options::body_bytes>("body_bytes", 0, 256 * kMiB,
                                      "longer bodies are not kept; at most a 16th of `memory`"),
       duration_key<&Options::default_ttl>("default_ttl", Duration(0), 24 * schema_detail::kHour,
                                           "how long answers are fresh that say nothing of it"),
       duration_key<&Options::stale_if_error>("stale_if_error", Duration(0), 24 * schema_detail::kHour,
                                              "how long after that an answer may stand in for a failed one, where it "
                                              "says nothing of it"),
       duration_key<&Options::wait>("wait", Duration(0), std::chrono::minutes(1),
                                    "how long a request waits for another that fetches the same")}};
  return schema;
}

std::int64_t seconds_of(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

constexpr Duration kPassFor = 10s;
constexpr std::size_t kKeyBytesMax = 8 * 1024;

enum Event : std::uint8_t { kHit, kMiss, kStale, kRevalidated, kBypass, kEventCount };
constexpr std::array<std::string_view, kEventCount> kEventNames = {"hit", "miss", "stale", "revalidated", "bypass"};
using EventCounts = std::array<Counter, kEventCount>;

std::int64_t wall_seconds() { return current_env().wall_nanoseconds() / 1'000'000'000; }

// The conditions of a revalidation, in place of those the client may have sent (section 4.3.1).
void ask_whether_good(const Fields& known, Fields& request) {
  request.remove(FieldId::kIfNoneMatch);
  request.remove(FieldId::kIfModifiedSince);
  if (known.has(FieldId::kEtag)) request.set_copy(FieldId::kIfNoneMatch, known.value(FieldId::kEtag));
  if (known.has(FieldId::kLastModified)) {
    request.set_copy(FieldId::kIfModifiedSince, known.value(FieldId::kLastModified));
  }
}

// One request as the cache looks at it. Copies, since the route changes the head.
struct Asked {
  std::string address;  // under which the generation of its answers lies: what changes there makes them all void
  std::string version;  // in what answers of one address are apart, beside Vary
  std::string primary;  // the key without Vary
  std::string key;      // where its answer would lie, as far as is known
  Fields fields;
  CacheControl control;
  bool head = false;
  bool part = false;        // by Range: served from what is kept whole, and not kept itself
  bool authorized = false;  // by Authorization, as it came, or as a filter before found
  std::shared_ptr<const StoredAnswer> stored;
  bool pass = false;  // answers to this were not to be kept
};

class CacheFilter final : public Filter {
 public:
  CacheFilter(const Options& options, const FilterSite& site)
      : options_(options),
        policy_{seconds_of(options.default_ttl), seconds_of(options.stale_if_error), options.body_bytes},
        store_(static_cast<std::size_t>(options.memory)),
        counts_(site.workers) {}

  Task<void> handle(FilterCall& call, FilterNext next) override;
  void report(void (*count)(void*, std::string_view, std::uint64_t), void* to) const override;

 private:
  class Flight;
  struct Refresh;

  static bool is_for_cache(FilterCall& call, const CacheControl& control);
  static std::string address_of(FilterCall& call);
  static std::string version_of(FilterCall& call, std::string_view target);
  static std::string primary_key(const std::string& address, std::uint64_t generation, const std::string& version);
  std::uint64_t generation_of(const std::string& address);
  void forget(FilterCall& call, const std::string& address);
  void look(Asked& asked);
  bool use(FilterCall& call, const FilterNext& next, std::shared_ptr<Asked> asked);
  Task<void> pass_by(FilterCall& call, FilterNext next);
  Task<void> fetch(FilterCall& call, FilterNext next, std::shared_ptr<Asked> asked, std::shared_ptr<Flight> flight);
  static Task<void> refresh(FilterCall& call, FilterNext next, std::shared_ptr<void> state);
  void take_in(FilterCall& call, const std::shared_ptr<Asked>& asked, const ArrivedAnswer& arrived,
               std::shared_ptr<Flight> flight);
  void keep(const Asked& asked, std::shared_ptr<const StoredAnswer> answer);
  void answer(FilterCall& call, const Asked& asked, std::shared_ptr<const StoredAnswer> stored, Event event);
  void note(FilterCall& call, Event event, std::string_view status);

  const Options options_;
  const CachePolicy policy_;
  CacheStore store_;
  PerWorker<EventCounts> counts_;
  std::atomic<std::uint64_t> generations_{1};
};

// Lands when nobody holds it any more: whatever becomes of the fetch.
class CacheFilter::Flight {
 public:
  Flight(CacheStore& store, std::string key, std::shared_ptr<CacheFlight> flight)
      : store_(store), key_(std::move(key)), flight_(std::move(flight)) {}
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;
  ~Flight() { land(); }
  void land() {
    if (flight_ != nullptr) store_.land(key_, *flight_);
    flight_ = nullptr;
  }

 private:
  CacheStore& store_;
  const std::string key_;
  std::shared_ptr<CacheFlight> flight_;
};

struct CacheFilter::Refresh {
  CacheFilter* filter;  // kept alive by the request's configuration
  std::shared_ptr<Asked> asked;
  std::shared_ptr<Flight> flight;
};

bool CacheFilter::is_for_cache(FilterCall& call, const CacheControl& control) {
  const RequestHead& head = call.head();
  const bool reads = head.method == Method::kGet || head.method == Method::kHead;
  // Conditions that only the origin can judge (RFC 9110 section 13.1): parts must not be put together in spite of them.
  const bool by_origin = head.fields.has(FieldId::kIfMatch) || head.fields.has(FieldId::kIfUnmodifiedSince);
  if (by_origin && head.fields.has(FieldId::kRange)) return false;
  return reads && !control.no_store && !call.has_body() && call.connection().framing().upgrade.empty() &&
         head.target.size() + head.authority.size() < kKeyBytesMax;
}

std::string CacheFilter::address_of(FilterCall& call) {
  const RequestHead& head = call.head();
  std::string address = call.connection().secure() ? "https://" : "http://";
  address.append(ascii_lower(head.authority)).append(head.path);
  if (head.has_query) address.append("?").append(head.query);
  return address;
}

// Routes are apart, since they may differ in more than the address; so are targets of a split, and colours a request
// came with.
std::string CacheFilter::version_of(FilterCall& call, std::string_view target) {
  std::string version(call.context().route);
  version.append("\n").append(target).append("\n").append(call.context().given_colour);
  return version;
}

std::string CacheFilter::primary_key(const std::string& address, std::uint64_t generation, const std::string& version) {
  return address + "\n" + std::to_string(generation) + "\n" + version;
}

// Begins one where there is none.
std::uint64_t CacheFilter::generation_of(const std::string& address) {
  if (const std::shared_ptr<const CacheItem> item = store_.find(address)) return item->generation;
  auto made = std::make_shared<CacheItem>();
  made->generation = generations_.fetch_add(1, std::memory_order_relaxed);
  return store_.put_if_absent(address, std::move(made), sizeof(CacheItem))->generation;
}

void CacheFilter::look(Asked& asked) {
  asked.primary = primary_key(asked.address, generation_of(asked.address), asked.version);
  asked.key = asked.primary;
  std::shared_ptr<const CacheItem> item = store_.find(asked.primary);
  if (item != nullptr && !item->vary.empty()) {
    asked.key = asked.primary + "\n" + std::to_string(item->generation) + vary_values(item->vary, asked.fields);
    item = store_.find(asked.key);
  }
  asked.stored = item == nullptr ? nullptr : item->answer;
  asked.pass = item != nullptr && item->answer == nullptr && now() < item->pass_until;
}

// Answers from what is kept, where that may be used. False: it may not.
bool CacheFilter::use(FilterCall& call, const FilterNext& next, std::shared_ptr<Asked> asked) {
  if (asked->stored == nullptr) return false;
  const Use use = use_of(*asked->stored, asked->control, now());
  if (use == Use::kValidated) return false;
  answer(call, *asked, asked->stored, use == Use::kAsItIs ? kHit : kStale);
  if (use == Use::kAsItIs || asked->head || asked->part) return true;
  std::shared_ptr<CacheFlight> other;
  std::shared_ptr<CacheFlight> mine = store_.take_off(asked->key, &other);
  if (mine == nullptr) return true;  // somebody refreshes it already
  auto state = std::make_shared<Refresh>(this, asked, std::make_shared<Flight>(store_, asked->key, std::move(mine)));
  (void)call.again(next, &refresh, std::move(state));
  return true;
}

Task<void> CacheFilter::handle(FilterCall& call, FilterNext next) {
  const CacheControl control = request_cache_control(call.head().fields);
  if (!is_for_cache(call, control)) {
    co_await pass_by(call, next);
    co_return;
  }
  auto asked = std::make_shared<Asked>();
  asked->version = version_of(call, call.split_target());
  asked->address = address_of(call);
  asked->fields.copy_from(call.head().fields);
  asked->control = control;
  asked->head = call.head().method == Method::kHead;
  asked->part = asked->fields.has(FieldId::kRange);
  asked->authorized = call.authorized();
  look(*asked);
  if (use(call, next, asked)) co_return;
  if (asked->part && !control.only_if_cached) {
    co_await pass_by(call, next);
  } else {
    co_await fetch(call, next, std::move(asked), nullptr);
  }
}

// A request that changed something makes what is kept of its address out of date (section 4.4), of every route, target
// and colour, and what is just being fetched: all of it lies under another generation's keys then. What such a request
// itself would have been answered gives its memory back at once.
void CacheFilter::forget(FilterCall& call, const std::string& address) {
  const std::shared_ptr<const CacheItem> item = store_.find(address);
  if (item == nullptr) return;
  std::size_t target = 0;
  do {
    store_.erase(primary_key(address, item->generation, version_of(call, call.split_target_name(target))));
  } while (!call.split_target_name(++target).empty());
  store_.erase(address);
}

// What is not kept.
Task<void> CacheFilter::pass_by(FilterCall& call, FilterNext next) {
  const bool changes = !is_safe(call.head().method);
  const std::string address = changes ? address_of(call) : "";
  co_await next();
  if (!call.answered()) co_return;
  if (changes && call.answer().status() < 400) forget(call, address);
  note(call, kBypass, "fwd=bypass");
}

Task<void> CacheFilter::fetch(FilterCall& call, FilterNext next, std::shared_ptr<Asked> asked,
                              std::shared_ptr<Flight> flight) {
  if (asked->control.only_if_cached) {
    call.refuse(504, "Nothing of this is kept");
    co_return;
  }
  // One goes, the others wait: but not for what is not kept, and once alone.
  if (flight == nullptr && !asked->pass && !asked->head) {
    std::shared_ptr<CacheFlight> other;
    if (std::shared_ptr<CacheFlight> mine = store_.take_off(asked->key, &other)) {
      flight = std::make_shared<Flight>(store_, asked->key, std::move(mine));
    } else if ((co_await other->landed.wait(now() + options_.wait)).ok()) {
      look(*asked);
      if (use(call, next, asked)) co_return;
    }
  }
  const bool validates = asked->stored != nullptr && asked->stored->has_validator() && !asked->head;
  if (asked->stored != nullptr && !asked->head) ask_whether_good(asked->stored->fields, call.head().fields);
  const TimePoint begin = now();
  co_await next();
  if (!call.answered()) co_return;
  const ArrivedAnswer arrived{.status = call.answer().status(),
                              .request = &asked->fields,
                              .fields = &call.answer().fields(),
                              .asked = begin,
                              .arrived = now(),
                              .wall_s = wall_seconds(),
                              .authorized = asked->authorized};
  if (validates && arrived.status == 304) {
    std::shared_ptr<const StoredAnswer> fresh = freshened(*asked->stored, arrived, policy_);
    if (may_stay(*fresh)) {
      keep(*asked, fresh);
    } else {
      store_.erase(asked->key);
    }
    answer(call, *asked, std::move(fresh), kRevalidated);
  } else if (arrived.status >= 500 && asked->stored != nullptr && usable_after_error(*asked->stored, now())) {
    answer(call, *asked, asked->stored, kStale);
  } else {
    take_in(call, asked, arrived, std::move(flight));
    note(call, kMiss, asked->stored != nullptr ? "fwd=stale" : "fwd=uri-miss");
  }
}

Task<void> CacheFilter::refresh(FilterCall& call, FilterNext next, std::shared_ptr<void> state) {
  Refresh& refresh = *static_cast<Refresh*>(state.get());
  co_await refresh.filter->fetch(call, next, refresh.asked, std::move(refresh.flight));
}

// Lets the body pass into the store on its way to the client.
void CacheFilter::take_in(FilterCall& call, const std::shared_ptr<Asked>& asked, const ArrivedAnswer& arrived,
                          std::shared_ptr<Flight> flight) {
  std::unique_ptr<StoredAnswer> made = asked->head ? nullptr : storable(arrived, policy_);
  const std::optional<std::uint64_t> length = call.answer().body().bytes_left();
  if (made == nullptr || (length && *length > static_cast<std::uint64_t>(options_.body_bytes))) {
    if (asked->head || arrived.status == 304 || arrived.status >= 500) return;
    auto pass = std::make_shared<CacheItem>();
    pass->pass_until = now() + kPassFor;
    if (asked->stored == nullptr) store_.put(asked->key, std::move(pass), sizeof(CacheItem));
    return;
  }
  std::shared_ptr<StoredAnswer> shared = std::move(made);
  const auto whole = [this, asked, shared](std::string body) {
    shared->body = std::move(body);
    shared->body.shrink_to_fit();
    keep(*asked, shared);
  };
  const auto gone = [flight = std::move(flight)] {
    if (flight != nullptr) flight->land();
  };
  call.answer().set_body(
      std::make_unique<KeptBody>(call.answer().body(), static_cast<std::size_t>(options_.body_bytes), whole, gone));
}

void CacheFilter::keep(const Asked& asked, std::shared_ptr<const StoredAnswer> answer) {
  const std::size_t bytes = answer->memory_bytes();
  auto item = std::make_shared<CacheItem>();
  const std::vector<std::string> names = vary_names(answer->fields);
  item->answer = std::move(answer);
  std::string key = asked.primary;
  if (!names.empty()) {
    std::shared_ptr<const CacheItem> by = store_.find(asked.primary);
    if (by == nullptr || by->vary != names) {
      auto made = std::make_shared<CacheItem>();
      made->vary = names;
      made->generation = generations_.fetch_add(1, std::memory_order_relaxed);
      by = made;
      store_.put(asked.primary, std::move(made), sizeof(CacheItem) + 32 * names.size());
    }
    key += "\n" + std::to_string(by->generation) + vary_values(names, asked.fields);
  }
  store_.put(key, std::move(item), bytes);
}

void CacheFilter::answer(FilterCall& call, const Asked& asked, std::shared_ptr<const StoredAnswer> stored,
                         Event event) {
  using Kind = static_files::RangeSet::Kind;
  const bool unchanged = client_has(*stored, asked.fields, wall_seconds());
  const auto part = unchanged || asked.head ? static_files::RangeSet{} : asked_part(*stored, asked.fields);
  const std::int64_t age = stored->age_s(now());
  const std::int64_t left = stored->lifetime_s - age;
  const std::string fwd = event == kRevalidated ? "fwd=stale; fwd-status=304" : "hit; ttl=" + std::to_string(left);
  const std::string size = "/" + std::to_string(stored->body.size());
  if (part.kind == Kind::kUnsatisfiable) {
    // With none of the stored fields: it is not for others to keep.
    call.respond(416, "");
    call.answer().fields().set_copy(FieldId::kContentRange, "bytes *" + size);
    note(call, event, fwd);
    return;
  }
  call.respond(unchanged ? 304 : part.kind == Kind::kPart ? 206 : stored->status, "");
  Fields& fields = call.answer().fields();
  fields.copy_from(stored->fields);
  if (unchanged) {
    fields.remove(FieldId::kContentType);
    fields.remove(FieldId::kContentEncoding);
  }
  fields.set_copy(FieldId::kAge, std::to_string(age));
  if (asked.head && !unchanged) fields.set_copy(FieldId::kContentLength, std::to_string(stored->body.size()));
  if (part.kind == Kind::kPart) {
    const auto [offset, length] = part.ranges.front();
    fields.set_copy(FieldId::kContentRange,
                    "bytes " + std::to_string(offset) + "-" + std::to_string(offset + length - 1) + size);
    call.answer().set_body(std::make_unique<StoredBody>(std::move(stored), offset, length));
  } else if (!asked.head && !unchanged) {
    call.answer().set_body(std::make_unique<StoredBody>(std::move(stored)));
  }
  note(call, event, fwd);
}

void CacheFilter::note(FilterCall& call, Event event, std::string_view status) {
  counts_[call.context().worker][event].add();
  call.note_cache(kEventNames[event]);
  (void)call.answer().fields().add_copy("Cache-Status", "banyan; " + std::string(status));
}

void CacheFilter::report(void (*count)(void*, std::string_view, std::uint64_t), void* to) const {
  for (std::size_t event = 0; event < kEventCount; ++event) {
    std::uint64_t sum = 0;
    for (std::size_t worker = 0; worker < counts_.size(); ++worker) sum += counts_[worker][event].value();
    count(to, kEventNames[event], sum);
  }
  count(to, "evicted", store_.evicted());
}

Result<std::shared_ptr<Filter>> make(const Options& options, const FilterSite& site) {
  return std::shared_ptr<Filter>(std::make_shared<CacheFilter>(options, site));
}

// The name of a filter that decides who may come and stands behind the one at `position`; "" where there is none.
std::string guard_behind(SourcePosition position, const GatewayConfig& config, const RouteConfig& route) {
  bool behind = false;
  for (const std::vector<FilterConfig>* filters : {&config.filters, &route.filters}) {
    for (const FilterConfig& filter : *filters) {
      if (behind && factory_of(filter).lets_in() == LetsIn::kSome) return std::string(filter.type->name());
      behind = behind || filter.position == position;
    }
  }
  return "";
}

void check(const Options& options, SourcePosition position, const GatewayConfig& config, Diagnostics& diagnostics) {
  if (options.body_bytes > options.memory / 16) {
    diagnostics.error(position, "cache: body_bytes is more than a 16th of memory", "raise memory or lower body_bytes");
  }
  for (const RouteConfig& route : config.routes) {
    const std::string guard = guard_behind(position, config, route);
    if (guard.empty()) continue;
    diagnostics.warning(position, "cache: what it keeps goes to anybody, as '" + guard + "' behind it is not asked",
                        "put '" + guard + "' before 'cache'");
    return;
  }
}

}  // namespace

const FilterFactory& cache_filter() {
  static const FilterKind<Options> kind("cache", LetsIn::kAll, &cache_schema, &make, &check);
  return kind;
}

}  // namespace banyan
