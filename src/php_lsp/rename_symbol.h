// Renaming what one file holds wholly: local variables of a function, and private members of a class.
//
// Whatever may be named from elsewhere, or by a computed name, is refused with a sentence, since a rename that misses
// one place breaks the program silently.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "php_lsp/source_view.h"

namespace banyan::php {

struct NameRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct RenameTarget {
  std::string name;               // without the dollar sign
  std::vector<NameRange> ranges;  // of the name alone, in order of offset, each once
  NameRange asked;                // the one under the cursor
  bool is_local = false;          // a variable, with which members may share a name
};

// Errors: kNotFound where nothing that has a name stands there, kUnsupported with the reason for what is not renamed.
Result<RenameTarget> find_rename(const SourceView& view, std::uint32_t offset);
// Whether the name can be taken in place of the old one. Errors: kInvalidArgument for what is no name,
// kAlreadyExists where the function has a variable, or the class a member, of that name.
Result<void> check_new_name(const SourceView& view, const RenameTarget& target, std::string_view name);

}  // namespace banyan::php
