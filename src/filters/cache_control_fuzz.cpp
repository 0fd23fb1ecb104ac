// Whatever the fields: no crash; seconds are within their bounds; names of Vary are in order, each once; choosing a
// coding gives one that was offered.
#include "filters/cache_control.h"

#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "filters/accept_encoding.h"
#include "filters/cache_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Fields fields;
  for (const FieldId id : {FieldId::kCacheControl, FieldId::kVary, FieldId::kAcceptEncoding, FieldId::kExpires,
                           FieldId::kAge, FieldId::kEtag, FieldId::kIfNoneMatch}) {
    fields.add_copy(id, text);
  }
  const CacheControl control = answer_cache_control(fields);
  for (const auto& seconds : {control.max_age, control.s_maxage, control.max_stale, control.stale_if_error}) {
    BANYAN_CHECK(!seconds || (*seconds >= 0 && *seconds <= std::int64_t{1} << 31));
  }
  const std::vector<std::string> names = vary_names(fields);
  BANYAN_CHECK(std::is_sorted(names.begin(), names.end()));
  (void)choose_coding(fields, {Coding::kBrotli, Coding::kGzip});
  Fields request;
  const ArrivedAnswer arrived{200, &request, &fields, TimePoint(), TimePoint(), 1'000'000};
  if (const auto stored = storable(arrived, {})) {
    (void)use_of(*stored, control, TimePoint());
    (void)client_has(*stored, fields, 1'000'000);
    BANYAN_CHECK(freshened(*stored, arrived, {}) != nullptr);
  }
  return 0;
}
