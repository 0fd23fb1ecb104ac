// Iterators over iterators, after https://www.php.net/manual/en/spl.iterators.php. The order in which an inner iterator
// is asked, and when it is not, is PHP's: programs see it.
#include <cstdint>
#include <string>
#include <utility>

#include "php_runtime/convert.h"
#include "php_runtime/diagnostic.h"
#include "php_runtime/generator.h"
#include "php_runtime/params.h"
#include "php_runtime/place.h"
#include "php_runtime/spl_classes.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

constexpr Int kNoLimit = -1;

// What all of them have: the element that they took last from the one they go over.
class OuterIterator : public Container {
 public:
  using Container::Container;
  Object* clone() const override {
    throw_error(concat({"Trying to clone an uncloneable object of class ", of().name}));
  }
  std::vector<Property> shown() const override { return properties_of(*this); }

  void go_over(const ObjectPtr& given) {
    built = true;
    enter(given);
  }
  void enter(const ObjectPtr& given) {
    thing = given;
    inner = iterator_of(given);
    if (inner->native() == Native::kGenerator && generator_ended(*inner)) {
      throw_new("Exception", "Cannot traverse an already closed generator");
    }
    number = ObjectPtr::adopt(new Object(find_class("stdClass")));
  }
  void leave() {
    thing = {};
    inner = {};
    number = {};
  }

  Value ask(std::string_view method) const { return call_method(*inner, method).deref(); }
  bool more() const { return inner && to_bool(ask("valid")); }
  void free() {
    on = false;
    value = key = Value();
  }
  void restart() {
    free();
    pos = 0;
    if (inner) ask("rewind");
  }
  void take() {
    free();
    value = ask("current");
    on = true;
    key = ask("key");
  }
  // Takes the element there is, if there is one.
  bool fetch() {
    free();
    if (!more()) return false;
    take();
    return true;
  }
  void step() {
    free();
    ++pos;
    ask("next");
  }

  bool built = false;  // its constructor ran
  ObjectPtr thing;     // what it goes over; null: nothing, as where an AppendIterator came to its end
  ObjectPtr inner;     // the iterator of that
  ObjectPtr number;    // PHP's iterator is an object with a number
  bool on = false;     // there is an element
  Value value, key;
  Int pos = 0;
  // Of a LimitIterator, a CallbackFilterIterator and an AppendIterator.
  Int offset = 0, limit = kNoLimit;
  Callable accepts;
  ObjectPtr all, all_number;
};

OuterIterator& outer(const ObjectPtr& o) {
  auto& it = native<OuterIterator>(o);
  if (!it.built) throw_error("The object is in an invalid state as the parent constructor was not called");
  return it;
}

// ---- Constructors ----

// The object whose constructor of the class runs.
OuterIterator& begin(const ObjectPtr& o, std::string_view class_name) {
  auto& it = native<OuterIterator>(o);
  if (it.built) {
    throw_new("BadMethodCallException",
              concat({class_name, "::getIterator() must be called exactly once per instance"}));
  }
  return it;
}

ObjectPtr iterator_arg(const Value& v, std::string_view function) {
  if (!is_a(v, "Iterator")) refuse_param(argument(function, 1, "iterator"), "Iterator", v);
  return v.object();
}

void construct_iterator(const ObjectPtr& o, Value given, Value class_name) {
  OuterIterator& it = begin(o, "IteratorIterator");
  if (!is_a(given, "Traversable")) {
    refuse_param(argument("IteratorIterator::__construct", 1, "iterator"), "Traversable", given);
  }
  if (!is_a(given, "Iterator")) {
    if (!class_name.is_null()) {
      stop("iterator-class", "an IteratorIterator takes an object for one of a class above its own");
    }
    const Value next = call_method(given.as_object(), "getIterator").deref();
    if (!is_a(next, "Traversable")) {
      throw_new("LogicException", concat({given.as_object().of().name,
                                          "::getIterator() must return an object that implements Traversable"}));
    }
    given = next;
  }
  it.go_over(given.object());
}

void construct_filter(const ObjectPtr& o, Value given) {
  begin(o, "FilterIterator").go_over(iterator_arg(given, "FilterIterator::__construct"));
}
void construct_infinite(const ObjectPtr& o, Value given) {
  begin(o, "InfiniteIterator").go_over(iterator_arg(given, "InfiniteIterator::__construct"));
}
void construct_no_rewind(const ObjectPtr& o, Value given) {
  begin(o, "NoRewindIterator").go_over(iterator_arg(given, "NoRewindIterator::__construct"));
}

