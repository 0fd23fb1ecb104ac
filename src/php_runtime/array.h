// PHP's arrays: ordered maps from int and string keys, which holders share until one of them writes.
//
// Lists (keys 0, 1, 2, ...) are one vector of values; other arrays are entries in order, with an index of hashes where
// they are more than a few.
// Removed entries leave holes, which are swept when they outnumber the rest. Elements that are references keep the kind
// kReference; get() and its kin look through them, raw() and at() do not. An Array is one pointer; null is empty.
#pragma once

#include <concepts>
#include <vector>

#include "php_runtime/value.h"

namespace banyan::php_runtime {

// A normalised key: an int, or a string that is not written like one.
class Key {
 public:
  Key(Int number = 0) : number_(number) {}
  // "12" becomes 12, as PHP does.
  explicit Key(const String& text);
  explicit Key(std::string_view text) : Key(String(text)) {}
  static Key text_as_is(String text) {
    Key out;
    out.text_ = std::move(text);
    out.is_text_ = true;
    return out;
  }
  bool is_text() const { return is_text_; }
  Int number() const { return number_; }
  const String& text() const { return text_; }
  Value value() const { return is_text_ ? Value(text_) : Value(number_); }
  String string() const;
  std::size_t hash() const;
  bool operator==(const Key& other) const {
    return is_text_ == other.is_text_ && (is_text_ ? text_ == other.text_ : number_ == other.number_);
  }

 private:
  String text_;
  Int number_ = 0;
  bool is_text_ = false;
};

// A value used as a key; throws for arrays and objects.
Key to_key(const Value& v, std::string_view refusal = "Illegal offset type");
inline constexpr std::string_view kIllegalInIsset = "Illegal offset type in isset or empty";
// Whether a string is written like an int that is a key.
bool decimal_key(std::string_view text, Int& out);

struct ArrayEntry {
  Key key;
  Value value;
  bool hole = false;
};

// How many entries are worth an index.
inline constexpr std::size_t kIndexFrom = 9;

struct ArrayBody : Counted {
  bool packed = true;
  bool unbegun = false;  // made with elements, none of which has had an int key yet
  std::uint32_t count = 0;
  std::uint32_t sweeps = 0;         // how often holes were removed
  Int next = 0;                     // the key of the next append; INT64_MIN: none is left
  std::uint32_t position = 0;       // the internal pointer, among slots
  std::int32_t moved = 0;           // how far elements were moved in all by additions and removals at the beginning
  std::uint32_t walked = 0;         // which walk by reference began over it or over what it is a copy of; 0: none
  std::vector<std::uint32_t> kept;  // where the entries were before holes were removed last; for walks
  std::vector<Value> list;          // where packed
  std::vector<ArrayEntry> entries;
  std::vector<std::uint32_t> index;  // open addressing: slot + 1, 0 empty; size a power of two; none below kIndexFrom

