#include "php_runtime/array.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "php_runtime/convert.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/object.h"
#include "php_runtime/resource.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

namespace {

constexpr Int kNone = std::numeric_limits<Int>::min();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

const Value kNull;

void reindex(ArrayBody& body) {
  body.index.clear();
  if (body.entries.size() < kIndexFrom) return;
  std::size_t size = 16;
  while (size < body.entries.size() * 2) size *= 2;
  body.index.assign(size, 0);
  for (std::uint32_t i = 0; i < body.entries.size(); ++i) {
    if (body.entries[i].hole) continue;
    std::size_t at = body.entries[i].key.hash() & (size - 1);
    while (body.index[at] != 0) at = (at + 1) & (size - 1);
    body.index[at] = i + 1;
  }
}

void warn_undefined_key(const Key& key) {
  if (!key.is_text()) return warning("Undefined array key " + key.string());
  const std::string_view text = key.text().view();  // of which C shows what stands before the first zero byte
  warning("Undefined array key \"" + std::string(text.substr(0, text.find('\0'))) + "\"");
}

}  // namespace

bool decimal_key(std::string_view text, Int& out) {
  if (text.empty() || text.size() > 20 || !is_digit(text.back())) return false;
  const std::string_view digits = text[0] == '-' ? text.substr(1) : text;
  if (digits.empty() || !is_digit(digits[0]) || (digits[0] == '0' && text.size() > 1)) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out != kNone;
}

Key::Key(const String& text) {
  if (decimal_key(text, number_)) return;
  text_ = text;
  number_ = 0;
  is_text_ = true;
}

String Key::string() const { return is_text_ ? text_ : int_to_string(number_); }

std::size_t Key::hash() const {
  std::uint64_t h = static_cast<std::uint64_t>(number_);
  if (is_text_) {
    h = 14695981039346656037U;
    for (const char c : text_) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  h *= 0x9E3779B97F4A7C15U;
  return static_cast<std::size_t>(h ^ (h >> 32));
}

Key to_key(const Value& given, std::string_view refusal) {
  const Value& v = given.deref();
  switch (v.kind()) {
    case Kind::kInt:
      return v.as_int();
    case Kind::kString:
      return Key(v.as_string());
    case Kind::kUndefined:
    case Kind::kNull:
      return Key::text_as_is({});
    case Kind::kBool:
      return v.as_bool() ? 1 : 0;
    case Kind::kFloat: {
      const Int n = float_to_int(v.as_float());
      if (static_cast<double>(n) != v.as_float()) {
        deprecated("Implicit conversion from float " + float_repr(v.as_float()) + " to int loses precision");
      }
      return n;
    }
    case Kind::kResource: {
      const std::string id = std::to_string(v.as_resource().id());
      warning("Resource ID#" + id + " used as offset, casting to integer (" + id + ")");
      return v.as_resource().id();
    }
    default:
      throw_type_error(refusal);
  }
}

Array Array::list(Many<Value> values) {
  Array out;
  if (values.empty()) return out;
  out.body_ = new ArrayBody;
  out.body_->list.assign(values.begin(), values.end());
  out.body_->count = static_cast<std::uint32_t>(values.size());
  out.body_->next = static_cast<Int>(values.size());
  return out;
}

Array Array::map(Many<Value> pairs) {
  Array out;
  out.own().unbegun = true;
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) out.set(pairs[i], pairs[i + 1]);
  return out;
}

void Array::free_body(ArrayBody* body) { delete body; }

void Array::reserve(std::size_t elements) {
  ArrayBody& body = own();
  if (body.packed) body.list.reserve(elements);
}

ArrayBody& Array::own() {
  if (body_ == nullptr) body_ = new ArrayBody;
  if (body_->holders > 1) {
    auto* made = new ArrayBody(*body_);
    made->holders = 1;
    for (Value& v : made->list) {
      if (v.is_reference() && v.as_reference().box()->holders == 2) v = Value(v.deref());
    }
    for (ArrayEntry& e : made->entries) {
      if (e.value.is_reference() && e.value.as_reference().box()->holders == 2) e.value = Value(e.value.deref());
    }
    --body_->holders;
    body_ = made;
  }
  return *body_;
}

