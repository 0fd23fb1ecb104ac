// SplDoublyLinkedList, SplQueue and SplStack, after https://www.php.net/manual/en/class.spldoublylinkedlist.php, and
// SplFixedArray.
#include <algorithm>
#include <deque>
#include <limits>

#include "php_runtime/spl_classes.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

// The modes of iteration.
constexpr Int kDelete = 1, kLifo = 2;

class List : public Container {
 public:
  explicit List(Class* c) : Container(c), mode(c->is("SplStack") ? kLifo : 0) {}
  Object* clone() const override { return new List(*this); }
  std::vector<Property> shown() const override {
    std::vector<Property> out = with_private("flags", "SplDoublyLinkedList", mode | (directed() ? 4 : 0));
    out.push_back({"dllist", "private", find_class("SplDoublyLinkedList"), Value(array()), false});
    return out;
  }
  bool directed() const { return of().is("SplQueue") || of().is("SplStack"); }
  Array array() const {
    Array out;
    for (const Value& v : items) out.append(v);
    return out;
  }

  void need(std::string_view what) const {
    if (items.empty()) raise(new_exception("RuntimeException", concat({"Can't ", what, " an empty datastructure"})));
  }
  Value pop() {
    need("pop from");
    Value v = std::move(items.back());
    items.pop_back();
    removed(static_cast<Int>(items.size()));
    return v;
  }
  Value shift() {
    need("shift from");
    Value v = std::move(items.front());
    items.pop_front();
    removed(0);
    return v;
  }
  void unshift(const Value& v) {
    items.push_front(v);
    ++at;
  }
  // Before the element that the index means, or at the end.
  void add(const Value& k, const Value& v) {
    const Int wanted = index_of("add", "int", k);
    if (wanted == static_cast<Int>(items.size())) return items.push_back(v);
    const auto i = static_cast<Int>(place("add", wanted));
    items.insert(items.begin() + i, v);
    if (i <= at) ++at;
  }
  // An offset as a method takes it, of the type that it declares.
  static Int index_of(std::string_view method, std::string_view declared, const Value& k) {
    const std::string place = concat({"SplDoublyLinkedList::", method, "(): Argument #1 ($index)"});
    Value made;
    if (coerce(k, declared, false, made)) return to_int(made);
    if (!k.deref().is_null()) {
      throw_type_error(concat({place, " must be of type ", declared, ", ", type_name(k), " given"}));
    }
    return param_int(k, place);
  }
  // The index an offset means: a stack counts from its top.
  std::size_t place(std::string_view method, Int i) const {
    const Int size = static_cast<Int>(items.size());
    if (i < 0 || i >= size) {
      raise(new_exception("OutOfRangeException",
                          concat({"SplDoublyLinkedList::", method, "(): Argument #1 ($index) is out of range"})));
    }
    return index((mode & kLifo) != 0 ? size - 1 - i : i);
  }
  void unset(const Value& k) {
    const std::size_t i = place("offsetUnset", index_of("offsetUnset", "int", k));
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(i));
    removed(static_cast<Int>(i));
    if (gone && static_cast<Int>(i) == at) on = gone = false;
  }

  void rewind() {
    at = (mode & kLifo) != 0 ? static_cast<Int>(items.size()) - 1 : 0;
    key = at;
    on = !items.empty();
    gone = false;
  }
  Value current() const { return on && !gone ? items[index(at)] : Value(); }
  // In the deleting mode it takes what it leaves.
  void next() {
    if (!on) return;
    const Int was = at;
    const bool lifo = (mode & kLifo) != 0;
    if ((mode & kDelete) != 0) {
      if (!items.empty()) lifo ? pop() : shift();
      at = lifo ? was - 1 : was;
      if (lifo) --key;
    } else if (lifo) {
      --at, --key;
    } else {
      if (!gone) ++at;  // otherwise what followed has taken its place
      if (gone && !followed) at = -1;
      ++key;
    }
    settle();
  }
  void prev() {
    if (!on) return;
    const Int step = (mode & kLifo) != 0 ? 1 : -1;
    at += step, key += step;
    settle();
  }

  std::deque<Value> items;
  Int mode = 0;

  Int at = 0;             // the element the iteration is on
  Int key = 0;            // its key, which changes of the list leave alone
  bool on = false;        // on an element: not before the first rewind, nor beyond the end
  bool gone = false;      // that element was taken away: the iteration stays there until it moves on
  bool followed = false;  // and had another behind it then

 private:
  // Keeps the iteration on its element after another was taken away.
  void removed(Int i) {
    if (i == at && on && !gone) {
      gone = true;
      followed = at < static_cast<Int>(items.size());
    }
    if (i < at) --at;
  }
  void settle() {
    on = at >= 0 && at < static_cast<Int>(items.size());
    gone = false;
  }
};

List& list(const ObjectPtr& o) { return native<List>(o); }

Int set_mode(const ObjectPtr& o, Int mode) {
  List& l = list(o);
  if (l.directed() && (l.mode & kLifo) != (mode & kLifo)) {
    raise(new_exception("RuntimeException", "Iterators' LIFO/FIFO modes for SplStack/SplQueue objects are frozen"));
  }
  return l.mode = mode & (kDelete | kLifo);
}