void construct_callback_filter(const ObjectPtr& o, Value given, Value callback) {
  constexpr std::string_view kFunction = "CallbackFilterIterator::__construct";
  OuterIterator& it = begin(o, "CallbackFilterIterator");
  const ObjectPtr inner = iterator_arg(given, kFunction);
  std::string reason;
  if (!find_callable(callback, nullptr, &reason) && reason.starts_with("cannot access ")) {
    stop("callable-scope", "whether the class that makes a CallbackFilterIterator may call what it gives is not known");
  }
  it.accepts = param_callable(callback, argument(kFunction, 2, "callback"));
  it.go_over(inner);
}

void construct_limit(const ObjectPtr& o, Value given, Value offset, Value limit) {
  constexpr std::string_view kFunction = "LimitIterator::__construct";
  OuterIterator& it = begin(o, "LimitIterator");
  const ObjectPtr inner = iterator_arg(given, kFunction);
  it.offset = param_int(offset, argument(kFunction, 2, "offset"));
  it.limit = param_int(limit, argument(kFunction, 3, "limit"));
  if (it.offset < 0) bad_argument(kFunction, 2, "offset", "must be greater than or equal to 0");
  if (it.limit < kNoLimit) bad_argument(kFunction, 3, "limit", "must be greater than or equal to -1");
  it.go_over(inner);
}

void construct_append(const ObjectPtr& o) {
  OuterIterator& it = begin(o, "AppendIterator");
  it.all = new_array_iterator(Array());
  it.all_number = ObjectPtr::adopt(new Object(find_class("stdClass")));
  it.built = true;
}

// ---- FilterIterator, CallbackFilterIterator ----

// Goes on to what accept() takes.
void choose(const ObjectPtr& o) {
  OuterIterator& it = outer(o);
  while (it.fetch()) {
    if (to_bool(call_method(*o, "accept").deref())) return;
    it.ask("next");
  }
}

// What the callback says, whatever it is.
Value accept(const ObjectPtr& o) {
  OuterIterator& it = outer(o);
  if (!it.on) return Value(false);
  return it.accepts->call({it.value, it.key, Value(it.thing)}).deref();
}

// ---- LimitIterator ----

bool within(const OuterIterator& it, Int pos) {
  return it.limit == kNoLimit ||
         pos < static_cast<Int>(static_cast<std::uint64_t>(it.offset) + static_cast<std::uint64_t>(it.limit));
}

Int seek(const ObjectPtr& o, Int to) {
  OuterIterator& it = outer(o);
  it.free();
  const std::string wanted = "Cannot seek to " + std::to_string(to);
  const std::string from = std::to_string(it.offset);
  if (to < it.offset) throw_new("OutOfBoundsException", concat({wanted, " which is below the offset ", from}));
  if (!within(it, to)) {
    throw_new("OutOfBoundsException",
              concat({wanted, " which is behind offset ", from, " plus count ", std::to_string(it.limit)}));
  }
  if (to != it.pos && it.thing->of().is("SeekableIterator")) {
    it.pos = to;
    call_method(*it.thing, "seek", {Value(to)});
    if (within(it, it.pos) && it.more()) it.take();
    return it.pos;
  }
  if (to < it.pos) it.restart();
  while (it.pos < to && it.more()) it.step();
  if (it.more()) it.fetch();
  return it.pos;
}

void declare_limit() {
  Class& c = new_spl_class("LimitIterator", "IteratorIterator", {});
  c.method("__construct", kPublic, construct_limit)
      .named({"iterator", "offset", "limit"})
      .optional(1, {Value(0), Value(kNoLimit)});
  c.method(
      "rewind", kPublic, +[](const ObjectPtr& o) {
        const OuterIterator& it = outer(o);
        if (it.offset > 0 && it.inner->native() == Native::kGenerator && generator_goes_on(*it.inner)) {
          stop("generator-rewind", "a LimitIterator goes back over a generator that was already run");
        }
        outer(o).restart();
        seek(o, it.offset);
      });
  c.method("valid", kPublic, +[](const ObjectPtr& o) { return within(outer(o), outer(o).pos) && outer(o).on; });
  c.method(
      "next", kPublic, +[](const ObjectPtr& o) {
        OuterIterator& it = outer(o);
        it.step();
        if (within(it, it.pos)) it.fetch();
      });
  c.method("seek", kPublic, seek).named({"offset"});
  c.method("getPosition", kPublic, +[](const ObjectPtr& o) { return outer(o).pos; });
}