std::ptrdiff_t Array::find(const Key& key) const {
  if (body_ == nullptr) return -1;
  if (body_->packed) {
    if (key.is_text() || key.number() < 0 || static_cast<std::size_t>(key.number()) >= body_->list.size()) return -1;
    return static_cast<std::ptrdiff_t>(key.number());
  }
  if (body_->index.empty()) {
    for (std::size_t slot = 0; slot < body_->entries.size(); ++slot) {
      if (body_->entries[slot].key == key && !body_->entries[slot].hole) return static_cast<std::ptrdiff_t>(slot);
    }
    return -1;
  }
  const std::size_t mask = body_->index.size() - 1;
  for (std::size_t at = key.hash() & mask; body_->index[at] != 0; at = (at + 1) & mask) {
    const std::uint32_t slot = body_->index[at] - 1;
    if (slot < body_->entries.size() && !body_->entries[slot].hole && body_->entries[slot].key == key) {
      return static_cast<std::ptrdiff_t>(slot);
    }
  }
  return -1;
}

const Value* Array::raw(const Key& key) const {
  const std::ptrdiff_t slot = find(key);
  return slot < 0 ? nullptr : &at(static_cast<std::size_t>(slot));
}

const Value* Array::lookup(const Key& key) const {
  const Value* found = raw(key);
  return found == nullptr ? nullptr : &found->deref();
}

const Value& Array::get_key(const Key& key) const {
  if (const Value* found = lookup(key)) return *found;
  warn_undefined_key(key);
  return kNull;
}

const Value& Array::peek(const Value& key, std::string_view refusal) const {
  const Value* found = lookup(to_key(key, refusal));
  return found == nullptr ? kNull : *found;
}

void Array::to_hash() {
  ArrayBody& body = *body_;
  if (!body.packed) return;
  body.packed = false;
  body.entries.reserve(body.list.size() + 4);
  for (std::size_t i = 0; i < body.list.size(); ++i) {
    body.entries.push_back({Key(static_cast<Int>(i)), std::move(body.list[i]), false});
  }
  body.list.clear();
  body.list.shrink_to_fit();
  reindex(body);
}

void Array::sweep() {
  ArrayBody& body = *body_;
  if (body.entries.size() < 16 || body.count * 2 > body.entries.size()) return;
  std::uint32_t position = UINT32_MAX;
  std::vector<ArrayEntry> kept;
  kept.reserve(body.count + 1);
  body.kept.clear();
  for (std::size_t i = 0; i < body.entries.size(); ++i) {
    if (body.entries[i].hole) continue;
    if (i >= body.position && position == UINT32_MAX) position = static_cast<std::uint32_t>(kept.size());
    if (body.walked != 0) body.kept.push_back(static_cast<std::uint32_t>(i));
    kept.push_back(std::move(body.entries[i]));
  }
  body.position = std::min(position, static_cast<std::uint32_t>(kept.size()));
  body.entries = std::move(kept);
  ++body.sweeps;
  reindex(body);
}

// Adds an element that is not there yet; the body is the array's alone.
void Array::insert(const Key& key, Value v) {
  ArrayBody& body = *body_;
  const auto size = static_cast<Int>(body.list.size());
  if (body.packed && !key.is_text() && key.number() == size && body.next == size) {
    body.list.push_back(std::move(v));
    body.unbegun = false;
    ++body.count;
    body.next = size + 1;
    return;
  }
  to_hash();
  sweep();
  body.entries.push_back({key, std::move(v), false});
  ++body.count;
  if (body.entries.size() * 2 > body.index.size()) {
    if (body.entries.size() >= kIndexFrom) reindex(body);
  } else {
    const std::size_t mask = body.index.size() - 1;
    std::size_t at = key.hash() & mask;
    while (body.index[at] != 0) at = (at + 1) & mask;
    body.index[at] = static_cast<std::uint32_t>(body.entries.size());
  }
  if (!key.is_text() && (key.number() >= body.next || body.unbegun)) {
    body.next = key.number() == std::numeric_limits<Int>::max() ? kNone : key.number() + 1;
    body.unbegun = false;
  }
}

