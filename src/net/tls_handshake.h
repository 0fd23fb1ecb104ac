// Inside of the TLS layer: puts an SSL object onto a plain stream and shakes hands.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "net/stream.h"

namespace banyan {

// Takes `ssl`, which is set up as a server or a client. On error the stream is closed.
Task<Result<Stream>> shake_hands(Stream stream, SSL* ssl, std::shared_ptr<const void> context, TimePoint deadline);

}  // namespace banyan
