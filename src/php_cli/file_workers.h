// The same work for every file of a list, on several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "cli/command.h"

namespace banyan {

// --threads N as the commands over many files take it, and what was given or one per processor.
Option threads_option();
Result<std::size_t> thread_count(const Arguments& arguments);

// Calls `work` once with each index below `count`, on at most `threads` threads of which the calling one is the first,
// and draws the progress under `label`. `work` runs on several threads at once.
void for_each_file(std::size_t count, std::size_t threads, std::string label,
                   const std::function<void(std::size_t)>& work);

}  // namespace banyan
