// Whether a connection that was kept may carry the next request.
#pragma once

#include "net/stream.h"

namespace banyan {

// Whether nothing has come on a connection since its last answer ended. What has come nobody asked for, and it must
// never be taken for the answer to the next request (RFC 9112 section 9.2). Nobody may be reading. Does not suspend.
// Costs no system call where nothing was told of the socket; under TLS, where what is told may be no more than a
// ticket, the session is asked. False: of no more use, and a byte may have been taken from it.
bool is_quiet(Stream& stream);

}  // namespace banyan
