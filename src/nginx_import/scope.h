// Looking up what holds at a place of nginx's configuration: the innermost block that gives a directive decides, and
// for those that may stand several times it replaces all that blocks further out give.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "nginx_import/nginx_text.h"

namespace banyan::nginx {

class Scope {
 public:
  // A block within `outer`, null for none. Both must outlive this.
  Scope(const std::vector<Directive>& block, const Scope* outer) : block_(&block), outer_(outer) {}

  // The last of that name in the innermost block that has one; null where none has.
  const Directive* find(std::string_view name) const;
  // All of that name in the innermost block that has one, in order.
  std::vector<const Directive*> all(std::string_view name) const;
  // The same for several names that count together, as allow and deny do.
  std::vector<const Directive*> all_of(std::initializer_list<std::string_view> names) const;
  // The same, of this block alone.
  const Directive* own(std::string_view name) const;
  std::vector<const Directive*> all_own(std::string_view name) const;

 private:
  const std::vector<Directive>* block_;
  const Scope* outer_;
};

// "30", "30s", "1m30s", "500ms", "1d". Nothing where it is no such time, or over 30 days.
std::optional<Duration> read_time(std::string_view text);
// "8k", "10m", "1g", "512" in bytes.
std::optional<std::int64_t> read_size(std::string_view text);
std::optional<std::int64_t> read_number(std::string_view text);

}  // namespace banyan::nginx
