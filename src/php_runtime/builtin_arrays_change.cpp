// Arrays as stacks and queues, changed in place, and the internal pointer.
#include "php_runtime/builtin_arrays.h"

namespace banyan::php_runtime {

Int array_push(Array& array, Arguments values) {
  for (const Value& v : values) array.append(v.deref());
  return array.count();
}

Value array_pop(Array& array) {
  const Value last = array_key_last(array);
  if (last.is_null()) return {};
  const Key key = to_key(last);
  Value v = *array.lookup(key);
  array.unset_key(key);
  ArrayBody& body = array.own();
  if (!key.is_text() && key.number() == wrap_add(body.next, -1)) body.next = key.number();
  body.position = 0;
  return v;
}

namespace {

// Makes the array consist of these elements, string keys kept and int keys anew.
void renumber(Array& array, const std::vector<ArrayEntry>& elements, Int moved) {
  Array fresh;
  fresh.reserve(elements.size());
  for (const ArrayEntry& entry : elements) {
    if (entry.key.is_text()) {
      fresh.set_raw(entry.key, entry.value);
    } else {
      fresh.append(entry.value);
    }
  }
  if (const ArrayBody* const before = array.body(); before != nullptr) {  // to those who walk over it, the same array
    ArrayBody& body = fresh.own();
    body.walked = before->walked;
    body.sweeps = before->sweeps;
    body.moved = static_cast<std::int32_t>(before->moved + moved);
  }
  array = std::move(fresh);
}

std::vector<ArrayEntry> entries_of(const Array& array) {
  std::vector<ArrayEntry> out;
  for (const auto& [key, value] : array) out.push_back({key, value});
  return out;
}

}  // namespace

Value array_shift(Array& array) {
  if (array.empty()) return {};
  std::vector<ArrayEntry> all = entries_of(array);
  Value v = all[0].value.deref();
  all.erase(all.begin());
  renumber(array, all, -1);
  return v;
}

Int array_unshift(Array& array, Arguments values) {
  std::vector<ArrayEntry> all;
  for (const Value& v : values) all.push_back({Key(), v.deref()});
  for (const auto& [key, value] : array) all.push_back({key, value});
  renumber(array, all, static_cast<Int>(values.size()));
  return array.count();
}

// Gives what was taken out.
Array array_splice(Array& array, Int offset, const Value& length, const Value& replacement) {
  const Part part = clip(array.size(), offset, length);
  const std::vector<ArrayEntry> all = entries_of(array);
  Array taken;
  for (std::size_t i = part.from; i < part.to; ++i) {
    if (all[i].key.is_text()) {
      taken.set_raw(all[i].key, all[i].value);
    } else {
      taken.append(all[i].value);
    }
  }
  std::vector<ArrayEntry> kept(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(part.from));
  for (const Value& v : values_of(to_array(replacement))) kept.push_back({Key(), v});
  kept.insert(kept.end(), all.begin() + static_cast<std::ptrdiff_t>(part.to), all.end());
  renumber(array, kept, 0);
  return taken;
}

Value current(const Array& array) { return array.current(); }
Value array_key(const Array& array) { return array.current_key(); }
Value next(Array& array) { return array.next(); }
Value prev(Array& array) { return array.previous(); }
Value reset(Array& array) { return array.rewind(); }
Value end(Array& array) { return array.last(); }

}  // namespace banyan::php_runtime