// ---- InfiniteIterator, NoRewindIterator ----

void next_or_first(const ObjectPtr& o) {
  OuterIterator& it = outer(o);
  it.step();
  if (it.more()) return it.take();
  it.restart();
  if (it.more()) it.take();
}

// Whether PHP asks current() of the iterator once for each element.
bool is_asked_once(const Object& inner) {
  const Method* const current = inner.of().find_method("current");
  if (current != nullptr && !current->owner->is_builtin) return true;
  return inner.of().is("OuterIterator") || inner.of().is("SplObjectStorage") || inner.of().is("MultipleIterator");
}

Value current_here(const ObjectPtr& o) {
  OuterIterator& it = outer(o);
  if (it.on) return it.value;
  Value v = it.ask("current");
  if (is_asked_once(*it.inner)) {
    it.value = v;
    it.on = true;
  }
  return v;
}

void declare_no_rewind() {
  Class& c = new_spl_class("NoRewindIterator", "IteratorIterator", {});
  c.method("__construct", kPublic, construct_no_rewind).named({"iterator"});
  c.method("rewind", kPublic, +[](const ObjectPtr&) {});
  c.method("valid", kPublic, +[](const ObjectPtr& o) { return outer(o).more(); });
  c.method("key", kPublic, +[](const ObjectPtr& o) { return outer(o).ask("key"); });
  c.method("current", kPublic, current_here);
  c.method(
      "next", kPublic, +[](const ObjectPtr& o) {
        outer(o).free();
        outer(o).ask("next");
      });
}

// ---- AppendIterator ----

bool has_turn(const OuterIterator& it) { return to_bool(call_method(*it.all, "valid")); }

// Goes to the beginning of the iterator whose turn it is.
bool take_turn(OuterIterator& it) {
  it.free();
  it.leave();
  if (!has_turn(it)) return false;
  it.enter(call_method(*it.all, "current").deref().object());
  it.restart();
  return true;
}

void settle(OuterIterator& it) {
  while (!it.more()) {
    call_method(*it.all, "next");
    if (!take_turn(it)) return;
  }
  it.take();
}

void append(const ObjectPtr& o, Value given) {
  OuterIterator& it = outer(o);
  const ObjectPtr added = iterator_arg(given, "AppendIterator::append");
  const bool ended = has_turn(it) && !it.more();
  call_method(*it.all, "append", {given});
  if (ended) call_method(*it.all, "next");
  if (it.more()) return;
  if (!has_turn(it)) call_method(*it.all, "rewind");
  take_turn(it);
  if (it.thing != added) stop("append-iterator", "the list of an AppendIterator was moved");
  settle(it);
}

void declare_append() {
  Class& c = new_spl_class("AppendIterator", "IteratorIterator", {});
  c.method("__construct", kPublic, construct_append);
  c.method("append", kPublic, append).named({"iterator"});
  c.method(
      "rewind", kPublic, +[](const ObjectPtr& o) {
        call_method(*outer(o).all, "rewind");
        if (take_turn(outer(o))) settle(outer(o));
      });
  c.method("valid", kPublic, +[](const ObjectPtr& o) { return outer(o).on; });
  c.method(
      "current", kPublic, +[](const ObjectPtr& o) {
        outer(o).fetch();
        return outer(o).value;
      });
  c.method(
      "next", kPublic, +[](const ObjectPtr& o) {
        if (outer(o).more()) outer(o).step();
        settle(outer(o));
      });
  c.method("getIteratorIndex", kPublic, +[](const ObjectPtr& o) { return call_method(*outer(o).all, "key").deref(); });
  c.method("getArrayIterator", kPublic, +[](const ObjectPtr& o) { return Value(outer(o).all); });
}

// ---- CachingIterator ----

// The flags: what the object is as a string, and whether the elements are kept.
constexpr Int kCallToString = 1, kKeyAsString = 2, kCurrentAsString = 4, kInnerAsString = 8, kFullCache = 256;
constexpr Int kStringFlags = kCallToString | kKeyAsString | kCurrentAsString | kInnerAsString;
constexpr Int kCachingFlags = 0xFFFF;
constexpr std::string_view kOneStringOnly =
    "must contain only one of CachingIterator::CALL_TOSTRING, CachingIterator::TOSTRING_USE_KEY, "
    "CachingIterator::TOSTRING_USE_CURRENT, or CachingIterator::TOSTRING_USE_INNER";

