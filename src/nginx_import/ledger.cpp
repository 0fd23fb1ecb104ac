#include "nginx_import/ledger.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "nginx_import/advice.h"

namespace banyan::nginx {

void Ledger::note(NoteKind kind, const Directive& directive, std::string instead) {
  note(kind, directive, directive.text(), std::move(instead));
}

void Ledger::note(NoteKind kind, const Directive& directive, std::string what, std::string instead) {
  seen_.insert(&directive);
  noted_.insert(&directive);
  note_at(kind, directive.place, std::move(what), std::move(instead));
}

void Ledger::note_at(NoteKind kind, const Place& place, std::string what, std::string instead) {
  const bool known = std::any_of(notes_.begin(), notes_.end(), [&](const Note& note) {
    return note.kind == kind && note.place.file == place.file && note.place.position == place.position &&
           note.what == what && note.instead == instead;
  });
  if (!known) notes_.push_back({kind, place, std::move(what), std::move(instead)});
}

// Below a block that is judged as a whole nothing more is said.
void Ledger::settle(const Directive& directive) {
  ++directives_;
  if (seen_.contains(&directive)) {
    if (!noted_.contains(&directive)) ++carried_;
    for (const Directive& inner : directive.block) settle(inner);
    return;
  }
  const Advice* const advice = find_advice(directive.name);
  if (advice == nullptr) {
    notes_.push_back({NoteKind::kMissing, directive.place, directive.text(),
                      "this directive is not known here: look it up in the documentation of its module"});
    return;
  }
  if (advice->fate == Fate::kMissing && directive.argument(0) == "off" && directive.name != "access_log") {
    notes_.push_back({NoteKind::kNotNeeded, directive.place, directive.text(), "it is off"});
    return;
  }
  const NoteKind kind = advice->fate == Fate::kNotNeeded ? NoteKind::kNotNeeded : NoteKind::kMissing;
  notes_.push_back({kind, directive.place, directive.text(), std::string(advice->instead)});
}

std::vector<Note> Ledger::close(const std::vector<Directive>& directives) {
  for (const Directive& directive : directives) settle(directive);
  std::sort(notes_.begin(), notes_.end(), [](const Note& a, const Note& b) {
    return std::tie(a.place.file, a.place.position, a.what, a.instead) <
           std::tie(b.place.file, b.place.position, b.what, b.instead);
  });
  return std::move(notes_);
}

}  // namespace banyan::nginx