void declare_list() {
  Class& c = new_spl_class("SplDoublyLinkedList", "", {"Iterator", "Countable", "ArrayAccess", "Serializable"});
  c.make = make_native<List>;
  c.method("push", kPublic, +[](const ObjectPtr& o, Value v) { list(o).items.push_back(v); }).named({"value"});
  c.method("pop", kPublic, +[](const ObjectPtr& o) { return list(o).pop(); });
  c.method("shift", kPublic, +[](const ObjectPtr& o) { return list(o).shift(); });
  c.method("unshift", kPublic, +[](const ObjectPtr& o, Value v) { list(o).unshift(v); }).named({"value"});
  c.method(
      "top", kPublic, +[](const ObjectPtr& o) {
        list(o).need("peek at");
        return list(o).items.back();
      });
  c.method(
      "bottom", kPublic, +[](const ObjectPtr& o) {
        list(o).need("peek at");
        return list(o).items.front();
      });
  c.method("isEmpty", kPublic, +[](const ObjectPtr& o) { return list(o).items.empty(); });
  c.method("count", kPublic, +[](const ObjectPtr& o) { return static_cast<Int>(list(o).items.size()); });
  c.constant("IT_MODE_LIFO", kPublic, +[] { return Value(kLifo); });
  c.constant("IT_MODE_FIFO", kPublic, +[] { return Value(0); });
  c.constant("IT_MODE_DELETE", kPublic, +[] { return Value(kDelete); });
  c.constant("IT_MODE_KEEP", kPublic, +[] { return Value(0); });
  c.method("add", kPublic, +[](const ObjectPtr& o, Value k, Value v) { list(o).add(k, v); }).named({"index", "value"});
  c.method(
       "offsetExists", kPublic,
       +[](const ObjectPtr& o, Value k) {
         const Int i = List::index_of("offsetExists", "int", k);
         return i >= 0 && i < static_cast<Int>(list(o).items.size());
       })
      .named({"index"});
  c.method(
       "offsetGet", kPublic,
       +[](const ObjectPtr& o, Value k) {
         return list(o).items[list(o).place("offsetGet", List::index_of("offsetGet", "int", k))];
       })
      .named({"index"});
  c.method(
       "offsetSet", kPublic,
       +[](const ObjectPtr& o, Value k, Value v) {
         if (k.is_null()) {
           list(o).items.push_back(v);
         } else {
           list(o).items[list(o).place("offsetSet", List::index_of("offsetSet", "?int", k))] = v;
         }
       })
      .named({"index", "value"});
  c.method("offsetUnset", kPublic, +[](const ObjectPtr& o, Value k) { list(o).unset(k); }).named({"index"});
  c.method("rewind", kPublic, +[](const ObjectPtr& o) { list(o).rewind(); });
  c.method("current", kPublic, +[](const ObjectPtr& o) { return list(o).current(); });
  c.method("key", kPublic, +[](const ObjectPtr& o) { return list(o).key; });
  c.method("next", kPublic, +[](const ObjectPtr& o) { list(o).next(); });
  c.method("prev", kPublic, +[](const ObjectPtr& o) { list(o).prev(); });
  c.method("valid", kPublic, +[](const ObjectPtr& o) { return list(o).on; });
  c.method("setIteratorMode", kPublic, set_mode).named({"mode"});
  c.method("getIteratorMode", kPublic, +[](const ObjectPtr& o) { return list(o).mode; });

  Class& queue = new_spl_class("SplQueue", "SplDoublyLinkedList", {});
  queue.method("enqueue", kPublic, +[](const ObjectPtr& o, Value v) { list(o).items.push_back(v); }).named({"value"});
  queue.method("dequeue", kPublic, +[](const ObjectPtr& o) { return list(o).shift(); });
  new_spl_class("SplStack", "SplDoublyLinkedList", {});
}

