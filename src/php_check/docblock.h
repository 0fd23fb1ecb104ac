// What a docblock claims: "@param array<int, User> $users" and its like, as types of ours.
//
// A docblock is a comment: nothing holds it to the code, so all its types come out marked unverified. What cannot be
// read as a type is mixed. Source: the PSR-5 draft and what PHPStan and Psalm read.
// Limits: 64 tags of a docblock, 16 levels of a type.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "php_check/type.h"

namespace banyan::php {

struct DocVariable {
  std::string name;  // without the dollar sign; empty where none is written
  Type type;
};

struct Docblock {
  std::vector<DocVariable> parameters;
  std::vector<DocVariable> variables;   // @var
  std::vector<DocVariable> globals;     // @global
  std::vector<DocVariable> properties;  // @property
  Type returned;                        // nothing where there is no @return
  std::vector<std::string> throws;      // keys of classes
  std::vector<std::string> templates;
  std::vector<ClassType> extended;  // @extends, @implements, @use
  bool is_deprecated = false;
};

// From the name of a class as written to its key.
using ClassResolver = std::function<std::string(std::string_view)>;

struct DocScope {
  const ClassResolver& resolve;
  const std::vector<std::string>* templates = nullptr;  // of the class around
  std::string self;                                     // key of the class around, or empty
};

Docblock parse_docblock(std::string_view comment, const DocScope& scope);

// One type; `used` is how many bytes of `text` it takes.
Type parse_doc_type(std::string_view text, const DocScope& scope, const std::vector<std::string>& templates,
                    std::size_t* used = nullptr);

}  // namespace banyan::php
