#include "php_mount/mount.h"

#include <chrono>
#include <memory>

#include "base/log.h"
#include "fastcgi/params.h"
#include "fastcgi/record.h"
#include "php_clients/errand.h"
#include "php_mount/errands.h"
#include "php_mount/web_run.h"
#include "php_mount/web_session.h"
#include "php_session/php_session_files.h"
#include "php_session/php_session_redis.h"
#include "runtime/blocking.h"
#include "runtime/scope.h"
#include "runtime/sync.h"
#include "service/multipart_parser.h"
#include "service/server.h"

namespace banyan::php_mount {

namespace {

using service::Service;

constexpr std::int64_t kScriptsDefault = 16;
constexpr std::int64_t kScriptsMax = 60;  // some of the blocking threads stay for others (runtime/blocking.h)

// CGI's variables of a request, as the gateway sends them to php-fpm.
std::vector<std::pair<std::string, std::string>> variables_of(const Program& program, Exchange& exchange,
                                                              std::size_t body_bytes) {
  const RequestHead& head = exchange.head();
  const bool has_body = body_bytes > 0 || head.fields.has(FieldId::kContentLength);
  const std::optional<std::uint64_t> length = has_body ? std::optional<std::uint64_t>(body_bytes) : std::nullopt;
  const std::string remote = exchange.peer().host();
  const std::string local = exchange.local().host();
  const fastcgi::ParamsSource source = {.method = head.method_name,
                                        .request_uri = head.target,
                                        .query = head.query,
                                        .document_root = program.document_root,
                                        .script_name = program.script_name,
                                        .path_info = {},
                                        .server_protocol = exchange.protocol(),
                                        .https = exchange.secure(),
                                        .content_length = length,
                                        .remote_address = remote,
                                        .remote_port = exchange.peer().port,
                                        .server_address = local,
                                        .server_port = exchange.local().port,
                                        .server_name = head.host,
                                        .fields = &head.fields};
  std::string bytes;
  fastcgi::append_params(bytes, source);
  std::vector<std::pair<std::string, std::string>> out;
  fastcgi::PairReader reader(bytes);
  std::string_view name;
  std::string_view value;
  while (reader.next(name, value)) out.emplace_back(name, value);
  return out;
}

// What the connection says for itself.
bool is_of_the_connection(std::string_view name) {
  for (const char* one : {"Content-Length", "Transfer-Encoding", "Connection", "Date"}) {
    if (equals_ignoring_case(name, one)) return true;
  }
  return false;
}

void put(service::Answer& answer, WebAnswer made) {
  answer.status = made.status;
  for (const auto& [name, value] : made.fields) {
    if (is_of_the_connection(name)) continue;
    if (equals_ignoring_case(name, "Content-Type")) {
      answer.content_type = value;
    } else if (!answer.fields.add_copy(name, value)) {
      log_warn("php_field_dropped", {{"name", name}});
    }
  }
  answer.body = std::move(made.body);
}

// ---- Sessions: the store's own tasks, run by the task of the request ----

class RequestSessions final : public WebSessions {
 public:
  RequestSessions(Errands& errands, const PhpSessionStore& store) : errands_(errands), store_(store) {}
  // Of a script that was given up with a session open.
  ~RequestSessions() override { RequestSessions::release(); }
  RequestSessions(const RequestSessions&) = delete;
  RequestSessions& operator=(const RequestSessions&) = delete;

  Result<Opened> open(const std::string& id) override {
    wanted_ = id;
    errands_.run(&open_now, this);
    if (!done_.ok()) return std::move(done_).error();
    Result<std::string> data = held_->data.write(PhpSessionFormat::kPhp);
    if (!data.ok()) return std::move(data).error();
    return Opened{.id = held_->id(), .data = *std::move(data), .is_new = is_new_};
  }
  Result<void> save(const std::string& data) override {
    Result<PhpSessionData> parsed = PhpSessionData::parse(data, PhpSessionFormat::kPhp);
    if (!parsed.ok()) return std::move(parsed).error();
    held_->data = *std::move(parsed);
    errands_.run(&save_now, this);
    return take();
  }
  Result<void> destroy() override {
    errands_.run(&destroy_now, this);
    return take();
  }
  void release() override {
    if (held_) errands_.run(&release_now, this);
  }

