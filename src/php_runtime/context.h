// All that a run of a program changes: its output, globals, constants, handlers, and where it is. One thread runs one
// Context at a time; context() is that of the thread.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "php_runtime/array.h"
#include "php_runtime/value.h"

namespace banyan::php_runtime {

class Class;
class Function;

// A file of PHP that was converted; lives as long as the program.
struct Source {
  std::string_view path;  // as PHP would name it
  bool strict = false;    // declare(strict_types=1)
};
inline constexpr Source kNoSource;

// A file of a program of several, and what runs its own code.
struct ProgramFile {
  std::string_view path;  // as its Source has it
  void (*script)() = nullptr;
};

struct OutputBuffer {
  std::string data;
  Callable callback;
  bool started = false;
  std::size_t chunk = 0;  // so many bytes go on to the host at once; 0: none before its end
};

// Who runs a program where php-cli does not: a web server, say. What is wrong is then told in a log, and is not shown.
class Host {
 public:
  virtual ~Host() = default;
  virtual std::string_view sapi() const = 0;        // php_sapi_name()
  virtual void output(std::string_view bytes) = 0;  // that came through all buffers; none of them: flush()
  virtual void log(std::string_view line) = 0;      // "PHP Warning:  ... in FILE on line N"
  virtual void failed() = 0;                        // a fatal error ends the program
  virtual void finished() = 0;                      // all of its code has run; its variables are still there
  // What it has beside the runtime's own, of this thread; null: nothing of that name. Functions' are in lower case.
  virtual const Function* function(const std::string& name) const = 0;
  virtual const Value* constant(const std::string& name) const = 0;
};

struct ErrorHandler {
  Callable callback;
  Int levels = 0;
};

struct Context {
  // ---- Functions of the program, to which names anywhere may lead: they go last ----
  std::vector<Ptr<Function>> own_functions;

  // ---- Numbers of objects: first, as objects that the rest holds give theirs back when they die ----
  Int last_number = 0;
  std::vector<Int> free_numbers;

  // ---- Where the program is ----
  const Source* source = &kNoSource;
  Int line = 0;
  int depth = 0;                    // calls of functions of the program
  const char* stack_end = nullptr;  // beyond which calls may not nest; null: as deep as they like
  std::string_view file() const { return source->path; }

  // ---- The command line, with the program's name; empty where nothing was given ----
  std::span<char* const> arguments;

  // ---- Files of the program, and those that include and its kin have run ----
  std::span<const ProgramFile> files;
  std::unordered_set<std::string_view> included;
  Value returned;  // by the file that runs

  // ---- Output ----
  Host* host = nullptr;  // null: php-cli
  std::string out;       // what goes to standard output, or to `written` where that is set
  std::string* written = nullptr;
  std::vector<OutputBuffer> buffers;

  // ---- Diagnostics ----
  Int reporting = 32767;
  std::vector<ErrorHandler> error_handlers;
  bool in_handler = false;
  Value last_error;
  std::vector<Callable> exception_handlers;
  std::vector<std::pair<Callable, std::vector<Value>>> shutdown;

  // ---- What the program names ----
  Array globals;  // of references
  std::unordered_map<std::string, Value> constants;
  std::unordered_map<std::string, Ref> superglobals;
  std::unordered_map<std::string, Class*> classes;             // by name in lower case
  std::unordered_map<std::string, const Function*> functions;  // by name in lower case
  std::unordered_map<std::string, const Function*> prepared;
  std::vector<Callable> autoloaders;
  std::vector<Ref> statics;  // static variables by number
  int last_step = 0;         // +1 or -1 after ++ or -- of an int gave a float

  // Of builtins that keep something, by the address of a tag of theirs.
  std::unordered_map<const void*, std::shared_ptr<void>> kept;
  template <class T>
  T& keep() {
    static const char tag = 0;
    std::shared_ptr<void>& held = kept[&tag];
    if (held == nullptr) held = std::make_shared<T>();
    return *static_cast<T*>(held.get());
  }
};

inline constinit thread_local Context* current_context = nullptr;
inline Context& context() { return *current_context; }

// Which line of PHP runs; converted code says so before what may warn or throw.
inline void line(Int number) { current_context->line = number; }

// A call of a function of the program: the place is the caller's again when it ends.
class Frame {
 public:
  explicit Frame(const Source& source) : source_(current_context->source), line_(current_context->line) {
    Context& c = *current_context;
    // Written by interrupt() elsewhere; with a read that is not atomic, loops of calls may be taken for endless ones.
    const char* const end = std::atomic_ref(c.stack_end).load(std::memory_order_relaxed);
    if (static_cast<const char*>(__builtin_frame_address(0)) < end) too_deep();
    c.source = &source;
    ++c.depth;
  }
  ~Frame() {
    Context& c = *current_context;
    c.source = source_;
    c.line = line_;
    --c.depth;
  }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

 private:
  [[noreturn]] static void too_deep();
  const Source* source_;
  Int line_;
};

// Runs what may fail as the program's own code does.
void echo(std::string_view bytes);
void echo_value(const Value& v);
Int print(const Value& v);
void flush_output();

}  // namespace banyan::php_runtime
