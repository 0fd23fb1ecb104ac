// For tests: a text as a server sends it, compressed.
#pragma once

#include <string>
#include <string_view>

#include <zlib.h>

#include "base/check.h"

namespace banyan {

// `window_bits` says which form, as deflateInit2() takes it: MAX_WBITS zlib, 16 more gzip, negative raw.
inline std::string deflated(std::string_view plain, int window_bits) {
  z_stream stream{};
  BANYAN_CHECK(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(plain.size())) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  BANYAN_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace banyan
