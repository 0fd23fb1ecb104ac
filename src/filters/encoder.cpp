#include "filters/encoder.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>

namespace banyan {
namespace {

constexpr std::size_t kPieceBytes = 16 * 1024;
constexpr int kWindowBits = 18;

Error failed() { return {ErrorCode::kInternal, "compression failed"}; }

class GzipEncoder final : public Encoder {
 public:
  GzipEncoder() = default;
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;
  ~GzipEncoder() override { deflateEnd(&stream_); }
  bool open(int level) {
    constexpr int kGzip = 16;  // added to the window's bits: with gzip's head and end
    return deflateInit2(&stream_, level, Z_DEFLATED, MAX_WBITS + kGzip, 8, Z_DEFAULT_STRATEGY) == Z_OK;
  }

  Result<void> write(std::string_view data, Then then, std::string& out) override {
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(data.data()));
    stream_.avail_in = static_cast<uInt>(data.size());
    const int flush = then == Then::kMore ? Z_NO_FLUSH : then == Then::kFlush ? Z_SYNC_FLUSH : Z_FINISH;
    do {
      const std::size_t size = out.size();
      out.resize(size + kPieceBytes);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + size);
      stream_.avail_out = kPieceBytes;
      const int code = deflate(&stream_, flush);
      out.resize(size + kPieceBytes - stream_.avail_out);
      if (code == Z_STREAM_ERROR) return failed();
    } while (stream_.avail_out == 0);
    return {};
  }

 private:
  z_stream stream_{};
};

class BrotliEncoder final : public Encoder {
 public:
  explicit BrotliEncoder(BrotliEncoderState* state) : state_(state, &BrotliEncoderDestroyInstance) {}

  Result<void> write(std::string_view data, Then then, std::string& out) override {
    std::size_t in_bytes = data.size();
    const auto* in = reinterpret_cast<const std::uint8_t*>(data.data());
    const BrotliEncoderOperation operation = then == Then::kMore    ? BROTLI_OPERATION_PROCESS
                                             : then == Then::kFlush ? BROTLI_OPERATION_FLUSH
                                                                    : BROTLI_OPERATION_FINISH;
    do {
      std::size_t none = 0;
      if (!BrotliEncoderCompressStream(state_.get(), operation, &in_bytes, &in, &none, nullptr, nullptr)) {
        return failed();
      }
      std::size_t bytes = 0;
      const std::uint8_t* made = BrotliEncoderTakeOutput(state_.get(), &bytes);
      out.append(reinterpret_cast<const char*>(made), bytes);
    } while (in_bytes > 0 || BrotliEncoderHasMoreOutput(state_.get()));
    return {};
  }

 private:
  std::unique_ptr<BrotliEncoderState, decltype(&BrotliEncoderDestroyInstance)> state_;
};

class ZstdEncoder final : public Encoder {
 public:
  explicit ZstdEncoder(ZSTD_CCtx* context) : context_(context, &ZSTD_freeCCtx) {}

  Result<void> write(std::string_view data, Then then, std::string& out) override {
    ZSTD_inBuffer in{data.data(), data.size(), 0};
    const ZSTD_EndDirective directive = then == Then::kMore    ? ZSTD_e_continue
                                        : then == Then::kFlush ? ZSTD_e_flush
                                                               : ZSTD_e_end;
    for (bool done = false; !done;) {
      const std::size_t size = out.size();
      out.resize(size + kPieceBytes);
      ZSTD_outBuffer piece{out.data() + size, kPieceBytes, 0};
      const std::size_t left = ZSTD_compressStream2(context_.get(), &piece, &in, directive);
      out.resize(size + piece.pos);
      if (ZSTD_isError(left) != 0) return failed();
      done = then == Then::kMore ? in.pos == in.size : left == 0;
    }
    return {};
  }

 private:
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context_;
};

std::unique_ptr<Encoder> open_brotli(int level) {
  BrotliEncoderState* state = BrotliEncoderCreateInstance(nullptr, nullptr, nullptr);
  if (state == nullptr) return nullptr;
  // Qualities from 5 on cost several times what gzip's do. A release has 1 to 9 alone (cmake/banyan_options.cmake).
  BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, static_cast<std::uint32_t>(std::min(level, 5)));
  BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, kWindowBits);
  return std::make_unique<BrotliEncoder>(state);
}

std::unique_ptr<Encoder> open_zstd(int level) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  if (context == nullptr) return nullptr;
  // At most 4. A release has 1 to 10 alone (this module's CMakeLists.txt).
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, std::max(1, level / 2));
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, kWindowBits);
  return std::make_unique<ZstdEncoder>(context);
}

}  // namespace

Result<std::unique_ptr<Encoder>> Encoder::open(Coding coding, int level) {
  std::unique_ptr<Encoder> encoder;
  if (coding == Coding::kGzip) {
    auto gzip = std::make_unique<GzipEncoder>();
    if (gzip->open(level)) encoder = std::move(gzip);
  } else {
    encoder = coding == Coding::kBrotli ? open_brotli(level) : open_zstd(level);
  }
  if (encoder == nullptr) return Error(ErrorCode::kResourceExhausted, "no memory to compress with");
  return encoder;
}

}  // namespace banyan
