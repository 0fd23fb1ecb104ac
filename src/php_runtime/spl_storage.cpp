// SplObjectStorage: a map from objects in the order they came, after
// https://www.php.net/manual/en/class.splobjectstorage.php.
#include <algorithm>
#include <optional>
#include <unordered_map>

#include "php_runtime/operators.h"
#include "php_runtime/params.h"
#include "php_runtime/spl_classes.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

struct Entry {
  ObjectPtr object;
  Value info;
};

class Storage : public Container {
 public:
  using Container::Container;
  Object* clone() const override { return new Storage(*this); }
  std::vector<Property> shown() const override {
    Array all;
    for (const Entry& entry : entries) all.append(Array::map({"obj", Value(entry.object), "inf", entry.info}));
    return with_private("storage", "SplObjectStorage", all);
  }
  // Only the class itself can be compared, and by what is stored alone.
  std::optional<Int> compared(const Object& other) const override {
    if (of().name != "SplObjectStorage") return 1;
    return compare(stored(), static_cast<const Storage&>(other).stored()) == 0 ? 0 : 1;
  }
  Array stored() const {
    Array all;
    for (const Entry& entry : entries) all.set(Value(entry.object->number()), entry.info);
    return all;
  }

  Entry* find(const ObjectPtr& o) {
    const auto found = places_.find(o.get());
    return found == places_.end() ? nullptr : &entries[found->second];
  }
  void attach(const ObjectPtr& o, const Value& info) {
    if (Entry* found = find(o)) {
      found->info = info;
      return;
    }
    places_[o.get()] = entries.size();
    entries.push_back({o, info});
  }
  void detach(const ObjectPtr& o) {
    const auto found = places_.find(o.get());
    if (found == places_.end()) return;
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(found->second));
    places_.clear();
    for (std::size_t i = 0; i < entries.size(); ++i) places_[entries[i].object.get()] = i;
  }
  // These answer how many there are then.
  Int attach_all(const Storage& other) {
    for (const Entry& one : std::vector<Entry>(other.entries)) attach(one.object, one.info);
    return static_cast<Int>(entries.size());
  }
  Int detach_all(Storage& other, bool others) {
    for (const Entry& one : std::vector<Entry>(entries)) {
      if ((other.find(one.object) != nullptr) != others) detach(one.object);
    }
    return static_cast<Int>(entries.size());
  }
  bool valid() const { return at < entries.size(); }

  std::vector<Entry> entries;
  std::size_t at = 0;

 private:
  std::unordered_map<const Object*, std::size_t> places_;
};

Storage& storage(const ObjectPtr& o) { return native<Storage>(o); }

Value get(const ObjectPtr& o, ObjectPtr wanted) {
  const Entry* found = storage(o).find(wanted);
  if (found == nullptr) raise(new_exception("UnexpectedValueException", "Object not found"));
  return found->info;
}

Value current(const ObjectPtr& o) {
  if (!storage(o).valid()) raise(new_exception("RuntimeException", "Called current() on invalid iterator"));
  return Value(storage(o).entries[storage(o).at].object);
}

void attach(const ObjectPtr& o, ObjectPtr object, Value info) {
  if (o->of().find_method("getHash") != nullptr) {
    stop("builtin-missing", "a method getHash() of its own is not asked by SplObjectStorage");
  }
  storage(o).attach(object, info);
}
void detach(const ObjectPtr& o, ObjectPtr object) { storage(o).detach(object); }
bool contains(const ObjectPtr& o, ObjectPtr object) { return storage(o).find(object) != nullptr; }

Storage& other_storage(const ObjectPtr& o, std::string_view method) {
  if (o->of().is("SplObjectStorage")) return storage(o);
  refuse_param(concat({"SplObjectStorage::", method, "(): Argument #1 ($storage)"}), "SplObjectStorage", o);
}

Int add_all(const ObjectPtr& o, ObjectPtr other) { return storage(o).attach_all(other_storage(other, "addAll")); }
Int remove_all(const ObjectPtr& o, ObjectPtr other) {
  return storage(o).detach_all(other_storage(other, "removeAll"), false);
}
Int remove_all_except(const ObjectPtr& o, ObjectPtr other) {
  return storage(o).detach_all(other_storage(other, "removeAllExcept"), true);
}

// Whatever the mode: what it holds is not counted.
Int count_of(const ObjectPtr& o, Int) { return static_cast<Int>(storage(o).entries.size()); }

}  // namespace

void declare_spl_storage() {
  Class& c = new_spl_class("SplObjectStorage", "", {"Countable", "Iterator", "Serializable", "ArrayAccess"});
  c.make = make_native<Storage>;
  c.method("attach", kPublic, attach).named({"object", "info"}).optional(1, {Value()});
  c.method("detach", kPublic, detach).named({"object"});
  c.method("contains", kPublic, contains).named({"object"});
  c.method("addAll", kPublic, add_all).named({"storage"});
  c.method("removeAll", kPublic, remove_all).named({"storage"});
  c.method("removeAllExcept", kPublic, remove_all_except).named({"storage"});
  c.method("count", kPublic, count_of).named({"mode"}).optional(0, {Value(0)});
  c.method("offsetExists", kPublic, contains).named({"object"});
  c.method("offsetGet", kPublic, get).named({"object"});
  c.method("offsetSet", kPublic, attach).named({"object", "info"}).optional(1, {Value()});
  c.method("offsetUnset", kPublic, detach).named({"object"});
  c.method("rewind", kPublic, +[](const ObjectPtr& o) { storage(o).at = 0; });
  c.method("current", kPublic, current);
  c.method("key", kPublic, +[](const ObjectPtr& o) { return static_cast<Int>(storage(o).at); });
  c.method("next", kPublic, +[](const ObjectPtr& o) { ++storage(o).at; });
  c.method("valid", kPublic, +[](const ObjectPtr& o) { return storage(o).valid(); });
  c.method(
      "getInfo", kPublic,
      +[](const ObjectPtr& o) { return storage(o).valid() ? storage(o).entries[storage(o).at].info : Value(); });
  c.method(
       "setInfo", kPublic,
       +[](const ObjectPtr& o, Value info) {
         if (storage(o).valid()) storage(o).entries[storage(o).at].info = info;
       })
      .named({"info"});
}

}  // namespace banyan::php_runtime
