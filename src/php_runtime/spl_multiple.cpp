// MultipleIterator goes over several iterators at once, after
// https://www.php.net/manual/en/class.multipleiterator.php.
#include <algorithm>
#include <string>
#include <vector>

#include "php_runtime/operators.h"
#include "php_runtime/params.h"
#include "php_runtime/spl_classes.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

// The flags: what all have to be, and how their elements are called.
constexpr Int kNeedAll = 1, kKeysAssoc = 2;

struct IteratorPart {
  ObjectPtr iterator;
  Value info;
};

class MultipleIterator : public Container {
 public:
  using Container::Container;
  Object* clone() const override { return new MultipleIterator(*this); }
  std::vector<Property> shown() const override {
    Array all;
    for (const IteratorPart& one : parts) all.append(Array::map({"obj", Value(one.iterator), "inf", one.info}));
    return with_private("storage", "SplObjectStorage", all);
  }
  auto find(const ObjectPtr& o) {
    return std::ranges::find_if(parts, [&](const IteratorPart& one) { return one.iterator == o; });
  }

  std::vector<IteratorPart> parts;
  Int flags = kNeedAll;
};

MultipleIterator& multiple(const ObjectPtr& o) { return native<MultipleIterator>(o); }

ObjectPtr part(std::string_view method, const Value& v) {
  if (!is_a(v, "Iterator")) {
    refuse_param(argument(concat({"MultipleIterator::", method}), 1, "iterator"), "Iterator", v);
  }
  return v.object();
}

void attach(const ObjectPtr& o, Value given, Value info) {
  MultipleIterator& it = multiple(o);
  const ObjectPtr iterator = part("attachIterator", given);
  if (!info.is_null()) {
    info = param_union(info, "string|int|null", argument("MultipleIterator::attachIterator", 2, "info"));
    if (std::ranges::any_of(it.parts, [&](const IteratorPart& one) { return strict_equal(one.info, info); })) {
      throw_new("InvalidArgumentException", "Key duplication error");
    }
  }
  if (const auto found = it.find(iterator); found != it.parts.end()) {
    found->info = info;
  } else {
    it.parts.push_back({iterator, info});
  }
}

void detach(const ObjectPtr& o, Value given) {
  MultipleIterator& it = multiple(o);
  const auto found = it.find(part("detachIterator", given));
  if (found != it.parts.end()) it.parts.erase(found);
}

bool contains(const ObjectPtr& o, Value given) {
  MultipleIterator& it = multiple(o);
  return it.find(part("containsIterator", given)) != it.parts.end();
}

void call_all(const ObjectPtr& o, std::string_view method) {
  for (const IteratorPart& one : std::vector<IteratorPart>(multiple(o).parts)) call_method(*one.iterator, method);
}

bool is_valid(const IteratorPart& one) { return call_method(*one.iterator, "valid").deref().is_true(); }

bool valid(const ObjectPtr& o) {
  const std::vector<IteratorPart> parts = multiple(o).parts;
  const bool all = (multiple(o).flags & kNeedAll) != 0;
  for (const IteratorPart& one : parts) {
    if (is_valid(one) != all) return !all;
  }
  return all && !parts.empty();
}

// An array of what they all give.
Array ask_all(const ObjectPtr& o, std::string_view method) {
  const std::vector<IteratorPart> parts = multiple(o).parts;
  if (parts.empty()) throw_new("RuntimeException", concat({"Called ", method, "() on an invalid iterator"}));
  Array out;
  for (const IteratorPart& one : parts) {
    Value v;
    if (is_valid(one)) {
      v = call_method(*one.iterator, method).deref();
    } else if ((multiple(o).flags & kNeedAll) != 0) {
      throw_new("RuntimeException", concat({"Called ", method, "() with non valid sub iterator"}));
    }
    if ((multiple(o).flags & kKeysAssoc) == 0) {
      out.append(v);
    } else if (one.info.is_null()) {
      throw_new("InvalidArgumentException", "Sub-Iterator is associated with NULL");
    } else {
      out.set(one.info, v);
    }
  }
  return out;
}

}  // namespace

void declare_spl_multiple() {
  Class& c = new_spl_class("MultipleIterator", "", {"Iterator"});
  c.make = make_native<MultipleIterator>;
  c.constant("MIT_NEED_ANY", kPublic, +[] { return Value(0); });
  c.constant("MIT_NEED_ALL", kPublic, +[] { return Value(kNeedAll); });
  c.constant("MIT_KEYS_NUMERIC", kPublic, +[] { return Value(0); });
  c.constant("MIT_KEYS_ASSOC", kPublic, +[] { return Value(kKeysAssoc); });
  c.method(
       "__construct", kPublic, +[](const ObjectPtr& o, Int flags) { multiple(o).flags = flags; })
      .named({"flags"})
      .optional(0, {Value(kNeedAll)});
  c.method("getFlags", kPublic, +[](const ObjectPtr& o) { return multiple(o).flags; });
  c.method("setFlags", kPublic, +[](const ObjectPtr& o, Int flags) { multiple(o).flags = flags; }).named({"flags"});
  c.method("attachIterator", kPublic, attach).named({"iterator", "info"}).optional(1, {Value()});
  c.method("detachIterator", kPublic, detach).named({"iterator"});
  c.method("containsIterator", kPublic, contains).named({"iterator"});
  c.method("countIterators", kPublic, +[](const ObjectPtr& o) { return static_cast<Int>(multiple(o).parts.size()); });
  c.method("rewind", kPublic, +[](const ObjectPtr& o) { call_all(o, "rewind"); });
  c.method("valid", kPublic, valid);
  c.method("key", kPublic, +[](const ObjectPtr& o) { return ask_all(o, "key"); });
  c.method("current", kPublic, +[](const ObjectPtr& o) { return ask_all(o, "current"); });
  c.method("next", kPublic, +[](const ObjectPtr& o) { call_all(o, "next"); });
}

}  // namespace banyan::php_runtime
