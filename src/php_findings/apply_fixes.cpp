#include "php_findings/apply_fixes.h"

#include <algorithm>
#include <vector>

namespace banyan::php {

namespace {

std::uint32_t end_of(const Edit& edit) { return edit.region.offset + edit.region.length; }

bool collide(const Edit& a, const Edit& b) { return a.region.offset <= end_of(b) && b.region.offset <= end_of(a); }

const Fix* choose(const Finding& finding, bool with_unsafe) {
  const auto fits = [with_unsafe](const Fix& fix) { return fix.safe || with_unsafe; };
  const auto found = std::find_if(finding.fixes.begin(), finding.fixes.end(), fits);
  return found == finding.fixes.end() ? nullptr : &*found;
}

// The edits taken so far, in order of offset. They are disjoint, so one of the neighbours collides if any does.
class TakenEdits {
 public:
  bool take(const Fix& fix) {
    for (const Edit& edit : fix.edits) {
      if (collides(edit)) return false;
    }
    for (const Edit& edit : fix.edits) edits_.insert(place_of(edit), &edit);
    return true;
  }
  const std::vector<const Edit*>& edits() const { return edits_; }

 private:
  std::vector<const Edit*>::const_iterator place_of(const Edit& edit) const {
    return std::upper_bound(edits_.begin(), edits_.end(), edit.region.offset,
                            [](std::uint32_t offset, const Edit* one) { return offset < one->region.offset; });
  }
  bool collides(const Edit& edit) const {
    const auto next = place_of(edit);
    if (next != edits_.end() && collide(edit, **next)) return true;
    return next != edits_.begin() && collide(edit, **(next - 1));
  }

  std::vector<const Edit*> edits_;
};

}  // namespace

FixedSource apply_fixes(std::string_view source, std::span<const Finding> findings, bool with_unsafe) {
  TakenEdits taken;
  FixedSource result;
  for (const Finding& finding : findings) {
    const Fix* const fix = choose(finding, with_unsafe);
    if (fix != nullptr && taken.take(*fix)) ++result.applied;
  }
  std::size_t from = 0;
  for (const Edit* const edit : taken.edits()) {
    result.text.append(source.substr(from, edit->region.offset - from)).append(edit->text);
    from = end_of(*edit);
  }
  result.text.append(source.substr(from));
  return result;
}

}  // namespace banyan::php