 private:
  Result<void> take() {
    held_.reset();
    return std::move(done_);
  }
  static Task<void> open_now(void* state) {
    auto& self = *static_cast<RequestSessions*>(state);
    self.is_new_ = self.wanted_.empty();
    if (!self.is_new_) {
      Result<PhpSession> known = co_await self.store_.open(self.wanted_);
      if (known.ok()) {
        self.held_.emplace(*std::move(known));
        self.done_ = {};
        co_return;
      }
      const ErrorCode code = known.error().code();
      self.is_new_ = code == ErrorCode::kNotFound || code == ErrorCode::kInvalidArgument;
      if (!self.is_new_) {
        self.done_ = std::move(known).error();
        co_return;
      }
    }
    Result<PhpSession> made = co_await self.store_.create();
    self.done_ = made.ok() ? Result<void>() : Result<void>(made.error());
    if (made.ok()) self.held_.emplace(*std::move(made));
  }
  static Task<void> save_now(void* state) {
    auto& self = *static_cast<RequestSessions*>(state);
    self.done_ = co_await self.held_->save();
  }
  static Task<void> release_now(void* state) {
    static_cast<RequestSessions*>(state)->held_.reset();
    co_return;
  }
  static Task<void> destroy_now(void* state) {
    auto& self = *static_cast<RequestSessions*>(state);
    self.done_ = co_await self.held_->destroy();
  }

  Errands& errands_;
  const PhpSessionStore& store_;
  std::string wanted_;
  std::optional<PhpSession> held_;
  bool is_new_ = false;
  Result<void> done_;
};

// ---- Databases: their clients wait as tasks do ----

class DatabaseErrands final : public php_runtime::ErrandRunner {
 public:
  explicit DatabaseErrands(Errands& errands) : errands_(errands), before_(php_runtime::use_errand_runner(this)) {}
  ~DatabaseErrands() override { php_runtime::use_errand_runner(before_); }
  DatabaseErrands(const DatabaseErrands&) = delete;
  DatabaseErrands& operator=(const DatabaseErrands&) = delete;
  void run(Task<void> (*work)(void* state), void* state) override { errands_.run(work, state, true); }

 private:
  Errands& errands_;
  php_runtime::ErrandRunner* before_;
};

// ---- A request ----

// A script on its way through the pool, with what it and its task share.
struct Run {
  struct Shared {
    Errands errands;
    WebStop stop;
  };
  WebProgram program;
  const WebRequest* request = nullptr;
  const PhpSessionStore* sessions = nullptr;
  WebAnswer* answer = nullptr;
  std::unique_ptr<Shared> shared = std::make_unique<Shared>();
};

void run_now(Run& run) {
  const DatabaseErrands databases(run.shared->errands);
  if (run.sessions == nullptr) {
    *run.answer = run_web(run.program, *run.request, nullptr, &run.shared->stop);
    return;
  }
  RequestSessions sessions(run.shared->errands, *run.sessions);
  *run.answer = run_web(run.program, *run.request, &sessions, &run.shared->stop);
}

Task<Result<void>> run_script(Run* run) {
  co_await blocking([run] { run_now(*run); });
  run->shared->errands.close();
  co_return {};
}

void stop_script(void* stop) { static_cast<WebStop*>(stop)->ask(); }

// Whatever becomes of the client, the script gets what it has asked for; when the request's time is up, it is stopped.
Task<Result<void>> run_and_serve(Scope& scope, Run& run) {
  const TimePoint deadline = current_context().deadline();
  scope.spawn("php", run_script(&run));
  co_await shielded(kNever, run.shared->errands.serve(deadline, &stop_script, &run.shared->stop));
  co_return co_await scope.join_all();
}

class Mount {
 public:
  Mount(const Program& program, std::size_t scripts, std::unique_ptr<PhpSessionStore> sessions)
      : program_(program), sessions_(std::move(sessions)), slots_(scripts) {}