  std::size_t slots() const { return packed ? list.size() : entries.size(); }
};

class Scope;

class Array {
 public:
  Array() = default;
  Array(const Array& other) : body_(other.body_) {
    if (body_ != nullptr) ++body_->holders;
  }
  Array(Array&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  Array& operator=(Array other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~Array() {
    if (body_ != nullptr && --body_->holders == 0) free_body(body_);
  }
  static Array list(Many<Value> values);
  // Keys and values in turn.
  static Array map(Many<Value> pairs);

  std::size_t size() const { return body_ == nullptr ? 0 : body_->count; }
  Int count() const { return static_cast<Int>(size()); }
  bool empty() const { return size() == 0; }
  void reserve(std::size_t elements);

  // $a[$key] as it is read: with PHP's warning and null where there is no such element.
  const Value& get(const Value& key) const { return key.is_int() ? get(key.as_int()) : get_key(to_key(key)); }
  const Value& get(Int key) const {
    if (body_ != nullptr && body_->packed && key >= 0 && static_cast<std::size_t>(key) < body_->list.size()) {
      return body_->list[static_cast<std::size_t>(key)].deref();
    }
    return get_key(Key(key));
  }
  // With PHP's deprecation of fractions, not by way of Int.
  template <std::floating_point Float>
  const Value& get(Float key) const {
    return get(Value(key));
  }
  const Value& get_key(const Key& key) const;
  // The element, looked through references; null where there is none.
  const Value* lookup(const Key& key) const;
  const Value* lookup(const Value& key) const { return lookup(to_key(key)); }
  // As stored, maybe a reference.
  const Value* raw(const Key& key) const;
  // raw() of a key that is probably in that slot.
  const Value* raw_near(const Key& key, std::size_t slot) const {
    if (body_ != nullptr && slot < body_->entries.size()) {
      const ArrayEntry& e = body_->entries[slot];
      if (e.key == key && !e.hole) return &e.value;
    }
    return raw(key);
  }
  // $a[$key] ?? null.
  const Value& peek(const Value& key, std::string_view refusal = "Illegal offset type") const;
  bool has(const Value& key) const { return raw(to_key(key, kIllegalInIsset)) != nullptr; }
  bool is_set(const Value& key) const { return !peek(key, kIllegalInIsset).is_null(); }

  // $a[$key] = $v. Where the element is a reference, what it refers to is set.
  void set(const Value& key, Value v) { set_key(to_key(key), std::move(v)); }
  void set_key(const Key& key, Value v);
  void set_text(std::string_view key, Value v) { set_key(Key(String(key)), std::move(v)); }
  // Stores v itself, replacing a reference.
  void set_raw(const Key& key, Value v);
  void append(Value v);
  void unset(const Value& key);
  void unset_key(const Key& key);
  // The place of an element, made with null where there is none, looked through references; valid until the array is
  // changed otherwise.
  Value& slot(const Key& key);
  // &$a[$key]: the element becomes a reference.
  Ref ref_at(const Value& key) { return ref_at_key(to_key(key)); }
  Ref ref_at_key(const Key& key);
  Ref append_ref();
  void bind_ref(const Value& key, const Ref& ref) { set_raw(to_key(key), Value(ref)); }

  // For expressions that build an array.
  Array& with(const Value& key, Value v) { return set(key, std::move(v)), *this; }
  Array& add(Value v) { return append(std::move(v)), *this; }
  Array& with_ref(const Value& key, const Ref& ref) { return bind_ref(key, ref), *this; }
  Array& add_ref(const Ref& ref) { return append(Value(ref)), *this; }
  Array& spread(const Value& v);
  // set() whose value is wanted.
  const Value& put(const Value& key, Value v) {
    if (Value* at = element_here(key); at != nullptr && !at->is_reference() && !v.is_reference()) {
      std::swap(*at, v);
      return *at;
    }
    return put_anywhere(key, std::move(v));
  }
  Value push(Value v);                                    // append() likewise
  Array& compact(std::string_view name, const Value& v);  // adds a variable under its name, if it is one
  Array& compact_this(const Value& self);                 // adds $this, if there is one
  Array& compact_named(Scope& scope, const Value& names, const Value& self);
  Value& within(const Value& key);  // what unset($a[k][...]) takes from

  bool is_list() const;
  bool is_packed() const { return body_ == nullptr || body_->packed; }

  // Walking by position: slots may be holes. A walk that runs code of the program keeps a copy of the array.
  std::size_t slots() const { return body_ == nullptr ? 0 : body_->slots(); }
  bool occupied(std::size_t slot) const { return body_->packed || !body_->entries[slot].hole; }
  Key key_at(std::size_t slot) const { return body_->packed ? Key(static_cast<Int>(slot)) : body_->entries[slot].key; }
  const Value& at(std::size_t slot) const { return body_->packed ? body_->list[slot] : body_->entries[slot].value; }
  // for (const auto& [key, value] : array): the value as stored; value.deref() looks through references.
  struct Element {
    Key key;
    const Value& value;
  };
  class Iterator {
   public:
    Iterator(const Array& array, std::size_t slot) : array_(array), slot_(slot) { skip(); }
    Element operator*() const { return {array_.key_at(slot_), array_.at(slot_)}; }
    Iterator& operator++() {
      ++slot_;
      skip();
      return *this;
    }
    bool operator!=(const Iterator& other) const { return slot_ != other.slot_; }

   private:
    void skip() {
      while (slot_ < array_.slots() && !array_.occupied(slot_)) ++slot_;
    }
    const Array& array_;
    std::size_t slot_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, slots()}; }
  // What is needed to change elements in place; the body is the array's alone from here on.
  ArrayBody& own();
  const ArrayBody* body() const { return body_; }
  std::ptrdiff_t find(const Key& key) const;  // its slot, or -1
  // Makes the array consist of these elements in this order, its pointer on the first.
  void replace(std::vector<ArrayEntry> elements, bool renumber);

  // The internal pointer: current(), key(), next(), prev(), reset(), end().
  Value current() const;
  Value current_key() const;
  Value next();
  Value previous();
  Value rewind();
  Value last();

  // Whether nobody else holds the body.
  bool alone() const { return body_ != nullptr && body_->holders == 1; }

  // For Value alone.
  ArrayBody* detach() { return std::exchange(body_, nullptr); }
  static void free_body(ArrayBody* body);

 private:
  // The element of a list that is the array's alone, where there is one.
  Value* element_here(const Value& key) {
    if (!key.is_int() || !alone() || !body_->packed) return nullptr;
    const auto at = static_cast<std::size_t>(key.as_int());
    return at < body_->list.size() ? &body_->list[at] : nullptr;
  }
  const Value& put_anywhere(const Value& key, Value v);
  void insert(const Key& key, Value v);
  void to_hash();
  void sweep();

  ArrayBody* body_ = nullptr;
};

inline Value::Value(const Array& value) : Value(Array(value)) {}
inline Value::Value(Array&& value) : kind_(Kind::kArray) { body_ = value.detach(); }

// Walks over an array: by value over what it was at the beginning, by reference over the place as it is.
class ArrayWalk {
 public:
  explicit ArrayWalk(Array array) : array_(std::move(array)) {}
  explicit ArrayWalk(Array* live);
  bool next();
  Value key() const { return key_.value(); }
  const Value& value() const { return array().at(static_cast<std::size_t>(at_)).deref(); }
  Ref ref() { return live_->ref_at_key(key_); }

 private:
  const Array& array() const { return live_ != nullptr ? *live_ : array_; }
  void stand_at_position();
  Array array_;
  Array* live_ = nullptr;
  std::ptrdiff_t at_ = -1;
  std::uint32_t walk_ = 0;  // of the array that is walked over
  std::uint32_t sweeps_ = 0;
  std::int32_t moved_ = 0;
  Key key_;
};

}  // namespace banyan::php_runtime
