#include "php_pdo/pdo_bounds.h"

#include <utility>

namespace banyan::php_runtime {

std::size_t PdoBounds::index_of(std::string_view name, Int number) const {
  if (name.empty()) {
    const auto found = numbers_.find(number);
    return found == numbers_.end() ? kNowhere : found->second;
  }
  const auto found = names_.find(name);
  return found == names_.end() ? kNowhere : found->second;
}

const PdoBound* PdoBounds::find(std::string_view name, Int number) const {
  const std::size_t index = index_of(name, number);
  return index == kNowhere ? nullptr : &list_[index];
}

void PdoBounds::note(std::size_t index) {
  const PdoBound& one = list_[index];
  if (one.name.empty()) {
    numbers_[one.number] = index;
  } else {
    names_[one.name] = index;
  }
}

void PdoBounds::put(PdoBound made) {
  if (!made.name.empty() && made.number >= 0) remove(index_of({}, made.number));
  const std::size_t index = index_of(made.name, made.number);
  if (index != kNowhere) {
    list_[index] = std::move(made);
    return;
  }
  list_.push_back(std::move(made));
  note(list_.size() - 1);
}

void PdoBounds::erase(const PdoBound& place) { remove(index_of(place.name, place.number)); }

// Which is rare, and may take its time.
void PdoBounds::remove(std::size_t index) {
  if (index == kNowhere) return;
  list_.erase(list_.begin() + static_cast<std::ptrdiff_t>(index));
  names_.clear();
  numbers_.clear();
  for (std::size_t i = 0; i < list_.size(); ++i) note(i);
}

void PdoBounds::clear() {
  list_.clear();
  names_.clear();
  numbers_.clear();
}

}  // namespace banyan::php_runtime
