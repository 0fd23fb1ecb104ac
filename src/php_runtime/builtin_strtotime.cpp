// strtotime(), after https://www.php.net/manual/en/datetime.formats.php.
#include "php_runtime/builtin_date.h"
#include "php_runtime/date_instant.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

constexpr Int kFarthestBase = 1'000'000'000'000;  // in seconds from 1970

}  // namespace

std::optional<Int> strtotime(const String& datetime, const Value& base) {
  const DateText text = read_date(datetime);
  if (!text.errors.empty()) return std::nullopt;
  DateInstant now = instant_now(default_date_zone());
  if (!base.is_null()) now = {to_int(base), 0, now.zone};
  if (now.seconds > kFarthestBase || now.seconds < -kFarthestBase) {
    stop("builtin-missing", "strtotime() of this runtime does not begin that far from now");
  }
  return instant_of(text, now, false).seconds;
}

}  // namespace banyan::php_runtime