void Array::set_key(const Key& key, Value v) {
  if (v.is_reference()) v = Value(v.deref());
  ArrayBody& body = own();
  const std::ptrdiff_t slot = find(key);
  if (slot < 0) return insert(key, std::move(v));
  Value& old =
      body.packed ? body.list[static_cast<std::size_t>(slot)] : body.entries[static_cast<std::size_t>(slot)].value;
  if (old.is_reference()) {
    const Ref ref = old.as_reference();
    ref.set(std::move(v));
  } else {
    // What was there ends when the array is whole again.
    const Value before = std::exchange(old, std::move(v));
  }
}

void Array::set_raw(const Key& key, Value v) {
  ArrayBody& body = own();
  const std::ptrdiff_t slot = find(key);
  if (slot < 0) return insert(key, std::move(v));
  Value& old =
      body.packed ? body.list[static_cast<std::size_t>(slot)] : body.entries[static_cast<std::size_t>(slot)].value;
  const Value before = std::exchange(old, std::move(v));
}

void Array::append(Value v) {
  const ArrayBody& body = own();
  if (body.next == kNone) {
    throw_error("Cannot add element to the array as the next element is already occupied");
  }
  insert(Key(body.next), std::move(v));
}

void Array::unset(const Value& key) { unset_key(to_key(key, "Illegal offset type in unset")); }

void Array::unset_key(const Key& key) {
  if (find(key) < 0) return;
  ArrayBody& body = own();
  const auto slot = static_cast<std::size_t>(find(key));
  if (body.packed && slot + 1 == body.list.size() && body.position < slot) {
    const Value before = std::move(body.list.back());
    body.list.pop_back();
    --body.count;
    if (body.next != static_cast<Int>(slot)) to_hash();
    return;
  }
  to_hash();
  const Value before = std::exchange(body.entries[slot].value, Value());
  body.entries[slot].hole = true;
  --body.count;
}

Value& Array::slot(const Key& key) {
  ArrayBody& body = own();
  std::ptrdiff_t at = find(key);
  if (at < 0) {
    insert(key, Value());
    at = find(key);
  }
  Value& found =
      body.packed ? body.list[static_cast<std::size_t>(at)] : body.entries[static_cast<std::size_t>(at)].value;
  return found.deref();
}

Ref Array::ref_at_key(const Key& key) {
  ArrayBody& body = own();
  std::ptrdiff_t at = find(key);
  if (at < 0) {
    insert(key, Value());
    at = find(key);
  }
  Value& found =
      body.packed ? body.list[static_cast<std::size_t>(at)] : body.entries[static_cast<std::size_t>(at)].value;
  if (found.is_reference()) return found.as_reference();
  Ref made(std::exchange(found, Value()));
  found = Value(made);
  return made;
}

Ref Array::append_ref() {
  Ref made;
  append(Value(made));
  return made;
}

const Value& Array::put_anywhere(const Value& key, Value v) {
  const Key normal = to_key(key);
  set_key(normal, std::move(v));
  return *lookup(normal);
}

Value Array::push(Value v) {
  append(v);
  return v;
}

bool Array::is_list() const {
  if (is_packed()) return true;
  Int want = 0;
  for (const ArrayEntry& e : body_->entries) {
    if (e.hole) continue;
    if (e.key.is_text() || e.key.number() != want) return false;
    ++want;
  }
  return true;
}

