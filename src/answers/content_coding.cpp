#include "answers/content_coding.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "base/ascii.h"

namespace banyan {
namespace {

constexpr std::size_t kCodingsMax = 4;  // nobody means more

// The codings named, first applied first, without `identity`.
Result<std::vector<std::string>> codings_of(std::string_view list) {
  std::vector<std::string> codings;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) one.remove_prefix(1);
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
    if (one.empty() || ascii_lower(one) == "identity") continue;
    if (codings.size() == kCodingsMax) return Error(ErrorCode::kUnsupported, "more than four content codings");
    codings.push_back(ascii_lower(one));
  }
  return codings;
}

constexpr std::size_t kPieceBytes = 16 * 1024;

Error no_memory() { return {ErrorCode::kResourceExhausted, "no memory to decompress"}; }
Error not_in_coding() { return {ErrorCode::kInvalidArgument, "the body is not in the coding it names"}; }
Error something_follows() { return {ErrorCode::kInvalidArgument, "something follows the compressed body"}; }

Result<void> append(std::string& plain, std::string_view piece, std::size_t bytes_max) {
  if (plain.size() + piece.size() > bytes_max) {
    return Error(ErrorCode::kResourceExhausted, "the uncompressed body is too long");
  }
  plain.append(piece);
  return {};
}

class Inflater {
 public:
  // `window_bits` as inflateInit2 of zlib.h has it.
  explicit Inflater(int window_bits) { made_ = inflateInit2(&stream_, window_bits) == Z_OK; }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (made_) inflateEnd(&stream_);
  }

  Result<std::string> run(std::string_view coded, std::size_t bytes_max) {
    if (!made_) return no_memory();
    if (coded.size() > UINT32_MAX) return Error(ErrorCode::kResourceExhausted, "the compressed body is too long");
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
    stream_.avail_in = static_cast<uInt>(coded.size());
    std::string plain;
    for (int state = Z_OK; state != Z_STREAM_END;) {
      std::array<char, kPieceBytes> piece;
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = piece.size();
      state = inflate(&stream_, Z_NO_FLUSH);
      if (state != Z_OK && state != Z_STREAM_END) return not_in_coding();
      BANYAN_TRY_VOID(append(plain, {piece.data(), piece.size() - stream_.avail_out}, bytes_max));
    }
    if (stream_.avail_in != 0) return something_follows();
    return plain;
  }

 private:
  z_stream stream_{};
  bool made_ = false;
};

// RFC 7932. Its window takes up to 16 MiB while it runs.
Result<std::string> decode_brotli(std::string_view coded, std::size_t bytes_max) {
  const std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance);
  if (state == nullptr) return no_memory();
  const auto* in = reinterpret_cast<const std::uint8_t*>(coded.data());
  std::size_t in_bytes = coded.size();
  std::string plain;
  for (BrotliDecoderResult step = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT; step != BROTLI_DECODER_RESULT_SUCCESS;) {
    std::array<char, kPieceBytes> piece;
    auto* out = reinterpret_cast<std::uint8_t*>(piece.data());
    std::size_t room = piece.size();
    step = BrotliDecoderDecompressStream(state.get(), &in_bytes, &in, &room, &out, nullptr);
    if (step == BROTLI_DECODER_RESULT_ERROR || step == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) return not_in_coding();
    BANYAN_TRY_VOID(append(plain, {piece.data(), piece.size() - room}, bytes_max));
  }
  if (in_bytes != 0) return something_follows();
  return plain;
}

// Whether `coded` begins with a frame that libzstd reads (RFC 8878 section 3.1), also one to be skipped. It would know
// formats from before the RFC as well, which a release leaves out (cmake/banyan_options.cmake).
bool begins_zstd_frame(std::string_view coded) {
  constexpr std::size_t kMagicBytes = 4;
  if (coded.size() < kMagicBytes) return false;
  std::uint32_t magic = 0;
  for (std::size_t i = kMagicBytes; i-- > 0;) magic = magic << 8 | static_cast<std::uint8_t>(coded[i]);
  return magic == ZSTD_MAGICNUMBER || (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

// RFC 8878, with the window of RFC 9659: 8 MiB, and a frame that wants more is refused.
class ZstdDecoder {
 public:
  Result<std::string> run(std::string_view coded, std::size_t bytes_max) {
    constexpr int kWindowBits = 23;
    if (context_ == nullptr) return no_memory();
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowBits);
    ZSTD_inBuffer in{coded.data(), coded.size(), 0};
    std::string plain;
    while (in.pos < in.size) {
      if (!begins_zstd_frame(coded.substr(in.pos))) return in.pos == 0 ? not_in_coding() : something_follows();
      BANYAN_TRY_VOID(frame(in, plain, bytes_max));
    }
    return plain;
  }

 private:
  Result<void> frame(ZSTD_inBuffer& in, std::string& plain, std::size_t bytes_max) {
    for (std::size_t left = 1; left != 0;) {
      std::array<char, kPieceBytes> piece;
      ZSTD_outBuffer out{piece.data(), piece.size(), 0};
      left = ZSTD_decompressStream(context_.get(), &out, &in);
      const bool cut = left != 0 && in.pos == in.size && out.pos < out.size;
      if (ZSTD_isError(left) != 0 || cut) return not_in_coding();
      BANYAN_TRY_VOID(append(plain, {piece.data(), out.pos}, bytes_max));
    }
    return {};
  }

  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_{ZSTD_createDCtx(), &ZSTD_freeDCtx};
};

Result<std::string> decode_one(const std::string& coding, std::string_view body, std::size_t bytes_max) {
  constexpr int kGzip = 16 + MAX_WBITS;
  if (coding == "gzip" || coding == "x-gzip") return Inflater(kGzip).run(body, bytes_max);
  if (coding == "br") return decode_brotli(body, bytes_max);
  if (coding == "zstd") return ZstdDecoder().run(body, bytes_max);
  if (coding != "deflate") return Error(ErrorCode::kUnsupported, "the content coding '" + coding + "' is not decoded");
  // Meant is the zlib format; some servers send the raw one (RFC 9110 section 8.4.1.2).
  Result<std::string> plain = Inflater(MAX_WBITS).run(body, bytes_max);
  if (plain.ok() || plain.error().code() == ErrorCode::kResourceExhausted) return plain;
  return Inflater(-MAX_WBITS).run(body, bytes_max);
}

}  // namespace

Result<std::string> decode_body(std::string_view coding, std::string_view body, std::size_t bytes_max) {
  BANYAN_TRY(const std::vector<std::string> codings, codings_of(coding));
  if (body.size() > bytes_max) return Error(ErrorCode::kResourceExhausted, "the body is too long");
  std::string plain(body);
  if (plain.empty()) return plain;
  for (auto last = codings.rbegin(); last != codings.rend(); ++last) {
    BANYAN_TRY(plain, decode_one(*last, plain, bytes_max));
  }
  return plain;
}

}  // namespace banyan