// An array of a fixed size with keys from 0.
class Fixed : public Container {
 public:
  using Container::Container;
  Object* clone() const override { return new Fixed(*this); }
  std::vector<Property> shown() const override {
    std::vector<Property> out = properties_of(*this);
    for (std::size_t i = 0; i < items.size(); ++i)
      out.push_back({std::to_string(i), "public", nullptr, items[i], false, true});
    return out;
  }
  Array as_array(Array properties) const override {
    for (std::size_t i = 0; i < items.size(); ++i) properties.set(Value(static_cast<Int>(i)), items[i]);
    return properties;
  }
  Array array() const { return Array::list(items); }
  void fill(const Array& array, bool keys) {
    items.clear();
    if (!keys) {
      items = values_of(array);
      return;
    }
    Int size = 0;
    for (const auto& [key, v] : array) {
      if (key.is_text() || key.number() < 0) {
        raise(new_exception("InvalidArgumentException", "array must contain only positive integer keys"));
      }
      if (key.number() == std::numeric_limits<Int>::max()) {
        raise(new_exception("InvalidArgumentException", "integer overflow detected"));
      }
      size = std::max(size, key.number() + 1);
    }
    resize("fromArray", size);
    for (const auto& [key, v] : array) items[index(key.number())] = v.deref();
  }
  void resize(std::string_view method, Int size) {
    if (size < 0) {
      throw_value_error(
          concat({"SplFixedArray::", method, "(): Argument #1 ($size) must be greater than or equal to 0"}));
    }
    if (size > kArrayElementsMax) out_of_memory();
    items.resize(index(size));
  }
  // An offset as a number: of strings only those that are keys of arrays as numbers.
  static Int index_of(const Value& given) {
    const Value& k = given.deref();
    if (k.is_string()) {
      if (const Key key(k.as_string()); !key.is_text()) return key.number();
    } else if (k.is_int() || k.is_bool() || k.is_float()) {
      return to_key(k).number();
    }
    throw_type_error("Illegal offset type");
  }
  Value* element_place(const Value& key) override {
    if (key.is_null()) refuse_append();
    return nullptr;
  }
  [[noreturn]] static void refuse_append() { throw_error("[] operator not supported for SplFixedArray"); }
  Value& at(const Value& k) {
    const Int i = index_of(k);
    if (i < 0 || i >= static_cast<Int>(items.size())) {
      raise(new_exception("RuntimeException", "Index invalid or out of range"));
    }
    return items[index(i)];
  }
  bool has(const Value& k) const {
    const Int i = index_of(k);
    return i >= 0 && i < static_cast<Int>(items.size()) && !items[index(i)].is_null();
  }

  std::vector<Value> items;
};

Fixed& fixed(const ObjectPtr& o) { return native<Fixed>(o); }

// The InternalIterator of one, whose size may change meanwhile.
class FixedWalk : public Object {
 public:
  explicit FixedWalk(ObjectPtr walked) : Object(find_class("InternalIterator")), of_(std::move(walked)) {}
  bool valid() const { return at < static_cast<Int>(fixed(of_).items.size()); }
  Value current() const { return valid() ? fixed(of_).items[index(at)] : Value(); }
  Int at = 0;

 private:
  ObjectPtr of_;
};

void declare_fixed() {
  Class& c = new_spl_class("SplFixedArray", "", {"IteratorAggregate", "ArrayAccess", "Countable", "JsonSerializable"});
  c.make = make_native<Fixed>;
  c.method(
       "__construct", kPublic, +[](const ObjectPtr& o, Int size) { fixed(o).resize("__construct", size); })
      .named({"size"})
      .optional(0, {Value(0)});
  c.method("count", kPublic, +[](const ObjectPtr& o) { return static_cast<Int>(fixed(o).items.size()); });
  c.method("getSize", kPublic, +[](const ObjectPtr& o) { return static_cast<Int>(fixed(o).items.size()); });
  c.method(
       "setSize", kPublic,
       +[](const ObjectPtr& o, Int size) {
         fixed(o).resize("setSize", size);
         return true;
       })
      .named({"size"});
  c.method("toArray", kPublic, +[](const ObjectPtr& o) { return fixed(o).array(); });
  c.method("offsetExists", kPublic, +[](const ObjectPtr& o, Value k) { return fixed(o).has(k); }).named({"index"});
  c.method("offsetGet", kPublic, +[](const ObjectPtr& o, Value k) { return Value(fixed(o).at(k)); }).named({"index"});
  c.method(
       "offsetSet", kPublic,
       +[](const ObjectPtr& o, Value k, Value v) {
         if (k.is_null()) Fixed::refuse_append();
         fixed(o).at(k) = v;
       })
      .named({"index", "value"});
  c.method("offsetUnset", kPublic, +[](const ObjectPtr& o, Value k) { fixed(o).at(k) = Value(); }).named({"index"});
  c.method("getIterator", kPublic, +[](const ObjectPtr& o) { return Value(ObjectPtr::adopt(new FixedWalk(o))); });
  c.method("jsonSerialize", kPublic, +[](const ObjectPtr& o) { return fixed(o).array(); });
  c.method(
       "fromArray", kPublic | kStatic,
       +[](Class& called, Array array, bool keys) {
         const ObjectPtr o = called.instance();
         fixed(o).fill(array, keys);
         return Value(o);
       })
      .named({"array", "preserveKeys"})
      .optional(1, {Value(true)});

  Class& walk = new_spl_class("InternalIterator", "", {"Iterator"}, kFinal);
  walk.method("current", kPublic, +[](const ObjectPtr& o) { return native<FixedWalk>(o).current(); });
  walk.method("key", kPublic, +[](const ObjectPtr& o) { return native<FixedWalk>(o).at; });
  walk.method("next", kPublic, +[](const ObjectPtr& o) { ++native<FixedWalk>(o).at; });
  walk.method("valid", kPublic, +[](const ObjectPtr& o) { return native<FixedWalk>(o).valid(); });
  walk.method("rewind", kPublic, +[](const ObjectPtr& o) { native<FixedWalk>(o).at = 0; });
}

}  // namespace

void declare_spl_lists() {
  declare_list();
  declare_fixed();
}

}  // namespace banyan::php_runtime