void Array::replace(std::vector<ArrayEntry> elements, bool renumber) {
  const Int next = body_ == nullptr ? 0 : body_->next;
  Array fresh;
  fresh.own();
  if (body_ != nullptr) {  // to those who walk over it, it is the same array
    fresh.body_->walked = body_->walked;
    fresh.body_->sweeps = body_->sweeps;
    fresh.body_->moved = body_->moved;
  }
  for (ArrayEntry& e : elements) {
    if (renumber) {
      fresh.append(std::move(e.value));
    } else {
      fresh.set_raw(e.key, std::move(e.value));
    }
  }
  if (!renumber) {
    if (fresh.body_->packed && next != fresh.body_->next) fresh.to_hash();
    fresh.body_->next = next;
  }
  *this = std::move(fresh);
}

// ---- The internal pointer ----

static std::size_t skipped(const Array& a, std::size_t at) {
  while (at < a.slots() && !a.occupied(at)) ++at;
  return at;
}

Value Array::current() const {
  if (body_ == nullptr) return false;
  const std::size_t at = skipped(*this, body_->position);
  return at < slots() ? Value(this->at(at).deref()) : Value(false);
}

Value Array::current_key() const {
  if (body_ == nullptr) return {};
  const std::size_t at = skipped(*this, body_->position);
  return at < slots() ? key_at(at).value() : Value();
}

Value Array::next() {
  ArrayBody& body = own();
  const std::size_t at = skipped(*this, body.position);
  body.position = static_cast<std::uint32_t>(std::min(at + 1, slots()));
  return current();
}

Value Array::previous() {
  ArrayBody& body = own();
  std::size_t at = skipped(*this, body.position);
  if (at >= slots()) return false;
  while (at-- > 0) {
    if (!occupied(at)) continue;
    body.position = static_cast<std::uint32_t>(at);
    return this->at(at).deref();
  }
  body.position = static_cast<std::uint32_t>(slots());
  return false;
}

Value Array::rewind() {
  if (body_ != nullptr && body_->position != 0) own().position = 0;
  return current();
}

Value Array::last() {
  ArrayBody& body = own();
  for (std::size_t at = slots(); at-- > 0;) {
    if (!occupied(at)) continue;
    body.position = static_cast<std::uint32_t>(at);
    return this->at(at).deref();
  }
  body.position = 0;
  return false;
}

// ---- Walking ----

ArrayWalk::ArrayWalk(Array* live) : live_(live) {
  stand_at_position();
  at_ = -1;
}

// Where the array is another than before, the walk goes on from its internal pointer.
void ArrayWalk::stand_at_position() {
  static thread_local std::uint32_t walks = 0;
  ArrayBody& body = live_->own();
  if (body.walked == 0) body.walked = ++walks;
  walk_ = body.walked;
  sweeps_ = body.sweeps;
  moved_ = body.moved;
  at_ = static_cast<std::ptrdiff_t>(body.position) - 1;
}

bool ArrayWalk::next() {
  if (live_ != nullptr) {
    if (live_->body() == nullptr || live_->body()->walked != walk_) stand_at_position();
    const ArrayBody& body = *live_->body();
    if (body.sweeps == sweeps_ + 1 && !body.kept.empty()) {  // the element it stood on may have been removed before
      at_ = std::ranges::upper_bound(body.kept, static_cast<std::uint32_t>(at_)) - body.kept.begin() - 1;
    } else if (body.sweeps != sweeps_) {
      at_ = live_->find(key_);
    }
    sweeps_ = body.sweeps;
    at_ += body.moved - moved_;
    moved_ = body.moved;
  }
  const Array& walked = array();
  for (++at_; at_ < static_cast<std::ptrdiff_t>(walked.slots()); ++at_) {
    if (!walked.occupied(static_cast<std::size_t>(at_))) continue;
    key_ = walked.key_at(static_cast<std::size_t>(at_));
    return true;
  }
  return false;
}

}  // namespace banyan::php_runtime
