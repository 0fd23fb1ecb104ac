// The converted half of a comparison by `banyan php verify`: calls functions of converted files as it is told.
//
// It does what src/php_verify/harness/harness.php, which describes the protocol, does with real PHP. Beyond what is
// said there an answer may be ! and a reason, where the program would rather stop. Objects are made and go in the order
// of harness.php, so that they have the numbers that PHP gives them.
#pragma once

#include <map>
#include <string>

namespace banyan::php_runtime {

// What runs a file's own code, by the file's path.
using Loaders = std::map<std::string, void (*)()>;

// The whole of a program with the arguments PLAN, CALLS and FIRST, which answers on descriptor 3; gives its exit
// status.
int answer_calls(int argc, char** argv, const Loaders& loaders);

}  // namespace banyan::php_runtime
