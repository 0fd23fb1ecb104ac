// How long the runtime's tasks keep a worker at most, which is how late everything else on it may be.
#pragma once

#include "base/clock.h"

namespace banyan {

// The longest time between two suspension points of a task that the stall detector has seen since run() began. It looks
// every half stall threshold (5 ms unless told otherwise), and counts from its first look: the truth may be that much
// longer, and runs shorter than it may go unseen. Time in which the kernel ran something else on the processor counts
// as well. In a task; else zero.
Duration longest_run();

}  // namespace banyan
