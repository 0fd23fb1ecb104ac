// Ending a program from outside.
#pragma once

#include "php_runtime/context.h"

namespace banyan::php_runtime {

// Has the program that runs in `c`, be it on another thread, stop at its next call of one of its own functions, with
// the code `time-limit`, as one stops whose calls nest too deep. Until then it goes on, in a call of PHP's or in a loop
// that calls nothing. A generator that is entered or left just then misses it: ask again until the program has ended.
void interrupt(Context& c);

// Whether that has been asked of the program of this thread: for calls that take long.
bool is_interrupted();

}  // namespace banyan::php_runtime
