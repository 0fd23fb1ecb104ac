// ArrayIterator and ArrayObject, after https://www.php.net/manual/en/class.arrayiterator.php.
#include <optional>
#include <utility>

#include "php_runtime/builtin_arrays.h"
#include "php_runtime/operators.h"
#include "php_runtime/spl_classes.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

// What both have: an array with PHP's operations on it.
class ArrayHolder : public Container {
 public:
  using Container::Container;
  Object* clone() const override { return new ArrayHolder(*this); }
  std::vector<Property> shown() const override {
    return with_private("storage", of().is("ArrayIterator") ? "ArrayIterator" : "ArrayObject", own());
  }

  Array as_array(Array) const override { return data; }
  std::optional<Int> compared(const Object& other) const override {
    const Int result = compare(data, static_cast<const ArrayHolder&>(other).data);
    return result == 0 ? std::nullopt : std::optional(result);
  }

  std::optional<bool> element_is_set(const Value& key) const override { return data.is_set(key); }
  Value* element_place(const Value& key) override {
    if (!key.is_null()) return &own().slot(to_key(key));
    own().append(Value());
    return &data.slot(to_key(array_key_last(data)));
  }

  // What an object shows is walked over; PHP would also change it through this one.
  void walk_over(const Value& object) {
    data = Array();
    is_view = true;
    for (const auto& [key, v] : object_to_array(object.as_object())) {
      if (!key.is_text() || !key.text().view().starts_with('\0')) data.set_raw(key, v);
    }
  }
  // The elements, to be changed or shown; stops the program where they are those of an object.
  const Array& own() const {
    if (is_view) stop("array-object", concat({"an ", of().name, " of an object is changed or shown"}));
    return data;
  }
  Array& own() { return const_cast<Array&>(std::as_const(*this).own()); }

  // The iteration: the slot it is on, over holes.
  std::size_t settled() {
    while (at < data.slots() && !data.occupied(at)) ++at;
    return at;
  }
  bool valid() { return settled() < data.slots(); }

  Array data;
  bool is_view = false;  // the elements are a copy of an object's
  std::size_t at = 0;
};

ArrayHolder& holder(const ObjectPtr& o) { return native<ArrayHolder>(o); }

void construct(const ObjectPtr& o, const Value& array, const Value& flags, const Value& iterator) {
  if (to_bool(flags) || to_bool(iterator)) {
    stop("array-object", concat({"flags and iterator classes of an ", o->of().name, " are not converted"}));
  }
  if (array.is_null()) return;
  if (!array.is_object()) {
    holder(o).data = param_array(array, concat({o->of().name, "::__construct(): Argument #1 ($array)"}));
    return;
  }
  holder(o).walk_over(array);
}

void seek(const ObjectPtr& o, Int offset) {
  ArrayHolder& h = holder(o);
  if (offset < 0 || offset >= h.data.count()) {
    h.at = h.data.slots();
    raise(
        new_exception("OutOfBoundsException", concat({"Seek position ", std::to_string(offset), " is out of range"})));
  }
  h.at = 0;
  for (; h.valid() && offset > 0; --offset) ++h.at;
  h.settled();
}

void add_common(Class& c) {
  c.constant("STD_PROP_LIST", kPublic, +[] { return Value(1); });
  c.constant("ARRAY_AS_PROPS", kPublic, +[] { return Value(2); });
  c.method(
       "__construct", kPublic,
       +[](const ObjectPtr& o, Value array, Value flags, Value iterator) { construct(o, array, flags, iterator); })
      .named({"array", "flags", "iteratorClass"})
      .optional(0, {Value(), Value(), Value()});
  c.method("count", kPublic, +[](const ObjectPtr& o) { return holder(o).data.count(); });
  c.method("offsetExists", kPublic, +[](const ObjectPtr& o, Value k) { return holder(o).data.has(k); }).named({"key"});
  c.method(
       "offsetGet", kPublic, +[](const ObjectPtr& o, Value k) { return Value(holder(o).data.get(k)); })
      .named({"key"});
  c.method(
       "offsetSet", kPublic,
       +[](const ObjectPtr& o, Value k, Value v) {
         if (k.is_null()) return holder(o).own().append(v);
         holder(o).own().set(k, v);
       })
      .named({"key", "value"});
  c.method("offsetUnset", kPublic, +[](const ObjectPtr& o, Value k) { holder(o).own().unset(k); }).named({"key"});
  c.method("append", kPublic, +[](const ObjectPtr& o, Value v) { holder(o).own().append(v); }).named({"value"});
  c.method("getArrayCopy", kPublic, +[](const ObjectPtr& o) { return holder(o).data; });
  c.method(
       "asort", kPublic, +[](const ObjectPtr& o, Int flags) { return asort(holder(o).own(), flags); })
      .named({"flags"})
      .optional(0, {Value(0)});
  c.method(
       "ksort", kPublic, +[](const ObjectPtr& o, Int flags) { return ksort(holder(o).own(), flags); })
      .named({"flags"})
      .optional(0, {Value(0)});
  c.method(
       "uasort", kPublic,
       +[](const ObjectPtr& o, Callable f) {
         Array sorted = holder(o).own();
         uasort(sorted, f);
         holder(o).data = sorted;
         return true;
       })
      .named({"callback"});
  c.method(
       "uksort", kPublic,
       +[](const ObjectPtr& o, Callable f) {
         Array sorted = holder(o).own();
         uksort(sorted, f);
         holder(o).data = sorted;
         return true;
       })
      .named({"callback"});
  c.method("natsort", kPublic, +[](const ObjectPtr& o) { return natsort(holder(o).own()); });
  c.method("natcasesort", kPublic, +[](const ObjectPtr& o) { return natcasesort(holder(o).own()); });
}

}  // namespace

ObjectPtr new_array_iterator(const Array& array) {
  ObjectPtr o = find_class("ArrayIterator")->instance();
  holder(o).data = array;
  return o;
}

void declare_spl_arrays() {
  Class& iterator =
      new_spl_class("ArrayIterator", "", {"SeekableIterator", "ArrayAccess", "Serializable", "Countable"});
  iterator.make = make_native<ArrayHolder>;
  add_common(iterator);
  iterator.method(
      "current", kPublic, +[](const ObjectPtr& o) {
        ArrayHolder& h = holder(o);
        return h.valid() ? h.data.at(h.at).deref() : Value();
      });
  iterator.method(
      "key", kPublic, +[](const ObjectPtr& o) {
        ArrayHolder& h = holder(o);
        return h.valid() ? h.data.key_at(h.at).value() : Value();
      });
  iterator.method(
      "next", kPublic, +[](const ObjectPtr& o) {
        if (holder(o).valid()) ++holder(o).at;
      });
  iterator.method("rewind", kPublic, +[](const ObjectPtr& o) { holder(o).at = 0; });
  iterator.method("valid", kPublic, +[](const ObjectPtr& o) { return holder(o).valid(); });
  iterator.method("seek", kPublic, seek).named({"offset"});

  Class& object = new_spl_class("ArrayObject", "", {"IteratorAggregate", "ArrayAccess", "Serializable", "Countable"});
  object.make = make_native<ArrayHolder>;
  add_common(object);
  object.method("getIterator", kPublic, +[](const ObjectPtr& o) { return Value(new_array_iterator(holder(o).data)); });
  object
      .method(
          "exchangeArray", kPublic,
          +[](const ObjectPtr& o, Value array) {
            if (array.is_object()) stop("array-object", "exchangeArray() of an object is not converted");
            return std::exchange(holder(o).own(), to_array(array));
          })
      .named({"array"});
}

}  // namespace banyan::php_runtime
