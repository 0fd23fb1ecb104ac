// Which of the converted functions can be called on their own, and how; for the others, why not.
//
// A function that reads files, asks for the time or for chance, or talks to a server, or may, is not called: its answer
// is not one of its arguments alone, and calling it with made-up ones does harm. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "php_check/facts.h"
#include "php_convert/convert.h"
#include "php_verify/generate.h"

namespace banyan::php {

enum class CallForm : std::uint8_t { kFunction, kStatic, kMethod };

struct Subject {
  std::size_t file = 0;  // of the files that were converted
  const ConvertedFunction* converted = nullptr;
  FunctionId function;  // none where the analysis does not know it
  CallForm form = CallForm::kFunction;
  std::string class_name;  // as declared, of methods
  ClassId of;
  std::string
      not_run;      // a stable code: "refused", "effect:time", "argument:DateTime", "constructor"; empty where it is
  std::string why;  // and what about it, for people
};

// Of the functions and methods of a file, in order; closures and the file's own code are no subjects. `path` is that of
// the facts.
std::vector<Subject> find_subjects(const Facts& facts, std::string_view path, const Conversion& conversion,
                                   std::size_t file);

// One line for the harness: the call of `subject` with these arguments, on `object` where it is a method.
std::string call_line(const Facts& facts, const Subject& subject, const std::string& object,
                      const std::vector<InputValue>& arguments);
// "(new A(1))->m('x')".
std::string readable_call(const Facts& facts, const Subject& subject, const InputValue& object,
                          const std::vector<InputValue>& arguments);

// The files that have to be loaded before `file`, in order, for what it calls and extends; itself last.
std::vector<FileId> load_order(const Facts& facts, FileId file);

}  // namespace banyan::php
