// What a shared cache may keep, and when it may use what it has kept: RFC 9111 sections 3 and 4, RFC 5861. Pure: times
// come in as parameters.
//
// Stricter than the RFC: answers with Set-Cookie are not kept, nor those of which only a guess would say how long they
// are fresh (section 4.2.2), unless there is a configured time for them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "filters/cache_control.h"
#include "http/fields.h"
#include "static_files/range.h"

namespace banyan {

// An answer as it is kept. Never changed once it is shared.
struct StoredAnswer {
  int status = 0;
  Fields fields;  // end-to-end, without Age and Content-Length
  std::string body;
  TimePoint stored_at;             // steady
  std::int64_t initial_age_s = 0;  // corrected_initial_age
  std::int64_t lifetime_s = 0;     // freshness_lifetime
  std::int64_t while_revalidate_s = 0;
  std::int64_t if_error_s = 0;
  bool must_validate = false;  // no-cache: never used without asking
  bool never_stale = false;    // must-revalidate

  std::int64_t age_s(TimePoint now) const;
  bool has_validator() const { return fields.has(FieldId::kEtag) || fields.has(FieldId::kLastModified); }
  std::size_t memory_bytes() const;
};

struct CachePolicy {
  std::int64_t default_ttl_s = 0;  // for answers that say nothing of it
  std::int64_t if_error_s = 0;     // for answers without stale-if-error
  std::int64_t body_bytes_max = 0;
};

// An answer to a GET that is at hand: when it was asked for and has come.
struct ArrivedAnswer {
  int status = 0;
  const Fields* request = nullptr;
  const Fields* fields = nullptr;
  TimePoint asked;
  TimePoint arrived;
  std::int64_t wall_s = 0;  // when it has arrived, since 1970
  bool authorized = false;  // the client has shown who it is, whether or not `request` still says so
};

// Whether it may be kept, and then what of it is: all but the body. Null: it may not.
std::unique_ptr<StoredAnswer> storable(const ArrivedAnswer& answer, const CachePolicy& policy);
// What is kept after a 304 for it (section 4.3.4): the stored fields with those of the 304 in their place, fresh anew.
std::unique_ptr<StoredAnswer> freshened(const StoredAnswer& stored, const ArrivedAnswer& not_modified,
                                        const CachePolicy& policy);
// Whether what it became by that may still be kept.
bool may_stay(const StoredAnswer& stored);

enum class Use : std::uint8_t {
  kAsItIs,
  kWhileRevalidating,  // stale, but may be used while it is asked for anew
  kValidated,          // only once the upstream has said that it is still good
};
Use use_of(const StoredAnswer& stored, const CacheControl& request, TimePoint now);
// Whether it may be used because asking for a better one has failed.
bool usable_after_error(const StoredAnswer& stored, TimePoint now);

// Whether the client has it already, by If-None-Match or else If-Modified-Since (section 4.3.2).
bool client_has(const StoredAnswer& stored, const Fields& request, std::int64_t now_s);

// What of it the client asks for by Range and If-Range (RFC 9110 sections 13.1.5 and 14.2). Of several parts all, and
// so of what has no strong validator: parts of another coding of it would look like its own.
static_files::RangeSet asked_part(const StoredAnswer& stored, const Fields& request);

// The names in Vary, in lower case and order, each once; "*" alone where that is among them.
std::vector<std::string> vary_names(const Fields& answer);
// The request's values of these fields as one text.
std::string vary_values(const std::vector<std::string>& names, const Fields& request);

}  // namespace banyan
