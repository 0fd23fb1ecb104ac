// SQLite's account of its memory, which is kept under one lock of all connections of the process.
#pragma once

namespace banyan {

// There will be none. Counts before the first connection of the process is opened; later it does nothing.
void count_no_sqlite_memory();

}  // namespace banyan
