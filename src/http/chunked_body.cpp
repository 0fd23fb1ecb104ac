#include "http/chunked_body.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "http/byte_scan.h"
#include "http/head_lines.h"

namespace banyan {

namespace {

constexpr unsigned kSizeDigitsMax = 16;
constexpr std::uint64_t kSizeMax = static_cast<std::uint64_t>(-1) >> 1;

unsigned hex_value(char c) {
  if (c <= '9') return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>((c | 0x20) - 'a' + 10);
}

// Of the names we know, those a trailer section may not hold at all: they would change where the message ends or goes.
bool refused_in_trailers(FieldId id) {
  return id == FieldId::kContentLength || id == FieldId::kTransferEncoding || id == FieldId::kHost ||
         id == FieldId::kConnection || id == FieldId::kTrailer;
}

}  // namespace

bool is_trailer(FieldId id) { return id == FieldId::kOther || id == FieldId::kEtag; }

void ChunkedDecoder::fail(std::string_view sentence) {
  state_ = State::kError;
  refusal_ = {400, sentence};
}

void ChunkedDecoder::take_size_byte(char c) {
  if (byte_scan::is(c, byte_scan::kHexDigit)) {
    if (++digits_ > kSizeDigitsMax) return fail("a chunk size has more than 16 digits");
    remaining_ = remaining_ << 4 | hex_value(c);
    return;
  }
  if (digits_ == 0) return fail("a chunk does not begin with its size in hexadecimal");
  if (remaining_ > kSizeMax) return fail("a chunk size does not fit 63 bits");
  if (c == '\r') {
    state_ = State::kSizeLf;
  } else if (c == ';') {
    extension_bytes_ = 0;
    extension_ = Extension::kSemicolon;
    state_ = State::kExtension;
  } else {
    fail("a chunk size is not followed by CRLF or an extension");
  }
}

// ";name", ";name=token" or ";name=\"quoted\"", any number of them, without white space. Each state names what was last
// seen; gives the next one, or kWrong.
ChunkedDecoder::Extension ChunkedDecoder::after(Extension state, char c) {
  const bool token = byte_scan::is(c, byte_scan::kToken);
  switch (state) {
    case Extension::kSemicolon:
      return token ? Extension::kName : Extension::kWrong;
    case Extension::kName:
      if (c == '=') return Extension::kEquals;
      [[fallthrough]];
    case Extension::kValue:
      if (token) return state;
      [[fallthrough]];
    case Extension::kQuoteEnd:
      return c == ';' ? Extension::kSemicolon : Extension::kWrong;
    case Extension::kEquals:
      if (c == '"') return Extension::kQuoted;
      return token ? Extension::kValue : Extension::kWrong;
    case Extension::kQuoted:
      if (c == '"') return Extension::kQuoteEnd;
      if (c == '\\') return Extension::kBackslash;
      [[fallthrough]];
    case Extension::kBackslash:
      return byte_scan::is(c, byte_scan::kValue) ? Extension::kQuoted : Extension::kWrong;
    case Extension::kWrong:
      break;
  }
  return Extension::kWrong;
}

void ChunkedDecoder::take_extension_byte(char c) {
  const bool whole =
      extension_ == Extension::kName || extension_ == Extension::kValue || extension_ == Extension::kQuoteEnd;
  if (c == '\r' && whole) {
    state_ = State::kSizeLf;
    return;
  }
  extension_ = after(extension_, c);
  if (extension_ == Extension::kWrong) return fail("a chunk extension is malformed");
  ++extension_bytes_;
  ++extension_bytes_total_;
  if (extension_bytes_ > limits_.extension_bytes_max || extension_bytes_total_ > limits_.extension_bytes_total_max) {
    fail("chunk extensions are longer than this server accepts");
  }
}

// After a whole size line.
void ChunkedDecoder::begin_chunk() {
  digits_ = 0;
  state_ = remaining_ == 0 ? State::kTrailers : State::kData;
}

// One byte of what lies between runs of data.
void ChunkedDecoder::take_line_byte(char c) {
  switch (state_) {
    case State::kSize:
      return take_size_byte(c);
    case State::kExtension:
      return take_extension_byte(c);
    case State::kSizeLf:
      return c == '\n' ? begin_chunk() : fail("a chunk size line does not end in CRLF");
    case State::kDataCr:
      if (c != '\r') return fail("the data of a chunk is not followed by CRLF");
      state_ = State::kDataLf;
      return;
    case State::kDataLf:
      if (c != '\n') return fail("the data of a chunk is not followed by CRLF");
      state_ = State::kSize;
      return;
    default:
      BANYAN_CHECK(false);
  }
}

// Takes whole trailer lines into the decoder's own buffer, up to the empty one. Gives how many bytes it took.
std::size_t ChunkedDecoder::take_trailers(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && state_ == State::kTrailers) {
    const std::size_t lf = bytes.find('\n', taken);
    const std::size_t end = lf == std::string_view::npos ? bytes.size() : lf + 1;
    const std::size_t room = limits_.trailer_bytes_max - trailer_bytes_.size();
    const std::size_t count = std::min(end - taken, room);
    trailer_bytes_.append(bytes.substr(taken, count));
    taken += count;
    if (trailer_bytes_.back() == '\n' && lf != std::string_view::npos) {
      take_trailer_line();
    } else if (trailer_bytes_.size() >= limits_.trailer_bytes_max) {
      fail("the trailer section is longer than this server accepts");
    }
  }
  return taken;
}

