// A generator's body runs on a stack of its own (fiber.h). The switch hands over what the C++ library keeps of
// exceptions that are being handled, since a body may yield within a catch.
#include "php_runtime/generator.h"

#include <cxxabi.h>
#include <sys/mman.h>

#include <exception>
#include <utility>
#include <vector>

#include "php_runtime/context.h"
#include "php_runtime/convert.h"
#include "php_runtime/fiber.h"
#include "php_runtime/function.h"
#include "php_runtime/live_objects.h"
#include "php_runtime/place.h"
#include "php_runtime/throwable.h"

#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

// A fiber is known to ASan, which else takes its frames for another's.
namespace banyan::php_runtime {

namespace {

constexpr std::size_t kStackBytes = 1 << 20;  // touched pages alone cost memory
constexpr std::size_t kStackKept = 96 << 10;  // for the runtime's own functions, below the program's calls
constexpr std::size_t kSpareStacks = 32;

struct Stack {
  void* memory = nullptr;
};

std::vector<Stack>& spare_stacks() {
  static thread_local std::vector<Stack> spare;
  return spare;
}

Stack take_stack() {
  auto& spare = spare_stacks();
  if (!spare.empty()) {
    const Stack out = spare.back();
    spare.pop_back();
    return out;
  }
  void* memory =
      ::mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw_error("There is no memory for another generator");
  ::mprotect(memory, 4096, PROT_NONE);  // running over ends the program, and does not overwrite another's
  return {memory};
}

void give_stack(Stack stack) {
  auto& spare = spare_stacks();
  if (spare.size() < kSpareStacks) {
    spare.push_back(stack);
  } else {
    ::munmap(stack.memory, kStackBytes);
  }
}

// What the C++ library keeps for each thread of exceptions being handled (Itanium ABI, __cxa_eh_globals).
struct Handling {
  void* caught = nullptr;
  unsigned uncaught = 0;
};

}  // namespace

class Generator final : public Object {
 public:
  explicit Generator(std::unique_ptr<GeneratorBody> body);
  ~Generator() override;
  Native native() const override { return Native::kGenerator; }

  void begin();
  void step(Value given, const Value& error);
  Generator& settle();
  Value current();
  Value key();
  void next();
  bool valid();
  void rewind();
  Value send(const Value& v);
  Value throw_in(const Value& error);
  Value result();

  // Inside the body.
  Value suspend(Value k, Value v);
  [[noreturn]] void enter();

  std::unique_ptr<GeneratorBody> body;
  Yielder yielder;
  Value key_now;
  Value value_now;
  Value last;
  Value returned;
  Value sent;
  Value thrown;
  std::exception_ptr failed;
  Int next_key = 0;
  bool started = false;
  bool finished = false;
  bool running = false;
  bool moved = false;
  bool has_returned = false;
  bool abandoned = false;
  Ptr<Generator> delegate;