// One element ahead, and so it knows whether there is another.
class CachingIterator : public OuterIterator {
 public:
  using OuterIterator::OuterIterator;

  // Takes the element there is and lets the other iterator go on.
  void ahead() {
    valid = false;
    text = String();
    valid = fetch();
    if (!valid) return;
    if ((flags & kFullCache) != 0) cache.set(key, value);
    if ((flags & kInnerAsString) != 0) {
      text = to_string(Value(thing));
    } else if ((flags & kCallToString) != 0) {
      text = to_string(value);
    }
    ++pos;
    ask("next");
  }

  Int flags = kCallToString;
  bool valid = false;
  Array cache;
  String text;
};

CachingIterator& caching(const ObjectPtr& o) { return static_cast<CachingIterator&>(outer(o)); }

bool has_several_strings(Int flags) {
  flags &= kStringFlags;
  return (flags & (flags - 1)) != 0;
}

void construct_caching(const ObjectPtr& o, Value given, Value flags) {
  constexpr std::string_view kFunction = "CachingIterator::__construct";
  auto& it = static_cast<CachingIterator&>(begin(o, "CachingIterator"));
  const ObjectPtr inner = iterator_arg(given, kFunction);
  const Int wanted = param_int(flags, argument(kFunction, 2, "flags"));
  if (has_several_strings(wanted)) bad_argument(kFunction, 2, "flags", kOneStringOnly);
  it.flags = wanted & kCachingFlags;
  it.go_over(inner);
}

void set_flags(const ObjectPtr& o, Int flags) {
  CachingIterator& it = caching(o);
  if (has_several_strings(flags)) bad_argument("CachingIterator::setFlags", 1, "flags", kOneStringOnly);
  if ((it.flags & kCallToString & ~flags) != 0) {
    throw_new("InvalidArgumentException", "Unsetting flag CALL_TO_STRING is not possible");
  }
  if ((it.flags & kInnerAsString & ~flags) != 0) {
    throw_new("InvalidArgumentException", "Unsetting flag TOSTRING_USE_INNER is not possible");
  }
  if ((flags & ~it.flags & kFullCache) != 0) it.cache = Array();
  it.flags = flags & kCachingFlags;
}

String caching_text(const ObjectPtr& o) {
  const CachingIterator& it = caching(o);
  if ((it.flags & kStringFlags) == 0) {
    throw_new("BadMethodCallException",
              concat({it.of().name, " does not fetch string value (see CachingIterator::__construct)"}));
  }
  if ((it.flags & kKeyAsString) != 0) return to_string(it.key);
  if ((it.flags & kCurrentAsString) != 0) return to_string(it.value);
  return it.text;
}

// The elements so far, which only the flag for them keeps.
Array& kept(const ObjectPtr& o) {
  CachingIterator& it = caching(o);
  if ((it.flags & kFullCache) == 0) {
    throw_new("BadMethodCallException",
              concat({it.of().name, " does not use a full cache (see CachingIterator::__construct)"}));
  }
  return it.cache;
}

Value kept_key(std::string_view method, const Value& k) {
  return Value(param_string(k, argument(concat({"CachingIterator::", method}), 1, "key")));
}

Value kept_at(const ObjectPtr& o, Value k) {
  const Array& cache = kept(o);
  const Value key = kept_key("offsetGet", k);
  if (!cache.has(key)) {
    warning(concat({"Undefined array key \"", key.as_string(), "\""}));
    return {};
  }
  return cache.get(key);
}