// The last line of trailer_bytes_ is complete. The lines are parsed together once an empty one ends the section, which
// is bounded: views into a string that still grows would not last.
void ChunkedDecoder::take_trailer_line() {
  const std::string_view line = std::string_view(trailer_bytes_).substr(trailer_line_);
  if (line != "\r\n") {
    trailer_line_ = trailer_bytes_.size();
    if (trailer_bytes_.size() >= limits_.trailer_bytes_max)
      fail("the trailer section is longer than this server accepts");
    return;
  }
  LineStop stop;
  const char* begin = trailer_bytes_.data();
  const char* end = begin + trailer_bytes_.size();
  if (parse_field_lines(begin, end, limits_.trailer_fields_max, trailers_, stop) == nullptr) {
    return fail(stop.refusal.sentence);
  }
  for (const Fields::Entry& entry : trailers_) {
    if (refused_in_trailers(entry.id)) return fail("a trailer field changes the framing or routing of its message");
  }
  trailers_.remove_if([](const Fields::Entry& entry) { return !is_trailer(entry.id); });
  state_ = State::kDone;
}

ChunkedDecoder::Step ChunkedDecoder::next(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    if (state_ == State::kData) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size() - taken));
      remaining_ -= count;
      if (remaining_ == 0) state_ = State::kDataCr;
      return {Step::Kind::kData, taken + count, bytes.substr(taken, count), {}};
    }
    if (state_ == State::kTrailers) {
      taken += take_trailers(bytes.substr(taken));
    } else if (state_ == State::kDone || state_ == State::kError) {
      break;
    } else {
      take_line_byte(bytes[taken++]);
    }
  }
  if (state_ == State::kError) return {Step::Kind::kError, taken, {}, refusal_};
  return {state_ == State::kDone ? Step::Kind::kDone : Step::Kind::kNeedMore, taken, {}, {}};
}

void ChunkedDecoder::reset() {
  state_ = State::kSize;
  digits_ = 0;
  remaining_ = 0;
  extension_bytes_ = 0;
  extension_bytes_total_ = 0;
  refusal_ = {};
  trailer_line_ = 0;
  trailer_bytes_.clear();
  trailers_.reset();
}

std::size_t write_chunk_head(std::uint64_t size, char* out) {
  BANYAN_CHECK(size != 0);
  const int digits = (64 - __builtin_clzll(size) + 3) / 4;
  for (int i = digits; i-- > 0; size >>= 4) out[i] = "0123456789abcdef"[size & 15];
  std::memcpy(out + digits, "\r\n", 2);
  return static_cast<std::size_t>(digits) + 2;
}

void append_chunk(std::string_view data, std::string& out) {
  if (data.empty()) return;
  char head[kChunkHeadBytesMax];
  out.append(head, write_chunk_head(data.size(), head)).append(data).append("\r\n");
}

void append_last_chunk(const Fields& trailers, std::string& out) {
  out.append("0\r\n");
  for (const Fields::Entry& entry : trailers) out.append(entry.name).append(": ").append(entry.value).append("\r\n");
  out.append("\r\n");
}

}  // namespace banyan
