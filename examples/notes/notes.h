// Notes of users, in memory: what the framework for native services can do, in one small service.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "service/service.h"

namespace notes {

enum class Importance : std::uint8_t { kLow, kHigh };
inline banyan::json::Names<Importance> json_names(Importance) {
  return {{"low", Importance::kLow}, {"high", Importance::kHigh}};
}

struct NewNote {
  std::string title;
  std::string text;
  Importance importance = Importance::kLow;
  std::vector<std::string> tags;

  static banyan::json::Fields fields() {
    using banyan::json::field;
    return {field<&NewNote::title>().length(1, 80).about("its first line"),
            field<&NewNote::text>().length(0, 10'000).optional(), field<&NewNote::importance>().optional(),
            field<&NewNote::tags>().pattern("^[a-z]+$").items(0, 5).optional()};
  }
};

struct Note {
  std::int64_t id = 0;
  NewNote note;
  banyan::WallTime made;
  std::optional<std::string> editor;  // who changed it last

  static banyan::json::Fields fields() {
    using banyan::json::field;
    return {field<&Note::id>().min(1), field<&Note::note>(), field<&Note::made>(), field<&Note::editor>()};
  }
};

struct NoteId {
  std::int64_t id = 0;
  static banyan::service::Inputs inputs() { return {banyan::service::path(banyan::json::field<&NoteId::id>().min(1))}; }
};

// A request with something of everything.
struct ChangeNote {
  std::int64_t id = 0;
  std::optional<std::string> editor;
  NewNote note;
  static banyan::service::Inputs inputs() {
    using banyan::json::field;
    return {banyan::service::path(field<&ChangeNote::id>().min(1)),
            banyan::service::header(field<&ChangeNote::editor>().named("X-Editor").length(1, 40)),
            banyan::service::body(field<&ChangeNote::note>())};
  }
};

struct ListNotes {
  std::optional<Importance> importance;
  int limit = 20;
  static banyan::service::Inputs inputs() {
    using banyan::json::field;
    using banyan::service::query;
    return {query(field<&ListNotes::importance>()), query(field<&ListNotes::limit>().range(1, 100).optional())};
  }
};

// Shared by all workers.
class Notes {
 public:
  // Adds its routes to `app`, which it outlives.
  void serve(banyan::service::Service& app);

 private:
  using Context = banyan::service::Context;
  banyan::Task<banyan::Result<Note>> add(NewNote in, Context& context);
  banyan::Task<banyan::Result<Note>> change(ChangeNote in, Context& context);
  banyan::Task<banyan::Result<Note>> find(NoteId in, Context& context);
  banyan::Task<banyan::Result<std::vector<Note>>> list(ListNotes in, Context& context);
  banyan::Task<banyan::Result<banyan::service::Nothing>> remove(NoteId in, Context& context);
  banyan::Task<banyan::Result<banyan::service::Stream>> dump(Context& context);

  std::mutex mutex_;  // held for a moment, never while anything waits
  std::map<std::int64_t, Note> notes_;
  std::int64_t last_id_ = 0;
};

}  // namespace notes