 private:
  friend void leave_body(Object& generator);
  void resume();
  void switch_to(Fiber& from, Fiber& to, bool into, bool ends);
  Stack stack_;
  Fiber inside_;
  Fiber outside_;
  Handling handling_;
  int depth_ = 0;
  const char* stack_end_ = nullptr;
  [[maybe_unused]] const void* outer_bottom_ = nullptr;
  [[maybe_unused]] std::size_t outer_size_ = 0;
  [[maybe_unused]] void* fake_inside_ = nullptr;
  [[maybe_unused]] void* fake_outside_ = nullptr;
};

namespace {

thread_local Generator* entered = nullptr;  // whose body begins

void run_body() { entered->enter(); }

Generator& generator(const ObjectPtr& o) { return static_cast<Generator&>(*o); }

Class& generator_class() {
  thread_local Class* const made = [] {
    Class* const c = &new_builtin("Generator", kFinal);
    c->interfaces.push_back(find_class("Iterator"));
    c->method("current", kPublic, +[](const ObjectPtr& o) { return generator(o).current(); });
    c->method("key", kPublic, +[](const ObjectPtr& o) { return generator(o).key(); });
    c->method("next", kPublic, +[](const ObjectPtr& o) { generator(o).next(); });
    c->method("valid", kPublic, +[](const ObjectPtr& o) { return generator(o).valid(); });
    c->method("rewind", kPublic, +[](const ObjectPtr& o) { generator(o).rewind(); });
    c->method("send", kPublic, +[](const ObjectPtr& o, Value v) { return generator(o).send(v); }).named({"value"});
    c->method(
         "throw", kPublic, +[](const ObjectPtr& o, Value v) { return generator(o).throw_in(v); })
        .named({"exception"});
    c->method("getReturn", kPublic, +[](const ObjectPtr& o) { return generator(o).result(); });
    return &declare_builtin(*c);
  }();
  return *made;
}

}  // namespace

void declare_generator() { generator_class(); }

Generator::Generator(std::unique_ptr<GeneratorBody> given)
    : Object(&generator_class()), body(std::move(given)), yielder(*this) {}

Generator::~Generator() {
  if (started && !finished && !running) {
    abandoned = true;
    ++holders;  // what runs now may hold it for a while
    resume();
  }
  if (stack_.memory != nullptr) give_stack(stack_);
}

void leave_body(Object& o) {
  auto& g = static_cast<Generator&>(o);
  if (g.running || g.finished) return;
  g.abandoned = true;
  if (g.started) {
    g.resume();
  } else {
    g.body.reset();
  }
  g.finished = true;
  g.key_now = g.value_now = g.last = g.returned = Value();
  g.delegate = {};
}

void Generator::switch_to(Fiber& from, Fiber& to, bool into, bool ends) {
  auto* handling = reinterpret_cast<Handling*>(abi::__cxa_get_globals());
  std::swap(*handling, handling_);
  std::swap(context().depth, depth_);
  std::swap(context().stack_end, stack_end_);
#if __has_feature(address_sanitizer)
  if (into) {
    __sanitizer_start_switch_fiber(&fake_outside_, stack_.memory, kStackBytes);
  } else {
    __sanitizer_start_switch_fiber(ends ? nullptr : &fake_inside_, outer_bottom_, outer_size_);
  }
#endif
  switch_fiber(from, to);
#if __has_feature(address_sanitizer)
  if (into) {
    __sanitizer_finish_switch_fiber(fake_outside_, nullptr, nullptr);
  } else {
    __sanitizer_finish_switch_fiber(fake_inside_, &outer_bottom_, &outer_size_);
  }
#endif
  static_cast<void>(into);
  static_cast<void>(ends);
}

void Generator::enter() {
#if __has_feature(address_sanitizer)
  __sanitizer_finish_switch_fiber(nullptr, &outer_bottom_, &outer_size_);
#endif
  try {
    returned = body->run(yielder).deref();
    has_returned = true;
  } catch (const Abandoned&) {
  } catch (const ThrownError&) {
    if (abandoned) stop("generator-finally", "a generator that nothing holds any more throws as it ends");
    failed = std::current_exception();
  } catch (...) {
    failed = std::current_exception();
  }
  finished = true;
  switch_to(inside_, outside_, false, true);
  std::terminate();  // nothing enters a body that ended
}

// Runs the body up to where it yields or ends.
void Generator::resume() {
  const Ptr<Generator> alive = abandoned ? Ptr<Generator>() : Ptr<Generator>(this);
  running = true;
  const Source* const source_before = context().source;
  const Int line_before = context().line;
  if (!started) {
    started = true;
    stack_ = take_stack();
    stack_end_ = static_cast<const char*>(stack_.memory) + kStackKept;
#if __has_feature(address_sanitizer)
    __asan_unpoison_memory_region(stack_.memory, kStackBytes);  // the frames that an ended body left
#endif
    begin_fiber(inside_, stack_.memory, kStackBytes, run_body);
    entered = this;
  }
  switch_to(outside_, inside_, true, false);
  running = false;
  context().source = source_before;
  context().line = line_before;
  if (finished) {
    key_now = value_now = Value();
    body.reset();
    if (stack_.memory != nullptr) give_stack(std::exchange(stack_, {}));
    if (failed != nullptr && !abandoned) std::rethrow_exception(std::exchange(failed, nullptr));
  }
}

Value Generator::suspend(Value k, Value v) {
  key_now = std::move(k);
  value_now = v;
  last = std::move(v);
  switch_to(inside_, outside_, false, false);
  if (abandoned) throw Abandoned{};
  if (thrown.is_object()) throw ThrownError{std::exchange(thrown, Value())};
  return std::exchange(sent, Value());
}

void Generator::begin() {
  if (!started) resume();
}

void Generator::step(Value given, const Value& error) {
  if (running) throw_error("Cannot resume an already running generator");
  moved = true;
  sent = std::move(given);
  thrown = error;
  resume();
}

// The generator that is asked. One whose inner generator somebody else brought to its end stands at the last value of
// that until it goes on.
Generator& Generator::settle() {
  if (!delegate) return *this;
  Generator& inner = delegate->settle();
  if (!delegate->finished) return inner;
  value_now = delegate->last;
  delegate = {};
  return *this;
}

Value Generator::current() {
  begin();
  return settle().value_now.deref();
}
Value Generator::key() {
  begin();
  return settle().key_now.deref();
}
void Generator::next() {
  begin();
  settle();
  if (!finished) step({}, {});
}
bool Generator::valid() {
  begin();
  settle();
  return !finished;
}
void Generator::rewind() {
  begin();
  if (moved) {
    throw_new("Exception", finished ? "Cannot traverse an already closed generator"
                                    : "Cannot rewind a generator that was already run");
  }
}
Value Generator::send(const Value& v) {
  begin();
  settle();
  if (finished) return {};
  step(v, {});
  return settle().value_now.deref();
}
Value Generator::throw_in(const Value& error) {
  begin();
  settle();
  if (finished) throw ThrownError{error.deref()};
  step({}, error.deref());
  return settle().value_now.deref();
}
Value Generator::result() {
  begin();
  settle();
  if (!has_returned) throw_new("Exception", "Cannot get return value of a generator that hasn't returned");
  return returned;
}

bool generator_ended(const Object& o) { return static_cast<const Generator&>(o).finished; }
bool generator_goes_on(const Object& o) {
  const auto& g = static_cast<const Generator&>(o);
  return g.moved && !g.finished;
}

Ref generator_ref(Object& o) {
  auto& g = static_cast<Generator&>(o);
  g.begin();
  const Value& v = g.settle().value_now;
  return v.is_reference() ? v.as_reference() : Ref(v);
}

// ---- In the body ----

Value Yielder::suspend(Value key, Value v) { return generator_.suspend(std::move(key), std::move(v)); }

Value Yielder::value(const Value& v) { return suspend(generator_.next_key++, v); }

Value Yielder::pair(const Value& key, const Value& v) {
  if (key.is_int() && key.as_int() >= generator_.next_key) generator_.next_key = key.as_int() + 1;
  return suspend(key, v);
}

Value Yielder::from(const Value& given) {
  const Value v = given.deref();
  if (v.is_array()) {
    const Array held = v.as_array();
    for (const auto& [key, item] : held) suspend(key.value(), item.deref());
    return {};
  }
  if (v.is_object() && v.as_object().native() == Native::kGenerator) {
    return from_generator(static_cast<Generator&>(v.as_object()));
  }
  if (!is_a(v, "Traversable")) throw_error("Can use \"yield from\" only with arrays and Traversables");
  for (Walk it = iterate(v, nullptr); it.next();) {
    Value item = it.value();
    suspend(it.key(), std::move(item));
  }
  return {};
}

Value Yielder::from_generator(Generator& inner) {
  if (inner.running) throw_error("Impossible to yield from the Generator being currently run");
  if (inner.finished && !inner.has_returned) {
    throw_error("Generator passed to yield from was aborted without proper return and is unable to continue");
  }
  inner.begin();
  struct Delegating {
    Generator& g;
    ~Delegating() { g.delegate = {}; }
  };
  generator_.delegate = Ptr<Generator>(&inner);
  const Delegating delegating{generator_};
  const Ptr<Generator> alive(&inner);
  while (!inner.finished) {
    // Whoever asks the outer generator asks the inner one.
    Value error;
    Value sent;
    try {
      sent = generator_.suspend({}, {});
    } catch (const ThrownError& thrown) {
      error = thrown.object;
    }
    if (inner.finished) break;
    if (error.is_object()) {
      inner.throw_in(error);
    } else {
      inner.settle();
      inner.step(sent, {});
    }
  }
  if (!inner.has_returned) {
    throw_new("ClosedGeneratorException", "Generator yielded from aborted, no return value available");
  }
  return inner.returned;
}

Value make_generator(std::unique_ptr<GeneratorBody> body) {
  return Value(ObjectPtr::adopt(new Generator(std::move(body))));
}

}  // namespace banyan::php_runtime
