// Where nghttp2's memory comes from: the runtime's pool of coroutine frames, whose blocks go round per thread without
// malloc's work. A stream takes some thirty small blocks and gives them back, which was a twentieth of a request.
#pragma once

#include <nghttp2/nghttp2.h>

namespace banyan {

// For nghttp2_session_server_new3() and nghttp2_session_client_new3(), of any number of sessions on any threads. Lives
// as long as the process. Where there is no memory left the process ends, as it does for a frame.
nghttp2_mem* http2_session_memory();

}  // namespace banyan
