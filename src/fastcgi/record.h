// Records and name-value pairs of FastCGI 1.0, both ways (FastCGI specification, 29 April 1996, sections 3.3, 3.4, 5,
// 8).
//
// Everything on a FastCGI connection travels in records: eight bytes of header, up to 65,535 bytes of content, up to
// 255 bytes of padding. Streams (parameters, request body, answer, errors) are cut into records and end with an empty
// one. The reader takes bytes as they come, cut anywhere, and gives the runs of content in them without copying.
//
// Limits: a record is as long as its header says, so nothing here grows with the input.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/status.h"

namespace banyan::fastcgi {

// Section 8. Values outside this list occur in received headers; is_known() tells.
enum class RecordType : std::uint8_t {
  kBeginRequest = 1,
  kAbortRequest = 2,
  kEndRequest = 3,
  kParams = 4,
  kStdin = 5,
  kStdout = 6,
  kStderr = 7,
  kData = 8,
  kGetValues = 9,
  kGetValuesResult = 10,
  kUnknownType = 11,
};
constexpr bool is_known(RecordType type) {
  return type >= RecordType::kBeginRequest && type <= RecordType::kUnknownType;
}

enum class Role : std::uint16_t { kResponder = 1, kAuthorizer = 2, kFilter = 3 };

enum class ProtocolStatus : std::uint8_t {
  kRequestComplete = 0,
  kCannotMultiplex = 1,
  kOverloaded = 2,
  kUnknownRole = 3
};

inline constexpr std::size_t kRecordHeaderBytes = 8;
inline constexpr std::size_t kContentBytesMax = 65535;

struct RecordHeader {
  RecordType type = RecordType::kStdout;
  std::uint16_t request_id = 0;  // 0: about the connection, not a request
  std::uint16_t content_length = 0;
  std::uint8_t padding_length = 0;

  bool operator==(const RecordHeader&) const = default;
};

// The header's bytes; content and padding follow them on the wire.
std::array<char, kRecordHeaderBytes> encode(const RecordHeader& header);

// The padding that makes a record of that content a multiple of eight bytes, as the specification advises.
constexpr std::uint8_t padding_for(std::size_t content_length) {
  return static_cast<std::uint8_t>((8 - content_length % 8) % 8);
}

// Appends `content` as records of that stream, none where it is empty.
void append_stream(std::string& out, RecordType type, std::uint16_t request_id, std::string_view content);
// Appends the empty record that ends a stream.
void append_end_of_stream(std::string& out, RecordType type, std::uint16_t request_id);

struct BeginRequest {
  Role role = Role::kResponder;
  bool keep_connection = false;
};
void append_begin_request(std::string& out, std::uint16_t request_id, const BeginRequest& begin);
void append_abort_request(std::string& out, std::uint16_t request_id);

struct EndRequest {
  std::uint32_t application_status = 0;  // the program's exit status
  ProtocolStatus protocol_status = ProtocolStatus::kRequestComplete;
};
inline constexpr std::size_t kEndRequestBytes = 8;
void append_end_request(std::string& out, std::uint16_t request_id, const EndRequest& end);
// The eight bytes of an END_REQUEST's content. A protocol status outside the list is kept as it came.
EndRequest decode_end_request(std::string_view content);

// Bytes of a connection -> records.
class RecordReader {
 public:
  struct Step {
    enum class Kind : std::uint8_t {
      kNeedMore,   // all of the input was consumed
      kContent,    // `content` is a run of the record's content, never empty, inside the input
      kRecordEnd,  // the record `header` is complete, padding included
      kError,      // not FastCGI; give the connection up
    };
    Kind kind = Kind::kNeedMore;
    std::size_t consumed = 0;  // bytes of the input that are dealt with, `content` included
    std::string_view content;
    Refusal refusal;
  };

  // Takes from the front of `bytes` up to the next event. Call again with what is left. The only error is a version
  // other than 1; types are for the caller to judge. After kError every call gives it again.
  Step next(std::string_view bytes);

  // Right after a kContent: gives the last `count` bytes of its content again with the next call.
  void put_back(std::size_t count);

  // The record being read, or just ended.
  const RecordHeader& header() const { return header_; }
  // Whether the next byte begins a record.
  bool between_records() const { return state_ == State::kHeader && header_bytes_ == 0; }

 private:
  enum class State : std::uint8_t { kHeader, kContent, kPadding, kError };

  std::size_t take_header(std::string_view bytes);

  State state_ = State::kHeader;
  std::size_t header_bytes_ = 0;
  std::array<char, kRecordHeaderBytes> raw_{};
  std::size_t remaining_ = 0;  // of the content or of the padding
  RecordHeader header_;
};

// Appends one name-value pair (section 3.4): lengths below 128 in one byte, others in four.
void append_pair(std::string& out, std::string_view name, std::string_view value);
// Appends the lengths alone, for a value that is put together in place.
void append_pair_lengths(std::string& out, std::size_t name_length, std::size_t value_length);

// Walks the pairs of a complete stream.
class PairReader {
 public:
  explicit PairReader(std::string_view bytes) : rest_(bytes) {}

  // False at the end, and where the bytes are no pair: malformed() tells.
  bool next(std::string_view& name, std::string_view& value);
  bool malformed() const { return malformed_; }

 private:
  bool length(std::size_t& value);

  std::string_view rest_;
  bool malformed_ = false;
};

}  // namespace banyan::fastcgi