  Task<Result<void>> answer(service::Context* context) {
    WebRequest request;
    request.body = co_await try_(read_body(context));
    request.variables = variables_of(program_, context->exchange(), request.body.size());
    const bool posts = context->head().method == Method::kPost;
    const auto boundary = service::form_boundary(context->head().fields.value(FieldId::kContentType));
    if (posts && boundary) request.boundary = *boundary;
    request.started = static_cast<double>(current_env().wall_nanoseconds()) / 1e9;
    WebAnswer made;
    co_await try_(co_await slots_.acquire());
    const Result<void> ran = co_await with_scope(Run{.program = {program_.front, program_.files},
                                                     .request = &request,
                                                     .sessions = sessions_.get(),
                                                     .answer = &made},
                                                 [](Scope& scope, Run& run) { return run_and_serve(scope, run); });
    slots_.release();
    if (!ran.ok()) co_return ran.error();
    for (const std::string& line : made.log) log_warn("php", {{"line", line}, {"path", context->head().path}});
    if (!made.stopped.empty()) {
      log_error("php_stopped", {{"why", made.stopped}, {"path", context->head().path}});
    }
    put(context->answer(), std::move(made));
    co_return {};
  }

 private:
  static Task<Result<std::string>> read_body(service::Context* context) {
    std::string out;
    for (;;) {
      BodyFrame frame;
      if (!context->body().try_next(&frame)) frame = co_await try_(context->body().next());
      if (frame.kind == BodyFrame::Kind::kEnd) break;
      if (out.size() + frame.data.size() > kBodyBytesMax) co_return context->problem(413, "body too large");
      co_await try_(context->hold(frame.data.size()));
      out.append(frame.data);
    }
    co_return out;
  }

  const Program& program_;
  std::unique_ptr<PhpSessionStore> sessions_;
  Semaphore slots_;
};

// session.save_path, as a folder or of phpredis; null where the program keeps none.
Result<std::unique_ptr<PhpSessionStore>> open_sessions(const Arguments& arguments) {
  const std::string format = arguments.value_or("session-format", "php");
  if (format != "php" && format != "php_serialize") {
    return Error(ErrorCode::kInvalidArgument, "--session-format is php or php_serialize, not " + format);
  }
  const PhpSessionFormat known = format == "php" ? PhpSessionFormat::kPhp : PhpSessionFormat::kPhpSerialize;
  const std::optional<std::string> place = arguments.value("sessions");
  if (!place) return std::unique_ptr<PhpSessionStore>();
  if (place->find("://") == std::string::npos) {
    BANYAN_TRY(PhpSavePath path, PhpSavePath::parse(*place));
    return std::make_unique<PhpSessionFiles>(std::move(path), known);
  }
  BANYAN_TRY(PhpRedisSavePath path, PhpRedisSavePath::parse(*place));
  return std::make_unique<PhpSessionRedis>(
      std::make_shared<RedisClient>(std::move(path.redis)),
      PhpSessionRedisOptions{
          .prefix = std::move(path.prefix), .format = known, .locking = arguments.flag("session-locking")});
}

// The process is one program; build() is a plain function.
const Program* mounted = nullptr;

Task<Result<void>> build(Service& app, const Arguments& arguments) {
  const std::int64_t scripts = co_await try_(arguments.integer("php-scripts", 1, kScriptsMax, kScriptsDefault));
  std::unique_ptr<PhpSessionStore> sessions = co_await try_(open_sessions(arguments));
  Mount& mount = app.keep(std::make_unique<Mount>(*mounted, static_cast<std::size_t>(scripts), std::move(sessions)));
  if (const auto name = arguments.value("build")) app.names_build(*name);
  for (const Endpoint& one : mounted->endpoints) {
    service::TypedEndpoint endpoint;
    endpoint.call = [&mount](service::Context& context) { return mount.answer(&context); };
    app.route(one.method, one.path, std::move(endpoint)).body_up_to(kBodyBytesMax).says("converted PHP");
  }
  co_return {};
}

}  // namespace

int run_mounted(const Program& program, int argc, char** argv) {
  mounted = &program;
  const service::Program around = {
      .name = program.name,
      .summary = "endpoints of PHP, converted to C++",
      .options = {{.name = "php-scripts", .value = "NUMBER", .about = "scripts that run at once: 1 to 60 (16)"},
                  {.name = "sessions",
                   .value = "SAVE_PATH",
                   .about = "PHP's session.save_path: a folder, or tcp://... of phpredis"},
                  {.name = "session-format", .value = "NAME", .about = "PHP's session.serialize_handler (php)"},
                  {.name = "session-locking", .about = "as redis.session.locking_enabled"},
                  {.name = "build", .value = "NAME", .about = "what answers say in the field X-Build"}},
      .examples = {},
      .build = build};
  return service::run_service(around, argc, argv);
}

}  // namespace banyan::php_mount
