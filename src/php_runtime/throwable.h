// Exceptions: a throw of PHP is a throw of C++ that carries the object.
#pragma once

#include <exception>
#include <string_view>

#include "php_runtime/object.h"

namespace banyan::php_runtime {

struct ThrownError {
  Value object;
};
// exit() on its way out; nothing of the program catches it.
struct ExitRequest {
  int status = 0;
};

// A generator that is left while it is suspended: what stands in finally around it runs.
struct Abandoned {};

// What was thrown while one of PHP's functions went over many: it goes on to its end, calls nothing any more, and
// throws when its results by reference are written.
class HeldThrow {
 public:
  // What f gives, or `otherwise` where f throws or something has thrown before.
  template <class T, class F>
  T call(T otherwise, F f) {
    if (thrown_ != nullptr) return otherwise;
    try {
      return f();
    } catch (...) {
      thrown_ = std::current_exception();
      return otherwise;
    }
  }
  // What f gives, also after a throw; `otherwise` where it throws.
  template <class T, class F>
  T attempt(T otherwise, F f) {
    try {
      return f();
    } catch (...) {
      if (thrown_ == nullptr) thrown_ = std::current_exception();
      return otherwise;
    }
  }
  // v as a string, "" where that throws.
  String text(const Value& v);
  void rethrow() const {
    if (thrown_ != nullptr) std::rethrow_exception(thrown_);
  }

 private:
  std::exception_ptr thrown_;
};

// An object that was made on a line of its own within its statement, which an exception names.
Value on_line(Int line, const ObjectPtr& made);
// An object of one of PHP's own classes of exceptions, made here.
Value new_exception(std::string_view class_name, std::string_view message, Int code = 0, const Value& previous = {});
[[noreturn]] void throw_new(std::string_view class_name, std::string_view message);
[[noreturn]] void throw_error(std::string_view message);
[[noreturn]] void throw_type_error(std::string_view message);
[[noreturn]] void throw_value_error(std::string_view message);
[[noreturn]] void throw_argument_count(std::string_view message);
[[noreturn]] void throw_division_by_zero(std::string_view message);
// throw; exit; match without an arm for v; the end of functions that had to return something.
[[noreturn]] Value raise(const Value& v);
[[noreturn]] Value leave(const Value& v);
[[noreturn]] Value no_match(const Value& v);
[[noreturn]] Value never_returned(std::string_view function);
[[noreturn]] Value none_returned(std::string_view types, std::string_view function);
[[noreturn]] Value no_this();
[[noreturn]] Value not_converted(std::string_view reason);
[[noreturn]] void fatal(std::string_view message);
// Ends the program, since it would no longer do what PHP does: a reason, a stable code, on standard error; status 86.
[[noreturn]] void stop(std::string_view code, std::string_view why);
inline thread_local bool settling = false;  // whether a constant is made that nobody has asked for
// Asked first by stop(), where somebody else runs the program: what it throws leaves the program alone.
inline void (*on_stop)(std::string_view code, std::string_view why) = nullptr;

// What an exception holds, and how it shows itself.
Value throwable_get(const Object& o, std::string_view name);
// __toString: the exceptions before it first. The program stops where the calls in a trace are not known, unless
// `knows_trace` is false, as for a log.
String throwable_text(const Object& o, bool knows_trace = true);
void declare_throwables();  // PHP's own classes of them
// Fills in where it was made.
void locate_throwable(Object& o);
// Puts first at the end of the exceptions before thrown, unless it is among them.
void chain_after(const Value& thrown, const Value& first);

// Runs body, then last, whatever happened: an exception of the program goes on behind last, unless last leaves the
// statement another way. Both answer how control leaves the statement: 0 behind it, else as the program numbers its
// ways out.
template <class Body, class Last>
int try_finally(Body body, Last last) {
  int way = 0;
  try {
    way = body();
  } catch (const ThrownError& first) {
    int left = 0;
    try {
      left = last();
    } catch (const ThrownError& thrown) {
      chain_after(thrown.object, first.object);
      throw;
    }
    if (left != 0) return left;
    throw;
  } catch (const Abandoned&) {
    const int left = last();
    if (left != 0) return left;
    throw;
  }
  const int left = last();
  return left != 0 ? left : way;
}

}  // namespace banyan::php_runtime
