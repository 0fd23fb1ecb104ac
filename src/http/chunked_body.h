// The chunked transfer coding (RFC 9112 section 7.1), both ways.
//
// The decoder takes bytes as they come, cut anywhere, and gives back the runs of body bytes among them without copying.
// Strict: sizes are 1 to 16 hex digits and fit 63 bits; no white space after a size; lines end in CRLF; extensions
// have the form of the grammar without white space, are bounded (also in sum, since a byte of body may otherwise cost
// kilobytes) and dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/fields.h"
#include "http/status.h"

namespace banyan {

// Whether a field of that name may follow a body, over whatever protocol. Those that would change framing, routing or
// authentication may not (RFC 9110 section 6.5.1): of the names known to field_id.h ETag alone.
bool is_trailer(FieldId id);

struct ChunkedLimits {
  std::size_t extension_bytes_max = 256;              // in one size line
  std::size_t extension_bytes_total_max = 16 * 1024;  // over the whole body
  std::size_t trailer_bytes_max = 8 * 1024;           // trailer section, its empty line included
  std::size_t trailer_fields_max = 64;
};

class ChunkedDecoder {
 public:
  explicit ChunkedDecoder(const ChunkedLimits& limits = {}) : limits_(limits) {}

  struct Step {
    enum class Kind : std::uint8_t {
      kNeedMore,  // all of the input was consumed
      kData,      // `data` is a run of body bytes, never empty, inside the input
      kDone,      // the body ended; trailers() is filled; what follows `consumed` belongs to the next message
      kError,     // refused with 400 (to be answered as 502 where the peer is an upstream)
    };
    Kind kind = Kind::kNeedMore;
    std::size_t consumed = 0;  // bytes of the input that are dealt with, `data` included
    std::string_view data;
    Refusal refusal;
  };

  // Takes from the front of `bytes` up to the next event. Call again with what is left. After kDone or kError: reset().
  Step next(std::string_view bytes);

  // Trailer fields, valid until reset(). Those that are none (is_trailer) are not here; Content-Length,
  // Transfer-Encoding, Host, Connection and Trailer are errors.
  const Fields& trailers() const { return trailers_; }

  void reset();

 private:
  enum class State : std::uint8_t { kSize, kExtension, kSizeLf, kData, kDataCr, kDataLf, kTrailers, kDone, kError };

  enum class Extension : std::uint8_t { kSemicolon, kName, kEquals, kValue, kQuoted, kBackslash, kQuoteEnd, kWrong };

  static Extension after(Extension state, char c);
  void take_size_byte(char c);
  void take_extension_byte(char c);
  void begin_chunk();
  void take_line_byte(char c);
  std::size_t take_trailers(std::string_view bytes);
  void take_trailer_line();
  void fail(std::string_view sentence);

  ChunkedLimits limits_;
  State state_ = State::kSize;
  unsigned digits_ = 0;
  std::uint64_t remaining_ = 0;  // of the chunk's size while its line is read, then of its bytes
  Extension extension_ = Extension::kSemicolon;
  std::size_t extension_bytes_ = 0;
  std::size_t extension_bytes_total_ = 0;
  Refusal refusal_;
  std::size_t trailer_line_ = 0;  // where the unfinished line of trailer_bytes_ begins
  std::string trailer_bytes_;
  Fields trailers_;
};

// The size line before `size` bytes of data, written to `out` (at least kChunkHeadBytesMax); gives its length. After
// the data comes CRLF. A size of 0 would end the body and is a broken invariant.
inline constexpr std::size_t kChunkHeadBytesMax = 18;
std::size_t write_chunk_head(std::uint64_t size, char* out);

// Appends one whole chunk; nothing where `data` is empty.
void append_chunk(std::string_view data, std::string& out);
// Appends the last chunk, the trailers if any, and the final empty line.
void append_last_chunk(const Fields& trailers, std::string& out);

}  // namespace banyan
