#include "fastcgi/record.h"

#include <algorithm>

#include "base/check.h"

namespace banyan::fastcgi {
namespace {

constexpr char kVersion = 1;

char byte_of(std::size_t value, int shift) { return static_cast<char>(static_cast<unsigned char>(value >> shift)); }

std::uint32_t number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

void append_record(std::string& out, RecordType type, std::uint16_t request_id, std::string_view content) {
  std::uint8_t padding = padding_for(content.size());
  auto header = encode({type, request_id, static_cast<std::uint16_t>(content.size()), padding});
  out.append(header.data(), header.size());
  out += content;
  out.append(padding, '\0');
}

}  // namespace

std::array<char, kRecordHeaderBytes> encode(const RecordHeader& header) {
  return {kVersion,
          static_cast<char>(header.type),
          byte_of(header.request_id, 8),
          byte_of(header.request_id, 0),
          byte_of(header.content_length, 8),
          byte_of(header.content_length, 0),
          static_cast<char>(header.padding_length),
          0};
}

void append_stream(std::string& out, RecordType type, std::uint16_t request_id, std::string_view content) {
  // 65,528 is the longest content that needs no padding.
  constexpr std::size_t kPiece = kContentBytesMax / 8 * 8;
  for (; !content.empty(); content.remove_prefix(std::min(kPiece, content.size()))) {
    append_record(out, type, request_id, content.substr(0, kPiece));
  }
}

void append_end_of_stream(std::string& out, RecordType type, std::uint16_t request_id) {
  append_record(out, type, request_id, {});
}

void append_begin_request(std::string& out, std::uint16_t request_id, const BeginRequest& begin) {
  auto role = static_cast<std::uint16_t>(begin.role);
  const char body[8] = {byte_of(role, 8), byte_of(role, 0), static_cast<char>(begin.keep_connection ? 1 : 0)};
  append_record(out, RecordType::kBeginRequest, request_id, {body, sizeof body});
}

void append_abort_request(std::string& out, std::uint16_t request_id) {
  append_record(out, RecordType::kAbortRequest, request_id, {});
}

void append_end_request(std::string& out, std::uint16_t request_id, const EndRequest& end) {
  std::uint32_t status = end.application_status;
  const char body[kEndRequestBytes] = {byte_of(status, 24), byte_of(status, 16), byte_of(status, 8), byte_of(status, 0),
                                       static_cast<char>(end.protocol_status)};
  append_record(out, RecordType::kEndRequest, request_id, {body, sizeof body});
}

EndRequest decode_end_request(std::string_view content) {
  BANYAN_CHECK(content.size() == kEndRequestBytes);
  return {number(content.substr(0, 4)), static_cast<ProtocolStatus>(content[4])};
}

std::size_t RecordReader::take_header(std::string_view bytes) {
  std::size_t taken = std::min(kRecordHeaderBytes - header_bytes_, bytes.size());
  std::copy_n(bytes.data(), taken, raw_.data() + header_bytes_);
  header_bytes_ += taken;
  // A wrong version is an error at its first byte: what is not FastCGI may never send eight.
  if (raw_[0] != kVersion) {
    state_ = State::kError;
  } else if (header_bytes_ == kRecordHeaderBytes) {
    std::string_view raw(raw_.data(), raw_.size());
    header_ = {static_cast<RecordType>(raw[1]), static_cast<std::uint16_t>(number(raw.substr(2, 2))),
               static_cast<std::uint16_t>(number(raw.substr(4, 2))), static_cast<std::uint8_t>(raw[6])};
    header_bytes_ = 0;
    remaining_ = header_.content_length;
    state_ = State::kContent;
  }
  return taken;
}

RecordReader::Step RecordReader::next(std::string_view bytes) {
  std::size_t consumed = 0;
  if (state_ == State::kHeader && !bytes.empty()) consumed = take_header(bytes);
  if (state_ == State::kError) {
    return {Step::Kind::kError, consumed, {}, {502, "the upstream sent bytes that are not FastCGI of version 1"}};
  }
  if (state_ == State::kContent) {
    std::string_view content = bytes.substr(consumed, remaining_);
    remaining_ -= content.size();
    consumed += content.size();
    if (remaining_ == 0) {
      state_ = State::kPadding;
      remaining_ = header_.padding_length;
    }
    if (!content.empty()) return {Step::Kind::kContent, consumed, content, {}};
  }
  if (state_ == State::kPadding) {
    std::size_t padding = std::min(remaining_, bytes.size() - consumed);
    remaining_ -= padding;
    consumed += padding;
    if (remaining_ == 0) {
      state_ = State::kHeader;
      return {Step::Kind::kRecordEnd, consumed, {}, {}};
    }
  }
  return {Step::Kind::kNeedMore, consumed, {}, {}};
}

void RecordReader::put_back(std::size_t count) {
  if (count == 0) return;
  remaining_ = (state_ == State::kContent ? remaining_ : 0) + count;
  state_ = State::kContent;
}

void append_pair_lengths(std::string& out, std::size_t name_length, std::size_t value_length) {
  for (std::size_t length : {name_length, value_length}) {
    BANYAN_CHECK(length < std::size_t{1} << 31);
    if (length < 128) {
      out += static_cast<char>(length);
    } else {
      const char four[] = {byte_of(length | std::size_t{1} << 31, 24), byte_of(length, 16), byte_of(length, 8),
                           byte_of(length, 0)};
      out.append(four, sizeof four);
    }
  }
}

void append_pair(std::string& out, std::string_view name, std::string_view value) {
  append_pair_lengths(out, name.size(), value.size());
  out += name;
  out += value;
}

bool PairReader::length(std::size_t& value) {
  if (rest_.empty()) return false;
  std::size_t bytes = static_cast<unsigned char>(rest_[0]) < 128 ? 1 : 4;
  if (rest_.size() < bytes) return false;
  value = number(rest_.substr(0, bytes)) & 0x7FFFFFFF;
  rest_.remove_prefix(bytes);
  return true;
}

bool PairReader::next(std::string_view& name, std::string_view& value) {
  if (rest_.empty() || malformed_) return false;
  std::size_t name_length = 0;
  std::size_t value_length = 0;
  if (!length(name_length) || !length(value_length) || name_length > rest_.size() ||
      value_length > rest_.size() - name_length) {
    malformed_ = true;
    return false;
  }
  name = rest_.substr(0, name_length);
  value = rest_.substr(name_length, value_length);
  rest_.remove_prefix(name_length + value_length);
  return true;
}

}  // namespace banyan::fastcgi
