#include "filters/cache_rules.h"

#include <algorithm>

#include "base/ascii.h"
#include "filters/list_field.h"
#include "http/date.h"

namespace banyan {
namespace {

constexpr std::size_t kOverheadBytes = 512;  // of an entry, beside its texts
constexpr std::size_t kVaryNamesMax = 16;

bool keeps_without_being_told(int status) {
  switch (status) {
    case 200:
    case 203:
    case 300:
    case 301:
    case 308:
    case 404:
    case 405:
    case 410:
    case 414:
    case 501:
      return true;
    default:
      return false;
  }
}

// Statuses this cache understands; 204 has no body to keep, and parts (206) are not put together.
bool understood(int status) { return keeps_without_being_told(status) || status == 302 || status == 307; }

// Nothing where the answer does not say.
std::optional<std::int64_t> told_lifetime(const CacheControl& control, const ArrivedAnswer& answer,
                                          std::int64_t date_s) {
  if (control.s_maxage) return control.s_maxage;
  if (control.max_age) return control.max_age;
  if (!answer.fields->has(FieldId::kExpires)) return std::nullopt;
  // Section 5.3: what is no date is in the past, and "0" is one such.
  const auto expires = parse_http_date(answer.fields->value(FieldId::kExpires), answer.wall_s);
  return std::max<std::int64_t>(expires.value_or(0) - date_s, 0);
}

std::int64_t date_of(const ArrivedAnswer& answer) {
  return parse_http_date(answer.fields->value(FieldId::kDate), answer.wall_s).value_or(answer.wall_s);
}

// Section 4.2.3.
std::int64_t initial_age(const ArrivedAnswer& answer, std::int64_t date_s) {
  const std::int64_t apparent = std::max<std::int64_t>(answer.wall_s - date_s, 0);
  const std::int64_t told = parse_delta_seconds(answer.fields->value(FieldId::kAge)).value_or(0);
  const auto delay = std::chrono::duration_cast<std::chrono::seconds>(answer.arrived - answer.asked).count();
  return std::max(apparent, told + delay);
}

bool is_kept_field(const Fields::Entry& entry) {
  return entry.id != FieldId::kAge && entry.id != FieldId::kContentLength && entry.id != FieldId::kXRequestId;
}

void set_times(StoredAnswer& stored, const ArrivedAnswer& answer, const CachePolicy& policy) {
  const CacheControl control = answer_cache_control(stored.fields);
  const std::int64_t date_s = date_of(answer);
  stored.stored_at = answer.arrived;
  stored.initial_age_s = initial_age(answer, date_s);
  ArrivedAnswer merged = answer;
  merged.fields = &stored.fields;
  stored.lifetime_s = told_lifetime(control, merged, date_s).value_or(policy.default_ttl_s);
  stored.must_validate = control.no_cache;
  stored.while_revalidate_s = control.stale_while_revalidate.value_or(0);
  stored.if_error_s = control.stale_if_error.value_or(policy.if_error_s);
  // Section 5.2.2.10: s-maxage forbids stale use too; but not where the answer itself allows it.
  const bool allowed = control.stale_while_revalidate || control.stale_if_error;
  stored.never_stale = control.must_revalidate || control.proxy_revalidate || (control.s_maxage && !allowed);
}

// What the answer itself forbids, whoever asked.
bool may_be_shared(const Fields& answer) {
  const CacheControl told = answer_cache_control(answer);
  const std::vector<std::string> vary = vary_names(answer);
  const bool varies_by_all = vary.size() > kVaryNamesMax || (vary.size() == 1 && vary.front() == "*");
  return !told.no_store && !told.is_private && !varies_by_all;
}

std::string_view opaque_tag(std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; }

}  // namespace

std::int64_t StoredAnswer::age_s(TimePoint now) const {
  const auto resident = std::chrono::duration_cast<std::chrono::seconds>(now - stored_at).count();
  return initial_age_s + std::max<std::int64_t>(resident, 0);
}

std::size_t StoredAnswer::memory_bytes() const {
  std::size_t bytes = sizeof(StoredAnswer) + kOverheadBytes + body.capacity();
  for (const Fields::Entry& entry : fields) bytes += entry.name.size() + entry.value.size();
  return bytes;
}

std::unique_ptr<StoredAnswer> storable(const ArrivedAnswer& answer, const CachePolicy& policy) {
  const CacheControl asked = request_cache_control(*answer.request);
  const CacheControl told = answer_cache_control(*answer.fields);
  if (!understood(answer.status) || asked.no_store || !may_be_shared(*answer.fields)) return nullptr;
  if (answer.fields->has(FieldId::kSetCookie)) return nullptr;
  // Section 3.5; not by proxy-revalidate (section 5.2.2.8).
  const bool shared = told.is_public || told.must_revalidate || told.s_maxage;
  const bool authorized = answer.authorized || answer.request->has(FieldId::kAuthorization);
  if (authorized && !shared) return nullptr;
  const std::optional<std::int64_t> lifetime = told_lifetime(told, answer, date_of(answer));
  if (!lifetime && !keeps_without_being_told(answer.status)) return nullptr;
  auto stored = std::make_unique<StoredAnswer>();
  stored->status = answer.status;
  for (const Fields::Entry& entry : *answer.fields) {
    if (is_kept_field(entry)) (void)stored->fields.add_copy(entry.name, entry.value);
  }
  set_times(*stored, answer, policy);
  const bool of_use = stored->lifetime_s > stored->initial_age_s || stored->while_revalidate_s > 0 ||
                      stored->if_error_s > 0 || stored->has_validator();
  return of_use ? std::move(stored) : nullptr;
}

std::unique_ptr<StoredAnswer> freshened(const StoredAnswer& stored, const ArrivedAnswer& not_modified,
                                        const CachePolicy& policy) {
  auto fresh = std::make_unique<StoredAnswer>();
  fresh->status = stored.status;
  fresh->body = stored.body;
  const auto replaces = [](const Fields::Entry& entry) {
    return is_kept_field(entry) && entry.id != FieldId::kContentEncoding && entry.id != FieldId::kContentType &&
           entry.id != FieldId::kContentRange && entry.id != FieldId::kSetCookie;
  };
  for (const Fields::Entry& entry : stored.fields) {
    const Fields::Entry* newer = not_modified.fields->find(entry.name);
    if (newer == nullptr || !replaces(*newer)) (void)fresh->fields.add_copy(entry.name, entry.value);
  }
  for (const Fields::Entry& entry : *not_modified.fields) {
    if (replaces(entry)) (void)fresh->fields.add_copy(entry.name, entry.value);
  }
  set_times(*fresh, not_modified, policy);
  return fresh;
}

bool may_stay(const StoredAnswer& stored) { return may_be_shared(stored.fields); }

Use use_of(const StoredAnswer& stored, const CacheControl& request, TimePoint now) {
  const std::int64_t age = stored.age_s(now);
  const std::int64_t left = stored.lifetime_s - age;
  if (stored.must_validate || request.no_cache) return Use::kValidated;
  if (request.max_age && age > *request.max_age) return Use::kValidated;
  if (request.min_fresh && left < *request.min_fresh) return Use::kValidated;
  if (left > 0) return Use::kAsItIs;
  if (stored.never_stale) return Use::kValidated;
  if (request.max_stale && -left <= *request.max_stale) return Use::kAsItIs;
  return -left < stored.while_revalidate_s ? Use::kWhileRevalidating : Use::kValidated;
}

bool usable_after_error(const StoredAnswer& stored, TimePoint now) {
  if (stored.must_validate || stored.never_stale) return false;
  return stored.age_s(now) - stored.lifetime_s < stored.if_error_s;
}

bool client_has(const StoredAnswer& stored, const Fields& request, std::int64_t now_s) {
  if (stored.status != 200) return false;
  if (request.has(FieldId::kIfNoneMatch)) {
    const std::string_view tag = opaque_tag(stored.fields.value(FieldId::kEtag));
    for (const Fields::Entry& entry : request) {
      if (entry.id != FieldId::kIfNoneMatch) continue;
      std::string_view rest = entry.value;
      while (!rest.empty()) {
        const std::string_view wanted = take_element(rest);
        if (wanted == "*" || (!tag.empty() && opaque_tag(wanted) == tag)) return true;
      }
    }
    return false;
  }
  const auto since = parse_http_date(request.value(FieldId::kIfModifiedSince), now_s);
  const auto modified = parse_http_date(stored.fields.value(FieldId::kLastModified), now_s);
  return since && modified && *modified <= *since;
}

static_files::RangeSet asked_part(const StoredAnswer& stored, const Fields& request) {
  if (stored.status != 200 || !request.has(FieldId::kRange) || request.repeated(FieldId::kRange)) return {};
  const std::string_view tag = stored.fields.value(FieldId::kEtag);
  if (tag.starts_with("W/")) return {};
  if (request.has(FieldId::kIfRange)) {
    const std::string_view wanted = request.value(FieldId::kIfRange);
    // A date is compared letter by letter: clients give back what they were given.
    if (wanted.empty() || (wanted != tag && wanted != stored.fields.value(FieldId::kLastModified))) return {};
  }
  return static_files::parse_range(request.value(FieldId::kRange), stored.body.size(), 1);
}

std::vector<std::string> vary_names(const Fields& answer) {
  std::vector<std::string> names;
  for (const Fields::Entry& entry : answer) {
    if (entry.id != FieldId::kVary) continue;
    std::string_view rest = entry.value;
    while (!rest.empty()) {
      const std::string name = ascii_lower(take_element(rest));
      if (name == "*") return {"*"};
      if (!name.empty()) names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string vary_values(const std::vector<std::string>& names, const Fields& request) {
  std::string values;
  for (const std::string& name : names) {
    bool first = true;
    for (const Fields::Entry& entry : request) {
      if (!equals_ignoring_case(entry.name, name)) continue;
      values.append(first ? "=" : ",").append(entry.value);
      first = false;
    }
    values += '\n';  // no value holds one; nothing before it: the field was absent
  }
  return values;
}

}  // namespace banyan
