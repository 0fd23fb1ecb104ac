#include "php_runtime/live_objects.h"

#include <cstddef>
#include <utility>

#include "php_runtime/function.h"
#include "php_runtime/object.h"

namespace banyan::php_runtime {

void LiveObjects::add(Object* o) {
  const auto number = static_cast<std::size_t>(o->number());
  if (number >= by_number_.size()) by_number_.resize(number + 1);
  by_number_[number] = o;
}

void LiveObjects::remove(const Object* o) {
  const auto number = static_cast<std::size_t>(o->number());
  if (number < by_number_.size() && by_number_[number] == o) by_number_[number] = nullptr;
}

void LiveObjects::let_go() {
  std::vector<ObjectPtr> all;
  for (Object* const o : by_number_) {
    if (o != nullptr) all.emplace_back(o);
  }
  for (const ObjectPtr& o : all) {
    o->properties = Array();
    if (o->native() == Native::kGenerator) leave_body(*o);
    if (o->native() != Native::kClosure) continue;
    auto& closure = static_cast<Closure&>(*o);
    closure.target = {};
    closure.captured = Array();
    closure.owned = nullptr;
  }
}

}  // namespace banyan::php_runtime
