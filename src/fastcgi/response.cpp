#include "fastcgi/response.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "http/message_framing.h"

namespace banyan::fastcgi {
namespace {

using Kind = ResponseReader::Step::Kind;

constexpr Refusal kHeadTooLong = {502, "the head of the script's answer is too long"};
constexpr Refusal kTooManyFields = {502, "the script's answer has too many fields"};
constexpr Refusal kBadField = {502, "a field of the script's answer is malformed"};
constexpr Refusal kBadStatus = {502, "the Status of the script's answer is not a number from 200 to 599"};
constexpr Refusal kBadLength = {502, "the Content-Length of the script's answer is not a number"};
constexpr Refusal kTwice = {502, "a field of the script's answer that may come once came twice"};
constexpr Refusal kTooLong = {502, "the script's answer is longer than its Content-Length"};
constexpr Refusal kTooShort = {502, "the script's answer is shorter than its Content-Length"};
constexpr Refusal kNoHead = {502, "the script ended without a complete head"};
constexpr Refusal kClosed = {502, "the upstream closed the connection before the script's answer ended"};
constexpr Refusal kForeign = {502, "the upstream sent a record of another request"};
constexpr Refusal kUnexpected = {502, "the upstream sent a record only a server may send"};
constexpr Refusal kAfterEnd = {502, "the upstream sent output after the end of output"};
constexpr Refusal kBadEnd = {502, "the upstream ended the request with a record of the wrong length"};

Refusal refusal_of(ProtocolStatus status) {
  switch (status) {
    case ProtocolStatus::kRequestComplete:
      return {};
    case ProtocolStatus::kCannotMultiplex:
      return {502, "the upstream answers one request per connection"};
    case ProtocolStatus::kOverloaded:
      return {503, "the upstream is overloaded"};
    case ProtocolStatus::kUnknownRole:
      return {502, "the upstream does not run scripts (unknown role)"};
  }
  return {502, "the upstream ended the request with an unknown protocol status"};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool may_come_once(FieldId id) {
  return id == FieldId::kStatus || id == FieldId::kContentLength || id == FieldId::kContentType ||
         id == FieldId::kLocation;
}

// "404 Not Found".
Refusal parse_status(std::string_view value, CgiHead& head) {
  if (value.size() < 3 || !std::all_of(value.begin(), value.begin() + 3, is_ascii_digit)) return kBadStatus;
  if (value.size() > 3 && value[3] != ' ') return kBadStatus;
  head.status = (value[0] - '0') * 100 + (value[1] - '0') * 10 + (value[2] - '0');
  if (head.status < 200 || head.status > 599) return kBadStatus;
  head.reason = trimmed(value.substr(3));
  return {};
}

// Where the line that begins at `from` ends, its LF included; npos where it has none.
std::size_t line_end(std::string_view bytes, std::size_t from) {
  std::size_t lf = bytes.find('\n', from);
  return lf == std::string_view::npos ? lf : lf + 1;
}

std::string_view without_line_end(std::string_view line) {
  line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// The length of the head in `bytes`, its empty line included, or 0 where it is not complete. `checked` is where a line
// begins before which there is no empty one; it moves on.
std::size_t head_length(std::string_view bytes, std::size_t& checked) {
  for (;;) {
    std::size_t end = line_end(bytes, checked);
    if (end == std::string_view::npos) return 0;
    if (without_line_end(bytes.substr(checked, end - checked)).empty()) return end;
    checked = end;
  }
}

Refusal parse_field_line(std::string_view line, std::size_t fields_max, CgiHead& head) {
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return kBadField;
  std::string_view name = line.substr(0, colon);
  std::string_view value = trimmed(line.substr(colon + 1));
  if (!is_token(name) || !is_field_value(value)) return kBadField;
  if (head.fields.size() == fields_max) return kTooManyFields;
  FieldId id = field_id(name);
  if (may_come_once(id) && head.fields.has(id)) return kTwice;
  head.fields.add_view(id, name, value);
  return {};
}

}  // namespace

Refusal parse_cgi_head(std::string_view bytes, std::size_t fields_max, CgiHead& head) {
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t end = line_end(bytes, at);
    if (end == std::string_view::npos) return kBadField;
    std::string_view line = without_line_end(bytes.substr(at, end - at));
    if (line.empty()) break;
    if (Refusal refusal = parse_field_line(line, fields_max, head)) return refusal;
    at = end;
  }
  if (const auto* length = head.fields.find(FieldId::kContentLength)) {
    std::uint64_t value = 0;
    if (!parse_content_length(length->value, value)) return kBadLength;
    head.content_length = value;
  }
  if (const auto* status = head.fields.find(FieldId::kStatus)) {
    if (Refusal refusal = parse_status(status->value, head)) return refusal;
  } else if (head.fields.has(FieldId::kLocation)) {
    head.status = 302;
  }
  head.fields.remove(FieldId::kStatus);
  head.fields.remove(FieldId::kContentLength);
  remove_hop_by_hop(head.fields);
  return {};
}

ResponseReader::Step ResponseReader::fail(std::size_t consumed, Refusal refusal) {
  state_ = State::kFailed;
  failure_ = refusal;
  if (!error_line_.empty()) finish_error_line();
  return {Kind::kError, consumed, {}, refusal};
}

ResponseReader::Step ResponseReader::next(std::string_view bytes) {
  if (state_ == State::kFailed) return {Kind::kError, 0, {}, failure_};
  if (state_ == State::kEnded) return {Kind::kEnd, 0, {}, {}};
  std::size_t consumed = 0;
  for (;;) {
    RecordReader::Step record = records_.next(bytes.substr(consumed));
    consumed += record.consumed;
    Step step;
    switch (record.kind) {
      case RecordReader::Step::Kind::kNeedMore:
        return {Kind::kNeedMore, consumed, {}, {}};
      case RecordReader::Step::Kind::kError:
        return fail(consumed, record.refusal);
      case RecordReader::Step::Kind::kContent:
        step = take_content(consumed, record.content);
        break;
      case RecordReader::Step::Kind::kRecordEnd:
        step = take_record_end(consumed);
        break;
    }
    if (step.kind != Kind::kNeedMore) return step;
    consumed = step.consumed;
  }
}

ResponseReader::Step ResponseReader::take_content(std::size_t consumed, std::string_view content) {
  const RecordHeader& header = records_.header();
  if (header.request_id == 0 || !is_known(header.type)) return {Kind::kNeedMore, consumed, {}, {}};
  if (!is_ours()) return fail(consumed, kForeign);
  switch (header.type) {
    case RecordType::kStdout:
      return take_output(consumed, content);
    case RecordType::kStderr:
      take_errors(content);
      break;
    case RecordType::kEndRequest:
      if (header.content_length != kEndRequestBytes) return fail(consumed, kBadEnd);
      end_bytes_ += content;
      break;
    default:
      return fail(consumed, kUnexpected);
  }
  return {Kind::kNeedMore, consumed, {}, {}};
}

ResponseReader::Step ResponseReader::take_output(std::size_t consumed, std::string_view content) {
  if (output_ended_) return fail(consumed, kAfterEnd);
  if (state_ == State::kBody) return take_body(consumed, content);
  std::size_t before = head_bytes_.size();
  head_bytes_.append(content.substr(0, limits_.head_bytes_max + 1 - before));
  std::size_t length = head_length(head_bytes_, head_checked_);
  if (length > limits_.head_bytes_max || (length == 0 && head_bytes_.size() > limits_.head_bytes_max)) {
    return fail(consumed, kHeadTooLong);
  }
  if (length == 0) return {Kind::kNeedMore, consumed, {}, {}};
  if (Refusal refusal = parse_head(length)) return fail(consumed, refusal);
  state_ = State::kBody;
  // What follows the head in this record is given by the next call.
  std::size_t rest = content.size() - (length - before);
  records_.put_back(rest);
  return {Kind::kHead, consumed - rest, {}, {}};
}

Refusal ResponseReader::parse_head(std::size_t length) {
  head_bytes_.resize(length);
  return parse_cgi_head(head_bytes_, limits_.fields_max, head_);
}

ResponseReader::Step ResponseReader::take_body(std::size_t consumed, std::string_view content) {
  // PHP itself sends no body here; what another program sends is dropped, as nobody may pass it on.
  if (head_request_ || status_forbids_body(head_.status)) return {Kind::kNeedMore, consumed, {}, {}};
  body_bytes_ += content.size();
  if (head_.content_length && body_bytes_ > *head_.content_length) return fail(consumed, kTooLong);
  return {Kind::kBody, consumed, content, {}};
}

ResponseReader::Step ResponseReader::take_record_end(std::size_t consumed) {
  const RecordHeader& header = records_.header();
  if (header.request_id == 0 || !is_known(header.type)) return {Kind::kNeedMore, consumed, {}, {}};
  if (!is_ours()) return fail(consumed, kForeign);
  switch (header.type) {
    case RecordType::kStdout:
      if (header.content_length == 0) output_ended_ = true;
      break;
    case RecordType::kStderr:
      break;
    case RecordType::kEndRequest:
      return take_end_request(consumed);
    default:
      return fail(consumed, kUnexpected);
  }
  return {Kind::kNeedMore, consumed, {}, {}};
}

ResponseReader::Step ResponseReader::take_end_request(std::size_t consumed) {
  if (end_bytes_.size() != kEndRequestBytes) return fail(consumed, kBadEnd);
  end_ = decode_end_request(end_bytes_);
  if (Refusal refusal = refusal_of(end_.protocol_status)) return fail(consumed, refusal);
  if (Refusal refusal = incomplete(); refusal == kNoHead || refusal == kTooShort) return fail(consumed, refusal);
  state_ = State::kEnded;
  if (!error_line_.empty()) finish_error_line();
  return {Kind::kEnd, consumed, {}, {}};
}

Refusal ResponseReader::connection_closed() {
  if (!error_line_.empty()) finish_error_line();
  if (state_ == State::kFailed) return failure_;
  return state_ == State::kEnded ? Refusal() : incomplete();
}

// What the answer lacks, were there nothing more to come.
Refusal ResponseReader::incomplete() const {
  if (state_ == State::kHead) return kNoHead;
  bool bodiless = head_request_ || status_forbids_body(head_.status);
  if (bodiless) return {};
  if (!head_.content_length) return kClosed;
  return body_bytes_ == *head_.content_length ? Refusal() : kTooShort;
}

void ResponseReader::take_errors(std::string_view content) {
  while (!content.empty()) {
    std::size_t line = std::min(content.find('\n'), content.size());
    std::size_t room = limits_.error_line_bytes_max - std::min(limits_.error_line_bytes_max, error_line_.size());
    error_line_ += content.substr(0, std::min(line, room));
    if (line == content.size()) return;
    finish_error_line();
    content.remove_prefix(line + 1);
  }
}

void ResponseReader::finish_error_line() {
  if (error_line_.ends_with('\r')) error_line_.pop_back();
  if (error_lines_.size() < limits_.error_lines_max) {
    error_lines_.push_back(std::exchange(error_line_, {}));
  } else {
    ++error_lines_dropped_;
    error_line_.clear();
  }
}

std::vector<std::string> ResponseReader::take_error_lines() { return std::exchange(error_lines_, {}); }

}  // namespace banyan::fastcgi