void declare_caching() {
  Class& c = new_spl_class("CachingIterator", "IteratorIterator", {"ArrayAccess", "Countable", "Stringable"});
  c.make = make_native<CachingIterator>;
  c.constant("CALL_TOSTRING", kPublic, +[] { return Value(kCallToString); });
  c.constant("CATCH_GET_CHILD", kPublic, +[] { return Value(16); });
  c.constant("TOSTRING_USE_KEY", kPublic, +[] { return Value(kKeyAsString); });
  c.constant("TOSTRING_USE_CURRENT", kPublic, +[] { return Value(kCurrentAsString); });
  c.constant("TOSTRING_USE_INNER", kPublic, +[] { return Value(kInnerAsString); });
  c.constant("FULL_CACHE", kPublic, +[] { return Value(kFullCache); });
  c.method("__construct", kPublic, construct_caching).named({"iterator", "flags"}).optional(1, {Value(kCallToString)});
  c.method(
      "rewind", kPublic, +[](const ObjectPtr& o) {
        caching(o).restart();
        caching(o).cache = Array();
        caching(o).ahead();
      });
  c.method("valid", kPublic, +[](const ObjectPtr& o) { return caching(o).valid; });
  c.method("next", kPublic, +[](const ObjectPtr& o) { caching(o).ahead(); });
  c.method("hasNext", kPublic, +[](const ObjectPtr& o) { return caching(o).more(); });
  c.method("__toString", kPublic, caching_text);
  // With a flag of PHP's own where there is an element.
  c.method(
      "getFlags", kPublic,
      +[](const ObjectPtr& o) { return caching(o).flags | (caching(o).valid ? kCachingFlags + 1 : 0); });
  c.method("setFlags", kPublic, set_flags).named({"flags"});
  c.method("offsetGet", kPublic, kept_at).named({"key"});
  c.method(
       "offsetSet", kPublic,
       +[](const ObjectPtr& o, Value k, Value v) {
         Array& cache = kept(o);
         cache.set(kept_key("offsetSet", k), v);
       })
      .named({"key", "value"});
  c.method(
       "offsetUnset", kPublic,
       +[](const ObjectPtr& o, Value k) {
         Array& cache = kept(o);
         cache.unset(kept_key("offsetUnset", k));
       })
      .named({"key"});
  c.method(
       "offsetExists", kPublic,
       +[](const ObjectPtr& o, Value k) {
         const Array& cache = kept(o);
         return cache.has(kept_key("offsetExists", k));
       })
      .named({"key"});
  c.method("getCache", kPublic, +[](const ObjectPtr& o) { return kept(o); });
  c.method("count", kPublic, +[](const ObjectPtr& o) { return kept(o).count(); });
}

// ---- IteratorIterator, EmptyIterator ----

void declare_outer() {
  Class& c = new_spl_class("IteratorIterator", "", {"OuterIterator"});
  c.make = make_native<OuterIterator>;
  c.method("__construct", kPublic, construct_iterator).named({"iterator", "class"}).optional(1, {Value()});
  c.method("getInnerIterator", kPublic, +[](const ObjectPtr& o) { return Value(outer(o).thing); });
  c.method(
      "rewind", kPublic, +[](const ObjectPtr& o) {
        outer(o).restart();
        outer(o).fetch();
      });
  c.method("valid", kPublic, +[](const ObjectPtr& o) { return outer(o).on; });
  c.method("key", kPublic, +[](const ObjectPtr& o) { return outer(o).key; });
  c.method("current", kPublic, +[](const ObjectPtr& o) { return outer(o).value; });
  c.method(
      "next", kPublic, +[](const ObjectPtr& o) {
        outer(o).step();
        outer(o).fetch();
      });
}

void declare_filters() {
  Class& c = new_spl_class("FilterIterator", "IteratorIterator", {}, kAbstract);
  c.method("accept", kPublic, nullptr);
  c.method("__construct", kPublic, construct_filter).named({"iterator"});
  c.method(
      "rewind", kPublic, +[](const ObjectPtr& o) {
        outer(o).restart();
        choose(o);
      });
  c.method(
      "next", kPublic, +[](const ObjectPtr& o) {
        outer(o).step();
        choose(o);
      });
  Class& by_callback = new_spl_class("CallbackFilterIterator", "FilterIterator", {});
  by_callback.method("__construct", kPublic, construct_callback_filter).named({"iterator", "callback"});
  by_callback.method("accept", kPublic, accept);
}

void declare_empty() {
  Class& c = new_spl_class("EmptyIterator", "", {"Iterator"});
  c.method(
      "current", kPublic, +[](const ObjectPtr&) -> Value {
        throw_new("BadMethodCallException", "Accessing the value of an EmptyIterator");
      });
  c.method("next", kPublic, +[](const ObjectPtr&) {});
  c.method(
      "key", kPublic,
      +[](const ObjectPtr&) -> Value { throw_new("BadMethodCallException", "Accessing the key of an EmptyIterator"); });
  c.method("valid", kPublic, +[](const ObjectPtr&) { return false; });
  c.method("rewind", kPublic, +[](const ObjectPtr&) {});
}

}  // namespace

void declare_spl_iterators() {
  declare_outer();
  declare_filters();
  declare_limit();
  Class& infinite = new_spl_class("InfiniteIterator", "IteratorIterator", {});
  infinite.method("__construct", kPublic, construct_infinite).named({"iterator"});
  infinite.method("next", kPublic, next_or_first);
  declare_no_rewind();
  declare_append();
  declare_caching();
  declare_empty();
}

}  // namespace banyan::php_runtime
