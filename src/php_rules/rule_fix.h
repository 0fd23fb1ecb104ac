// What a rule's `fix` makes of a match.
#pragma once

#include <optional>

#include "php_findings/finding.h"
#include "php_rules/matcher.h"
#include "php_rules/rule.h"

namespace banyan::php {

// A template that was read once: what its text is as an expression decides where parentheses are needed.
struct ReadyFix {
  const FixTemplate* text = nullptr;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // of metavariables: begin and end
  std::vector<std::string> names;                           // of these
  NodeKind kind = NodeKind::kNone;                          // of the whole as an expression; none for statements
  TokenKind op = TokenKind::kWhitespace;
};

ReadyFix ready_fix(const FixTemplate& text, Features features);

// Where a match stands.
struct FixPlace {
  NodeId node;
  NodeId parent;
  std::uint32_t slot = 0;  // among the parent's children
};

// Nothing where the match cannot be mended by text: inside of a string's plain interpolation, or where a comment would
// be lost. Parentheses are put around what would bind differently in its new place.
std::optional<Fix> make_fix(const ReadyFix& fix, const CodeView& code, const FixPlace& place, const Bindings& bindings,
                            const Locator& locator);

// Code on one line, at most 60 bytes, for messages.
std::string shown_code(std::string_view code);

}  // namespace banyan::php
