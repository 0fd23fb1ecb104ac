// Generators. The body runs on a stack of its own, so that it can yield from within any expression, also one that
// stands in a catch or in a function of C++: which the coroutines of C++ cannot. One that is not run to its end is left
// where it stands when the generator dies, and what is in `finally` there runs.
#pragma once

#include <memory>

#include "php_runtime/object.h"

namespace banyan::php_runtime {

class Generator;

// What the body of a generator yields with.
class Yielder {
 public:
  explicit Yielder(Generator& g) : generator_(g) {}
  // Each gives what send() sends.
  Value value(const Value& v);
  Value pair(const Value& key, const Value& v);
  Value nothing() { return value({}); }
  Value from(const Value& v);  // yield from: gives what a generator returns

 private:
  Value suspend(Value key, Value v);
  Value from_generator(Generator& inner);
  Generator& generator_;
};

struct GeneratorBody {
  virtual ~GeneratorBody() = default;
  virtual Value run(Yielder& y) = 0;
};
// Whether it ran to its end.
bool generator_ended(const Object& generator);
// Whether it went beyond its first yield and has not ended.
bool generator_goes_on(const Object& generator);

Value make_generator(std::unique_ptr<GeneratorBody> body);
template <class F>
Value new_generator(F f) {
  struct Body final : GeneratorBody {
    explicit Body(F code) : code_(std::move(code)) {}
    Value run(Yielder& y) override { return code_(y); }
    F code_;
  };
  return make_generator(std::make_unique<Body>(std::move(f)));
}

}  // namespace banyan::php_runtime
