// Keeps book of every directive that was read: each ends up carried over, noted, or judged by the table of advice.
// That is what makes "nothing is dropped in silence" true of every file, also of those no test has seen.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "nginx_import/proposal.h"

namespace banyan::nginx {

class Ledger {
 public:
  void carry(const Directive& directive) { seen_.insert(&directive); }
  void carry(const Directive* directive) {
    if (directive != nullptr) seen_.insert(directive);
  }
  // Counts it as dealt with, too. The same note on the same directive is kept once.
  void note(NoteKind kind, const Directive& directive, std::string instead);
  // The same with a sentence in the place of the directive's own text.
  void note(NoteKind kind, const Directive& directive, std::string what, std::string instead);
  // Counts it as dealt with by a note on what it is part of.
  void note_silently(const Directive& directive) {
    seen_.insert(&directive);
    noted_.insert(&directive);
  }
  // A note that is about no directive alone.
  void note_at(NoteKind kind, const Place& place, std::string what, std::string instead);

  // Looks up all that nobody carried or noted; then hands out the notes, in the order of the files.
  std::vector<Note> close(const std::vector<Directive>& directives);
  std::size_t directive_count() const { return directives_; }
  std::size_t carried_count() const { return carried_; }

 private:
  void settle(const Directive& directive);

  std::unordered_set<const Directive*> seen_;   // dealt with
  std::unordered_set<const Directive*> noted_;  // of these, those that a note speaks of
  std::vector<Note> notes_;
  std::size_t directives_ = 0;
  std::size_t carried_ = 0;
};

}  // namespace banyan::nginx
