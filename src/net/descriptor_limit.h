// How many descriptors the process may hold.
//
// The limit a program begins with is 1,024 on most systems, kept low for programs that use select(2), while the hard
// limit is what the administrator really allows. A server that needs a descriptor for each connection takes all of it.
#pragma once

#include <cstddef>

namespace banyan {

// Raises the soft limit of descriptors to the hard one, for the process and what it executes; says what it is now.
// setrlimit(2), RLIMIT_NOFILE.
std::size_t raise_descriptor_limit();

}  // namespace banyan
