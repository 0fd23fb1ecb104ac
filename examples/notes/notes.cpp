#include "notes.h"

#include "runtime/runtime.h"
#include "runtime/wait.h"
#include "service/multipart.h"

namespace notes {

using namespace banyan;
using service::Context;

namespace {

// A line for each note, made while it is sent.
class NoteLines final : public BodySource {
 public:
  explicit NoteLines(std::vector<Note> notes) : notes_(std::move(notes)) {}
  Task<Result<BodyFrame>> next() override {
    if (at_ == notes_.size()) co_return BodyFrame{};
    line_ = json::encode(notes_[at_++]) + "\n";
    co_return BodyFrame{BodyFrame::Kind::kData, line_, nullptr};
  }

 private:
  std::vector<Note> notes_;
  std::size_t at_ = 0;
  std::string line_;
};

struct Upload {
  std::string name;
  std::string file;
  std::int64_t bytes = 0;
  static json::Fields fields() {
    return {json::field<&Upload::name>(), json::field<&Upload::file>(), json::field<&Upload::bytes>()};
  }
};

// How large each part of a form is, whatever its size: none of it is kept.
Task<Result<std::vector<Upload>>> measure(Context& context) {
  std::vector<Upload> uploads;
  service::MultipartReader form = co_await try_(service::MultipartReader::open(context));
  while (const std::optional<service::FormPart> part = co_await try_(form.next_part())) {
    Upload& upload = uploads.emplace_back(part->name, part->filename.value_or(""), 0);
    for (;;) {
      const std::string_view piece = co_await try_(form.read());
      if (piece.empty()) break;
      upload.bytes += static_cast<std::int64_t>(piece.size());
    }
  }
  co_return uploads;
}

// Waits as a slow database would: until the request's deadline.
Task<Result<service::Nothing>> slow(Context&) {
  co_await try_(co_await sleep_for(std::chrono::hours(1)));
  co_return service::Nothing{};
}

// What a question to another service would carry.
Task<Result<std::map<std::string, std::string>>> ambient(Context& context) {
  Fields fields;
  service::put_ambient(fields);
  std::map<std::string, std::string> shown{{"colour", context.colour()}};
  for (const Fields::Entry& entry : fields) shown.emplace(entry.name, entry.value);
  co_return shown;
}

Task<Result<void>> demand_token(Context& context, service::Next next) {
  if (context.head().fields.value(FieldId::kAuthorization) != "Bearer secret")
    co_return context.problem(401, "unauthorized");
  co_await try_(next());
  context.answer().fields.add_copy(FieldId::kCacheControl, "no-store");
  co_return Result<void>();
}

}  // namespace

void Notes::serve(service::Service& app) {
  app.get("/notes", [this](ListNotes in, Context& context) { return list(std::move(in), context); });
  app.get("/notes/:id", [this](NoteId in, Context& context) { return find(in, context); }).says("one note");
  app.get("/notes/all", [this](Context& context) { return dump(context); }).says("every note, one a line");
  app.get("/slow", slow).unlisted();
  app.get("/ambient", ambient).unlisted();
  app.post("/uploads", measure).reads("multipart/form-data");

  service::Group admin = app.group("/admin").use(demand_token);
  admin.post("/notes", [this](NewNote in, Context& context) { return add(std::move(in), context); }).answers(201);
  admin.put("/notes/:id", [this](ChangeNote in, Context& context) { return change(std::move(in), context); });
  admin.del("/notes/:id", [this](NoteId in, Context& context) { return remove(in, context); });

  // The paths and the errors of the service this one replaced.
  service::Group old = app.group("/old").problems(service::error_json);
  old.post("/add.php", [this](NewNote in, Context& context) { return add(std::move(in), context); })
      .invalid_says("invalid note")
      .body_up_to(1000);
}

Task<Result<Note>> Notes::add(NewNote in, Context&) {
  const WallTime time{Duration(current_env().wall_nanoseconds())};
  const std::lock_guard lock(mutex_);
  const std::int64_t id = ++last_id_;
  co_return notes_[id] = Note{.id = id, .note = std::move(in), .made = time, .editor = {}};
}

Task<Result<Note>> Notes::change(ChangeNote in, Context& context) {
  const std::lock_guard lock(mutex_);
  const auto found = notes_.find(in.id);
  if (found == notes_.end()) co_return context.problem(404, "no such note");
  found->second.note = std::move(in.note);
  found->second.editor = std::move(in.editor);
  co_return found->second;
}

Task<Result<Note>> Notes::find(NoteId in, Context& context) {
  const std::lock_guard lock(mutex_);
  const auto found = notes_.find(in.id);
  if (found == notes_.end()) co_return context.problem(404, "no such note");
  co_return found->second;
}

Task<Result<std::vector<Note>>> Notes::list(ListNotes in, Context&) {
  std::vector<Note> some;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, note] : notes_) {
    if (some.size() == static_cast<std::size_t>(in.limit)) break;
    if (!in.importance || note.note.importance == *in.importance) some.push_back(note);
  }
  co_return some;
}

Task<Result<service::Nothing>> Notes::remove(NoteId in, Context& context) {
  const std::lock_guard lock(mutex_);
  if (notes_.erase(in.id) == 0) co_return context.problem(404, "no such note");
  co_return service::Nothing{};
}

Task<Result<service::Stream>> Notes::dump(Context&) {
  std::vector<Note> all;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, note] : notes_) all.push_back(note);
  co_return service::Stream{"application/x-ndjson", std::make_unique<NoteLines>(std::move(all))};
}

}  // namespace notes
