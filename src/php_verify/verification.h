// Whether converted functions do what PHP does: start here.
//
// The problem: a conversion that differs silently is worse than none. The idea: real PHP and the converted program make
// the same calls, with inputs made by type, and are compared by what each call gives back, leaves in its arguments,
// prints and throws, byte for byte. An input that tells them apart is made smaller until nothing can be taken away.
//
//   BANYAN_TRY(Verification verification, Verification::prepare(sources, options));
//   for (std::size_t i = 0; i < verification.count(); ++i) verification.run(i);
//   const Evidence& evidence = verification.evidence();
//
// Limits: a call has a second of the processor and a gigabyte; those that PHP does not end within are not compared.
// What depends on anything but its arguments is not called (subject.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "php_parse/parse.h"
#include "php_verify/evidence.h"
#include "php_verify/language.h"

namespace banyan::php {

struct VerifySource {
  std::string path;      // as the user named it
  std::string absolute;  // what PHP calls it
  std::string text;
  std::string converted_path;
  std::string edited;  // the code that is there already, in place of a new conversion; empty for none
};

struct VerifyOptions {
  ParseOptions parse;
  std::size_t inputs = 200;  // for each function
  std::uint64_t seed = 1;
  std::string php = "php8.2";
  std::string php_version = "8.2";
  const Language* language = &kGo;
  BuildTools tools;
  std::vector<std::string> tests;  // the text of files that only tell inputs
  std::string folder;              // where to build and run: is there, and empty
};

class Verification {
 public:
  // Converts and builds. An error where PHP or a compiler is missing, or of another version than the files are for.
  static Result<Verification> prepare(std::vector<VerifySource> sources, const VerifyOptions& options);
  Verification(Verification&&) noexcept;
  Verification& operator=(Verification&&) noexcept;
  ~Verification();

  std::size_t count() const;
  // Calls the function with the inputs and writes down what came of it. Different indices on several threads at once.
  void run(std::size_t index);
  // Of those that ran, and of those that cannot.
  const Evidence& evidence() const;

 private:
  struct State;
  explicit Verification(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace banyan::php
