#include "php_mount/web_run.h"

#include <mutex>

#include "http/field_id.h"
#include "php_mount/web_host.h"
#include "php_mysqli/mysqli.h"
#include "php_pdo/pdo.h"
#include "php_runtime/builtin_table.h"
#include "php_runtime/interrupt.h"
#include "php_runtime/program.h"
#include "php_runtime/throwable.h"

namespace banyan::php_mount {

namespace {

// What the runtime gives a script up for, on its way to who runs it.
struct Stopped {
  std::string reason;
};

// Why the script of this thread was given up first; "": it was not.
thread_local std::string given_up;

void give_up(std::string_view code, std::string_view why) {
  const php_runtime::Context& c = php_runtime::context();
  if (given_up.empty()) {
    given_up = std::string(code) + ": " + std::string(why) + " in " + std::string(c.file()) + " on line " +
               std::to_string(c.line);
  }
  throw Stopped{given_up};
}

void become_stopped(WebAnswer& answer, std::string reason) {
  answer = {.status = 500, .fields = {}, .body = {}, .log = std::move(answer.log), .stopped = std::move(reason)};
}

// The script is a plain function: what it runs is that of the thread.
thread_local const WebProgram* running = nullptr;

void run_front() {
  fill_superglobals(web_host().request());
  php_runtime::context().buffers.push_back({.data = {}, .callback = {}, .started = false, .chunk = kOutputBuffering});
  for (const php_runtime::ProgramFile& file : running->files) {
    if (file.path != running->front) continue;
    php_runtime::context().included.insert(file.path);
    return file.script();
  }
  php_runtime::stop("front", "the file that requests run is not among those of the program");
}

void prepare_thread() {
  static std::once_flag once;
  std::call_once(once, [] { php_runtime::on_stop = give_up; });
  php_runtime::declare_builtins();
  php_runtime::declare_pdo();
  php_runtime::declare_mysqli();
}

bool has_field(const WebAnswer& answer, std::string_view name) {
  for (const auto& [known, value] : answer.fields) {
    if (equals_ignoring_case(known, name)) return true;
  }
  return false;
}

void make_names(php_runtime::Context& made) {
  php_runtime::Context* const before = std::exchange(php_runtime::current_context, &made);
  register_web_functions();
  register_session_functions();
  register_password_functions();
  register_upload_functions();
  register_file_functions();
  php_runtime::register_mysqli_functions();
  define_session_constants();
  php_runtime::define_mysqli_constants();
  made.constants["PHP_SAPI"] = std::string_view("fpm-fcgi");
  php_runtime::current_context = before;
}

}  // namespace

const php_runtime::Context& web_names() {
  thread_local php_runtime::Context made;
  if (made.functions.empty()) make_names(made);
  return made;
}

std::string_view WebRequest::variable(std::string_view name) const {
  for (const auto& [known, value] : variables) {
    if (known == name) return value;
  }
  return "";
}

void WebStop::ask() {
  const std::lock_guard guard(lock_);
  if (running_ != nullptr) php_runtime::interrupt(*running_);
}

void WebStop::watch(php_runtime::Context* run) {
  const std::lock_guard guard(lock_);
  running_ = run;
}

WebAnswer run_web(const WebProgram& program, const WebRequest& request, WebSessions* sessions, WebStop* stop) {
  prepare_thread();
  WebAnswer answer;
  WebHost host(request, answer, sessions);
  php_runtime::Context* const before = php_runtime::current_context;
  {
    php_runtime::Context c;
    c.host = &host;
    c.files = program.files;
    c.stack_end = php_runtime::stack_end();
    running = &program;
    const auto watch = [stop](php_runtime::Context* run) {
      if (stop != nullptr) stop->watch(run);
    };
    watch(&c);
    given_up.clear();
    try {
      php_runtime::run_in(c, run_front, c.out);
      watch(nullptr);
      // A `finally` that returns has kept it from us.
      if (!given_up.empty()) become_stopped(answer, given_up);
    } catch (const Stopped& stopped) {
      watch(nullptr);
      php_runtime::current_context = before;
      c.stack_end = php_runtime::stack_end();
      php_runtime::abandon(c);
      become_stopped(answer, stopped.reason);
    }
  }
  if (!has_field(answer, "Content-Type")) answer.fields.emplace_back("Content-Type", "text/html; charset=UTF-8");
  return answer;
}

}  // namespace banyan::php_mount
