// What becomes of nginx's directives that have no counterpart of their own in a proposal: one table, a row for each.
//
// A row says that a directive needs nothing (it tunes nginx's own workings, or Banyan does so by itself), or that what
// it does is not carried over, and what to do instead. A directive that a conversion reads by itself (listen, location,
// proxy_pass...) needs no row. One that is in neither place is reported as unknown, so that nothing is dropped in
// silence. When Banyan learns something new, its row here changes or goes.
#pragma once

#include <string_view>

namespace banyan::nginx {

enum class Fate : unsigned char {
  kNotNeeded,  // nothing is lost
  kMissing,    // something is lost: `instead` says what to do
};

struct Advice {
  std::string_view name;  // of the directive; a final '*' takes all that begin so
  Fate fate;
  std::string_view instead;  // a sentence without a final stop
};

// Null where the table has no row for it. An exact name goes before a pattern.
const Advice* find_advice(std::string_view directive);

}  // namespace banyan::nginx
