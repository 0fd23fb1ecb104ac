// Whatever the bytes: no crash, and the same body, end and refusal whether they come at once or one by one.
#include "http/chunked_body.h"

#include <cstdint>
#include <string>

#include "base/check.h"

namespace {

struct Decoded {
  banyan::ChunkedDecoder::Step::Kind kind = banyan::ChunkedDecoder::Step::Kind::kNeedMore;
  std::size_t consumed = 0;
  std::string body;
  std::string_view sentence;
};

Decoded decode(std::string_view bytes, std::size_t piece) {
  using Kind = banyan::ChunkedDecoder::Step::Kind;
  banyan::ChunkedDecoder decoder({.extension_bytes_max = 16, .trailer_bytes_max = 64, .trailer_fields_max = 3});
  Decoded out;
  while (out.consumed < bytes.size()) {
    const auto step = decoder.next(bytes.substr(out.consumed, piece));
    BANYAN_CHECK(step.consumed > 0);
    out.consumed += step.consumed;
    out.body += step.data;
    out.kind = step.kind;
    out.sentence = step.refusal.sentence;
    if (step.kind == Kind::kDone || step.kind == Kind::kError) return out;
  }
  out.kind = Kind::kNeedMore;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const Decoded whole = decode(bytes, bytes.size() + 1);
  const Decoded single = decode(bytes, 1);
  BANYAN_CHECK(whole.kind == single.kind && whole.body == single.body && whole.sentence == single.sentence);
  BANYAN_CHECK(whole.consumed == single.consumed || whole.kind == banyan::ChunkedDecoder::Step::Kind::kError);
  return 0;
}
