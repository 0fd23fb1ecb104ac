// Warnings, notices and deprecations: shown in the output as php-cli shows them, handed to the handler that
// set_error_handler() set, or kept silent by @.
#pragma once

#include <string_view>

#include "php_runtime/context.h"
#include "php_runtime/value.h"

namespace banyan::php_runtime {

inline constexpr int kEWarning = 2;
inline constexpr int kENotice = 8;
inline constexpr int kEUserError = 256;
inline constexpr int kEUserWarning = 512;
inline constexpr int kEUserNotice = 1024;
inline constexpr int kEDeprecated = 8192;
inline constexpr int kEUserDeprecated = 16384;
inline constexpr int kEAll = 32767;

void warning(std::string_view message);
void notice(std::string_view message);
void deprecated(std::string_view message);
// A message of a level, an E_ constant of PHP's.
void diagnose(Int level, std::string_view message);
// A deprecation that PHP gives before the program begins.
void compile_deprecated(Int line, std::string_view message);

// @ before an expression: what f diagnoses is not shown.
class Silenced {
 public:
  Silenced();
  ~Silenced();
  Silenced(const Silenced&) = delete;
  Silenced& operator=(const Silenced&) = delete;

 private:
  Int before_;
};
template <class F>
auto silence(F f) {
  const Silenced silenced;
  return f();
}

}  // namespace banyan::php_runtime
